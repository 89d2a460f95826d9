"""What may leave: small numbers and what shows them are hidden, together and beside every release before."""

import random
import shutil
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration import release
from orchestration.journal import note
from orchestration.open_data import write_open_data
from orchestration.paths import DataPaths
from orchestration.release import protection, releases, write_release
from orchestration.release.argus import Asked, rounded
from orchestration.release.blocks import Cell, Composition, Equation, make_blocks
from orchestration.release.protection import Earlier, Outcome, Shown, protect
from orchestration.release.rules import Rule, read_rules, read_tables
from orchestration.reporting import PAGE, page_beside
from tests.attack import Found, attack
from tests.invented_releases import days, figure, figures, publish
from tests.published import MARTS
from tests.unit.conftest import seed as rows_of

RULE = Rule("a", "afgeschermd", 5, 5, 2)
SPLITS = frozenset({"vorm", "soort"})
NONE = Composition({}, {})


def shown(
    rows: list[dict[str, Any]],
    folder: Path,
    earlier: list[Earlier] | None = None,
    rules: Mapping[str, Rule] | None = None,
    composition: Composition = NONE,
    **more: Any,
) -> Outcome:
    rules = rules or {"a": RULE}
    (block,) = make_blocks(rows, rules, composition, SPLITS)
    return protect(block, rules, composition, earlier or [], folder, **more)


def table(cells: Mapping[tuple[str, str], int], split: str = "vorm", indicator: str = "a") -> list[dict[str, Any]]:
    """The rows of a table of eenheden by parts, with all its totals."""
    counted: dict[tuple[str, str, str], int] = {}
    for (unit, code), value in cells.items():
        for key in ((unit, split, code), (unit, "geen", "totaal"), ("NL", split, code), ("NL", "geen", "totaal")):
            counted[key] = counted.get(key, 0) + value
    return [figure(indicator, *key, value) for key, value in counted.items() if value]


def column(*values: int, indicator: str = "a") -> list[dict[str, Any]]:
    """The rows of eenheden without a split: A, B, C and so on, and their total."""
    units = [figure(indicator, chr(65 + place), "geen", "totaal", value) for place, value in enumerate(values) if value]
    return [figure(indicator, "NL", "geen", "totaal", sum(values)), *units]


def hidden(outcome: Outcome) -> dict[tuple[str, ...], str]:
    """What is hidden, by eenheid, and part where there is one: its status."""
    return {
        (cell.unit, *([] if cell.split == "geen" else [cell.code])): each.status
        for cell, each in outcome.cells.items()
        if each.value is None
    }


THREE_BY_THREE = {
    **{("A", "x"): 2, ("A", "y"): 10, ("A", "z"): 10},
    **{("B", "x"): 10, ("B", "y"): 12, ("B", "z"): 9},
    **{("C", "x"): 8, ("C", "y"): 9, ("C", "z"): 20},
}


def test_a_small_cell_takes_the_cheapest_rectangle_with_it(tmp_path: Path) -> None:
    """By hand: A y, C x and C y are 27 people; any other rectangle takes 29 (A z, B x, B z), 32 or 38."""
    found = hidden(shown(table(THREE_BY_THREE), tmp_path))
    assert found == {("A", "x"): "C", ("A", "y"): "D", ("C", "x"): "D", ("C", "y"): "D"}


def test_nothing_is_hidden_where_nothing_is_small(tmp_path: Path) -> None:
    assert hidden(shown(table({**THREE_BY_THREE, ("A", "x"): 5}), tmp_path)) == {}


def test_of_a_column_the_smallest_other_one_goes_and_never_the_country(tmp_path: Path) -> None:
    outcome = shown(column(3, 9, 12), tmp_path)
    assert hidden(outcome) == {("A",): "C", ("B",): "D"}
    assert outcome.cells[Cell("a", 2020, "NL")] == Shown(24)


def test_two_single_persons_do_not_hide_one_another(tmp_path: Path) -> None:
    """The two are 2 together, and neither is zero, so each would be 1."""
    assert hidden(shown(column(1, 1, 9, 12), tmp_path)) == {("A",): "C", ("B",): "C", ("C",): "D"}


