# ruff: noqa: E501 (a case is a line, however long)
"""The border in, case by case: bad and odd deliveries, and what becomes of each.

A line of a table is a case: what kind it is, what was done to a delivery that was right, of which extracts, what must
come of it, and what must be said. What is left behind is looked at for every case alike: rows, records set aside,
verdict, partner of the set, and scratch. The words of a case that is set aside are those beside the record.

Great Expectations judges where the case is about what is expected of rows; else it takes no seconds.
"""

import gzip
import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.clock import local
from orchestration.declarations import Extract
from orchestration.validation import validate_extract
from tests.border import (
    EXTRACTS,
    PLANTED,
    RECORDS,
    Border,
    Sample,
    by_extract,
    file_name,
    first_column,
    in_memory,
    members,
    no_judge,
    sample,
)
from tests.clocks import set_clock

ADMITTED, ASIDE, REFUSED, HELD, LEFT = "toegelaten", "apart gezet", "geweigerd", "aangehouden", "blijft liggen"
# Read in whole, and then refused for what is expected of its rows.
REJECTED = "afgekeurd"
Name = tuple[str, str]
Change = Callable[[Sample], Any]

KINDS_OF_COLUMN: dict[str, Callable[[Extract], str | None]] = {
    "<getal>": lambda extract: first_column(extract, lambda c: c.element_type not in ("varchar", "date")),
    "<bedrag>": lambda extract: first_column(extract, lambda c: c.element_type.startswith("decimal")),
    "<dag>": lambda extract: first_column(extract, lambda c: c.element_type == "date" and not c.future),
    "<code>": lambda extract: first_column(extract, lambda c: c.code_list and c.name not in extract.key),
    "<verplicht>": lambda extract: first_column(extract, lambda c: c.required),
    "<sleutel>": lambda extract: extract.key[0],
    "<persoon>": lambda extract: first_column(extract, lambda c: c.personal and (c.pattern or c.canonical_pattern)),
}

# ---------------------------------------------------------------------------------------------------------------------
# Which extracts. Of a registration of which several are delivered together the last is met, or the first.

EVERY = [*{name[0]: name for name in EXTRACTS}.values()]
ORDINARY = [name for name in EVERY if not EXTRACTS[name].columns[-1].repeats]
UTF8 = by_extract(lambda extract: extract.encoding == "utf-8")
WINDOWS = by_extract(lambda extract: extract.encoding == "windows-1252")
DAYS = [name for name in EVERY if EXTRACTS[name].date_format == "%d-%m-%Y" and KINDS_OF_COLUMN["<dag>"](EXTRACTS[name])]
DECIMALS = by_extract(lambda extract: any(column.data_type.startswith("decimal") for column in extract.columns))
BESLAG, INCASSO = [("om_beslag", "beslag")], [("cjib_incasso", "incasso")]
ONDERZOEKEN, GEBIEDEN = [("csv_onderzoeken", "onderzoeken")], [("csv_onderzoeken", "aandachtsgebieden")]
ACTIES, MELDINGEN = [("integrale_acties", "acties")], [("comensha_meldingen", "meldingen")]
MISDRIJVEN, PROVINCIES = [("geregistreerde_misdrijven", "misdrijven")], [("cbs_misdrijven", "provincies")]
DOSSIERS, SIGNALEN = [("executie_dossiers", "dossiers")], [("ondermijningssignalen", "signalen")]
CYBER, VERDACHTEN = [("cyber_onderzoeken", "onderzoeken")], [("mensenhandel_verdachten", "instroom")]
FEITEN = [("cyber_onderzoeken", "feiten")]
SOME = [*BESLAG, *MELDINGEN, *MISDRIJVEN]
TWO = SOME[:2]
# A set, changes and another delimiter beside those.
FORMS = [*TWO, *GEBIEDEN, *DOSSIERS, *VERDACHTEN]

# ---------------------------------------------------------------------------------------------------------------------
# What is done to a delivery. A record is counted from 1.


def nothing(_: Sample) -> None:
    pass


def value(column: str, text: str, *at: int) -> Change:
    """Write something else in a column; the column may be named by its kind."""

    def change(it: Sample) -> None:
        name = KINDS_OF_COLUMN[column](it.extract) if column in KINDS_OF_COLUMN else column
        assert name, f"{it.extract.name} has no column of that kind"
        for number in at or (5,):
            record = it.records[number - 1]
            assert isinstance(record, list)
            record[it.place(name)] = text

    return change


def line(number: int, change: Callable[[str], str]) -> Change:
    """Change a record as it is written."""

    def changed(it: Sample) -> None:
        it.records[number - 1] = change(it.line(it.records[number - 1]))

    return changed


def lines(change: Callable[[list[Any]], Sequence[Any]]) -> Change:
    """Change the list of records."""

    def changed(it: Sample) -> None:
        it.records[:] = change(it.records)

    return changed


def head(change: Callable[[list[Any]], Sequence[Any]], number: int = -1) -> Change:
    """Change a line of the head, as its fields; the headings where no other is named."""

    def changed(it: Sample) -> None:
        found = it.head[number]
        it.head[number] = [*change(found)] if isinstance(found, list) else "".join(change([found]))

    return changed


def headed(change: Callable[[list[Any]], Sequence[Any]]) -> Change:
    """Change the lines of the head."""

    def changed(it: Sample) -> None:
        it.head[:] = change(it.head)

    return changed


def footed(*foot: str) -> Change:
    return lambda it: it.foot.__setitem__(slice(None), foot)


def text(change: Callable[[str], str]) -> Change:
    return lambda it: it.on_text.append(change)


def data(change: Callable[[bytes], bytes]) -> Change:
    return lambda it: it.on_bytes.append(change)


def instead(whole: bytes | str) -> Change:
    return data(lambda _: whole if isinstance(whole, bytes) else whole.encode())


def encoded(encoding: str) -> Change:
    return lambda it: setattr(it, "encoding", encoding)


def ended(end: str) -> Change:
    return lambda it: setattr(it, "end", end)


def both(*changes: Change) -> Change:
    return lambda it: [change(it) for change in changes]


def after(record: int, old: str, new: str) -> Change:
    """Replace a text once, behind a record."""

    def changed(it: Sample) -> None:
        found = it.line(it.records[record - 1])
        text(lambda whole: whole.replace(found + old, found + new, 1))(it)

    return changed


def fill(record: str) -> Change:
    """Let the file hold other records: lines as they are written, between which a bar stands."""
    return lines(lambda _: record.split("|"))


def begin_with(*begins: Sequence[str]) -> Change:
    """Let the file hold the first records, of which the first columns are these."""
    return lines(lambda records: [[*own, *record[len(own) :]] for own, record in zip(begins, records, strict=False)])


GEBIED = "OND-98700198;{};{};{}"


def short(number: int) -> Change:
    """Leave out the last column of a record."""
    return lambda it: it.records.__setitem__(number - 1, [*it.records[number - 1]][:-1])


def headings_again(it: Sample) -> None:
    it.records.insert(60, it.head[-1])


def shifted(it: Sample) -> None:
    """Leave out the first column of one record and add one at its end, as a wrong export does."""
    record = it.records[4]
    assert isinstance(record, list)
    it.records[4] = [*record[1:], record[0]]


# ---------------------------------------------------------------------------------------------------------------------
# The cases in which a delivered file is another than it should be.


@dataclass(frozen=True)
class Case:
    """What is done to a delivery, of which extracts, and what must come of it."""

    kind: str
    title: str
    extracts: list[Name]
    change: Change
    outcome: str
    # Of a refusal or of a record set aside its reason; else a finding, by its name or by its words.
    told: str = ""
    # The record that is set aside.
    aside: int = 0
    column: str | None = None


