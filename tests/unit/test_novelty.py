"""Whether a night has anything to do: each ingredient is seen to break the skip, and nothing else is."""

import json
import os
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration import novelty, register, rights
from orchestration.paths import DataPaths
from orchestration.pseudonyms import KEY_SETTING

TODAY = date(2026, 11, 25)


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataPaths:
    """A project of a few files and a data folder in which a whole night has just ended."""
    project = tmp_path / "project"
    for file, text in {
        "seeds/norm.csv": "jaar,besluit_datum,streefcijfer\n2026,2026-12-01,10\n",
        "dbt_project/models/een.sql": "select 1",
        "dbt_project.yml": "name: proef",
        "profiles.yml": "proef: {}",
        "expectations/marts/een.yml": "expectations: []",
        "expectations/marts/een/regel.sql": "from {{ batch }}",
        "orchestration/een.py": "EEN = 1",
        "orchestration/dagster.yaml": "telemetry: {}",
    }.items():
        (project / file).parent.mkdir(parents=True, exist_ok=True)
        (project / file).write_text(text)
    for name, place in {"ROOT": "", "SEEDS": "seeds", "EXPECTATIONS": "expectations"}.items():
        monkeypatch.setattr(novelty, name, project / place)
    monkeypatch.setattr(novelty, "now", lambda: datetime(2026, 11, 25, 3, 0))
    monkeypatch.delenv(KEY_SETTING, raising=False)
    libraries = tmp_path / "libraries"
    (libraries / "dagster-1.0.dist-info").mkdir(parents=True)
    monkeypatch.setattr(novelty.sysconfig, "get_path", lambda _: str(libraries))
    paths = DataPaths(tmp_path / "data")
    folder = paths.inbox / "proef"
    folder.mkdir(parents=True)
    (folder / "rijen_20200101.csv").write_text("id\n1\n")
    with duckdb.connect(str(paths.raw)) as con:
        register.prepare(con)
    for file in (paths.ledger, paths.warehouse):
        file.write_text("iets")
    version = paths.versions / "00013"
    version.mkdir(parents=True)
    (version / paths.published.name).write_text("cijfers")
    paths.published.symlink_to(f"versies/00013/{paths.published.name}")
    novelty.begin(paths, "nacht")
    novelty.leave(paths, ["proef/half.csv: wacht op de andere helft"])
    novelty.finish(paths, "nacht")
    return paths


def project_of(paths: DataPaths) -> Path:
    return paths.data.parent / "project"


def decide(paths: DataPaths) -> None:
    with duckdb.connect(str(paths.raw)) as con:
        con.execute(
            """insert into leveringen.oordeel values
            (1, 'ingetrokken', '2026-11-20', '2026-11-25 02:00', 'jansen', 'dubbel geteld')"""
        )


def replace_published(paths: DataPaths) -> None:
    version = paths.versions / "00014"
    version.mkdir()
    (version / paths.published.name).write_text("cijfers")
    paths.published.unlink()
    paths.published.symlink_to(f"versies/00014/{paths.published.name}")


def write(file: str) -> Callable[[DataPaths], None]:
    return lambda paths: (project_of(paths) / file).write_text("anders")  # type: ignore[return-value]


def deliver(name: str, text: str = "id\n2\n") -> Callable[[DataPaths], None]:
    return lambda paths: (paths.inbox / "proef" / name).write_text(text)  # type: ignore[return-value]


def overwrite_unseen(paths: DataPaths) -> None:
    file = paths.inbox / "proef" / "rijen_20200101.csv"
    seen = file.stat()
    file.write_text("id\n2\n")
    os.utime(file, ns=(seen.st_atime_ns, seen.st_mtime_ns))


