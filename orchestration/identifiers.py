"""What identifies a person by itself: how it is recognised in a text that should hold none.

A number, an address or a way to reach somebody has a form; a bare name has none, so that one is found only where
something beside it says that it is a name. What is done with what is found is decided elsewhere.
"""

import re
import unicodedata
from ipaddress import IPv4Address

# From so many signs on a value can hold any of what is looked for; most codes are shorter, and are passed over.
SHORTEST = 6
# Where a number begins and ends: to a letter, a line or a stroke it would be part of a code.
_BEGIN, _END = r"(?:^|[^0-9A-Za-z/-])", r"(?:$|[^0-9A-Za-z/-])"
# Letters of the languages in which names are written here, as ranges: a class of all letters of the world is so large
# that a look at a value takes DuckDB a hundred times as long.
_UPPER, _LOWER = "A-ZÀ-ÖØ-ÞĀ-Ž", "a-zß-öø-ÿā-ž"
_LETTER = "A-Za-zÀ-ÖØ-öø-ÿĀ-ž"
_PARTICLE = r"(?:(?:van|de|den|der|ten|ter|het|el|al|in|von) |'t ){0,3}"
_ROLE = (
    r"\b(?i:slachtoffer|verdachte|dader|getuige|aangever|aangeefster|betrokkene|veroordeelde|minderjarige|naam)[: ] ?"
)
# With the area codes that there are, so that few codes of ten digits and a line pass for one.
_AREA, _LONG_AREA = (
    r"0(?:1[035]|2[0346]|3[03568]|4[0356]|5[0358]|7[0-9])",
    r"0(?:1[1678]|2[2579]|3[124]|4[1789]|5[124679])[0-9]",
)
_AFTER_AREA = r"(?:\) ?| ?- ?|[ .])"
_AROUND = r"(?: ?@ ?| ?[(\[{] ?(?:@|(?i:at|apenstaart(?:je)?)) ?[)\]}] ?)"
# Seven digits after a short area code, six after a long one, in the groups in which they are written.
_SEVEN = (
    r"(?:[1-9][0-9]{6}|[1-9][0-9]{2}[ .][0-9]{2}[ .]?[0-9]{2}|[1-9][0-9]{3}[ .][0-9]{3}"
    r"|[1-9][0-9][ .][0-9]{2}[ .][0-9]{3})"
)
_SIX = r"(?:[1-9][0-9]{5}|[1-9][0-9]{2}[ .][0-9]{3}|[1-9][0-9][ .][0-9]{2}[ .][0-9]{2})"
_STREET = r"(?i:straat|laan|plein|gracht|singel|steeg|dreef|[a-jl-z]kade)"
_HOUSE = r",?(?: (?i:nr|no)\.?)? ([0-9]{1,4})(?:$|[^0-9])"
# The pattern alone is certain enough, or a check (`_CHECKS`) says whether its group can be one. They are in the subset
# that Python and DuckDB share.
PATTERNS = {
    "een e-mailadres": rf"[{_LETTER}0-9._%+-]{_AROUND}[{_LETTER}0-9-]+(?:\.| ?[(\[](?i:dot|punt)[)\]] ?)"
    rf"[{_LETTER}0-9.-]*[{_LETTER}]",
    "een rekeningnummer (IBAN)": r"\b([A-Z]{2}[0-9]{2}[ .]?[A-Z]{4}[ .]?[0-9]{4}[ .]?[0-9]{4}[ .]?[0-9]{2}|"
    r"[A-Z]{2}[0-9]{2}(?:[ .]?[A-Z0-9]{4}){2,7}(?:[ .]?[A-Z0-9]{1,4})?)\b",
    "een telefoonnummer": r"(?:^|[^0-9A-Za-z+/-])((?:\+|00)31[ .-]?(?:\(0\))?[ .-]?[1-9](?:[ .-]?[0-9]){8}"
    r"|\(?06(?:\) ?| ?- ?|[ .])?[1-9](?:[ .-]?[0-9]){7}"
    rf"|\(?{_AREA}{_AFTER_AREA}{_SEVEN}|\(?{_LONG_AREA}{_AFTER_AREA}{_SIX}){_END}",
    "een burgerservicenummer": rf"{_BEGIN}(0?[0-9]{{9}}|[0-9](?:\.?[0-9]){{8}}|[0-9](?: ?[0-9]){{8}}){_END}",
    # Who writes what it is leaves no doubt, also glued to it and without the nought in front.
    "een genoemd burgerservicenummer": r"(?i:bsn|burgerservice|sofi)(?:[ -]?(?i:nr|nummer))?[^0-9A-Za-z]{0,3}"
    r"([0-9](?:[ .-]?[0-9]){7,8})(?:$|[^0-9])",
    "een geboortedatum": r"\b[Gg][Ee][Bb](?:\.|oren|oortedatum|datum)?[ :]*(?:op )?[0-9]{1,2}[-/. ]",
    "een naam": rf"\b(?:[Dd]hr\.?|[Mm]evr\.?|[Mm]w\.|[Mm]evrouw|[Dd]e heer) (?:[{_UPPER}]\. ?)*{_PARTICLE}[{_UPPER}]"
    rf"|(?:^|[ ,;:(])((?:[{_UPPER}]\.){{1,5}}) ?{_PARTICLE}[{_UPPER}][{_LOWER}]+"
    rf"|[{_UPPER}][{_LETTER}'-]{{2,}}, ?((?:[{_UPPER}]\.){{1,5}})"
    rf"|[{_UPPER}][{_LOWER}]{{2,}} ((?:[{_UPPER}]\.){{2,5}})"
    rf"|{_ROLE}[{_UPPER}][{_LOWER}]+ {_PARTICLE}((?:[{_UPPER}]\.){{1,5}})",
    "een adres": rf"[{_LETTER}]{_STREET}{_HOUSE}"
    rf"|[a-hj-z](?i:str)\.?{_HOUSE}"
    rf"|[{_UPPER}][{_LOWER}]+(?:weg|dijk){_HOUSE}"
    rf"|[{_UPPER}][{_LOWER}]+ (?:Markt|Plein|Straat|Weg|Dijk|Laan|Kade|Gracht|Singel){_HOUSE}"
    rf"|\b(?:Laan|Weg|Plein|Straat|Kade|Singel|Dreef)(?: (?:van|der|den|de|het|naar|'t))+ [{_UPPER}][{_LOWER}]+{_HOUSE}"
    r"|\b[1-9][0-9]{3} ?[A-Z]{2}[ ,]+[0-9]{1,4}(?:$|[^0-9])",
}
# What is a number and nothing else, so that the number of a thing may have its looks.
NUMBERS = ("een burgerservicenummer", "een telefoonnummer")
# What is read as another sign than it is, or as none: digits of another script, wide forms, spaces and lines of another
# width, invisible signs, a letter and its accent apart. Whatever holds one is looked at in its plain form.
_DISGUISED = r"[^\P{Nd}0-9]|[^\P{Zs} ]|[\p{Cf}\p{M}\x{FE50}-\x{FE6F}\x{FF00}-\x{FFEF}]|[0-9)] ?[^\P{Pd}-] ?[0-9]"
# Of all kinds in one pass of a regular expression over a column: what passes is looked at by kind.
LOOKS = "|".join(f"(?:{pattern})" for pattern in (*PATTERNS.values(), _DISGUISED))
# Initials that are those of a company or an office.
_NO_INITIALS = frozenset({"BV", "NV", "VOF", "CV", "UA", "OM", "ZM", "AG", "SA", "LV", "NB", "PM", "TA"})