C = Case
# fmt: off
CASES = [
    C("goed", "zoals afgesproken", EVERY, nothing, ADMITTED),

    C("codering", "utf-8 waar windows-1252 is afgesproken", [*BESLAG, *ONDERZOEKEN], both(value("<code>", "é"), encoded("utf-8")), REFUSED, "maar het bestand is utf-8"),
    C("codering", "windows-1252 waar utf-8 is afgesproken", [*MELDINGEN, *VERDACHTEN, *MISDRIJVEN], data(lambda b: b + b"\xe9\n"), REFUSED, "byte 0xe9 bestaat niet in utf-8"),
    C("codering", "utf-16", SOME, encoded("utf-16"), REFUSED, "maar het bestand is utf-16"),
    C("codering", "utf-16 zonder merk vooraan", SOME, encoded("utf-16-le"), REFUSED, "byte 0x00"),
    C("codering", "merk vooraan in utf-8", [*MELDINGEN, *PROVINCIES], encoded("utf-8-sig"), ADMITTED),
    C("codering", "merk van utf-8 in windows-1252", BESLAG, encoded("utf-8-sig"), REFUSED, "maar het bestand is utf-8"),
    C("codering", "byte die niet bestaat", BESLAG, data(lambda b: b + b"\x81\r\n"), REFUSED, "regel 122: byte 0x81 bestaat niet in windows-1252"),
    C("codering", "laatste teken half", MELDINGEN, data(lambda b: b + "é".encode()[:1]), REFUSED, "het laatste teken is afgebroken"),
    C("codering", "euroteken in windows-1252", ONDERZOEKEN, value("onderzoek_naam", "Jansen € 500"), ADMITTED),
    C("codering", "tekens buiten het basisvlak", ACTIES, value("omschrijving", "Jansen \U0001f600 \u202e"), ADMITTED),
    C("codering", "ingepakt", SOME, data(gzip.compress), REFUSED, "byte 0x"),
    C("codering", "byte nul in een record", SOME, text(lambda t: t[:-3] + "\0" + t[-3:]), REFUSED, "byte 0x00 komt in een tekst niet voor"),

    C("regeleinden", "LF in plaats van CRLF", BESLAG, ended("\n"), ADMITTED),
    C("regeleinden", "CRLF in plaats van LF", [*MELDINGEN, *MISDRIJVEN], ended("\r\n"), ADMITTED),
    C("regeleinden", "alleen CR", TWO, ended("\r"), REFUSED, "eindigen op CR"),
    C("regeleinden", "een LF tussen CRLF (04)", [name for name in EVERY if name in WINDOWS], after(2, "\r\n", "\n"), REFUSED, "record 2: de regel eindigt niet op CRLF"),
    C("regeleinden", "een CRLF tussen LF", [name for name in EVERY if name in UTF8], after(2, "\n", "\r\n"), REFUSED, "record 2: de regel eindigt niet op LF"),
    C("regeleinden", "een CR binnen een record", SOME, line(3, lambda r: r[:4] + "\r" + r[4:]), REFUSED, "record 3: de regel eindigt niet op"),
    C("regeleinden", "koppen op CRLF, de rest op LF", MELDINGEN, text(lambda t: t.replace("\n", "\r\n", 1)), REFUSED, "record 1: de regel eindigt niet op CRLF"),
    C("regeleinden", "CR CR LF", BESLAG, ended("\r\r\n"), REFUSED, "eindigen op"),
    C("regeleinden", "laatste regel zonder einde", TWO, text(str.rstrip), ADMITTED, "laatste_regel_zonder_einde"),
    C("regeleinden", "na de voetregel geen einde", MISDRIJVEN, text(str.rstrip), ADMITTED),
    C("regeleinden", "lege regels overal", SOME, lines(lambda r: ["", r[0], "", "", *r[1:], ""] if len(r) == RECORDS else r), ADMITTED),
    C("regeleinden", "regeleinde tussen aanhalingstekens", ACTIES, value("omschrijving", "Jansen\nen\r\nanderen"), ADMITTED),
    C("regeleinden", "regelscheiding van Unicode", ACTIES, value("omschrijving", "Jansen\u2028\x0b\x0cb"), ADMITTED),
    C("regeleinden", "regel met alleen een spatie", BESLAG, lines(lambda r: [*r[:5], " ", *r[5:]]), ASIDE, "te weinig kolommen", aside=6),
    C("regeleinden", "lege regel, erna een dag die niet bestaat (07a)", MELDINGEN, both(value("meldingsdatum", "31-04-2019", 3), lines(lambda r: [r[0], "", *r[1:]])), ASIDE, "verwacht een bestaande dag als 31-12-2020", aside=3, column="meldingsdatum"),
    C("regeleinden", "lege regel, laatste record afgebroken (07b)", MELDINGEN, both(line(RECORDS, lambda r: r[:20]), lines(lambda r: [r[0], "", *r[1:]])), REFUSED, "record 120: het laatste record heeft te weinig kolommen"),
    C("regeleinden", "lege regel, een record te kort (07c)", MELDINGEN, both(line(3, lambda r: r[:20]), lines(lambda r: [r[0], "", *r[1:]])), ASIDE, "te weinig kolommen", aside=3),

    C("structuur", "niets (0 bytes)", SOME, instead(b""), REFUSED, "het bestand is leeg (0 bytes)"),
    C("structuur", "alleen koppen", TWO, lines(lambda _: []), REFUSED, "het bestand bevat geen enkel record"),
    C("structuur", "alleen koppen en een voet", MISDRIJVEN, lines(lambda _: []), REFUSED, "het bestand bevat geen enkel record"),
    C("structuur", "geen koppen", ORDINARY, headed(lambda _: []), REFUSED, "regel 1: hier staan geen koppen die zijn afgesproken"),
    C("structuur", "een kolom te weinig", FORMS, both(head(lambda h: h[:-1]), lines(lambda r: [x[:-1] for x in r])), REFUSED, "ontbreekt: "),
    C("structuur", "een kolom te veel", TWO, both(head(lambda h: [*h, "extra"]), lines(lambda r: [[*x, ""] for x in r])), REFUSED, "te veel: extra"),
    C("structuur", "een kolom die een naam draagt", TWO, both(head(lambda h: [*h, "Jansen 1987"]), lines(lambda r: [[*x, ""] for x in r])), REFUSED, "te veel: 1 onbekende"),
    C("structuur", "twee kolommen verwisseld", TWO, head(lambda h: [h[1], h[0], *h[2:]]), REFUSED, "andere volgorde"),
    C("structuur", "een kop dubbel", TWO, head(lambda h: [*h[:-1], h[0]]), REFUSED, "de kolommen zijn anders dan afgesproken"),
    C("structuur", "koppen in hoofdletters", BESLAG, head(lambda h: [x.upper() for x in h]), REFUSED, "hier staan geen koppen die zijn afgesproken"),
    C("structuur", "spaties om de koppen", SOME, head(lambda h: [f" {x} " for x in h]), ADMITTED),
    C("structuur", "komma als scheidingsteken", [*BESLAG, *MELDINGEN], text(lambda t: t.replace(";", ",")), REFUSED, "het scheidingsteken lijkt , te zijn, afgesproken is ;"),
    C("structuur", "tab als scheidingsteken", VERDACHTEN, text(lambda t: t.replace(",", "\t")), REFUSED, "het scheidingsteken lijkt de tab te zijn"),
    C("structuur", "regel voor Excel vooraan", BESLAG, text(lambda t: "sep=;\r\n" + t), REFUSED, "regel 1: hier staan geen koppen"),
    C("structuur", "puntkomma achter elke regel", BESLAG, ended(";\r\n"), REFUSED, "te veel: 1 onbekende"),
    C("structuur", "puntkomma achter een record", BESLAG, line(5, lambda r: r + ";"), ASIDE, "te veel kolommen", aside=5),
    C("structuur", "puntkomma's achter een record", BESLAG, line(5, lambda r: r + ";;;"), ASIDE, "te veel kolommen", aside=5),
    C("structuur", "puntkomma achter een record in een openbare tabel", MISDRIJVEN, line(5, lambda r: r + ";"), ASIDE, "te veel kolommen", aside=5),
    C("structuur", "een record te kort", FORMS, short(5), ASIDE, "te weinig kolommen", aside=5),
    C("structuur", "laatste record afgebroken", FORMS, short(RECORDS), REFUSED, "record 120: het laatste record heeft te weinig kolommen"),
    C("structuur", "twee records aan elkaar", BESLAG, after(5, "\r\n", ""), ASIDE, "te veel kolommen", aside=5),
    C("structuur", "koppen nog eens halverwege", BESLAG, headings_again, ASIDE, "verwacht een heel getal als 1234", aside=61, column="boeking_nr"),
    C("structuur", "aanhalingsteken in de koppen niet gesloten", TWO, text(lambda t: '"' + t), REFUSED, "een aanhalingsteken in de koppen wordt niet gesloten"),
    C("structuur", "en dan meer dan 128 KiB (05)", INCASSO, text(lambda t: '"' + t + "1;Jansen;2\n" * 20_000), REFUSED, "een aanhalingsteken in de koppen wordt niet gesloten"),
    C("structuur", "aanhalingsteken in een record niet gesloten", ORDINARY, line(5, lambda r: '"' + r), REFUSED, "aanhalingsteken"),
    C("structuur", "aanhalingsteken binnen een waarde niet verdubbeld", ACTIES, line(5, lambda r: r.replace("Jansen", '"Jan"sen"')), REFUSED, "aanhalingsteken"),
    C("structuur", "aanhalingstekens om alles", [*BESLAG, *MELDINGEN], lines(lambda r: [";".join(f'"{v}"' for v in x) for x in r]), ADMITTED),
    C("structuur", "aanhalingsteken verdubbeld binnen een waarde", ACTIES, value("omschrijving", 'Jansen "de baas"; en'), ADMITTED),
    C("structuur", "een webpagina", SOME, instead("<!DOCTYPE html>\n<html><body>Jansen</body></html>\n"), REFUSED, "regel "),
    C("structuur", "JSON", TWO, instead('{"naam": "Jansen", "nr": "98-700198"}'), REFUSED, "hier staan geen koppen die zijn afgesproken"),
    C("structuur", "alleen regeleinden", TWO, instead("\n\n\n"), REFUSED, "hier staan geen koppen"),
    C("structuur", "elke waarde een plaats opgeschoven in een record", BESLAG, shifted, ASIDE, "verwacht", aside=5),

    C("grootte", "record van meer dan 3 MiB", ACTIES, value("omschrijving", "Jansen" * 700_000), REFUSED, "record 5: het record is langer dan 2.097.152 tekens"),
    C("grootte", "koppen van meer dan 2 MiB", ACTIES, text(lambda t: "x" * (3 << 20) + t), REFUSED, "regel 1: de regel is langer dan 2.097.152 tekens"),
    C("grootte", "waarde van 1 MiB", ACTIES, value("omschrijving", "Jansen" * 170_000), ADMITTED),
    C("grootte", "een enkel record", TWO, lines(lambda r: r[:1]), ADMITTED),

    C("voorregels", "ander soort misdrijf (08)", MISDRIJVEN, head(lambda _: ['"Soort misdrijf: 1.1.1 Diefstal/inbraak woning"'], 1), REFUSED, "regel 2: dit is niet de afgesproken tabel of selectie"),
    C("voorregels", "andere tabel", MISDRIJVEN, head(lambda _: ['"Aangiften per wijk"'], 0), REFUSED, "regel 1: dit is niet de afgesproken tabel"),
    C("voorregels", "ander onderwerp", MISDRIJVEN, head(lambda h: [h[0], "Aangiften", "Aangiften"], 3), REFUSED, "regel 4: dit is niet de afgesproken tabel"),
    C("voorregels", "ander onderwerp in een kolom", MISDRIJVEN, head(lambda h: [*h[:2], "Aangiften"], 3), REFUSED, "regel 4: dit is niet de afgesproken tabel"),
    C("voorregels", "andere eenheid dan aantal", MISDRIJVEN, head(lambda h: [h[0], "aantal", "per 1 000"]), REFUSED, "de kolommen zijn anders dan afgesproken"),
    C("voorregels", "een regel te weinig", MISDRIJVEN, headed(lambda h: h[1:]), REFUSED, "regel 1: dit is niet de afgesproken tabel"),
    C("voorregels", "een regel te veel", MISDRIJVEN, headed(lambda h: ['""', *h]), REFUSED, "regel 1: dit is niet de afgesproken tabel"),
    C("voorregels", "geen voetregel", MISDRIJVEN, footed(), REFUSED, "de laatste regel is niet de afgesproken voetregel"),
    C("voorregels", "een regel na de voetregel", MISDRIJVEN, footed('"Bron: Politie"', '"Nederland";"1";"2"'), REFUSED, "de laatste regel is niet de afgesproken voetregel"),
    C("voorregels", "twee voetregels", MISDRIJVEN, footed('"Bron: Politie"', '"Bron: Politie"'), REFUSED, "record 14: het laatste record heeft te weinig kolommen"),

    C("periode", "maanden waar jaren worden verwacht (09)", MISDRIJVEN, head(lambda h: [h[0], "2024 januari", "2024 februari"], 4), REFUSED, "2 van de 2 koppen noemen geen periode zoals afgesproken"),
    C("periode", "een jaar na de stand", MISDRIJVEN, head(lambda h: [*h[:2], "2099"], 4), REFUSED, "periode 2099 ligt na de stand van"),
    C("periode", "een kwartaal tussen de jaren", PROVINCIES, head(lambda h: [*h[:2], "Nederland_Totaal_2022 1e kwartaal"]), REFUSED, "1 van de 2 koppen noemt geen periode"),
    C("periode", "nader voorlopig jaar (12)", PROVINCIES, head(lambda h: [*h[:2], h[2] + "*"]), ADMITTED),
    C("periode", "drie sterren", PROVINCIES, head(lambda h: [*h[:2], h[2] + "**"]), REFUSED, "noemt geen periode"),
    C("periode", "voorlopig jaar van de politie", MISDRIJVEN, head(lambda h: [*h[:2], "2022*"], 4), ADMITTED),
    C("periode", "een jaar van twee cijfers", MISDRIJVEN, head(lambda h: [*h[:2], "22"], 4), REFUSED, "1 van de 2 koppen noemt geen periode"),
    C("periode", "een jaar dubbel", MISDRIJVEN, head(lambda h: [*h[:2], "2021"], 4), REFUSED, "dubbel"),
    C("periode", "een kop dubbel", PROVINCIES, head(lambda h: [*h[:2], h[1]]), REFUSED, "dubbel"),
    C("periode", "een jaar minder dan kolommen", MISDRIJVEN, head(lambda h: h[:2], 4), REFUSED, "1 koppen voor 2 kolommen"),
    C("periode", "geen enkel jaar", MISDRIJVEN, both(head(lambda h: h[:1], 4), head(lambda h: h[:1], 5), head(lambda h: h[:1], 3), lines(lambda r: [x[:1] for x in r])), REFUSED, "regel "),
    C("periode", "namen van gebieden met een ander streepje (10)", MISDRIJVEN, value("regio", "Zeeland \u2013 West-Brabant (RE)", 9), ADMITTED),
    C("periode", "een regionale rij minder", MISDRIJVEN, lines(lambda r: [*r[:5], *r[6:]]), REJECTED, "elf_regionale_rijen"),
    C("periode", "eenheden tellen niet op", MISDRIJVEN, value("aantallen", "1001", 3), REJECTED, "eenheden_tellen_op_tot_nederland"),
    C("periode", "soort groter dan het totaal", PROVINCIES, value("aantallen", "5000", 3), REJECTED, "soort_is_hooguit_het_totaal"),
    C("periode", "Friesland zoals het nu heet (11)", PROVINCIES, head(lambda h: [h[0], "Fryslân (PV)_Totaal geregistreerde misdrijven_2021", h[2]]), ADMITTED),
    C("periode", "een waarde die het CBS niet kent", PROVINCIES, value("aantallen", ".", 3), ADMITTED),

    C("getallen", "punt voor komma, twee cijfers (01)", DECIMALS, value("<bedrag>", "1250.75"), ASIDE, "verwacht een getal als", aside=5, column="<bedrag>"),
    C("getallen", "punt voor komma, een cijfer (01)", BESLAG, value("<bedrag>", "12.5"), ASIDE, "verwacht een getal als", aside=5, column="<bedrag>"),
    C("getallen", "punt voor komma, hele bestand (01)", BESLAG, value("bedrag", "80000.00", *range(1, RECORDS + 1)), REFUSED, "120 van 120 records (100,0%) passen niet"),
    C("getallen", "duizendtallen van ongelijke lengte", BESLAG, value("<bedrag>", "1.2.3,4"), ASIDE, "verwacht een getal als", aside=5, column="<bedrag>"),
    C("getallen", "Engelse vorm", BESLAG, value("<bedrag>", "1,378.70"), ASIDE, "verwacht een getal als", aside=5, column="<bedrag>"),
    C("getallen", "drie cijfers achter de komma (03)", BESLAG, value("<bedrag>", "1234,567"), ASIDE, "ten hoogste", aside=5, column="<bedrag>"),
    C("getallen", "halve cent (03)", BESLAG, value("<bedrag>", "0,005"), ASIDE, "ten hoogste", aside=5, column="<bedrag>"),
    C("getallen", "exponent (03)", BESLAG, value("<bedrag>", "1E6"), ASIDE, "verwacht een getal als", aside=5, column="<bedrag>"),
    C("getallen", "liggend streepje (03)", BESLAG, value("<bedrag>", "1_000"), ASIDE, "verwacht een getal als", aside=5, column="<bedrag>"),
    C("getallen", "hexadecimaal (03)", INCASSO, value("boeking_nr", "0x10"), ASIDE, "verwacht een heel getal als 1234", aside=5, column="boeking_nr"),
    C("getallen", "duizendteken in een nummer (03)", INCASSO, value("boeking_nr", "7.400"), ASIDE, "verwacht een heel getal als 1234", aside=5, column="boeking_nr"),
    C("getallen", "duizendteken in een openbare tabel (02)", MISDRIJVEN, value("aantallen", "11.000", 1), ASIDE, "verwacht een heel getal als 1234", aside=1, column="aantallen_1"),
    C("getallen", "decimalen in een heel getal", CYBER, value("niveau", "1,6"), ASIDE, "verwacht een heel getal", aside=5, column="niveau"),
    C("getallen", "spatie als duizendteken", BESLAG, value("bedrag", "1 234,00"), ASIDE, "verwacht een getal als", aside=5, column="bedrag"),
    C("getallen", "minteken achteraan", BESLAG, value("bedrag", "1234,00-"), ASIDE, "verwacht een getal als", aside=5, column="bedrag"),
    C("getallen", "plusteken", BESLAG, value("bedrag", "+1234,00"), ASIDE, "verwacht een getal als", aside=5, column="bedrag"),
    C("getallen", "haakjes voor negatief", BESLAG, value("bedrag", "(1234,00)"), ASIDE, "verwacht een getal als", aside=5, column="bedrag"),
    C("getallen", "euroteken", BESLAG, value("bedrag", "€ 1234,00"), ASIDE, "verwacht een getal als", aside=5, column="bedrag"),
    C("getallen", "cijfers van een ander schrift", MELDINGEN, value("melding_nr", "\uff15"), ASIDE, "verwacht een heel getal", aside=5, column="melding_nr"),
    C("getallen", "geen getal", BESLAG, value("bedrag", "NaN"), ASIDE, "verwacht een getal als", aside=5, column="bedrag"),
    C("getallen", "oneindig", BESLAG, value("bedrag", "inf"), ASIDE, "verwacht een getal als", aside=5, column="bedrag"),
    C("getallen", "te groot voor zijn kolom", BESLAG, value("bedrag", "99999999999999,00"), ASIDE, "ten hoogste 13 cijfers voor", aside=5, column="bedrag"),
    C("getallen", "te groot voor een nummer", MELDINGEN, value("melding_nr", "9223372036854775808"), ASIDE, "ten hoogste 9223372036854775807", aside=5, column="melding_nr"),
    C("getallen", "negatief waar dat is afgesproken", BESLAG, value("bedrag", "-1.234,00"), ADMITTED, "alleen_een_correctie_is_negatief"),
    C("getallen", "negatief waar dat niet is afgesproken", ONDERZOEKEN, value("inzet_fte", "-1,00"), ASIDE, "zonder minteken", aside=5, column="inzet_fte"),
    C("getallen", "met duizendtekens", BESLAG, value("bedrag", "1.234.567,89"), ADMITTED),
    C("getallen", "zonder decimalen", BESLAG, value("<bedrag>", "1234"), ADMITTED),
    C("getallen", "nullen vooraan", BESLAG, value("bedrag", "0001,50"), ADMITTED),
    C("getallen", "spaties eromheen", BESLAG, value("bedrag", "  1,50\xa0"), ADMITTED),
    C("getallen", "boven zijn grens", ONDERZOEKEN, value("inzet_fte", "5000,01"), REJECTED, "inzet_fte_binnen_grenzen"),
    C("getallen", "onder zijn grens", MELDINGEN, value("melding_nr", "0"), REJECTED, "melding_nr_binnen_grenzen"),

    C("getallen", "nummer van een object waar een bedrag hoort", BESLAG, value("bedrag", "98.700198"), ASIDE, "verwacht een getal als", aside=5, column="bedrag"),
    C("getallen", "en waar een nummer hoort", BESLAG, value("boeking_nr", "98-700198"), ASIDE, "verwacht een heel getal", aside=5, column="boeking_nr"),

    C("datums", "dag die niet bestaat", DAYS, value("<dag>", "31-02-2020"), ASIDE, "verwacht een bestaande dag als 31-12-2020", aside=5, column="<dag>"),
    C("datums", "andere volgorde", MELDINGEN, value("<dag>", "2020-02-28"), ASIDE, "verwacht een bestaande dag als 31-12-2020", aside=5, column="<dag>"),
    C("datums", "geen schrikkeljaar", MELDINGEN, value("meldingsdatum", "29-02-2019"), ASIDE, "verwacht een bestaande dag", aside=5, column="meldingsdatum"),
    C("datums", "maand voorop", MELDINGEN, value("meldingsdatum", "02-28-2019"), ASIDE, "verwacht een bestaande dag", aside=5, column="meldingsdatum"),
    C("datums", "zonder nullen", MELDINGEN, value("meldingsdatum", "1-3-2019"), ASIDE, "verwacht een bestaande dag", aside=5, column="meldingsdatum"),
    C("datums", "schuine strepen", MELDINGEN, value("meldingsdatum", "01/03/2019"), ASIDE, "verwacht een bestaande dag", aside=5, column="meldingsdatum"),
    C("datums", "jaar van twee cijfers", MELDINGEN, value("meldingsdatum", "01-03-19"), ASIDE, "verwacht een bestaande dag", aside=5, column="meldingsdatum"),
    C("datums", "met een tijd", MELDINGEN, value("meldingsdatum", "01-03-2019 00:00"), ASIDE, "verwacht een bestaande dag", aside=5, column="meldingsdatum"),
    C("datums", "als getal van Excel", MELDINGEN, value("meldingsdatum", "43525"), ASIDE, "verwacht een bestaande dag", aside=5, column="meldingsdatum"),
    C("datums", "dag nul", MELDINGEN, value("meldingsdatum", "00-03-2019"), ASIDE, "verwacht een bestaande dag", aside=5, column="meldingsdatum"),
    C("datums", "aaneen", VERDACHTEN, value("instroomdatum", "20190301"), ASIDE, "verwacht een bestaande dag als 2020-12-31", aside=5, column="instroomdatum"),
    C("datums", "na de stand (20)", ONDERZOEKEN, value("einddatum", "31-12-2099"), ASIDE, "ligt na de stand van 15-01-2023", aside=5, column="einddatum"),
    C("datums", "een dag na de stand", CYBER, value("<dag>", "16-01-2023"), ASIDE, "ligt na de stand van 15-01-2023", aside=5, column="<dag>"),
    C("datums", "op de stand zelf", MELDINGEN, both(value("meldingsdatum", "15-01-2023"), value("registratiedatum", "15-01-2023")), ADMITTED),
    C("datums", "die later mag zijn dan de stand", ACTIES, both(value("status", "PLA"), value("actiedatum", "01-06-2023")), ADMITTED),
    C("datums", "uitgevoerd na de stand", ACTIES, value("actiedatum", "01-06-2023"), REJECTED, "uitgevoerde_actie_niet_na_stand_datum"),
    C("datums", "voor de eerste dag die kan", MELDINGEN, value("meldingsdatum", "31-12-2004"), REJECTED, "meldingsdatum_binnen_grenzen"),
    C("datums", "in de verkeerde volgorde", MELDINGEN, value("registratiedatum", "01-01-2006"), REJECTED, "meldingsdatum_niet_na_registratiedatum"),

    C("leeg", "verplichte waarde leeg", ORDINARY, value("<verplicht>", ""), ASIDE, "verplichte waarde ontbreekt", aside=5, column="<verplicht>"),
    C("leeg", "verplichte waarde alleen wit", TWO, value("<verplicht>", "  "), ASIDE, "verplichte waarde ontbreekt", aside=5, column="<verplicht>"),
    C("leeg", "afgesproken woord voor leeg", ONDERZOEKEN, value("einddatum", "Onb."), ADMITTED),
    C("leeg", "ander woord voor leeg", MELDINGEN, value("meldingsdatum", "NULL"), ASIDE, "verwacht een bestaande dag", aside=5, column="meldingsdatum"),

    C("codes", "in kleine letters", BESLAG, value("eenheid", "rtm"), ADMITTED),
    C("codes", "met spaties erachter", BESLAG, value("eenheid", "RTM  "), ADMITTED),
    C("codes", "met een harde spatie en een tab eromheen", BESLAG, value("eenheid", "\xa0RTM\t"), ADMITTED),
    C("codes", "die geen lijst kent", BESLAG, value("eenheid", "XXX"), ADMITTED, "eenheid_in_codelijst: XXX"),
    C("codes", "voluit in plaats van de code", BESLAG, value("eenheid", "Rotterdam"), ADMITTED, "eenheid_in_codelijst"),
    C("codes", "een persoon in een kolom met codes", BESLAG, value("eenheid", "Jansen"), ADMITTED, "eenheid_in_codelijst"),
    C("codes", "ja voluit (16)", SIGNALEN, value("financiele_analyse", "Ja", *range(1, 5)), ADMITTED, "financiele_analyse_in_codelijst"),

    C("sleutels", "dubbel", [*FORMS, *ACTIES], lambda it: it.records.__setitem__(6, [*it.records[4]]), REJECTED, "sleutel_uniek"),
    C("sleutels", "dubbel in een openbare tabel", MISDRIJVEN, lines(lambda r: [*r, r[-1]]), REJECTED, "sleutel_uniek"),
    C("sleutels", "dubbel, anders geschreven (14)", ACTIES, begin_with(("IHA-000001", "POL"), ("IHA-000001", "pol ")), REJECTED, "sleutel_uniek"),
    C("sleutels", "spatie in het nummer (15, 15b)", ACTIES, begin_with(("IHA-000001", "POL"), ("IHA-000001 ", "GEM")), ADMITTED),
    C("sleutels", "nummer met nullen vooraan is hetzelfde nummer", MELDINGEN, value("melding_nr", "0007"), REJECTED, "sleutel_uniek"),
    C("sleutels", "dubbel, met een leeg deel", GEBIEDEN, lambda it: it.records.extend([["OND-98700198", "WAPENS", "", "N"]] * 2), REJECTED, "sleutel_uniek"),
    C("sleutels", "met een leeg deel en zonder", GEBIEDEN, lambda it: it.records.extend([["OND-98700198", "WAPENS", "", "N"], ["OND-98700198", "WAPENS", "SYN", "N"]]), ADMITTED, "drugsoort_alleen_bij_drugs"),
    C("sleutels", "leeg", TWO, value("<sleutel>", ""), ASIDE, "verplichte waarde ontbreekt", aside=5, column="<sleutel>"),
    C("sleutels", "volgt het patroon niet", ACTIES, value("actie_nr", "IHA-1"), ASIDE, "volgt niet het patroon IHA", aside=5, column="actie_nr"),
    C("sleutels", "nummer van een persoon in een andere vorm", [name for name in EVERY if KINDS_OF_COLUMN["<persoon>"](EXTRACTS[name])], value("<persoon>", "98-7x"), ASIDE, "patroon|niet te lezen als", aside=5, column="<persoon>"),
    C("sleutels", "objectnummer in de spellingen van de partners", BESLAG, both(value("object_nr", "98.700198", 5), value("object_nr", " 98 700198", 6), value("object_nr", "98700198", 7)), ADMITTED),

    C("verwijzingen", "naar niets, meer dan mag", FEITEN, value("onderzoek_nr", "CYB-98799999", 1, 2), REJECTED, "onderzoek_nr_bestaat_in_onderzoeken"),
    C("verwijzingen", "naar niets, zoveel als mag", FEITEN, value("onderzoek_nr", "CYB-98799999", 1), ADMITTED),
    C("verwijzingen", "geen eerste aandachtsgebied", GEBIEDEN, value("eerste", "N", 1, 2), REJECTED, "precies_een_eerste_per_onderzoek"),

    C("mutaties", "verwijdering in een andere spelling", DOSSIERS, value("mutatie", "v "), ADMITTED),
    C("mutaties", "verwijdering met alleen haar sleutel", DOSSIERS, line(5, lambda _: "V;EX-9870059;;;;;;;;;;"), ADMITTED),
    C("mutaties", "wijziging met alleen haar sleutel", DOSSIERS, line(5, lambda _: "W;EX-9870059;;;;;;;;;;"), ASIDE, "verplichte waarde ontbreekt", aside=5, column="veroordeelde_nr"),
    C("mutaties", "soort die niet bestaat", DOSSIERS, value("mutatie", "X"), ADMITTED, "mutatie_in_codelijst"),
    C("mutaties", "soort leeg", DOSSIERS, value("mutatie", ""), ASIDE, "verplichte waarde ontbreekt", aside=5, column="mutatie"),
]
# fmt: on


