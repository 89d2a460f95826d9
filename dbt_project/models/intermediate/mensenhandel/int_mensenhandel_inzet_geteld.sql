with

per_jaar as (

    select
        jaar.jaar,
        inzet.* replace (
            case
                when jaar.jaar is null and inzet.telt_mee is distinct from false then 'buiten_jaren'
                else inzet.regel_code
            end as regel_code,
            case when jaar.jaar is null then false else inzet.telt_mee end as telt_mee
        )
    from {{ ref('int_mensenhandel_inzet_beoordeeld') }} as inzet
    left join {{ ref('int_jaren_opgesomd') }} as jaar
        on
            (inzet.telregel = 'jaar_van_start' and jaar.jaar = year(inzet.start_datum))
            or (
                inzet.telregel = 'in_jaar_lopend'
                and inzet.start_datum <= jaar.laatste_dag
                and (inzet.eind_datum is null or inzet.eind_datum >= jaar.eerste_dag)
            )
    where {{ in_zijn_jaren('inzet', 'jaar.jaar') }}

),

uitgesplitst as (

    select
        'geen' as uitsplitsing_soort,
        'totaal' as uitsplitsing_code,
        *
    from per_jaar
    {% for element in ['csv', 'eenheidsoverstijgend', 'barrieremodel', 'internationaal'] %}

        union all

        select
            'element_mensenhandel' as uitsplitsing_soort,
            '{{ element }}' as uitsplitsing_code,
            * replace (
                case when is_{{ element }} is null and telt_mee then 'onbekende_code' else regel_code end as regel_code,
                case when is_{{ element }} is not null then telt_mee end as telt_mee
            )
        from per_jaar
        where is_{{ element }} is distinct from false and telt_mee is distinct from false
    {% endfor %}

)

select
    indicator_code,
    jaar,
    eenheid_code,
    uitsplitsing_soort,
    uitsplitsing_code,
    teleenheid,
    levering_nr,
    record_nr,
    regel_code
from uitgesplitst