def test_two_divisions_are_hidden_as_one_table(tmp_path: Path) -> None:
    """In the division by vorm A has two small parts, which are 4 together if A is shown: so A is hidden, in both."""
    first = {("A", "x"): 2, ("A", "y"): 2, ("B", "x"): 20, ("B", "y"): 20}
    second = {("A", "p"): 4, ("B", "p"): 40}
    rows = {tuple(row[name] for name in row if name != "x")[:5]: row for row in table(first)}
    rows |= {tuple(row[name] for name in row if name != "x")[:5]: row for row in table(second, "soort")}
    found = hidden(shown(list(rows.values()), tmp_path))
    assert found["A",] == "C"
    # The only part of A there: who could read it would know A.
    assert found["A", "p"] == "C"
    assert "D" in found.values()


def test_a_part_that_is_nearly_the_whole_hides_the_rest(tmp_path: Path) -> None:
    """Of 20 in A 18 are in the subset: the 2 that are not are published nowhere, and 20 - 18 shows them."""
    rules = {name: Rule(name, "afgeschermd", 5, 0, 2) for name in ("heel", "deel")}
    composition = Composition({}, {"deel": "heel"}, (frozenset({"deel", "heel"}),))
    rows = column(20, 40, 60, indicator="heel") + column(18, 20, 30, indicator="deel")
    outcome = shown(rows, tmp_path, rules=rules, composition=composition)
    assert {(cell.indicator, cell.unit) for cell, each in outcome.cells.items() if each.value is None} == {
        ("deel", "A"),
        ("deel", "B"),
    }


def test_parts_of_the_agenda_are_hidden_together(tmp_path: Path) -> None:
    """A of the first part is small: with the total of A shown, the second part of A would show it."""
    names = ("een", "twee", "samen")
    rules = {name: Rule(name, "afgeschermd", 5, 0, 2) for name in names}
    composition = Composition({"samen": ("een", "twee")}, {}, (frozenset(names),))
    rows = (
        column(2, 20, 30, indicator="een")
        + column(10, 20, 30, indicator="twee")
        + column(12, 40, 60, indicator="samen")
    )
    outcome = shown(rows, tmp_path, rules=rules, composition=composition)
    found = {(cell.indicator, cell.unit) for cell, each in outcome.cells.items() if each.value is None}
    # By hand: A of the second, and one other eenheid of both; B is the smaller.
    assert found == {("een", "A"), ("twee", "A"), ("een", "B"), ("twee", "B")}


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (column(2), "niet_veilig"),
        ([figure("a", "NL", "geen", "totaal", 20), figure("a", "A", "geen", "totaal", 19)], "telt_niet_op"),
        ([figure("a", "NL", "geen", "totaal", 20), figure("a", "A", "geen", "totaal", None)], "onbekend_deel"),
    ],
)
def test_what_cannot_be_made_safe_is_withheld_whole_and_the_country_stays(
    rows: list[dict[str, Any]], reason: str, tmp_path: Path
) -> None:
    outcome = shown(rows, tmp_path, rules={"a": Rule("a", "afgeschermd", 5, 0, 2)})
    assert outcome.block.withheld == {("a", None): reason}
    assert [cell.unit for cell in outcome.cells] == ["NL"]


def test_a_small_country_shows_nothing(tmp_path: Path) -> None:
    outcome = shown(column(1, 3), tmp_path)
    assert outcome.is_national_hidden
    assert not outcome.cells


def test_a_split_that_does_not_add_up_goes_and_the_rest_stays(tmp_path: Path) -> None:
    rows = [*table(THREE_BY_THREE), figure("a", "A", "soort", "p", 21), figure("a", "NL", "soort", "p", 21)]
    rows.append(figure("a", "A", "overlap", "p", 30))
    outcome = shown(rows, tmp_path)
    assert outcome.block.withheld == {("a", "soort"): "telt_niet_op", ("a", "overlap"): "overlappende_delen"}
    assert ("A", "x") in hidden(outcome)