# ---------------------------------------------------------------------------------------------------------------------
# The cases in which the file is right and something about it is odd: its name, its manifest, its place, its day.

FOLDER = "comensha_meldingen"
GOOD = bytes(sample((FOLDER, "meldingen"), 3))
SHA256 = hashlib.sha256(GOOD).hexdigest()
FACTS = "{extract: meldingen, stand_datum: 2023-01-15, demo: true%s}"
# Names of files hold the day, also of a run that midnight passes.
MOMENT = datetime.now(UTC)
TODAY = local(MOMENT).date()
TOMORROW = TODAY + timedelta(days=1)


@dataclass(frozen=True)
class Odd:
    """Under which name and with which manifest a good file of CoMensha lies where, and what must come of it."""

    kind: str
    title: str
    name: str
    outcome: str
    told: str = ""
    # What stands in the manifest, or what comes behind its usual facts.
    manifest: str | None = None
    # Makes what lies there, where that is not a file with good content.
    make: Callable[[Path], Any] | None = None
    folder: str = FOLDER


def linked(target: str) -> Callable[[Path], Any]:
    return lambda file: file.symlink_to(target)


def linked_to_a_good_file(file: Path) -> None:
    real = file.parent.parent.parent / "elders.csv"
    real.write_bytes(GOOD)
    file.symlink_to(real)


