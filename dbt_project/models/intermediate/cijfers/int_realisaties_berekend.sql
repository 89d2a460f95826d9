with

-- These three are read anew by each that follows: to keep millions of rows in memory costs more than to read them.
tellingen as not materialized (

    select *
    from {{ ref('int_tellingen_verzameld') }}
    where telt_mee is distinct from false

),

-- Every row counts for its own unit and for the nation. The nation is counted anew, never summed from the units: a
-- counting unit that two of them share counts once.
in_een_gebied as not materialized (

    select telling.* replace (coalesce(gebied.eenheid_code, telling.eenheid_code) as eenheid_code)
    from tellingen as telling
    cross join (values (null), ('NL')) as gebied (eenheid_code)

),

per_gebied as not materialized (

    {{ vastgesteld('in_een_gebied', ['jaar', 'eenheid_code', 'uitsplitsing_soort', 'uitsplitsing_code']) }}

),

-- Of a stock the lowest counts: what there is of it on each day (the counting unit), and of those the least.
standen as (

    select
        telling.indicator_code,
        telling.jaar,
        telling.eenheid_code,
        telling.uitsplitsing_soort,
        telling.uitsplitsing_code,
        telling.teleenheid,
        sum(telling.waarde) filter (telling.telt_mee) as stand
    from per_gebied as telling
    inner join {{ ref('indicator') }} as indicator on telling.indicator_code = indicator.indicator_code
    where indicator.meetwijze = 'laagste_stand'
    group by
        telling.indicator_code,
        telling.jaar,
        telling.eenheid_code,
        telling.uitsplitsing_soort,
        telling.uitsplitsing_code,
        telling.teleenheid

),

laagste_standen as (

    select
        indicator_code,
        jaar,
        eenheid_code,
        uitsplitsing_soort,
        uitsplitsing_code,
        min(stand) as laagste_stand
    from standen
    group by indicator_code, jaar, eenheid_code, uitsplitsing_soort, uitsplitsing_code

),

-- What is still to be decided, of all that a share is a share of.
nog_open as (

    select
        telling.indicator_code,
        telling.jaar,
        coalesce(gebied.eenheid_code, telling.eenheid_code) as eenheid_code,
        telling.uitsplitsing_soort,
        telling.uitsplitsing_code,
        count(distinct telling.teleenheid) as aantal_open
    from {{ ref('int_tellingen_verzameld') }} as telling
    cross join (values (null), ('NL')) as gebied (eenheid_code)
    where telling.is_open
    group by all

),

ingedeeld as (

    select
        telling.*,
        -- A split may count what its indicator leaves out of a percentage.
        coalesce(uitsplitsing.meetwijze, indicator.meetwijze) as meetwijze,
        -- Of a sum and of a stock nothing is told apart, which of many rows would cost most of all.
        telling.telt_mee
        and coalesce(uitsplitsing.meetwijze, indicator.meetwijze) in ('aantal', 'aandeel') as telt_eenmaal
    from per_gebied as telling
    inner join {{ ref('indicator') }} as indicator on telling.indicator_code = indicator.indicator_code
    inner join {{ ref('uitsplitsing') }} as uitsplitsing
        on telling.uitsplitsing_soort = uitsplitsing.uitsplitsing_soort

),

geteld as (

    select
        indicator_code,
        jaar,
        eenheid_code,
        uitsplitsing_soort,
        uitsplitsing_code,
        meetwijze,
        count(distinct teleenheid) filter (telt_eenmaal) as aantal,
        count(distinct teleenheid) filter (telt_eenmaal and rol = 'teller') as teller,
        count(distinct teleenheid) filter (telt_eenmaal and rol = 'noemer') as noemer,
        sum(waarde) filter (telt_mee) as som,
        count(*) filter (telt_mee is null) as aantal_onbekend,
        count(*) filter (telt_mee and waarde is null) as aantal_zonder_waarde,
        count(levering_nr) as aantal_rijen
    from ingedeeld
    group by indicator_code, jaar, eenheid_code, uitsplitsing_soort, uitsplitsing_code, meetwijze

),

gemeten as (

    select
        geteld.indicator_code,
        geteld.jaar,
        geteld.eenheid_code,
        geteld.uitsplitsing_soort,
        geteld.uitsplitsing_code,
        case geteld.meetwijze
            when 'aantal' then geteld.aantal
            when 'som' then geteld.som
            when 'aandeel' then 100.0 * geteld.teller / nullif(geteld.noemer, 0)
            when 'laagste_stand' then laagste.laagste_stand
        end as meting,
        case when geteld.meetwijze = 'aandeel' then geteld.teller end as teller,
        case when geteld.meetwijze = 'aandeel' then geteld.noemer end as noemer,
        100.0 * nog_open.aantal_open / nullif(geteld.noemer, 0) as aandeel_open_pct,
        geteld.aantal_onbekend,
        geteld.aantal_zonder_waarde,
        geteld.aantal_rijen
    from geteld
    left join laagste_standen as laagste
        on
            geteld.indicator_code = laagste.indicator_code
            and geteld.jaar = laagste.jaar
            and geteld.eenheid_code = laagste.eenheid_code
            and geteld.uitsplitsing_soort = laagste.uitsplitsing_soort
            and geteld.uitsplitsing_code = laagste.uitsplitsing_code
    left join nog_open
        on
            geteld.indicator_code = nog_open.indicator_code
            and geteld.jaar = nog_open.jaar
            and geteld.eenheid_code = nog_open.eenheid_code
            and geteld.uitsplitsing_soort = nog_open.uitsplitsing_soort
            and geteld.uitsplitsing_code = nog_open.uitsplitsing_code

),

