with

-- Ours stands beside what was published; a series that counts something else keeps its own row and its own unit.
naast_elkaar as (

    select
        cijfer.reeks_code,
        cijfer.jaar,
        cijfer.publicatie_bron_code,
        reeks.indicator_code,
        reeks.is_eigen_reeks,
        reeks.eenheid_van_maat,
        cijfer.waarde as gepubliceerde_waarde,
        cijfer.publicatie_status,
        cijfer.afgerond_op,
        cijfer.verklaring_code as gegeven_verklaring_code,
        cijfer.toelichting,
        realisatie.realisatie::decimal(18, 2) as realisatie,
        case
            when reeks.eenheid_van_maat = indicator.eenheid_van_maat
                then realisatie.realisatie::decimal(18, 2) - cijfer.waarde
        end as verschil,
        -- Within what the publication was rounded to is our figure as it is.
        abs(realisatie.realisatie - cijfer.waarde) <= cijfer.afgerond_op / 2 as is_binnen_afronding
    from {{ ref('publicatie_cijfer') }} as cijfer
    inner join {{ ref('publicatie_reeks') }} as reeks on cijfer.reeks_code = reeks.reeks_code
    left join {{ ref('indicator') }} as indicator on reeks.indicator_code = indicator.indicator_code
    left join {{ ref('int_realisaties_berekend') }} as realisatie
        on
            reeks.indicator_code = realisatie.indicator_code
            and cijfer.jaar = realisatie.jaar
            and reeks.uitsplitsing_soort = realisatie.uitsplitsing_soort
            and reeks.uitsplitsing_code = realisatie.uitsplitsing_code
            and realisatie.eenheid_code = 'NL'

),

-- What the same publication says of the year before, or else what was published of it last.
vorige_jaren as (

    select
        cijfer.reeks_code,
        cijfer.jaar,
        cijfer.publicatie_bron_code,
        vorige.waarde as vorig_jaar_waarde
    from {{ ref('publicatie_cijfer') }} as cijfer
    inner join {{ ref('publicatie_cijfer') }} as vorige
        on cijfer.reeks_code = vorige.reeks_code and cijfer.jaar = vorige.jaar + 1
    inner join {{ ref('publicatie_bron') }} as bron on vorige.publicatie_bron_code = bron.publicatie_bron_code
    qualify
        row_number() over (
            partition by cijfer.reeks_code, cijfer.jaar, cijfer.publicatie_bron_code
            order by
                cijfer.publicatie_bron_code = vorige.publicatie_bron_code desc,
                bron.gepubliceerd_op desc,
                vorige.publicatie_bron_code asc
        ) = 1

),

vergeleken as (

    select
        naast_elkaar.*,
        vorige.vorig_jaar_waarde,
        case
            when breuk.trendbreuk_code is not null then 'trendbreuk'
            when vorige.vorig_jaar_waarde is null then 'geen_vorig_cijfer'
        end as geen_vergelijking_reden
    from naast_elkaar
    left join vorige_jaren as vorige
        on
            naast_elkaar.reeks_code = vorige.reeks_code
            and naast_elkaar.jaar = vorige.jaar
            and naast_elkaar.publicatie_bron_code = vorige.publicatie_bron_code
    left join {{ ref('int_trendbreuken_bekend') }} as breuk
        on naast_elkaar.reeks_code = breuk.reeks_code and naast_elkaar.jaar = breuk.jaar_vanaf

)

select
    reeks_code,
    jaar,
    publicatie_bron_code,
    indicator_code,
    is_eigen_reeks,
    eenheid_van_maat,
    gepubliceerde_waarde,
    publicatie_status,
    afgerond_op,
    toelichting,
    realisatie,
    verschil,
    case
        when realisatie is null then 'geen_eigen_cijfer'
        when is_eigen_reeks and verschil = 0 then 'gelijk'
        when is_eigen_reeks and verschil is not null and is_binnen_afronding then 'afronding'
        when gegeven_verklaring_code is not null then gegeven_verklaring_code
        when not is_eigen_reeks then 'andere_populatie'
        else 'onverklaard'
    end as verklaring_code,
    case when geen_vergelijking_reden is null then gepubliceerde_waarde - vorig_jaar_waarde end as verandering,
    case
        when geen_vergelijking_reden is null and eenheid_van_maat <> 'pct'
            then round(100.0 * (gepubliceerde_waarde - vorig_jaar_waarde) / nullif(vorig_jaar_waarde, 0), 1)
    end::decimal(18, 1) as verandering_pct,
    geen_vergelijking_reden
from vergeleken