def named(file: Path, name: bytes) -> None:
    (Path(os.fsdecode(bytes(file.parent) + b"/" + name))).write_bytes(GOOD)


def manifest_that(make: Callable[[Path], Any]) -> Callable[[Path], Any]:
    """A good file of which the manifest is something else."""

    def put(file: Path) -> None:
        file.write_bytes(GOOD)
        make(file.with_name(file.name + ".manifest.yml"))

    return put


OWN = "tabel.csv"
# fmt: off
ODD = [
    Odd("namen", "met stand", "demo_meldingen_20230115.csv", ADMITTED),
    Odd("namen", "met stand, ontvangst en soort", "demo_meldingen_20230115_ontvangen_20230120_volledig.csv", ADMITTED),
    Odd("namen", "dag die niet bestaat", "demo_meldingen_20230231.csv", LEFT, "de naam bevat een datum die niet bestaat"),
    Odd("namen", "stand van zes cijfers", "demo_meldingen_202301.csv", LEFT, "naam volgt niet"),
    Odd("namen", "geen stand", "demo_meldingen.csv", LEFT, "naam volgt niet"),
    Odd("namen", "onbekend extract", "demo_slachtoffers_20230115.csv", LEFT, "kent dat extract niet; wel meldingen"),
    Odd("namen", "uitgang in hoofdletters", "demo_meldingen_20230115.CSV", LEFT, "naam volgt niet"),
    Odd("namen", "werkblad", "demo_meldingen_20230115.xlsx", LEFT, "naam volgt niet"),
    Odd("namen", "ingepakt, zonder manifest", "demo_meldingen_20230115.csv.gz", LEFT, "naam volgt niet"),
    Odd("namen", "kopie van een verkenner", "demo_meldingen_20230115 (1).csv", LEFT, "naam volgt niet"),
    Odd("namen", "als mutaties, terwijl het hele register is afgesproken", "demo_meldingen_20230115_mutaties.csv", LEFT, "wordt volledig geleverd, niet mutaties"),
    Odd("namen", "jokertekens", "deel*?[a].csv", ADMITTED, manifest=""),
    Odd("namen", "aanhalingstekens en SQL", "o'neil\"; drop schema leveringen; --.csv", ADMITTED, manifest=""),
    Odd("namen", "accolades", "{tabel}-%s-{0}.csv", ADMITTED, manifest=""),
    Odd("namen", "spaties en letters van elders", "métàl bestand 表.csv", ADMITTED, manifest=""),
    Odd("namen", "te lang", "m" * 239 + ".csv", LEFT, "de naam is 243 bytes lang"),
    Odd("namen", "nummer van een persoon", "aangifte 123456782.csv", LEFT, "de naam bevat een getal dat van een persoon kan zijn"),
    Odd("namen", "nummer met punten", "bsn 123.456.782.csv", LEFT, "een getal dat van een persoon kan zijn", manifest=""),
    Odd("namen", "telefoon van elders", "bel 0031612345678.csv", LEFT, "een getal dat van een persoon kan zijn", manifest=""),
    Odd("namen", "dag met een volgnummer", "rapport 2023-01-15 2.csv", ADMITTED, manifest=""),
    Odd("namen", "tijdstip", "uitvoer_20230115093000.csv", ADMITTED, manifest=""),
    Odd("namen", "regeleinde in de naam", "a\nb.csv", LEFT, "de naam bevat tekens die niet te lezen zijn"),
    Odd("namen", "geen UTF-8", os.fsdecode(b"demo_meldingen_\xff.csv"), LEFT, "de naam bevat tekens die niet te lezen zijn"),
    Odd("namen", "een map die niemand kent", "demo_meldingen_20230115.csv", LEFT, "hoort bij geen registratie", folder="comensha"),
    Odd("namen", "los in de inbox", "demo_meldingen_20230115.csv", LEFT, "ligt niet in de map van een registratie", folder="."),

    Odd("links", "naar nergens (06)", "demo_meldingen_20230115.csv", LEFT, "is een verwijzing (link), geen gewoon bestand", make=linked("/nergens")),
    Odd("links", "in een kring", "demo_meldingen_20230115.csv", LEFT, "is een verwijzing (link)", make=linked("demo_meldingen_20230115.csv")),
    Odd("links", "naar een goed bestand", "demo_meldingen_20230115.csv", LEFT, "is een verwijzing (link)", make=linked_to_a_good_file),
    Odd("links", "naar een apparaat", "demo_meldingen_20230115.csv", LEFT, "is een verwijzing (link)", make=linked("/dev/zero")),
    Odd("links", "een map met de naam van een levering (06)", "demo_meldingen_20230115.csv", LEFT, "is een map, geen gewoon bestand", make=Path.mkdir),
    Odd("links", "een pijp", "demo_meldingen_20230115.csv", LEFT, "is een pijp, socket of apparaat", make=os.mkfifo),
    Odd("links", "manifest dat een verwijzing is", OWN, LEFT, "het manifest ernaast is een verwijzing", make=manifest_that(linked("/etc/passwd"))),
    Odd("links", "manifest dat een map is", OWN, LEFT, "is een map", make=manifest_that(Path.mkdir)),
    Odd("links", "manifest dat een pijp is", OWN, LEFT, "is een pijp", make=manifest_that(os.mkfifo)),

    Odd("manifesten", "in orde", OWN, ADMITTED, manifest=""),
    Odd("manifesten", "naast een naam die ook alles zegt", "demo_meldingen_20200101.csv", ADMITTED, manifest=""),
    Odd("manifesten", "geen YAML", OWN, LEFT, "is niet te lezen als YAML", manifest="extract: [meldingen"),
    Odd("manifesten", "leeg", OWN, LEFT, "heeft geen regels `naam: waarde`", make=manifest_that(Path.touch)),
    Odd("manifesten", "een lijst", OWN, LEFT, "heeft geen regels `naam: waarde`", manifest="- meldingen"),
    Odd("manifesten", "in windows-1252", OWN, LEFT, "niet te lezen als YAML in UTF-8", make=manifest_that(lambda m: m.write_bytes(b"extract: \xe9"))),
    Odd("manifesten", "dieper dan iemand leest", OWN, LEFT, "niet te lezen als YAML", manifest="[" * 3000),
    Odd("manifesten", "te groot", OWN, LEFT, "verwacht hooguit 16384", manifest="# " + "x" * 20_000),
    Odd("manifesten", "een naam dubbel", OWN, LEFT, "noemt stand_datum tweemaal", manifest=", stand_datum: 2022-01-15"),
    Odd("manifesten", "een naam die niemand kent", OWN, LEFT, "geeft op regel 1 iets dat niet bekend is", manifest=", aantal: 3"),
    Odd("manifesten", "soort die niet bestaat", OWN, LEFT, "geeft soort (regel 1) anders dan verwacht", manifest=", soort: flauwekul"),
    Odd("manifesten", "soort die niet past", OWN, LEFT, "wordt volledig geleverd, niet mutaties", manifest=", soort: mutaties"),
    Odd("manifesten", "aantal dat geen getal is", OWN, LEFT, "geeft aantal_records (regel 1) anders dan verwacht", manifest=", aantal_records: true"),
    Odd("manifesten", "aantal met een decimaal", OWN, LEFT, "geeft aantal_records (regel 1) anders", manifest=", aantal_records: 3.0"),
    Odd("manifesten", "aantal dat klopt", OWN, ADMITTED, manifest=", aantal_records: 3"),
    Odd("manifesten", "aantal dat niet klopt", OWN, REFUSED, "3 records gevonden, de leverancier gaf er 4 op", manifest=", aantal_records: 4"),
    Odd("manifesten", "controlegetal dat klopt", OWN, ADMITTED, manifest=f", sha256: {SHA256}"),
    Odd("manifesten", "controlegetal in hoofdletters (17)", OWN, ADMITTED, manifest=f", sha256: {SHA256.upper()}"),
    Odd("manifesten", "controlegetal dat niet klopt", OWN, REFUSED, "het bestand is onderweg veranderd", manifest=f", sha256: {'0' * 64}"),
    Odd("manifesten", "controlegetal te kort", OWN, LEFT, "anders dan verwacht: 64 hexadecimale tekens", manifest=", sha256: abc"),
    Odd("manifesten", "geen extract", OWN, LEFT, "noemt geen extract", manifest="{stand_datum: 2023-01-15}"),
    Odd("manifesten", "geen stand", OWN, LEFT, "noemt geen stand_datum", manifest="{extract: meldingen}"),
    Odd("manifesten", "zonder bestand", "tabel.csv.manifest.yml", LEFT, "wacht op het bestand waar dit manifest bij hoort"),

    Odd("tijden", "ontvangen in 2099 (18)", "demo_meldingen_20230115_ontvangen_20990120.csv", LEFT, "ontvangen op 20-01-2099 ligt na vandaag"),
    Odd("tijden", "stand van 2099 (18b)", "demo_meldingen_20991231.csv", LEFT, "de stand, 31-12-2099, ligt na vandaag"),
    Odd("tijden", "ontvangen voor de stand (18c)", "demo_meldingen_20230115_ontvangen_20200101.csv", LEFT, "ontvangen op 01-01-2020 ligt voor de stand, 15-01-2023"),
    Odd("tijden", "stand van morgen", f"demo_meldingen_{TOMORROW:%Y%m%d}.csv", LEFT, "ligt na vandaag"),
    Odd("tijden", "stand van vandaag", f"demo_meldingen_{TODAY:%Y%m%d}.csv", ADMITTED),
    Odd("tijden", "ontvangen op de dag van de stand", "demo_meldingen_20230115_ontvangen_20230115.csv", ADMITTED),
    Odd("tijden", "in een zone", OWN, ADMITTED, manifest=", ontvangen_op: 2023-01-20T10:00:00Z"),
    Odd("tijden", "ontvangen in 2099, in het manifest", OWN, LEFT, "ontvangen op 20-01-2099 ligt na vandaag", manifest=", ontvangen_op: 2099-01-20"),
    Odd("tijden", "dag zonder streepjes", OWN, ADMITTED, manifest=", ontvangen_op: 20230120"),
    Odd("tijden", "week in plaats van dag", OWN, LEFT, "geeft ontvangen_op (regel 1) anders dan verwacht", manifest=", ontvangen_op: 2023-W03-5"),
    Odd("tijden", "dag die niet bestaat", OWN, LEFT, "geeft ontvangen_op (regel 1) anders dan verwacht", manifest=", ontvangen_op: 2023-02-30"),
    Odd("tijden", "rand van de kalender", OWN, LEFT, "ontvangen_op", manifest=", ontvangen_op: '0001-01-01T00:00:00+14:00'"),
]
# fmt: on

