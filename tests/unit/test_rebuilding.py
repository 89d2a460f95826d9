"""Raw made again from the inbox tells, delivery by delivery, what did not come back with it."""

import errno
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration import journal, rebuilding, register
from orchestration.__main__ import main
from orchestration.admission import admit_deliveries
from orchestration.declarations import Extract
from orchestration.paths import DATA_SETTING, DataPaths
from orchestration.progress import Progress
from orchestration.rebuilding import Rebuilt, rebuild_raw
from tests.unit.conftest import ALONE, HEAD, no_objection

FILES = {
    "rijen_20200101_ontvangen_20200105.csv": HEAD + "1;a;01-01-2020;1\r\n",
    "rijen_20210101_ontvangen_20210105.csv": HEAD + "1;a;01-01-2020;1\r\n2;b;01-01-2021;2\r\n",
    "rijen_20220101_ontvangen_20220105.csv": HEAD + "1;a;01-01-2020;1\r\n2;b;01-01-2021;2\r\n3;c;01-01-2021;3\r\n",
}
FIRST, SECOND, THIRD = FILES


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataPaths:
    """A data folder with an inbox of three files, of which nothing was read yet."""
    paths = DataPaths(tmp_path / "data")
    for name, text in FILES.items():
        (paths.inbox / "proef").mkdir(parents=True, exist_ok=True)
        file = paths.inbox / "proef" / f"demo_{name}"
        file.write_text(text, newline="")
    monkeypatch.setenv(DATA_SETTING, str(paths.data))

    def admit(
        con: duckdb.DuckDBPyConnection,
        inbox: Path,
        scratch: Path,
        extracts: Mapping[tuple[str, str], Extract],
        key: object,
    ) -> object:
        return admit_deliveries(con, inbox, scratch, extracts, None, no_objection)

    monkeypatch.setattr(rebuilding, "admit_deliveries", admit)
    return paths


def publish(paths: DataPaths, **changed: tuple[str, str | None, str]) -> None:
    """Let a published file tell of each delivery: admitted by itself, but for what is said of it here."""
    folder = paths.versions / "00003"
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / paths.published.name)) as con:
        con.execute("""create schema marts; create table marts.dim_levering (
            levering_nr integer, registratie varchar, extract varchar, bestand varchar, stand_datum date,
            ontvangen_op timestamp, levering_oordeel varchar, levering_oordeel_reden varchar,
            levering_oordeel_door varchar)""")
        for number, name in enumerate(FILES, start=1):
            year = 2019 + number
            verdict, reason, by = changed.get(name.split("_")[1], ("toegelaten", None, "grens_in"))
            con.execute(
                "insert into marts.dim_levering values (?, 'proef', 'rijen', ?, ?, ?, ?, ?, ?)",
                [number, f"demo_{name}", date(year, 1, 1), datetime(year, 1, 5), verdict, reason, by],
            )
        con.execute("create view marts.levering as select *, levering_oordeel as oordeel from marts.dim_levering")
        # A file that is left is no delivery.
        con.execute("insert into marts.dim_levering (registratie, bestand) values ('proef', 'aaa.csv')")
    paths.published.symlink_to(f"versies/00003/{paths.published.name}")
    for act, subject, outcome in (
        ("run", "nightly", journal.BEGUN),
        (journal.PUBLICATION, "publicatie 3", "gepubliceerd"),
    ):
        journal.note(paths, act, subject, outcome, "Dagster, run 1")


def act(paths: DataPaths, command: str, *numbers: int, outcome: str = "code 0") -> None:
    """Let the log tell of a decision, as the command line writes it; without an outcome it was killed."""
    asked = f"levering {numbers[0]}"
    journal.note(paths, command, asked, journal.BEGUN, "opdrachtregel")
    if outcome == "code 0":
        told = f"levering {', '.join(map(str, numbers))}"
        journal.note(paths, journal.DECISION, told, "is besloten", "opdrachtregel")
    if outcome:
        journal.note(paths, command, asked, outcome, "opdrachtregel")


