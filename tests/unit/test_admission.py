"""The border in: verdicts per set, corrections, repetitions, refusals that are kept and offered again."""

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import duckdb
import pytest

from orchestration import admission, deliveries, register
from orchestration.decisions import withdraw
from orchestration.declarations import Extract
from orchestration.faults import MachineError
from orchestration.paths import ROOT
from orchestration.pseudonyms import Key
from orchestration.validation import Finding
from tests.unit.conftest import (
    ALONE,
    COLUMNS,
    GOOD,
    HEAD,
    OTHER,
    PAIR,
    Night,
    make_extract,
    no_objection,
    objection_to,
)

CHANGES = make_extract(
    delivery="mutaties",
    change_column="mutatie",
    deletion_code="V",
    columns=[*COLUMNS, {"name": "mutatie", "data_type": "varchar", "description": "Wat er veranderde."}],
)
CHANGED = HEAD.replace("bedrag", "bedrag;mutatie") + "1;a;01-01-2020;1;N\r\n"


def test_the_same_file_is_loaded_once(night: Night) -> None:
    night.put("proef/rijen_20200101.csv", GOOD)
    assert night.run().numbers == [1]
    assert night.run().numbers == []
    assert night.raw.sql("select count(*) from proef.rijen").fetchall() == [(1,)]


def test_the_same_content_under_another_name_is_no_delivery(night: Night) -> None:
    night.put("proef/rijen_20200101_ontvangen_20200102.csv", GOOD)
    night.run()
    night.put("proef/rijen_20200101_ontvangen_20200105.csv", GOOD)
    assert night.run().numbers == []