# ---------------------------------------------------------------------------------------------------------------------
# The cases of several files: sets, changes, and what came before.

Told = tuple[str, str]


@dataclass(frozen=True)
class Several:
    """Files that lie in the inbox, night after night, and what must have come of each in the end."""

    kind: str
    title: str
    nights: list[dict[str, Sample | str]]
    expected: dict[str, Told]


def made(name: Name, *changes: Change, records: int = RECORDS) -> Sample:
    it = sample(name, records)
    for change in changes:
        change(it)
    return it


DOSSIER, (CSV, _) = ("executie_dossiers", "dossiers"), ONDERZOEKEN[0]
S, IN, AREAS = (
    Several,
    "csv_onderzoeken/demo_onderzoeken_2023{}.csv",
    "csv_onderzoeken/demo_aandachtsgebieden_2023{}.csv",
)
D, M = "executie_dossiers/demo_dossiers_2023{}.csv", "comensha_meldingen/demo_meldingen_{}.csv"
OND, GEB, DOS, MEL = (made(name) for name in (ONDERZOEKEN[0], GEBIEDEN[0], DOSSIER, MELDINGEN[0]))
FEW = made(DOSSIER, records=2)
OF_A_YEAR = value("meldingsdatum", "01-03-2018", *range(1, 61))
# fmt: off
SEVERAL = [
    S("sets", "helemaal", [{IN.format("0115"): OND, AREAS.format("0115"): GEB}], {IN.format("0115"): (ADMITTED, ""), AREAS.format("0115"): (ADMITTED, "")}),
    S("sets", "de helft", [{IN.format("0115"): OND}], {IN.format("0115"): (LEFT, "wacht op aandachtsgebieden met stand 15-01-2023")}),
    S("sets", "van twee standen", [{IN.format("0115"): OND, AREAS.format("0116"): GEB}], {IN.format("0115"): (LEFT, "wacht op aandachtsgebieden met stand 15-01"), AREAS.format("0116"): (LEFT, "wacht op onderzoeken met stand 16-01-2023")}),
    S("sets", "op twee dagen ontvangen", [{IN.format("0115_ontvangen_20230120"): OND, AREAS.format("0115_ontvangen_20230121"): GEB}], {IN.format("0115_ontvangen_20230120"): (LEFT, "wacht op"), AREAS.format("0115_ontvangen_20230121"): (LEFT, "wacht op")}),
    S("sets", "later aangevuld", [{IN.format("0115"): OND}, {AREAS.format("0115"): GEB}], {IN.format("0115"): (ADMITTED, ""), AREAS.format("0115"): (ADMITTED, "")}),
    S("sets", "een file geweigerd", [{IN.format("0115"): OND, AREAS.format("0115"): made(GEBIEDEN[0], short(RECORDS))}], {IN.format("0115"): (HELD, "hoort bij aandachtsgebieden, dat geweigerd is"), AREAS.format("0115"): (REFUSED, "afgebroken")}),
    S("sets", "een file afgekeurd", [{IN.format("0115"): OND, AREAS.format("0115"): made(GEBIEDEN[0], lines(lambda r: r[:60]))}], {IN.format("0115"): (HELD, "hoort bij aandachtsgebieden"), AREAS.format("0115"): (REJECTED, "elk_onderzoek_heeft_een_aandachtsgebied")}),
    S("sets", "met een manifest dat niet klopt", [{IN.format("0115"): OND, AREAS.format("0115"): GEB, AREAS.format("0115") + ".manifest.yml": "{extract: x}"}], {IN.format("0115"): (LEFT, "wacht op aandachtsgebieden"), AREAS.format("0115"): (LEFT, "noemt geen stand_datum")}),
    S("sets", "naast een goede levering van een ander (04)", [{IN.format("0115"): made(ONDERZOEKEN[0], after(2, "\r\n", "\n")), AREAS.format("0115"): GEB, M.format("20230115"): MEL}], {IN.format("0115"): (REFUSED, "eindigt niet op CRLF"), AREAS.format("0115"): (HELD, "hoort bij onderzoeken"), M.format("20230115"): (ADMITTED, "")}),

    S("mutaties", "op een volledige levering", [{D.format("0115_volledig"): DOS, D.format("0215_mutaties"): FEW}], {D.format("0115_volledig"): (ADMITTED, ""), D.format("0215_mutaties"): (ADMITTED, "")}),
    S("mutaties", "zonder volledige levering eronder", [{D.format("0215_mutaties"): FEW}], {D.format("0215_mutaties"): (ADMITTED, "")}),
    S("mutaties", "geen enkele", [{D.format("0215_mutaties"): made(DOSSIER, lines(lambda _: []))}], {D.format("0215_mutaties"): (ADMITTED, "")}),
    S("mutaties", "geen enkel dossier in het hele register", [{D.format("0215_volledig"): made(DOSSIER, lines(lambda _: []))}], {D.format("0215_volledig"): (REFUSED, "geen enkel record")}),
    S("mutaties", "een dossier tweemaal", [{D.format("0215_mutaties"): made(DOSSIER, lines(lambda r: [r[0], *r]))}], {D.format("0215_mutaties"): (ADMITTED, "")}),
    S("mutaties", "een dossier tweemaal in het hele register", [{D.format("0215_volledig"): made(DOSSIER, lines(lambda r: [r[0], *r]))}], {D.format("0215_volledig"): (REJECTED, "sleutel_uniek")}),
    S("mutaties", "zonder soort in de naam zijn het mutaties", [{D.format("0215"): FEW}], {D.format("0215"): (ADMITTED, "")}),
    S("mutaties", "als periode", [{"executie_dossiers/x.csv": FEW, "executie_dossiers/x.csv.manifest.yml": "{extract: dossiers, stand_datum: 2023-01-15, soort: periode}"}], {"executie_dossiers/x.csv": (LEFT, "wordt volledig of als mutaties geleverd, niet periode")}),

    S("manifesten", "hersteld (19)", [{FOLDER + "/t.csv": MEL, FOLDER + "/t.csv.manifest.yml": "{extract: meldingen, stand_datum: 2023-01-15, demo: true, aantal_records: 9}"}, {FOLDER + "/t.csv.manifest.yml": "{extract: meldingen, stand_datum: 2023-01-15, demo: true}"}], {FOLDER + "/t.csv": (ADMITTED, "")}),
    S("namen", "echt naast fictief", [{M.format("20230115"): MEL}, {FOLDER + "/meldingen_20230215.csv": made(MELDINGEN[0], records=9)}], {M.format("20230115"): (ADMITTED, ""), FOLDER + "/meldingen_20230215.csv": (LEFT, "deze datamap bevat al fictieve gegevens")}),
    S("manifesten", "echt, zonder sleutel", [{FOLDER + "/t.csv": MEL, FOLDER + "/t.csv.manifest.yml": "{extract: meldingen, stand_datum: 2023-01-15}"}], {FOLDER + "/t.csv": (LEFT, "VEILIGHEIDSAGENDA_SLEUTEL is niet gezet")}),
    S("periode", "eerst jaren, dan maanden (09)", [{"geregistreerde_misdrijven/demo_misdrijven_20230115.csv": made(MISDRIJVEN[0])}, {"geregistreerde_misdrijven/demo_misdrijven_20230501.csv": made(MISDRIJVEN[0], head(lambda h: [h[0], "2024 januari", "2024 februari"], 4))}], {"geregistreerde_misdrijven/demo_misdrijven_20230115.csv": (ADMITTED, ""), "geregistreerde_misdrijven/demo_misdrijven_20230501.csv": (REFUSED, "noemen geen periode")}),
]
# fmt: on

