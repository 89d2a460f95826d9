with

-- A booking of which step or way is not known may belong to any figure of its deliverer in that year; one of an object
-- that may count elsewhere only to its own.
boekingen as (

    select
        *,
        count(*) filter (telt_mee is null and (weg_code = 'onbekend' or stap_code = 'onbekend')) over (
            partition by jaar, aanleveraar_code
        ) as aantal_onbekend
    from {{ ref('int_afpakboekingen_beoordeeld') }}
    where telt_mee is distinct from false

),

opgeteld as (

    select
        jaar,
        weg_code,
        stap_code,
        beslagsoort,
        aanleveraar_code,
        objectsoort_code,
        case when bool_or(is_stand) then 'stand' else 'stroom' end as maat_soort,
        -- Of registers that are not equally new, as far as the oldest knows.
        least(min(stand_datum), make_date(jaar, 12, 31)) as gedekt_tot,
        max(aantal_onbekend) + count(*) filter (telt_mee is null) as aantal_onbekend,
        sum(bedrag_eur) as bedrag_eur,
        count(distinct teleenheid) filter (not is_correctie) as aantal,
        coalesce(sum(bedrag_eur) filter (not is_groot), 0) as bedrag_zonder_groot_eur,
        count(distinct teleenheid) filter (is_groot and not is_correctie) as aantal_groot,
        coalesce(sum(bedrag_eur) filter (is_eerste_stand), 0) as bedrag_eerste_stand_eur,
        coalesce(sum(bedrag_eur) filter (is_politie), 0) as bedrag_politie_eur,
        count(*) filter (dienst_code is not null and is_politie is null) as aantal_dienst_onbekend,
        count(dienst_code) as aantal_met_dienst
    from boekingen
    group by jaar, weg_code, stap_code, beslagsoort, aanleveraar_code, objectsoort_code

)

select
    jaar,
    weg_code,
    stap_code,
    beslagsoort,
    aanleveraar_code,
    objectsoort_code,
    maat_soort,
    gedekt_tot,
    case when aantal_onbekend = 0 then bedrag_eur end::decimal(18, 2) as bedrag_eur,
    case when aantal_onbekend = 0 then aantal end as aantal,
    case when aantal_onbekend = 0 then bedrag_zonder_groot_eur end::decimal(18, 2) as bedrag_zonder_groot_eur,
    case when aantal_onbekend = 0 then aantal_groot end as aantal_groot,
    case when aantal_onbekend = 0 then bedrag_eerste_stand_eur end::decimal(18, 2) as bedrag_eerste_stand_eur,
    case
        when aantal_onbekend = 0 and aantal_dienst_onbekend = 0 and aantal_met_dienst > 0 then bedrag_politie_eur
    end::decimal(18, 2) as bedrag_politie_eur,
    case when aantal_onbekend > 0 then 'onbekende_code' end as geen_bedrag_reden
from opgeteld
