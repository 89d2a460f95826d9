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

gemerkt as (

    select
        signalen.*,
        gekozen.indicator_code,
        gekozen.jaar_van,
        gekozen.jaar_tot,
        year(signalen.status_datum) as jaar,
        case
            when signalen.is_voorgelegd then 'telt'
            when signalen.is_voorgelegd = false then 'niet_voorgelegd'
            else 'onbekende_code'
        end as regel_code
    from signalen
    inner join gekozen on gekozen.telregel = 'jaar_van_gebeurtenis'

),

-- A signal counts once, in the year in which it was first presented.
beoordeeld as (

    {{ eerste_telt('gemerkt', 'signaal_nr', 'status_datum, volg_nr') }}

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
                when regel_code in ('telt', 'onbekende_code') and not is_geanalyseerd then 'zonder_financiele_analyse'
                when regel_code = 'telt' and is_geanalyseerd is null then 'onbekende_code'
                else regel_code
            end as regel_code
        )
    from beoordeeld

)

select
    indicator_code,
    jaar,
    eenheid_code,
    signaal_nr as teleenheid,
    'altijd' as eenmaal_per,
    rol,
    levering_nr,
    record_nr,
    regel_code
from per_rol
