with

gekozen as (

    {{ definities_van('int_csvs_geteld') }}

),

onderzoeken as (

    select * from {{ ref('int_csv_onderzoeken_beoordeeld') }}

),

op_start as (

    select * from onderzoeken
    where {{ in_zijn_jaren(none, 'year(start_datum)') }}

),

-- telregel eerste_aanpak: one year per csv, that of its first investigation that counts.
eerste as (

    select
        *,
        year(start_datum) as jaar
    from op_start
    where telt_mee
    qualify row_number() over (partition by csv_nr order by start_datum, eenheid_code, onderzoek_nr) = 1

),

-- An investigation with an unknown code may be the first one; after the first one it changes nothing.
eerste_aanpak as (

    select
        year(onderzoek.start_datum) as jaar,
        onderzoek.* replace (
            case
                when onderzoek.telt_mee = false then onderzoek.regel_code
                when onderzoek.telt_mee and onderzoek.onderzoek_nr = eerste.onderzoek_nr then onderzoek.regel_code
                when onderzoek.telt_mee is null and (eerste.jaar is null or eerste.jaar > year(onderzoek.start_datum))
                    then onderzoek.regel_code
                else 'dubbel'
            end as regel_code
        )
    from op_start as onderzoek
    left join eerste on onderzoek.csv_nr = eerste.csv_nr

),

-- If it was the first one, its own year gains a csv and a later year loses it.
later_jaar_open as (

    select open.* replace (eerste.jaar as jaar, eerste.eenheid_code as eenheid_code)
    from eerste_aanpak as open
    inner join eerste on open.csv_nr = eerste.csv_nr
    where open.onderzoek_nr != eerste.onderzoek_nr and eerste.jaar > open.jaar and open.regel_code = 'onbekende_code'

),

-- telregel in_jaar_lopend: every year in which an investigation that counts runs for a day or more. One with an unknown
-- code changes nothing in a year in which the csv counts already.
in_jaar_lopend as (

    select
        jaar.jaar,
        onderzoek.* replace (
            case
                when onderzoek.telt_mee = false then onderzoek.regel_code
                when jaar.jaar is null then 'buiten_jaren'
                when
                    row_number() over (
                        partition by onderzoek.csv_nr, jaar.jaar
                        order by
                            case onderzoek.telt_mee when true then 0 when false then 2 else 1 end,
                            onderzoek.start_datum,
                            onderzoek.eenheid_code,
                            onderzoek.onderzoek_nr
                    ) > 1
                    then 'dubbel'
                else onderzoek.regel_code
            end as regel_code
        )
    from onderzoeken as onderzoek
    left join {{ ref('int_jaren_opgesomd') }} as jaar
        on
            onderzoek.start_datum <= jaar.laatste_dag
            and (onderzoek.eind_datum is null or onderzoek.eind_datum >= jaar.eerste_dag)
    where {{ in_zijn_jaren('onderzoek', 'jaar.jaar') }}

),

per_telregel as (

    select
        'eerste_aanpak' as telregel,
        *
    from eerste_aanpak

    union all

    select
        'eerste_aanpak' as telregel,
        *
    from later_jaar_open

    union all

    select
        'in_jaar_lopend' as telregel,
        *
    from in_jaar_lopend

)

select
    gekozen.indicator_code,
    per_telregel.jaar,
    per_telregel.eenheid_code,
    per_telregel.csv_nr as teleenheid,
    per_telregel.levering_nr,
    per_telregel.record_nr,
    per_telregel.regel_code
from per_telregel
inner join gekozen
    on per_telregel.telregel = gekozen.telregel and {{ in_zijn_jaren('gekozen', 'per_telregel.jaar') }}
