with

aanpak as (

    {{ gekozen_lijst('aanpak') }}

),

fasen as (

    {{ gekozen_lijst('fase') }}

),

vakken as (

    {{ jaarvakken() }}

),

onderzoeken as (

    select * from {{ ref('stg_csv_onderzoeken__onderzoeken') }}

),

beoordeeld as (

    select
        onderzoek.levering_nr,
        onderzoek.record_nr,
        onderzoek.onderzoek_nr,
        onderzoek.csv_nr,
        onderzoek.eenheid_code,
        onderzoek.start_datum,
        onderzoek.eind_datum,
        vak.jaar_van,
        vak.jaar_tot,
        case
            when aanpak.is_strafrechtelijk = false then 'niet_strafrechtelijk'
            when fase.is_aangepakt = false then 'fase_niet_bereikt'
            when aanpak.aanpak_code is null or fase.fase_code is null then 'onbekende_code'
            else 'telt'
        end as regel_code
    from onderzoeken as onderzoek
    cross join vakken as vak
    left join aanpak
        on onderzoek.aanpak_code = aanpak.aanpak_code and {{ in_zijn_jaren('aanpak', 'vak.jaar_van') }}
    left join fasen as fase
        on onderzoek.fase_code = fase.fase_code and {{ in_zijn_jaren('fase', 'vak.jaar_van') }}

)

select
    beoordeeld.*,
    regel.telt_mee
from beoordeeld
inner join {{ ref('regel') }} as regel on beoordeeld.regel_code = regel.regel_code
