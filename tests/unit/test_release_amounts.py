"""Which amounts may leave: those in which no case dominates, and none that would show one that does."""

import random
import shutil
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from orchestration.paths import DataPaths
from orchestration.release import write_release
from orchestration.release.rules import Rule, Weight
from tests.attack import POLICE, WHOLE_OF_POLICE, Contributions, Found, Key, attack
from tests.invented_releases import publish

RULE = Rule("a", "afgeschermd", 5, 5, closeness_pct=10)
# Of a table without any amount that is not safe, six cases each.
EVEN = (30, 25, 20, 20, 15, 10)


class Case(NamedTuple):
    """What a case adds to one amount, in euro."""

    holder: str
    unit: str
    code: str
    amount: float
    series: str = WHOLE_OF_POLICE
    organisation: str = "OM"
    is_police: bool = True


def weight(*cents: int) -> Weight:
    largest, second, *others = sorted(cents, reverse=True)
    return Weight(sum(cents), len(cents), largest, second, sum(others))


@pytest.mark.parametrize(
    ("cents", "is_unsafe"),
    [
        # 10% of 100 is 10: the three smallest are 10 together, and then 9.
        ((100, 50, 5, 3, 2), False),
        ((100, 50, 4, 3, 2), True),
        # Four, of which none dominates.
        ((10, 10, 10, 10), True),
        ((10, 10, 10, 10, 10), False),
    ],
)
def test_an_amount_is_not_safe_where_the_second_can_come_close_to_the_first(
    cents: tuple[int, ...], is_unsafe: bool
) -> None:
    assert RULE.is_unsafe(sum(cents), weight(*cents)) is is_unsafe


def test_of_an_amount_as_much_stays_possible_as_a_tenth_of_the_largest() -> None:
    assert RULE.must_stay(159, weight(100, 50, 4, 3, 2)) == (149, 169)
    assert RULE.must_stay(50, weight(49, 1)) == (45, 55)


