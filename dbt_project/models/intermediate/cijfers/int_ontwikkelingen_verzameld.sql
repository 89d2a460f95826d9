with

-- Every figure of a whole year as it was known: in each publication, and now.
bekend as (

    select
        cijfer.indicator_code,
        cijfer.jaar,
        publicatie.peildatum,
        cijfer.realisatie,
        cijfer.gedekt_tot
    from {{ ref('stg_publicaties__cijfers') }} as cijfer
    inner join {{ ref('stg_publicaties__publicaties') }} as publicatie
        on cijfer.publicatie_nr = publicatie.publicatie_nr

    union all

    select
        cijfer.indicator_code,
        cijfer.jaar,
        peildatum.peildatum,
        cijfer.realisatie,
        cijfer.gedekt_tot
    from {{ ref('int_cijfers_samengevoegd') }} as cijfer
    cross join {{ ref('base_leveringen__peildatum') }} as peildatum

),

-- The first quarter after the year is age 1.
met_ouderdom as (

    select
        bekend.*,
        4 * (year(bekend.peildatum) - bekend.jaar - 1) + quarter(bekend.peildatum) as ouderdom_kwartalen
    from bekend
    where bekend.realisatie is not null and bekend.gedekt_tot = make_date(bekend.jaar, 12, 31)

),

-- What was known of a year before its series was put on another basis says nothing of its growth after that.
vergelijkbaar as (

    select met_ouderdom.*
    from met_ouderdom
    left join {{ ref('int_trendbreuken_bekend') }} as breuk
        on
            met_ouderdom.indicator_code = breuk.indicator_code
            and met_ouderdom.jaar >= breuk.jaar_vanaf
            and met_ouderdom.peildatum < breuk.ontvangen_vanaf
    where breuk.trendbreuk_code is null

)

select
    vergelijkbaar.indicator_code,
    vergelijkbaar.jaar,
    vergelijkbaar.ouderdom_kwartalen,
    vergelijkbaar.peildatum,
    vergelijkbaar.realisatie,
    naijling.uitontwikkeld_na_kwartalen,
    naijling.minimum_aantal_jaren,
    naijling.betrouwbaarheid_pct
from vergelijkbaar
inner join {{ ref('naijling') }} as naijling on vergelijkbaar.indicator_code = naijling.indicator_code
where vergelijkbaar.ouderdom_kwartalen between 1 and naijling.uitontwikkeld_na_kwartalen
qualify
    row_number() over (
        partition by vergelijkbaar.indicator_code, vergelijkbaar.jaar, vergelijkbaar.ouderdom_kwartalen
        order by vergelijkbaar.peildatum desc
    ) = 1