def test_what_repeats_is_not_read_again(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    night.put("proef/rijen_20200101_ontvangen_20200102.csv", GOOD)
    night.put("proef/rijen_20200101_ontvangen_20200105.csv", GOOD)
    night.run()
    monkeypatch.setattr(admission, "checksum", lambda file: pytest.fail(f"{file.name} is read again"))
    assert night.run().numbers == []
    night.touch("proef/rijen_20200101_ontvangen_20200105.csv")
    with pytest.raises(pytest.fail.Exception, match="is read again"):
        night.run()


def test_repetition_does_not_come_back_over_a_later_correction(night: Night) -> None:
    # Neither file says when it was received.
    night.put("proef/rijen_20200101.csv", GOOD)
    night.run()
    night.put("proef/rijen_20200101_volledig.csv", GOOD)
    night.run()
    night.put("proef/correctie.csv", OTHER)
    night.put("proef/correctie.csv.manifest.yml", "{extract: rijen, stand_datum: 2020-01-01}")
    assert night.run().numbers == [2]
    assert night.run().numbers == []
    night.touch("proef/rijen_20200101.csv")
    assert night.run().numbers == []
    assert night.verdicts() == [("rijen_20200101.csv", "toegelaten"), ("correctie.csv", "toegelaten")]


def test_repetition_becomes_a_correction_when_something_else_turns_out_to_lie_between(night: Night) -> None:
    night.put("proef/rijen_20200101_ontvangen_20200102.csv", GOOD)
    night.put("proef/rijen_20200101_ontvangen_20200106.csv", GOOD)
    assert night.run().numbers == [1]
    night.put("proef/rijen_20200101_ontvangen_20200104.csv", OTHER)
    assert night.run().numbers == [2, 3]
    assert [file for file, _ in night.verdicts()] == [
        "rijen_20200101_ontvangen_20200102.csv",
        "rijen_20200101_ontvangen_20200104.csv",
        "rijen_20200101_ontvangen_20200106.csv",
    ]


def test_what_came_after_a_withdrawn_correction_is_no_repetition(night: Night) -> None:
    # As of a day before the withdrawal the correction was in force, and then what corrected it.
    for received, text in (("02", GOOD), ("04", OTHER)):
        night.put(f"proef/rijen_20200101_ontvangen_202001{received}.csv", text)
    night.run()
    withdraw(night.raw, 2, "fout", "jansen")
    night.put("proef/rijen_20200101_ontvangen_20200106.csv", GOOD)
    assert night.run().numbers == [3]


def test_file_that_is_overwritten_and_put_back_is_delivered_three_times(night: Night) -> None:
    for text in (GOOD, OTHER, GOOD):
        night.put("proef/rijen_20200101.csv", text)
        night.run()
    assert night.verdicts() == [("rijen_20200101.csv", "toegelaten")] * 3


def test_same_content_for_another_day_or_of_another_kind_is_another_delivery(night: Night) -> None:
    changes = {("proef", "rijen"): CHANGES}
    for name in ("rijen_20200101_volledig", "rijen_20200101", "rijen_20200201"):
        night.put(f"proef/{name}.csv", CHANGED)
        night.run(changes)
    assert len(night.verdicts()) == 3


def test_mended_manifest_makes_another_delivery(night: Night) -> None:
    night.put("proef/tabel.csv", GOOD)
    for stand in ("2020-01-01", "2020-02-01"):
        night.put("proef/tabel.csv.manifest.yml", f"{{extract: rijen, stand_datum: {stand}}}")
        night.run()
    assert [row.stand_datum.month for row in register.deliveries(night.raw)] == [1, 2]


def test_content_that_returns_after_a_correction_is_a_correction(night: Night) -> None:
    for received, text in (("0102", GOOD), ("0103", OTHER), ("0104", GOOD)):
        night.put(f"proef/rijen_20200101_ontvangen_2020{received}.csv", text)
        night.run()
    assert [verdict for _, verdict in night.verdicts()] == ["toegelaten"] * 3


def test_refused_file_is_kept_and_does_not_stop_the_others(night: Night) -> None:
    night.put("proef/rijen_20200101.csv", "id;naam\r\n1;a\r\n")
    night.put("proef/rijen_20200201.csv", GOOD)
    night.run()
    assert night.verdicts() == [("rijen_20200101.csv", "geweigerd"), ("rijen_20200201.csv", "toegelaten")]
    assert "ontbreekt: dag, bedrag" in (register.deliveries(night.raw, [1])[0].reason or "")
    assert (night.inbox / "proef/rijen_20200101.csv").exists()
    assert night.run().numbers == [], "it is not tried again every night"


def test_partner_of_a_refused_delivery_is_held_and_admitted_with_the_next(night: Night) -> None:
    night.put("paar/kop_20200101_ontvangen_20200102.csv", GOOD)
    night.put("paar/staart_20200101_ontvangen_20200102.csv", GOOD)
    night.run(PAIR, objection_to("staart"))
    assert [verdict for _, verdict in night.verdicts()] == ["aangehouden", "geweigerd"]
    assert "hoort bij staart" in (register.deliveries(night.raw, [1])[0].reason or "")
    night.put("paar/kop_20200101_ontvangen_20200103.csv", GOOD)
    night.put("paar/staart_20200101_ontvangen_20200103.csv", OTHER)
    night.run(PAIR)
    assert [verdict for _, verdict in night.verdicts()] == ["aangehouden", "geweigerd", "toegelaten", "toegelaten"]


def test_set_is_received_and_numbered_as_one(night: Night) -> None:
    night.put("paar/kop_20200101.csv", GOOD)
    night.put("paar/staart_20200101.csv", GOOD)
    night.run(PAIR)
    night.put("paar/staart_20200101.csv", OTHER)
    night.run(PAIR)
    rows = night.raw.sql("select set_nr, ontvangen_op from leveringen.levering order by levering_nr").fetchall()
    assert [number for number, _ in rows] == [1, 1, 3, 3], "the half that did not change comes along"
    assert len({received for _, received in rows}) == 2


def test_set_repeats_only_as_a_whole(night: Night) -> None:
    for received, tail in (("20200102", GOOD), ("20200103", OTHER), ("20200104", OTHER)):
        night.put(f"paar/kop_20200101_ontvangen_{received}.csv", GOOD)
        night.put(f"paar/staart_20200101_ontvangen_{received}.csv", tail)
    assert night.run(PAIR).numbers == [1, 2, 3, 4]
    assert night.run(PAIR).numbers == []


def test_interrupted_night_leaves_no_half_of_a_set_in_force(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    decide = register.decide

    def crash_at_the_second(con: duckdb.DuckDBPyConnection, number: int, *rest: Any) -> None:
        if number == 2:
            raise KeyboardInterrupt
        decide(con, number, *rest)

    night.put("paar/kop_20200101.csv", GOOD)
    night.put("paar/staart_20200101.csv", GOOD)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(register, "decide", crash_at_the_second)
        night.run(PAIR)
    assert [verdict for _, verdict in night.verdicts()] == [None, None]
    night.run(PAIR)
    assert [verdict for _, verdict in night.verdicts()] == ["toegelaten", "toegelaten"]


def test_small_deliveries_are_handled_by_one_thread_and_large_ones_by_all(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def look(con: duckdb.DuckDBPyConnection, _: Extract) -> Sequence[Finding]:
        seen.extend(con.sql("select current_setting('threads')").fetchall()[0])
        return []

    night.raw.execute("set threads = 3")
    night.put("proef/rijen_20200101.csv", GOOD)
    night.run(judge=look)
    monkeypatch.setattr(admission, "DIVIDED_FROM_BYTES", len(OTHER) - 1)
    night.put("proef/rijen_20200201.csv", OTHER)
    night.run(judge=look)
    assert seen == [1, 3]
    assert night.raw.sql("select current_setting('threads')").fetchall() == [(3,)]


def test_what_was_found_about_a_set_stands_in_the_register_with_its_verdict(night: Night) -> None:
    night.put("paar/kop_20200101.csv", GOOD)
    night.put("paar/staart_20200101.csv", GOOD)
    night.run(PAIR, objection_to("staart"))
    rows = night.raw.sql(
        "select levering_nr, controle, ernst, is_voldaan, gevonden, aantal_afwijkend, aantal_bekeken, "
        "voorbeelden::varchar from leveringen.bevinding where controle = 'regel' order by levering_nr"
    ).fetchall()
    assert rows == [
        (1, "regel", "critical", True, "1 afwijking: record 1", 0, 1, "[]"),
        (2, "regel", "critical", False, "1 afwijking: record 1", 1, 1, "[]"),
    ]


def test_too_many_set_aside_records_refuse_the_delivery(night: Night) -> None:
    rows = "".join(f"{n};a;31-02-2020;1\r\n" for n in range(3)) + "4;a;01-01-2020;1\r\n"
    night.put("proef/rijen_20200101.csv", HEAD + rows)
    night.run({("proef", "rijen"): make_extract(max_set_aside_pct=74)})
    row = register.deliveries(night.raw)[0]
    assert (row.verdict, row.set_aside) == ("geweigerd", 3)
    assert "3 van 4 records (75,0%)" in (row.reason or "")


@pytest.mark.parametrize("end", ["", "\r\n"])
def test_a_file_that_ends_in_its_last_value_is_admitted_with_a_warning(night: Night, end: str) -> None:
    night.put("proef/rijen_20200101.csv", HEAD + "1;a;01-01-2020;12" + end)
    night.run()
    assert night.verdicts() == [("rijen_20200101.csv", "toegelaten")]
    found = night.raw.sql(
        "select controle, ernst, is_voldaan from leveringen.bevinding where not is_voldaan"
    ).fetchall()
    assert found == ([] if end else [("laatste_regel_zonder_einde", "warning", False)])
    told = register.noticed(night.raw, [1])
    assert [(number, "zonder regeleinde" in text) for number, _, text in told] == ([] if end else [(1, True)])


def test_interrupted_night_leaves_a_candidate_that_the_next_one_judges(night: Night) -> None:
    def crash(_: duckdb.DuckDBPyConnection, __: Extract) -> Sequence[Finding]:
        raise KeyboardInterrupt

    night.put("proef/rijen_20200101.csv", GOOD)
    with pytest.raises(KeyboardInterrupt):
        night.run(judge=crash)
    assert night.verdicts() == [("rijen_20200101.csv", None)]
    assert night.run().numbers == [1]
    assert night.verdicts() == [("rijen_20200101.csv", "toegelaten")]
    assert night.raw.sql("select count(*) from proef.rijen").fetchall() == [(1,)]


def test_what_an_interrupted_night_left_is_still_refused_for_what_was_set_aside(night: Night) -> None:
    def crash(*_: object) -> Sequence[Finding]:
        raise KeyboardInterrupt

    declared = {("proef", "rijen"): make_extract(max_set_aside_pct=100)}
    night.put("proef/rijen_20200101.csv", HEAD + "1;a;31-02-2020;1\r\n2;a;01-01-2020;1\r\n")
    with pytest.raises(KeyboardInterrupt):
        night.run(declared, judge=crash)
    night.run({("proef", "rijen"): make_extract(max_set_aside_pct=49)})
    told = "1 van 2 records (50,0%) passen niet, meer dan de afgesproken 49%"
    assert register.deliveries(night.raw, [1])[0].reason == told
    assert register.first_set_aside(night.raw, 1) == [
        "record 1, dag '31-02-2020': verwacht een bestaande dag als 31-12-2020"
    ]


def test_half_a_set_that_an_interrupted_night_left_is_received_with_its_other_half(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = admission.load

    def crash_at_the_second(con: duckdb.DuckDBPyConnection, delivery: Any, *rest: Any) -> Any:
        if delivery.extract.name == "staart":
            raise KeyboardInterrupt
        return load(con, delivery, *rest)

    night.put("paar/kop_20200101.csv", GOOD)
    night.put("paar/staart_20200101.csv", GOOD)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(admission, "load", crash_at_the_second)
        night.run(PAIR)
    assert night.verdicts() == [("kop_20200101.csv", None)]
    numbers = night.run(PAIR).numbers
    received = night.raw.execute(
        "select distinct ontvangen_op from leveringen.levering where list_contains(?, levering_nr)", [numbers]
    ).fetchall()
    assert (len(numbers), len(received)) == (2, 1), "as of a moment it is there as a whole or not at all"


def test_what_an_interrupted_night_could_not_read_is_read_by_the_next(night: Night) -> None:
    night.put("proef/rijen_20200101.csv", "geen;kolommen\r\n")
    night.run()
    # As if the night had been killed between the two.
    night.raw.execute("delete from leveringen.oordeel")
    arrivals = night.run()
    assert (len(arrivals.numbers), arrivals.waiting) == (1, [])
    last = register.deliveries(night.raw)[-1]
    assert last.verdict == "geweigerd"
    assert "hier staan geen koppen die zijn afgesproken" in str(last.reason)


def test_a_file_that_repeated_another_and_then_became_a_delivery_is_settled(night: Night) -> None:
    night.put("proef/rijen_20200101_ontvangen_20200102.csv", GOOD)
    night.put("proef/rijen_20200101_ontvangen_20200104.csv", GOOD)
    assert night.run().numbers == [1]
    # What was received in between makes the second a correction of it.
    night.put("proef/rijen_20200101_ontvangen_20200103.csv", OTHER)
    assert night.run().numbers == [2, 3]
    repetitions = "from leveringen.herhaling"
    before = night.raw.sql(repetitions).fetchall()
    assert night.run().numbers == []
    assert night.raw.sql(repetitions).fetchall() == before, "it is not looked at again"


PERSONAL = {("proef", "rijen"): make_extract(columns=[*COLUMNS[:1], COLUMNS[1] | {"personal": True}, *COLUMNS[2:]])}


def test_real_personal_data_wait_for_a_key(night: Night) -> None:
    night.put("proef/rijen_20200101.csv", GOOD)
    arrivals = night.run(PERSONAL)
    assert "VEILIGHEIDSAGENDA_SLEUTEL is niet gezet" in arrivals.waiting[0].reason
    assert night.verdicts() == []
    night.run(PERSONAL, key=Key(b"k" * 32))
    assert night.verdicts() == [("rijen_20200101.csv", "toegelaten")]


@pytest.mark.parametrize(
    ("name", "key", "told"),
    [
        ("proef/demo_rijen_20200201.csv", Key(b"k" * 32), "deze datamap bevat al echte gegevens"),
        ("ander/demo_rijen_20200201.csv", Key(b"k" * 32), "deze datamap bevat al echte gegevens"),
        ("proef/rijen_20200201.csv", Key(b"l" * 32), "met een andere sleutel geladen"),
    ],
    ids=["demo beside real", "demo beside real of another registration", "another key"],
)
def test_demo_and_real_rows_and_two_keys_never_mix(night: Night, name: str, key: Key, told: str) -> None:
    both = PERSONAL | {("ander", "rijen"): make_extract(registration="ander")}
    night.put("proef/rijen_20200101.csv", GOOD)
    night.run(both, key=Key(b"k" * 32))
    night.put(name, OTHER)
    (left,) = night.run(both, key=key).waiting
    assert told in left.reason
    assert night.verdicts() == [("rijen_20200101.csv", "toegelaten")]
    assert night.raw.sql("select registratie, bestand, reden from leveringen.blijft_liggen").fetchall() == [
        (left.file.parent.name, left.file.name, left.reason)
    ]


def test_another_key_is_told_what_it_would_cost(night: Night) -> None:
    for month in (1, 2, 3):
        night.put(f"proef/rijen_2020010{month}.csv", GOOD.replace(";1\r", f";{month}\r"))
        night.run(PERSONAL, key=Key(b"k" * 32))
    night.put("proef/rijen_20200201.csv", OTHER)
    (left,) = night.run(PERSONAL, key=Key(b"l" * 32)).waiting
    told = (
        "proef is met een andere sleutel geladen (levering 1 tot en met 3), en onder elke sleutel is dezelfde persoon "
        "een ander; zet de sleutel van toen"
    )
    alls = ", of breng alles onder de nieuwe met make rekey: de bestanden liggen alle in de inbox"
    assert left.reason == told + alls
    for day in (1, 2):
        (night.inbox / "proef" / f"rijen_2020010{day}.csv").unlink()
    (left,) = night.run(PERSONAL, key=Key(b"l" * 32)).waiting
    gone = (
        ". make rekey brengt alles onder de nieuwe; van levering 1, 2 liggen die bestanden niet meer in de inbox, en "
        "wat alleen daarin stond moet er dan eerst weer liggen"
    )
    assert left.reason == f"{told}{gone}"
    assert Key(b"k" * 32).fingerprint not in left.reason, "it is published"


@pytest.mark.parametrize("key", [None, Key(b"k" * 32)], ids=["no key yet", "a key"])
def test_the_first_real_file_beside_demo_data_is_told_the_way_out(night: Night, key: Key | None) -> None:
    night.put("proef/demo_rijen_20200101.csv", GOOD)
    night.run(PERSONAL)
    night.put("proef/rijen_20200201.csv", OTHER)
    (left,) = night.run(PERSONAL, key=key).waiting
    assert left.reason == (
        "is echt, en deze datamap bevat al fictieve gegevens; die gaan niet samen: zet het in een eigen, lege datamap "
        "(VEILIGHEIDSAGENDA_DATA=/pad/naar/map make nightly; README, From demo to real data)"
    )
    heading = "## " + left.reason.rpartition("README, ")[2].rstrip(")")
    assert heading in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()


def test_no_original_of_a_personal_value_is_kept(night: Night) -> None:
    secret = "Vertrouwelijk"
    night.put("proef/rijen_20200101.csv", HEAD + f"1;{secret};01-01-2020;1\r\nx;{secret};{secret};1\r\n")
    night.run(PERSONAL, key=Key(b"k" * 32))
    night.raw.execute("checkpoint")
    night.raw.close()
    database = night.inbox.parent / "raw.duckdb"
    assert secret.encode() not in database.read_bytes()
    assert list(night.scratch.iterdir()) == []


SECRET = "Vertrouwelijk-123456782"


def broken(kind: type[Exception], *words: object) -> Callable[..., Any]:
    """Something that raises as a library does: with delivered text in its words."""

    def act(*_: object, **__: object) -> Any:
        raise kind(*(words or (f"regel 1: {SECRET}",)))

    return act


@contextmanager
def breaking(place: Any, name: str, act: Callable[..., Any], only: str = "slecht") -> Iterator[None]:
    """Break a function for whatever mentions one registration, and for nothing else."""
    real = getattr(place, name)

    def either(*words: Any, **named: Any) -> Any:
        told = [str(getattr(word, "delivery", word)) for word in words if not isinstance(word, (dict, list))]
        return (act if only in " ".join(told) else real)(*words, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, name, either)
        yield


BOTH = ALONE | {("slecht", "rijen"): make_extract(registration="slecht")}
# Where it breaks, and what becomes of the file: refused where it is a delivery, left where it is none yet.
PLACES: dict[str, tuple[Any, str, str]] = {
    "look at the name": (deliveries, "_check_name", "blijft liggen"),
    "read the facts": (deliveries, "_read_delivery", "blijft liggen"),
    "checksum": (admission, "checksum", "blijft liggen"),
    "look up the past": (admission.Past, "of", "blijft liggen"),
    "prepare": (admission, "prepared", "geweigerd"),
    "load": (admission, "load", "geweigerd"),
    "judge": (admission, "validate_extract", "geweigerd"),
    "write the verdict": (admission, "_decide", "geweigerd"),
}
KINDS = [ValueError, TypeError, RecursionError, MemoryError, AssertionError, duckdb.InvalidInputException]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", PLACES)
def test_whatever_is_raised_at_one_delivery_is_the_end_of_that_one_alone(
    night: Night, where: str, kind: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    place, name, outcome = PLACES[where]
    for registration in ("proef", "slecht", "zonder"):
        night.put(f"{registration}/rijen_20200101.csv", GOOD)
    # What comes after it in the order of arrival.
    night.put("proef/rijen_20200301.csv", OTHER)
    written = []

    def once(*words: Any, **named: Any) -> Any:
        # What cannot be written once, with its findings, can be written as a refusal.
        if where == "write the verdict" and written:
            return real(*words, **named)
        written.append(1)
        return broken(kind)()

    real = getattr(place, name)
    judge = (lambda con, extract: admission.validate_extract(con, extract)) if where == "judge" else no_objection
    if where == "judge":

        def once_of_the_bad(_: object, extract: Extract) -> object:
            return broken(kind)() if extract.registration == "slecht" else []

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(admission, "validate_extract", once_of_the_bad)
            arrivals = night.run(BOTH, judge)
    else:
        with breaking(place, name, once):
            arrivals = night.run(BOTH, judge)
    found = {(row.registration, row.file): row for row in register.deliveries(night.raw)}
    for file in ("rijen_20200101.csv", "rijen_20200301.csv"):
        assert found["proef", file].verdict == "toegelaten"
    left = {str(waiting.file.relative_to(night.inbox)): waiting.reason for waiting in arrivals.waiting}
    if outcome == "geweigerd":
        assert found["slecht", "rijen_20200101.csv"].verdict == "geweigerd"
        reason = found["slecht", "rijen_20200101.csv"].reason or ""
    else:
        assert ("slecht", "rijen_20200101.csv") not in found
        reason = left["slecht/rijen_20200101.csv"]
    assert "onverwachte fout" in reason or (kind is MemoryError and "past niet in het geheugen" in reason)
    told = caplog.text + reason
    assert SECRET not in told, "an error of a library quotes what was delivered"
    assert f"{kind.__module__}.{kind.__qualname__}" in caplog.text, "the log says what kind of error it was"
    # Nothing of it is left behind, and the connection works.
    assert list(night.scratch.iterdir()) == []
    assert night.raw.sql("select table_name from duckdb_tables() where temporary").fetchall() == []
    in_raw = 0 if where in ("judge", "write the verdict") else None
    rows = night.raw.sql("select count(*) from slecht.rijen").fetchall()[0][0]
    assert rows == (1 if in_raw == 0 else 0), "its transaction is gone where it was not loaded"
    night.put("proef/rijen_20200401.csv", GOOD)
    assert len(night.run(BOTH).numbers) == (1 if outcome == "geweigerd" else 2), "what was left is looked at again"


@pytest.mark.parametrize(
    ("error", "stops"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EMFILE, "Too many open files"), True),
        (PermissionError(errno.EACCES, "Permission denied", "/data/tmp/x"), True),
        (duckdb.FatalException("database has been invalidated"), True),
        (duckdb.IOException('Could not write file "/data/raw.duckdb.wal"'), True),
        (duckdb.OutOfMemoryException("failed to offload: No space left on device"), True),
        (ImportError("great_expectations"), True),
        (duckdb.OutOfMemoryException("could not allocate"), False),
        (duckdb.IOException('Input is not a GZIP stream: "{file}"'), False),
        (duckdb.IOException('Cannot open file "/data/tmp/tmp1/levering.csv"'), False),
        (OSError(errno.EIO, "Input/output error"), False),
    ],
    ids=str,
)
def test_a_machine_that_fails_stops_the_night_and_a_delivery_does_not(
    night: Night, error: Exception, stops: bool
) -> None:
    night.put("slecht/rijen_20200101.csv", GOOD)
    file = night.inbox / "slecht/rijen_20200101.csv"
    if "{file}" in str(error):
        error = type(error)(str(error).format(file=file))
    night.put("proef/rijen_20200101.csv", GOOD)

    def act(*_: object) -> None:
        raise error

    with breaking(admission, "load", act):
        if stops:
            with pytest.raises(type(error)):
                night.run(BOTH)
            assert ("rijen_20200101.csv", "geweigerd") not in night.verdicts()
        else:
            night.run(BOTH)
            assert ("rijen_20200101.csv", "toegelaten") in night.verdicts()


def test_a_register_in_which_nothing_can_be_written_stops_the_night(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    night.put("proef/rijen_20200101.csv", GOOD)
    monkeypatch.setattr(register, "decide", broken(duckdb.InternalException))
    with pytest.raises(MachineError, match="het register van leveringen is niet te beschrijven"):
        night.run()


def test_a_transaction_that_cannot_be_rolled_back_hides_nothing(night: Night) -> None:
    with pytest.raises(ZeroDivisionError), register.whole(night.raw):
        night.raw.execute("rollback")
        raise ZeroDivisionError
    night.put("proef/rijen_20200101.csv", GOOD)
    assert night.run().numbers == [1]


def test_a_broken_transaction_is_the_end_of_one_delivery(night: Night) -> None:
    night.put("slecht/rijen_20200101.csv", GOOD)
    night.put("proef/rijen_20200101.csv", GOOD)

    def abort(con: duckdb.DuckDBPyConnection, *_: object) -> None:
        con.execute("create temp table geleverd as select 1")
        try:
            con.execute("select error('midden in het lezen')")
        finally:
            # As a finally of the loader does: it hides what was the matter.
            con.execute("drop table temp.geleverd")

    with breaking(admission, "load", abort):
        night.run(BOTH)
    assert sorted(night.verdicts(), key=str) == [
        ("rijen_20200101.csv", "geweigerd"),
        ("rijen_20200101.csv", "toegelaten"),
    ]


@pytest.mark.parametrize("which", ["kop", "staart"])
def test_a_set_of_which_one_file_cannot_be_read_is_left_as_a_whole(night: Night, which: str) -> None:
    for name in ("kop", "staart"):
        night.put(f"paar/{name}_20200101.csv", GOOD)
    error = PermissionError(errno.EACCES, "Permission denied", str(night.inbox / f"paar/{which}_20200101.csv"))

    def act(*_: object) -> None:
        raise error

    with breaking(admission, "checksum", act, only=f"{which}_20200101"):
        arrivals = night.run(PAIR)
    other = "staart" if which == "kop" else "kop"
    assert {left.file.name: left.reason for left in arrivals.waiting} == {
        f"{which}_20200101.csv": "mag niet worden gelezen; geef de gebruiker van deze run leesrecht",
        f"{other}_20200101.csv": f"hoort bij {which}, dat blijft liggen",
    }
    assert night.verdicts() == []
    assert night.run(PAIR).numbers == [1, 2]


def test_a_set_of_which_one_file_fails_is_held_for_the_other(night: Night) -> None:
    for name in ("kop", "staart"):
        night.put(f"paar/{name}_20200101.csv", GOOD)
    with breaking(admission, "load", broken(ValueError), only="staart_20200101"):
        night.run(PAIR)
    assert [verdict for _, verdict in night.verdicts()] == ["aangehouden", "geweigerd"]


def test_a_file_that_changes_while_it_is_read_is_left(night: Night) -> None:
    night.put("proef/rijen_20200101.csv", GOOD)
    real = admission.load

    def load(*words: Any) -> Any:
        (night.inbox / "proef/rijen_20200101.csv").write_bytes(OTHER.encode())
        return real(*words)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(admission, "load", load)
        (left,) = night.run().waiting
    assert left.reason == "is veranderd terwijl het werd gelezen; de volgende run leest het opnieuw"
    assert night.verdicts() == []
    assert night.raw.sql("select count(*) from proef.rijen").fetchall() == [(0,)]
    night.touch("proef/rijen_20200101.csv")
    night.run()
    assert night.raw.sql("select naam from proef.rijen").fetchall() == [("b",)]


def test_other_content_of_the_same_size_and_age_is_loaded(night: Night) -> None:
    night.put("proef/rijen_20200101.csv", GOOD)
    night.run()
    file = night.inbox / "proef/rijen_20200101.csv"
    seen = file.stat()
    file.write_bytes(OTHER.encode())
    os.utime(file, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (seen.st_size, seen.st_mtime_ns)
    assert night.run().numbers == [2]
    assert night.run().numbers == []
    assert night.raw.sql("select naam from proef.rijen order by levering_nr").fetchall() == [("a",), ("b",)]


def test_a_copied_inbox_is_read_once_and_delivers_nothing(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    night.put("proef/rijen_20200101.csv", GOOD)
    night.put("proef/rijen_20200201.csv", HEAD)
    night.run()
    shutil.copytree(night.inbox, night.inbox.with_name("kopie"))
    night.inbox = night.inbox.with_name("kopie")
    assert night.run().numbers == []
    monkeypatch.setattr(admission, "checksum", lambda file: pytest.fail(f"{file.name} is read again"))
    assert night.run().numbers == []
    assert night.verdicts() == [("rijen_20200101.csv", "toegelaten"), ("rijen_20200201.csv", "geweigerd")]


def test_an_older_register_knows_its_files(night: Night) -> None:
    night.put("proef/rijen_20200101.csv", GOOD)
    night.put("proef/rijen_20200101_volledig.csv", GOOD)
    night.run()
    for table in ("levering", "herhaling"):
        night.raw.execute(f"update leveringen.{table} set bestand_veranderd_ns = null, feiten = null")
    assert night.run().numbers == []
    assert night.verdicts() == [("rijen_20200101.csv", "toegelaten")]


MANIFEST = "proef/tabel.csv.manifest.yml"


@pytest.mark.parametrize(
    ("first", "mended"),
    [
        ("aantal_records: 9", "aantal_records: 1"),
        (f"sha256: {'0' * 64}", ""),
        ("aantal_records: 9, ontvangen_op: 2020-01-05", "ontvangen_op: 2020-01-05"),
    ],
)
def test_a_refused_file_with_a_mended_manifest_is_looked_at_again(night: Night, first: str, mended: str) -> None:
    night.put("proef/tabel.csv", GOOD)
    for facts in (first, first, mended, mended):
        night.put(MANIFEST, f"{{extract: rijen, stand_datum: 2020-01-01, {facts}}}")
        night.run()
    assert night.verdicts() == [("tabel.csv", "geweigerd"), ("tabel.csv", "toegelaten")]


def test_a_mended_date_of_receipt_is_kept_and_read_once(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    night.put("proef/tabel.csv", GOOD)
    for day in ("05", "03"):
        night.put(MANIFEST, f"{{extract: rijen, stand_datum: 2020-01-01, ontvangen_op: 2020-01-{day}}}")
        night.run()
    received = night.raw.sql("select ontvangen_op from leveringen.levering order by levering_nr").fetchall()
    assert received == [(datetime(2020, 1, 5),), (datetime(2020, 1, 3),)]
    monkeypatch.setattr(admission, "checksum", lambda file: pytest.fail(f"{file.name} is read again"))
    assert night.run().numbers == []


def test_a_checksum_in_capitals_is_the_same_checksum(night: Night) -> None:
    night.put("proef/tabel.csv", GOOD)
    capitals = admission.checksum(night.inbox / "proef/tabel.csv").upper()
    night.put(MANIFEST, f"{{extract: rijen, stand_datum: 2020-01-01, sha256: ' {capitals} '}}")
    night.run()
    assert night.verdicts() == [("tabel.csv", "toegelaten")]


def test_a_refusal_does_not_name_its_file(night: Night) -> None:
    night.put("proef/rijen_20200101.csv", "id;naam\r\n1;a\r\n")
    night.run()
    reason = register.deliveries(night.raw)[0].reason or ""
    assert reason.startswith("regel 1: ")
    assert "rijen_20200101.csv" not in reason


def test_what_is_left_is_the_present_state_and_is_new_once(night: Night) -> None:
    night.put("proef/vreemd.csv", GOOD)
    night.put("rijen_20200101.csv", GOOD)
    night.put("proef/rijen_20200101.csv.part", GOOD)

    def kept() -> list[tuple]:
        return night.raw.sql("select registratie, bestand from leveringen.blijft_liggen order by bestand").fetchall()

    first = night.run()
    assert {left.file.name for left in first.newly_left} == {"vreemd.csv", "rijen_20200101.csv"}
    # Of a name that nobody agreed on readers see its kind.
    assert kept() == [("proef", "aaaaaa.aaa"), (None, "rijen_20200101.csv")]
    since = night.raw.sql("select gezien_op from leveringen.blijft_liggen order by all").fetchall()
    second = night.run()
    assert (len(second.waiting), second.newly_left) == (3, [])
    assert night.raw.sql("select gezien_op from leveringen.blijft_liggen order by all").fetchall() == since
    (night.inbox / "proef/vreemd.csv").unlink()
    night.put("proef/rijen_20201301.csv", GOOD)
    assert [left.file.name for left in night.run().newly_left] == ["rijen_20201301.csv"]
    assert kept() == [(None, "rijen_20200101.csv"), ("proef", "rijen_20201301.csv")]


def test_one_registration_by_itself_says_nothing_of_the_others(night: Night) -> None:
    for name in ("slecht/rijen_20200101.csv", "slecht/vreemd.csv", "onbekend/x.csv", "los.csv"):
        night.put(name, GOOD)
    night.run(BOTH)
    night.put("proef/rijen_20200101.csv", GOOD)
    night.put("proef/vreemd.csv", GOOD)
    night.put("slecht/rijen_20200201.csv", OTHER)
    arrivals = admission.admit_deliveries(
        night.raw, night.inbox, night.scratch, BOTH, None, no_objection, only={"proef"}
    )
    assert [left.file.name for left in arrivals.waiting] == ["vreemd.csv"]
    assert arrivals.numbers == [2]
    kept = night.raw.sql("select bestand from leveringen.blijft_liggen order by registratie, bestand").fetchall()
    assert [name for (name,) in kept] == ["aaaaaa.aaa", "aaaaaa.aaa", "aaa.aaa", "aaaaaaaa"]


def test_the_number_of_a_person_in_a_name_is_shown_nowhere(night: Night, caplog: pytest.LogCaptureFixture) -> None:
    night.put("proef/aangifte 123456782 Jansen.csv", GOOD)
    night.put("proef/0612345678/x.csv", GOOD)
    night.put("0612345678.csv", GOOD)
    night.put("proef/aangifte 123456782 Jansen.csv.manifest.yml", "{extract: rijen")
    told = " ".join(map(str, night.run().waiting))
    assert "proef/aangifte 999999999 Jansen.csv: de naam bevat een getal" in told
    kept = str(night.raw.sql("from leveringen.blijft_liggen").fetchall())
    for text in (told, kept, caplog.text):
        assert not any(number in text for number in ("123456782", "0612345678"))
    assert "Jansen" not in kept


def test_a_day_to_come_is_written_down(night: Night) -> None:
    night.put("proef/rijen_29990101.csv", GOOD)
    night.run()
    assert night.raw.sql("select wacht_tot from leveringen.blijft_liggen").fetchall() == [(date(2999, 1, 1),)]


KILLED = """
import os, signal, sys
from pathlib import Path
import duckdb
from orchestration import admission
from tests.unit.conftest import ALONE, no_objection
folder = Path(sys.argv[1])
admission.load = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
admission.admit_deliveries(
    duckdb.connect(str(folder / "raw.duckdb")), folder / "leveringen", folder / "tmp", ALONE, None, no_objection
)
"""


def test_the_plain_copy_that_a_killed_run_leaves_is_gone_after_the_next(night: Night) -> None:
    night.put("proef/rijen_20200101.csv", HEAD + f"1;{SECRET};01-01-2020;1\r\n")
    night.raw.close()
    done = subprocess.run([sys.executable, "-c", KILLED, str(night.inbox.parent)], cwd=ROOT, timeout=60)
    assert done.returncode == -9
    copies = [file for file in night.scratch.rglob("*") if file.is_file()]
    assert any(SECRET.encode() in file.read_bytes() for file in copies), "the test kills where there is a copy"
    night.raw = duckdb.connect(str(night.inbox.parent / "raw.duckdb"))
    assert night.run(ALONE).numbers == [1]
    assert list(night.scratch.iterdir()) == []
    assert night.raw.sql("select count(*) from proef.rijen").fetchall() == [(1,)]


def test_what_does_not_fit_in_memory_spills_where_the_next_run_clears(night: Night) -> None:
    night.run()
    assert night.raw.sql("select current_setting('temp_directory')").fetchall() == [(str(night.scratch),)]


def test_findings_that_cannot_be_written_refuse_the_delivery(night: Night) -> None:
    def judge(*_: object) -> Sequence[Finding]:
        return [Finding("regel", "iets", "warning", True, "iets", "iets", 0, 1, [{"waarde": object()}])]

    night.put("proef/rijen_20200101.csv", GOOD)
    with pytest.raises(TypeError):
        json.dumps(object())
    night.run(judge=judge)
    assert night.verdicts() == [("rijen_20200101.csv", "geweigerd")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "rijen_20200101.csv",
            HEAD + "1;a;01-01-2020;1\r\n" * 3 + "2;b;01-01-2020;1\n" * 2 + "3;c;01-01-2020;1\r\n" * 3,
        ),
        ("rijen_20200101.csv", 'id;"naam;' + "x" * 200_000 + "\r\n1;a\r\n"),
        ("rijen_20200101.csv.gz", GOOD),
        ("rijen_20200101.csv", '"' + GOOD),
        ("rijen_20200101.csv", "\0" * 100),
    ],
    ids=["two line ends", "a quote that is not closed", "plain text called gz", "a quote first", "nothing but zeros"],
)
def test_a_file_at_which_a_library_fails_is_answered_and_the_others_are_admitted(
    night: Night, name: str, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    night.put(f"slecht/{name}", text)
    night.put(f"slecht/{name}.manifest.yml", "{extract: rijen, stand_datum: 2020-01-01}")
    night.put("proef/rijen_20200101.csv", GOOD)
    night.run(BOTH)
    found = {row.registration: row for row in register.deliveries(night.raw)}
    assert found["proef"].verdict == "toegelaten"
    assert found["slecht"].verdict in ("geweigerd", "toegelaten"), "read, or refused"
    assert not any(word in (found["slecht"].reason or "") for word in ("Error", "Exception", "CSV", "line"))
    assert "a;01-01-2020" not in caplog.text


def test_a_clock_that_is_behind_puts_no_correction_before_what_it_corrects(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set back to January, March comes after it; in autumn an hour comes twice, and nothing is wrong."""

    def at(moment: datetime, name: str, text: str) -> admission.Arrivals:
        monkeypatch.setattr(register, "now", lambda: moment)
        night.put(f"proef/{name}.csv", text)
        return night.run()

    at(datetime(2020, 10, 25, 2, 59), "rijen_20200101", GOOD)
    assert at(datetime(2020, 10, 25, 2, 1), "rijen_20200201", OTHER).numbers == [2]
    (left,) = at(datetime(2020, 3, 1, 3), "rijen_20200101", OTHER).waiting
    assert "(01-03-2020 03:00) loopt achter op wat al is geladen (25-10-2020 02:59)" in str(left)
    # Who says himself when it came in needs no clock, and the clock that is right again lets the other in.
    assert at(datetime(2020, 3, 1, 3), "rijen_20200301_ontvangen_20200301", GOOD).numbers == [3]
    assert at(datetime(2020, 10, 26, 3), "rijen_20200101", OTHER).numbers == [4]
    received = night.raw.sql("select ontvangen_op from leveringen.levering where levering_nr = 4").fetchall()
    assert received == [(datetime(2020, 10, 26, 3),)]