@pytest.mark.parametrize("wrong", [{"threshold": 2}, {"margin": 2}, {"closeness_pct": 101}])
def test_a_rule_for_amounts_that_nothing_could_keep_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="dominantieregel"):
        Rule("a", "afgeschermd", **{"threshold": 5, "closeness_pct": 10, **wrong})


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published file without rows, made once."""
    folder = tmp_path_factory.mktemp("leeg")
    publish(folder, [])
    return folder / "leeg.duckdb"


@pytest.fixture(autouse=True)
def _begin_with_them(marts: Path, tmp_path: Path) -> None:
    shutil.copy(marts, tmp_path)


def make(folder: Path, cases: Sequence[Case], number: int = 1, year: int = 2020) -> tuple[Path, Contributions]:
    """Publish the amounts of some cases, with the warehouse that knows them."""
    day = date(2024, 6, 1)
    police: dict[tuple[str, str, str], float] = defaultdict(float)
    monitor: dict[tuple[str, str, str], float] = defaultdict(float)
    parts: dict[tuple[Key, ...], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for case in cases:
        monitor[case.series, case.organisation, case.code] += case.amount
        for code in (("geen", "totaal"), ("objectsoort", case.code)):
            for organisation in (case.organisation, "NL"):
                parts[((case.series, organisation, *code, "bedrag"),)][case.holder] += case.amount
            for unit in (case.unit, "NL") if case.is_police else ():
                police[unit, *code] += case.amount
                parts[((POLICE, unit, *code, "bedrag"),)][case.holder] += case.amount
            if not case.is_police and case.series == WHOLE_OF_POLICE:
                both = tuple((name, "NL", *code, "bedrag") for name in (WHOLE_OF_POLICE, POLICE))
                parts[both][case.holder] += case.amount
    figures = [
        {
            **{
                "indicator_code": POLICE,
                "jaar": year,
                "peildatum": day,
                "eenheid_van_maat": "eur",
                "realisatie": value,
            },
            **{"eenheid_code": unit, "uitsplitsing_soort": split, "uitsplitsing_code": code, "is_demo": True},
        }
        for (unit, split, code), value in police.items()
    ]
    amounts = [
        {
            **dict(zip(("weg_code", "stap_code", "beslagsoort"), series.split("/"), strict=True)),
            **{"jaar": year, "aanleveraar_code": organisation, "objectsoort_code": code, "bedrag_eur": value},
            **{"peildatum": day, "maat_soort": "stroom", "aantal": 77, "aantal_groot": 77},
        }
        for (series, organisation, code), value in monitor.items()
    ]
    paths = DataPaths(folder)
    source = publish(folder, figures, {"fct_afpakmonitor": amounts}, number)
    paths.warehouse.unlink(missing_ok=True)
    for file in (paths.raw, paths.ledger):
        duckdb.connect(str(file)).close()
    with duckdb.connect(str(paths.warehouse)) as con:
        con.execute("create schema intermediate")
        con.execute(
            """create table intermediate.int_afpakbijdragen_opgeteld (
                jaar bigint, weg_code varchar, stap_code varchar, beslagsoort varchar, aanleveraar_code varchar,
                objectsoort_code varchar, eenheid_code varchar, is_beslag_politie boolean, registratie varchar,
                dossier_nr varchar, bedrag_eur decimal(18, 2))"""
        )
        con.executemany(
            "insert into intermediate.int_afpakbijdragen_opgeteld values (?, ?, ?, ?, ?, ?, ?, ?, 'om_beslag', ?, ?)",
            [
                (
                    year,
                    *each.series.split("/"),
                    each.organisation,
                    each.code,
                    each.unit,
                    each.is_police,
                    each.holder,
                    each.amount,
                )
                for each in cases
            ],
        )
    return source, {year: {key: list(found.values()) for key, found in parts.items()}}


def even(unit: str, code: str, times: float = 1, **more: Any) -> list[Case]:
    """Six cases of which none dominates: 120 euro, or times that."""
    return [Case(f"{unit}{code}{place}", unit, code, times * size, **more) for place, size in enumerate(EVEN)]


def safe_table() -> list[Case]:
    """Three eenheden by three kinds of object, and beside them what others than the police seized."""
    found = [case for unit in ("NN", "ON", "MN") for code in ("VRTG", "GELD", "BANK") for case in even(unit, code)]
    others = [even("NTD", code, is_police=False) for code in ("VRTG", "GELD", "BANK")]
    return found + [case for each in others for case in each]


def ask(file: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(file), read_only=True) as con:
        return con.execute(query).fetchall()


def police(file: Path) -> dict[tuple[str, str], tuple[Any, ...]]:
    rows = ask(
        file,
        f"""select eenheid_code, uitsplitsing_code, realisatie::double, "CONF_STATUS", vrijgave_reden
        from marts.fct_realisatie where indicator_code = '{POLICE}'""",
    )
    return {(unit, code): tuple(rest) for unit, code, *rest in rows}


def test_amounts_in_which_no_case_dominates_leave_with_all_their_totals(tmp_path: Path) -> None:
    make(tmp_path, safe_table())
    file = write_release(DataPaths(tmp_path)).file
    assert police(file)["NN", "VRTG"] == (120.0, "F", None)
    assert police(file)["NL", "totaal"] == (1080.0, "F", None)
    # What the police seized and the others: 360 + 120 of each kind.
    rows = ask(
        file,
        """select aanleveraar_code, objectsoort_code, bedrag_eur::double, "CONF_STATUS" from marts.fct_afpakmonitor""",
    )
    assert sorted(rows) == sorted(
        (organisation, code, amount, "F")
        for organisation in ("OM", "totaal")
        for code, amount in (("VRTG", 480.0), ("GELD", 480.0), ("BANK", 480.0), ("totaal", 1440.0))
    )
    assert ask(file, "from marts.fct_achtergehouden") == []
    # Numbers, and amounts that were not looked at together, stay inside.
    columns = {
        name for (name,) in ask(file, "select column_name from duckdb_columns() where table_name = 'fct_afpakmonitor'")
    }
    assert not [
        name
        for name in columns
        if name.startswith("aantal") or name in ("bedrag_politie_eur", "bedrag_zonder_groot_eur")
    ]


def test_an_amount_of_one_large_case_is_hidden_with_the_cheapest_that_would_show_it(tmp_path: Path) -> None:
    """NN VRTG has one of 1000 beside 120; all else is even, so a rectangle of 120 each goes with it."""
    cases = [*safe_table(), Case("groot", "NN", "VRTG", 1000)]
    source, made_of = make(tmp_path, cases)
    file = write_release(DataPaths(tmp_path)).file
    found = police(file)
    hidden = {key: each for key, each in found.items() if each[0] is None}
    assert hidden.pop(("NN", "VRTG")) == (None, "C", "overheersing")
    assert len(hidden) == 3
    assert set(hidden.values()) == {(None, "D", "samenhang")}
    # There 90 is left beside the two largest, and a tenth of the large one is 100. In the country 240 more are left.
    assert found["NL", "VRTG"] == (1360.0, "F", None)
    seen = attack([file], [source], made_of)
    assert seen.attacked == 1
    assert seen.narrowed == []


def test_what_others_than_the_police_seized_is_not_shown_by_subtraction(tmp_path: Path) -> None:
    """Two others seized 40 of VRTG: of it stand what all seized and what the police did, and the one less the other."""
    cases = [case for case in safe_table() if case.is_police or case.code != "VRTG"]
    cases += [Case(f"x{place}", "NTD", "VRTG", 20, is_police=False) for place in range(2)]
    source, made_of = make(tmp_path, cases)
    file = write_release(DataPaths(tmp_path)).file
    seen = attack([file], [source], made_of)
    assert seen.attacked == 1
    assert seen.narrowed == []
    monitor = dict(
        ask(
            file,
            "select objectsoort_code, bedrag_eur::double from marts.fct_afpakmonitor where aanleveraar_code = 'totaal'",
        )
    )
    assert None in (police(file)["NL", "VRTG"][0], monitor["VRTG"])


def test_who_publishes_one_of_the_others_is_found_out(tmp_path: Path) -> None:
    source, made_of = make(tmp_path, [*safe_table(), Case("groot", "NN", "VRTG", 1000)])
    file = write_release(DataPaths(tmp_path)).file
    (unit, code), *_ = [key for key, each in police(file).items() if each[1] == "D"]
    file.chmod(0o644)
    with duckdb.connect(str(file)) as con:
        con.execute(
            f"""update marts.fct_realisatie set realisatie = 120, "CONF_STATUS" = 'F', vrijgave_reden = null
            where indicator_code = '{POLICE}' and eenheid_code = '{unit}' and uitsplitsing_code = '{code}'"""
        )
    ((key, _, value, low, high),) = attack([file], [source], made_of).narrowed
    assert key[1:4] == ("NN", "objectsoort", "VRTG")
    assert (value, low, high) == pytest.approx((1.12, 1.12, 1.12))


def test_a_national_amount_of_few_cases_is_hidden_and_that_of_the_police_never(tmp_path: Path) -> None:
    few = "bestuurlijk/opgelegd/nvt"
    make(tmp_path, [*safe_table()[:2], *[Case(f"g{n}", "NN", "GELD", 10, few, "GEM", False) for n in range(4)]])
    file = write_release(DataPaths(tmp_path)).file
    assert police(file)["NL", "totaal"] == (55.0, "F", None)
    rows = ask(
        file, """select weg_code, bedrag_eur, "CONF_STATUS", vrijgave_reden from marts.fct_afpakmonitor order by 1"""
    )
    assert set(rows) == {("bestuurlijk", None, "C", "overheersing"), ("strafrechtelijk", None, "C", "overheersing")}
    withheld = ask(
        file, "select indicator_code, uitsplitsing_soort, vrijgave_reden from marts.fct_achtergehouden order by all"
    )
    assert ("afpakmonitor", few, "landelijk_overheerst") in withheld


@pytest.mark.parametrize("fault", ["geen", "ander", "oud"])
def test_amounts_of_which_the_cases_are_not_known_are_withheld_with_the_reason(tmp_path: Path, fault: str) -> None:
    """No warehouse, one of another day, or one of an earlier release."""
    make(tmp_path, safe_table())
    paths = DataPaths(tmp_path)
    if fault == "geen":
        paths.warehouse.unlink()
    else:
        with duckdb.connect(str(paths.warehouse)) as con:
            name = "intermediate.int_afpakbijdragen_opgeteld"
            con.execute(
                f"drop table {name}"
                if fault == "oud"
                else f"update {name} set bedrag_eur = 11 where dossier_nr = 'NNVRTG5'"
            )
    file = write_release(paths).file
    assert set(police(file)) == {("NL", "totaal")}
    withheld = ask(file, "select indicator_code, uitsplitsing_soort, vrijgave_reden from marts.fct_achtergehouden")
    assert (POLICE, "alle", "bijdragen_onbekend") in withheld
    assert ask(file, "select count(bedrag_eur) from marts.fct_afpakmonitor") == [(0,)]


def test_a_negative_amount_withholds_what_adds_up_with_it(tmp_path: Path) -> None:
    make(tmp_path, [*safe_table(), Case("terug", "NN", "VRTG", -300)])
    file = write_release(DataPaths(tmp_path)).file
    assert set(police(file)) == {("NL", "totaal")}
    assert (POLICE, "negatief_bedrag") in ask(
        file, "select indicator_code, vrijgave_reden from marts.fct_achtergehouden"
    )


def test_an_amount_that_one_case_made_grow_is_hidden_beside_the_earlier_release(tmp_path: Path) -> None:
    """One of 40 came to NN VRTG: the country grew by less than 40 + 30 + 4, so all stays as it was released."""
    make(tmp_path, safe_table())
    first = write_release(DataPaths(tmp_path)).file
    make(tmp_path, [*safe_table(), Case("nieuw", "NN", "VRTG", 40)], 2)
    again = write_release(DataPaths(tmp_path))
    assert police(again.file) == police(first)
    assert ask(again.file, "from marts.fct_afpakmonitor order by all") == ask(
        first, "from marts.fct_afpakmonitor order by all"
    )
    assert again.kept == 1
    # Many came to ON BANK, so that the country may be seen to grow; the one in NN VRTG may not. Of what did not grow a
    # reader knows that it is no less, so only BANK, which did, leaves room for more of VRTG.
    cases = [*safe_table(), Case("nieuw", "NN", "VRTG", 40), *[Case(f"b{n}", "ON", "BANK", 30) for n in range(9)]]
    source, made_of = make(tmp_path, cases, 3)
    third = write_release(DataPaths(tmp_path)).file
    assert police(third)["NL", "totaal"] == (1390.0, "F", None)
    assert police(third)["ON", "BANK"] == (None, "D", "samenhang")
    assert police(third)["MN", "GELD"] == (120.0, "F", None)
    assert police(third)["NN", "VRTG"] == (None, "D", "eerdere_vrijgave")
    # 160 now: nobody may tell that from what it could be if the change were safe, up to 120 + 80.
    assert attack([third], [source], made_of).narrowed == []


def days(chance: random.Random) -> Iterable[list[Case]]:
    """Cases of which a few are very large, on three days."""
    series = (WHOLE_OF_POLICE, WHOLE_OF_POLICE, "fiscaal/opgelegd/nvt")
    cases = []
    for number in range(260):
        name = chance.choice(series)
        cases.append(
            Case(
                f"d{number}",
                chance.choice(("NN", "ON", "MN", "NH")),
                chance.choice(("VRTG", "GELD", "BANK", "CRYP")),
                round(10 ** chance.uniform(2, 6), 2),
                name,
                "OM" if name == WHOLE_OF_POLICE else chance.choice(("BD", "FIOD")),
                name == WHOLE_OF_POLICE and chance.random() < 0.7,
            )
        )
    for size in (180, 185, 260):
        yield cases[:size]


def release_and_attack_amounts(folder: Path, seed: int) -> Found:
    """Release three days of invented cases, and attack each release with all before it."""
    files, sources, attacked, narrowed = [], [], 0, []
    for number, cases in enumerate(days(random.Random(seed)), start=1):
        source, made_of = make(folder, cases, number)
        made = write_release(DataPaths(folder))
        if made.is_new:
            files.append(made.file)
            sources.append(source)
            if made.kept == 0:
                found = attack(files, sources, made_of)
                attacked, narrowed = attacked + found.attacked, narrowed + found.narrowed
    return Found(attacked, 0, narrowed)


def test_nobody_comes_close_to_a_large_case_also_not_beside_earlier_releases(tmp_path: Path) -> None:
    found = release_and_attack_amounts(tmp_path, 0)
    assert found.attacked > 10
    assert found.narrowed == []
