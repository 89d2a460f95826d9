with

-- The first quarter after the year is age 1. What was not delivered at an age is unknown: it has no row.
met_ouderdom as (

    select
        stand.indicator_code,
        stand.jaar,
        stand.stand_datum,
        gevraagd.ontvangen_op,
        stand.realisatie,
        4 * (year(stand.stand_datum) - stand.jaar - 1) + quarter(stand.stand_datum) as ouderdom_kwartalen
    from {{ ref('stg_publicaties__standen') }} as stand
    inner join {{ ref('int_standen_gevraagd') }} as gevraagd
        on stand.indicator_code = gevraagd.indicator_code and stand.sleutel = gevraagd.sleutel
    where stand.realisatie is not null

),

-- What was known of a year before its series was put on another basis says nothing of its growth after that.
vergelijkbaar as (

    select met_ouderdom.*
    from met_ouderdom
    left join {{ ref('int_trendbreuken_bekend') }} as breuk
        on
            met_ouderdom.indicator_code = breuk.indicator_code
            and met_ouderdom.jaar >= breuk.jaar_vanaf
            and met_ouderdom.ontvangen_op < breuk.ontvangen_vanaf
    where breuk.trendbreuk_code is null

)

select
    vergelijkbaar.indicator_code,
    vergelijkbaar.jaar,
    vergelijkbaar.ouderdom_kwartalen,
    vergelijkbaar.stand_datum,
    vergelijkbaar.realisatie,
    naijling.uitontwikkeld_na_kwartalen,
    naijling.minimum_aantal_jaren,
    naijling.betrouwbaarheid_pct
from vergelijkbaar
inner join {{ ref('naijling') }} as naijling on vergelijkbaar.indicator_code = naijling.indicator_code
qualify
    row_number() over (
        partition by vergelijkbaar.indicator_code, vergelijkbaar.jaar, vergelijkbaar.ouderdom_kwartalen
        order by vergelijkbaar.stand_datum desc
    ) = 1