def found_in(text: str) -> list[str]:
    """Say which kinds of direct identifiers of a person a text holds.

    Args:
        text: Any text.

    Returns:
        The kinds, in Dutch with their article; empty where there are none.
    """
    plain = _plain(text)
    return [
        kind for kind, pattern in _COMPILED.items() if any(_is_one(kind, match) for match in pattern.finditer(plain))
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


def _plain(text: str) -> str:
    """The text as it is read: in plain signs, without those that nobody sees."""
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(sign, sign)) if kind == "Nd" else "-" if kind == "Pd" else sign
        for sign in unicodedata.normalize("NFKC", text)
        if (kind := unicodedata.category(sign)) != "Cf"
    )


def _is_one(kind: str, match: re.Match[str]) -> bool:
    check = _CHECKS.get(kind)
    # A pattern is of several ways to write it, of which one was found; what has no group needs no check.
    group = next((place for place, found in enumerate(match.groups(), 1) if found is not None), None)
    return check is None or group is None or check(match, group)


def _is_bsn(match: re.Match[str], group: int) -> bool:
    """Whether it passes the test, and is no part of a longer number, a day or an address in a network."""
    from stdnum.nl import bsn

    parts = re.split("[ .]", match[group])
    if len(parts) > 1:
        mark = match[group][len(parts[0])]
        around = match.string[max(0, match.start(group) - 2) : match.start(group)], match.string[match.end(group) :]
        if re.search(rf"[0-9][{mark}]$", around[0]) or re.match(rf"[{mark}][0-9]", around[1]):
            return False
        if max(map(len, parts)) > 4 or (mark == "." and _is_network_address(match[group])):
            return False
    number = "".join(parts)
    return bsn.is_valid(number[1:] if len(number) > 9 and number.startswith("0") else number)


def _is_named_bsn(match: re.Match[str], group: int) -> bool:
    from stdnum.nl import bsn

    return bsn.is_valid(re.sub("[ .-]", "", match[group]))


def _is_network_address(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True


def _is_telephone(match: re.Match[str], group: int) -> bool:
    # A day in June with an hour behind it has as many digits.
    return not re.match(r"0[1-9]([-. ])[0-9]{1,2}\1(?:19|20)[0-9]{2}(?![0-9])", match[group])


def _is_iban(match: re.Match[str], group: int) -> bool:
    from stdnum import iban

    return iban.is_valid(re.sub("[ .]", "", match[group]))


def _are_initials(match: re.Match[str], group: int) -> bool:
    return match[group].replace(".", "") not in _NO_INITIALS


def _is_house(match: re.Match[str], group: int) -> bool:
    # What stands behind a word for a place is more often a year than a house of so high a number.
    return not 1900 <= int(match[group]) < 2100


def _for_python(pattern: str) -> str:
    """The same pattern, that leaves what stands around a number to the next one; DuckDB knows no such thing."""
    pattern = re.sub(r"\(\?:\^\|\[\^(.*?)\]\)", r"(?<![\1])", pattern)
    return re.sub(r"\(\?:\$\|\[\^(.*?)\]\)", r"(?![\1])", pattern)


_CHECKS = {
    "een burgerservicenummer": _is_bsn,
    "een genoemd burgerservicenummer": _is_named_bsn,
    "een telefoonnummer": _is_telephone,
    "een rekeningnummer (IBAN)": _is_iban,
    "een naam": _are_initials,
    "een adres": _is_house,
}
_COMPILED = {kind: re.compile(_for_python(pattern)) for kind, pattern in PATTERNS.items()}
