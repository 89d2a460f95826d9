{% set kenmerken = [
    'is_bijstand',
    'is_high_tech',
    'is_focus_enge_zin',
    'heeft_feit_enge_zin',
    'is_innovatief',
    'is_digitaal',
] %}
{% set van_het_team = ['is_thtc', 'is_regionaal', 'is_cybercrimeteam'] %}

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

onderzoeken as (

    select
        onderzoek.*,
        vak.jaar_van,
        vak.jaar_tot,
        team.is_thtc,
        team.is_regionaal,
        team.is_cybercrimeteam,
        focus.is_enge_zin as is_focus_enge_zin,
        case when feiten.onderzoek_nr is null then false else feiten.heeft_feit_enge_zin end as heeft_feit_enge_zin,
        team.team_code is null as is_team_onbekend,
        -- What is not filled in is not unknown; these have to be.
        onderzoek.is_bijstand is null as is_bijstand_onbekend,
        focus.focus_code is null as is_focus_enge_zin_onbekend,
        feiten.onderzoek_nr is not null and feiten.heeft_feit_enge_zin is null as heeft_feit_enge_zin_onbekend
    from {{ ref('stg_cyber_onderzoeken__onderzoeken') }} as onderzoek
    cross join vakken as vak
    left join feiten
        on onderzoek.onderzoek_nr = feiten.onderzoek_nr and {{ in_zijn_jaren('feiten', 'vak.jaar_van') }}
    left join cyber_team as team
        on onderzoek.team_code = team.team_code and {{ in_zijn_jaren('team', 'vak.jaar_van') }}
    left join cyber_focus as focus
        on onderzoek.focus_code = focus.focus_code and {{ in_zijn_jaren('focus', 'vak.jaar_van') }}

),

gemerkt as (

    select
        *,
        is_team_onbekend
        {% for kenmerk in kenmerken %}
            or coalesce({{ kenmerk }}_onbekend, false)
        {% endfor %} as heeft_onbekende_code
    from onderzoeken

),

-- An unknown code may be any team, and yes or no: everything that may be so is judged, each by itself.
mogelijk as (

    select
        onderzoek_nr,
        jaar_van,
        {% for kenmerk in van_het_team + kenmerken %}
            {{ kenmerk }},
        {% endfor %}
        niveau
    from gemerkt
    where not heeft_onbekende_code

    union all

    select
        gemerkt.onderzoek_nr,
        gemerkt.jaar_van,
        {% for kenmerk in van_het_team %}
            team.{{ kenmerk }},
        {% endfor %}
        {% for kenmerk in kenmerken %}
            case
                when gemerkt.{{ kenmerk }}_onbekend then {{ kenmerk }}_mag.antwoord
                else gemerkt.{{ kenmerk }}
            end as {{ kenmerk }},
        {% endfor %}
        gemerkt.niveau
    from gemerkt
    inner join cyber_team as team
        on
            (gemerkt.team_code = team.team_code or gemerkt.is_team_onbekend)
            and {{ in_zijn_jaren('team', 'gemerkt.jaar_van') }}
    {% for kenmerk in kenmerken %}
        inner join (values (true), (false)) as {{ kenmerk }}_mag (antwoord)
            on {{ kenmerk }}_mag.antwoord or gemerkt.{{ kenmerk }}_onbekend
    {% endfor %}
    where gemerkt.heeft_onbekende_code

),

genummerd as (

    select
        *,
        row_number() over (order by onderzoek_nr) as mogelijkheid
    from mogelijk

),

-- The first rule of which every condition holds. What is not filled in meets no condition, so it decides nothing.
ingedeeld as (

    select
        kenmerken.onderzoek_nr,
        kenmerken.jaar_van,
        kenmerken.is_focus_enge_zin,
        indeling.cyber_soort_code,
        indeling.regel_code,
        indeling.prioriteit
    from genummerd as kenmerken
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
    qualify row_number() over (partition by kenmerken.mogelijkheid order by indeling.prioriteit) = 1

),

soorten as (

    select
        onderzoek_nr,
        jaar_van,
        cyber_soort_code,
        is_focus_enge_zin,
        min_by(regel_code, prioriteit) as regel_code
    from ingedeeld
    group by onderzoek_nr, jaar_van, cyber_soort_code, is_focus_enge_zin

)

select
    onderzoek.levering_nr,
    onderzoek.record_nr,
    onderzoek.onderzoek_nr,
    onderzoek.eenheid_code,
    onderzoek.start_datum,
    onderzoek.tactisch_afgerond_datum,
    onderzoek.is_alternatief,
    onderzoek.jaar_van,
    onderzoek.jaar_tot,
    soort.is_focus_enge_zin,
    onderzoek.heeft_feit_enge_zin,
    soort.cyber_soort_code,
    onderzoek.opgegeven_soort_code,
    coalesce(onderzoek.opgegeven_soort_code != soort.cyber_soort_code, false) as wijkt_opgave_af,
    soort.regel_code,
    regel.telt_mee
from gemerkt as onderzoek
inner join soorten as soort
    on onderzoek.onderzoek_nr = soort.onderzoek_nr and onderzoek.jaar_van is not distinct from soort.jaar_van
inner join {{ ref('regel') }} as regel on soort.regel_code = regel.regel_code
