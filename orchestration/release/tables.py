"""The tables of a release, in SQL, and what they say of their columns.

Of a figure that is hidden, or kept from an earlier release, goes all that follows from it. What is hidden was decided
before; `besluit`, `behouden` and `vrij` say it.
"""

import duckdb

from orchestration.sql import quoted

# Why a block keeps what an earlier release shows.
SMALL_CHANGE = "kleine_verandering"
DEMO = "Demo: deze cijfers rusten op verzonnen leveringen."

DECISIONS = """
create temp table besluit (
    indicator_code varchar, jaar integer, eenheid_code varchar, uitsplitsing_soort varchar, uitsplitsing_code varchar,
    waarde decimal(18, 2), teller bigint, noemer bigint, afgerond_op integer, status varchar, reden varchar
)
"""
# What is decided of the tables of the afpakmonitor, each under its way, step and kind of seizure.
AMOUNTS_DECIDED = DECISIONS.replace("besluit", "besluit_afpakken")
KEPT = "create temp table behouden (indicator_code varchar, jaar integer, eerder integer)"

FIGURES = """
create table doel.marts.fct_realisatie as
with getoond as (
    from besluit
    union all by name
    select indicator_code, jaar, eenheid_code, uitsplitsing_soort, uitsplitsing_code, realisatie as waarde, teller,
    noemer,
        'F' as status
    from bron.marts.fct_realisatie semi join vrij using (indicator_code)
),
landelijk as (
    select indicator_code, jaar, peildatum, eenheid_van_maat, realisatie_status, gedekt_tot, definitie_versie, is_demo
    from bron.marts.fct_realisatie where eenheid_code = 'NL' and uitsplitsing_soort = 'geen'
)
select getoond.indicator_code, getoond.jaar, getoond.eenheid_code, getoond.uitsplitsing_soort,
getoond.uitsplitsing_code,
    coalesce(cijfer.uitsplitsing_key, getoond.uitsplitsing_soort || '/' || getoond.uitsplitsing_code) as
    uitsplitsing_key,
    landelijk.peildatum, landelijk.eenheid_van_maat, getoond.waarde as realisatie, getoond.teller, getoond.noemer,
    getoond.status as "CONF_STATUS", getoond.reden as vrijgave_reden, getoond.afgerond_op,
    coalesce(cijfer.realisatie_status, landelijk.realisatie_status) as realisatie_status,
    cijfer.geen_realisatie_reden, coalesce(cijfer.gedekt_tot, landelijk.gedekt_tot) as gedekt_tot,
    landelijk.definitie_versie, landelijk.is_demo
from getoond
left join landelijk using (indicator_code, jaar)
left join bron.marts.fct_realisatie as cijfer
    using (indicator_code, jaar, eenheid_code, uitsplitsing_soort, uitsplitsing_code)
"""

# Totals stand between what they are totals of, since one that is hidden lets nobody make them himself.
AMOUNTS = """
create table doel.marts.fct_afpakmonitor as
with getoond as (
    select jaar, split_part(indicator_code, '/', 1) as weg_code, split_part(indicator_code, '/', 2) as stap_code,
        split_part(indicator_code, '/', 3) as beslagsoort,
        if(eenheid_code = 'NL', 'totaal', eenheid_code) as aanleveraar_code,
        uitsplitsing_code as objectsoort_code, waarde, status, reden
    from besluit_afpakken
),
stappen as (
    select jaar, weg_code, stap_code, beslagsoort, max(peildatum) as peildatum, any_value(maat_soort) as maat_soort,
        max(geen_bedrag_reden) as geen_bedrag_reden, min(gedekt_tot) as gedekt_tot
    from bron.marts.fct_afpakmonitor group by all
)
select jaar, weg_code, stap_code, beslagsoort, aanleveraar_code, objectsoort_code, stappen.peildatum,
    stappen.maat_soort, waarde as bedrag_eur, status as "CONF_STATUS", reden as vrijgave_reden,
    if(waarde is null and status = 'F', stappen.geen_bedrag_reden, null) as geen_bedrag_reden, stappen.gedekt_tot
from getoond left join stappen using (jaar, weg_code, stap_code, beslagsoort)
"""

