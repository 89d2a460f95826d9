select
    bijstelling.indicator_code,
    bijstelling.jaar,
    bijstelling.publicatie_nr,
    bijstelling.peildatum,
    bijstelling.eerste_publicatie_nr,
    bijstelling.eerste_peildatum,
    bijstelling.maanden_na_eerste,
    indicator.eenheid_van_maat,
    bijstelling.eerste_waarde,
    bijstelling.realisatie,
    bijstelling.bijstelling,
    bijstelling.bijstelling_pct,
    bijstelling.geen_bijstelling_reden
from {{ ref('int_bijstellingen_gevolgd') }} as bijstelling
inner join {{ ref('indicator') }} as indicator on bijstelling.indicator_code = indicator.indicator_code