def earlier(outcome: Outcome, number: int = 1) -> Earlier:
    return Earlier(number, outcome.cells, {"a": RULE})


def test_a_country_that_changed_by_few_keeps_what_was_released(tmp_path: Path) -> None:
    first = earlier(shown(column(10, 20, 30), tmp_path), 7)
    outcome = shown(column(11, 20, 30), tmp_path, [first])
    assert (outcome.kept_from, outcome.cells) == (7, first.cells)
    # Against every release, not only the last: 60, then 65, then 61.
    second = earlier(shown(column(15, 20, 30), tmp_path, [first]), 8)
    assert second.cells[Cell("a", 2020, "NL")] == Shown(65)
    assert shown(column(11, 20, 30), tmp_path, [first, second]).kept_from == 8


def test_a_cell_that_changed_by_one_is_hidden_beside_the_release_before(tmp_path: Path) -> None:
    """10, 20, 30 became 11, 30, 40: A would show one new person, and hidden alone it is what is left."""
    first = earlier(shown(column(10, 20, 30), tmp_path))
    found = shown(column(11, 30, 40), tmp_path, [first])
    assert found.cells[Cell("a", 2020, "A")] == Shown(None, "D", "eerdere_vrijgave")
    assert len(hidden(found)) == 2
    assert hidden(shown(column(11, 30, 40), tmp_path)) == {}


def test_a_number_that_everybody_knows_to_have_stayed_hides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """10, 20, 30 became 11, 20, 40. A and B hidden are 31; B was 20, so A would be 10 or 11. With C it can be 21."""
    first = earlier(shown(column(10, 20, 30), tmp_path))
    assert set(hidden(shown(column(11, 20, 40), tmp_path, [first]))) == {("A",), ("C",)}
    # Should it be chosen all the same, what both releases show is looked at before one leaves.
    chosen = frozenset({Cell("a", 2020, "B")})
    monkeypatch.setattr(protection, "hide", lambda cells, *_: chosen if chosen <= set(cells) else frozenset())
    assert shown(column(11, 20, 40), tmp_path, [first]).block.withheld == {("a", None): "niet_veilig"}


def test_what_was_hidden_stays_hidden_also_when_it_grew_or_went(tmp_path: Path) -> None:
    first = earlier(shown(column(3, 9, 12), tmp_path))
    assert hidden(shown(column(30, 9, 12), tmp_path, [first])) == {("A",): "D", ("B",): "D"}
    gone = shown(column(0, 9, 32), tmp_path, [first])
    assert gone.cells[Cell("a", 2020, "A")].value is None


def test_the_same_figures_say_the_same_of_each_cell(tmp_path: Path) -> None:
    first = earlier(shown(column(3, 9, 12), tmp_path))
    again = shown(column(3, 9, 12), tmp_path, [first])
    assert again.cells == first.cells
    assert again.kept_from is None


def test_rounded_numbers_add_up_and_hide_as_much(tmp_path: Path) -> None:
    outcome = shown(table(THREE_BY_THREE), tmp_path, round_off=True)
    value = {(cell.unit, cell.code): each.value or 0 for cell, each in outcome.cells.items()}
    assert outcome.cells[Cell("a", 2020, "NL")] == Shown(90)
    assert all(number % 5 == 0 for number in value.values())
    for unit in "ABC":
        assert sum(value[unit, code] for code in "xyz") == value[unit, "totaal"]
    for code in "xyz":
        assert sum(value[unit, code] for unit in "ABC") == value["NL", code]
    for (unit, code), number in THREE_BY_THREE.items():
        assert abs(value[unit, code] - number) < 5


