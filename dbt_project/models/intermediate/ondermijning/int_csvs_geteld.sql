with

gekozen as (

    {{ definities_van('int_csvs_geteld') }}

),

-- telregel eerste_aanpak: once for good, in the year of the first investigation that counts. telregel in_jaar_lopend:
-- in every year in which an investigation that counts runs for a day or more.
per_telregel as (

    select
        'eerste_aanpak' as telregel,
        year(onderzoek.start_datum) as jaar,
        'altijd' as eenmaal_per,
        onderzoek.*
    from {{ ref('int_csv_onderzoeken_beoordeeld') }} as onderzoek
    where {{ in_zijn_jaren('onderzoek', 'year(onderzoek.start_datum)') }}

    union all

    select
        'in_jaar_lopend' as telregel,
        jaar.jaar,
        jaar.jaar::varchar as eenmaal_per,
        onderzoek.* replace (
            case
                when jaar.jaar is null and onderzoek.telt_mee is distinct from false then 'buiten_jaren'
                else onderzoek.regel_code
            end as regel_code
        )
    from {{ ref('int_csv_onderzoeken_beoordeeld') }} as onderzoek
    left join {{ ref('int_jaren_opgesomd') }} as jaar
        on
            onderzoek.start_datum <= jaar.laatste_dag
            and (onderzoek.eind_datum is null or onderzoek.eind_datum >= jaar.eerste_dag)
    where {{ in_zijn_jaren('onderzoek', 'jaar.jaar') }}

),

per_versie as (

    select
        per_telregel.* replace (gekozen.jaar_van as jaar_van, gekozen.jaar_tot as jaar_tot),
        gekozen.indicator_code
    from per_telregel
    inner join gekozen on per_telregel.telregel = gekozen.telregel

),

ontdubbeld as (

    {{ eerste_telt('per_versie', 'csv_nr, eenmaal_per', 'start_datum, eenheid_code, onderzoek_nr') }}

)

select
    indicator_code,
    jaar,
    eenheid_code,
    csv_nr as teleenheid,
    eenmaal_per,
    levering_nr,
    record_nr,
    regel_code
from ontdubbeld
