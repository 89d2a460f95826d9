"""What was published and what was written down about it: each way to change it unseen is seen."""

import base64
import hashlib
import os
import shutil
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from orchestration import alerts, anchor, checksums, ledger, ledger_form, migrations, novelty, publishing
from orchestration.__main__ import main
from orchestration.anchor import KEY_SETTING, AnchorError
from orchestration.ledger import LedgerError
from orchestration.paths import ANCHOR_SETTING, DATA_SETTING, DataPaths
from orchestration.publishing import AuditError, publish, roll_back, undo_roll_back
from orchestration.reporting import PAGE
from tests.unit.test_ledger import ask_for_states, keep
from tests.unit.test_publishing import TABLES, build, events, figure

Change = Callable[[DataPaths], object]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    """Two publications, with the figures 1 and 2; beside them the ledger as it was after the first."""
    paths = DataPaths(tmp_path_factory.mktemp("tweemaal") / "data")
    paths.data.mkdir()
    for number in (1, 2):
        build(paths, number)
        publish(paths, TABLES)
        if number == 1:
            shutil.copy(paths.ledger, paths.data / "reservekopie.duckdb")
    return paths


@pytest.fixture
def paths(published: DataPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataPaths:
    """A copy of them, to spoil."""
    copy = DataPaths(tmp_path / "data")
    shutil.copytree(published.data, copy.data, symlinks=True)
    monkeypatch.setenv(DATA_SETTING, str(copy.data))
    monkeypatch.delenv(ANCHOR_SETTING, raising=False)
    monkeypatch.delenv(KEY_SETTING, raising=False)
    monkeypatch.setattr(publishing, "report_beside", lambda file: (file.parent / PAGE).write_text("rapport"))
    return copy


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What people are told."""
    heard: list[str] = []
    monkeypatch.setattr(alerts, "tell", lambda title, text: heard.append(f"{title}\n{text}"))
    return heard


def sql(*statements: str) -> Change:
    def change(paths: DataPaths) -> None:
        with duckdb.connect(str(paths.ledger)) as con:
            for statement in statements:
                con.execute(statement)

    return change


def rows(paths: DataPaths, query: str) -> list[tuple]:
    with duckdb.connect(str(paths.ledger), read_only=True) as con:
        return con.execute(query).fetchall()


def rechain(paths: DataPaths) -> None:
    """Give every event the hash that it would have had: what somebody does who knows how."""
    with duckdb.connect(str(paths.ledger)) as con:
        previous = ledger.FIRST
        contents = ledger._content_hashes(con)
        for event, _ in ledger._events(con):
            content = contents[event["publicatie_nr"]][0]
            event |= {"vorige_sha256": previous, "inhoud_sha256": content}
            own = ledger._hash(event)
            con.execute(
                "update gebeurtenis set vorige_sha256 = ?, inhoud_sha256 = ?, sha256 = ? where gebeurtenis_nr = ?",
                [previous, content, own, event["gebeurtenis_nr"]],
            )
            previous = own


def change_and_rechain(paths: DataPaths) -> None:
    sql("update cijfer set realisatie = 999999 where publicatie_nr = 1")(paths)
    rechain(paths)


def rewrite_last(paths: DataPaths) -> None:
    sql("update gebeurtenis set aantal_rijen = 999 where gebeurtenis_nr = 4")(paths)
    rechain(paths)


def forge(*kinds: str) -> Change:
    """Events of a third publication, with a figure and with the right hashes."""

    def change(paths: DataPaths) -> None:
        made = [
            f"""insert into gebeurtenis by name select * replace (
                {5 + place} as gebeurtenis_nr, 3 as publicatie_nr, '{kind}' as soort, null as telling_sha256,
                null as bestanden_sha256) from gebeurtenis where gebeurtenis_nr = 4"""
            for place, kind in enumerate(kinds)
        ]
        sql(
            *made,
            """insert into cijfer by name select * replace (3 as publicatie_nr, 999999 as realisatie)
            from cijfer where publicatie_nr = 2""",
        )(paths)
        rechain(paths)

    return change


def put_back(paths: DataPaths) -> None:
    shutil.copy(paths.data / "reservekopie.duckdb", paths.ledger)


def new_database(paths: DataPaths) -> None:
    paths.ledger.unlink()
    duckdb.connect(str(paths.ledger)).close()


def cut_off(paths: DataPaths) -> None:
    with paths.ledger.open("ab") as file:
        file.truncate(paths.ledger.stat().st_size // 3)


LAST = "delete from gebeurtenis where gebeurtenis_nr = 4"
OF_LAST = [
    f"delete from {table} where publicatie_nr = 2"
    for table in ("gebeurtenis", "cijfer", "bijstelling", "stroom", "levering", "versieregel", "telling")
]
EVERYTHING = [
    f"delete from {table}"
    for table in ("gebeurtenis", "cijfer", "bijstelling", "stroom", "levering", "versieregel", "telling", "stand")
]
IN_THE_LEDGER: dict[str, tuple[Change, str]] = {
    "an event in the middle": (sql("delete from gebeurtenis where gebeurtenis_nr = 2"), "gebeurtenis 3"),
    "the last event": (sql(LAST), r"gebeurtenis 4 \(publicatie 2, bevestigd\): staat in het anker, en niet meer"),
    "the last publication": (sql(*OF_LAST), "loopt achter: het kent 1 publicaties, en publicatie 2 is er al"),
    "everything": (sql(*EVERYTHING), "loopt achter: het kent 0 publicaties, en publicatie 2 is er al"),
    "a row behind a cause": (sql("update telling set waarde = 999"), "de tellingen achter de cijfers zijn"),
    "a row behind a cause, taken away": (sql("delete from telling"), "de tellingen achter de cijfers zijn"),
    "the last event with its own hash": (rewrite_last, "gebeurtenis 4 .* heeft in het anker een ander controlegetal"),
    "a whole new chain": (change_and_rechain, "gebeurtenis 1 .* heeft in het anker een ander controlegetal"),
    "a publication put behind it": (forge("voornemen", "bevestigd"), "gebeurtenis 5 .* staat niet in het anker"),
    "one event put behind it": (forge("gereconstrueerd"), "gebeurtenis 5 .* staat niet in het anker"),
    "an older backup": (put_back, "loopt achter: het kent 1 publicaties, en publicatie 2 is er al"),
    "a ledger that is gone": (
        lambda paths: paths.ledger.unlink(),
        "is er niet of is leeg, en er is al een publicatie",
    ),
    "an empty file": (lambda paths: paths.ledger.write_bytes(b""), "is beschadigd en niet te lezen"),
    "a database without a table": (new_database, "is er niet of is leeg, en er is al een publicatie 2"),
    "garbage": (lambda paths: paths.ledger.write_bytes(b"geen database" * 999), "is beschadigd en niet te lezen"),
    "a file that was cut off": (cut_off, "is beschadigd en niet te lezen"),
    "a table": (sql("drop table cijfer"), "is beschadigd: cijfer ontbreekt"),
    "the events": (sql("drop table gebeurtenis"), "is beschadigd: gebeurtenis ontbreekt"),
    "a column": (sql("alter table cijfer drop column realisatie"), "is beschadigd: cijfer.realisatie ontbreekt"),
}


def test_the_ledger_as_it_was_written_is_believed_and_all_of_it_was_looked_at(paths: DataPaths) -> None:
    found = ledger.examine(paths)
    # Two publications, each an intent and a confirmation with two lines in the anchor; by hand: the first rests on a
    # figure and a delivery, the second also on an adjustment and a flow. The file of the second was made before the
    # models knew of the first, and each file has the row of its own publication.
    assert (found.events, found.rows, found.tellings, found.anchored, found.witnesses) == (4, 6, 1, 8, 2)
    assert found.faults == ()
    assert main(["ledger"]) == 0


@pytest.mark.parametrize("what", IN_THE_LEDGER)
def test_whatever_is_changed_in_the_ledger_is_found_and_nothing_is_added_to_it(
    paths: DataPaths, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change, message = IN_THE_LEDGER[what]
    change(paths)
    before = paths.ledger.read_bytes() if paths.ledger.exists() else None
    with pytest.raises(LedgerError, match=message) as found:
        publishing.examine(paths)
    assert 'make resume-ledger REDEN="..."' in str(found.value), "it says what to do"
    assert main(["ledger"]) == 1
    assert "Traceback" not in capsys.readouterr().out
    assert (paths.ledger.read_bytes() if paths.ledger.exists() else None) == before
    assert figure(paths) == 2, "readers see what they saw"
    assert ledger.folders(paths) == [1, 2]


@pytest.mark.parametrize("what", ["the last publication", "everything", "a whole new chain", "an older backup"])
def test_published_files_tell_on_the_ledger_where_the_anchor_went_along(paths: DataPaths, what: str) -> None:
    IN_THE_LEDGER[what][0](paths)
    paths.anchor.unlink()
    with pytest.raises(LedgerError):
        ledger.examine(paths)


def test_an_anchor_that_is_gone_begins_again_and_people_hear_of_it(paths: DataPaths, told: list[str]) -> None:
    paths.anchor.unlink()
    assert ledger.examine(paths).faults == ()
    assert len(told) == 1
    assert "het anker van het grootboek was er niet" in told[0]
    assert ledger.examine(paths).anchored == 4, "a line per event"
    assert len(told) == 1


@pytest.fixture
def key(tmp_path: Path, paths: DataPaths, monkeypatch: pytest.MonkeyPatch) -> Ed25519PrivateKey:
    """A signed anchor on another disk."""
    made = Ed25519PrivateKey.generate()
    file = tmp_path / "sleutel.pem"
    file.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "schijf").mkdir()
    monkeypatch.setenv(ANCHOR_SETTING, str(tmp_path / "schijf" / "anker"))
    monkeypatch.setenv(KEY_SETTING, str(file))
    ledger.examine(paths)
    return made


def test_an_anchor_made_anew_by_somebody_without_the_key_is_found(
    paths: DataPaths, key: Ed25519PrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    for row in paths.anchor.read_text().splitlines():
        text, _, signature = row.rpartition(" ")
        key.public_key().verify(base64.b64decode(signature), text.encode())
    assert ledger.examine(paths).anchored == 4
    change_and_rechain(paths)
    forger = paths.data / "andere.pem"
    forger.write_bytes(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    genuine = os.environ[KEY_SETTING]
    for name in ("", str(forger)):
        paths.anchor.unlink()
        monkeypatch.setenv(KEY_SETTING, name)
        with duckdb.connect(str(paths.ledger), read_only=True) as con:
            anchor.Anchor(paths.anchor).begin(ledger._told(ledger._events(con)))
        monkeypatch.setenv(KEY_SETTING, genuine)
        with pytest.raises(LedgerError, match=r"gebeurtenis 1 .* niet met deze sleutel ondertekend"):
            ledger.examine(paths)


def test_who_has_the_public_half_can_check_and_not_write(
    paths: DataPaths, key: Ed25519PrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = paths.data / "openbaar.pem"
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    monkeypatch.setenv(KEY_SETTING, str(public))
    assert main(["ledger"]) == 0
    build(paths, 3)
    with pytest.raises(AnchorError, match="schrijven kan alleen met de geheime helft"):
        publish(paths, TABLES)
    assert (figure(paths), len(events(paths))) == (2, 4)


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        (ANCHOR_SETTING, "/nergens/anker", "het anker /nergens/anker kan niet worden geschreven"),
        (KEY_SETTING, "/nergens/sleutel", f"de sleutel in {KEY_SETTING} kan niet worden gelezen"),
    ],
)
def test_an_anchor_or_key_that_cannot_be_reached_stops_publishing_with_a_sentence(
    paths: DataPaths, setting: str, value: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(setting, value)
    build(paths, 3)
    with pytest.raises(AnchorError, match=message):
        publish(paths, TABLES)
    assert figure(paths) == 2


@pytest.mark.parametrize("at", ["announce", "settle"])
def test_a_night_that_is_killed_while_it_tells_the_anchor_is_no_tampering(
    paths: DataPaths, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = getattr(anchor.Anchor, at)

    def crash(self: anchor.Anchor, told: object) -> None:
        if at == "announce":
            real(self, told)
        raise KeyboardInterrupt

    build(paths, 3)
    with ledger.open_ledger(paths) as book:
        entry = ledger.Entry(3, date(2020, 1, 1), "afdruk", "rekenwijze", 1, 1)
        with monkeypatch.context() as patch:
            patch.setattr(anchor.Anchor, at, crash)
            with pytest.raises(KeyboardInterrupt):
                ledger.intend(book, paths, entry)
    assert ledger.examine(paths).faults == ()
    # An intent that stands is ended; one that was announced and not written never was, and its number is free.
    assert publish(paths, TABLES).number == (3 if at == "announce" else 4)
    assert ledger.examine(paths).faults == ()


def test_a_line_that_was_cut_off_is_written_again(paths: DataPaths) -> None:
    whole = paths.anchor.read_text()
    paths.anchor.write_text(whole[: whole.rindex("\n4 staat") + 30])
    assert ledger.examine(paths).faults == ()
    assert paths.anchor.read_text().endswith(whole[whole.rindex("\n4 staat") + 1 :])
    assert ledger.examine(paths).anchored == 8


@pytest.mark.parametrize("gone", range(8))
def test_a_line_that_is_gone_from_the_anchor_is_missed(paths: DataPaths, gone: int) -> None:
    """Eight lines of four events; two of them say nothing more.

    An anchor may begin when an event stands, and of the last one a night that was killed may not have said so.
    """
    lines = paths.anchor.read_text().splitlines(keepends=True)
    paths.anchor.write_text("".join(lines[:gone] + lines[gone + 1 :]))
    if gone == 7:
        assert ledger.examine(paths).faults == ()
        assert paths.anchor.read_text() == "".join(lines), "it is written again as it was"
        return
    if gone == 0:
        assert ledger.examine(paths).faults == ()
        return
    lacks = "zou worden opgeschreven" if gone % 2 == 0 else "er staat"
    told = rf"gebeurtenis {gone // 2 + 1} .* in het anker ontbreekt dat zij {lacks}"
    with pytest.raises(LedgerError, match=told):
        ledger.examine(paths)
    with pytest.raises(LedgerError, match=told), ledger.open_ledger(paths):
        pass
    assert main(["ledger"]) == 1


def test_an_anchor_that_began_later_has_a_line_of_what_was_there_and_two_of_what_came(
    paths: DataPaths, told: list[str]
) -> None:
    paths.anchor.unlink()
    build(paths, 3)
    publish(paths, TABLES)
    lines = paths.anchor.read_text().splitlines(keepends=True)
    assert [line.split()[:2] for line in lines] == [
        *(["1", "staat"], ["2", "staat"], ["3", "staat"], ["4", "staat"]),
        *(["5", "schrijft"], ["5", "staat"], ["6", "schrijft"], ["6", "staat"]),
    ]
    assert ledger.examine(paths).faults == ()
    # Without the announcement of event 5 it is an anchor that began with five events.
    for place, event in ((0, 1), (1, 2), (2, 3), (3, 4), (5, 5), (6, 6)):
        paths.anchor.write_text("".join(lines[:place] + lines[place + 1 :]))
        with pytest.raises(LedgerError, match=rf"gebeurtenis {event} .* het anker"):
            ledger.examine(paths)


def test_a_ledger_goes_on_where_a_killed_night_left_the_anchor_behind(paths: DataPaths) -> None:
    put_back(paths)
    lines = paths.anchor.read_text().splitlines(keepends=True)
    # After the first publication the night was killed: of event 2 the anchor was not told that it stands.
    paths.anchor.write_text("".join(lines[:3]))
    ledger.resume(paths, "kopie teruggezet")
    assert ledger.examine(paths).faults == ()


# -- going on without what was lost


@pytest.mark.parametrize("what", ["an older backup", "everything"])
def test_a_ledger_that_lost_its_end_goes_on_when_a_person_says_so(paths: DataPaths, what: str) -> None:
    IN_THE_LEDGER[what][0](paths)
    known = rows(paths, "select gebeurtenis_nr, sha256 from gebeurtenis order by all")
    with pytest.raises(ValueError, match="geef de reden"):
        ledger.resume(paths, " ")
    with pytest.raises(ValueError, match="de reden bevat wat een e-mailadres lijkt"):
        ledger.resume(paths, "gemeld door a.jansen@politie.example")
    assert "gaat verder achter zijn laatste gebeurtenis" in ledger.resume(paths, "kopie van gisteren")
    assert rows(paths, "select gebeurtenis_nr, sha256 from gebeurtenis order by all")[:-1] == known
    # Four events and two publications were ever known of.
    assert rows(paths, "select gebeurtenis_nr, publicatie_nr, soort, reden from gebeurtenis order by all")[-1] == (
        5,
        3,
        "hervat",
        "kopie van gisteren",
    )
    publishing.examine(paths)
    build(paths, 3)
    assert publish(paths, TABLES).number == 4
    assert ledger.folders(paths) == [1, 2, 4]
    assert (figure(paths), ledger.examine(paths).faults) == (3, ())


# Where an end was taken away by hand, the rows with which the next publication would be compared went with it.
SET_ASIDE = [
    "a ledger that is gone",
    "garbage",
    "a whole new chain",
    "a table",
    "an empty file",
    "the last event",
    "the last publication",
]


@pytest.mark.parametrize("what", SET_ASIDE)
def test_a_ledger_that_cannot_be_believed_is_set_aside_when_a_person_says_so(paths: DataPaths, what: str) -> None:
    IN_THE_LEDGER[what][0](paths)
    spoilt = paths.ledger.read_bytes() if paths.ledger.exists() else None
    assert "een nieuw grootboek begint" in ledger.resume(paths, "schijf verloren")
    aside = list(paths.data.glob("publicaties.beschadigd-*.duckdb"))
    assert [file.read_bytes() for file in aside] == ([] if spoilt is None else [spoilt])
    assert rows(paths, "select gebeurtenis_nr, publicatie_nr, soort from gebeurtenis") == [(5, 3, "hervat")]
    build(paths, 3)
    assert publish(paths, TABLES).number == 4
    assert (figure(paths), ledger.examine(paths).faults) == (3, ())
    assert ledger.folders(paths) == [1, 2, 4]


def test_a_ledger_that_is_whole_need_not_go_on(paths: DataPaths, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resume-ledger", "--reden", "zomaar"]) == 1
    assert "er is niets te hervatten" in capsys.readouterr().out
    assert len(events(paths)) == 4


def test_the_clock_set_back_changes_no_number_and_removes_nothing(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "now", lambda: datetime(2001, 1, 1))
    for number in (3, 4, 5):
        build(paths, number)
        assert publish(paths, TABLES).number == number
    assert (ledger.folders(paths), figure(paths)) == ([3, 4, 5], 5)
    assert ledger.examine(paths).faults == ()


# -- what readers see


def free(file: Path) -> Path:
    """A file that may be written, as root or its owner can see to."""
    file.parent.chmod(0o755)
    if file.exists():
        file.chmod(0o644)
    return file


def change_figure(paths: DataPaths) -> None:
    with duckdb.connect(str(free(paths.published.resolve()))) as con:
        con.execute("update marts.fct_voortgang set realisatie = 999999")


def in_folder(name: str, change: Callable[[Path], object]) -> Change:
    return lambda paths: change(free(ledger.folder_of(paths, 2) / name))


def relink(target: str | None) -> Change:
    def change(paths: DataPaths) -> None:
        paths.published.unlink()
        if target is not None:
            paths.published.symlink_to(target)

    return change


def copy_in_place(paths: DataPaths) -> None:
    content = paths.published.read_bytes()
    paths.published.unlink()
    paths.published.write_bytes(content)


def remove_folder(paths: DataPaths) -> None:
    publishing._remove(ledger.folder_of(paths, 2))


WHOLE = "en niet naar publicatie 2; het bestand van publicatie 2 zelf is heel"
FILE = "veiligheidsagenda.duckdb"
WHAT_READERS_SEE: dict[str, tuple[Change, str]] = {
    "a file that was cut off": (in_folder(FILE, lambda file: os.truncate(file, 5000)), f"00002/{FILE} is veranderd"),
    "a file overwritten": (in_folder(FILE, lambda file: file.write_text("iets anders")), f"00002/{FILE} is veranderd"),
    "a figure": (change_figure, f"00002/{FILE} is veranderd"),
    "a Parquet file": (
        in_folder("parquet/dim_proef.parquet", lambda file: file.write_bytes(file.read_bytes()[::-1])),
        "00002/parquet/dim_proef.parquet is veranderd",
    ),
    "a Parquet file that is gone": (
        in_folder("parquet/dim_proef.parquet", lambda file: file.unlink()),
        "00002/parquet/dim_proef.parquet ontbreekt",
    ),
    "a change that DuckDB did not fold into the file yet": (
        in_folder(f"{FILE}.wal", lambda file: file.write_bytes(b"")),
        f"00002/{FILE}.wal hoort er niet",
    ),
    "a Parquet file too many": (
        in_folder("parquet/fct_extra.parquet", lambda file: file.write_bytes(b"")),
        "00002/parquet/fct_extra.parquet hoort er niet",
    ),
    "the list of checksums": (
        in_folder(checksums.LIST, lambda file: file.write_text("")),
        "00002/controlegetallen.sha256 is veranderd of ontbreekt",
    ),
    "a link that is gone": (relink(None), f"{FILE} wijst naar geen publicatie, {WHOLE}"),
    "a link to nowhere": (relink(f"versies/00099/{FILE}"), f"{FILE} wijst naar de publicatie 99, {WHOLE}"),
    "a link to an older publication": (
        relink(f"versies/00001/{FILE}"),
        f"{FILE} wijst naar de publicatie 1, {WHOLE}",
    ),
    "a file in the place of the link": (copy_in_place, f"{FILE} wijst naar geen publicatie, {WHOLE}"),
    "the folder behind the link": (remove_folder, "de map 00002 is er niet meer"),
}


@pytest.mark.parametrize("what", WHAT_READERS_SEE)
def test_what_readers_see_and_was_not_published_is_found_told_and_replaced(
    paths: DataPaths, what: str, told: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    seen = paths.published.stat()
    before = novelty._shown(paths.published)
    change, message = WHAT_READERS_SEE[what]
    change(paths)
    if paths.published.exists():
        os.utime(paths.published, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert novelty._shown(paths.published) != before, "a run with nothing new finds it too"
    assert main(["ledger"]) == 1
    assert publishing.examine(paths) == [message]
    assert len(told) == 1
    assert message in told[0]
    mended = publish(paths, TABLES)
    assert (mended.number, mended.is_new, figure(paths)) == (3, True, 2)
    seen_so = f"lezers zagen publicatie 2 niet zoals zij is gepubliceerd ({message}); publicatie 3 vervangt haar"
    assert seen_so in caplog.text
    assert (publishing.examine(paths), publish(paths, TABLES).number, len(told)) == ([], 3, 1)
    assert ledger.examine(paths).faults == ()


def test_a_link_that_was_moved_hides_no_file_that_was_changed(paths: DataPaths) -> None:
    change_figure(paths)
    relink(f"versies/00001/{FILE}")(paths)
    assert publishing.examine(paths) == [
        f"{FILE} wijst naar de publicatie 1, en niet naar publicatie 2",
        f"00002/{FILE} is veranderd",
    ]


@pytest.mark.parametrize("what", ["a file that was cut off", "a file overwritten", "a link that is gone"])
def test_a_night_still_knows_what_was_published_where_the_file_cannot_be_read(paths: DataPaths, what: str) -> None:
    for number in (1, 2):
        with duckdb.connect(str(free(ledger.folder_of(paths, number) / FILE))) as con:
            con.execute(f"create table marts.levering as select {number} as levering_nr, 'toegelaten' as oordeel")
    WHAT_READERS_SEE[what][0](paths)
    expected = 2 if what == "a link that is gone" else 1
    assert publishing.published_verdicts(paths) == {expected: "toegelaten"}


def test_a_folder_lists_what_any_tool_can_check(paths: DataPaths) -> None:
    folder = ledger.folder_of(paths, 2)
    listed = [line.split("  ") for line in (folder / checksums.LIST).read_text().splitlines()]
    assert [name for _, name in listed] == [f"parquet/{table}.parquet" for table in TABLES] + [FILE]
    assert all(checksums.of_file(folder / name) == checksum for checksum, name in listed)
    assert rows(paths, "select bestanden_sha256 from gebeurtenis where soort = 'bevestigd' and publicatie_nr = 2") == [
        (checksums.of_file(folder / checksums.LIST),)
    ]


def test_a_publication_killed_before_its_folder_has_a_number_leaves_nothing_that_counts(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(paths, 3)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "_audit", crash)
        patch.setattr(publishing, "_remove", lambda _: None)
        with pytest.raises(KeyboardInterrupt):
            publish(paths, TABLES)
    assert [folder.name for folder in sorted(paths.versions.iterdir())] == ["00001", "00002", "00003.nieuw"]
    assert publish(paths, TABLES).number == 3
    assert [folder.name for folder in sorted(paths.versions.iterdir())] == ["00001", "00002", "00003"]


# -- back to the publication before


def test_readers_see_the_publication_before_again_and_the_same_content_is_not_published_again(
    paths: DataPaths, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert main(["rollback", "--reden", "verkeerde levering"]) == 0
    assert figure(paths) == 1
    assert events(paths)[-1] == (2, "teruggezet")
    assert main(["ledger"]) == 0
    shown = capsys.readouterr().out
    assert "2 teruggezet op" in shown
    assert "verkeerde levering" in shown
    # The warehouse still holds what was taken back.
    again = publish(paths, TABLES)
    assert (again.number, again.is_new, figure(paths)) == (1, False, 1)
    assert "publicatie 2 is teruggezet (verkeerde levering), en wat nu is gebouwd is hetzelfde" in caplog.text
    build(paths, 3)
    assert (publish(paths, TABLES).number, figure(paths)) == (3, 3)
    assert ledger.examine(paths).faults == ()
    # What was taken back before the present one came is no reason any more: its figures may be right by now.
    build(paths, 2)
    assert (publish(paths, TABLES).number, figure(paths)) == (4, 2)


def test_a_roll_back_can_be_undone(paths: DataPaths) -> None:
    assert roll_back(paths, "verkeerde levering") == (2, 1)
    assert main(["rollback", "--ongedaan", "--reden", "toch goed"]) == 0
    assert (figure(paths), events(paths)[-1]) == (2, (2, "hersteld"))
    assert not publish(paths, TABLES).is_new
    with pytest.raises(ValueError, match="is er geen teruggezet"):
        undo_roll_back(paths, "nog eens")


def test_roll_backs_are_undone_in_the_order_in_which_they_came(paths: DataPaths) -> None:
    build(paths, 3)
    publish(paths, TABLES)
    assert (roll_back(paths, "een"), roll_back(paths, "twee")) == ((3, 2), (2, 1))
    with pytest.raises(ValueError, match="er staat geen eerdere publicatie meer"):
        roll_back(paths, "drie")
    assert figure(paths) == 1
    assert (undo_roll_back(paths, "twee"), undo_roll_back(paths, "een")) == ((1, 2), (2, 3))
    assert ledger.examine(paths).faults == ()


def test_a_roll_back_wants_a_reason_and_a_file_that_is_what_was_published(paths: DataPaths) -> None:
    with pytest.raises(ValueError, match="geef de reden"):
        roll_back(paths, " ")
    # It is published, so it is held to what a reason about a delivery is held to.
    for wrong, told in (("mevr. De Vries belde", "een naam"), ("regel een\nregel twee", "niet te lezen")):
        for act in (roll_back, undo_roll_back):
            with pytest.raises(ValueError, match=told):
                act(paths, wrong)
    free(ledger.folder_of(paths, 1) / FILE).write_text("iets anders")
    with pytest.raises(AuditError, match=r"publicatie 1 is niet meer wat is gepubliceerd: 00001/.* is veranderd"):
        roll_back(paths, "verkeerde levering")
    assert (figure(paths), events(paths)[-1]) == (2, (2, "bevestigd"))


def test_a_roll_back_that_was_killed_before_the_swap_is_finished_by_the_next_run(
    paths: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "_swap", crash)
        with pytest.raises(KeyboardInterrupt):
            roll_back(paths, "verkeerde levering")
    assert figure(paths) == 2
    assert (publishing.examine(paths), figure(paths)) == ([], 1)


def test_damage_to_what_was_gone_back_to_is_not_mended_by_what_was_taken_back(paths: DataPaths) -> None:
    roll_back(paths, "verkeerde levering")
    free(ledger.folder_of(paths, 1) / FILE).write_text("iets anders")
    with pytest.raises(AuditError, match="wat nu is gebouwd is de teruggezette publicatie 2"):
        publish(paths, TABLES)
    build(paths, 3)
    assert (publish(paths, TABLES).number, figure(paths)) == (3, 3)


# -- the form of the ledger

# As release 0.1.0 made it, typed over; the models knew the same columns.
BEFORE = """
create table gebeurtenis (
    gebeurtenis_nr integer primary key, publicatie_nr integer not null,
    soort varchar not null check (soort in ('voornemen', 'bevestigd', 'afgebroken', 'gereconstrueerd')),
    vastgelegd_op timestamp not null, peildatum date not null, vingerafdruk varchar, rekenwijze varchar not null,
    aantal_tabellen integer, aantal_rijen bigint, inhoud_sha256 varchar not null, vorige_sha256 varchar not null,
    sha256 varchar not null);
create table cijfer (publicatie_nr integer not null, indicator_code varchar not null, jaar integer not null,
    agenda_code varchar, realisatie decimal(18, 2), realisatie_status varchar, geen_realisatie_reden varchar,
    gedekt_tot date, definitie_versie varchar, lijst_versies varchar, streefcijfer decimal(18, 2),
    streefcijfer_besluit varchar, geen_streefcijfer_reden varchar);
create table bijstelling (publicatie_nr integer not null, vorige_publicatie_nr integer not null,
    indicator_code varchar not null, jaar integer not null, grootheid varchar not null, oorzaak_code varchar not null,
    waarde_van decimal(18, 2), waarde_naar decimal(18, 2), bijdrage decimal(18, 2));
create table stroom (publicatie_nr integer not null, vorige_publicatie_nr integer not null,
    indicator_code varchar not null, jaar integer not null, rol varchar not null, oorzaak_code varchar not null,
    erbij decimal(18, 2) not null, eraf decimal(18, 2) not null);
create table levering (publicatie_nr integer not null, levering_nr integer not null);
create table versieregel (publicatie_nr integer not null, lijst varchar not null, versie varchar not null,
    regel varchar not null);
create table telling (publicatie_nr integer not null, indicator_code varchar not null, jaar bigint,
    rol varchar not null, teleenheid varchar, waarde decimal(18, 2), levering_nr integer, record_nr bigint,
    regel_code varchar not null, telt_mee boolean);
create table stand (sleutel varchar not null, rekenwijze varchar not null, indicator_code varchar not null,
    jaar integer, stand_datum date not null, realisatie decimal(18, 2));
insert into cijfer (publicatie_nr, indicator_code, jaar, realisatie) values (1, 'proef', 2020, 481.00);
insert into levering values (1, 7);
insert into telling values (1, 'proef', 2020, 'teller', 'a', 1.00, 7, 1, 'telt', true);
insert into stand values ('s', 'rekenwijze', 'proef', 2020, '2021-01-15', 481.00);
insert into gebeurtenis values
    (1, 1, 'voornemen', '2026-11-25 03:00:00.5', '2021-03-01', 'afdruk', 'rekenwijze', 3, 9,
    '{content}', '{first}', '{intent}'),
    (2, 1, 'bevestigd', '2026-11-25 03:00:01', '2021-03-01', 'afdruk', 'rekenwijze', 3, 9,
    '{content}', '{intent}', '{confirmed}');
"""


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def before(tmp_path: Path) -> DataPaths:
    """A small ledger as the release before wrote it, with hashes that this test works out by itself."""
    paths = DataPaths(tmp_path)
    content = hashed('cijfer [1,"proef",2020,null,"481.00",null,null,null,null,null,null,null,null]\nlevering [1,7]\n')
    first = "0" * 64
    known = f'"2021-03-01","afdruk","rekenwijze",3,9,"{content}"'
    intent = hashed(f'[1,1,"voornemen","2026-11-25 03:00:00.500000",{known},"{first}"]')
    confirmed = hashed(f'[2,1,"bevestigd","2026-11-25 03:00:01.000000",{known},"{intent}"]')
    with duckdb.connect(str(paths.ledger)) as con:
        con.execute(BEFORE.format(content=content, first=first, intent=intent, confirmed=confirmed))
    return paths


def test_a_ledger_of_the_release_before_is_brought_into_this_form_and_every_published_row_stays(
    before: DataPaths, told: list[str]
) -> None:
    tables = ("cijfer", "levering", "telling", "stand")
    kept = {table: rows(before, f"from {table}") for table in tables}
    chain = rows(before, "from gebeurtenis order by 1")
    with ledger.read_ledger(before) as con:
        assert ledger.audit(con, before).faults == (), "also read as it is"
    found = ledger.examine(before)
    assert (found.events, found.rows, found.faults) == (2, 2, ())
    # What figures were by each state no event chained yet: it is counted again.
    kept["stand"] = []
    assert {table: rows(before, f"from {table}") for table in tables} == kept
    new = "telling_sha256, bestanden_sha256, reden, stand_sha256"
    assert rows(before, f"select * exclude ({new}) from gebeurtenis order by 1") == chain
    assert rows(before, "from vorm") == [(ledger_form.FORM,)]
    assert told == [], "nothing was taken away: it never had an anchor"
    assert ledger.examine(before).anchored == 2
    with pytest.raises(duckdb.ConstraintException):
        sql("insert into gebeurtenis select * replace (3 as gebeurtenis_nr, 'iets' as soort) from gebeurtenis limit 1")(
            before
        )


@pytest.mark.parametrize("table", ["gebeurtenis", "cijfer", "telling"])
def test_a_table_that_is_gone_from_a_ledger_of_the_release_before_is_damage(before: DataPaths, table: str) -> None:
    sql(f"drop table {table}")(before)
    with pytest.raises(LedgerError, match=f"is beschadigd: {table} ontbreekt"):
        ledger.examine(before)
    assert ("vorm",) not in rows(before, "select table_name from duckdb_tables()"), "nothing was changed"


def test_a_ledger_that_knew_no_other_key_comes_into_this_form_and_its_anchor_is_missed(
    before: DataPaths, told: list[str]
) -> None:
    with duckdb.connect(str(before.ledger)) as con:
        migrations.bring_to_form(con, ledger_form.SCHEMA, ledger_form.STEPS[:2], ledger_form.NAME)
    chain = rows(before, "from gebeurtenis order by 1")
    assert rows(before, "from vorm") == [(2,)]
    with ledger.read_ledger(before) as con:
        assert ledger.audit(con, before).faults == (), "also read as it is"
    with ledger.open_ledger(before):
        pass
    assert rows(before, "select * exclude (stand_sha256) from gebeurtenis order by 1") == chain
    assert rows(before, "from vorm") == [(4,)]
    assert len(told) == 1 and "het anker van het grootboek was er niet" in told[0]
    new = "9 as gebeurtenis_nr, 'omgesleuteld' as soort"
    sql(f"insert into gebeurtenis select * replace ({new}) from gebeurtenis limit 1")(before)


def test_a_ledger_of_a_later_release_is_refused_and_never_set_aside(paths: DataPaths) -> None:
    sql(f"update vorm set vorm = {ledger_form.FORM + 1}")(paths)
    whole = paths.ledger.read_bytes()
    for asked in (ledger.examine, lambda paths: ledger.resume(paths, "weg ermee")):
        with pytest.raises(LedgerError, match=r"heeft vorm 5, en deze versie \(.*\) kent vorm 4: een nieuwere versie"):
            asked(paths)
    assert main(["ledger"]) == 1
    assert paths.ledger.read_bytes() == whole


def test_what_was_published_by_the_release_before_is_known_by_what_it_holds(paths: DataPaths) -> None:
    sql("update gebeurtenis set bestanden_sha256 = null, telling_sha256 = null, stand_sha256 = null")(paths)
    rechain(paths)
    paths.anchor.unlink()
    sql(
        "drop table vorm",
        "alter table gebeurtenis drop stand_sha256",
        "alter table gebeurtenis drop bestanden_sha256",
        "alter table gebeurtenis drop telling_sha256",
        "alter table gebeurtenis drop reden",
        "alter table stand drop na_gebeurtenis_nr",
    )(paths)
    paths_of_files = ledger.folder_of(paths, 2) / FILE
    with duckdb.connect(str(free(paths_of_files))) as con:
        con.execute("update marts.fct_publicatie set keten_sha256 = null")
    assert not publish(paths, TABLES).is_new
    change_figure(paths)
    assert publish(paths, TABLES).number == 3
    assert figure(paths) == 2


@pytest.fixture
def with_states(paths: DataPaths) -> DataPaths:
    """Two states of which figures are kept, counted one after the other, and no publication since."""
    for key, figure_then in (("a", 100), ("b", 110)):
        day = date(2021, 1, 15)
        ask_for_states(paths, ("proef", day, key), counted={"proef": figure_then})
        with ledger.open_ledger(paths) as book:
            keep(book, paths, "zo", day)
    return paths


def test_what_figures_were_by_each_state_is_chained_as_it_is_written(with_states: DataPaths) -> None:
    assert rows(with_states, "select sleutel, realisatie, na_gebeurtenis_nr from stand order by 1") == [
        ("a", 100, 4),
        ("b", 110, 5),
    ]
    # It is of the newest publication, and says nothing of it.
    assert events(with_states)[-2:] == [(2, "geteld"), (2, "geteld")]
    assert ledger.examine(with_states).faults == ()
    with ledger.read_ledger(with_states) as book:
        assert [entry.number for entry in ledger.standing(book)] == [2, 1]
    build(with_states, 3)
    assert publish(with_states, TABLES).number == 3
    assert ledger.examine(with_states).faults == ()


@pytest.mark.parametrize(
    "change",
    [
        "update stand set realisatie = 101 where sleutel = 'b'",
        "update stand set realisatie = 101, na_gebeurtenis_nr = 99",
        "update stand set na_gebeurtenis_nr = 99",
        "update stand set na_gebeurtenis_nr = 6, realisatie = 101",
        "update stand set na_gebeurtenis_nr = null where sleutel = 'b'",
        "update stand set rekenwijze = 'vast'",
        "insert into stand select * replace ('c' as sleutel) from stand where sleutel = 'b'",
        "delete from stand where sleutel = 'b'",
        "delete from stand",
    ],
)
@pytest.mark.parametrize("is_published", [False, True], ids=["counted", "published since"])
def test_no_row_of_a_state_is_changed_added_or_taken_away_unseen(
    with_states: DataPaths, change: str, is_published: bool
) -> None:
    if is_published:
        build(with_states, 3)
        publish(with_states, TABLES)
    sql(change)(with_states)
    number = 7 if is_published else 6
    with pytest.raises(LedgerError, match=rf"gebeurtenis {number}: de cijfers volgens elke stand zijn na"):
        ledger.examine(with_states)
    assert main(["ledger"]) == 1
    assert "een nieuw grootboek begint" in ledger.resume(with_states, "kapot")
    assert ledger.examine(with_states).faults == ()


def test_states_of_which_no_event_tells_are_found(paths: DataPaths) -> None:
    sql("insert into stand values ('s', 'zo', 'proef', 2020, '2021-01-15', 1, 4)")(paths)
    with pytest.raises(LedgerError, match="gebeurtenis 3: de cijfers volgens elke stand zijn na"):
        ledger.examine(paths)


def test_a_ledger_without_a_publication_chains_states_too(tmp_path: Path) -> None:
    empty = DataPaths(tmp_path / "leeg")
    empty.data.mkdir()
    build(empty, 1)
    ask_for_states(empty, ("proef", date(2021, 1, 15), "a"), counted={"proef": 1})
    with ledger.open_ledger(empty) as book:
        keep(book, empty, "zo", date(2021, 1, 15))
        assert ledger.next_number(book) == 1
        assert (ledger.standing(book), ledger.newest_event(book)) == ([], None)
    assert events(empty) == [(0, "geteld")]
    assert ledger.examine(empty).faults == ()
    assert publish(empty, TABLES).number == 1


def test_states_that_an_earlier_form_left_unchained_are_counted_again(before: DataPaths) -> None:
    """Of form 3, as it was when models had counted all states anew and nothing was published since."""
    with duckdb.connect(str(before.ledger)) as con:
        migrations.bring_to_form(con, ledger_form.SCHEMA, ledger_form.STEPS[:3], ledger_form.NAME)
    sql(
        "update gebeurtenis set stand_sha256 = 'van eerdere rijen' where gebeurtenis_nr = 1",
        "update stand set na_gebeurtenis_nr = 2",
    )(before)
    rechain(before)
    assert ledger.examine(before).faults == ()
    assert rows(before, "from stand") == []


# -- what no release writes

STRANGE = {
    "a table": ("create table extra (a integer)", "tabel extra"),
    "a view": ("create view erbij as from cijfer", "view erbij"),
    "a schema with a table": ("create schema ander; create table ander.cijfer (a integer)", "schema ander"),
    "a macro in the place of a function": ("create macro sha256(x) as 'altijd goed'", "macro sha256"),
    "a sequence": ("create sequence teller", "reeks teller"),
    "a type": ("create type kleur as enum ('rood')", "type kleur"),
    "an index": ("create index snel on cijfer (jaar)", "index snel"),
    "a column": ("alter table cijfer add column extra integer", "kolom cijfer.extra"),
    "another type": (
        "alter table cijfer alter realisatie type varchar",
        r"cijfer.realisatie \(varchar, en niet decimal\(18,2\)\)",
    ),
    "a column that may be empty": (
        "alter table cijfer alter publicatie_nr drop not null",
        r"cijfer.publicatie_nr \(integer, en niet integer not null\)",
    ),
    "a value by itself": ("alter table cijfer alter realisatie set default 5", r"cijfer.realisatie \(.* default 5, en"),
    "a second form": ("insert into vorm values (1)", "2 rijen in vorm"),
}


@pytest.mark.parametrize("what", STRANGE)
def test_what_no_release_writes_is_found(paths: DataPaths, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    statement, message = STRANGE[what]
    sql(statement)(paths)
    held = paths.ledger.read_bytes()
    with pytest.raises(LedgerError, match=rf"iets dat de Veiligheidsagenda er niet in schrijft: .*{message}"):
        ledger.examine(paths)
    assert main(["ledger"]) == 1
    assert "Zoek uit wie dat deed" in " ".join(capsys.readouterr().out.split())
    assert paths.ledger.read_bytes() == held


STRAY = {
    "figures of a publication that is only declared": "insert into cijfer (publicatie_nr, indicator_code, jaar) "
    "select max(publicatie_nr), 'proef', 2020 from gebeurtenis where soort = 'hervat'",
    "rows behind the figures of a publication to come": "insert into telling by name "
    "select * replace (9 as publicatie_nr) from telling limit 1",
    "figures of number 0": "insert into cijfer (publicatie_nr, indicator_code, jaar) values (0, 'proef', 2020)",
}


@pytest.mark.parametrize("what", STRAY)
def test_no_row_stands_with_an_event_that_does_not_tell_of_it(paths: DataPaths, what: str) -> None:
    put_back(paths)
    ledger.resume(paths, "kopie teruggezet")
    assert ledger.examine(paths).faults == ()
    sql(STRAY[what])(paths)
    with pytest.raises(LedgerError, match=r"publicatie [039] heeft rijen en geen gebeurtenis die ze noemt"):
        ledger.examine(paths)
