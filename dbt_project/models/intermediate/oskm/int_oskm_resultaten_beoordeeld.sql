with

oskm_resultaatsoort as (

    {{ gekozen_lijst('oskm_resultaatsoort') }}

),

oskm_team as (

    {{ gekozen_lijst('oskm_team') }}

)

select
    resultaat.levering_nr,
    resultaat.record_nr,
    resultaat.resultaat_nr,
    resultaat.persoon_nr,
    -- Empty where no code list knows the kind: the row may then be of every kind.
    soort.resultaatsoort_code,
    team.eenheid_code,
    resultaat.vaststelling_datum,
    case
        when soort.is_resultaat = false then 'oskm_melding'
        when resultaat.is_inzet_150_fte = false then 'oskm_buiten_capaciteit'
        when team.is_gespecialiseerd = false then 'oskm_ander_team'
        when soort.resultaatsoort_code is null or team.team_code is null or resultaat.is_inzet_150_fte is null
            then 'onbekende_code'
        else 'telt'
    end as regel_code
from {{ ref('stg_oskm_onderzoeken__resultaten') }} as resultaat
left join oskm_resultaatsoort as soort
    on
        resultaat.resultaatsoort_code = soort.resultaatsoort_code
        and {{ in_zijn_jaren('soort', 'year(resultaat.vaststelling_datum)') }}
left join oskm_team as team
    on
        resultaat.team_code = team.team_code
        and {{ in_zijn_jaren('team', 'year(resultaat.vaststelling_datum)') }}
