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
    -- Which lists a figure names may have grown since; only another version of a list that both name is a change.
    and not exists (
        select 1
        from marts.dim_lijst_versie as eerder
        inner join marts.dim_lijst_versie as later
            on eerder.lijst_code = later.lijst_code and eerder.lijst_versie != later.lijst_versie
        where
            list_contains(string_split(toen.lijst_versies, ', '), eerder.lijst_versie)
            and list_contains(string_split(thans.lijst_versies, ', '), later.lijst_versie)
    )
    and bijstelling.publicatie_nr = (select max(cijfer.publicatie_nr) from marts.fct_publicatie_cijfer as cijfer)
