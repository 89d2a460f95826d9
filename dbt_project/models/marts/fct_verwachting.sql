with

-- The newest state of which the figure is known, on the basis on which it stands now.
nieuwste_standen as (

    select
        indicator_code,
        jaar,
        max(ouderdom_kwartalen) as ouderdom_kwartalen,
        max(stand_datum) as stand_datum
    from {{ ref('int_ontwikkelingen_verzameld') }}
    group by indicator_code, jaar

)

select
    cijfer.indicator_code,
    cijfer.jaar,
    peildatum.peildatum,
    indicator.eenheid_van_maat,
    cijfer.realisatie,
    stand.stand_datum,
    stand.ouderdom_kwartalen,
    schatting.verwachte_eindwaarde::decimal(18, 2) as verwachte_eindwaarde,
    schatting.ondergrens::decimal(18, 2) as ondergrens,
    schatting.bovengrens::decimal(18, 2) as bovengrens,
    naijling.betrouwbaarheid_pct,
    schatting.ontwikkelfactor::decimal(9, 4) as ontwikkelfactor,
    schatting.aantal_jaren::integer as aantal_jaren,
    case
        when cijfer.realisatie is null or cijfer.gedekt_tot < make_date(cijfer.jaar, 12, 31) then 'geen_jaarcijfer'
        when stand.ouderdom_kwartalen >= naijling.uitontwikkeld_na_kwartalen then 'uitontwikkeld'
        when stand.indicator_code is null then 'geen_vergelijkbare_stand'
        else schatting.geen_verwachting_reden
    end as geen_verwachting_reden,
    schatting.geen_interval_reden
from {{ ref('int_cijfers_samengevoegd') }} as cijfer
inner join {{ ref('naijling') }} as naijling on cijfer.indicator_code = naijling.indicator_code
inner join {{ ref('indicator') }} as indicator on cijfer.indicator_code = indicator.indicator_code
cross join {{ ref('base_leveringen__peildatum') }} as peildatum
-- Of a figure that is withheld an older state is known, and says nothing of what it is now.
left join nieuwste_standen as stand
    on
        cijfer.indicator_code = stand.indicator_code
        and cijfer.jaar = stand.jaar
        and cijfer.realisatie is not null
left join {{ ref('int_verwachtingen_geschat') }} as schatting
    on
        stand.indicator_code = schatting.indicator_code
        and stand.jaar = schatting.jaar
where cijfer.jaar < year(peildatum.peildatum)
