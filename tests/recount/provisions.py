"""How a person reads a provision of law as a register spells it. Which of them count does not stand here."""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

CODE = r"(?:sr|w\.?v\.?sr?\.?|wetboek\s+van\s+strafrecht)"
OTHER_LAW = re.compile(r"\b(opiumwet|wwm|wet\s+wapens\s+en\s+munitie|wegenverkeerswet|wvw|sv|wed)\b")
ARTICLE = re.compile(
    rf"""^\s*(?:{CODE}[\s,]*)?(?:art(?:ikel)?[.\s]*)?
    (?P<number>\d+)[\s.-]*(?P<letters>(?:(?!sr\b)[a-z]{{1,2}}|sexies|septies|bis|ter|quater))?
    (?:\s*{CODE})?
    (?:[\s,]*(?:lid|leden|l|/|,)[\s.]*(?P<paragraphs>\d+(?:\s*(?:,|en)\s*\d+)*))?
    (?:[\s,]*(?:{CODE}))?[\s.]*$""",
    re.VERBOSE,
)


class Provision(NamedTuple):
    """An article of the Criminal Code, with the paragraphs that are named; all of it where none is."""

    article: str
    paragraphs: frozenset[int]


@cache
def read(text: str) -> tuple[Provision, ...] | None:
    """What a text names of the Criminal Code; nothing of another law, and None where it cannot be read for certain."""
    plain = unicodedata.normalize("NFKC", text).lower()
    plain = re.sub(r"[\u2010-\u2015]", "-", plain)
    if OTHER_LAW.search(plain):
        return ()
    found = []
    for part in re.split(r";|\bjo\b\.?", plain):
        matched = ARTICLE.match(part)
        if not matched:
            return None
        numbers = re.findall(r"\d+", matched["paragraphs"] or "")
        found.append(Provision(matched["number"] + (matched["letters"] or ""), frozenset(map(int, numbers))))
    return tuple(found)
