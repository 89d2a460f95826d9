"""The register of deliveries: what was delivered, what was set aside, what was found, what was decided.

The register lives in `raw.duckdb` beside the delivered rows, in the schema `leveringen`. It only grows: a verdict is a
row, and the newest verdict of a delivery holds. A delivery of which the rows were removed stays in it.
Reading a delivered file is the loader's business; what follows from what the register knows is decided at the border
in.
"""

import json
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

import duckdb

from orchestration.clock import now
from orchestration.deliveries import Delivery, Waiting
from orchestration.migrations import bring_to_form, refuse_later
from orchestration.paths import DATA_SETTING
from orchestration.sql import whole

log = logging.getLogger(__name__)

Verdict = Literal["toegelaten", "geweigerd", "aangehouden", "ingetrokken", "opnieuw_aangeboden"]
# Who gives verdicts and is no person: the border in, and the night that found that a rule further on did not hold.
BY_BORDER, BY_TRIAL = BY_ITSELF = ("grens_in", "proef")

# Each step leads from a form of the register to the next. One that is released stays as it is: a register may stand
# anywhere. The first four are of before it carried its form, so that they leave alone what is there.
STEPS = (
    """
    create table if not exists leveringen.levering (
        levering_nr integer primary key,
        registratie varchar not null,
        extract varchar not null,
        bestand varchar not null,
        bestand_grootte bigint not null,
        bestand_gewijzigd_ns bigint not null,
        inhoud_sha256 varchar not null,
        soort varchar not null,
        stand_datum date not null,
        ontvangen_op timestamp not null,
        geladen_op timestamp not null,
        is_demo boolean not null,
        sleutel_afdruk varchar,
        dekking_vanaf date,
        koppen varchar[] not null,
        aantal_records bigint,
        aantal_geladen bigint,
        aantal_apart bigint
    );
    create table if not exists leveringen.levering_periode (levering_nr integer not null, periode varchar not null);
    create table if not exists leveringen.oordeel (
        levering_nr integer not null,
        oordeel varchar not null,
        geldt_vanaf timestamp not null,
        vastgelegd_op timestamp not null,
        door varchar not null,
        reden varchar
    );
    create table if not exists leveringen.apartgezet (
        levering_nr integer not null,
        record_nr bigint not null,
        kolom varchar,
        waarde_gemaskeerd varchar,
        reden varchar not null
    );
    create table if not exists leveringen.bevinding (
        levering_nr integer not null,
        controle varchar not null,
        verwachting varchar not null,
        ernst varchar not null,
        is_voldaan boolean not null,
        gevonden varchar not null,
        aantal_afwijkend bigint not null,
        aantal_bekeken bigint,
        voorbeelden json
    );
    """,
    # Without a set each delivery counts as one of its own.
    """
    alter table leveringen.levering add column if not exists set_nr integer;
    create table if not exists leveringen.herhaling (
        levering_nr integer not null,
        bestand varchar not null,
        bestand_grootte bigint not null,
        bestand_gewijzigd_ns bigint not null,
        ontvangen_op timestamp not null,
        vastgelegd_op timestamp not null
    );
    """,
    # A file without these is taken for the same by its name, size and age, and read once more. What is left is no
    # history but the present, alone in this register: what is no delivery has none.
    """
    alter table leveringen.levering add column if not exists bestand_veranderd_ns bigint;
    alter table leveringen.levering add column if not exists feiten varchar;
    alter table leveringen.herhaling add column if not exists bestand_veranderd_ns bigint;
    alter table leveringen.herhaling add column if not exists feiten varchar;
    create table if not exists leveringen.blijft_liggen (
        registratie varchar,
        bestand varchar not null,
        reden varchar not null,
        wacht_tot date,
        gezien_op timestamp not null
    );
    """,
    # Of a period without it a mark was not kept.
    "alter table leveringen.levering_periode add column if not exists status varchar",
    # What was removed keeps its row and its verdicts here. Of one that is not completed, traces may be left elsewhere.
    """
    create table if not exists leveringen.verwijderd (
        levering_nr integer primary key,
        verwijderd_op timestamp not null,
        reden varchar not null,
        van_kracht_tot date,
        voltooid_op timestamp
    );
    """,
)
# Whatever the form: a view holds nothing.
VIEW = """
create or replace view leveringen.levering_met_oordeel as
select levering.*, laatste.oordeel, laatste.reden, laatste.door, laatste.geldt_vanaf
from leveringen.levering
left join (
    select distinct on (levering_nr) * from leveringen.oordeel order by levering_nr, vastgelegd_op desc, rowid desc
) as laatste using (levering_nr);
"""
SCHEMA = "leveringen"
NAME = "raw.duckdb"


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Create the register where it does not exist yet, and bring one of an earlier release into the present form.

    Args:
        con: Connection to `raw.duckdb`, writable.

    Raises:
        LaterFormError: A later release wrote it; nothing was changed.
    """
    bring_to_form(con, SCHEMA, STEPS, NAME)
    con.execute(VIEW)


def check_form(con: duckdb.DuckDBPyConnection) -> int:
    """See that the register can be read by this release.

    Args:
        con: Connection to `raw.duckdb`; it may be read-only.

    Returns:
        The number of its form.

    Raises:
        LaterFormError: A later release wrote it.
    """
    return refuse_later(con, SCHEMA, len(STEPS), NAME)


FileKey = tuple[str, str, str, date, int, int, str | None]


def file_key(delivery: Delivery) -> FileKey:
    """What tells one delivered file from another without reading it.

    Args:
        delivery: The delivery.

    Returns:
        Registration, extract, name, stand_datum, size, time of change, and what name or manifest say of it.
    """
    extract, state = delivery.extract, delivery.state
    return (
        extract.registration,
        extract.name,
        delivery.file.name,
        delivery.stand_datum,
        state.size,
        state.modified_ns,
        delivery.facts,
    )


@dataclass(frozen=True)
class KnownFile:
    """A file that the register has seen.

    Args:
        number: levering_nr of the delivery that it is, or whose content it repeats.
        repeats: It repeats the content of another file.
        verdict: Newest verdict of that delivery; None for a candidate that was never judged.
        received: When this file was received.
        sha256: Checksum of its content.
        records: Number of records in it; None where it could not be read.
        set_aside: Number of records that were set aside.
        changed_ns: Time of change of the file's entry when it was read; None where nobody kept it. With another time it
            may hold something else, whatever its size and age.
    """

    number: int
    repeats: bool
    verdict: str | None
    received: datetime
    sha256: str
    records: int | None
    set_aside: int | None
    changed_ns: int | None

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to decide about it, whatever else was delivered since."""
        return not self.repeats and self.verdict not in (None, "opnieuw_aangeboden")