def rebuild(paths: DataPaths) -> Rebuilt:
    return rebuild_raw(paths, ALONE, None)


def verdicts(paths: DataPaths) -> list[tuple[int, str, str | None]]:
    with duckdb.connect(str(paths.raw), read_only=True) as con:
        return [(row.number, row.file, row.verdict) for row in register.deliveries(con)]


def test_where_nothing_was_lost_nothing_is_told(paths: DataPaths) -> None:
    publish(paths)
    rebuilt = rebuild(paths)
    assert rebuilt == Rebuilt(3, 3, (), (), None)
    assert verdicts(paths) == [(number, f"demo_{name}", "toegelaten") for number, name in enumerate(FILES, start=1)]
    assert not [*paths.data.glob("*herbouw*")]


def test_a_file_that_is_gone_is_named_with_the_day_from_which_figures_lack(paths: DataPaths) -> None:
    publish(paths)
    for name in (SECOND, THIRD):
        (paths.inbox / "proef" / f"demo_{name}").unlink()
    rebuilt = rebuild(paths)
    assert (rebuilt.deliveries, rebuilt.known, rebuilt.commands) == (1, 3, ())
    assert rebuilt.remarks == (
        "2 geleverde bestanden liggen niet meer in de inbox; wat erin stond, is er niet meer:",
        f"  levering 2 proef/demo_{SECOND} (rijen, stand 01-01-2021, ontvangen 05-01-2021, toegelaten)",
        f"  levering 3 proef/demo_{THIRD} (rijen, stand 01-01-2022, ontvangen 05-01-2022, toegelaten)",
        "  Cijfers die daarop rustten, ontbreken of zijn anders zoals bekend op 05-01-2021 en later; eerdere dagen "
        "niet. Vraag de leverancier ze opnieuw, en zet ontvangen_op in een manifest.",
    )
    assert rebuilt.account is not None
    assert rebuilt.account.read_text().splitlines()[:4] == [*rebuilt.remarks]


def test_what_was_removed_is_not_asked_for_again_and_its_days_stay_closed(paths: DataPaths) -> None:
    publish(paths)
    (paths.inbox / "proef" / f"demo_{FIRST}").unlink()
    file = paths.published.resolve()
    with duckdb.connect(str(file)) as con:
        con.execute("""drop view marts.levering;
            alter table marts.dim_levering add column verwijderd_datum date;
            alter table marts.dim_levering add column verwijderd_reden varchar;
            alter table marts.dim_levering add column van_kracht_tot_datum date;
            update marts.dim_levering set verwijderd_datum = '2026-11-26', verwijderd_reden = 'de termijn',
                van_kracht_tot_datum = '2021-01-04' where levering_nr = 1""")
    rebuilt = rebuild(paths)
    assert rebuilt.remarks == (
        "Van levering 1, waarvan de rijen waren verwijderd omdat de bewaartermijn voorbij was, komt de rij in het "
        "register niet terug; eerdere publicaties noemen haar.",
    )
    assert [number for number, *_ in verdicts(paths)] == [2, 3]
    with duckdb.connect(str(paths.raw), read_only=True) as con:
        assert register.first_known_whole(con) == date(2021, 1, 5)


def test_a_refused_file_that_is_gone_touches_no_figure(paths: DataPaths) -> None:
    publish(paths, **{"20210101": ("geweigerd", "kolommen", "grens_in")})
    (paths.inbox / "proef" / f"demo_{SECOND}").unlink()
    assert rebuild(paths).remarks[-1:] == ("  Geen daarvan was toegelaten: er rust geen cijfer op.",)