# A year that is hidden, or that shows what an earlier release does: what is compared with it would show the rest.
PROGRESS = """
create table doel.marts.fct_voortgang as
with verborgen as (
    select indicator_code, jaar from besluit
    where eenheid_code = 'NL' and uitsplitsing_soort = 'geen' and status <> 'F'
),
anders as (
    select indicator_code, jaar from verborgen union select indicator_code, jaar from behouden
),
vergeleken as (
    select voortgang.*,
        exists (from verborgen as v where v.indicator_code = voortgang.indicator_code and v.jaar = voortgang.jaar) as
        is_verborgen,
        referentie_waarde is not null and exists (
            from anders as a where a.indicator_code = voortgang.indicator_code and a.jaar = voortgang.referentie_jaar
        ) as zonder_referentie,
        exists (
            from anders as a where a.indicator_code = voortgang.indicator_code and a.jaar = voortgang.jaar - 1
        ) as zonder_vorige,
        voortgang.indicator_code in (from vrij) as is_vrij
    from bron.marts.fct_voortgang as voortgang
    anti join behouden using (indicator_code, jaar)
    where voortgang.indicator_code in (select indicator_code from besluit union from vrij)
        or voortgang.realisatie is null
)
select * exclude (is_verborgen, zonder_referentie, zonder_vorige, is_vrij)
    replace (
        if(is_verborgen, null, realisatie) as realisatie,
        if(is_verborgen or zonder_referentie, null, referentie_waarde) as referentie_waarde,
        if(is_verborgen or zonder_referentie, null, verschil) as verschil,
        if(is_verborgen or zonder_referentie, null, realisatie_pct) as realisatie_pct,
        if(is_verborgen or zonder_referentie, null, oordeel) as oordeel,
        if(is_verborgen or zonder_referentie, null, oordeel_reden) as oordeel_reden,
        if(is_verborgen or zonder_vorige, null, verandering) as verandering,
        if(is_verborgen or zonder_vorige, null, verandering_pct) as verandering_pct,
        if(is_vrij, aantal_apartgezet, null) as aantal_apartgezet,
        if(is_vrij, aandeel_open_pct, null) as aandeel_open_pct,
        if(is_vrij, eenheden_onder_minimum, null) as eenheden_onder_minimum
    ),
    if(is_verborgen, 'C', 'F') as "CONF_STATUS",
    case
        when is_verborgen then 'klein'
        when zonder_referentie or (zonder_vorige and verandering is not null) then 'vergelijking'
    end as vrijgave_reden
from vergeleken
"""

# The growth of one year is reckoned from all others, so one year that is not what is shown is enough.
EXPECTED = """
create table doel.marts.fct_verwachting as
select verwachting.*, 'F' as "CONF_STATUS" from bron.marts.fct_verwachting as verwachting
where indicator_code in (select indicator_code from besluit union from vrij)
    and indicator_code not in (
        select indicator_code from behouden
        union select indicator_code from besluit
        where eenheid_code = 'NL' and uitsplitsing_soort = 'geen' and status <> 'F'
    )
"""

WITHHELD = """
create table doel.marts.fct_achtergehouden (
    indicator_code varchar, jaar integer, uitsplitsing_soort varchar, vrijgave_reden varchar
)
"""

CODES = """
insert into doel.marts.dim_code by name
select 'vrijgave_reden/' || vrijgave_reden as code_key, 'vrijgave_reden' as code_soort, vrijgave_reden as code, naam,
    omschrijving, row_number() over () as volgorde
from doel.marts.dim_vrijgave_reden
union all by name
select soort || '/totaal' as code_key, soort as code_soort, 'totaal' as code, 'Totaal' as naam,
    'Alle samen; tel haar niet op met de delen.' as omschrijving, 0 as volgorde
from (select unnest(['aanleveraar_code', 'objectsoort_code']) as soort)
"""

