"""What is held for a rule that breaks further on, and what goes on: on three registrations and a handful of nodes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration import building, register, trial
from orchestration.decisions import accept
from orchestration.declarations import Extract
from orchestration.deliveries import Delivery, FileState
from orchestration.ledger import open_ledger
from orchestration.paths import BuildPaths, DataPaths
from orchestration.recording import Kind, Node, Recording
from orchestration.trial import Tried, build_on_trial
from orchestration.validation import Finding

NAMES = ("appels", "peren", "kersen")
RECEIVED = datetime(2025, 1, 20, 10, 0)


def node(name: str, sql: str, reads: Sequence[str], kind: Kind = "model", schema: str = "intermediate") -> Node:
    statements = [f'create table warehouse."{schema}"."{name}" as {sql}']
    if kind == "test":
        statements.append(f'select count(*) from warehouse."{schema}"."{name}"')
    return Node(f"{kind}.proef.{name}", name, kind, (schema, name), False, tuple(reads), tuple(statements))


def rows_of(name: str) -> Node:
    """The rows in force of a registration."""
    return node(
        name,
        f"""select rij.* from raw.{name}.rijen as rij
        inner join raw.leveringen.levering_met_oordeel as levering using (levering_nr)
        where levering.oordeel = 'toegelaten'""",
        [f"source.proef.{name}.rijen", "source.proef.leveringen.levering"],
    )


ROWS = [rows_of(name) for name in NAMES]
TOTAL = node(
    "totaal",
    "select sum(aantal) as aantal from (" + " union all ".join(f"from intermediate.{name}" for name in NAMES) + ")",
    [f"model.proef.{name}" for name in NAMES],
)
MARTS = [
    node(
        "levering",
        "select levering_nr, registratie, oordeel from raw.leveringen.levering_met_oordeel",
        ["source.proef.leveringen.levering"],
        schema="marts",
    ),
    node("fct_totaal", "from intermediate.totaal", ["model.proef.totaal"], schema="marts"),
    node(
        "fct_herkomst",
        "select 'fruit_zacht' as indicator_code, 'kersen' as registratie",
        ["model.proef.totaal"],
        schema="marts",
    ),
]


def rule(name: str, on: str, wrong: str = "aantal < 0", shown: str = "*") -> Node:
    return node(
        name, f"select {shown} from intermediate.{on} where {wrong}", [f"model.proef.{on}"], "test", "afwijkingen"
    )


SCHEMAS = ("intermediate", "marts", "afwijkingen")


def fill(paths: DataPaths) -> None:
    """Make a data folder in which nothing was delivered yet."""
    with duckdb.connect(str(paths.raw)) as con, open_ledger(paths):
        register.prepare(con)
        for name in NAMES:
            con.execute(f"create schema {name}")
            con.execute(
                f"create table {name}.rijen (levering_nr integer, record_nr bigint, soort_code varchar, aantal integer)"
            )


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    found = DataPaths(tmp_path)
    fill(found)
    return found


def deliver(paths: DataPaths, name: str, amount: int, text: str = "JANSEN") -> int:
    """One row of a registration, admitted at the border in."""
    extract = Extract.model_construct(registration=name, name="rijen", complete_from=None)
    file = paths.data / f"{name}_{amount}.csv"
    file.write_text("aantal\n")
    delivery = Delivery(extract, file, date(2025, 1, 15), RECEIVED, "volledig", False, FileState.of(file))
    with duckdb.connect(str(paths.raw)) as con:
        number = register.add_delivery(con, delivery, f"{amount}", None, RECEIVED)
        con.execute(f"insert into {name}.rijen values (?, 1, ?, ?)", [number, text, amount])
        register.decide(con, number, "toegelaten", None, "grens_in")
    return number


def verdicts(paths: DataPaths) -> dict[int, str | None]:
    with duckdb.connect(str(paths.raw), read_only=True) as con:
        return {row.number: row.verdict for row in register.deliveries(con)}


def ask(file: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(file), read_only=True) as con:
        return con.execute(query).fetchall()


Attempt = Callable[..., Tried]


@pytest.fixture
def attempt(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> Attempt:
    """Build these nodes on trial; `judge` stands for the rules of the border out."""

    def run(
        *more: Node,
        judge: Callable[[duckdb.DuckDBPyConnection], Iterable[tuple[str, Finding]]] = lambda _: [],
        nodes: Sequence[Node] = (*ROWS, TOTAL, *MARTS),
    ) -> Tried:
        recording = Recording((*nodes, *more), SCHEMAS)
        monkeypatch.setattr(building, "recorded", lambda: recording)
        return build_on_trial(paths, lambda _: None, judge)

    return run


def publish(paths: DataPaths) -> None:
    """What was built is what readers see."""
    paths.published.unlink(missing_ok=True)
    paths.published.write_bytes(paths.warehouse.read_bytes())


def finding(wrong: bool, examples: list[dict] | None = None) -> Finding:
    return Finding("regel", "een regel", "critical", not wrong, "niets", "1 afwijking", int(wrong), 1, examples or [])


def test_what_breaks_a_rule_is_held_and_the_others_go_on(paths: DataPaths, attempt: Attempt) -> None:
    deliver(paths, "appels", 1)
    assert attempt(rule("niet_negatief", "appels")).held == []
    publish(paths)
    good, bad, other = deliver(paths, "appels", 2), deliver(paths, "peren", -5), deliver(paths, "kersen", 4)
    tried = attempt(rule("niet_negatief", "peren"))
    assert ([*tried.broken], [each.delivery.number for each in tried.held]) == ([], [bad])
    assert verdicts(paths) == {1: "toegelaten", good: "toegelaten", bad: "aangehouden", other: "toegelaten"}
    # 1 + 2 + 4; the -5 is out.
    assert ask(paths.warehouse, "from marts.fct_totaal") == [(7,)]
    # What is behind it is told with its place, and without the text that was delivered.
    told = "regel niet_negatief: 1 rij voldoet niet (levering_nr 3, record_nr 1, aantal -5)"
    assert tried.held[0].reason == f"op proef niet doorstaan: {told}"
    assert ask(paths.raw, "select reden, door from leveringen.levering_met_oordeel where levering_nr = 3") == [
        (f"op proef niet doorstaan: {told}", "proef")
    ]
    # A person can look at the rows.
    assert ask(BuildPaths(paths.data).failed, "select soort_code from afwijkingen.niet_negatief") == [("JANSEN",)]


def test_what_was_held_and_is_accepted_is_on_trial_once_more(paths: DataPaths, attempt: Attempt) -> None:
    deliver(paths, "appels", 1)
    attempt()
    publish(paths)
    bad = deliver(paths, "peren", -5)
    assert [each.delivery.number for each in attempt(rule("niet_negatief", "peren")).held] == [bad]
    with duckdb.connect(str(paths.raw)) as con:
        accept(con, bad, "klopt", "jansen")
    assert [each.delivery.number for each in attempt(rule("niet_negatief", "peren")).held] == [bad]
    with duckdb.connect(str(paths.raw)) as con:
        accept(con, bad, "de regel is hersteld", "jansen")
    assert attempt(rule("geen_duizend", "peren", "aantal > 1000")).held == []
    assert verdicts(paths)[bad] == "toegelaten"
    assert ask(paths.warehouse, "from marts.fct_totaal") == [(-4,)]


def test_what_fails_with_nothing_new_behind_it_stops_and_holds_nothing(paths: DataPaths, attempt: Attempt) -> None:
    deliver(paths, "appels", -1)
    attempt()
    publish(paths)
    stands = paths.warehouse.read_bytes()
    number = deliver(paths, "kersen", 3)
    tried = attempt(rule("niet_negatief", "appels"))
    assert [each.told[:19] for each in tried.broken] == ["regel niet_negatief"]
    assert verdicts(paths) == {1: "toegelaten", number: "toegelaten"}
    assert paths.warehouse.read_bytes() == stands
    assert BuildPaths(paths.data).failed.exists()


def test_what_was_held_in_vain_is_let_in_again(paths: DataPaths, attempt: Attempt) -> None:
    deliver(paths, "appels", -1)
    attempt()
    publish(paths)
    number = deliver(paths, "kersen", -3)
    tried = attempt(rule("appels_niet_negatief", "appels"), rule("kersen_niet_negatief", "kersen"))
    # Without the cherries the apples still break their rule, and of those nothing is new.
    assert [each.told.split(":")[0] for each in tried.broken] == ["regel appels_niet_negatief"]
    assert tried.held == ()
    assert verdicts(paths)[number] == "toegelaten"
    assert ask(paths.raw, "select count(*) from leveringen.oordeel where door = 'proef'") == [(0,)]


def test_of_all_that_can_be_behind_it_only_the_guilty_stays_held(paths: DataPaths, attempt: Attempt) -> None:
    numbers = {name: deliver(paths, name, amount) for name, amount in zip(NAMES, (1, -50, 2), strict=True)}
    tried = attempt(rule("totaal_niet_negatief", "totaal"))
    assert [each.delivery.number for each in tried.held] == [numbers["peren"]]
    assert not tried.broken
    assert ask(paths.warehouse, "from marts.fct_totaal") == [(3,)]


def test_two_that_are_guilty_are_both_held(paths: DataPaths, attempt: Attempt) -> None:
    numbers = {name: deliver(paths, name, amount) for name, amount in zip(NAMES, (-1, -50, 2), strict=True)}
    tried = attempt(rule("totaal_minstens_twee", "totaal", "aantal < 2"))
    assert [each.delivery.number for each in tried.held] == [numbers["appels"], numbers["peren"]]
    assert ask(paths.warehouse, "from marts.fct_totaal") == [(2,)]


def test_a_rule_of_the_border_out_holds_the_registrations_that_its_rows_name(
    paths: DataPaths, attempt: Attempt
) -> None:
    numbers = {name: deliver(paths, name, amount) for name, amount in zip(NAMES, (1, -50, 2), strict=True)}
    asked = []

    def judge(con: duckdb.DuckDBPyConnection) -> list[tuple[str, Finding]]:
        asked.append(con.execute("select aantal from marts.fct_totaal").fetchall()[0][0])
        return [("fct_totaal", finding(asked[-1] < 0, [{"levering_nr": numbers["peren"]}]))]

    tried = attempt(judge=judge)
    assert [each.delivery.number for each in tried.held] == [numbers["peren"]]
    assert tried.held[0].told == f"grens uit, fct_totaal.regel: 1 rij voldoet niet (levering_nr {numbers['peren']})"
    assert [found.passed for _, found in tried.findings] == [True]
    # With all of them, without pears, and once more: nobody else was suspected.
    assert asked == [-47, 3, 3]


def test_an_indicator_names_the_registrations_on_which_it_rests(paths: DataPaths, attempt: Attempt) -> None:
    numbers = {name: deliver(paths, name, amount) for name, amount in zip(NAMES, (1, 2, -50), strict=True)}

    def judge(con: duckdb.DuckDBPyConnection) -> list[tuple[str, Finding]]:
        total = con.execute("select aantal from marts.fct_totaal").fetchall()[0][0]
        return [("fct_totaal", finding(total < 0, [{"indicator_code": "fruit_zacht", "jaar": 2025}]))]

    assert [each.delivery.number for each in attempt(judge=judge).held] == [numbers["kersen"]]


def test_a_model_that_cannot_be_built_says_so_without_the_value(paths: DataPaths, attempt: Attempt) -> None:
    number = deliver(paths, "appels", 1, "Jansen, A.")
    deliver(paths, "peren", 2)
    broken = node("soorten", "select soort_code::integer as soort from intermediate.appels", ["model.proef.appels"])
    tried = attempt(broken)
    assert [each.delivery.number for each in tried.held] == [number]
    assert tried.held[0].told == "model soorten kan niet worden gebouwd (Conversion Error)"


def test_deliveries_of_one_registration_are_held_together(paths: DataPaths, attempt: Attempt) -> None:
    deliver(paths, "appels", 1)
    attempt()
    publish(paths)
    numbers = [deliver(paths, "appels", -2), deliver(paths, "appels", 3)]
    tried = attempt(rule("niet_negatief", "appels"))
    assert [each.delivery.number for each in tried.held] == numbers
    assert ask(paths.warehouse, "from marts.fct_totaal") == [(1,)]


def test_a_rule_on_the_register_alone_can_be_broken_by_any(paths: DataPaths, attempt: Attempt) -> None:
    numbers = {name: deliver(paths, name, 1) for name in NAMES}
    wrong = node(
        "geen_peren",
        "select registratie as naam from marts.levering where registratie = 'peren' and oordeel = 'toegelaten'",
        ["model.proef.levering"],
        "test",
        "afwijkingen",
    )
    assert [each.delivery.number for each in attempt(wrong).held] == [numbers["peren"]]


def test_the_earlier_days_are_asked_again_when_it_is_settled_what_is_in_force(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(paths, "appels", -1)
    deliver(paths, "peren", 2)
    recording = Recording(
        (*ROWS, TOTAL, *MARTS, rule("niet_negatief", "appels")), ("intermediate", "marts", "afwijkingen")
    )
    monkeypatch.setattr(building, "recorded", lambda: recording)
    seen: list[dict[int, str | None]] = []
    build_on_trial(paths, lambda _: seen.append(verdicts(paths)), lambda _: [])
    assert seen == [{1: "toegelaten", 2: "toegelaten"}, {1: "aangehouden", 2: "toegelaten"}]


def test_the_rows_that_are_looked_at_are_no_more_than_a_few(
    paths: DataPaths, attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "SHOWN_ROWS", 1)
    number = deliver(paths, "appels", -1)
    with duckdb.connect(str(paths.raw)) as con:
        con.execute(f"insert into appels.rijen values ({number}, 2, 'x', -2)")
    tried = attempt(rule("niet_negatief", "appels", shown="levering_nr, record_nr"))
    assert tried.held[0].told == "regel niet_negatief: 2 rijen voldoen niet (levering_nr 1, record_nr 1)"


def test_a_warning_of_the_border_out_holds_nothing(paths: DataPaths, attempt: Attempt) -> None:
    deliver(paths, "appels", 1)
    warning = replace(finding(True), severity="warning")
    tried = attempt(judge=lambda _: [("fct_totaal", warning)])
    assert not tried.broken
    assert not tried.held
    assert tried.findings == [("fct_totaal", warning)]


def test_what_a_killed_trial_held_is_tried_again_and_what_was_published_as_held_stays_so(
    paths: DataPaths, attempt: Attempt
) -> None:
    bad = deliver(paths, "appels", -1)
    attempt(rule("niet_negatief", "appels"))
    publish(paths)
    good = deliver(paths, "peren", 1)
    with duckdb.connect(str(paths.raw)) as con:
        register.decide(
            con, good, "aangehouden", "op proef niet doorstaan: de nacht werd afgebroken", register.BY_TRIAL
        )
    tried = attempt(rule("niet_negatief", "appels"))
    assert not tried.held
    assert verdicts(paths) == {bad: "aangehouden", good: "toegelaten"}
    assert ask(paths.warehouse, "from marts.fct_totaal") == [(1,)]


def test_what_the_register_keeps_of_a_broken_rule_quotes_no_text(paths: DataPaths, attempt: Attempt) -> None:
    number = deliver(paths, "peren", -5)
    row = {"levering_nr": number, "record_nr": 1, "zaak_nr": 98700198, "soort_code": "Jansen", "bedrag": Decimal("-5")}
    quoted = replace(finding(True, [row]), found="1 afwijking: soort_code 'Jansen'")

    def judge(con: duckdb.DuckDBPyConnection) -> list[tuple[str, Finding]]:
        total = con.execute("select aantal from marts.fct_totaal").fetchall()[0][0]
        return [("fct_totaal", quoted if total else finding(False))]

    (held,) = attempt(judge=judge).held
    assert (
        held.told == f"grens uit, fct_totaal.regel: 1 rij voldoet niet (levering_nr {number}, record_nr 1, bedrag -5)"
    )


def test_what_a_rule_says_that_is_missing_is_told() -> None:
    rows = [{"telmodel": "int_x", "indicator_code": None, "ontbreekt": "een rij in definitie.csv", "soort": "Jansen"}]
    told = trial._rows_told(1, rows)
    assert told == "1 rij voldoet niet (telmodel int_x, ontbreekt een rij in definitie.csv)"


def test_who_has_to_mend_the_project_is_told_what_is_wrong_with_it(
    paths: DataPaths, attempt: Attempt, caplog: pytest.LogCaptureFixture
) -> None:
    deliver(paths, "appels", 1, "Jansen, A.")
    attempt()
    publish(paths)
    wrong = node("soorten", "select soort_cod from intermediate.appels", ["model.proef.appels"])
    (broken,) = attempt(wrong).broken
    assert broken.told == "model soorten kan niet worden gebouwd (Binder Error)"
    assert broken.whole.startswith("model soorten: Binder Error")
    assert "soort_cod" in broken.whole
    # What quotes a value is told by its kind; the log says where it arose.
    quoting = node("soorten", "select soort_code::integer as soort from intermediate.appels", ["model.proef.appels"])
    (broken,) = attempt(quoting).broken
    assert broken.whole == broken.told == "model soorten kan niet worden gebouwd (Conversion Error)"
    assert "soorten kan niet worden gebouwd: _duckdb.ConversionException (building.py:" in caplog.text
    assert "Jansen" not in caplog.text


def test_for_a_disk_that_is_full_nothing_is_held(
    paths: DataPaths, attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without what came in it may just fit: no reason to think that it was to blame."""
    for name in NAMES:
        deliver(paths, name, 1)
    attempt()
    publish(paths)
    deliver(paths, "appels", 2)
    execute = building.execute

    def is_full(
        con: duckdb.DuckDBPyConnection, made: Node, question: building.Question, engine: building.Engine
    ) -> int:
        if made.name == "totaal":
            file = BuildPaths(paths.data).warehouse
            raise duckdb.IOException(f'IO Error: Could not write file "{file}": No space left on device')
        return execute(con, made, question, engine)

    monkeypatch.setattr(building, "execute", is_full)
    before = paths.warehouse.read_bytes()
    with pytest.raises(duckdb.IOException, match="No space left"):
        attempt()
    assert set(verdicts(paths).values()) == {"toegelaten"}
    assert paths.warehouse.read_bytes() == before
    assert not BuildPaths(paths.data).warehouse.exists() and not BuildPaths(paths.data).failed.exists()
    monkeypatch.setattr(building, "execute", execute)
    assert (attempt().held, ask(paths.warehouse, "select aantal from intermediate.totaal")) == ([], [(5,)])
