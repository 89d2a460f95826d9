with

laatste as (

    select
        registratie,
        extract,
        count(*) as aantal_toegelaten,
        max(stand_datum) as stand_datum,
        max(ontvangen_op)::date as ontvangen_datum,
        -- Invented deliveries stand in a folder of their own: where one is, all are.
        bool_or(is_demo) as is_demo
    from {{ ref('stg_leveringen__leveringen') }}
    where oordeel = 'toegelaten'
    group by registratie, extract

)

select
    gedeclareerd.registratie,
    gedeclareerd.extract,
    gedeclareerd.omschrijving,
    gedeclareerd.leverancier,
    gedeclareerd.levering_soort,
    gedeclareerd.levering_ritme,
    coalesce(laatste.aantal_toegelaten, 0) as aantal_toegelaten,
    laatste.stand_datum,
    laatste.ontvangen_datum,
    laatste.is_demo,
    case
        when not laatste.is_demo
            then (
                laatste.ontvangen_datum + to_months(ritme.maanden) + to_days(ritme.dagen + ritme.speling_dagen)
            )::date
    end as verwacht_voor
from (values {{ gedeclareerde_extracten() }})
    as gedeclareerd (registratie, extract, omschrijving, leverancier, levering_soort, levering_ritme)
inner join {{ ref('ritme') }} as ritme on gedeclareerd.levering_ritme = ritme.levering_ritme
left join laatste on gedeclareerd.registratie = laatste.registratie and gedeclareerd.extract = laatste.extract
