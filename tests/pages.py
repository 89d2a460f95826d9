"""What a page for people must be, looked at without a browser: its structure, and what it would fetch or lead to."""

import itertools
import re
from html.parser import HTMLParser


class Structure(HTMLParser):
    """What a page is made of, for tests that need no browser."""

    VOID = ("meta", "link", "br", "hr", "img", "input")

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


def faults_of_structure(text: str) -> list[str]:
    """What keeps somebody with a screen reader or a keyboard from reading a page."""
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
        "inhoudsopgave": [each.get("aria-label") for each in found.all("nav")] == ["Inhoudsopgave"],
        "tabellen": bool(found.all("table")) and text.count("<table") == text.count("<caption>"),
        "kolomkoppen": all(each.get("scope") in ("col", "row") for each in found.all("th")),
        "beelden": bool(found.all("svg"))
        and text.count("<svg") == text.count('<div role="img" aria-label="Staafdiagram'),
        "schuiven": all(each.get("aria-label") for _, each in found.tags if each.get("tabindex") == "0"),
        "volgorde van toetsen": all(each.get("tabindex") in (None, "0", "-1") for _, each in found.tags),
        "uitklappen": text.count("<details") == text.count("<summary"),
    }
    return [name for name, holds in checks.items() if not holds]


def addresses_outside(text: str) -> list[str]:
    """What a page would fetch, or where it would lead: nothing but to itself and to the figures beside it."""
    found = Structure(text)
    named = [
        value
        for tag, attributes in found.tags
        for name, value in attributes.items()
        if name in ("href", "src", "srcset", "action", "data", "poster", "xlink:href")
        and not re.fullmatch(r"#[\w-]+|grafieken/\w+\.csv(-metadata\.json)?", value)
    ]
    loaded = [tag for tag, _ in found.tags if tag in ("script", "link", "iframe", "img", "object", "embed", "base")]
    return named + loaded + re.findall(r"https?:|//\w|url\(|@import", text)