@pytest.mark.parametrize("told", [{1: 1060}, {1: 0}], ids=["far away", "adds up no more"])
def test_numbers_of_the_rounder_that_round_nothing_are_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: dict[int, int]
) -> None:
    """Of a large table it once made 1060 of 4, and called that solved."""
    from pytauargus import _tauargus as engine

    class Rounder:
        def set_double_constant(self, *_: object) -> None:
            """Whatever is set."""

        def do_round(self, **asked: Any) -> tuple[int]:
            right = {0: 10, 1: 5, 2: 5} | told
            lines = (f"{place} from 0.0 to {value}.0" for place, value in right.items())
            Path(asked["solution_file"]).write_text("\n".join(lines), encoding="ascii")
            return (0,)

    whole, *parts = (Cell("a", 2020, unit) for unit in ("NL", "A", "B"))
    cells = {whole: Asked(8, 0), parts[0]: Asked(4, 0), parts[1]: Asked(4, 0)}
    equations = [Equation(whole, tuple(parts))]
    assert rounded(cells, equations, 5, tmp_path) in (
        {whole: 10, parts[0]: 5, parts[1]: 5},
        {whole: 5, parts[0]: 5, parts[1]: 0},
        {whole: 5, parts[0]: 0, parts[1]: 5},
    )
    monkeypatch.setattr(engine, "RounderCtrl", Rounder)
    assert rounded(cells, equations, 5, tmp_path) is None


def test_nothing_of_the_numbers_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The solvers leave their files where they run, with the numbers in them."""
    here = tmp_path / "hier"
    here.mkdir()
    monkeypatch.chdir(here)
    for round_off in (False, True):
        shown(table(THREE_BY_THREE), tmp_path / "werk", round_off=round_off)
    assert list(here.iterdir()) == list((tmp_path / "werk").iterdir()) == []


def test_the_own_check_of_the_engine_is_heeded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing makes it safe it may answer that it did; then its check must be asked."""
    engine = pytest.importorskip("pytauargus")._tauargus
    seen: list[str] = []

    def nothing_is_wide(file: str) -> list[dict[str, Any]]:
        seen.append(file)
        return [
            {"cell": int(line.split()[0]), "min": float(line.split()[1]), "max": float(line.split()[1])}
            for line in Path(file).read_text(encoding="ascii").splitlines()[2:]
            if line.split()[3:4] in (["u"], ["m"])
        ]

    monkeypatch.setattr(engine, "audit_jj", nothing_is_wide)
    outcome = shown(table(THREE_BY_THREE), tmp_path)
    assert seen
    assert outcome.block.withheld == {("a", "vorm"): "niet_veilig"}


@pytest.mark.parametrize("margin", [0, 4])
def test_a_margin_that_the_threshold_has_no_room_for_is_refused(margin: int) -> None:
    with pytest.raises(ValueError, match="marge"):
        Rule("a", "afgeschermd", 5, 5, margin)


def test_what_must_stay_possible_of_a_small_number_lies_within_what_a_reader_knows() -> None:
    assert [RULE.must_stay(value) for value in (1, 2, 3, 4)] == [(1, 3), (1, 3), (2, 4), (2, 4)]


def test_somebody_decided_about_every_mart_and_every_indicator() -> None:
    """A new mart is out until somebody decides; this names it."""
    marts = {file.stem for file in MARTS.glob("*.sql")}
    assert marts - set(read_tables()) == set(), "zet ze in seeds/vrijgave/vrijgave_tabel.csv, met de reden"
    assert set(read_tables()) - marts == set()
    indicators = {row["indicator_code"] for row in rows_of("indicator")}
    assert set(read_rules()) == indicators | {"afpakmonitor"}, "zet ze in seeds/vrijgave/vrijgave_indicator.csv"


# The file.


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> tuple[DataPaths, list[Path], list[Path]]:
    """Three days of invented people, released one after another, with an indicator of which nobody decided."""
    paths = DataPaths(tmp_path_factory.mktemp("data"))
    also = {"fct_herkomst": [{"indicator_code": "oskm_a", "jaar": 2020, "aantal_rijen": 1}]}
    files, sources = [], []
    for number, found in enumerate(days(random.Random(5), 3), start=1):
        rows = [
            *figures(found),
            figure("nieuw", "NL", "geen", "totaal", 40),
            figure("nieuw", "NN", "geen", "totaal", 40),
        ]
        sources.append(publish(paths.data, rows, also, number))
        files.append(write_release(paths).file)
    return paths, files, sources