COUNTED = """
select "CONF_STATUS", count(*) from (
    select "CONF_STATUS" from doel.marts.fct_realisatie
    union all
    select "CONF_STATUS" from doel.marts.fct_afpakmonitor
) group by all
"""

ABOUT = """
create table doel.marts.fct_vrijgave as
select ?::integer as vrijgave_nr, ?::integer as publicatie_nr, ?::timestamp as vrijgegeven_op,
    (select max(peildatum) from bron.marts.fct_voortgang) as peildatum, ?::varchar as wijze, ?::varchar as versie,
    ?::bigint as aantal_vrij, ?::bigint as aantal_klein, ?::bigint as aantal_samenhang, ?::bigint as
    aantal_achtergehouden,
    ?::bigint as aantal_behouden
"""

# What the columns say that a publication does not have; the others say what they say there.
OWN = {
    "CONF_STATUS": "Vertrouwelijkheid van de waarde volgens SDMX (CL_CONF_STATUS): F vrij, C achtergehouden "
    "omdat zij zelf klein is, "
    "D achtergehouden omdat zij een andere zou tonen.",
    "vrijgave_reden": "Waarom iets is achtergehouden, of een eerdere waarde houdt (dim_vrijgave_reden).",
    "afgerond_op": "Veelvoud waarop het aantal is afgerond; leeg als het niet is afgerond.",
    "naam": "Naam van de code.",
    "omschrijving": "Wat de code zegt.",
    "betreft": "Waarover de indicator gaat: een persoon, een zaak of groep van personen, of geen van die.",
    "vrijgave": "vrij: zoals gepubliceerd. afgeschermd: per eenheid en uitsplitsing, met wat nodig is "
    "achtergehouden. landelijk: alleen het "
    "landelijke cijfer.",
    "drempel": "Vanaf dit aantal is een cel niet klein; van een bedrag het aantal dossiers dat eraan bijdraagt.",
    "drempel_landelijk": "Hetzelfde voor het landelijke cijfer; 0 als dat op zichzelf openbaar is.",
    "marge": "Hoeveel ruimer dan een enkel getal moet blijven wat van een kleine cel is uit te rekenen.",
    "dominantie_pct": "Van een bedrag: tot op hoeveel procent van de grootste bijdrage niemand die mag kunnen "
    "benaderen, ook niet wie de op een na grootste leverde (de p%-regel); leeg bij aantallen.",
    "is_aanname": "Of de regel een aanname is, omdat geen openbare bron haar noemt.",
    "bron": "Waar de regel op berust.",
    "toelichting": "De regel in woorden.",
    "vrijgave_nr": "Volgnummer van de vrijgave.",
    "publicatie_nr": "Publicatie waarvan zij is gemaakt.",
    "vrijgegeven_op": "Wanneer zij is gemaakt.",
    "wijze": "achtergehouden of afgerond.",
    "versie": "Versie van het programma.",
    "aantal_vrij": "Rijen van fct_realisatie en fct_afpakmonitor die vrij zijn.",
    "aantal_klein": "Rijen van fct_realisatie en fct_afpakmonitor die zijn achtergehouden omdat zij klein zijn.",
    "aantal_samenhang": "Rijen van fct_realisatie en fct_afpakmonitor die zijn achtergehouden omdat zij een andere "
    "zouden tonen.",
    "aantal_achtergehouden": "Rijen van fct_achtergehouden die zeggen wat in zijn geheel is achtergehouden.",
    "aantal_behouden": "Hoe vaak indicatoren van een jaar de waarden van een eerdere vrijgave houden.",
}
OWN_TABLES = {
    "fct_realisatie": "Een rij per cijfer, jaar, eenheid en deel van een uitsplitsing, voor gebruik buiten. Wat "
    "samen optelt is samen afgeschermd, "
    "ook naast eerdere vrijgaven. Een cel zonder rij is nul, tenzij fct_achtergehouden de tabel noemt.",
    "fct_afpakmonitor": "Een rij per jaar, weg, stap, soort beslag, aanleverende organisatie en soort object: het "
    "bedrag. De totalen staan ertussen (totaal): tel die nooit op met de delen, en stappen nooit met elkaar. Bedragen "
    "waarin een of enkele dossiers overheersen zijn achtergehouden; aantallen staan er niet in.",
    "fct_voortgang": "Een rij per agenda, indicator en jaar, landelijk. Wat volgt uit een cijfer dat is "
    "achtergehouden, is leeg.",
    "fct_verwachting": "Een rij per indicator en jaar waarvan het cijfer nog groeit; alleen van indicatoren die "
    "geheel zijn zoals gepubliceerd.",
    "fct_achtergehouden": "Een rij per indicator, jaar en uitsplitsing die niet is vrijgegeven, met de reden; "
    "alle: ook de cijfers per eenheid. Van de afpakmonitor staat onder uitsplitsing_soort weg, stap en soort beslag. "
    "Bij kleine_verandering staan de waarden van een eerdere vrijgave er nog.",
    "fct_vrijgave": "De rij van deze vrijgave.",
    "dim_vrijgaveregel": "Een rij per indicator: hoe hij naar buiten gaat, en vanaf welk aantal een cel klein is.",
    "dim_vrijgave_reden": "Een rij per reden waarom iets is achtergehouden.",
}


