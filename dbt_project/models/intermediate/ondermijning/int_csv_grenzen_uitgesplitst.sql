with

onderzoeken as (

    select geteld.*
    from {{ ref('int_csv_onderzoeken_geteld') }} as geteld
    inner join {{ ref('regel') }} as regel
        on geteld.regel_code = regel.regel_code and regel.telt_mee is distinct from false

),

grenzen as (

    select
        onderzoek_nr,
        'regio_overstijgend' as uitsplitsing_soort,
        is_regio_overstijgend as is_overschreden
    from {{ ref('stg_csv_onderzoeken__onderzoeken') }}

    union all

    select
        onderzoek_nr,
        'lands_overstijgend' as uitsplitsing_soort,
        is_lands_overstijgend as is_overschreden
    from {{ ref('stg_csv_onderzoeken__onderzoeken') }}

),

gesplitst as (

    select
        onderzoek.*,
        grens.uitsplitsing_soort,
        case
            when grens.is_overschreden then 'ja'
            when not grens.is_overschreden then 'nee'
            else 'onbekend'
        end as uitsplitsing_code
    from onderzoeken as onderzoek
    inner join grenzen as grens on onderzoek.teleenheid = grens.onderzoek_nr

)

select * from gesplitst