# What happens, and under which name a person reads that it did.
NEWS: dict[str, tuple[Callable[[DataPaths], object], str]] = {
    "a delivery": (deliver("rijen_20200201.csv"), "leveringen"),
    "the same name with other content": (deliver("rijen_20200101.csv", "id\n12\n"), "leveringen"),
    "a manifest": (deliver("rijen_20200101.csv.manifest.yml"), "leveringen"),
    "a delivery that is gone": (lambda paths: (paths.inbox / "proef" / "rijen_20200101.csv").unlink(), "leveringen"),
    "a folder that nobody knows": (lambda paths: (paths.inbox / "anders").mkdir(), "leveringen"),
    "a name that is no UTF-8": (deliver(os.fsdecode(b"\xff.csv")), "leveringen"),
    "a link that points nowhere": (lambda paths: (paths.inbox / "proef" / "x.csv").symlink_to("nergens"), "leveringen"),
    "the same name, size and age with other content": (overwrite_unseen, "leveringen"),
    "a link to a folder": (lambda paths: (paths.inbox / "proef" / "x").symlink_to(".."), "leveringen"),
    "a right to read": (lambda paths: (paths.inbox / "proef" / "rijen_20200101.csv").chmod(0o400), "leveringen"),
    "a decision about a delivery": (decide, "besluiten over leveringen"),
    "a norm": (write("seeds/norm.csv"), "lijsten (seeds)"),
    "a model": (write("dbt_project/models/een.sql"), "modellen"),
    "a model that is gone": (lambda paths: (project_of(paths) / "dbt_project/models/een.sql").unlink(), "modellen"),
    "a setting of dbt": (write("profiles.yml"), "modellen"),
    "an expectation": (write("expectations/marts/een.yml"), "verwachtingen"),
    "the query of an expectation": (write("expectations/marts/een/regel.sql"), "verwachtingen"),
    "code": (write("orchestration/een.py"), "programma"),
    "a setting of Dagster": (write("orchestration/dagster.yaml"), "programma"),
    "a library": (
        lambda paths: (paths.data.parent / "libraries" / "dagster-1.0.dist-info").rename(
            paths.data.parent / "libraries" / "dagster-1.1.dist-info"
        ),
        "bibliotheken",
    ),
    "a ledger put back": (lambda paths: paths.ledger.write_text("ouder"), "grootboek"),
    "a publication put back": (replace_published, "gepubliceerd bestand"),
    "a published file that was overwritten": (
        lambda paths: paths.published.write_text("999999"),
        "gepubliceerd bestand",
    ),
    "a warehouse that was thrown away": (lambda paths: paths.warehouse.unlink(), "warehouse"),
    "a key": (
        lambda _: os.environ.update({KEY_SETTING: "uJ7-wq2Zr9Xc4Vb8Nm1Lk6Hg3Fd5Sa0P"}),
        "sleutel voor persoonsgegevens",
    ),
}


def test_nothing_changed_is_nothing_new(paths: DataPaths) -> None:
    assert novelty.changed(paths, TODAY) == []
    last = novelty.last_night(paths)
    assert last is not None
    assert last.left == ("proef/half.csv: wacht op de andere helft",)
    assert last.inbox == novelty.inbox(paths)
    assert novelty.told(last) == "niets nieuws sinds publicatie 13, van 25-11-2026 03:00"


@pytest.mark.parametrize("what", NEWS)
def test_each_thing_that_changes_is_news_and_is_named(
    paths: DataPaths, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_SETTING, "")
    happen, name = NEWS[what]
    happen(paths)
    assert name in novelty.changed(paths, TODAY)


def test_every_ingredient_has_its_case() -> None:
    tested = {name for _, name in NEWS.values()} | {"een dag die aanbrak"}
    assert tested == set(novelty.ingredients(DataPaths(Path("/nergens"))))


@pytest.mark.parametrize("name", [".rijen.csv.swp", "rijen_20200201.csv.part"])
def test_a_file_that_is_still_written_is_no_news(paths: DataPaths, name: str) -> None:
    (paths.inbox / "proef" / name).write_text("id\n")
    assert novelty.changed(paths, TODAY) == []


def test_a_day_that_a_list_names_is_news_when_it_comes(paths: DataPaths) -> None:
    # The decision in the list is of 1 December.
    assert novelty.changed(paths, date(2026, 11, 30)) == []
    assert novelty.changed(paths, date(2026, 12, 1)) == ["een dag die aanbrak"]


def test_a_day_on_which_a_decision_about_a_delivery_begins_to_hold_is_news(paths: DataPaths) -> None:
    with duckdb.connect(str(paths.raw)) as con:
        con.execute(
            """insert into leveringen.oordeel values
            (1, 'toegelaten', '2020-01-02', '2026-11-25 01:00', 'grens_in', null),
            (1, 'ingetrokken', '2026-11-28', '2026-11-25 02:00', 'jansen', 'dubbel geteld')"""
        )
    novelty.begin(paths, "nacht")
    novelty.finish(paths, "nacht")
    assert novelty.changed(paths, date(2026, 11, 27)) == []
    assert novelty.changed(paths, date(2026, 11, 28)) == ["een dag die aanbrak"]


@pytest.mark.parametrize("verdicts", [["geweigerd"], ["aangehouden"], ["toegelaten", "aangehouden"]])
def test_the_day_of_what_was_never_in_force_is_no_news(paths: DataPaths, verdicts: list[str]) -> None:
    with duckdb.connect(str(paths.raw)) as con:
        for number, verdict in enumerate(verdicts):
            con.execute(
                "insert into leveringen.oordeel values (1, ?, '2026-11-28', ?, 'grens_in', null)",
                [verdict, datetime(2026, 11, 25, 2, number)],
            )
    novelty.begin(paths, "nacht")
    novelty.finish(paths, "nacht")
    assert novelty.changed(paths, date(2026, 11, 28)) == []


