with

gekozen as (

    {{ definities_van('int_csv_onderzoeken_geteld') }}

),

per_telregel as (

    select
        'in_jaar_lopend' as telregel,
        jaar.jaar,
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

    union all

    select
        'eerste_aanpak' as telregel,
        year(onderzoek.start_datum) as jaar,
        onderzoek.*
    from {{ ref('int_csv_onderzoeken_beoordeeld') }} as onderzoek
    where {{ in_zijn_jaren('onderzoek', 'year(onderzoek.start_datum)') }}

)

select
    gekozen.indicator_code,
    per_telregel.jaar,
    per_telregel.eenheid_code,
    per_telregel.onderzoek_nr as teleenheid,
    per_telregel.levering_nr,
    per_telregel.record_nr,
    per_telregel.regel_code
from per_telregel
inner join gekozen
    on per_telregel.telregel = gekozen.telregel and {{ in_zijn_jaren('gekozen', 'per_telregel.jaar') }}