def test_a_delivery_keeps_its_number_and_what_came_since_gets_a_new_one(paths: DataPaths) -> None:
    """The second is gone, so it would be the third that is number 2; one that was never published lies before it."""
    publish(paths)
    (paths.inbox / "proef" / f"demo_{SECOND}").unlink()
    new = "demo_rijen_20210601_ontvangen_20210605.csv"
    (paths.inbox / "proef" / new).write_text(HEAD + "7;g;01-01-2020;1\r\n", newline="")
    rebuilt = rebuild(paths)
    assert not any("Nummers" in remark for remark in rebuilt.remarks)
    assert [(number, file) for number, file, _ in verdicts(paths)] == [
        (1, f"demo_{FIRST}"),
        (3, f"demo_{THIRD}"),
        (4, new),
    ]
    with duckdb.connect(str(paths.raw), read_only=True) as con:
        rows = con.execute("select levering_nr, count(*) from proef.rijen group by all order by all").fetchall()
        assert rows == [(1, 1), (3, 3), (4, 1)]
        for table in ("oordeel", "bevinding"):
            found = con.execute(f"select distinct levering_nr from leveringen.{table} order by all").fetchall()
            assert found == [(1,), (3,), (4,)]
        sets = con.execute("select set_nr from leveringen.levering order by all").fetchall()
        assert sets == [(1,), (3,), (4,)]


def test_each_decision_of_a_person_is_to_be_given_again_and_the_command_works(
    paths: DataPaths, capsys: pytest.CaptureFixture[str]
) -> None:
    reason = 'dubbel, zei O\'Neill; $5 "te veel"'
    publish(paths, **{"20200101": ("ingetrokken", reason, "mens"), "20210101": ("geweigerd", "half", "mens")})
    rebuilt = rebuild(paths)
    assert rebuilt.remarks == (rebuilding.AFRESH,)
    assert len(rebuilt.commands) == 2
    assert rebuilt.commands[1] == "make withdraw LEVERING=2 REDEN=half"
    assert rebuilt.commands[0].startswith("make withdraw LEVERING=1 REDEN=")
    assert main(["withdraw", "1", "--reden", reason]) == 0
    assert verdicts(paths)[0][2] == "ingetrokken"


def test_a_decision_of_the_program_is_not_asked_of_a_person(paths: DataPaths) -> None:
    publish(paths, **{"20210101": ("aangehouden", "proef", "proef")})
    assert rebuild(paths).commands == ()


@pytest.mark.parametrize(
    ("was", "now", "act"),
    [
        ("toegelaten", "aangehouden", "accept"),
        ("toegelaten", "toegelaten", None),
        ("ingetrokken", "toegelaten", "withdraw"),
        ("ingetrokken", "aangehouden", "refuse"),
        ("ingetrokken", "geweigerd", None),
        ("geweigerd", "aangehouden", "refuse"),
        ("geweigerd", "toegelaten", "withdraw"),
        ("geweigerd", "geweigerd", "refuse"),
    ],
)
def test_what_brings_a_decision_back(was: str, now: str, act: str | None) -> None:
    old = (1, "proef", "rijen", "a.csv", date(2020, 1, 1), datetime(2020, 1, 5), was, "reden", True)
    new = (4, "proef", "rijen", "a.csv", date(2020, 1, 1), datetime(2020, 1, 5), now, 4)
    assert [*rebuilding._commands([(old, new)])] == ([f"make {act} LEVERING=4 REDEN=reden"] if act else [])


def test_a_receipt_that_only_raw_knew_is_told_with_the_manifest_that_brings_it_back(paths: DataPaths) -> None:
    publish(paths)
    (paths.inbox / "proef" / f"demo_{SECOND}").rename(paths.inbox / "proef" / "demo_rijen_20210101.csv")
    with duckdb.connect(str(paths.published.resolve())) as con:
        con.execute("update marts.dim_levering set bestand = 'demo_rijen_20210101.csv' where levering_nr = 2")
    told = "\n".join(rebuild(paths).remarks)
    assert "1 geleverd bestand zegt niet zelf wanneer het is ontvangen" in told
    assert "proef/demo_rijen_20210101.csv.manifest.yml: ontvangen_op: 2021-01-05T00:00:00" in told


