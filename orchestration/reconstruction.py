"""Write down what the figures were before: on days on which they were made public, and by each state of a register.

The days are content (the list `publicatiemoment`), for a ledger that starts later. Each is derived once, in order, from
the deliveries received and the definitions decided by then, before the present is built; readers see nothing of it. A
night on which no such day has passed since the last publication does nothing here. The states are those that were
delivered of the series that grow (the list `naijling`), whatever was published of them.
"""

import logging
from dataclasses import replace
from datetime import date

import duckdb

from orchestration import ledger
from orchestration.building import Builder, Question
from orchestration.locking import open_database
from orchestration.novelty import KNOWN_DAYS
from orchestration.paths import DataPaths, seed_file
from orchestration.progress import step
from orchestration.register import first_known_whole, now
from orchestration.transformation import fingerprint_of_project

log = logging.getLogger(__name__)

LEG = "eerdere dagen"
LEG_STATES = "eerdere standen"
MOMENTS = seed_file("publicatiemoment")
WANTED = {"int_bijstellingen_verklaard", "int_stromen_opgeteld"}
ASKED_STATES, STATE = "int_standen_gevraagd", "int_standen_geteld"


def reconstruct(builder: Builder) -> list[date]:
    """Write down every day that has passed and is not in the ledger yet.

    Args:
        builder: The warehouse under construction, which answers for one day after the other.

    Returns:
        The days, in order.

    Raises:
        BuildError: A model failed.
        LedgerError: The ledger is not what was written down.
    """
    days = pending(builder.paths)
    for number, day in enumerate(days, start=1):
        log.info("grootboek: cijfers zoals bekend op %s (%s van %s)", f"{day:%d-%m-%Y}", number, len(days))
        step(LEG, number - 1, len(days), f"{day:%d-%m-%Y}")
        builder.answer(Question(peildatum=day), WANTED, last=False)
        with ledger.open_ledger(builder.paths) as book:
            entry = ledger.Entry(ledger.next_number(book), day, None, fingerprint_of_project())
            ledger.reconstruct(book, builder.paths, entry, is_compared=number == len(days))
    if days:
        step(LEG, len(days), len(days))
    return days


def count_states(builder: Builder, question: Question) -> list[date]:
    """Count by each delivered state of the series that grow, where that is not known yet.

    Args:
        builder: The warehouse under construction, in which the question is asked after this.
        question: Which deliveries are known, and by which versions is counted.

    Returns:
        The days of the states that were counted, in order.

    Raises:
        BuildError: A model failed.
        LedgerError: The ledger is not what was written down.
    """
    method = fingerprint_of_project()
    builder.answer(question, {ASKED_STATES}, last=False)
    with ledger.open_ledger(builder.paths) as book:
        days = ledger.missing_states(book, builder.paths, method)
    counted: list[ledger.Counted] = []
    for number, day in enumerate(days):
        step(LEG_STATES, number, len(days), f"{day:%d-%m-%Y}")
        builder.answer(replace(question, state=day), {STATE}, last=False)
        with ledger.open_ledger(builder.paths) as book:
            counted += ledger.counted_by_state(book, builder.paths, method, day)
    # At once, since each time is an event; who kills it before counts again.
    with ledger.open_ledger(builder.paths) as book:
        ledger.keep_states(book, builder.paths, method, counted)
    if days:
        step(LEG_STATES, len(days), len(days))
    return days


def pending(paths: DataPaths) -> list[date]:
    """The days that have to be written down still.

    Args:
        paths: The data folder.

    Returns:
        Days of the seed after the last publication and before the newest delivery or decision about one, on which
        something was known that was not known on the day before it in this list.
    """
    with ledger.open_ledger(paths) as book:
        ledger.settle(book, paths)
        last = ledger.last(book, "bevestigd", "gereconstrueerd")
    with open_database(paths.raw, read_only=True) as con:
        # What a person decides later on, such as to withdraw a delivery, is news on the day from which it holds.
        news = [day for (day,) in con.execute(KNOWN_DAYS).fetchall() if day <= now().date()]
        whole_from = first_known_whole(con) or date.min
    days: list[date] = []
    known = last.peildatum if last else date.min
    for day in _moments():
        if day < whole_from:
            # Of this day rows were removed: it is in the ledger as it was derived before, or nowhere.
            continue
        if day < max(news, default=date.min) and any(known < since <= day for since in news):
            days.append(day)
            known = day
    return days


def _moments() -> list[date]:
    with duckdb.connect() as con:
        rows = con.execute(f"select peildatum::date from read_csv('{MOMENTS}', header = true) order by 1").fetchall()
    return [row[0] for row in rows]
