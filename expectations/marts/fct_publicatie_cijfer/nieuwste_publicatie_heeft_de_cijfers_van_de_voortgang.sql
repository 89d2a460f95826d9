with deze as (
    select gepubliceerd.* from {{ batch }} as gepubliceerd
    inner join staging.base_publicaties__laatste as laatste
        on gepubliceerd.publicatie_nr = laatste.volgend_publicatie_nr
)

select
    voortgang.indicator_code,
    voortgang.jaar,
    voortgang.realisatie,
    cijfer.realisatie as in_publicatie,
    voortgang.streefcijfer,
    cijfer.streefcijfer as norm_in_publicatie
from marts.fct_voortgang as voortgang
left join deze as cijfer on voortgang.indicator_code = cijfer.indicator_code and voortgang.jaar = cijfer.jaar
where
    (select count(*) from deze) > 0
    and (
        cijfer.indicator_code is null
        or voortgang.realisatie is distinct from cijfer.realisatie
        or voortgang.streefcijfer is distinct from cijfer.streefcijfer
        or voortgang.definitie_versie is distinct from cijfer.definitie_versie
    )
