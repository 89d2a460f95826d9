"""The border in: verdicts per set, corrections, repetitions, refusals that are kept and offered again."""

from collections.abc import Sequence
from typing import Any

import duckdb
import pytest

from orchestration import admission, register
from orchestration.decisions import withdraw
from orchestration.declarations import Extract
from orchestration.progress import CAUTION, SUMMARY
from orchestration.pseudonyms import Key
from orchestration.validation import Finding
from tests.unit.conftest import COLUMNS, GOOD, HEAD, OTHER, PAIR, Night, make_extract, objection_to

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
        "voorbeelden::varchar from leveringen.bevinding order by levering_nr"
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
    assert "3 van 4 records (75.0%)" in (row.reason or "")


@pytest.mark.parametrize("end", ["", "\r\n"])
def test_a_file_that_ends_in_its_last_value_is_admitted_with_a_warning(
    night: Night, caplog: pytest.LogCaptureFixture, end: str
) -> None:
    night.put("proef/rijen_20200101.csv", HEAD + "1;a;01-01-2020;12" + end)
    night.run()
    assert night.verdicts() == [("rijen_20200101.csv", "toegelaten")]
    found = night.raw.sql(
        "select controle, ernst, is_voldaan from leveringen.bevinding where not is_voldaan"
    ).fetchall()
    assert found == ([] if end else [("laatste_regel_zonder_einde", "warning", False)])
    told = [record.message for record in caplog.records if getattr(record, SUMMARY, None) == CAUTION[SUMMARY]]
    assert ["zonder regeleinde" in message for message in told] == ([] if end else [True])


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
    assert "1 van 2 records (50.0%)" in (register.deliveries(night.raw, [1])[0].reason or "")


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
        ("proef/demo_rijen_20200201.csv", Key(b"k" * 32), "bevat al echte gegevens"),
        ("proef/rijen_20200201.csv", Key(b"l" * 32), "met een andere sleutel geladen"),
    ],
)
def test_demo_and_real_rows_and_two_keys_never_mix(night: Night, name: str, key: Key, told: str) -> None:
    night.put("proef/rijen_20200101.csv", GOOD)
    night.run(PERSONAL, key=Key(b"k" * 32))
    night.put(name, OTHER)
    night.run(PERSONAL, key=key)
    row = register.deliveries(night.raw)[-1]
    assert row.verdict == "geweigerd"
    assert told in (row.reason or "")


def test_no_original_of_a_personal_value_is_kept(night: Night) -> None:
    secret = "Vertrouwelijk"
    night.put("proef/rijen_20200101.csv", HEAD + f"1;{secret};01-01-2020;1\r\nx;{secret};{secret};1\r\n")
    night.run(PERSONAL, key=Key(b"k" * 32))
    night.raw.execute("checkpoint")
    night.raw.close()
    database = night.inbox.parent / "raw.duckdb"
    assert secret.encode() not in database.read_bytes()
    assert list(night.scratch.iterdir()) == []
