"""Cybercrime, by the definitions: the kind of an investigation follows from its characteristics, not from its name."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from tests.recount.counting import Outcome, Tally, any_of, cells, either, known, worlds, yes
from tests.recount.deliveries import Register, Row, grouped, listed, records, seed
from tests.recount.mensenhandel import listed_provision
from tests.recount.ondermijning import NOT_KNOWN

CONDITIONS = (
    "is_thtc",
    "is_regionaal",
    "is_cybercrimeteam",
    "is_bijstand",
    "is_high_tech",
    "is_focus_enge_zin",
    "heeft_feit_enge_zin",
    "is_innovatief",
    "is_digitaal",
)
NOT_FILLED_IN = "leeg"
PARTS = [row for row in seed("indicator_samenstelling") if row["indicator_code"].startswith("cyber")]
PARTS = [row for row in PARTS if row["indicator_code"] != "cyber_regulier_verdachten"]


def _kind(traits: dict[str, Any]) -> str:
    """The kind that the first rule gives of which every condition holds."""
    for rule in sorted(seed("cyber_indeling"), key=lambda row: int(row["prioriteit"])):
        holds = all(not rule[name] or traits[name] is (rule[name] == "true") for name in CONDITIONS)
        level = traits["niveau"]
        if rule["niveau_van"]:
            holds = holds and level is not None and int(rule["niveau_van"]) <= level <= int(rule["niveau_tot"])
        if holds:
            return rule["cyber_soort_code"]
    raise AssertionError("no rule catches the rest")


def _trait(code: str | None) -> tuple[Any, ...]:
    return (NOT_FILLED_IN,) if code is None else either(yes(code))


def _possible(row: Row, has_offence: bool | None) -> Iterator[dict[str, Any]]:
    """Everything that may be so of the traits of an investigation."""
    teams = {team["team_code"]: team for team in seed("cyber_team")}
    focus = listed("cyber_focus", "focus_code", "is_enge_zin")
    for team, assists, high_tech, narrow, offence, innovative, digital in product(
        [row["team"]] if row["team"] in teams else teams,
        either(yes(row["bijstand"])),
        _trait(row["high_tech"]),
        either(known(focus, row["focus"])),
        either(has_offence),
        _trait(row["innovatief"]),
        _trait(row["digitaal"]),
    ):
        yield {
            **{name: teams[team][name] == "true" for name in CONDITIONS[:3]},
            "is_bijstand": assists,
            "is_high_tech": high_tech,
            "is_focus_enge_zin": narrow,
            "heeft_feit_enge_zin": offence,
            "is_innovatief": innovative,
            "is_digitaal": digital,
            "niveau": row["niveau"],
        }


def investigations(register: Register, tally: Tally) -> None:
    """An investigation counts in the year in which it was tactically completed."""
    facts = grouped(records(register.rows("cyber_onderzoeken", "feiten")), "onderzoek_nr")
    offences = {
        rows[0]["onderzoek_nr"]: any_of(
            listed_provision("cyber_artikel", row["wetsartikel"], row["pleegdatum"]) for row in rows
        )
        for rows in facts
    }
    for row in records(register.rows("cyber_onderzoeken", "onderzoeken")):
        if row["tactisch_afgerond"] is not None:
            tally.add(_outcomes(row, offences.get(row["onderzoek_nr"], False)))


def _outcomes(row: Row, has_offence: bool | None) -> Iterator[Outcome]:
    kinds = listed("cyber_soort", "cyber_soort_code", "cyber_soort_code")
    said = {"opgave_leverancier": [kinds.get(row["soort"], NOT_KNOWN)]}
    seen = set()
    for traits in _possible(row, has_offence):
        for alternative in either(yes(row["alternatief"])):
            wanted = {"": True, "alternatief": alternative, "enge_zin": traits["is_focus_enge_zin"]}
            kind = _kind(traits)
            outcome = (kind, alternative, traits["is_focus_enge_zin"])
            if outcome in seen:
                continue
            seen.add(outcome)
            counted: Outcome = {}
            for part in PARTS:
                if part["onderdeel_code"] == kind and wanted[part["eis"]]:
                    name = part["indicator_code"]
                    splits = {} if name.endswith("_pct") else said
                    year = row["tactisch_afgerond"].year
                    counted = {**counted, **cells(name, year, row["eenheid"], splits, part["rol"])}
            yield counted


def suspects(register: Register, tally: Tally) -> None:
    """A suspect counts once per year of registration, as the first registration of that year has it."""
    kinds = {code: code == "REG" for code in listed("cyber_soort", "cyber_soort_code", "cyber_soort_code")}
    frame = register.rows("cyber_verdachten", "verdachten").sort_values(["registratiedatum", "registratie_nr"])
    frame = frame.assign(jaar=[day.year for day in frame["registratiedatum"]])
    for of_a_suspect in grouped(records(frame), "verdachte_nr", "jaar"):
        rows = [{**row, "telt": known(kinds, row["soort"])} for row in of_a_suspect]
        tally.add(
            cells("cyber_regulier_verdachten", rows[0]["jaar"], chosen[0]["eenheid"]) if chosen else {}
            for chosen in worlds(rows)
        )


FAMILIES = (investigations, suspects)
