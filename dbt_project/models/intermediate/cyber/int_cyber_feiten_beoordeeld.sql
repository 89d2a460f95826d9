with

lijst as (

    {{ gekozen_lijst('wetsartikel', 'cyber_artikel') }}

),

artikelen as (

    select
        *,
        split_part(artikel_code, ' lid ', 1) as zonder_lid
    from lijst

),

beoordeeld as (

    select
        feit.levering_nr,
        feit.record_nr,
        feit.onderzoek_nr,
        feit.feit_nr,
        feit.wetsartikel_code,
        feit.pleeg_datum,
        case
            when artikel.artikel_code is null then 'ander_wetsartikel'
            when feit.pleeg_datum < artikel.geldig_vanaf then 'artikel_gold_niet'
            when feit.pleeg_datum > artikel.geldig_tot then 'artikel_gold_niet'
            when not regexp_full_match(feit.wetsartikel_code, artikel.zonder_lid || '( lid [0-9]+)?')
                then 'onbekende_code'
            -- Without a paragraph an article on the list stands for all of them, with one for that one only.
            when artikel.artikel_code not in (feit.wetsartikel_code, artikel.zonder_lid) then 'ander_wetsartikel'
            else 'telt'
        end as regel_code
    from {{ ref('stg_cyber_onderzoeken__feiten') }} as feit
    -- What begins with an article of the list and goes on in an unknown way is not known.
    left join artikelen as artikel
        on regexp_matches(feit.wetsartikel_code, '^' || artikel.zonder_lid || '([^a-z0-9]|$)')
    -- An article that stood on the list in more than one period is judged by the period of the offence.
    qualify
        row_number() over (
            partition by feit.onderzoek_nr, feit.feit_nr
            order by feit.pleeg_datum < artikel.geldig_vanaf, artikel.geldig_vanaf desc
        ) = 1

)

select
    beoordeeld.*,
    regel.telt_mee as is_enge_zin
from beoordeeld
inner join {{ ref('regel') }} as regel on beoordeeld.regel_code = regel.regel_code