def test_a_day_for_which_a_file_waits_is_news_when_it_comes(paths: DataPaths) -> None:
    with duckdb.connect(str(paths.raw)) as con:
        con.execute(
            """insert into leveringen.blijft_liggen values
            ('proef', 'rijen_20261128.csv', 'de stand ligt na vandaag', '2026-11-28', '2026-11-25 02:00')"""
        )
    novelty.begin(paths, "nacht")
    novelty.finish(paths, "nacht")
    assert novelty.changed(paths, date(2026, 11, 27)) == []
    assert novelty.changed(paths, date(2026, 11, 28)) == ["een dag die aanbrak"]


def test_no_link_is_followed(paths: DataPaths) -> None:
    elsewhere = paths.data.parent / "elders"
    elsewhere.mkdir()
    (elsewhere / "x.csv").write_text("een")
    for name, target in (("link.csv", elsewhere / "x.csv"), ("map", elsewhere)):
        (paths.inbox / "proef" / name).symlink_to(target)
    seen = novelty.inbox(paths)
    (elsewhere / "x.csv").write_text("iets anders")
    (elsewhere / "y.csv").write_text("meer")
    assert novelty.inbox(paths) == seen


def test_a_new_year_is_news(paths: DataPaths) -> None:
    (project_of(paths) / "seeds" / "norm.csv").write_text("jaar,streefcijfer\n2026,10\n")
    novelty.begin(paths, "nacht")
    novelty.finish(paths, "nacht")
    assert novelty.changed(paths, date(2026, 12, 31)) == []
    assert novelty.changed(paths, date(2027, 1, 1)) == ["een dag die aanbrak"]


@pytest.mark.parametrize(
    ("news", "today", "told"),
    [
        (["een dag die aanbrak"], date(2026, 12, 1), "een dag die aanbrak (01-12-2026)"),
        (["een dag die aanbrak"], date(2027, 1, 1), "een dag die aanbrak (01-12-2026, 01-01-2027)"),
        (["modellen", "een dag die aanbrak"], date(2026, 12, 31), "modellen, een dag die aanbrak (01-12-2026)"),
        # A list that names one more day of long ago changes how many have come, and none came.
        (["lijsten (seeds)", "een dag die aanbrak"], date(2026, 11, 30), "lijsten (seeds)"),
        (["een dag die aanbrak"], date(2026, 11, 30), "een dag die aanbrak"),
        (["leveringen", "modellen"], date(2027, 1, 1), "leveringen, modellen"),
        ([], date(2027, 1, 1), ""),
    ],
)
def test_it_is_told_which_day_came(paths: DataPaths, news: list[str], today: date, told: str) -> None:
    last = novelty.last_night(paths)
    assert last is not None
    assert novelty.told_news(paths, news, last, today) == told


def test_a_note_without_its_day_has_that_on_which_the_night_ended(paths: DataPaths) -> None:
    file = paths.data / "nacht.json"
    note = json.loads(file.read_text())
    assert note.pop("dag") == "2026-11-25"
    file.write_text(json.dumps(note))
    last = novelty.last_night(paths)
    assert last is not None and last.day == date(2026, 11, 25)


def test_what_comes_in_while_a_night_runs_is_news_for_the_next(paths: DataPaths) -> None:
    novelty.begin(paths, "tweede")
    deliver("rijen_20200201.csv")(paths)
    novelty.finish(paths, "tweede")
    assert novelty.changed(paths, TODAY) == ["leveringen"]


def test_what_the_night_itself_loaded_is_no_news_for_the_next(paths: DataPaths) -> None:
    deliver("rijen_20200201.csv")(paths)
    novelty.begin(paths, "tweede")
    with duckdb.connect(str(paths.raw)) as con:
        con.execute(
            """insert into leveringen.oordeel values
            (2, 'toegelaten', '2020-02-05', '2026-11-25 03:00', 'grens_in', null)"""
        )
    paths.warehouse.write_text("nieuw")
    replace_published(paths)
    novelty.finish(paths, "tweede")
    assert novelty.changed(paths, TODAY) == []