def known_files(con: duckdb.DuckDBPyConnection) -> dict[FileKey, KnownFile]:
    """Read which files were seen before, in one go: a night looks at every file in the inbox.

    Args:
        con: Connection to `raw.duckdb`.

    Returns:
        The files; of a file that was loaded again, the newest delivery.
    """
    # A file that was offered again has been looked at since where it has a younger delivery, or repeats another.
    rows = con.execute(
        """select registratie, extract, bestand, stand_datum, bestand_grootte, bestand_gewijzigd_ns,
            feiten, levering_nr, false as herhaalt, oordeel, ontvangen_op, inhoud_sha256, aantal_records, aantal_apart,
            bestand_veranderd_ns, oordeel is distinct from 'opnieuw_aangeboden' as is_bekeken, geladen_op as gezien_op
        from leveringen.levering_met_oordeel
        union all
        select levering.registratie, levering.extract, herhaling.bestand, levering.stand_datum,
            herhaling.bestand_grootte, herhaling.bestand_gewijzigd_ns,
            herhaling.feiten, levering.levering_nr, true, levering.oordeel, herhaling.ontvangen_op,
            levering.inhoud_sha256, levering.aantal_records, levering.aantal_apart, herhaling.bestand_veranderd_ns,
            true, herhaling.vastgelegd_op
        from leveringen.herhaling inner join leveringen.levering_met_oordeel as levering using (levering_nr)
        order by is_bekeken, herhaalt desc, gezien_op, levering_nr"""
    ).fetchall()
    return {row[:7]: KnownFile(*row[7:15]) for row in rows}


def look_up(files: Mapping[FileKey, KnownFile], delivery: Delivery) -> KnownFile | None:
    """Find a file among those that were seen before.

    Args:
        files: The known files.
        delivery: The file.

    Returns:
        What is known of it; None where it, or what its manifest says of it, was not seen before.
    """
    key = file_key(delivery)
    return files.get(key) or files.get((*key[:-1], None))


def note_seen(con: duckdb.DuckDBPyConnection, delivery: Delivery, found: KnownFile) -> None:
    """Write down that a file that was touched holds what it held, so that no later night reads it again.

    Args:
        con: Connection to `raw.duckdb`, writable.
        delivery: The file.
        found: What is known of it.
    """
    con.execute(
        f"""update leveringen.{"herhaling" if found.repeats else "levering"} set bestand_veranderd_ns = ?
        where levering_nr = ? and bestand = ? and bestand_grootte = ? and bestand_gewijzigd_ns = ?""",
        [
            delivery.state.changed_ns,
            found.number,
            delivery.file.name,
            delivery.state.size,
            delivery.state.modified_ns,
        ],
    )