def test_without_a_readable_publication_it_says_so(paths: DataPaths) -> None:
    publish(paths)
    paths.published.resolve().write_bytes(b"geen database")
    rebuilt = rebuild(paths)
    assert rebuilt.known is None
    assert rebuilt.remarks[0].startswith("Er is geen publicatie meer te lezen.")


def test_the_damaged_raw_is_kept_and_a_whole_one_is_not_replaced(paths: DataPaths) -> None:
    publish(paths)
    paths.raw.write_bytes(b"kapot")
    rebuild(paths)
    (kept,) = paths.data.glob("raw.duckdb.beschadigd-*")
    assert kept.read_bytes() == b"kapot"
    before = paths.raw.read_bytes()
    with pytest.raises(ValueError, match="niets aan de hand"):
        rebuild(paths)
    assert paths.raw.read_bytes() == before


def test_a_run_that_is_killed_meanwhile_leaves_a_raw_that_is_lost(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the next night would go on with half of it, and nobody would hear what is gone."""
    publish(paths)

    def killed(con: duckdb.DuckDBPyConnection, *_: object) -> None:
        register.prepare(con)
        raise KeyboardInterrupt

    with monkeypatch.context() as during:
        during.setattr(rebuilding, "admit_deliveries", killed)
        with pytest.raises(KeyboardInterrupt):
            rebuild(paths)
    assert main(["nightly"]) == 1
    assert not paths.raw.exists()
    assert rebuild(paths).deliveries == 3


def test_without_an_inbox_there_is_nothing_to_build_from(paths: DataPaths, tmp_path: Path) -> None:
    publish(paths)
    paths.inbox.rename(tmp_path / "weg")
    with pytest.raises(ValueError, match="is er niet; zonder de geleverde bestanden"):
        rebuild(paths)
    assert not paths.raw.exists()


def test_nothing_is_published_until_a_person_has_seen_what_is_lost(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(paths, **{"20200101": ("ingetrokken", "dubbel", "mens")})
    monkeypatch.setattr("orchestration.declarations.read_declarations", lambda: ALONE)
    assert main(["nightly", "--herbouw"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "raw.duckdb is opnieuw opgebouwd: 3 leveringen; gepubliceerd waren er 3" in said
    assert "make withdraw LEVERING=1 REDEN=dubbel" in said
    assert "Er is niets gepubliceerd. Geef eerst opnieuw de besluiten hierboven" in said
    assert not paths.warehouse.exists()


def test_a_disk_that_is_full_halfway_leaves_no_half_of_a_raw(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would only take the room that lacks."""
    publish(paths)
    whole = rebuilding._number_as_before

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(paths.raw))

    monkeypatch.setattr(rebuilding, "_number_as_before", full)
    with pytest.raises(OSError, match="No space left"):
        rebuild(paths)
    assert not [*paths.data.glob("raw*")]
    monkeypatch.setattr(rebuilding, "_number_as_before", whole)
    assert rebuild(paths) == Rebuilt(3, 3, (), (), None)


