with eenheden as (
    select
        cijfer.jaar,
        count(*) filter (cijfer.realisatie >= 10) as aantal_gehaald
    from marts.fct_realisatie as cijfer
    inner join marts.dim_eenheid as eenheid
        on cijfer.eenheid_code = eenheid.eenheid_code and eenheid.eenheid_soort = 'regionaal'
    where cijfer.indicator_code = 'executie_werkvoorraad' and cijfer.uitsplitsing_soort = 'geen'
    group by cijfer.jaar
)

select
    voortgang.jaar,
    voortgang.realisatie,
    eenheden.aantal_gehaald,
    voortgang.oordeel
from {{ batch }} as voortgang
left join eenheden on voortgang.jaar = eenheden.jaar
where
    voortgang.indicator_code = 'executie_werkvoorraad' and voortgang.agenda_code = 'va_2019_2022'
    and voortgang.oordeel in ('behaald', 'niet_behaald')
    and (voortgang.oordeel = 'behaald')
    is distinct from (voortgang.realisatie >= 100 and eenheden.aantal_gehaald = 10)