def ask(file: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(file), read_only=True) as con:
        return con.execute(query).fetchall()


def test_a_hidden_number_stands_nowhere(released: tuple[DataPaths, list[Path], list[Path]]) -> None:
    _, files, _ = released
    for file in files:
        counted = dict(ask(file, 'select "CONF_STATUS", count(*) from marts.fct_realisatie group by all'))
        assert counted["F"] and counted["C"] and counted["D"]
        held = ask(
            file,
            """select count(realisatie), count(teller), count(noemer), count(*) - count(vrijgave_reden)
            from marts.fct_realisatie where "CONF_STATUS" <> 'F'""",
        )
        assert held == [(0, 0, 0, 0)]
        (told,) = ask(file, "select aantal_vrij, aantal_klein, aantal_samenhang from marts.fct_vrijgave")
        assert told == (counted["F"], counted["C"], counted["D"])


def test_a_free_number_is_that_of_the_publication_or_of_an_earlier_release(
    released: tuple[DataPaths, list[Path], list[Path]],
) -> None:
    _, files, sources = released
    query = """select (indicator_code, eenheid_code, uitsplitsing_soort, uitsplitsing_code)::varchar, realisatie
        from marts.fct_realisatie"""
    for number, (file, source) in enumerate(zip(files, sources, strict=True)):
        kept = {
            row[0]
            for row in ask(
                file, "select indicator_code from marts.fct_achtergehouden where vrijgave_reden = 'kleine_verandering'"
            )
        }
        assert number or not kept
        own, before = dict(ask(source, query)), dict(ask(files[number - 1], query)) if number else {}
        free = dict(ask(file, f"""{query} where "CONF_STATUS" = 'F'"""))
        assert len(free) > 20
        for key, value in free.items():
            indicator = key.split(",")[0].strip("(")
            assert value == (before[key] if indicator in kept else own[key]), key


def test_only_what_somebody_decided_about_leaves(released: tuple[DataPaths, list[Path], list[Path]]) -> None:
    _, (*_, file), _ = released
    tables = {row[0] for row in ask(file, "select table_name from duckdb_tables()")}
    decided = {name for name, treatment in read_tables().items() if treatment != "niet"}
    assert tables == decided | {"fct_achtergehouden", "fct_vrijgave", "dim_vrijgaveregel", "dim_vrijgave_reden"}
    assert ask(file, "select count(*) from marts.fct_realisatie where indicator_code = 'nieuw'") == [(0,)]
    assert ask(file, "select count(*) from marts.fct_voortgang where indicator_code = 'nieuw'") == [(0,)]
    withheld = ask(
        file,
        "select jaar, uitsplitsing_soort, vrijgave_reden from marts.fct_achtergehouden where indicator_code = 'nieuw'",
    )
    assert withheld == [(2020, "alle", "niet_beoordeeld")]
    reasons = {row["vrijgave_reden"] for row in rows_of("vrijgave_reden")}
    assert {row[0] for row in ask(file, "select vrijgave_reden from marts.fct_achtergehouden")} <= reasons


def test_every_table_and_column_says_what_it_is_and_that_it_is_made_up(
    released: tuple[DataPaths, list[Path], list[Path]],
) -> None:
    _, (*_, file), _ = released
    comments = ask(file, "select comment from duckdb_columns() where schema_name = 'marts'")
    assert len(comments) > 100
    assert all(comment for (comment,) in comments)
    assert all(comment.startswith("Demo: ") for (comment,) in ask(file, "select comment from duckdb_tables()"))


