with nummers as (
    select distinct publicatie_nr
    from marts.fct_publicatie_cijfer
),

staand as (
    select
        publicatie_nr,
        lag(publicatie_nr) over (order by publicatie_nr) as vorige_publicatie_nr,
        max(publicatie_nr) over () as nieuwste_publicatie_nr
    from nummers
),

thans as (
    select
        staand.publicatie_nr,
        cijfer.indicator_code,
        cijfer.jaar,
        cijfer.realisatie,
        cijfer.streefcijfer
    from staand
    inner join marts.fct_publicatie_cijfer as cijfer on staand.publicatie_nr = cijfer.publicatie_nr
    where staand.vorige_publicatie_nr is not null
),

toen as (
    select
        staand.publicatie_nr,
        cijfer.indicator_code,
        cijfer.jaar,
        cijfer.realisatie,
        cijfer.streefcijfer
    from staand
    inner join marts.fct_publicatie_cijfer as cijfer on staand.vorige_publicatie_nr = cijfer.publicatie_nr
),

naast_elkaar as (
    select
        coalesce(thans.publicatie_nr, toen.publicatie_nr) as publicatie_nr,
        coalesce(thans.indicator_code, toen.indicator_code) as indicator_code,
        coalesce(thans.jaar, toen.jaar) as jaar,
        grootheid.grootheid,
        case grootheid.grootheid when 'realisatie' then toen.realisatie else toen.streefcijfer end as waarde_van,
        case grootheid.grootheid when 'realisatie' then thans.realisatie else thans.streefcijfer end as waarde_naar,
        thans.jaar is not null and toen.jaar is not null as heeft_beide
    from thans
    full join toen
        on
            thans.publicatie_nr = toen.publicatie_nr
            and thans.indicator_code = toen.indicator_code
            and thans.jaar = toen.jaar
    cross join (values ('realisatie'), ('streefcijfer')) as grootheid (grootheid)
),

verschillen as (
    select
        publicatie_nr,
        indicator_code,
        jaar,
        grootheid,
        waarde_van,
        waarde_naar
    from naast_elkaar
    where waarde_van is distinct from waarde_naar
),

-- A publication of before need not tell of a year that only one of the two has; what this run would publish does.
verzwegen as (
    select
        naast_elkaar.publicatie_nr,
        naast_elkaar.indicator_code,
        naast_elkaar.jaar,
        naast_elkaar.grootheid,
        naast_elkaar.waarde_van,
        naast_elkaar.waarde_naar
    from naast_elkaar
    inner join staand on naast_elkaar.publicatie_nr = staand.publicatie_nr
    cross join staging.base_leveringen__vraag as vraag
    where
        not naast_elkaar.heeft_beide
        and not (vraag.is_publicatie and naast_elkaar.publicatie_nr = staand.nieuwste_publicatie_nr)
),

verklaard as (
    select distinct
        publicatie_nr,
        indicator_code,
        jaar,
        grootheid,
        waarde_van,
        waarde_naar
    from {{ batch }}
)

(
    from verschillen
    except
    from verklaard
    except
    from verzwegen
)
union all
(
    from verklaard
    except
    from verschillen
)
