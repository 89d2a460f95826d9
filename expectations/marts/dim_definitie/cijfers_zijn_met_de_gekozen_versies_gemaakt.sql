with lijsten as (
    select
        gebruik.indicator_code,
        string_agg(versie.lijst_versie, ', ' order by versie.lijst_versie) as lijst_versies
    from intermediate.int_lijsten_afgeleid as gebruik
    inner join marts.dim_lijst_versie as versie on gebruik.lijst_code = versie.lijst_code and versie.is_gekozen
    group by gebruik.indicator_code
)

select
    cijfer.indicator_code,
    cijfer.definitie_versie,
    cijfer.lijst_versies,
    count(*) as aantal
from marts.fct_realisatie as cijfer
left join {{ batch }} as definitie on cijfer.definitie_versie = definitie.definitie_versie and definitie.is_gekozen
left join lijsten on cijfer.indicator_code = lijsten.indicator_code
where definitie.definitie_versie is null or cijfer.lijst_versies is distinct from lijsten.lijst_versies
group by all
