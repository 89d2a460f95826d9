with

voortgang as (

    select * from {{ ref('int_voortgang_beoordeeld') }}

),

-- A figure of a year for which no agenda has a row is a figure too.
buiten_agenda as (

    select realisatie.* replace (realisatie.realisatie::decimal(18, 2) as realisatie)
    from {{ ref('int_realisaties_berekend') }} as realisatie
    left join voortgang
        on realisatie.indicator_code = voortgang.indicator_code and realisatie.jaar = voortgang.jaar
    where
        realisatie.eenheid_code = 'NL'
        and realisatie.uitsplitsing_soort = 'geen'
        and voortgang.indicator_code is null

)

select
    indicator_code,
    jaar::integer as jaar,
    agenda_code,
    realisatie,
    realisatie_status,
    geen_realisatie_reden,
    gedekt_tot,
    definitie_versie,
    lijst_versies,
    streefcijfer,
    streefcijfer_besluit,
    geen_streefcijfer_reden
from voortgang

union all

select
    indicator_code,
    jaar::integer as jaar,
    null as agenda_code,
    realisatie,
    realisatie_status,
    geen_realisatie_reden,
    gedekt_tot,
    definitie_versie,
    lijst_versies,
    null as streefcijfer,
    null as streefcijfer_besluit,
    null as geen_streefcijfer_reden
from buiten_agenda