def test_what_follows_from_a_figure_goes_with_it(tmp_path: Path) -> None:
    """2020 is too small in the country; 2021 says by how much it grew, and 2022 is held against 2020."""
    rows = [
        figure("om_verdachten_mensenhandel", unit, "geen", "totaal", value, year)
        for year, value in ((2020, 3), (2021, 40), (2022, 50))
        for unit in ("NL", "NN")
    ]
    progress = [
        {
            "indicator_code": "om_verdachten_mensenhandel",
            "jaar": 2020,
            "realisatie": 3,
            "oordeel": "behaald",
            "verschil": -7,
        },
        {
            "indicator_code": "om_verdachten_mensenhandel",
            "jaar": 2021,
            "realisatie": 40,
            "oordeel": "behaald",
            "verandering": 37,
        },
        {
            **{"indicator_code": "om_verdachten_mensenhandel", "jaar": 2022, "realisatie": 50, "oordeel": "behaald"},
            **{"referentie_jaar": 2020, "referentie_waarde": 3, "verschil": 47, "verandering": 10},
        },
    ]
    columns = (
        "indicator_code",
        "jaar",
        "realisatie",
        "oordeel",
        "verschil",
        "verandering",
        "referentie_jaar",
        "referentie_waarde",
    )
    expected = [
        {"indicator_code": "om_verdachten_mensenhandel", "jaar": 2021, "realisatie": 40, "ontwikkelfactor": 13.33}
    ]
    also = {
        "fct_voortgang": [
            {"peildatum": rows[0]["peildatum"], **{name: row.get(name) for name in columns}} for row in progress
        ],
        "fct_verwachting": expected,
    }
    publish(tmp_path, rows, also)
    file = write_release(DataPaths(tmp_path)).file
    found = ask(
        file,
        """select jaar, realisatie, oordeel, verschil, verandering, referentie_waarde, "CONF_STATUS", vrijgave_reden
        from marts.fct_voortgang order by jaar""",
    )
    assert found == [
        (2020, None, None, None, None, None, "C", "klein"),
        (2021, 40, "behaald", None, None, None, "F", "vergelijking"),
        (2022, 50, None, None, 10, None, "F", "vergelijking"),
    ]
    # The growth of one year is reckoned from the others.
    assert ask(file, "select count(*) from marts.fct_verwachting") == [(0,)]


def test_a_share_is_shown_with_both_its_numbers_or_not_at_all(tmp_path: Path) -> None:
    shares = {"NN": (3, 40), "ON": (20, 40), "MN": (38, 40), "NH": (20, 40)}
    rows = [
        figure("executie_positief_pct", unit, "geen", "totaal", whole, numerator=part)
        for unit, (part, whole) in shares.items()
    ]
    rows.append(figure("executie_positief_pct", "NL", "geen", "totaal", 160, numerator=81))
    publish(tmp_path, rows)
    file = write_release(DataPaths(tmp_path)).file
    found = ask(
        file, """select eenheid_code, realisatie, teller, noemer, "CONF_STATUS" from marts.fct_realisatie order by 1"""
    )
    # 3 of NN is small, and so are the 2 of MN that are not positive: either would show by what is left of the country.
    assert {(unit, status) for unit, *_, status in found} >= {("NN", "C"), ("MN", "D"), ("NL", "F")}
    assert all((value, part, whole) == (None,) * 3 for _, value, part, whole, status in found if status != "F")
    assert ("NL", pytest.approx(50.62, abs=0.01), 81, 160, "F") in [
        (each[0], float(each[1] or 0), *each[2:]) for each in found
    ]
    # Hidden for the same reason as before, it is no other release.
    assert not write_release(DataPaths(tmp_path)).is_new


def test_the_same_publication_is_not_released_twice(
    released: tuple[DataPaths, list[Path], list[Path]], tmp_path: Path
) -> None:
    source, _, _ = released
    paths = DataPaths(Path(shutil.copytree(source.data, tmp_path / "data")))
    before = releases(paths)
    again = write_release(paths)
    assert (again.is_new, again.file) == (False, before[-1])
    assert releases(paths) == before
    assert not list(paths.data.glob("vrijgave/*.nieuw"))


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_release_that_is_gone_is_missed_by_name(
    released: tuple[DataPaths, list[Path], list[Path]], tmp_path: Path, number: int
) -> None:
    paths = DataPaths(Path(shutil.copytree(released[0].data, tmp_path / "data")))
    gone = releases(paths)[number - 1].parent
    assert gone.name == f"0000{number}"
    shutil.move(gone, tmp_path / "elders")
    with pytest.raises(ValueError, match=rf"vrijgave {number} \(in .*\) ontbreekt.*de map 0000{number} terug"):
        write_release(paths)
    assert len(list(paths.releases.iterdir())) == 2
    shutil.move(tmp_path / "elders", gone)
    assert len(releases(paths)) == 3


