with

landelijk as (

    select * from {{ ref('int_realisaties_berekend') }}
    where eenheid_code = 'NL' and uitsplitsing_soort = 'geen'

),

-- 'vorig_jaar' or a year: what the agenda compares an increase with.
voortgang as (

    select
        norm.*,
        indicator.indicator_naam,
        indicator.thema_code,
        indicator.eenheid_van_maat,
        indicator.oordeel_regel,
        indicator.samen_lezen_met,
        peildatum.peildatum,
        jaar.eerste_dag,
        jaar.laatste_dag,
        realisatie.realisatie as onafgerond,
        realisatie.realisatie::decimal(18, 2) as realisatie,
        realisatie.realisatie_status,
        realisatie.definitie_versie,
        realisatie.lijst_versies,
        realisatie.gedekt_tot,
        coalesce(realisatie.is_heel_jaar, false) as is_heel_jaar,
        case
            when realisatie.realisatie is not null then null
            when realisatie.geen_realisatie_reden is not null then realisatie.geen_realisatie_reden
            when jaar.eerste_dag > peildatum.peildatum then 'nog_niet_begonnen'
            else 'nog_niet_geleverd'
        end as geen_realisatie_reden,
        case
            when norm.geen_streefcijfer_reden = 'richting_toename'
                then
                    case
                        when indicator.referentie = 'vorig_jaar' then norm.jaar - 1
                        else try_cast(indicator.referentie as integer)
                    end
        end as referentie_jaar
    from {{ ref('int_normen_bepaald') }} as norm
    inner join {{ ref('indicator') }} as indicator on norm.indicator_code = indicator.indicator_code
    inner join {{ ref('int_jaren_opgesomd') }} as jaar on norm.jaar = jaar.jaar
    cross join {{ ref('base_leveringen__peildatum') }} as peildatum
    left join landelijk as realisatie
        on norm.indicator_code = realisatie.indicator_code and norm.jaar = realisatie.jaar

),

-- Between the year and the one that it is compared with, the series was put on another basis.
gebroken as (

    select distinct
        voortgang.indicator_code,
        voortgang.jaar,
        true as is_gebroken
    from voortgang
    inner join {{ ref('int_trendbreuken_bekend') }} as breuk
        on
            voortgang.indicator_code = breuk.indicator_code
            and voortgang.jaar >= breuk.jaar_vanaf
            and voortgang.referentie_jaar < breuk.jaar_vanaf

),

-- The share of a year's norm that is expected by the day up to which the figure is known.
verwacht as (

    select
        voortgang.*,
        referentie.realisatie as referentie_onafgerond,
        referentie.realisatie::decimal(18, 2) as referentie_waarde,
        coalesce(eenheden.is_elke_eenheid_gehaald, true) as is_elke_eenheid_gehaald,
        coalesce(gebroken.is_gebroken, false) as is_gebroken,
        voortgang.peildatum between voortgang.eerste_dag and voortgang.laatste_dag as is_lopend_jaar,
        coalesce(eigen.verwacht_aandeel_pct, algemeen.verwacht_aandeel_pct, 0) as verwacht_aandeel_pct
    from voortgang
    left join landelijk as referentie
        on
            voortgang.indicator_code = referentie.indicator_code
            and voortgang.referentie_jaar = referentie.jaar
            and voortgang.referentie_jaar < voortgang.jaar
    left join gebroken
        on voortgang.indicator_code = gebroken.indicator_code and voortgang.jaar = gebroken.jaar
    left join {{ ref('int_eenheden_getoetst') }} as eenheden
        on voortgang.indicator_code = eenheden.indicator_code and voortgang.jaar = eenheden.jaar
    left join {{ ref('verwacht_verloop') }} as eigen
        on
            voortgang.indicator_code = eigen.indicator_code
            and eigen.maand = month(voortgang.gedekt_tot + interval 1 day) - 1
    left join {{ ref('verwacht_verloop') }} as algemeen
        on
            algemeen.indicator_code = 'alle'
            and algemeen.maand = month(voortgang.gedekt_tot + interval 1 day) - 1

)

-- What is shown is rounded, and what is judged is not: 39.998 is shown as 40, and has not reached it.
select
    * exclude (onafgerond, referentie_onafgerond),
    realisatie - streefcijfer as verschil,
    round(100 * onafgerond / nullif(streefcijfer, 0), 1) as realisatie_pct,
    case
        when oordeel_regel = 'geen' then 'geen_norm'
        when streefcijfer is null and geen_streefcijfer_reden != 'richting_toename' then 'geen_norm'
        when realisatie is null then 'geen_oordeel'
        when oordeel_regel = 'toename' and is_gebroken then 'geen_oordeel'
        when oordeel_regel = 'minimaal' and is_heel_jaar
            then case when onafgerond >= streefcijfer then 'behaald' else 'niet_behaald' end
        when oordeel_regel = 'minimaal' and is_lopend_jaar
            then
                case
                    when onafgerond >= streefcijfer * verwacht_aandeel_pct / 100 then 'op_schema'
                    else 'achter_op_schema'
                end
        -- A day that was missed is not made good later in the year.
        when oordeel_regel = 'doorlopend' and is_heel_jaar
            then case when onafgerond >= streefcijfer and is_elke_eenheid_gehaald then 'behaald' else 'niet_behaald' end
        when oordeel_regel = 'doorlopend' and is_lopend_jaar
            then
                case
                    when onafgerond >= streefcijfer and is_elke_eenheid_gehaald then 'op_schema'
                    else 'achter_op_schema'
                end
        when oordeel_regel = 'toename' and is_heel_jaar and referentie_waarde is not null
            then case when onafgerond > referentie_onafgerond then 'behaald' else 'niet_behaald' end
        else 'geen_oordeel'
    end as oordeel
from verwacht
