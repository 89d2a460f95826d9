select
    voortgang.indicator_code,
    voortgang.jaar,
    voortgang.verandering,
    cijfer.verandering as landelijk,
    voortgang.oordeel
from {{ batch }} as voortgang
left join marts.fct_realisatie as cijfer
    on
        voortgang.indicator_code = cijfer.indicator_code
        and voortgang.jaar = cijfer.jaar and cijfer.eenheid_code = 'NL' and cijfer.uitsplitsing_soort = 'geen'
left join marts.dim_trendbreuk as breuk
    on
        voortgang.indicator_code = breuk.indicator_code
        and voortgang.referentie_jaar < breuk.jaar_vanaf and voortgang.jaar >= breuk.jaar_vanaf
where
    voortgang.verandering is distinct from cijfer.verandering
    or (voortgang.verandering is null) != (voortgang.geen_vergelijking_reden is not null)
    or (
        breuk.trendbreuk_code is not null and voortgang.oordeel in ('behaald', 'niet_behaald')
        and voortgang.streefcijfer is null
    )
