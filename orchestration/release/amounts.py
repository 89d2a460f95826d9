"""The amounts of the afpakmonitor as cells of a release, and what each amount is made of.

One way, step and kind of seizure is a table of its own: organisation against kind of object, with all totals. How
much each case adds stands in the private warehouse alone (`int_afpakbijdragen_opgeteld`); from there come sizes, and no
case.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import duckdb

from orchestration.locking import open_warehouse
from orchestration.paths import DataPaths
from orchestration.release.blocks import AMOUNT, AMOUNT_REST, NATIONAL, TOTAL, WHOLE, Cell, Composition
from orchestration.release.rules import Rule, Weight

# The name by which the lists of a release call it; it is no indicator.
MONITOR = "afpakmonitor"
KIND = "objectsoort"
POLICE = "beslag_conservatoir_politie_eur"
# What the police seized is a part of it.
WHOLE_OF_POLICE = "strafrechtelijk/beslag_gelegd/conservatoir"

ROWS = f"""
select concat_ws('/', weg_code, stap_code, beslagsoort) as indicator_code, jaar,
    if(grouping(aanleveraar_code) = 1, '{NATIONAL}', aanleveraar_code) as eenheid_code,
    if(grouping(objectsoort_code) = 1, '{WHOLE}', '{KIND}') as uitsplitsing_soort,
    if(grouping(objectsoort_code) = 1, '{TOTAL}', objectsoort_code) as uitsplitsing_code,
    'eur' as eenheid_van_maat, null as teller, null as noemer,
    case when count(*) = count(bedrag_eur) then sum(bedrag_eur) end as realisatie
from bron.marts.fct_afpakmonitor
group by grouping sets (
    (weg_code, stap_code, beslagsoort, jaar, aanleveraar_code, objectsoort_code),
    (weg_code, stap_code, beslagsoort, jaar, aanleveraar_code),
    (weg_code, stap_code, beslagsoort, jaar, objectsoort_code),
    (weg_code, stap_code, beslagsoort, jaar)
)
"""

WEIGHTS = f"""
with bijdragen as (
    select *, concat_ws('/', weg_code, stap_code, beslagsoort) as reeks, registratie || '/' || dossier_nr as houder
    from warehouse.intermediate.int_afpakbijdragen_opgeteld
),
delen as (
    select reeks as indicator, jaar, aanleveraar_code as plaats, objectsoort_code, '{AMOUNT}' as maat, houder,
        bedrag_eur
    from bijdragen
    union all by name
    select '{POLICE}' as indicator, jaar, eenheid_code as plaats, objectsoort_code,
        if(is_beslag_politie, '{AMOUNT}', '{AMOUNT_REST}') as maat, houder, bedrag_eur
    from bijdragen where is_beslag_politie or reeks = '{WHOLE_OF_POLICE}'
),
houders as (
    select indicator, jaar, maat,
        if(grouping(plaats) = 1, '{NATIONAL}', plaats) as eenheid,
        if(grouping(objectsoort_code) = 1, '{WHOLE}', '{KIND}') as soort,
        if(grouping(objectsoort_code) = 1, '{TOTAL}', objectsoort_code) as code,
        (100 * sum(bedrag_eur))::bigint as centen
    from delen
    group by grouping sets (
        (indicator, jaar, maat, houder, plaats, objectsoort_code), (indicator, jaar, maat, houder, plaats),
        (indicator, jaar, maat, houder, objectsoort_code), (indicator, jaar, maat, houder)
    )
)
select indicator, jaar::integer, eenheid, soort, code, maat, sum(centen)::bigint, count(*),
    list(abs(centen) order by abs(centen) desc), min(centen) < 0
from houders where centen <> 0 group by all
"""


def series_of(row: Mapping[str, Any]) -> str:
    """The table of the afpakmonitor in which a row stands.

    Args:
        row: A row of `fct_afpakmonitor`.
    """
    return "/".join(row[name] for name in ("weg_code", "stap_code", "beslagsoort"))


def cell_of(row: Mapping[str, Any]) -> Cell:
    """The cell of a row of an earlier release.

    Args:
        row: A row of its `fct_afpakmonitor`, where totals stand between the rest.
    """
    unit, code = row["aanleveraar_code"], row["objectsoort_code"]
    split = WHOLE if code == TOTAL else KIND
    return Cell(series_of(row), row["jaar"], NATIONAL if unit == TOTAL else unit, split, code, AMOUNT)


def monitor_rules(rules: Mapping[str, Rule], tables: set[str]) -> dict[str, Rule]:
    """The rules with one for each table of the afpakmonitor in the place of that of all.

    Args:
        rules: How indicators are released, and the afpakmonitor.
        tables: The tables of the afpakmonitor.
    """
    found = {name: rule for name, rule in rules.items() if name != MONITOR}
    if MONITOR in rules:
        found |= {table: replace(rules[MONITOR], indicator=table) for table in tables}
    return found


def with_monitor(composition: Composition) -> Composition:
    """The same composition, with what the police seized as a part of what all seized.

    Args:
        composition: Which indicators are parts of others.
    """
    return replace(
        composition,
        links=(*composition.links, frozenset((POLICE, WHOLE_OF_POLICE))),
        national_subsets={POLICE: WHOLE_OF_POLICE},
    )


def read_weights(paths: DataPaths) -> dict[Cell, Weight]:
    """What each amount is made of, as the present warehouse says it.

    Whether that is the amount that was published, the totals say.

    Args:
        paths: The data folder.

    Returns:
        By cell what it is made of; nothing where no warehouse can say it.
    """
    if not paths.warehouse.exists():
        return {}
    with open_warehouse(paths) as con:
        try:
            rows = con.execute(WEIGHTS).fetchall()
        except duckdb.CatalogException:
            # An earlier release built it; the amounts are withheld, and say why.
            return {}
    return {
        Cell(indicator, year, unit, split, code, measure): Weight(
            total, holders, sizes[0], sizes[1] if holders > 1 else 0, sum(sizes[2:]), has_negative
        )
        for indicator, year, unit, split, code, measure, total, holders, sizes, has_negative in rows
    }
