with

cijfers as (

    select *
    from {{ ref('int_realisaties_berekend') }}
    where uitsplitsing_soort = 'geen'

),

eenheden as (

    select
        indicator_code,
        jaar,
        count(*) filter (geen_realisatie_reden is distinct from 'niets_te_delen' and realisatie is null) as aantal_leeg,
        sum(realisatie) as realisatie,
        sum(teller) as teller,
        sum(noemer) as noemer
    from cijfers
    where eenheid_code != 'NL'
    group by indicator_code, jaar

),

-- Where one of the parts is not known, what is known of the others is not the whole.
delen as (

    select
        samenstelling.indicator_code,
        geheel.jaar,
        geheel.realisatie is not null and geheel.realisatie = sum(deel.realisatie) as tellen_op
    from {{ ref('int_samenstellingen_afgeleid') }} as samenstelling
    inner join cijfers as geheel
        on samenstelling.indicator_code = geheel.indicator_code and geheel.eenheid_code = 'NL'
    left join cijfers as deel
        on
            samenstelling.deel_indicator_code = deel.indicator_code
            and geheel.jaar = deel.jaar
            and deel.eenheid_code = 'NL'
    where samenstelling.telt_op
    group by samenstelling.indicator_code, geheel.jaar, geheel.realisatie

),

gehelen as (

    select distinct indicator_code
    from {{ ref('int_samenstellingen_afgeleid') }}
    where telt_op

),

-- By these rules what counts may count in more than one year, and a sum of years holds it more than once.
herhaald as (

    select distinct gekozen.indicator_code
    from {{ ref('int_definities_gekozen') }} as gekozen
    inner join (values {{ telregels('telt_vaker') }}) as vaker (telmodel, telregel)
        on gekozen.telmodel = vaker.telmodel and gekozen.telregel = vaker.telregel

),

bepaald as (

    select
        landelijk.indicator_code,
        landelijk.jaar,
        indicator.meetwijze,
        gehelen.indicator_code is null and coalesce(deel.telt_op, true) as staat_naast_andere,
        coalesce(delen.tellen_op, true) as delen_tellen_op,
        herhaald.indicator_code is null or indicator.meetwijze = 'som' as telt_in_een_jaar,
        case indicator.meetwijze
            when 'aandeel'
                then landelijk.teller = coalesce(eenheden.teller, 0) and landelijk.noemer = coalesce(eenheden.noemer, 0)
            when 'laagste_stand' then false
            -- Amounts in whole cents: a sum of parts differs in the last binary digits.
            else
                coalesce(eenheden.aantal_leeg, 0) = 0
                and round(landelijk.realisatie, 2) = round(coalesce(eenheden.realisatie, 0), 2)
        end as eenheden_tellen_op
    from cijfers as landelijk
    inner join {{ ref('indicator') }} as indicator on landelijk.indicator_code = indicator.indicator_code
    left join eenheden on landelijk.indicator_code = eenheden.indicator_code and landelijk.jaar = eenheden.jaar
    left join gehelen on landelijk.indicator_code = gehelen.indicator_code
    left join {{ ref('int_samenstellingen_afgeleid') }} as deel
        on landelijk.indicator_code = deel.deel_indicator_code
    left join delen on deel.indicator_code = delen.indicator_code and landelijk.jaar = delen.jaar
    left join herhaald on landelijk.indicator_code = herhaald.indicator_code
    where landelijk.eenheid_code = 'NL'

)

select
    indicator_code,
    jaar,
    staat_naast_andere,
    delen_tellen_op,
    telt_in_een_jaar,
    coalesce(eenheden_tellen_op, false) as eenheden_tellen_op,
    staat_naast_andere and delen_tellen_op and telt_in_een_jaar and coalesce(eenheden_tellen_op, false) as is_optelbaar
from bepaald
