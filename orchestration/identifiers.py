"""What identifies a person by itself: how it is recognised in a text that should hold none.

A number, an address or a way to reach somebody has a form; a bare name has none, so that one is found only where
something beside it says that it is a name. What is done with what is found is decided elsewhere.
"""

import re

# From so many signs on a value can hold any of what is looked for; most codes are shorter, and are passed over.
SHORTEST = 6
# The pattern alone is certain enough, or a check (`_CHECKS`) says whether its first group can be one. They are in the
# subset that Python and DuckDB share.
_PARTICLE = r"(?:(?:van|de|den|der|ten|ter|het|el|al|in|von) |'t ){0,3}"
PATTERNS = {
    "een e-mailadres": r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.-]*[A-Za-z]",
    "een rekeningnummer (IBAN)": r"\b([A-Z]{2}[0-9]{2} ?[A-Z]{4} ?[0-9]{4} ?[0-9]{4} ?[0-9]{2}|"
    r"[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?)\b",
    "een telefoonnummer": r"(?:^|[^0-9A-Za-z+/-])(?:(?:\+|00)31[ -]?(?:\(0\))?[ -]?[1-9](?:[ -]?[0-9]){8}"
    r"|06[ -]?[1-9](?:[ -]?[0-9]){7}|0[1-9][0-9]{1,2}[ -][1-9][0-9]{5,6})(?:$|[^0-9A-Za-z/-])",
    "een burgerservicenummer": r"(?:^|[^0-9A-Za-z/-])([0-9]{9}|[0-9]{4}\.[0-9]{2}\.[0-9]{3}|[0-9]{3} [0-9]{3} [0-9]{3})"
    r"(?:$|[^0-9A-Za-z/-])",
    "een geboortedatum": r"\b[Gg][Ee][Bb](?:\.|oren|oortedatum|datum)?[ :]*(?:op )?[0-9]{1,2}[-/. ]",
    "een naam": rf"\b(?:[Dd]hr\.?|[Mm]evr\.?|[Mm]w\.|[Mm]evrouw|[Dd]e heer) (?:\p{{Lu}}\. ?)*{_PARTICLE}\p{{Lu}}"
    rf"|(?:^|[ ,;:(])(?:\p{{Lu}}\.){{1,5}} ?{_PARTICLE}\p{{Lu}}\p{{Ll}}+",
    "een adres": r"\p{L}(?:straat|laan|plein|gracht|singel|kade|steeg|dreef) [0-9]{1,4}\b"
    r"|\b[1-9][0-9]{3} ?[A-Z]{2}[ ,]+[0-9]{1,4}\b",
}
# What is a number and nothing else, so that the number of a thing may have its looks.
NUMBERS = ("een burgerservicenummer", "een telefoonnummer")
# Of all kinds in one pass of a regular expression over a column: what passes is looked at by kind.
LOOKS = "|".join(f"(?:{pattern})" for pattern in PATTERNS.values())
# Python has no classes of Unicode letters; these are those of the languages in which names are written here.
_LETTERS = {r"\p{Lu}": "[A-ZÀ-ÖØ-ÞĀ-Ž]", r"\p{Ll}": "[a-zß-öø-ÿā-ž]", r"\p{L}": "[A-Za-zÀ-ÖØ-öø-ÿĀ-ž]"}


def found_in(text: str) -> list[str]:
    """Say which kinds of direct identifiers of a person a text holds.

    Args:
        text: Any text.

    Returns:
        The kinds, in Dutch with their article; empty where there are none.
    """
    return [
        kind for kind, pattern in _COMPILED.items() if any(_is_one(kind, match) for match in pattern.finditer(text))
    ]


def check_reason(reason: str, missing: str) -> None:
    """See that a reason can be published: one line that says something, and nothing of a person.

    Args:
        reason: What somebody gave as the reason of a decision.
        missing: What he is told where it is empty, in Dutch.

    Raises:
        ValueError: It cannot; nothing of it is repeated.
    """
    if not reason.isprintable():
        raise ValueError(
            "de reden bevat tekens die niet te lezen zijn; schrijf haar op een regel, zonder besturingstekens"
        )
    if not reason.strip():
        raise ValueError(missing)
    if kinds := found_in(reason):
        raise ValueError(f"de reden bevat wat {kinds[0]} lijkt, en zij wordt gepubliceerd; schrijf haar zonder")


def _is_one(kind: str, match: re.Match[str]) -> bool:
    check = _CHECKS.get(kind)
    return check is None or check(re.sub("[ .]", "", match[1]))


def _is_bsn(number: str) -> bool:
    from stdnum.nl import bsn

    return bsn.is_valid(number)


def _is_iban(number: str) -> bool:
    from stdnum import iban

    return iban.is_valid(number)


def _for_python(pattern: str) -> str:
    for name, letters in _LETTERS.items():
        pattern = pattern.replace(name, letters)
    return pattern


_CHECKS = {"een burgerservicenummer": _is_bsn, "een rekeningnummer (IBAN)": _is_iban}
_COMPILED = {kind: re.compile(_for_python(pattern)) for kind, pattern in PATTERNS.items()}