def note_left(
    con: duckdb.DuckDBPyConnection,
    inbox: Path,
    waiting: Iterable[Waiting],
    extracts: Collection[str],
    only: Collection[str] | None = None,
) -> list[Waiting]:
    """Write down which files are left, in the place of those that were left before.

    Args:
        con: Connection to `raw.duckdb`, writable.
        inbox: The inbox in which they lie.
        waiting: The files with their reason; one that is still being written is not left, it is not there yet.
        extracts: Names of the declared extracts: of a file with another name no more than the kind is written down.
        only: The registrations that were looked at; the whole inbox where None.

    Returns:
        Those that were not left before for that reason: of these people have to be told.
    """
    before = con.execute(
        """select registratie, bestand, reden, wacht_tot from leveringen.blijft_liggen
        where ? is null or list_contains(?, registratie)""",
        [only and list(only), only and list(only)],
    ).fetchall()
    present = {
        (
            None if left.file.parent == inbox else left.folder,
            left.published_name(extracts),
            left.reason,
            left.until,
        ): left
        for left in waiting
        if not left.is_growing
    }
    with whole(con):
        for row in set(before) - present.keys():
            con.execute(
                """delete from leveringen.blijft_liggen where registratie is not distinct from ? and bestand = ?
                and reden = ? and wacht_tot is not distinct from ?""",
                row,
            )
        fresh = [row for row in present if row not in set(before)]
        for row in fresh:
            con.execute("insert into leveringen.blijft_liggen values (?, ?, ?, ?, ?)", [*row, now()])
    return [present[row] for row in fresh]


@dataclass(frozen=True)
class Version:
    """What was delivered at one time for one stand_datum: one delivery, or a set that belongs together.

    Args:
        set_number: levering_nr of the first delivery.
        numbers: levering_nr by extract.
        files: Name of each file, in the order of the names of the extracts.
        contents: Extract, kind and checksum of each: what makes two versions the same.
        received: When it was received.
        verdict: The newest verdict, where that is the same for each delivery; None elsewhere.
        by_person: That verdict is of a person.
    """

    set_number: int
    numbers: dict[str, int]
    files: tuple[str, ...]
    contents: frozenset[tuple[str, str, str]]
    received: datetime
    verdict: str | None
    by_person: bool


def versions(con: duckdb.DuckDBPyConnection, registration: str, stand_datum: date) -> list[Version]:
    """Read all that was ever delivered for one day's state of a register.

    Args:
        con: Connection to `raw.duckdb`.
        registration: Name of the registration.
        stand_datum: The day.

    Returns:
        The versions, also the refused and the withdrawn ones, in the order in which they were loaded.
    """
    rows = con.execute(
        """select coalesce(set_nr, levering_nr) as set_nr, levering_nr, bestand, extract, soort, inhoud_sha256,
            ontvangen_op, oordeel, door
        from leveringen.levering_met_oordeel
        where registratie = ? and stand_datum = ? order by 1, extract""",
        [registration, stand_datum],
    ).fetchall()
    return [_version(number, [row[1:] for row in group]) for number, group in groupby(rows, key=lambda row: row[0])]


def _version(set_number: int, rows: list[tuple[Any, ...]]) -> Version:
    numbers, files, extracts, kinds, sums, received, verdicts, by = zip(*rows, strict=True)
    return Version(
        set_number,
        dict(zip(extracts, numbers, strict=True)),
        files,
        frozenset(zip(extracts, kinds, sums, strict=True)),
        received[0],
        verdicts[0] if len(set(verdicts)) == 1 else None,
        not {*by} & {*BY_ITSELF, None},
    )


def add_delivery(
    con: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    sha256: str,
    fingerprint: str | None,
    loaded_at: datetime,
    set_number: int | None = None,
) -> int:
    """Write down a delivery, as a candidate without verdict.

    Args:
        con: Connection to `raw.duckdb`, writable.
        delivery: The delivery, with its date of receipt.
        sha256: Checksum of its content.
        fingerprint: Fingerprint of the key with which personal columns are hashed; None where it has none.
        loaded_at: When it is loaded.
        set_number: levering_nr of the first delivery of the set in which it came; None where it is the first.

    Returns:
        Its levering_nr.
    """
    number = con.execute("select coalesce(max(levering_nr), 0) + 1 from leveringen.levering").fetchall()[0][0]
    con.execute(
        """insert into leveringen.levering by name select
            $levering_nr as levering_nr, $set_nr as set_nr, $registratie as registratie, $extract as extract,
            $bestand as bestand, $grootte as bestand_grootte, $gewijzigd as bestand_gewijzigd_ns,
            $veranderd as bestand_veranderd_ns, $feiten as feiten, $sha256 as inhoud_sha256,
            $soort as soort, $stand_datum as stand_datum, $ontvangen_op as ontvangen_op, $geladen_op as geladen_op,
            $is_demo as is_demo, $afdruk as sleutel_afdruk, $dekking_vanaf as dekking_vanaf, [] as koppen""",
        {
            "levering_nr": number,
            "set_nr": set_number or number,
            "registratie": delivery.extract.registration,
            "extract": delivery.extract.name,
            "bestand": delivery.file.name,
            "grootte": delivery.state.size,
            "gewijzigd": delivery.state.modified_ns,
            "veranderd": delivery.state.changed_ns,
            "feiten": delivery.facts,
            "sha256": sha256,
            "soort": delivery.kind,
            "stand_datum": delivery.stand_datum,
            "ontvangen_op": delivery.received,
            "geladen_op": loaded_at,
            "is_demo": delivery.is_demo,
            "afdruk": fingerprint,
            "dekking_vanaf": delivery.extract.complete_from,
        },
    )
    return number


