"""What a person decides about a delivery: to withdraw it or offer it again, and to accept or refuse one that is held.

Each takes effect at the next night. It is a verdict in the register; no row in raw is touched. What the border in
decides stands in `admission`.
"""

from collections.abc import Collection, Sequence

import duckdb

from orchestration import register
from orchestration.identifiers import check_reason

ACTS = {"toelaten": "make accept", "weigeren": "make refuse"}


def offer_again(con: duckdb.DuckDBPyConnection, number: int, by: str, reason: str = "") -> list[register.Row]:
    """Let the next night load a delivery once more, for instance after a mended declaration.

    With it go the rest of its set, and other deliveries of the same content. With a reason whoever asks says too that
    he looked at what seems to identify persons in it, and that it does not: it is no reason to refuse it any more.

    Args:
        con: Connection to `raw.duckdb`, writable.
        number: levering_nr.
        by: Who asks.
        reason: Why, in Dutch; need not be given.

    Returns:
        The deliveries that will be loaded again, the one that was asked for first.

    Raises:
        ValueError: There is no such delivery, it is not refused, held or withdrawn, or the reason says of somebody who
            he is.
    """
    if reason.strip():
        _check_reason(reason, "aanbieden")
    verdicts = ("geweigerd", "aangehouden", "ingetrokken")
    told = "alleen wat geweigerd, aangehouden of ingetrokken is kan opnieuw"
    rows = _same_content(con, number, verdicts, told)
    with register.whole(con):
        for row in rows:
            # What was refused may hold from its receipt on after all; what was withdrawn was out of force until now.
            moment = register.now() if row.verdict == "ingetrokken" else None
            register.decide(con, row.number, "opnieuw_aangeboden", reason.strip() or None, by, moment)
    return rows


def withdraw(
    con: duckdb.DuckDBPyConnection, number: int, reason: str, by: str, unpublished: Collection[int] = ()
) -> list[register.Row]:
    """Take an admitted delivery out of force, from now on; as of an earlier day it stays in force.

    With it go the rest of its set, and other deliveries of the same content. All of them stay in raw. A delivery on
    which no publication ever rested was never in force: nobody has to be able to ask for it.

    Args:
        con: Connection to `raw.duckdb`, writable.
        number: levering_nr.
        reason: Why, in Dutch.
        by: Who withdraws it.
        unpublished: The admitted deliveries on which no publication rests yet.

    Returns:
        The deliveries that were withdrawn, the one that was asked for first.

    Raises:
        ValueError: There is no such delivery, it is not admitted, or no reason is given.
    """
    _check_reason(reason, "intrekken")
    rows = _same_content(con, number, ("toegelaten",), "alleen wat toegelaten is kan worden ingetrokken")
    with register.whole(con):
        for row in rows:
            moment = None if row.number in unpublished else register.now()
            register.decide(con, row.number, "ingetrokken", reason.strip(), by, moment)
    return rows


def accept(con: duckdb.DuckDBPyConnection, number: int, reason: str, by: str) -> list[register.Row]:
    """Admit a delivery that is held after all, from its receipt on.

    With it go the rest of its set, and other held deliveries of the same content. What no publication has rested on is
    on trial, so what was held on trial is tried once more, and held again where it still breaks a rule.

    Args:
        con: Connection to `raw.duckdb`, writable.
        number: levering_nr.
        reason: Why, in Dutch.
        by: Who accepts it.

    Returns:
        The deliveries that were admitted, the one that was asked for first.

    Raises:
        ValueError: There is no such delivery, it is not held, one of its set is refused, or no reason is given.
    """
    rows = _undecided(con, number, reason, "toelaten")
    refused = {row.set_number: row.number for row in register.deliveries(con) if row.verdict == "geweigerd"}
    if partner := refused.get(rows[0].set_number):
        raise ValueError(
            f"levering {number} hoort bij levering {partner}, die geweigerd is; lever die hersteld opnieuw, of bied "
            f"haar opnieuw aan: make offer LEVERING={partner}"
        )
    rows = [row for row in rows if row.set_number not in refused]
    return _decide(con, rows, "toegelaten", reason, by)


def refuse(con: duckdb.DuckDBPyConnection, number: int, reason: str, by: str) -> list[register.Row]:
    """Refuse a delivery for good: what is refused is not looked at again until somebody offers it.

    One that is held, or that the border in refused by itself: then nobody waits for it any more. With it go the rest
    of its set, and other such deliveries of the same content.

    Args:
        con: Connection to `raw.duckdb`, writable.
        number: levering_nr.
        reason: Why, in Dutch.
        by: Who refuses it.

    Returns:
        The deliveries that were refused, the one that was asked for first.

    Raises:
        ValueError: There is no such delivery, it counts, it was withdrawn, or no reason is given.
    """
    return _decide(
        con, _undecided(con, number, reason, "weigeren", ("aangehouden", "geweigerd")), "geweigerd", reason, by
    )


def _undecided(
    con: duckdb.DuckDBPyConnection, number: int, reason: str, act: str, verdicts: Sequence[str] = ("aangehouden",)
) -> list[register.Row]:
    _check_reason(reason, act)
    told = f"alleen over wat {' of '.join(verdicts)} is kan nog worden beslist met {ACTS[act]}"
    return _same_content(con, number, verdicts, told)


def _check_reason(reason: str, act: str) -> None:
    check_reason(reason, f"een levering {act} kan alleen met een reden, die bij de levering wordt gepubliceerd")


def _decide(
    con: duckdb.DuckDBPyConnection, rows: list[register.Row], verdict: register.Verdict, reason: str, by: str
) -> list[register.Row]:
    with register.whole(con):
        for row in rows:
            register.decide(con, row.number, verdict, reason.strip(), by)
    return rows


def _same_content(
    con: duckdb.DuckDBPyConnection, number: int, verdicts: Sequence[str], told: str
) -> list[register.Row]:
    """Find a delivery with a certain verdict, and all that shares its fate: its set, and that content again."""
    # A question that is refused leaves no trace, or the next night would take it for news.
    rows = register.deliveries(con, [number])
    if not rows:
        raise ValueError(f"levering {number} bestaat niet; de nummers staan in marts.dim_levering")
    asked = rows[0]
    gone = register.removals(con)
    if removal := gone.get(number):
        raise ValueError(f"levering {number} {removal.told}; er valt niets meer over te beslissen")
    if asked.verdict not in verdicts:
        raise ValueError(f"levering {number} is {asked.verdict or 'nog niet beoordeeld'}; {told}")
    register.prepare(con)
    versions = register.versions(con, asked.registration, asked.stand_datum)
    contents = next(version.contents for version in versions if number in version.numbers.values())
    numbers = [other for version in versions if version.contents == contents for other in version.numbers.values()]
    others = [
        row
        for row in register.deliveries(con, numbers)
        if row.number not in (number, *gone) and row.verdict in verdicts
    ]
    return [asked, *others]