BIG, SMALL = (made(MELDINGEN[0], OF_A_YEAR, records=records) for records in (400, 120))
TINY, YEARLESS = (
    made(MELDINGEN[0], OF_A_YEAR, lines(lambda r: r[:12])),
    made(MELDINGEN[0], OF_A_YEAR, lines(lambda r: r[60:])),
)
# fmt: off
SIZES = [
    S("grootte", "twaalf meldingen na vierhonderd (13)", [{M.format("20220115"): BIG}, {M.format("20230115"): TINY}], {M.format("20220115"): (ADMITTED, ""), M.format("20230115"): (HELD, "12 rijen")}),
    S("grootte", "een jaar minder (13b)", [{M.format("20220115"): SMALL}, {M.format("20230115"): YEARLESS}], {M.format("20220115"): (ADMITTED, ""), M.format("20230115"): (HELD, "")}),
]
# fmt: on

# ---------------------------------------------------------------------------------------------------------------------
# What is looked at.

FOREIGN = re.compile(r"Error|Exception|Traceback|duckdb|\bline\b|\bCSV |\bexpected\b|None\b|\[Errno")


@pytest.fixture(scope="module")
def raw_in_memory() -> Iterator[duckdb.DuckDBPyConnection]:
    con = in_memory()
    yield con
    con.close()