def last_loaded(con: duckdb.DuckDBPyConnection) -> datetime | None:
    """When a delivery was loaded last, by the clock of then; None where none was.

    Args:
        con: Connection to `raw.duckdb`.
    """
    return con.execute("select max(geladen_op) from leveringen.levering").fetchall()[0][0]


def add_repetition(con: duckdb.DuckDBPyConnection, delivery: Delivery, number: int) -> None:
    """Write down that a file holds what was delivered before, so that no later night reads it again.

    Args:
        con: Connection to `raw.duckdb`, writable.
        delivery: The file, with its date of receipt.
        number: levering_nr of the delivery whose content it repeats.
    """
    con.execute(
        """insert into leveringen.herhaling by name select
            $levering_nr as levering_nr, $bestand as bestand, $grootte as bestand_grootte,
            $gewijzigd as bestand_gewijzigd_ns, $veranderd as bestand_veranderd_ns, $feiten as feiten,
            $ontvangen_op as ontvangen_op, $nu as vastgelegd_op""",
        {
            "levering_nr": number,
            "bestand": delivery.file.name,
            "grootte": delivery.state.size,
            "gewijzigd": delivery.state.modified_ns,
            "veranderd": delivery.state.changed_ns,
            "feiten": delivery.facts,
            "ontvangen_op": delivery.received,
            "nu": now(),
        },
    )


def add_counts(
    con: duckdb.DuckDBPyConnection, number: int, headings: Sequence[str], loaded: int, set_aside: int
) -> None:
    """Complete a delivery with what its file turned out to hold.

    Args:
        con: Connection to `raw.duckdb`, writable.
        number: levering_nr.
        headings: Headings of a repeating column, in the order of its values.
        loaded: Number of records loaded.
        set_aside: Number of records set aside.
    """
    con.execute(
        """update leveringen.levering
        set koppen = ?, aantal_records = ?, aantal_geladen = ?, aantal_apart = ? where levering_nr = ?""",
        [list(headings), loaded + set_aside, loaded, set_aside, number],
    )


def add_periods(con: duckdb.DuckDBPyConnection, number: int, periods: Mapping[str, str | None]) -> None:
    """Write down for which periods a delivery is complete, each with its status, None where it has none."""
    for period, status in periods.items():
        con.execute(
            "insert into leveringen.levering_periode (levering_nr, periode, status) values (?, ?, ?)",
            [number, period, status],
        )


def add_findings(con: duckdb.DuckDBPyConnection, number: int, findings: Iterable[dict[str, Any]]) -> None:
    """Write down what the border in found; replaces what an interrupted night found earlier.

    Args:
        con: Connection to `raw.duckdb`, writable.
        number: levering_nr.
        findings: Per check a value for each column of `leveringen.bevinding`, by name.
    """
    con.execute("delete from leveringen.bevinding where levering_nr = ?", [number])
    rows = [
        finding | {"levering_nr": number, "voorbeelden": json.dumps(finding["voorbeelden"], ensure_ascii=False)}
        for finding in findings
    ]
    if rows:
        marks = ", ".join("?" for _ in rows[0])
        con.execute(
            f"insert into leveringen.bevinding ({', '.join(rows[0])}) values {', '.join(f'({marks})' for _ in rows)}",
            [value for row in rows for value in row.values()],
        )


@dataclass(frozen=True)
class Decision:
    """What was decided about a delivery, as a verdict keeps it.

    Args:
        verdict: What was decided.
        holds_from: From when it holds.
        by: Who decided.
        reason: Why.
    """

    verdict: Verdict
    holds_from: datetime
    by: str
    reason: str | None


