"""Ondermijning, by the definitions: networks, investigations, integral actions, signals and cases."""

from collections.abc import Iterator
from datetime import date

import pandas as pd

from tests.recount.counting import Outcome, Tally, all_of, any_of, cells, either, known, worlds, yes
from tests.recount.deliveries import Register, Row, grouped, listed, records, seed

UNKNOWN, NOT_KNOWN = "ONBEKEND", "onbekend"
MINIMUM_PARTNERS = next(int(row["waarde"]) for row in seed("definitie_parameter") if "partners" in row["parameter"])


def _investigations(register: Register) -> pd.DataFrame:
    """Investigations into networks, with whether each is a criminal one that reached the required phase."""
    criminal, reached = (
        listed("aanpak", "aanpak_code", "is_strafrechtelijk"),
        listed("fase", "fase_code", "is_aangepakt"),
    )
    frame = register.rows("csv_onderzoeken", "onderzoeken")
    counts = [all_of(known(criminal, row["aanpak"]), known(reached, row["fase"])) for row in records(frame)]
    return frame.assign(telt=pd.Series(counts, index=frame.index, dtype=object))


def networks(register: Register, tally: Tally) -> None:
    """A network counts once, in the year in which its first investigation that counts begins.

    It belongs to the police unit of that one: the earliest start, then the code of the unit, then the number.
    """
    frame = _investigations(register).sort_values(["startdatum", "eenheid", "onderzoek_nr"])
    for of_a_network in grouped(records(frame), "csv_nr"):
        tally.add(
            cells("csv_aangepakt", rows[0]["startdatum"].year, rows[0]["eenheid"]) if rows else {}
            for rows in worlds(of_a_network)
        )


def investigations(register: Register, tally: Tally) -> None:
    """An investigation counts in every year in which it runs for a day or more."""
    areas = register.rows("csv_onderzoeken", "aandachtsgebieden")
    by_investigation = {rows[0]["onderzoek_nr"]: rows for rows in grouped(records(areas), "onderzoek_nr")}
    stand = register.stand("csv_onderzoeken") or date.min
    for row in records(_investigations(register)):
        last = (row["einddatum"] or stand).year
        splits = {name: sorted(codes) for name, codes in _areas(by_investigation.get(row["onderzoek_nr"], [])).items()}
        for name in ("regio_overstijgend", "lands_overstijgend"):
            splits[name] = [{"J": "ja", "N": "nee"}.get(row[name], NOT_KNOWN)]
        counted: Outcome = {}
        for year in range(row["startdatum"].year, last + 1):
            counted = {**counted, **cells("csv_onderzoeken", year, row["eenheid"], splits)}
        tally.add(counted if is_counted else {} for is_counted in either(row["telt"]))


def _areas(rows: list[Row]) -> dict[str, set[str]]:
    """The areas of an investigation and its kinds of drugs, of the first area and of all."""
    names = listed("aandachtsgebied", "aandachtsgebied_code", "aandachtsgebied_code")
    groups = {
        "drugsoort": listed("drugsoort", "drugsoort_code", "drugsoort_groep"),
        "drugsoort_agenda": listed("drugsoort", "drugsoort_code", "drugsoort_agenda"),
    }
    found: dict[str, set[str]] = {}
    for which, chosen in (("eerste", [row for row in rows if row["eerste"] == "J"]), ("alle", rows)):
        codes = {names.get(row["aandachtsgebied"], UNKNOWN) for row in chosen}
        # Every investigation is among the first areas once.
        found[f"aandachtsgebied_{which}"] = codes or ({UNKNOWN} if which == "eerste" else set())
        for split, group in groups.items():
            drugs = [row for row in chosen if row["aandachtsgebied"] == "DRUGS"]
            found[f"{split}_{which}"] = {group.get(row["drugsoort"], NOT_KNOWN) for row in drugs}
    return found


def integral_actions(register: Register, tally: Tally) -> None:
    """An action that was carried out counts where the police and at least one other partner contributed to it."""
    police = listed("partner", "partner_code", "is_politie")
    contributing = listed("bijdrage", "bijdrage_code", "is_bijdrage")
    done = listed("actie_status", "actie_status_code", "is_uitgevoerd")
    for of_an_action in grouped(records(register.rows("integrale_acties", "acties")), "actie_nr"):
        rows = [{**row, "telt": known(contributing, row["bijdrage"])} for row in of_an_action]
        first = rows[0]
        tally.add(
            cells("integrale_acties_politie", first["actiedatum"].year, first["eenheid"]) if is_counted else {}
            for partners in worlds(rows)
            for is_counted in either(
                all_of(
                    known(done, first["status"]),
                    any_of(known(police, row["partner"]) for row in partners),
                    len(partners) >= MINIMUM_PARTNERS,
                )
            )
        )


def signals(register: Register, tally: Tally) -> None:
    """A signal counts once, in the year and unit of its first submission; an analysis at any submission counts."""
    submitted = listed("signaal_status", "signaal_status_code", "is_voorgelegd")
    frame = register.rows("ondermijningssignalen", "signalen").sort_values(["statusdatum", "volgnummer"])
    for of_a_signal in grouped(records(frame), "signaal_nr"):
        rows = [{**row, "telt": known(submitted, row["status"])} for row in of_a_signal]
        tally.add(outcome for chosen in worlds(rows) for outcome in _submitted(chosen))


def _submitted(rows: list[Row]) -> Iterator[Outcome]:
    if not rows:
        yield {}
        return
    name, year, unit = "signalen_financiele_analyse_pct", rows[0]["statusdatum"].year, rows[0]["eenheid"]
    below = cells(name, year, unit, role="noemer")
    for is_analysed in either(any_of(yes(row["financiele_analyse"]) for row in rows)):
        yield {**below, **cells(name, year, unit)} if is_analysed else below


def cases(register: Register, tally: Tally) -> None:
    """A case counts in the year in which it began, but for those in which the analysis showed that it has no use."""
    excepting = listed("geen_financieel_onderzoek", "geen_financieel_onderzoek_code", "is_uitzondering")
    treated = grouped(records(register.rows("ondermijningssignalen", "signalen")), "signaal_nr")
    analysed = {rows[0]["signaal_nr"]: any_of(yes(row["financiele_analyse"]) for row in rows) for rows in treated}
    name = "onderzoeken_financieel_pct"
    for row in records(register.rows("ondermijningssignalen", "zaken")):
        place = (name, row["startdatum"].year, row["eenheid"])
        below = cells(*place, role="noemer")
        excepted = cells(*place, {"uitgezonderde_zaken": ["evident_geen_meerwaarde"]}, whole=False)
        without = all_of(known(excepting, row["reden_geen_onderzoek"]), analysed.get(row["signaal_nr"], False))
        tally.add(
            {**below, **cells(*place)} if is_done else excepted if is_excepted else below
            for is_done in either(yes(row["financieel_onderzoek"]))
            for is_excepted in either(without)
        )


FAMILIES = (networks, investigations, integral_actions, signals, cases)
