with

opsporingsdienst as (

    {{ gekozen_lijst('opsporingsdienst') }}

),

gekozen as (

    {{ definities_van('int_om_verdachten_geteld') }}

),

artikelen as (

    {{ gekozen_lijst('wetsartikel', 'mensenhandel_artikel') }}

),

instroom as (

    select * from {{ ref('stg_mensenhandel_verdachten__instroom') }}

),

-- Which articles of the list a text is, or may be where it could not be read. Every paragraph of 273f is mensenhandel.
gelezen as (

    select
        tekst.wetsartikel_code,
        artikel.geldig_vanaf,
        artikel.geldig_tot,
        tekst.wetsartikel_code not like '?%' as is_gelezen
    from (select distinct alle.wetsartikel_code from instroom as alle) as tekst
    inner join artikelen as artikel
        on {{ is_wetsartikel('tekst.wetsartikel_code', 'artikel.artikel_code') }}

),

beoordeeld as (

    select
        instroom.*,
        case
            when gelezen.geldig_vanaf is null then 'ander_wetsartikel'
            when dienst.is_politie = false then 'andere_dienst'
            when dienst.dienst_code is null then 'onbekende_code'
            when gelezen.is_gelezen then 'telt'
            else 'onbekende_code'
        end as regel_code
    from instroom
    left join opsporingsdienst as dienst on instroom.dienst_code = dienst.dienst_code
    left join gelezen
        on
            instroom.wetsartikel_code is not distinct from gelezen.wetsartikel_code
            and instroom.instroom_datum >= gelezen.geldig_vanaf
            and (gelezen.geldig_tot is null or instroom.instroom_datum <= gelezen.geldig_tot)
    -- A text may name more than one article of the list, and an article may stand on it more than once.
    qualify row_number() over (partition by instroom.inschrijving_nr order by gelezen.geldig_vanaf) = 1

),

-- One suspect in one case counts once, in the year of its first inflow.
ontdubbeld as (

    select
        * replace (
            {{ eerste_telt('verdachte_nr, parket_nr', 'instroom_datum, inschrijving_nr') }} as regel_code
        )
    from beoordeeld

)

select
    gekozen.indicator_code,
    year(ontdubbeld.instroom_datum) as jaar,
    ontdubbeld.eenheid_code,
    concat(ontdubbeld.verdachte_nr, '/', ontdubbeld.parket_nr) as teleenheid,
    'altijd' as eenmaal_per,
    ontdubbeld.levering_nr,
    ontdubbeld.record_nr,
    ontdubbeld.regel_code
from ontdubbeld
inner join gekozen on gekozen.telregel = 'eerste_instroom'
