with

lijst as (

    {{ gekozen_lijst('wetsartikel', 'cyber_artikel') }}

),

vakken as (

    {{ jaarvakken() }}

),

feiten as (

    select * from {{ ref('stg_cyber_onderzoeken__feiten') }}

),

-- Which articles of the list a text is, or may be where it could not be read.
gelezen as (

    select
        feit.wetsartikel_code,
        artikel.geldig_vanaf,
        artikel.geldig_tot,
        artikel.jaar_van,
        artikel.jaar_tot,
        feit.wetsartikel_code not like '?%' as is_gelezen
    from (select distinct alle.wetsartikel_code from feiten as alle) as feit
    inner join lijst as artikel
        on {{ is_wetsartikel('feit.wetsartikel_code', 'artikel.artikel_code') }}

),

-- An article that stood on the list in more than one period is judged by the period of the offence, and a text that
-- names more than one by the one that makes it count.
beoordeeld as (

    select
        feit.levering_nr,
        feit.record_nr,
        feit.onderzoek_nr,
        feit.feit_nr,
        feit.wetsartikel_code,
        feit.pleeg_datum,
        vak.jaar_van,
        vak.jaar_tot,
        case
            when gelezen.geldig_vanaf is null then 'ander_wetsartikel'
            when feit.pleeg_datum < gelezen.geldig_vanaf then 'artikel_gold_niet'
            when feit.pleeg_datum > gelezen.geldig_tot then 'artikel_gold_niet'
            when gelezen.is_gelezen then 'telt'
            else 'onbekende_code'
        end as regel_code
    from feiten as feit
    cross join vakken as vak
    left join gelezen
        on
            feit.wetsartikel_code is not distinct from gelezen.wetsartikel_code
            and {{ in_zijn_jaren('gelezen', 'vak.jaar_van') }}
    qualify
        row_number() over (
            partition by feit.onderzoek_nr, feit.feit_nr, vak.jaar_van
            order by regel_code in ('telt', 'onbekende_code') desc
        ) = 1

)

select
    beoordeeld.*,
    regel.telt_mee as is_enge_zin
from beoordeeld
inner join {{ ref('regel') }} as regel on beoordeeld.regel_code = regel.regel_code