def test_where_all_are_gone_nothing_begins_anew(
    released: tuple[DataPaths, list[Path], list[Path]], tmp_path: Path
) -> None:
    paths = DataPaths(Path(shutil.copytree(released[0].data, tmp_path / "data")))
    shutil.rmtree(paths.releases)
    with pytest.raises(ValueError, match=r"vrijgave 1 en 2 en 3 "):
        write_release(paths)
    with pytest.raises(ValueError, match=r"vrijgave 1 en 2 en 3 "):
        write_open_data(paths)
    # The log of before tells that there was one, and not which.
    paths.journal.unlink()
    note(paths, "release", "publicatie", "code 0", "opdrachtregel")
    with pytest.raises(ValueError, match="vrijgave 1 "):
        write_release(paths)
    assert not paths.releases.exists()


@pytest.mark.parametrize("name", ["veiligheidsagenda_vrijgave.duckdb", "voortgangsrapportage.html"])
def test_a_release_that_was_changed_is_told(
    released: tuple[DataPaths, list[Path], list[Path]], tmp_path: Path, name: str
) -> None:
    paths = DataPaths(Path(shutil.copytree(released[0].data, tmp_path / "data")))
    file = paths.releases / "00002" / name
    file.chmod(0o644)
    with file.open("ab") as end:
        end.write(b" ")
    with pytest.raises(ValueError, match=r"vrijgave 2 \(in .*\) is anders dan toen"):
        write_release(paths)


def test_a_release_that_was_killed_before_it_was_in_place_is_not_missed(tmp_path: Path) -> None:
    publish(tmp_path, column(10, 20, 30, indicator="om_verdachten_mensenhandel"))
    paths = DataPaths(tmp_path)
    note(paths, "vrijgave", f"vrijgave 1, sha256 {64 * '0'}", "begonnen", "opdrachtregel")
    assert write_release(paths).number == 1
    assert len(releases(paths)) == 1


def test_a_release_that_fails_leaves_nothing(tmp_path: Path) -> None:
    publish(tmp_path, figures([]), {"fct_publicatie": []})
    with pytest.raises(ValueError, match="noemt geen publicatie"):
        write_release(DataPaths(tmp_path))
    assert list((tmp_path / "vrijgave").iterdir()) == []


# Who wants to know.


def release_and_attack(folder: Path, seed: int) -> Found:
    """Release three days of invented people, and attack each release with all before it."""
    files, sources, attacked, singles, narrowed = [], [], 0, 0, []
    for number, people in enumerate(days(random.Random(seed), 3), start=1):
        sources.append(publish(folder, figures(people), number=number))
        made = write_release(DataPaths(folder))
        if not made.is_new:
            sources.pop()
            continue
        files.append(made.file)
        found = attack(files, sources)
        attacked, singles = attacked + found.attacked, singles + found.singles
        narrowed += found.narrowed
    return Found(attacked, singles, narrowed)


def test_nobody_works_out_what_is_hidden_also_not_beside_earlier_releases(
    released: tuple[DataPaths, list[Path], list[Path]],
) -> None:
    _, files, sources = released
    for number in range(1, len(files) + 1):
        found = attack(files[:number], sources[:number])
        assert found.attacked > 15
        assert found.singles > 2
        assert found.narrowed == []


