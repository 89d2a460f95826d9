"""The border in: verdicts per set, corrections, repetitions, refusals that are kept and offered again."""

from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pytest

from orchestration import register
from orchestration.admission import Arrivals, admit_deliveries, offer_again
from orchestration.declarations import Extract
from orchestration.pseudonyms import Key
from orchestration.validation import Finding
from tests.unit.conftest import COLUMNS, HEAD, make_extract

GOOD = HEAD + "1;a;01-01-2020;1\r\n"
OTHER = HEAD + "1;b;01-01-2020;2\r\n"
PAIR = {
    ("paar", "kop"): make_extract(registration="paar", name="kop", together=True),
    ("paar", "staart"): make_extract(registration="paar", name="staart", together=True),
}
ALONE = {("proef", "rijen"): make_extract()}


def no_objection(con: duckdb.DuckDBPyConnection, extract: Extract) -> Sequence[Finding]:
    """A judge that looks at the candidate and finds nothing wrong."""
    con.execute(f'select * from kandidaat."{extract.name}"')
    return [Finding("telt", "iets", "critical", True, "iets", "1 rij bekeken", 0, 1)]


def objection_to(name: str) -> Callable[[duckdb.DuckDBPyConnection, Extract], Sequence[Finding]]:
    def judge(con: duckdb.DuckDBPyConnection, extract: Extract) -> Sequence[Finding]:
        bad = extract.name == name
        return [Finding("regel", "iets", "critical", not bad, "iets", "1 afwijking: record 1", int(bad), 1)]

    return judge


class Night:
    """A raw database, an inbox, and nights that look at it."""

    def __init__(self, raw: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self.raw, self.inbox, self.scratch = raw, folder / "leveringen", folder / "tmp"

    def put(self, name: str, text: str) -> None:
        file = self.inbox / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("windows-1252"))

    def run(
        self,
        extracts: dict[tuple[str, str], Extract] = ALONE,
        judge: Callable[[duckdb.DuckDBPyConnection, Extract], Sequence[Finding]] = no_objection,
        key: Key | None = None,
    ) -> Arrivals:
        return admit_deliveries(self.raw, self.inbox, self.scratch, extracts, key, judge)

    def verdicts(self) -> list[tuple[str, str | None]]:
        return [(row.file, row.verdict) for row in register.deliveries(self.raw)]


@pytest.fixture
def night(raw: duckdb.DuckDBPyConnection, tmp_path: Path) -> Night:
    return Night(raw, tmp_path)


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


def test_refused_delivery_can_be_offered_again(night: Night) -> None:
    night.put("proef/rijen_20200101.csv", GOOD)
    night.run(judge=objection_to("rijen"))
    assert night.verdicts() == [("rijen_20200101.csv", "geweigerd")]
    offer_again(night.raw, 1, "tester")
    night.run()
    assert night.verdicts() == [("rijen_20200101.csv", "opnieuw_aangeboden"), ("rijen_20200101.csv", "toegelaten")]
    with pytest.raises(ValueError, match="levering 2 is toegelaten"):
        offer_again(night.raw, 2, "tester")
    with pytest.raises(ValueError, match="levering 9 bestaat niet"):
        offer_again(night.raw, 9, "tester")


def test_partner_of_a_refused_delivery_is_held_and_admitted_with_the_next(night: Night) -> None:
    night.put("paar/kop_20200101_ontvangen_20200102.csv", GOOD)
    night.put("paar/staart_20200101_ontvangen_20200102.csv", GOOD)
    night.run(PAIR, objection_to("staart"))
    assert [verdict for _, verdict in night.verdicts()] == ["aangehouden", "geweigerd"]
    assert "hoort bij staart" in (register.deliveries(night.raw, [1])[0].reason or "")
    night.put("paar/kop_20200101_ontvangen_20200103.csv", GOOD)
    night.put("paar/staart_20200101_ontvangen_20200103.csv", OTHER)
    night.run(PAIR)
    assert [verdict for _, verdict in night.verdicts()] == ["toegelaten", "geweigerd", "toegelaten"]


def test_too_many_set_aside_records_refuse_the_delivery(night: Night) -> None:
    rows = "".join(f"{n};a;31-02-2020;1\r\n" for n in range(3)) + "4;a;01-01-2020;1\r\n"
    night.put("proef/rijen_20200101.csv", HEAD + rows)
    night.run({("proef", "rijen"): make_extract(max_set_aside_pct=74)})
    row = register.deliveries(night.raw)[0]
    assert (row.verdict, row.set_aside) == ("geweigerd", 3)
    assert "3 van 4 records (75.0%)" in (row.reason or "")


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
