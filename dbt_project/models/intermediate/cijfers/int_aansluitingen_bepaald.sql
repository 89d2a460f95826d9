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
        realisatie.realisatie,
        case
            when reeks.eenheid_van_maat = indicator.eenheid_van_maat then realisatie.realisatie - cijfer.waarde
        end as verschil
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
        when is_eigen_reeks and abs(verschil) <= afgerond_op / 2 then 'afronding'
        when gegeven_verklaring_code is not null then gegeven_verklaring_code
        when not is_eigen_reeks then 'andere_populatie'
        else 'onverklaard'
    end as verklaring_code
from naast_elkaar