def test_what_was_withdrawn_since_the_publication_is_told_and_nothing_is_published(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(paths)
    rebuild(paths)
    assert main(["withdraw", "3", "--reden", "dubbel geteld"]) == 0
    paths.raw.unlink()
    capsys.readouterr()
    monkeypatch.setattr("orchestration.declarations.read_declarations", lambda: ALONE)
    assert main(["nightly", "--herbouw"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert 'make withdraw LEVERING=3 REDEN="..."' in said
    assert "Van wat sinds publicatie 3 is besloten staat de reden nergens meer" in said
    assert "Er is niets gepubliceerd" in said
    (account,) = paths.data.glob("herbouw-*.txt")
    assert 'make withdraw LEVERING=3 REDEN="..."' in account.read_text().splitlines()
    assert not paths.warehouse.exists()


WITHDRAW = 'make withdraw LEVERING=3 REDEN="..."'


@pytest.mark.parametrize(
    ("acts", "commands"),
    [
        ([("withdraw", "code 0")], [WITHDRAW]),
        ([("refuse", "code 0")], [WITHDRAW]),
        ([("accept", "code 0")], []),
        ([("offer", "code 0")], []),
        ([("withdraw", "mislukt: ValueError")], []),
        ([("withdraw", "code 1")], []),
        ([("withdraw", "")], [WITHDRAW]),
        ([("withdraw", ""), ("withdraw", "mislukt: ValueError")], [WITHDRAW]),
        ([("withdraw", "code 0"), ("offer", "code 0")], []),
        ([("offer", "code 0"), ("withdraw", "code 0")], [WITHDRAW]),
        ([("withdraw", "code 0"), ("withdraw", "mislukt: ValueError")], [WITHDRAW]),
    ],
    ids=str,
)
def test_the_last_decision_since_the_publication_holds(
    paths: DataPaths, acts: list[tuple[str, str]], commands: list[str]
) -> None:
    """All three are admitted when the inbox is read again."""
    publish(paths)
    for command, outcome in acts:
        act(paths, command, 3, outcome=outcome)
    assert rebuild(paths).commands == tuple(commands)


def test_a_decision_about_more_deliveries_is_one_command_and_one_that_was_published_has_its_reason(
    paths: DataPaths,
) -> None:
    publish(paths, **{"20200101": ("ingetrokken", "half", "mens")})
    act(paths, "withdraw", 2, 3)
    assert rebuild(paths).commands == (
        "make withdraw LEVERING=1 REDEN=half",
        'make withdraw LEVERING=2 REDEN="..."',
    )


def test_a_reason_stands_in_a_command_as_make_gives_it_on(paths: DataPaths) -> None:
    """A recipe takes it to the letter, so a sign of make is not doubled."""
    publish(paths, **{"20200101": ("ingetrokken", "kost $100", "mens")})
    assert rebuild(paths).commands == ("make withdraw LEVERING=1 REDEN='kost $100'",)


def test_what_was_offered_since_it_was_withdrawn_is_not_withdrawn_again(paths: DataPaths) -> None:
    publish(paths, **{"20200101": ("ingetrokken", "half", "mens")})
    act(paths, "offer", 1)
    assert rebuild(paths).commands == ()


def test_a_decision_of_before_the_publication_stands_in_it_and_one_during_its_run_may_not(paths: DataPaths) -> None:
    publish(paths)
    lines = paths.journal.read_text().splitlines(keepends=True)
    act(paths, "withdraw", 1)
    before = paths.journal.read_text().splitlines(keepends=True)[2:]
    paths.journal.write_text("".join([*before, *lines]))
    assert rebuild(paths).commands == ()
    paths.raw.unlink()
    paths.journal.write_text("".join([lines[0], *before, lines[1]]))
    assert rebuild(paths).commands == ('make withdraw LEVERING=1 REDEN="..."',)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda log: log.unlink(), "het logboek is er niet meer, of is leeg"),
        (lambda log: log.write_text(""), "het logboek is er niet meer, of is leeg"),
        (lambda log: log.write_text(log.read_text() + "half {\n"), "van het logboek zijn 1 regels niet te lezen"),
        (
            lambda log: log.write_text(log.read_text().replace("publicatie 3", "publicatie 2")),
            "het logboek zegt niets van publicatie 3",
        ),
    ],
    ids=["gone", "empty", "damaged", "of another publication"],
)
def test_a_log_that_cannot_tell_what_was_decided_is_told(
    paths: DataPaths, spoil: Callable[[Path], object], told: str
) -> None:
    publish(paths)
    spoil(paths.journal)
    rebuilt = rebuild(paths)
    assert rebuilt.remarks == (
        f"Of er sinds publicatie 3 over leveringen is besloten, of leveringen zijn verwijderd, is niet zeker: {told}. "
        "Vraag wie besluiten nam.",
    )
    assert rebuilt.account is not None, "nothing is published before somebody looked"