def test_a_day_that_comes_while_a_night_runs_is_news_for_the_next(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(novelty, "now", lambda: datetime(2026, 11, 30, 23, 59))
    novelty.begin(paths, "over middernacht")
    monkeypatch.setattr(novelty, "now", lambda: datetime(2026, 12, 1, 0, 1))
    novelty.finish(paths, "over middernacht")
    assert novelty.changed(paths, date(2026, 12, 1)) == ["een dag die aanbrak"]


def test_a_night_that_did_not_end_spares_nobody(paths: DataPaths) -> None:
    deliver("rijen_20200201.csv")(paths)
    novelty.begin(paths, "tweede")
    assert novelty.changed(paths, TODAY) == ["leveringen"]


def test_a_publication_by_itself_is_no_whole_night(paths: DataPaths) -> None:
    deliver("rijen_20200201.csv")(paths)
    novelty.begin(paths, "mislukte nacht")
    novelty.finish(paths, "iemand die alleen de publicatie aanklikte")
    assert novelty.changed(paths, TODAY) == ["leveringen"]


def test_without_a_whole_night_everything_is_news(tmp_path: Path) -> None:
    paths = DataPaths(tmp_path)
    assert novelty.last_night(paths) is None
    assert novelty.changed(paths, TODAY) == list(novelty.ingredients(paths, TODAY))


def test_the_key_itself_is_never_written_down(paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "uJ7-wq2Zr9Xc4Vb8Nm1Lk6Hg3Fd5Sa0P"
    monkeypatch.setenv(KEY_SETTING, secret)
    novelty.begin(paths, "nacht")
    novelty.finish(paths, "nacht")
    assert secret not in (paths.data / "nacht.json").read_text()


def test_what_changes_after_the_process_read_it_is_news_for_the_next(paths: DataPaths) -> None:
    started_with = novelty.loaded()
    write("expectations/marts/een.yml")(paths)
    novelty.begin(paths, "die op een ander wachtte", started_with)
    novelty.finish(paths, "die op een ander wachtte")
    assert novelty.changed(paths, TODAY) == ["verwachtingen"]


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b'"s"', b"{}", b"\xff", b'{"publicatie": "00013"}'])
def test_a_damaged_note_of_the_last_night_counts_as_none(paths: DataPaths, content: bytes) -> None:
    (paths.data / "nacht.json").write_bytes(content)
    assert novelty.last_night(paths) is None
    assert novelty.changed(paths, TODAY) == list(novelty.ingredients(paths, TODAY))


@pytest.mark.parametrize("file", ["orchestration/.een.py.swp", "dbt_project/.DS_Store", "seeds/.~lock.norm.csv#"])
def test_what_an_editor_leaves_behind_is_no_news(paths: DataPaths, file: str) -> None:
    write(file)(paths)
    assert novelty.changed(paths, TODAY) == []


def test_the_moment_of_a_publication_is_the_one_that_is_published(paths: DataPaths) -> None:
    file = paths.published.resolve()
    file.unlink()
    with duckdb.connect(str(file)) as con:
        con.execute(
            """create schema marts; create table marts.fct_publicatie as from (values
                (12, timestamp '2026-11-23 03:01:02.5'), (13, timestamp '2026-11-24 14:43:59.9'))
                as rij (publicatie_nr, gepubliceerd_op)"""
        )
    # A night after it that publishes nothing ends on another day.
    novelty.begin(paths, "nacht")
    novelty.finish(paths, "nacht")
    last = novelty.last_night(paths)
    assert last and last.ended == datetime(2026, 11, 25, 3, 0)
    assert novelty.told(last) == "niets nieuws sinds publicatie 13, van 24-11-2026 14:43"


@pytest.mark.parametrize("is_linked", [False, True])
def test_a_run_that_sets_rights_makes_no_file_look_new(paths: DataPaths, tmp_path: Path, is_linked: bool) -> None:
    if is_linked:
        paths.inbox.symlink_to(paths.inbox.rename(tmp_path / "elders"))
    dropped = paths.inbox / "proef" / "rijen_20200201.csv"
    dropped.write_text("id\n1\n")
    dropped.chmod(0o644)
    seen = novelty.inbox(paths)
    # As each run does when it begins, such as one that answers a question.
    rights.settle(paths)
    assert dropped.stat().st_mode & 0o777 == 0o600
    assert novelty.inbox(paths) == seen


@pytest.mark.parametrize(
    ("moment", "is_behind"),
    [
        # The night ended at three; an hour less is what the clock says after summer time.
        (datetime(2026, 11, 25, 2, 0), False),
        (datetime(2026, 11, 25, 1, 59, 59), True),
        (datetime(2026, 11, 24, 3, 0), True),
        (datetime(2025, 11, 25, 3, 0), True),
        (datetime(2026, 11, 26, 3, 0), False),
    ],
)
def test_a_clock_that_runs_behind_the_last_night_is_told(paths: DataPaths, moment: datetime, is_behind: bool) -> None:
    last = novelty.last_night(paths)
    assert last
    told = novelty.behind(last, moment)
    assert (told is not None) == is_behind
    if told:
        assert f"({moment:%d-%m-%Y %H:%M}) loopt achter op de vorige nacht (25-11-2026 03:00, publicatie 13)" in told
        assert "Zet de klok goed" in told and "make nightly OPNIEUW=1" in told
