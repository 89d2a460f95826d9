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

-- What this run would publish; earlier publications need not tell of a year that the one before them lacked.
nieuwste as (
    select
        staand.publicatie_nr,
        staand.vorige_publicatie_nr
    from staand
    inner join staging.base_leveringen__vraag as vraag on vraag.is_publicatie
    where staand.vorige_publicatie_nr is not null
    order by staand.publicatie_nr desc
    limit 1
),

aan_een_kant as (
    select
        nieuwste.publicatie_nr,
        cijfer.indicator_code,
        cijfer.jaar,
        grootheid.grootheid,
        case grootheid.grootheid when 'realisatie' then cijfer.realisatie else cijfer.streefcijfer end as waarde,
        cijfer.publicatie_nr = nieuwste.publicatie_nr as is_nu
    from marts.fct_publicatie_cijfer as cijfer
    inner join nieuwste on cijfer.publicatie_nr in (nieuwste.publicatie_nr, nieuwste.vorige_publicatie_nr)
    cross join (values ('realisatie'), ('streefcijfer')) as grootheid (grootheid)
    qualify count(*) over (partition by cijfer.indicator_code, cijfer.jaar, grootheid.grootheid) = 1
),

verschillen as (
    select * from paren
    where waarde_van is distinct from waarde_naar

    union all

    select
        publicatie_nr,
        indicator_code,
        jaar,
        grootheid,
        case when not is_nu then waarde end as waarde_van,
        case when is_nu then waarde end as waarde_naar
    from aan_een_kant
    where waarde is not null
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
