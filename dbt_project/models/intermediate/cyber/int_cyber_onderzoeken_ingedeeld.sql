with

cyber_team as (

    {{ gekozen_lijst('cyber_team') }}

),

cyber_focus as (

    {{ gekozen_lijst('cyber_focus') }}

),

regels as (

    {{ gekozen_lijst('cyber_indeling') }}

),

vakken as (

    {{ jaarvakken() }}

),

feiten as (

    select
        onderzoek_nr,
        jaar_van,
        jaar_tot,
        -- One is enough; without one, an offence of which it is not known leaves it open.
        case when bool_or(is_enge_zin) or bool_and(is_enge_zin is not null) then bool_or(is_enge_zin) end
            as heeft_feit_enge_zin
    from {{ ref('int_cyber_feiten_beoordeeld') }}
    group by onderzoek_nr, jaar_van, jaar_tot

),

kenmerken as (

    select
        onderzoek.levering_nr,
        onderzoek.record_nr,
        onderzoek.onderzoek_nr,
        onderzoek.eenheid_code,
        onderzoek.start_datum,
        onderzoek.tactisch_afgerond_datum,
        onderzoek.opgegeven_soort_code,
        onderzoek.niveau,
        onderzoek.is_bijstand,
        onderzoek.is_high_tech,
        onderzoek.is_innovatief,
        onderzoek.is_digitaal,
        onderzoek.is_alternatief,
        vak.jaar_van,
        vak.jaar_tot,
        team.is_thtc,
        team.is_regionaal,
        team.is_cybercrimeteam,
        focus.is_enge_zin as is_focus_enge_zin,
        case when feiten.onderzoek_nr is null then false else feiten.heeft_feit_enge_zin end as heeft_feit_enge_zin,
        onderzoek.heeft_onbekend_kenmerk
        or team.team_code is null
        or focus.focus_code is null
        or (feiten.onderzoek_nr is not null and feiten.heeft_feit_enge_zin is null) as heeft_onbekende_code
    from {{ ref('stg_cyber_onderzoeken__onderzoeken') }} as onderzoek
    cross join vakken as vak
    left join feiten
        on onderzoek.onderzoek_nr = feiten.onderzoek_nr and {{ in_zijn_jaren('feiten', 'vak.jaar_van') }}
    left join cyber_team as team
        on onderzoek.team_code = team.team_code and {{ in_zijn_jaren('team', 'vak.jaar_van') }}
    left join cyber_focus as focus
        on onderzoek.focus_code = focus.focus_code and {{ in_zijn_jaren('focus', 'vak.jaar_van') }}

),

-- The first rule of which every condition holds. What is not known meets no condition, so it decides nothing by itself.
ingedeeld as (

    select
        kenmerken.*,
        indeling.cyber_soort_code,
        -- No rule can decide without the code that is unknown: then it is open whether the investigation counts.
        case
            when kenmerken.is_bijstand is null and kenmerken.is_thtc and indeling.cyber_soort_code = 'THTC'
                then 'onbekende_code'
            when kenmerken.heeft_onbekende_code and indeling.regel_code = 'cyber_kenmerk_ontbreekt'
                then 'onbekende_code'
            else indeling.regel_code
        end as regel_code
    from kenmerken
    inner join regels as indeling
        on
            {{ in_zijn_jaren('indeling', 'kenmerken.jaar_van') }}
            and (indeling.is_thtc is null or kenmerken.is_thtc = indeling.is_thtc)
            and (indeling.is_regionaal is null or kenmerken.is_regionaal = indeling.is_regionaal)
            and (indeling.is_cybercrimeteam is null or kenmerken.is_cybercrimeteam = indeling.is_cybercrimeteam)
            and (indeling.is_bijstand is null or kenmerken.is_bijstand = indeling.is_bijstand)
            and (indeling.niveau_van is null or kenmerken.niveau >= indeling.niveau_van)
            and (indeling.niveau_tot is null or kenmerken.niveau <= indeling.niveau_tot)
            and (indeling.is_high_tech is null or kenmerken.is_high_tech = indeling.is_high_tech)
            and (indeling.is_focus_enge_zin is null or kenmerken.is_focus_enge_zin = indeling.is_focus_enge_zin)
            and (indeling.heeft_feit_enge_zin is null or kenmerken.heeft_feit_enge_zin = indeling.heeft_feit_enge_zin)
            and (indeling.is_innovatief is null or kenmerken.is_innovatief = indeling.is_innovatief)
            and (indeling.is_digitaal is null or kenmerken.is_digitaal = indeling.is_digitaal)
    qualify row_number() over (partition by kenmerken.onderzoek_nr, kenmerken.jaar_van order by indeling.prioriteit) = 1

)

select
    ingedeeld.levering_nr,
    ingedeeld.record_nr,
    ingedeeld.onderzoek_nr,
    ingedeeld.eenheid_code,
    ingedeeld.start_datum,
    ingedeeld.tactisch_afgerond_datum,
    ingedeeld.is_alternatief,
    ingedeeld.jaar_van,
    ingedeeld.jaar_tot,
    ingedeeld.is_focus_enge_zin,
    ingedeeld.heeft_feit_enge_zin,
    ingedeeld.cyber_soort_code,
    ingedeeld.opgegeven_soort_code,
    coalesce(ingedeeld.opgegeven_soort_code != ingedeeld.cyber_soort_code, false) as wijkt_opgave_af,
    ingedeeld.regel_code,
    regel.telt_mee
from ingedeeld
inner join {{ ref('regel') }} as regel on ingedeeld.regel_code = regel.regel_code
