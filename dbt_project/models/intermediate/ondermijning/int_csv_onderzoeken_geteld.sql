with

per_telregel as (

    select
        'in_jaar_lopend' as telregel,
        jaar.jaar,
        onderzoek.*
    from {{ ref('int_csv_onderzoeken_beoordeeld') }} as onderzoek
    inner join {{ ref('int_jaren_opgesomd') }} as jaar
        on
            onderzoek.start_datum <= jaar.laatste_dag
            and (onderzoek.eind_datum is null or onderzoek.eind_datum >= jaar.eerste_dag)
    where onderzoek.telt_mee is distinct from false

    union all

    select
        'eerste_aanpak' as telregel,
        year(onderzoek.start_datum) as jaar,
        onderzoek.*
    from {{ ref('int_csv_onderzoeken_beoordeeld') }} as onderzoek
    where onderzoek.telt_mee is distinct from false

)

select
    gekozen.indicator_code,
    per_telregel.jaar,
    per_telregel.eenheid_code,
    'geen' as uitsplitsing_soort,
    'totaal' as uitsplitsing_code,
    per_telregel.onderzoek_nr as teleenheid,
    'teller' as rol,
    1 as waarde,
    per_telregel.levering_nr,
    per_telregel.record_nr,
    per_telregel.regel_code,
    per_telregel.telt_mee
from per_telregel
inner join {{ ref('int_definities_gekozen') }} as gekozen
    on per_telregel.telregel = gekozen.telregel and gekozen.indicator_code = 'csv_onderzoeken'
