with

gekozen as (

    {{ definities_van('int_misdrijven_ingedeeld') }}

),

-- A kind between brackets, '(RE)', that no list knows may be a part of the whole; without one it is a municipality.
ingedeeld as (

    select
        misdrijven.*,
        gebied.eenheid_code,
        case
            when gebied.gebied_soort is not null then gebied.gebied_soort
            when regexp_matches(misdrijven.gebied_label, '\([a-z]{2}\)$') then 'onbekend'
            else 'gemeente'
        end as gebied_soort
    from {{ ref('stg_geregistreerde_misdrijven__misdrijven') }} as misdrijven
    left join {{ ref('eenheid_label') }} as gebied on misdrijven.gebied_label = gebied.label

)

select
    gekozen.indicator_code,
    ingedeeld.jaar,
    ingedeeld.eenheid_code,
    ingedeeld.gebied_label as teleenheid,
    'bedrag' as rol,
    ingedeeld.aantal_misdrijven as waarde,
    ingedeeld.levering_nr,
    ingedeeld.record_nr,
    ingedeeld.gebied_soort,
    -- Nation, units and municipalities stack; only the units, with what cannot be placed, are parts of one whole.
    case ingedeeld.gebied_soort
        when 'eenheid' then 'telt'
        when 'onbekend' then 'onbekende_code'
        else 'ander_gebied'
    end as regel_code
from ingedeeld
inner join gekozen
    on gekozen.telregel = 'jaar_van_registratie' and {{ in_zijn_jaren('gekozen', 'ingedeeld.jaar') }}