def decisions(con: duckdb.DuckDBPyConnection, number: int) -> list[Decision]:
    """Read what was decided about a delivery.

    Args:
        con: Connection to `raw.duckdb`.
        number: levering_nr.

    Returns:
        Its verdicts, oldest first.
    """
    rows = con.execute(
        """select oordeel, geldt_vanaf, door, reden from leveringen.oordeel
        where levering_nr = ? order by vastgelegd_op""",
        [number],
    ).fetchall()
    return [Decision(*row) for row in rows]


def decide(
    con: duckdb.DuckDBPyConnection,
    number: int,
    verdict: Verdict,
    reason: str | None,
    by: str,
    holds_from: datetime | None = None,
) -> None:
    """Add a verdict to a delivery.

    Args:
        con: Connection to `raw.duckdb`, writable.
        number: levering_nr.
        verdict: What was decided.
        reason: Why, in Dutch; None where there is nothing to say.
        by: Who decided: `grens_in`, `proef`, or the name of a user.
        holds_from: From when it holds. Where None, or before the receipt, that is the receipt, so that a backfill reads
            as it would have been. Never before the verdict that it follows.
    """
    # The clock on the wall goes back an hour each autumn; the newest verdict is the one that was added last.
    con.execute(
        """insert into leveringen.oordeel
        select levering_nr, $verdict, greatest(ontvangen_op, $holds_from, max(oordeel.geldt_vanaf)),
            greatest($now, max(oordeel.vastgelegd_op) + interval 1 microsecond), $door, $reden
        from leveringen.levering left join leveringen.oordeel using (levering_nr)
        where levering_nr = $levering_nr group by levering_nr, ontvangen_op""",
        {
            "levering_nr": number,
            "verdict": verdict,
            "holds_from": holds_from,
            "now": now(),
            "door": by,
            "reden": reason,
        },
    )


def is_released(con: duckdb.DuckDBPyConnection, sha256: str) -> bool:
    """Whether a person offered this content again and said why: what seems to identify somebody in it does not.

    Args:
        con: Connection to `raw.duckdb`.
        sha256: Checksum of the content.
    """
    return con.execute(
        """select exists (
            select 1 from leveringen.oordeel inner join leveringen.levering using (levering_nr)
            where inhoud_sha256 = ? and oordeel = 'opnieuw_aangeboden' and oordeel.reden is not null
        )""",
        [sha256],
    ).fetchall()[0][0]


def take_back(con: duckdb.DuckDBPyConnection, number: int, by: str) -> None:
    """Remove the newest verdict of a delivery, on which nothing has rested yet.

    Args:
        con: Connection to `raw.duckdb`, writable.
        number: levering_nr.
        by: Who gave that verdict; one of somebody else stays.
    """
    con.execute(
        """delete from leveringen.oordeel where levering_nr = $number and door = $by and vastgelegd_op = (
            select max(vastgelegd_op) from leveringen.oordeel where levering_nr = $number)""",
        {"number": number, "by": by},
    )


def fingerprints(con: duckdb.DuckDBPyConnection, registration: str) -> set[str]:
    """Fingerprints of the keys under which rows of a registration stand that count, or may come to count.

    Args:
        con: Connection to `raw.duckdb`.
        registration: Name of the registration.
    """
    rows = con.execute(
        """select distinct sleutel_afdruk from leveringen.levering_met_oordeel
        where registratie = ? and sleutel_afdruk is not null
            and (oordeel is null or oordeel in ('toegelaten', 'aangehouden'))""",
        [registration],
    ).fetchall()
    return {fingerprint for (fingerprint,) in rows}


def other_key(con: duckdb.DuckDBPyConnection, folder: Path, is_demo: bool, fingerprint: str | None) -> str | None:
    """Say why rows of this delivery cannot stand beside the rows that are there already.

    A data folder is demo or real as a whole: its figures are.

    Args:
        con: Connection to `raw.duckdb`.
        folder: Folder of the registration in the inbox.
        is_demo: The delivery holds fictitious data.
        fingerprint: Fingerprint of the key with which its personal columns would be hashed; None where it has none.

    Returns:
        A Dutch sentence where demo and real data, or rows hashed with two keys, would mix; None where all is well.
    """
    gone = removals(con)
    rows = con.execute(
        """select is_demo, sleutel_afdruk, registratie = ?, levering_nr, bestand from leveringen.levering_met_oordeel
        where oordeel in ('toegelaten', 'aangehouden') order by levering_nr""",
        [folder.name],
    ).fetchall()
    # Of what was removed no row is left that another could mix with.
    rows = [row for row in rows if row[3] not in gone]
    if any(row[0] != is_demo for row in rows):
        return (
            f"is {'fictief' if is_demo else 'echt'}, en deze datamap bevat al {'echte' if is_demo else 'fictieve'} "
            f"gegevens; die gaan niet samen: zet het in een eigen, lege datamap ({DATA_SETTING}=/pad/naar/map make "
            "nightly; README, From demo to real data)"
        )
    others = [row for row in rows if fingerprint and row[2] and row[1] not in (None, fingerprint)]
    return _told_other_key(folder, others) if others else None


