"""What may no longer be kept goes from a whole data folder, and no figure moves; what only the models can say of it."""

from collections.abc import Callable
from datetime import date

import duckdb

from orchestration import reconstruction, register
from orchestration.__main__ import main
from orchestration.building import PRESENT, Builder
from orchestration.declarations import read_declarations
from orchestration.paths import DataPaths
from orchestration.retention import retain
from tests.integration.conftest import ask

Night = tuple[DataPaths, Callable[[], int]]
# Five years after the newest of them; the first full delivery of executie is of the next day.
TODAY = date(2027, 1, 20)
GONE = [2, *range(4, 15)]


def test_what_nothing_rests_on_goes_and_no_figure_moves(night: Night) -> None:
    paths, _ = night
    extracts = read_declarations()
    before = ask(paths.published, "from marts.fct_realisatie order by all")
    done = retain(paths, extracts, execute=True, origin="een proef", today=TODAY)
    # Of the demo: ten states of seizures, one of suspects and two of victims, received before 20 January 2022.
    assert [kept.number for kept in done.going] == GONE
    last = {kept.number: kept.last_in_force for kept in done.going}
    # Each until the day before the next of its register; the last three until 20 January 2022.
    assert (last[2], last[4]) == (date(2019, 5, 19), date(2019, 9, 19))
    assert [last[number] for number in (10, 12, 14)] == [date(2022, 1, 19)] * 3
    assert (done.whole_from, done.searched and done.searched.found) == (date(2022, 1, 20), [])
    assert done.tables > 20
    assert main(["as-of", "2022-01-19"]) == 1
    with duckdb.connect(str(paths.raw), read_only=True) as con:
        assert sorted(register.removals(con)) == GONE
        rows = con.sql("select count(*) from om_beslag.beslag where levering_nr <= 14").fetchall()
    assert rows == [(0,)]
    # Without a ledger earlier days would be derived again; those of before are left alone.
    assert reconstruction.pending(paths) == []
    # The next build rests on a raw without the rows, and says so.
    Builder(paths).answer(PRESENT, {"fct_realisatie", "dim_levering"})
    assert ask(paths.warehouse, "from marts.fct_realisatie order by all") == before
    told = ask(paths.warehouse, "select levering_nr, van_kracht_tot_datum, levering_oordeel, is_van_kracht "
               "from marts.dim_levering where verwijderd_datum is not null order by 1")  # fmt: skip
    assert told == [(number, last[number], "toegelaten", False) for number in GONE]
