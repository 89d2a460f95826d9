select
    cijfer.indicator_code,
    cijfer.jaar,
    peildatum.peildatum,
    indicator.eenheid_van_maat,
    cijfer.realisatie,
    4 * (year(peildatum.peildatum) - cijfer.jaar - 1) + quarter(peildatum.peildatum) as ouderdom_kwartalen,
    schatting.verwachte_eindwaarde::decimal(18, 2) as verwachte_eindwaarde,
    schatting.ondergrens::decimal(18, 2) as ondergrens,
    schatting.bovengrens::decimal(18, 2) as bovengrens,
    naijling.betrouwbaarheid_pct,
    schatting.ontwikkelfactor::decimal(9, 4) as ontwikkelfactor,
    schatting.aantal_jaren::integer as aantal_jaren,
    case
        when schatting.verwachte_eindwaarde is not null then null
        when cijfer.realisatie is null or cijfer.gedekt_tot < make_date(cijfer.jaar, 12, 31) then 'geen_jaarcijfer'
        when
            4 * (year(peildatum.peildatum) - cijfer.jaar - 1) + quarter(peildatum.peildatum)
            >= naijling.uitontwikkeld_na_kwartalen
            then 'uitontwikkeld'
        when cijfer.realisatie <= 0 then 'niets_dat_groeit'
        else 'te_weinig_geschiedenis'
    end as geen_verwachting_reden
from {{ ref('int_cijfers_samengevoegd') }} as cijfer
inner join {{ ref('naijling') }} as naijling on cijfer.indicator_code = naijling.indicator_code
inner join {{ ref('indicator') }} as indicator on cijfer.indicator_code = indicator.indicator_code
cross join {{ ref('base_leveringen__peildatum') }} as peildatum
left join {{ ref('int_verwachtingen_geschat') }} as schatting
    on cijfer.indicator_code = schatting.indicator_code and cijfer.jaar = schatting.jaar
where cijfer.jaar < year(peildatum.peildatum)