@pytest.fixture
def border(
    tmp_path: Path,
    raw_in_memory: duckdb.DuckDBPyConnection,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> Border:
    caplog.set_level("DEBUG", "orchestration")
    set_clock(monkeypatch, MOMENT)
    return Border(tmp_path, raw_in_memory)


def assert_said_well(border: Border, caplog: pytest.LogCaptureFixture) -> None:
    """What is told is Dutch, and quotes nothing of a person; nothing is left where work was done."""
    reasons = [*border.left().values(), *(row["reden"] or "" for row in border.deliveries().values())]
    assert not [reason for reason in reasons if FOREIGN.search(reason)]
    assert not [reason for reason in reasons if len(reason) > 600]
    told = [*border.told(), *(record.getMessage() for record in caplog.records)]
    assert not [text for text in told if PLANTED.search(text)]
    border.assert_tidy()


def assert_outcome(border: Border, file: str, outcome: str, told: str) -> None:
    """A file is what it should be: left, or a delivery with its verdict, its reason and its rows."""
    if outcome == LEFT:
        # A name that cannot be printed is spelled out.
        assert [reason for reason in border.left().values() if told in reason], (told, border.left())
        assert not [found for found in border.deliveries() if found == file]
        return
    row = border.deliveries()[file]
    extract = EXTRACTS[row["registratie"], row["extract"]]
    number, reason = row["levering_nr"], row["reden"]
    rows, aside = border.rows(extract, number), border.aside(number)
    assert row["oordeel"] == {REJECTED: REFUSED, ASIDE: ADMITTED}.get(outcome, outcome), reason
    if outcome in (ADMITTED, ASIDE):
        said = [f"{name}: {found}" for name, found in border.findings(number).items()]
        assert outcome == ASIDE or any(told in each or found_in(told, each) for each in said) or not told, said
        assert told or outcome == ASIDE or not said, said
    else:
        assert told in (reason or ""), reason
        assert file.rsplit("/", 1)[1] not in (reason or ""), "the file stands beside its reason"
    if outcome == REFUSED and row["aantal_records"] is None:
        assert (rows, aside) == ([], []), "its transaction is gone"
        return
    numbers = {each["record_nr"] for each in rows}
    assert numbers.isdisjoint({record for record, *_ in aside})
    assert sorted(numbers | {record for record, *_ in aside}) == [*range(1, row["aantal_records"] + 1)]
    assert (row["aantal_geladen"], row["aantal_apart"]) == (len(rows), len({record for record, *_ in aside}))


def found_in(told: str, finding: str) -> bool:
    """Whether a finding of that name says so: `name: words`."""
    name, _, words = told.partition(": ")
    return finding.startswith(f"{name}: ") and words in finding


def of_extracts(cases: Sequence[Case]) -> list[Any]:
    return [
        pytest.param(case, name, id=f"{case.kind}, {case.title}, {'.'.join(name)}")
        for case in cases
        for name in case.extracts
    ]


@pytest.mark.parametrize(("case", "name"), of_extracts(CASES))
def test_what_becomes_of_a_delivery(case: Case, name: Name, border: Border, caplog: pytest.LogCaptureFixture) -> None:
    registration, extract = name[0], EXTRACTS[name]
    files = {each: sample(each) for each in members(registration)}
    case.change(files[name])
    for each, it in files.items():
        border.put(f"{registration}/{file_name(EXTRACTS[each])}", it)
    # What is expected of rows is looked at where that is what the case is about.
    about_rows = case.kind == "goed" or case.outcome == REJECTED or (case.outcome == ADMITTED and case.told)
    border.run([registration], validate_extract if about_rows else no_judge)
    file = f"{registration}/{file_name(extract)}"
    row = border.deliveries()[file]
    outcome, told = case.outcome, case.told
    if outcome == ASIDE and extract.max_set_aside_pct * (row["aantal_records"] or 0) < 100:
        outcome, told = REFUSED, "passen niet"
    assert_outcome(border, file, outcome, told)
    if case.outcome == ASIDE:
        column = KINDS_OF_COLUMN.get(case.column or "", lambda _: case.column)(extract)
        aside = border.aside(row["levering_nr"])
        assert {record for record, *_ in aside} == {case.aside}
        assert any(re.search(case.told, reason) for *_, reason in aside), aside
        assert case.column is None or column in {found for _, found, *_ in aside}
    for each in files:
        if each != name:
            partner = HELD if row["oordeel"] == REFUSED else ADMITTED
            assert_outcome(
                border, f"{registration}/{file_name(EXTRACTS[each])}", partner, "hoort bij" if partner == HELD else ""
            )
    assert_said_well(border, caplog)


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case.kind}, {case.title}") for case in ODD])
def test_what_becomes_of_an_odd_file(case: Odd, border: Border, caplog: pytest.LogCaptureFixture) -> None:
    file = border.inbox / case.folder / case.name
    file.parent.mkdir(parents=True, exist_ok=True)
    if case.make:
        case.make(file)
    else:
        border.put(f"{case.folder}/{case.name}", GOOD)
    if case.manifest is not None:
        usual = case.manifest == "" or case.manifest.startswith(", ")
        facts = FACTS % case.manifest if usual else case.manifest
        file.with_name(file.name + ".manifest.yml").write_bytes(facts.encode())
    for each in border.inbox.rglob("*"):
        if each.is_file() and not each.is_symlink():
            os.utime(each, (1_500_000_000, 1_500_000_000))
    border.run([FOLDER], no_judge)
    assert_outcome(border, f"{case.folder}/{case.name}", case.outcome, case.told)
    assert (len(border.deliveries()), len(border.left())) == ((0, 1) if case.outcome == LEFT else (1, 0))
    assert_said_well(border, caplog)


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case.kind}, {case.title}") for case in (*SEVERAL, *SIZES)])
def test_what_becomes_of_several_files(case: Several, border: Border, caplog: pytest.LogCaptureFixture) -> None:
    registrations = sorted({file.split("/")[0] for night in case.nights for file in night})
    for night in case.nights:
        for file, content in night.items():
            border.put(file, content)
        border.run(registrations, validate_extract)
    for file, (outcome, told) in case.expected.items():
        assert_outcome(border, file, outcome, told)
    assert_said_well(border, caplog)


def test_the_tables_hold_what_they_promise() -> None:
    cases = [*CASES, *ODD, *SEVERAL, *SIZES]
    assert len(cases) >= 120
    assert len({(case.kind, case.title) for case in cases}) == len(cases)
    kinds = "codering regeleinden structuur voorregels getallen datums codes sleutels sets mutaties periode namen links"
    assert {*kinds.split(), "manifesten", "tijden", "grootte"} <= {case.kind for case in cases}
    tried = {name[0] for case in CASES for name in case.extracts if case.outcome != ADMITTED}
    assert tried == {name[0] for name in EXTRACTS}, "each registration is met by deliveries that are wrong"
