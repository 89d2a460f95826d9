select
    bijstelling.publicatie_nr,
    bijstelling.indicator_code,
    bijstelling.jaar,
    bijstelling.bijdrage,
    toen.definitie_versie
from {{ batch }} as bijstelling
inner join marts.fct_publicatie_cijfer as toen
    on
        bijstelling.vorige_publicatie_nr = toen.publicatie_nr
        and bijstelling.indicator_code = toen.indicator_code and bijstelling.jaar = toen.jaar
inner join marts.fct_publicatie_cijfer as thans
    on
        bijstelling.publicatie_nr = thans.publicatie_nr
        and bijstelling.indicator_code = thans.indicator_code and bijstelling.jaar = thans.jaar
where
    bijstelling.oorzaak_code = 'gewijzigde_definitie' and toen.definitie_versie = thans.definitie_versie
    and toen.lijst_versies is not distinct from thans.lijst_versies
    and bijstelling.publicatie_nr = (select max(cijfer.publicatie_nr) from marts.fct_publicatie_cijfer as cijfer)
