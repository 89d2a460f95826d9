with

bekend as (

    select breuk.*
    from {{ ref('trendbreuk') }} as breuk
    cross join {{ ref('base_leveringen__peildatum') }} as peildatum
    where breuk.ontvangen_vanaf is null or breuk.ontvangen_vanaf <= peildatum.peildatum

),

naast_de_jaren_ervoor as (

    select
        indicator_code,
        jaar_van,
        concat_ws(', ', definitie_versie, lijst_versies) as versies,
        lag(concat_ws(', ', definitie_versie, lijst_versies)) over (
            partition by indicator_code order by jaar_van nulls first
        ) as eerdere_versies
    from {{ ref('int_definities_gekozen') }}

),

-- From this year on the series is counted by other versions, so that it stands on another basis.
andere_versie as (

    select
        concat(gekozen.indicator_code, '_versie_', gekozen.jaar_van) as trendbreuk_code,
        gekozen.indicator_code,
        null as reeks_code,
        gekozen.jaar_van as jaar_vanaf,
        null as registratie,
        null::date as ontvangen_vanaf,
        concat(
            'Vanaf ', gekozen.jaar_van, ' geteld met ', gekozen.versies, '; daarvoor met ', gekozen.eerdere_versies, '.'
        ) as omschrijving,
        false as is_aanname,
        'de versies van definities en lijsten' as bron
    from naast_de_jaren_ervoor as gekozen
    left join bekend
        on gekozen.indicator_code = bekend.indicator_code and gekozen.jaar_van = bekend.jaar_vanaf
    where gekozen.versies != gekozen.eerdere_versies and bekend.trendbreuk_code is null

)

select * from bekend

union all

select * from andere_versie
