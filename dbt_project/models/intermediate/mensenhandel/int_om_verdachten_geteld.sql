with

gekozen as (

    {{ definities_van('int_om_verdachten_geteld') }}

),

artikelen as (

    {{ gekozen_lijst('wetsartikel', 'mensenhandel_artikel') }}

),

instroom as (

    select * from {{ ref('stg_mensenhandel_verdachten__instroom') }}

),

beoordeeld as (

    select
        instroom.*,
        case
            when artikel.artikel_code is null then 'ander_wetsartikel'
            when dienst.is_politie = false then 'andere_dienst'
            when dienst.dienst_code is null then 'onbekende_code'
            when not regexp_full_match(instroom.wetsartikel_code, artikel.artikel_code || '( lid [0-9]+)?')
                then 'onbekende_code'
            else 'telt'
        end as regel_code
    from instroom
    left join {{ ref('opsporingsdienst') }} as dienst on instroom.dienst_code = dienst.dienst_code
    -- Every paragraph of 273f is mensenhandel. What begins with the article and goes on in an unknown way is not known.
    left join artikelen as artikel
        on
            regexp_matches(instroom.wetsartikel_code, '^' || artikel.artikel_code || '([^a-z0-9]|$)')
            and instroom.instroom_datum >= artikel.geldig_vanaf
            and (artikel.geldig_tot is null or instroom.instroom_datum <= artikel.geldig_tot)

),

-- One suspect in one case counts once, in the year of its first inflow. A row of an unknown service leaves open its own
-- year and that of a later first known row; in or after a year in which the suspect counts it changes nothing.
ontdubbeld as (

    select
        * replace (
            case
                when
                    regel_code = 'telt'
                    and row_number() over (
                        partition by regel_code, verdachte_nr, parket_nr order by instroom_datum, inschrijving_nr
                    ) > 1
                    then 'dubbel'
                when
                    regel_code = 'telt'
                    and year(instroom_datum) > year(
                        min(case when regel_code = 'onbekende_code' then instroom_datum end)
                            over (partition by verdachte_nr, parket_nr)
                    )
                    then 'onbekende_code'
                when
                    regel_code = 'onbekende_code'
                    and year(instroom_datum) >= year(
                        min(case when regel_code = 'telt' then instroom_datum end)
                            over (partition by verdachte_nr, parket_nr)
                    )
                    then 'dubbel'
                else regel_code
            end as regel_code
        )
    from beoordeeld

)

select
    gekozen.indicator_code,
    year(ontdubbeld.instroom_datum) as jaar,
    ontdubbeld.eenheid_code,
    concat(ontdubbeld.verdachte_nr, '/', ontdubbeld.parket_nr) as teleenheid,
    ontdubbeld.levering_nr,
    ontdubbeld.record_nr,
    ontdubbeld.regel_code
from ontdubbeld
inner join gekozen on gekozen.telregel = 'eerste_instroom'