def _told_other_key(folder: Path, others: Sequence[tuple[Any, ...]]) -> str:
    """Say which key is needed, or how to go on with another: only what still lies there can be read anew.

    With two keys one person would count as two, so the sentence offers no way to go on with both. It is published, so
    it says nothing of either key.
    """
    gone = [number for _, _, _, number, file in others if not (folder / file).exists()]
    first, last = others[0][3], others[-1][3]
    which = f"levering {first}" if first == last else f"levering {first} tot en met {last}"
    told = (
        f"{folder.name} is met een andere sleutel geladen ({which}), en onder elke sleutel is dezelfde persoon een "
        "ander; zet de sleutel van toen"
    )
    if not gone:
        return f"{told}, of breng alles onder de nieuwe met make rekey: de bestanden liggen alle in de inbox"
    named = ", ".join(map(str, gone[:5])) + (f" en {len(gone) - 5} andere" if gone[5:] else "")
    lie = "liggen die bestanden" if gone[1:] else "ligt dat bestand"
    return (
        f"{told}. make rekey brengt alles onder de nieuwe; van levering {named} {lie} niet meer in de inbox, en wat "
        "alleen daarin stond moet er dan eerst weer liggen"
    )


@dataclass(frozen=True)
class Removal:
    """That the rows of a delivery were removed, since they had been kept as long as they may be.

    Args:
        number: levering_nr.
        at: When.
        reason: By which ground and term, in Dutch.
        last_in_force: The last day on which it was in force; None where it never was.
        is_complete: It was shown that nothing of it is left anywhere.
    """

    number: int
    at: datetime
    reason: str
    last_in_force: date | None
    is_complete: bool

    @property
    def told(self) -> str:
        """Say it in Dutch."""
        return f"is verwijderd op {self.at:%d-%m-%Y} volgens {self.reason}"


def removals(con: duckdb.DuckDBPyConnection) -> dict[int, Removal]:
    """Read of which deliveries the rows were removed.

    Args:
        con: Connection to `raw.duckdb`; it may be read-only, and of an earlier release.

    Returns:
        By levering_nr.
    """
    # Without parameters: to bind one, DuckDB imports pandas, and a night with nothing new asks this too.
    if not con.execute(
        "select 1 from duckdb_tables() where database_name = current_database() and schema_name = 'leveringen' "
        "and table_name = 'verwijderd'"
    ).fetchall():
        return {}
    rows = con.execute(
        "select levering_nr, verwijderd_op, reden, van_kracht_tot, voltooid_op is not null from leveringen.verwijderd"
    ).fetchall()
    return {row[0]: Removal(*row) for row in rows}


def first_known_whole(con: duckdb.DuckDBPyConnection) -> date | None:
    """From which day figures can be made as they were known: of an earlier day rows that were in force are removed.

    Args:
        con: Connection to `raw.duckdb`.

    Returns:
        The day; None where nothing was removed that was ever in force.
    """
    days = [removal.last_in_force for removal in removals(con).values() if removal.last_in_force]
    return max(days) + timedelta(days=1) if days else None


@dataclass(frozen=True)
class Row:
    """One delivery as people read it.

    Args:
        number: levering_nr.
        registration: Name of the registration.
        extract: Name of the extract.
        file: Name of the delivered file.
        stand_datum: Day whose state of the register it gives.
        verdict: Its newest verdict.
        reason: Why.
        records: Number of records delivered; None where the file could not be read.
        loaded: Number of records loaded.
        set_aside: Number of records set aside.
        set_number: levering_nr of the first delivery of the set in which it came.
        by: Who gave the verdict.
    """

    number: int
    registration: str
    extract: str
    file: str
    stand_datum: date
    verdict: str | None
    reason: str | None
    records: int | None
    loaded: int | None
    set_aside: int | None
    set_number: int
    by: str | None = None


ROWS = """select levering_nr, registratie, extract, bestand, stand_datum, oordeel, reden, aantal_records,
    aantal_geladen, aantal_apart, coalesce(set_nr, levering_nr), door
from leveringen.levering_met_oordeel as levering"""


def deliveries(con: duckdb.DuckDBPyConnection, numbers: Sequence[int] | None = None) -> list[Row]:
    """Read the register.

    Args:
        con: Connection to `raw.duckdb`.
        numbers: Only these deliveries; all where None.

    Returns:
        One row per delivery, oldest first.
    """
    rows = con.execute(
        f"{ROWS} where ? is null or list_contains(?, levering_nr) order by levering_nr", [numbers, numbers]
    ).fetchall()
    return [Row(*row) for row in rows]