def test_a_decision_about_what_no_publication_knows_is_told(paths: DataPaths) -> None:
    publish(paths)
    act(paths, "refuse", 4)
    assert rebuild(paths).remarks == (
        "levering 4: hierover is sinds publicatie 3 besloten (make refuse), en welk bestand het was zegt geen "
        "publicatie; zoek het op, en geef dat besluit opnieuw",
    )


def test_what_was_withdrawn_and_is_gone_is_not_asked_of_its_supplier(paths: DataPaths) -> None:
    publish(paths)
    act(paths, "withdraw", 2)
    (paths.inbox / "proef" / f"demo_{SECOND}").unlink()
    rebuilt = rebuild(paths)
    assert "  Geen daarvan was toegelaten: er rust geen cijfer op." in rebuilt.remarks
    assert rebuilt.commands == ()


def test_what_was_removed_since_the_publication_stays_removed_and_its_days_closed(paths: DataPaths) -> None:
    publish(paths)
    for outcome in (journal.BEGUN, f"{journal.REMOVED}, met 1 bestanden"):
        journal.note(paths, journal.RETENTION, "levering 1", outcome, "opdrachtregel")
    (paths.inbox / "proef" / f"demo_{FIRST}").unlink()
    rebuilt = rebuild(paths)
    told = "\n".join(rebuilt.remarks)
    assert "Levering 1 is sinds publicatie 3 verwijderd omdat de bewaartermijn voorbij was." in told
    assert "Vraag de leverancier" not in told
    with duckdb.connect(str(paths.raw), read_only=True) as con:
        # The log was written today.
        assert register.first_known_whole(con) == register.now().date() + timedelta(days=1)


def test_a_removal_that_was_begun_is_to_be_run_again(paths: DataPaths) -> None:
    publish(paths)
    journal.note(paths, journal.RETENTION, "levering 1", journal.BEGUN, "opdrachtregel")
    assert rebuild(paths).remarks == (
        "Levering 1 was sinds publicatie 3 verwijderd omdat de bewaartermijn voorbij was, of dat was begonnen; zij kan "
        "terug zijn. Draai na de volgende run make retention.",
    )


def test_what_somebody_said_is_about_nobody_is_to_be_said_again(paths: DataPaths) -> None:
    """It was refused as number 1, offered with a reason, and admitted as number 2: now it is refused once more."""
    publish(paths)
    with duckdb.connect(str(paths.published.resolve())) as con:
        con.execute(
            f"""update marts.dim_levering set bestand = 'demo_{FIRST}', stand_datum = '2020-01-01'
                where levering_nr = 2;
            update marts.dim_levering set levering_oordeel = 'opnieuw_aangeboden', levering_oordeel_door = 'mens',
                levering_oordeel_reden = 'zaaknummers' where levering_nr = 1"""
        )
    (paths.inbox / "proef" / f"demo_{SECOND}").unlink()
    (paths.inbox / "proef" / f"demo_{FIRST}").write_text("geen koppen")
    assert rebuild(paths).commands == ("make offer LEVERING=2 REDEN=zaaknummers",)


def test_what_is_left_in_the_inbox_is_left_to_the_night_to_tell(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(paths)
    (paths.inbox / "proef" / "onbekend.txt").write_text("niets")
    monkeypatch.setattr("orchestration.declarations.read_declarations", lambda: ALONE)
    told: list[dict[str, list[str]]] = []

    def night(paths: DataPaths, console: object, progress: Progress) -> int:
        told.append(progress.take())
        return 0

    monkeypatch.setattr("orchestration.__main__._whole_night", night)
    assert main(["nightly", "--herbouw"]) == 0
    assert told == [{}], "it would be told twice"
    assert "onbekend" not in capsys.readouterr().out
