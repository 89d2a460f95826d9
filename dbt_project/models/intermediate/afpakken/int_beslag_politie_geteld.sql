with

gekozen as (

    {{ definities_van('int_beslag_politie_geteld') }}

),

-- What counts in the monitor counts here if the police laid it as conservatoir beslag; by which way it came does not
-- matter here, so a deliverer that no list knows leaves it open only for an object that may count elsewhere.
beoordeeld as (

    select
        * exclude (regel_code, telt_mee),
        case
            when telt_mee = false then regel_code
            when stap_code not in ('beslag_gelegd', 'onbekend') then 'andere_stap'
            when beslagsoort not in ('conservatoir', 'onbekend') then 'ander_beslag'
            when is_politie = false then 'andere_dienst'
            when stap_code = 'onbekend' and is_beslag_elders then 'andere_aanleveraar'
            when stap_code = 'onbekend' or kan_elders_tellen or beslagsoort = 'onbekend' or is_politie is null
                then 'onbekende_code'
            else 'telt'
        end as regel_code
    from {{ ref('int_afpakboekingen_beoordeeld') }}
    where registratie = 'om_beslag'

),

gesplitst as (

    select
        beoordeeld.*,
        splitsing.uitsplitsing_soort,
        case when splitsing.uitsplitsing_soort = 'geen' then 'totaal' else beoordeeld.objectsoort_code end
            as uitsplitsing_code
    from beoordeeld
    left join {{ ref('regel') }} as regel on beoordeeld.regel_code = regel.regel_code
    -- Read once for both: there may be millions of bookings, and few of them count.
    inner join (values ('geen'), ('objectsoort')) as splitsing (uitsplitsing_soort)
        on splitsing.uitsplitsing_soort = 'geen' or regel.telt_mee is distinct from false

)

select
    gekozen.indicator_code,
    gesplitst.jaar,
    gesplitst.eenheid_code,
    gesplitst.uitsplitsing_soort,
    gesplitst.uitsplitsing_code,
    gesplitst.teleenheid,
    'bedrag' as rol,
    gesplitst.bedrag_eur as waarde,
    gesplitst.levering_nr,
    gesplitst.record_nr,
    gesplitst.regel_code
from gesplitst
inner join gekozen on {{ in_zijn_jaren('gekozen', 'gesplitst.jaar') }}