def still_open(con: duckdb.DuckDBPyConnection) -> list[Row]:
    """Find the deliveries that count nowhere, and for which the supplier or a person still has to do something.

    Args:
        con: Connection to `raw.duckdb`.

    Returns:
        Each that is held, or that was refused by itself and not by a person, and in the place of which no later one was
        admitted; oldest first.
    """
    # Without parameters: to bind one, DuckDB imports pandas, and a night with nothing new asks this too.
    rows = con.execute(
        f"""{ROWS}
        where (oordeel = 'aangehouden' or oordeel = 'geweigerd' and door in {BY_ITSELF}) and not exists (
            select 1 from leveringen.levering_met_oordeel as later
            where later.oordeel = 'toegelaten' and later.registratie = levering.registratie
                and later.extract = levering.extract and later.ontvangen_op > levering.ontvangen_op
                -- Of the whole register a later state takes its place as well; of changes or of other periods not.
                and (later.stand_datum = levering.stand_datum
                    or (later.stand_datum > levering.stand_datum and levering.soort = 'volledig'))
        ) order by levering_nr"""
    ).fetchall()
    gone = removals(con)
    return [row for row in (Row(*each) for each in rows) if row.number not in gone]


def told_open(rows: Sequence[Row]) -> list[str]:
    """Say in Dutch, a sentence for each verdict, which deliveries still wait for somebody.

    Args:
        rows: What `still_open` gave.
    """
    what = {
        "aangehouden": "beslis met make accept, make refuse of, na herstel, make offer",
        "geweigerd": "na herstel make offer, of laat de leverancier opnieuw leveren; make refuse sluit het af",
    }
    told = []
    for verdict, remedy in what.items():
        numbers = [row.number for row in rows if row.verdict == verdict]
        if numbers:
            are = "1 levering is" if len(numbers) == 1 else f"{len(numbers)} leveringen zijn"
            told.append(f"nog {are} {verdict} ({', '.join(map(str, numbers))}); {remedy}")
    return told


def told_refused(rows: Sequence[Row]) -> tuple[str, str] | None:
    """Say in Dutch, for an alert, which deliveries of this night do not count.

    Args:
        rows: What came in.

    Returns:
        A title, and a line for each; None where all were admitted.
    """
    refused = [row for row in rows if row.verdict != "toegelaten"]
    lines = [f"levering {row.number} {row.registration}/{row.file}: {row.verdict}: {row.reason}" for row in refused]
    title = f"{len(refused)} leveringen niet toegelaten; de eerdere blijven van kracht"
    return (title, "\n".join(lines)) if lines else None


def not_yet_published(con: duckdb.DuckDBPyConnection, published: Mapping[int, str]) -> list[Row]:
    """Find the admitted deliveries on which no publication rests yet.

    Args:
        con: Connection to `raw.duckdb`.
        published: The verdict on each delivery, as readers see it.

    Returns:
        The deliveries, oldest first.
    """
    return [row for row in deliveries(con) if row.verdict == "toegelaten" and published.get(row.number) != "toegelaten"]


