-- Two groupings side by side: that of the Nationale Drug Monitor, and the kinds that the agenda asks for.
{% set drugsoorten = {'drugsoort': 'drugsoort_groep', 'drugsoort_agenda': 'drugsoort_agenda'} %}

with

drugsoort as (

    {{ gekozen_lijst('drugsoort') }}

),

lijst as (

    {{ gekozen_lijst('aandachtsgebied') }}

),

onderzoeken as (

    select geteld.*
    from {{ ref('int_csv_onderzoeken_geteld') }} as geteld
    inner join {{ ref('regel') }} as regel
        on geteld.regel_code = regel.regel_code and regel.telt_mee is distinct from false

),

aandachtsgebieden as (

    select
        onderzoek.teleenheid as onderzoek_nr,
        onderzoek.jaar,
        gebied.is_eerste,
        coalesce(bekend.aandachtsgebied_code, 'ONBEKEND') as aandachtsgebied_code,
        coalesce(drugsoort.drugsoort_groep, 'onbekend') as drugsoort_groep,
        coalesce(drugsoort.drugsoort_agenda, 'onbekend') as drugsoort_agenda
    from onderzoeken as onderzoek
    inner join {{ ref('stg_csv_onderzoeken__aandachtsgebieden') }} as gebied
        on onderzoek.teleenheid = gebied.onderzoek_nr
    -- An area that the list has for other years only is as unknown as one that it does not have.
    left join lijst as bekend
        on
            gebied.aandachtsgebied_code = bekend.aandachtsgebied_code
            and onderzoek.jaar >= year(bekend.geldig_van)
            and (bekend.geldig_tot is null or onderzoek.jaar <= year(bekend.geldig_tot))
            and {{ in_zijn_jaren('bekend', 'onderzoek.jaar') }}
    left join drugsoort
        on gebied.drugsoort_code = drugsoort.drugsoort_code and {{ in_zijn_jaren('drugsoort', 'onderzoek.jaar') }}

),

-- Exactly one per investigation, so that the parts add up: of two that are marked, the first in alphabetical order.
eerste as (

    select * from aandachtsgebieden
    where is_eerste
    qualify
        row_number() over (
            partition by onderzoek_nr, jaar order by aandachtsgebied_code, drugsoort_groep, drugsoort_agenda
        ) = 1

),

gesplitst as (

    select
        onderzoek.*,
        'aandachtsgebied_eerste' as uitsplitsing_soort,
        coalesce(eerste.aandachtsgebied_code, 'ONBEKEND') as uitsplitsing_code
    from onderzoeken as onderzoek
    left join eerste on onderzoek.teleenheid = eerste.onderzoek_nr and onderzoek.jaar = eerste.jaar

    union all

    select distinct
        onderzoek.*,
        'aandachtsgebied_alle' as uitsplitsing_soort,
        coalesce(gebied.aandachtsgebied_code, 'ONBEKEND') as uitsplitsing_code
    from onderzoeken as onderzoek
    left join aandachtsgebieden as gebied
        on onderzoek.teleenheid = gebied.onderzoek_nr and onderzoek.jaar = gebied.jaar

    {% for soort, groep in drugsoorten.items() %}

        union all

        select
            onderzoek.*,
            '{{ soort }}_eerste' as uitsplitsing_soort,
            eerste.{{ groep }} as uitsplitsing_code
        from onderzoeken as onderzoek
        inner join eerste on onderzoek.teleenheid = eerste.onderzoek_nr and onderzoek.jaar = eerste.jaar
        where eerste.aandachtsgebied_code = 'DRUGS'

        union all

        select distinct
            onderzoek.*,
            '{{ soort }}_alle' as uitsplitsing_soort,
            gebied.{{ groep }} as uitsplitsing_code
        from onderzoeken as onderzoek
        inner join aandachtsgebieden as gebied
            on onderzoek.teleenheid = gebied.onderzoek_nr and onderzoek.jaar = gebied.jaar
        where gebied.aandachtsgebied_code = 'DRUGS'
    {% endfor %}

)

select * from gesplitst