def kept_tables(place: int) -> str:
    """Keep of some indicators and years what an earlier release shows.

    Args:
        place: Which of the attached releases.
    """
    # That it kept something itself is said anew.
    where = {
        "fct_realisatie": "",
        "fct_voortgang": "",
        "fct_achtergehouden": f"where vrijgave_reden <> {quoted(SMALL_CHANGE)}",
    }
    kept = ";".join(
        f"""insert into doel.marts.{table} by name
        select eerder.* from eerder_{place}.marts.{table} as eerder
        semi join (from behouden where eerder = {place}) using (indicator_code, jaar)
        {where[table]}"""
        for table in where
    )
    return f"""{kept};
        insert into doel.marts.fct_afpakmonitor by name
        select eerder.* from eerder_{place}.marts.fct_afpakmonitor as eerder
        semi join (from behouden where eerder = {place}) as behouden
            on concat_ws('/', weg_code, stap_code, beslagsoort) = indicator_code and eerder.jaar = behouden.jaar"""


def describe(con: duckdb.DuckDBPyConnection) -> None:
    """Say of each table and column what it is, from the publication or from here.

    Args:
        con: Connection with the publication and the release.

    Raises:
        ValueError: Of one nothing is said.
    """
    told = dict(con.execute("select table_name, comment from duckdb_tables() where database_name = 'bron'").fetchall())
    known = {
        (table, column): comment
        for table, column, comment in con.execute(
            "select table_name, column_name, comment from duckdb_columns() where database_name = 'bron'"
        ).fetchall()
    }
    (is_demo,) = con.execute("select coalesce(bool_or(is_demo), false) from doel.marts.fct_realisatie").fetchall()[0]
    columns = con.execute(
        "select table_name, list(column_name) from duckdb_columns() where database_name = 'doel' group by all"
    ).fetchall()
    general = {column: comment for (_, column), comment in sorted(known.items(), reverse=True)}
    for table, names in columns:
        text = OWN_TABLES.get(table) or told.get(table)
        comments = {name: known.get((table, name)) or OWN.get(name) or general.get(name) for name in names}
        if not text or not all(comments.values()):
            missing = [name for name, comment in comments.items() if not comment] or "de tabel"
            raise ValueError(f"{table}: van {missing} zegt niemand wat het is")
        text = text if not is_demo or text.startswith(DEMO) else f"{DEMO} {text}"
        con.execute(f"comment on table doel.marts.{table} is {quoted(text)}")
        for name, comment in comments.items():
            con.execute(f'comment on column doel.marts.{table}."{name}" is {quoted(comment)}')
