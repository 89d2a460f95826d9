select distinct
    gebied.teleenheid as gebied,
    gebied.jaar,
    cijfer.geen_realisatie_reden
from intermediate.int_misdrijven_ingedeeld as gebied
left join {{ batch }} as cijfer
    on
        gebied.jaar = cijfer.jaar and gebied.indicator_code = cijfer.indicator_code
        and cijfer.eenheid_code = 'NL'
where gebied.gebied_soort = 'onbekend'
