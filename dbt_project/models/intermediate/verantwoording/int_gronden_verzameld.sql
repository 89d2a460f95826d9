{{ config(materialized='view') }}

-- A row that is counted nowhere by itself, and by which another row was judged. What is judged with an unknown code is
-- not known to count, and stands here once, though its numerator is open and its denominator says no.
with

lijst as (

    {{ gekozen_lijst('aandachtsgebied') }}

),

feiten as (

    select distinct
        coalesce(telling.indicator_code, 'cyber_totaal') as indicator_code,
        telling.jaar,
        telling.eenheid_code,
        'geen' as uitsplitsing_soort,
        'totaal' as uitsplitsing_code,
        feit.onderzoek_nr as teleenheid,
        feit.levering_nr,
        feit.record_nr,
        case when telling.teleenheid is null then 'zonder_hoofdrij' else feit.regel_code end as regel_code,
        coalesce(telling.telt_mee, false) as telt_mee
    from {{ ref('int_cyber_feiten_beoordeeld') }} as feit
    left join {{ ref('int_tellingen_verzameld') }} as telling
        on
            feit.onderzoek_nr = telling.teleenheid
            and telling.telmodel = 'int_cyber_onderzoeken_geteld'
            and telling.uitsplitsing_soort = 'geen'
    -- An offence is judged by the versions of the year in which its investigation falls.
    where telling.teleenheid is null or {{ in_zijn_jaren('feit', 'telling.jaar') }}

),

signalen as (

    select distinct
        telling.indicator_code,
        telling.jaar,
        telling.eenheid_code,
        telling.uitsplitsing_soort,
        telling.uitsplitsing_code,
        telling.teleenheid,
        signaal.levering_nr,
        signaal.record_nr,
        case
            when signaal.heeft_financiele_analyse then 'met_financiele_analyse'
            when not signaal.heeft_financiele_analyse then 'zonder_financiele_analyse'
            else 'onbekende_code'
        end as regel_code,
        coalesce(telling.telt_mee, false) as telt_mee
    from {{ ref('int_tellingen_verzameld') }} as telling
    inner join {{ ref('stg_ondermijningssignalen__zaken') }} as zaak
        on telling.levering_nr = zaak.levering_nr and telling.record_nr = zaak.record_nr
    inner join {{ ref('stg_ondermijningssignalen__signalen') }} as signaal on zaak.signaal_nr = signaal.signaal_nr
    where
        telling.telmodel = 'int_ondermijningszaken_geteld'
        and telling.uitsplitsing_soort = 'geen'
        and telling.rol = 'noemer'

),

aandachtsgebieden as (

    select
        'csv_onderzoeken' as indicator_code,
        telling.jaar,
        telling.eenheid_code,
        'aandachtsgebied_alle' as uitsplitsing_soort,
        coalesce(bekend.aandachtsgebied_code, 'ONBEKEND') as uitsplitsing_code,
        gebied.onderzoek_nr as teleenheid,
        gebied.levering_nr,
        gebied.record_nr,
        coalesce(telling.regel_code, 'zonder_hoofdrij') as regel_code,
        coalesce(telling.telt_mee, false) as telt_mee
    from {{ ref('stg_csv_onderzoeken__aandachtsgebieden') }} as gebied
    left join {{ ref('int_tellingen_verzameld') }} as telling
        on
            gebied.onderzoek_nr = telling.teleenheid
            and telling.telmodel = 'int_csv_onderzoeken_geteld'
            and telling.uitsplitsing_soort = 'geen'
    left join lijst as bekend
        on gebied.aandachtsgebied_code = bekend.aandachtsgebied_code and {{ in_zijn_jaren('bekend', 'telling.jaar') }}

)

{% for deel in ['feiten', 'signalen', 'aandachtsgebieden'] %}
    select
        indicator_code,
        jaar,
        eenheid_code,
        uitsplitsing_soort,
        uitsplitsing_code,
        teleenheid,
        'grond' as rol,
        1 as waarde,
        levering_nr,
        record_nr,
        regel_code,
        telt_mee
    from {{ deel }}
    {% if not loop.last %}union all{% endif %}
{% endfor %}
