with nummers as (
    select distinct publicatie_nr
    from marts.fct_publicatie_cijfer
),

staand as (
    select
        publicatie_nr,
        lag(publicatie_nr) over (order by publicatie_nr) as vorige_publicatie_nr
    from nummers
),

paren as (
    select
        thans.publicatie_nr,
        thans.indicator_code,
        thans.jaar,
        grootheid.grootheid,
        case grootheid.grootheid when 'realisatie' then toen.realisatie else toen.streefcijfer end as waarde_van,
        case grootheid.grootheid when 'realisatie' then thans.realisatie else thans.streefcijfer end as waarde_naar
    from marts.fct_publicatie_cijfer as thans
    inner join staand on thans.publicatie_nr = staand.publicatie_nr
    inner join marts.fct_publicatie_cijfer as toen
        on
            staand.vorige_publicatie_nr = toen.publicatie_nr
            and thans.indicator_code = toen.indicator_code and thans.jaar = toen.jaar
    cross join (values ('realisatie'), ('streefcijfer')) as grootheid (grootheid)
),

verschillen as (
    select * from paren
    where waarde_van is distinct from waarde_naar
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
)
union all
(
    from verklaard
    except
    from verschillen
)
