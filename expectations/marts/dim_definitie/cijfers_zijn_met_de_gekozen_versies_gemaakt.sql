with cijfers as (
    select
        indicator_code,
        jaar,
        definitie_versie,
        lijst_versies,
        count(*) as aantal
    from marts.fct_realisatie
    group by all
),

jaren as (
    select distinct
        indicator_code,
        jaar
    from cijfers
),

lijsten as (
    select
        cijfer.indicator_code,
        cijfer.jaar,
        string_agg(versie.lijst_versie, ', ' order by versie.lijst_versie) as lijst_versies
    from jaren as cijfer
    inner join intermediate.int_lijsten_afgeleid as gebruik on cijfer.indicator_code = gebruik.indicator_code
    inner join intermediate.int_lijsten_gekozen as gekozen
        on
            gebruik.lijst_code = gekozen.lijst_code
            and cijfer.jaar between coalesce(gekozen.jaar_van, 0) and coalesce(gekozen.jaar_tot, 9999)
    inner join marts.dim_lijst_versie as versie
        on
            gekozen.lijst_versie = versie.lijst_versie
            and versie.is_gekozen
            and cijfer.jaar between coalesce(versie.jaar_van, 0) and coalesce(versie.jaar_tot, 9999)
    group by cijfer.indicator_code, cijfer.jaar
)

select
    cijfer.indicator_code,
    cijfer.jaar,
    cijfer.definitie_versie,
    cijfer.lijst_versies,
    cijfer.aantal
from cijfers as cijfer
left join {{ batch }} as definitie
    on
        cijfer.definitie_versie = definitie.definitie_versie
        and definitie.is_gekozen
        and cijfer.jaar between coalesce(definitie.jaar_van, 0) and coalesce(definitie.jaar_tot, 9999)
left join lijsten on cijfer.indicator_code = lijsten.indicator_code and cijfer.jaar = lijsten.jaar
where definitie.definitie_versie is null or cijfer.lijst_versies is distinct from lijsten.lijst_versies
