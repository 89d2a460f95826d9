with

signaal_status as (

    {{ gekozen_lijst('signaal_status') }}

),

gekozen as (

    {{ definities_van('int_signalen_geteld') }}

),

signalen as (

    select
        signaal.*,
        status.is_voorgelegd,
        -- An analysis may have been made for a later presentation of the same signal, never for what was not presented.
        -- Without one, a presentation of which it is not known leaves it open, and so does what may be one.
        case
            when
                bool_or(status.is_voorgelegd and signaal.heeft_financiele_analyse) over (
                    partition by signaal.signaal_nr
                )
                then true
            when
                bool_and(status.is_voorgelegd is false or signaal.heeft_financiele_analyse is false) over (
                    partition by signaal.signaal_nr
                )
                then false
        end as is_geanalyseerd
    from {{ ref('stg_ondermijningssignalen__signalen') }} as signaal
    left join signaal_status as status
        on
            signaal.signaal_status_code = status.signaal_status_code
            and {{ in_zijn_jaren('status', 'year(signaal.status_datum)') }}

),

eerste as (

    select
        *,
        row_number() over (partition by signaal_nr, is_voorgelegd order by status_datum, volg_nr) as nummer,
        year(min(case when is_voorgelegd then status_datum end) over (partition by signaal_nr)) as eerste_jaar,
        year(
            min(case when is_voorgelegd is null then status_datum end) over (partition by signaal_nr)
        ) as onbekend_jaar
    from signalen

),

-- A signal counts once, in the year in which it was first presented. An unknown status leaves open its own year
-- and a later first year; in or after a year in which the signal counts it changes nothing.
beoordeeld as (

    select
        *,
        case
            when is_voorgelegd = false then 'niet_voorgelegd'
            when is_voorgelegd is null and year(status_datum) >= eerste_jaar then 'dubbel'
            when is_voorgelegd is null then 'onbekende_code'
            when nummer > 1 then 'dubbel'
            when onbekend_jaar < eerste_jaar then 'onbekende_code'
            else 'telt'
        end as regel_code
    from eerste

),

per_rol as (

    select
        'noemer' as rol,
        *
    from beoordeeld

    union all

    select
        'teller' as rol,
        * replace (
            case
                when regel_code = 'telt' and not is_geanalyseerd then 'zonder_financiele_analyse'
                when regel_code = 'telt' and is_geanalyseerd is null then 'onbekende_code'
                else regel_code
            end as regel_code
        )
    from beoordeeld

)

select
    gekozen.indicator_code,
    year(per_rol.status_datum) as jaar,
    per_rol.eenheid_code,
    per_rol.signaal_nr as teleenheid,
    per_rol.rol,
    per_rol.levering_nr,
    per_rol.record_nr,
    per_rol.regel_code
from per_rol
inner join gekozen
    on
        gekozen.telregel = 'jaar_van_gebeurtenis'
        and {{ in_zijn_jaren('gekozen', 'year(per_rol.status_datum)') }}