def findings_of(con: duckdb.DuckDBPyConnection, numbers: Collection[int]) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Read what each check of the border in found of some deliveries, such as those in force.

    Of more deliveries of one extract, as changes on a whole register, the first that failed the check, else the newest.

    Args:
        con: Connection to `raw.duckdb`.
        numbers: The deliveries.

    Returns:
        By registration, extract and check the finding with its delivery, by column name; none of a check that looked at
        none of them.
    """
    cursor = con.execute(
        """select registratie, extract, levering_nr, bestand, geladen_op, bevinding.* exclude (levering_nr)
        from leveringen.bevinding inner join leveringen.levering using (levering_nr)
        where list_contains(?, levering_nr)
        qualify row_number() over (
            partition by registratie, extract, controle order by is_voldaan, stand_datum desc, ontvangen_op desc
        ) = 1""",
        [list(numbers)],
    )
    names = [column[0] for column in cursor.description]
    found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {
        (each["registratie"], each["extract"], each["controle"]): each
        | {"voorbeelden": json.loads(each["voorbeelden"])}
        for each in found
    }


def noticed(con: duckdb.DuckDBPyConnection, numbers: Sequence[int]) -> list[tuple[int, str, str]]:
    """Read what was noticed about deliveries and was no reason to keep them out: such as codes that no list knows.

    Args:
        con: Connection to `raw.duckdb`.
        numbers: The deliveries.

    Returns:
        levering_nr, the name of the check, and what it found, in Dutch.
    """
    return con.execute(
        """select levering_nr, controle, gevonden from leveringen.bevinding
        where list_contains(?, levering_nr) and not is_voldaan and ernst = 'warning' order by levering_nr, rowid""",
        [list(numbers)],
    ).fetchall()


@dataclass(frozen=True)
class SetAside:
    """A record that does not fit, or one of the values for which it does not.

    Args:
        record: Its place among the records of the file, from 1.
        column: The column; None where the record as a whole is broken.
        masked: What may be shown of the value; None where there is nothing to show.
        reason: What is wrong, in Dutch.
    """

    record: int
    column: str | None
    masked: str | None
    reason: str


@dataclass(frozen=True)
class Account:
    """All that the register can tell of one delivery without a row of it.

    Args:
        row: The delivery with its verdict.
        kind: `volledig`, `periode` or `mutaties`.
        by_person: Its verdict is of a person.
        received: When it was received.
        loaded_at: When it was read.
        sha256: Checksum of its content.
        is_demo: It holds fictitious data.
        headings: Headings of a repeating column, in the order of its values.
        findings: What each check found, by column name of `leveringen.bevinding`, in the order of the suite;
            empty where nothing could be checked.
    """

    row: Row
    kind: str
    by_person: bool
    received: datetime
    loaded_at: datetime
    sha256: str
    is_demo: bool
    headings: tuple[str, ...]
    findings: tuple[dict[str, Any], ...]

    @property
    def failed(self) -> list[dict[str, Any]]:
        """The findings that are not as expected, what refuses a delivery first."""
        found = [finding for finding in self.findings if not finding["is_voldaan"]]
        return sorted(found, key=lambda finding: finding["ernst"] != "critical")

    @property
    def reason(self) -> str | None:
        """Why the verdict is what it is; None where the findings tell it."""
        told_by_findings = (
            not self.by_person
            and self.row.verdict == "geweigerd"
            and any(finding["ernst"] == "critical" for finding in self.failed)
        )
        return None if told_by_findings else self.row.reason


def account(con: duckdb.DuckDBPyConnection, number: int) -> Account:
    """Read what the register can tell of one delivery.

    Args:
        con: Connection to `raw.duckdb`.
        number: levering_nr.

    Raises:
        ValueError: There is no such delivery, or its rows were removed.
    """
    rows = deliveries(con, [number])
    if not rows:
        raise ValueError(f"levering {number} bestaat niet; de nummers staan in marts.dim_levering")
    if removal := removals(con).get(number):
        raise ValueError(f"levering {number} {removal.told}; over haar records is niets meer te zeggen")
    facts = con.execute(
        """select soort, coalesce(not list_contains(?, door), false), ontvangen_op, geladen_op, inhoud_sha256, is_demo,
            koppen
        from leveringen.levering_met_oordeel where levering_nr = ?""",
        [list(BY_ITSELF), number],
    ).fetchall()[0]
    cursor = con.execute(
        "select * exclude (levering_nr) from leveringen.bevinding where levering_nr = ? order by rowid", [number]
    )
    names = [column[0] for column in cursor.description]
    found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    findings = tuple(each | {"voorbeelden": json.loads(each["voorbeelden"] or "[]")} for each in found)
    kind, by_person, received, loaded_at, sha256, is_demo, headings = facts
    return Account(rows[0], kind, by_person, received, loaded_at, sha256, is_demo, tuple(headings), findings)


def set_aside(con: duckdb.DuckDBPyConnection, number: int) -> Iterator[SetAside]:
    """Read what of a delivery was set aside, a part at a time: there may be millions of records.

    Args:
        con: Connection to `raw.duckdb`, of which nothing else may be asked before the last one is read.
        number: levering_nr.

    Yields:
        The records in the order of the file, one for each value that does not fit.
    """
    cursor = con.execute(
        """select record_nr, kolom, waarde_gemaskeerd, reden from leveringen.apartgezet
        where levering_nr = ? order by record_nr, kolom, reden""",
        [number],
    )
    while rows := cursor.fetchmany(10_000):
        yield from (SetAside(*row) for row in rows)


def first_set_aside(con: duckdb.DuckDBPyConnection, number: int, most: int = 3) -> list[str]:
    """Say of the first records that were set aside what is wrong first.

    Args:
        con: Connection to `raw.duckdb`.
        number: levering_nr.
        most: How many records at most.

    Returns:
        Dutch, per record: its number, the column, the value as far as it may be shown, and the reason.
    """
    first: dict[int, SetAside] = {}
    for each in set_aside(con, number):
        first.setdefault(each.record, each)
        if len(first) == most:
            break
    return [
        f"record {each.record}{f', {each.column}' if each.column else ''}"
        f"{f' {each.masked!r}' if each.masked else ''}: {each.reason}"
        for each in first.values()
    ]
