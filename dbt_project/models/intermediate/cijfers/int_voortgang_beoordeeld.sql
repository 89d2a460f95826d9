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
        indicator.loopt_op,
        indicator.samen_lezen_met,
        peildatum.peildatum,
        peildatum.kijkdag,
        jaar.eerste_dag,
        jaar.laatste_dag,
        realisatie.realisatie as onafgerond,
        realisatie.realisatie::decimal(18, 2) as realisatie,
        realisatie.realisatie_status,
        realisatie.definitie_versie,
        realisatie.lijst_versies,
        realisatie.gedekt_tot,
        realisatie.aantal_apartgezet,
        realisatie.is_demo,
        realisatie.aandeel_open_pct,
        realisatie.voorbehoud_reden,
        coalesce(realisatie.is_heel_jaar, false) as is_heel_jaar,
        case
            when realisatie.realisatie is not null then null
            when realisatie.geen_realisatie_reden is not null then realisatie.geen_realisatie_reden
            when jaar.eerste_dag > peildatum.kijkdag then 'nog_niet_begonnen'
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
        referentie.voorbehoud_reden as referentie_voorbehoud_reden,
        coalesce(eenheden.is_elke_eenheid_gehaald, true) as is_elke_eenheid_gehaald,
        eenheden.eenheden_onder_minimum,
        coalesce(gebroken.is_gebroken, false) as is_gebroken,
        voortgang.kijkdag between voortgang.eerste_dag and voortgang.laatste_dag as is_lopend_jaar,
        case
            when voortgang.is_heel_jaar then 100
            else coalesce(eigen.verwacht_aandeel_pct, algemeen.verwacht_aandeel_pct, 0)
        end as verwacht_aandeel_pct
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

),

-- Why nothing can be said, the most fundamental first.
onbeoordeeld as (

    select
        *,
        case
            when oordeel_regel = 'geen' then coalesce(geen_streefcijfer_reden, 'geen_norm')
            when streefcijfer is null and geen_streefcijfer_reden != 'richting_toename' then geen_streefcijfer_reden
            when realisatie is null then geen_realisatie_reden
            when not is_heel_jaar and not is_lopend_jaar then 'jaar_niet_heel'
            -- Only what adds up over a year can be on its way; a share, a stock and an increase are known at the end.
            when not is_heel_jaar and not (loopt_op and oordeel_regel in ('minimaal', 'hooguit')) then 'jaar_loopt'
            when voorbehoud_reden is not null then voorbehoud_reden
            when verwacht_aandeel_pct = 0 then 'nog_geen_maand'
            when oordeel_regel = 'toename' and referentie_jaar = jaar then 'referentiejaar'
            when oordeel_regel = 'toename' and is_gebroken then 'trendbreuk'
            when oordeel_regel = 'toename' and referentie_waarde is null then 'geen_referentie'
            when oordeel_regel = 'toename' then referentie_voorbehoud_reden
        end as geen_oordeel_reden,
        case oordeel_regel
            when 'minimaal' then onafgerond >= streefcijfer * verwacht_aandeel_pct / 100
            when 'hooguit' then onafgerond <= streefcijfer * verwacht_aandeel_pct / 100
            -- A day that was missed is not made good later in the year.
            when 'doorlopend' then onafgerond >= streefcijfer and is_elke_eenheid_gehaald
            when 'toename' then onafgerond > referentie_onafgerond
        end as is_gehaald
    from verwacht

)

-- What is shown is rounded, and what is judged is not: 39.998 is shown as 40, and has not reached it.
select
    * exclude (onafgerond, referentie_onafgerond, referentie_voorbehoud_reden, geen_oordeel_reden, is_gehaald),
    -- Of a year that is not whole, or still grows, the distance to the norm of a year says nothing.
    case
        when not is_heel_jaar or voorbehoud_reden is not null then null
        when oordeel_regel = 'toename' then case when geen_oordeel_reden is null then realisatie - referentie_waarde end
        else realisatie - streefcijfer
    end as verschil,
    -- A percentage of a percentage is no percentage point.
    case
        when is_heel_jaar and voorbehoud_reden is null and eenheid_van_maat != 'pct'
            then round(100 * onafgerond / nullif(streefcijfer, 0), 1)
    end as realisatie_pct,
    case
        when geen_oordeel_reden in ('geen_norm', 'kwalitatief') then 'geen_norm'
        when geen_oordeel_reden is not null then 'geen_oordeel'
        when is_heel_jaar then if(is_gehaald, 'behaald', 'niet_behaald')
        else if(is_gehaald, 'op_schema', 'achter_op_schema')
    end as oordeel,
    case
        when geen_oordeel_reden is not null then geen_oordeel_reden
        when oordeel_regel = 'doorlopend' and onafgerond >= streefcijfer and not is_elke_eenheid_gehaald
            then 'eenheid_onder_minimum'
        when oordeel_regel in ('minimaal', 'hooguit') and is_heel_jaar and not is_gehaald and realisatie = streefcijfer
            then 'onafgerond_niet_gehaald'
        when streefcijfer_is_aanname then 'norm_is_aanname'
    end as oordeel_reden
from onbeoordeeld