-- A year that a registration covers and in which nothing counts is a figure too: zero. A share of nothing is none.
nullen as (

    select
        gedekt.indicator_code,
        gedekt.jaar,
        'NL' as eenheid_code,
        'geen' as uitsplitsing_soort,
        'totaal' as uitsplitsing_code,
        case when indicator.meetwijze in ('aantal', 'som') then 0 end as meting,
        null as teller,
        null as noemer,
        null as aandeel_open_pct,
        0 as aantal_onbekend,
        0 as aantal_zonder_waarde,
        0 as aantal_rijen
    from {{ ref('int_jaren_gedekt') }} as gedekt
    inner join {{ ref('indicator') }} as indicator on gedekt.indicator_code = indicator.indicator_code
    left join gemeten
        on
            gedekt.indicator_code = gemeten.indicator_code
            and gedekt.jaar = gemeten.jaar
            and gemeten.eenheid_code = 'NL'
            and gemeten.uitsplitsing_soort = 'geen'
    where gemeten.indicator_code is null

),

alle as (

    select * from gemeten

    union all

    select * from nullen

),

verklaard as (

    select
        alle.*,
        gedekt.stand_datum,
        gedekt.gedekt_tot,
        gedekt.is_heel_jaar,
        gedekt.aantal_apartgezet,
        gedekt.is_demo,
        case
            when alle.aantal_onbekend > 0 then 'onbekende_code'
            when alle.aantal_zonder_waarde > 0 then 'onbekend_aantal'
            when gedekt.is_zonder_rijen and alle.aantal_rijen = 0 then 'geen_rijen'
            when alle.meting is null then 'niets_te_delen'
        end as geen_realisatie_reden
    from alle
    inner join {{ ref('int_jaren_gedekt') }} as gedekt
        on alle.indicator_code = gedekt.indicator_code and alle.jaar = gedekt.jaar

),

-- The state at the end of the last day decides, of the oldest of its own deliveries: what another register delivered
-- since then makes no figure final.
met_status as (

    select
        verklaard.*,
        indicator.maximaal_open_pct,
        case
            when verklaard.geen_realisatie_reden is not null then null
            when
                verklaard.is_heel_jaar
                and verklaard.stand_datum + to_days(1)
                >= make_date(verklaard.jaar + 1, 1, 1) + to_months(indicator.definitief_na_maanden)
                then 'definitief'
            else 'voorlopig'
        end as realisatie_status
    from verklaard
    inner join {{ ref('indicator') }} as indicator on verklaard.indicator_code = indicator.indicator_code

)

select
    cijfer.indicator_code,
    cijfer.jaar,
    cijfer.eenheid_code,
    cijfer.uitsplitsing_soort,
    cijfer.uitsplitsing_code,
    gekozen.definitie_versie,
    gekozen.lijst_versies,
    cijfer.gedekt_tot,
    cijfer.is_heel_jaar,
    cijfer.aantal_apartgezet,
    cijfer.is_demo,
    -- Not rounded: what is judged by it is judged by what it is, and not by what a reader is shown.
    case when cijfer.geen_realisatie_reden is null then cijfer.meting end::double as realisatie,
    case when cijfer.geen_realisatie_reden is null then cijfer.teller end as teller,
    case when cijfer.geen_realisatie_reden is null then cijfer.noemer end as noemer,
    cijfer.geen_realisatie_reden,
    cijfer.realisatie_status,
    round(cijfer.aandeel_open_pct, 1)::decimal(5, 1) as aandeel_open_pct,
    -- Why a figure that is there can be neither judged nor compared yet.
    case
        when cijfer.geen_realisatie_reden is not null then null
        when cijfer.realisatie_status = 'voorlopig' and naijling.indicator_code is not null then 'groeit_nog'
        when cijfer.aandeel_open_pct > cijfer.maximaal_open_pct then 'cohort_onrijp'
    end as voorbehoud_reden
from met_status as cijfer
inner join {{ ref('int_definities_gekozen') }} as gekozen
    on cijfer.indicator_code = gekozen.indicator_code and {{ in_zijn_jaren('gekozen', 'cijfer.jaar') }}
left join {{ ref('naijling') }} as naijling on cijfer.indicator_code = naijling.indicator_code