def test_who_publishes_one_of_the_others_is_found_out(tmp_path: Path) -> None:
    """A number that was hidden for another, published after all: he knows the small one."""
    rows = table(THREE_BY_THREE, "aandachtsgebied_eerste", "csv_onderzoeken")
    source = publish(tmp_path, rows)
    file = write_release(DataPaths(tmp_path)).file
    assert attack([file], [source]).narrowed == []
    others = ask(file, """select eenheid_code, uitsplitsing_code from marts.fct_realisatie where "CONF_STATUS" = 'D'""")
    # As worked out above.
    assert sorted(others) == [("A", "y"), ("C", "x"), ("C", "y")]
    for unit, code in others:
        spoiled = Path(shutil.copy(file, tmp_path / "bedorven.duckdb"))
        spoiled.chmod(0o644)
        with duckdb.connect(str(spoiled)) as con:
            con.execute(
                """update marts.fct_realisatie set realisatie = ?, "CONF_STATUS" = 'F'
                where eenheid_code = ? and uitsplitsing_code = ?""",
                [THREE_BY_THREE[unit, code], unit, code],
            )
        ((key, _, value, low, high),) = attack([spoiled], [source]).narrowed
        assert (key[1], key[3], value, low, high) == ("A", "x", 2, 2, 2)


def test_releases_that_know_nothing_of_each_other_are_found_out(
    released: tuple[DataPaths, list[Path], list[Path]], tmp_path: Path
) -> None:
    _, _, sources = released
    files = []
    for number, source in enumerate(sources):
        paths = DataPaths(tmp_path / str(number))
        paths.data.mkdir()
        shutil.copy(source, paths.published)
        files.append(write_release(paths).file)
    assert any(attack(list(pair), sources[at : at + 2]).narrowed for at, pair in enumerate(pairwise(files)))


@pytest.mark.parametrize("first", [False, True], ids=["hidden first", "rounded first"])
def test_hidden_and_rounded_releases_of_the_same_numbers_tell_no_more_than_one(tmp_path: Path, first: bool) -> None:
    """By hand: 8 and 4 hidden beside 40 of 52 are 12, and the 8 rounded to 5 is 9 or less: the 4 would be 3 or 4."""
    rows = column(8, 4, 40, indicator="om_verdachten_mensenhandel")
    source = publish(tmp_path, rows)
    files = [write_release(DataPaths(tmp_path), round_off=first).file]
    with pytest.raises(ValueError, match="geef make release") as refused:
        files.append(write_release(DataPaths(tmp_path), round_off=not first).file)
    assert "vrijgave 1 " in str(refused.value)
    assert releases(DataPaths(tmp_path)) == files
    assert attack(files, [source] * len(files)).narrowed == []


@pytest.mark.parametrize("first", [False, True], ids=["hidden first", "rounded first"])
def test_who_releases_in_both_ways_is_found_out(tmp_path: Path, first: bool) -> None:
    rows = column(8, 4, 40, indicator="om_verdachten_mensenhandel")
    files, sources = [], []
    for number, round_off in enumerate((first, not first)):
        paths = DataPaths(tmp_path / str(number))
        sources.append(publish(paths.data, rows))
        files.append(write_release(paths, round_off).file)
    narrowed = {(key[1], value, low, high) for key, _, value, low, high in attack(files, sources).narrowed}
    assert narrowed == {("B", 4, 3, 4)}


def test_rounded_releases_tell_as_little(tmp_path: Path) -> None:
    files, sources = [], []
    for number, found in enumerate(days(random.Random(8), 2), start=1):
        sources.append(publish(tmp_path, figures(found), number=number))
        files.append(write_release(DataPaths(tmp_path), round_off=True).file)
    found = attack(files, sources)
    assert found.attacked > 10
    assert found.narrowed == []


def test_a_report_that_failed_is_made_when_it_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is released stays as it is, so that no later release would bring it."""
    publish(tmp_path, column(20, 2, 7, 9))
    monkeypatch.setattr(release, "report_beside", lambda *_, **__: None)
    first = write_release(DataPaths(tmp_path))
    assert page_beside(first.file) is None
    monkeypatch.setattr(release, "report_beside", lambda file, **_: (file.parent / PAGE).write_text("rapport"))
    again = write_release(DataPaths(tmp_path))
    assert (again.number, again.is_new) == (first.number, False)
    page = page_beside(first.file)
    assert page and page.stat().st_mode & 0o444 == 0o444
