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
        artikel.jaar_van,
        artikel.jaar_tot,
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
    left join opsporingsdienst as dienst
        on
            instroom.dienst_code = dienst.dienst_code
            and {{ in_zijn_jaren('dienst', 'year(instroom.instroom_datum)') }}
    left join gelezen
        on
            instroom.wetsartikel_code is not distinct from gelezen.wetsartikel_code
            and instroom.instroom_datum >= gelezen.geldig_vanaf
            and (gelezen.geldig_tot is null or instroom.instroom_datum <= gelezen.geldig_tot)
            and {{ in_zijn_jaren('gelezen', 'year(instroom.instroom_datum)') }}
    -- A text may name more than one article of the list, and an article may stand on it more than once.
    qualify row_number() over (partition by instroom.inschrijving_nr order by gelezen.geldig_vanaf) = 1

),

per_versie as (

    select
        beoordeeld.*,
        gekozen.indicator_code,
        gekozen.jaar_van,
        gekozen.jaar_tot,
        year(beoordeeld.instroom_datum) as jaar
    from beoordeeld
    inner join gekozen on gekozen.telregel = 'eerste_instroom'

),

-- One suspect in one case counts once, in the year of its first inflow.
ontdubbeld as (

    {{ eerste_telt('per_versie', 'verdachte_nr, parket_nr', 'instroom_datum, inschrijving_nr') }}

)

select
    indicator_code,
    jaar,
    eenheid_code,
    concat(verdachte_nr, '/', parket_nr) as teleenheid,
    'altijd' as eenmaal_per,
    levering_nr,
    record_nr,
    regel_code
from ontdubbeld
