"""What a person decides afterwards: a delivery is withdrawn, or offered again."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from orchestration import register
from orchestration.decisions import offer_again, refuse, withdraw
from tests.unit.conftest import GOOD, HEAD, OTHER, PAIR, Night, objection_to


def verdicts_of(night: Night, number: int) -> list[tuple]:
    return night.raw.execute(
        "select oordeel, door, reden from leveringen.oordeel where levering_nr = ? order by vastgelegd_op", [number]
    ).fetchall()


def holding_from(night: Night, number: int) -> list[datetime]:
    return [
        row[0]
        for row in night.raw.execute(
            "select geldt_vanaf from leveringen.oordeel where levering_nr = ? order by vastgelegd_op", [number]
        ).fetchall()
    ]


def test_withdrawn_delivery_is_kept_with_who_and_why_and_not_loaded_again_by_itself(night: Night) -> None:
    night.put("proef/rijen_20200101_ontvangen_20200102.csv", GOOD)
    night.run()
    before = register.now()
    rows = withdraw(night.raw, 1, " dubbel geteld ", "jansen")
    assert [row.number for row in rows] == [1]
    assert verdicts_of(night, 1) == [("toegelaten", "grens_in", None), ("ingetrokken", "jansen", "dubbel geteld")]
    received, withdrawn = holding_from(night, 1)
    assert received == datetime(2020, 1, 2)
    assert before <= withdrawn <= register.now(), "as of an earlier day it was in force"
    assert night.run().numbers == []
    night.touch("proef/rijen_20200101_ontvangen_20200102.csv")
    assert night.run().numbers == []
    assert night.raw.sql("select count(*) from proef.rijen").fetchall() == [(1,)]


def test_what_is_withdrawn_before_a_publication_rested_on_it_was_never_in_force(night: Night) -> None:
    night.put("proef/rijen_20200101_ontvangen_20200102.csv", GOOD)
    night.run()
    withdraw(night.raw, 1, "verkeerd bestand", "jansen", unpublished=[1])
    received = datetime(2020, 1, 2)
    assert holding_from(night, 1) == [received, received]
    assert verdicts_of(night, 1)[-1] == ("ingetrokken", "jansen", "verkeerd bestand")


def test_withdrawn_content_that_comes_again_is_withdrawn_too_and_told(
    night: Night, caplog: pytest.LogCaptureFixture
) -> None:
    night.put("proef/rijen_20200101_ontvangen_20200102.csv", GOOD)
    night.run()
    withdraw(night.raw, 1, "verkeerd bestand", "jansen")
    night.put("proef/rijen_20200101_ontvangen_20200103.csv", OTHER)
    night.put("proef/rijen_20200101_ontvangen_20200104.csv", GOOD)
    assert night.run().numbers == [2, 3]
    assert verdicts_of(night, 3) == [
        ("toegelaten", "grens_in", None),
        ("ingetrokken", "jansen", "verkeerd bestand"),
    ]
    assert "ingetrokken, zoals eerder dezelfde inhoud: verkeerd bestand" in caplog.text
    assert night.run().numbers == []


def test_withdrawn_delivery_that_is_offered_again_holds_from_then_on(night: Night) -> None:
    night.put("proef/rijen_20200101_ontvangen_20200102.csv", GOOD)
    night.run()
    withdraw(night.raw, 1, "toch niet", "jansen")
    offer_again(night.raw, 1, "pietersen")
    assert night.run().numbers == [2]
    assert verdicts_of(night, 1)[-1] == ("opnieuw_aangeboden", "pietersen", None)
    assert [verdict for verdict, _, _ in verdicts_of(night, 2)] == ["toegelaten", "ingetrokken", "toegelaten"]
    assert holding_from(night, 2) == holding_from(night, 1), "in between it was out of force, and stays so"
    _, withdrawn, again = holding_from(night, 2)
    assert withdrawn < again
    assert night.run().numbers == []


def test_same_content_that_turns_out_to_have_come_earlier_was_in_force_until_it_was_withdrawn(night: Night) -> None:
    night.put("proef/rijen_20200101_ontvangen_20200104.csv", GOOD)
    night.run()
    withdraw(night.raw, 1, "fout", "jansen")
    night.put("proef/rijen_20200101_ontvangen_20200102.csv", GOOD)
    night.run()
    assert holding_from(night, 2) == [datetime(2020, 1, 2), holding_from(night, 1)[1]]
    assert night.verdicts()[1][1] == "ingetrokken"


def test_all_that_has_the_content_of_a_withdrawn_delivery_goes_with_it(night: Night) -> None:
    for received, text in (("02", GOOD), ("03", OTHER), ("04", GOOD)):
        night.put(f"proef/rijen_20200101_ontvangen_202001{received}.csv", text)
    night.run()
    assert [row.number for row in withdraw(night.raw, 3, "fout", "jansen")] == [3, 1]
    assert [verdict for _, verdict in night.verdicts()] == ["ingetrokken", "toegelaten", "ingetrokken"]
    assert night.run().numbers == []
    assert [row.number for row in offer_again(night.raw, 1, "jansen")] == [1, 3]
    assert night.run().numbers == [4, 5]


def test_set_is_withdrawn_and_offered_again_as_a_whole(night: Night) -> None:
    for name in ("kop", "staart"):
        night.put(f"paar/{name}_20200101.csv", GOOD)
    night.run(PAIR)
    assert [(row.number, row.extract) for row in withdraw(night.raw, 2, "fout", "jansen")] == [
        (2, "staart"),
        (1, "kop"),
    ]
    assert night.run(PAIR).numbers == []
    offer_again(night.raw, 1, "jansen")
    assert night.run(PAIR).numbers == [3, 4]
    received = {row[0] for row in night.raw.sql("select ontvangen_op from leveringen.levering").fetchall()}
    assert len(received) == 1, "it was received when it came, not when it was offered again"


def test_half_that_another_set_shares_stays_in_force(night: Night) -> None:
    for received, tail in (("20200102", GOOD), ("20200103", OTHER)):
        night.put(f"paar/kop_20200101_ontvangen_{received}.csv", GOOD)
        night.put(f"paar/staart_20200101_ontvangen_{received}.csv", tail)
    night.run(PAIR)
    withdraw(night.raw, 1, "fout", "jansen")
    assert [verdict for _, verdict in night.verdicts()] == ["ingetrokken"] * 2 + ["toegelaten"] * 2


def test_refused_delivery_can_be_offered_again(night: Night) -> None:
    night.put("proef/rijen_20200101_ontvangen_20200102.csv", GOOD)
    night.run(judge=objection_to("rijen"))
    offer_again(night.raw, 1, "jansen")
    night.run()
    assert [verdict for _, verdict in night.verdicts()] == ["opnieuw_aangeboden", "toegelaten"]
    assert holding_from(night, 1) == [datetime(2020, 1, 2)] * 2
    assert holding_from(night, 2) == [datetime(2020, 1, 2)], "it was good all along"


def test_a_person_closes_what_was_refused_by_itself(night: Night) -> None:
    night.put("proef/rijen_20200101_ontvangen_20200102.csv", GOOD)
    night.run(judge=objection_to("rijen"))
    assert [row.number for row in register.still_open(night.raw)] == [1]
    refuse(night.raw, 1, "komt niet opnieuw", "jansen")
    assert register.still_open(night.raw) == []
    assert night.verdicts()[-1][1] == "geweigerd"


def test_refused_set_is_offered_again_as_a_whole(night: Night) -> None:
    for name in ("kop", "staart"):
        night.put(f"paar/{name}_20200101.csv", GOOD)
    night.run(PAIR, objection_to("staart"))
    assert [row.extract for row in offer_again(night.raw, 2, "jansen")] == ["staart", "kop"]
    night.run(PAIR)
    assert [verdict for _, verdict in night.verdicts()] == ["opnieuw_aangeboden"] * 2 + ["toegelaten"] * 2


def test_delivery_that_was_offered_again_keeps_its_place_among_corrections(night: Night) -> None:
    # It does not say when it was received; the correction came after it.
    night.put("proef/rijen_20200101.csv", GOOD)
    night.run(judge=objection_to("rijen"))
    night.put("proef/rijen_20200101_volledig.csv", OTHER)
    night.run()
    offer_again(night.raw, 1, "jansen")
    night.run()
    rows = night.raw.sql("select bestand from leveringen.levering order by ontvangen_op, levering_nr").fetchall()
    assert [row[0] for row in rows] == ["rijen_20200101.csv"] * 2 + ["rijen_20200101_volledig.csv"]


def test_verdicts_keep_their_order_when_the_clock_goes_back(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    night.put("proef/rijen_20200101.csv", GOOD)
    for moment, act in (
        (datetime(2020, 10, 25, 2, 50), night.run),
        (datetime(2020, 10, 25, 2, 55), lambda: withdraw(night.raw, 1, "fout", "jansen")),
        (datetime(2020, 10, 25, 2, 5), lambda: offer_again(night.raw, 1, "jansen")),
    ):
        monkeypatch.setattr(register, "now", lambda moment=moment: moment)
        act()
    assert [verdict for verdict, _, _ in verdicts_of(night, 1)] == ["toegelaten", "ingetrokken", "opnieuw_aangeboden"]
    assert holding_from(night, 1) == sorted(holding_from(night, 1))


def test_delivery_from_the_future_can_be_withdrawn(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    # Such a file is left now; an older register may hold one.
    night.put("proef/rijen_20200101.csv", GOOD)
    with monkeypatch.context() as patch:
        patch.setattr(register, "now", lambda: datetime(2999, 1, 2))
        night.run()
    withdraw(night.raw, 1, "verkeerd jaartal in de naam", "jansen")
    assert holding_from(night, 1) == [datetime(2999, 1, 2)] * 2, "not before it would have come into force"


@pytest.mark.parametrize(
    "act",
    [
        lambda con: withdraw(con, 9, "fout", "jansen"),
        lambda con: offer_again(con, 9, "jansen"),
        lambda con: offer_again(con, 1, "jansen"),
    ],
    ids=["withdraw unknown", "offer unknown", "offer admitted"],
)
def test_a_decision_that_is_refused_leaves_raw_as_it_was(
    tmp_path: Path, act: Callable[[duckdb.DuckDBPyConnection], object]
) -> None:
    file = tmp_path / "raw.duckdb"
    with duckdb.connect(str(file)) as con:
        night = Night(con, tmp_path)
        night.put("proef/rijen_20200101.csv", GOOD)
        night.run()
    before = (file.stat().st_mtime_ns, file.read_bytes())
    # As the command does: an older register too is only brought up to date for what is written.
    with duckdb.connect(str(file)) as con, pytest.raises(ValueError, match="levering"):
        act(con)
    assert (file.stat().st_mtime_ns, file.read_bytes()) == before


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda night: withdraw(night.raw, 9, "fout", "jansen"), "levering 9 bestaat niet"),
        (lambda night: withdraw(night.raw, 1, "  ", "jansen"), "alleen met een reden"),
        (lambda night: withdraw(night.raw, 2, "fout", "jansen"), "levering 2 is geweigerd; alleen wat toegelaten is"),
        (lambda night: offer_again(night.raw, 9, "jansen"), "levering 9 bestaat niet"),
        (lambda night: offer_again(night.raw, 1, "jansen"), "levering 1 is toegelaten; alleen wat geweigerd,"),
    ],
    ids=["withdraw unknown", "without reason", "withdraw refused", "offer unknown", "offer admitted"],
)
def test_wrong_use_is_told_and_changes_nothing(night: Night, act: object, told: str) -> None:
    night.put("proef/rijen_20200101.csv", GOOD)
    night.put("proef/rijen_20200201.csv", HEAD)
    night.run()
    before = night.raw.sql("select * from leveringen.oordeel").fetchall()
    with pytest.raises(ValueError, match=told):
        act(night)  # type: ignore[operator]
    assert night.raw.sql("select * from leveringen.oordeel").fetchall() == before


def test_a_delivery_is_withdrawn_once(night: Night) -> None:
    night.put("proef/rijen_20200101.csv", GOOD)
    night.run()
    withdraw(night.raw, 1, "fout", "jansen")
    with pytest.raises(ValueError, match="levering 1 is ingetrokken; alleen wat toegelaten is"):
        withdraw(night.raw, 1, "fout", "jansen")


@pytest.mark.parametrize("reason", ["twee\nregels", "een \x1b[31mkleur", "\u202eomgekeerd"])
def test_a_reason_is_one_line_that_can_be_read(night: Night, reason: str) -> None:
    night.put("proef/rijen_20200101.csv", GOOD)
    night.run()
    with pytest.raises(ValueError, match="niet te lezen"):
        withdraw(night.raw, 1, reason, "ada")
    assert night.verdicts() == [("rijen_20200101.csv", "toegelaten")]
