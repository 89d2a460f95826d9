"""What a page for people must be: its structure, what it would fetch or lead to, and what axe-core finds on it."""

import importlib.util
import itertools
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

from orchestration import reporting


class Structure(HTMLParser):
    """What a page is made of, for tests that need no browser."""

    VOID = ("meta", "link", "br", "hr", "img", "input", "wbr")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.unbalanced: list[str] = []
        self.captions: dict[int, int] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def all(self, *names: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.tags if tag in names]


def faults_of_structure(
    text: str, navigation: Sequence[str] = ("Inhoudsopgave",), picture: str | None = "Staafdiagram"
) -> list[str]:
    """What keeps somebody with a screen reader or a keyboard from reading a page.

    Args:
        text: The page.
        navigation: Names of its navigations, in order.
        picture: How the text that stands for a drawing begins; None where nothing need be drawn.
    """
    found = Structure(text)
    order = [int(tag[1]) for tag, _ in found.tags if re.fullmatch("h[1-6]", tag)]
    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    targets = [each["href"][1:] for each in found.all("a") if each["href"].startswith("#")]
    pointed = [name for _, each in found.tags for name in each.get("aria-labelledby", "").split()]
    first = next(attributes for tag, attributes in found.tags if tag == "a")
    checks = {
        "tags": not found.unbalanced and not found.open,
        "taal": found.all("html") == [{"lang": "nl"}],
        "titel": text.count("<title>") == 1 and "<title></title>" not in text,
        "een h1": order.count(1) == 1 and order[0] == 1,
        "koppen": all(after - before <= 1 for before, after in itertools.pairwise(order)),
        "id's": len(ids) == len(set(ids)),
        "doelen": bool(targets) and set(targets) <= set(ids) and set(pointed) <= set(ids),
        "skiplink": first["href"] == "#inhoud" and {"id": "inhoud", "tabindex": "-1"} in found.all("main"),
        "inhoudsopgave": [each.get("aria-label") for each in found.all("nav")] == [*navigation],
        "tabellen": bool(found.all("table")) and text.count("<table") == text.count("<caption>"),
        "kolomkoppen": all(each.get("scope") in ("col", "row") for each in found.all("th")),
        "beelden": (picture is None or bool(found.all("svg")))
        and text.count("<svg") == text.count(f'<div role="img" aria-label="{picture or ""}'),
        "schuiven": all(each.get("aria-label") for _, each in found.tags if each.get("tabindex") == "0"),
        "volgorde van toetsen": all(each.get("tabindex") in (None, "0", "-1") for _, each in found.tags),
        "uitklappen": text.count("<details") == text.count("<summary"),
    }
    return [name for name, holds in checks.items() if not holds]


BESIDE = r"#[\w-]+|grafieken/\w+\.csv(-metadata\.json)?"


def addresses_outside(text: str, beside: str = BESIDE) -> list[str]:
    """What a page would fetch, or where it would lead: nothing but to itself and to what stands beside it.

    Args:
        text: The page.
        beside: Regular expression of the addresses to which it may lead.
    """
    found = Structure(text)
    named = [
        value
        for tag, attributes in found.tags
        for name, value in attributes.items()
        if name in ("href", "src", "srcset", "action", "data", "poster", "xlink:href")
        and not re.fullmatch(beside, value)
    ]
    loaded = [tag for tag, _ in found.tags if tag in ("script", "link", "iframe", "img", "object", "embed", "base")]
    return named + loaded + re.findall(r"https?:|//\w|url\(|@import", text)


def browser() -> str | None:
    """An installed browser, where there is one."""
    return next(filter(None, map(shutil.which, reporting.BROWSERS)), None)


def axe() -> Path | None:
    """The engine of axe-core, where it is: named by the setting AXE, or in an installed package that carries it."""
    if named := os.environ.get("AXE"):
        return Path(named)
    spec = importlib.util.find_spec("axe_playwright_python")
    return next(Path(spec.origin).parent.glob("axe*.js"), None) if spec and spec.origin else None


AXE_RUN = """
<script>document.querySelectorAll('details').forEach(each => each.open = true)</script>
<script>%s</script>
<script>axe.run().then(found => { document.title = 'axe ' + found.passes.length + ' ' + JSON.stringify(
  found.violations.map(each => each.id + ': ' + each.nodes[0].html)) })</script></body>"""


def looked_at(text: str, scheme: str, engine: Path, folder: Path) -> str:
    """What axe-core finds on a page in a browser: how many rules it keeps, and as JSON what is wrong.

    Args:
        text: The page.
        scheme: `licht` or `donker`.
        engine: The engine of axe-core.
        folder: Where the page is put for the browser.
    """
    dark = text.replace("@media screen and (prefers-color-scheme: dark)", "@media all")
    assert dark != text
    looked_at = dark if scheme == "donker" else text
    return opened(looked_at.replace("</body>", AXE_RUN % engine.read_text(encoding="utf-8")), folder).removeprefix(
        "axe "
    )


def opened(text: str, folder: Path) -> str:
    """The title that a page has after its script ran in a browser.

    Args:
        text: The page.
        folder: Where the page is put for the browser.
    """
    file = folder / "bekeken.html"
    file.write_text(text, encoding="utf-8")
    ran = subprocess.run(
        [browser() or "", "--headless", "--no-sandbox", "--virtual-time-budget=60000", "--dump-dom", file.as_uri()],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    title = re.findall(r"<title>(.*?)</title>", ran.stdout, re.DOTALL)[0]
    return title.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
