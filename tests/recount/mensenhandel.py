"""Human trafficking, by the definitions: suspects, victims, investigations and interventions."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import product

from tests.recount import provisions
from tests.recount.counting import Outcome, Tally, all_of, cells, either, known, worlds, yes
from tests.recount.deliveries import Register, Row, grouped, listed, records, seed
from tests.recount.ondermijning import NOT_KNOWN

ELEMENTS = {
    "csv_betrokken": "csv",
    "eenheidsoverstijgend": "eenheidsoverstijgend",
    "barrieremodel": "barrieremodel",
    "internationaal": "internationaal",
}


@cache
def listed_provision(theme: str, text: str, day: date) -> bool | None:
    """Whether a provision of law is on the list of a theme on a day; None where it cannot be read for certain."""
    named = provisions.read(text)
    if named is None:
        return None
    for row in seed("wetsartikel"):
        if not row["lijst_versie"].startswith(theme):
            continue
        if not row["geldig_vanaf"] <= day.isoformat() <= (row["geldig_tot"] or date.max.isoformat()):
            continue
        for wanted in provisions.read(row["artikel_code"]) or ():
            if any(each.article == wanted.article and wanted.paragraphs <= each.paragraphs for each in named):
                return True
    return False


def suspects(register: Register, tally: Tally) -> None:
    """A suspect counts per case, in the year in which the police first delivered that combination."""
    police = listed("opsporingsdienst", "dienst_code", "is_politie")
    frame = register.rows("mensenhandel_verdachten", "instroom").sort_values(["instroomdatum", "inschrijving_nr"])
    for of_a_suspect in grouped(records(frame), "parketnummer", "verdachte_nr"):
        rows = [
            {
                **row,
                "telt": all_of(
                    listed_provision("mensenhandel_artikel", row["wetsartikel"], row["instroomdatum"]),
                    known(police, row["aanleverende_dienst"]),
                ),
            }
            for row in of_a_suspect
        ]
        tally.add(
            cells("om_verdachten_mensenhandel", chosen[0]["instroomdatum"].year, chosen[0]["eenheid"]) if chosen else {}
            for chosen in worlds(rows)
        )


def victims(register: Register, tally: Tally) -> None:
    """A victim counts once per year in which the police reported it, as the first report of that year has it."""
    police = listed("melder", "melder_code", "is_politie")
    frame = register.rows("comensha_meldingen", "meldingen").sort_values(["meldingsdatum", "melding_nr"])
    frame = frame.assign(jaar=[day.year for day in frame["meldingsdatum"]])
    name = "slachtoffers_comensha"
    for of_a_victim in grouped(records(frame), "slachtoffer_nr", "jaar"):
        year = of_a_victim[0]["jaar"]
        rows = [{**row, "telt": known(police, row["melder"])} for row in of_a_victim]
        tally.add(
            cells(name, year, chosen[0]["eenheid"], _forms(chosen[0]["uitbuitingsvorm"])) if chosen else {}
            for chosen in worlds(rows)
        )
        for first, *_ in grouped(rows, "melder"):
            reporter = first["melder"] if first["melder"] in police else NOT_KNOWN
            tally.add([cells(name, year, first["eenheid"], {"melder": [reporter]}, whole=False)])


def _forms(code: str) -> dict[str, list[str]]:
    found = {f"uitbuiting_{of}": [NOT_KNOWN] for of in ("agenda", "nrm")}
    for row in seed("uitbuitingsvorm_indeling"):
        if row["uitbuitingsvorm_code"] == code:
            found[f"uitbuiting_{row['indeling_code']}"] = [row["categorie_code"]]
    return found


def efforts(register: Register, tally: Tally) -> None:
    """An investigation or intervention with enough of the four elements counts in the year in which it begins."""
    least = {
        row["definitie_versie"]: int(row["waarde"])
        for row in seed("definitie_parameter")
        if row["parameter"] == "minimum_aantal_elementen"
    }
    for name, extract, day in (
        ("complexe_onderzoeken_mensenhandel", "onderzoeken", "startdatum"),
        ("interventies_mensenhandel", "interventies", "interventiedatum"),
    ):
        for row in records(register.rows("mensenhandel_onderzoeken", extract)):
            tally.add(_effort(name, row, row[day].year, least[f"{name}_1"]))


def _effort(name: str, row: Row, year: int, least: int) -> Iterator[Outcome]:
    for there in product(*(either(yes(row[column])) for column in ELEMENTS)):
        elements = [code for code, is_there in zip(ELEMENTS.values(), there, strict=True) if is_there]
        enough = len(elements) >= least
        yield cells(name, year, row["eenheid"], {"element_mensenhandel": elements}) if enough else {}


FAMILIES = (suspects, victims, efforts)
