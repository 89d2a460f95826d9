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

),

ontdubbeld as (

    select
        * replace (
            {{ eerste_telt('telregel, csv_nr, eenmaal_per', 'start_datum, eenheid_code, onderzoek_nr') }} as regel_code
        )
    from per_telregel

)

select
    gekozen.indicator_code,
    ontdubbeld.jaar,
    ontdubbeld.eenheid_code,
    ontdubbeld.csv_nr as teleenheid,
    ontdubbeld.eenmaal_per,
    ontdubbeld.levering_nr,
    ontdubbeld.record_nr,
    ontdubbeld.regel_code
from ontdubbeld
inner join gekozen on ontdubbeld.telregel = gekozen.telregel
