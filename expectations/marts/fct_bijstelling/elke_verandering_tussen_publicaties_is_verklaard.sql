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

-- What one of both lacks. Only of what this run would publish it has to be told: earlier publications were made when it
-- was not told of a year that the one before them lacked.
aan_een_kant as (
    select
        staand.publicatie_nr,
        cijfer.indicator_code,
        cijfer.jaar,
        grootheid.grootheid,
        case grootheid.grootheid when 'realisatie' then cijfer.realisatie else cijfer.streefcijfer end as waarde,
        cijfer.publicatie_nr = staand.publicatie_nr as is_nu
    from staand
    inner join marts.fct_publicatie_cijfer as cijfer
        on cijfer.publicatie_nr in (staand.publicatie_nr, staand.vorige_publicatie_nr)
    cross join (values ('realisatie'), ('streefcijfer')) as grootheid (grootheid)
    where staand.vorige_publicatie_nr is not null
    qualify count(*) over (
        partition by staand.publicatie_nr, cijfer.indicator_code, cijfer.jaar, grootheid.grootheid
    ) = 1
),

nieuwste as (
    select max(nummers.publicatie_nr) as publicatie_nr
    from nummers
    inner join staging.base_leveringen__vraag as vraag on vraag.is_publicatie
),

mogelijk as (
    select
        *,
        true as moet_verteld
    from paren
    where waarde_van is distinct from waarde_naar

    union all

    select
        aan_een_kant.publicatie_nr,
        aan_een_kant.indicator_code,
        aan_een_kant.jaar,
        aan_een_kant.grootheid,
        case when not aan_een_kant.is_nu then aan_een_kant.waarde end as waarde_van,
        case when aan_een_kant.is_nu then aan_een_kant.waarde end as waarde_naar,
        coalesce(aan_een_kant.publicatie_nr = nieuwste.publicatie_nr, false) as moet_verteld
    from aan_een_kant
    cross join nieuwste
    where aan_een_kant.waarde is not null
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
    select * exclude (moet_verteld)
    from mogelijk
    where moet_verteld
    except
    from verklaard
)
union all
(
    from verklaard
    except
    select * exclude (moet_verteld)
    from mogelijk
)
