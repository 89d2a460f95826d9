with

onderzoeken as (

    select * from {{ ref('int_csv_onderzoeken_beoordeeld') }}
    where telt_mee is distinct from false

),

-- telregel eerste_aanpak: one year per csv, that of its first investigation that counts.
eerste_aanpak as (

    select
        year(start_datum) as jaar,
        csv_nr,
        eenheid_code,
        levering_nr,
        record_nr,
        regel_code,
        telt_mee
    from onderzoeken
    where telt_mee
    qualify row_number() over (partition by csv_nr order by start_datum, eenheid_code, onderzoek_nr) = 1

),

-- An investigation with an unknown code may be the first one: then its own year gains a csv and a later year loses it.
eerste_onbekend as (

    select
        unnest([year(onderzoek.start_datum), eerste.jaar]) as jaar,
        onderzoek.csv_nr,
        unnest([onderzoek.eenheid_code, eerste.eenheid_code]) as eenheid_code,
        onderzoek.levering_nr,
        onderzoek.record_nr,
        onderzoek.regel_code,
        onderzoek.telt_mee
    from onderzoeken as onderzoek
    left join eerste_aanpak as eerste on onderzoek.csv_nr = eerste.csv_nr
    where
        onderzoek.telt_mee is null
        and (eerste.jaar is null or eerste.jaar > year(onderzoek.start_datum))

),

-- telregel in_jaar_lopend: every year in which an investigation that counts runs for a day or more. One with an unknown
-- code changes nothing in a year in which the csv counts already.
in_jaar_lopend as (

    select
        jaar.jaar,
        onderzoek.csv_nr,
        onderzoek.eenheid_code,
        onderzoek.levering_nr,
        onderzoek.record_nr,
        onderzoek.regel_code,
        onderzoek.telt_mee
    from onderzoeken as onderzoek
    inner join {{ ref('int_jaren_opgesomd') }} as jaar
        on
            onderzoek.start_datum <= jaar.laatste_dag
            and (onderzoek.eind_datum is null or onderzoek.eind_datum >= jaar.eerste_dag)
    qualify
        row_number() over (
            partition by onderzoek.csv_nr, jaar.jaar
            order by
                case when onderzoek.telt_mee then 0 else 1 end,
                onderzoek.start_datum,
                onderzoek.eenheid_code,
                onderzoek.onderzoek_nr
        ) = 1

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
    from eerste_onbekend
    where jaar is not null

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
    'geen' as uitsplitsing_soort,
    'totaal' as uitsplitsing_code,
    per_telregel.csv_nr as teleenheid,
    'teller' as rol,
    1 as waarde,
    per_telregel.levering_nr,
    per_telregel.record_nr,
    per_telregel.regel_code,
    per_telregel.telt_mee
from per_telregel
inner join {{ ref('int_definities_gekozen') }} as gekozen
    on per_telregel.telregel = gekozen.telregel and gekozen.indicator_code = 'csv_aangepakt'
