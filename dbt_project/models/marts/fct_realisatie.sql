select
    realisatie.indicator_code,
    realisatie.jaar::integer as jaar,
    realisatie.eenheid_code,
    realisatie.uitsplitsing_soort,
    realisatie.uitsplitsing_code,
    concat(realisatie.uitsplitsing_soort, '/', realisatie.uitsplitsing_code) as uitsplitsing_key,
    peildatum.peildatum,
    coalesce(uitsplitsing.eenheid_van_maat, indicator.eenheid_van_maat) as eenheid_van_maat,
    realisatie.realisatie::decimal(18, 2) as realisatie,
    realisatie.teller,
    realisatie.noemer,
    realisatie.realisatie_status,
    realisatie.geen_realisatie_reden,
    vergeleken.verandering::decimal(18, 2) as verandering,
    vergeleken.verandering_pct,
    vergeleken.geen_vergelijking_reden,
    -- Whoever adds up all that may be, must meet nothing twice: no nation beside its units, no split beside the whole.
    realisatie.uitsplitsing_soort = 'geen'
    and realisatie.eenheid_code != 'NL'
    and indicator.meetwijze in ('aantal', 'som')
    and optelbaarheid.is_optelbaar as is_optelbaar,
    realisatie.gedekt_tot,
    realisatie.definitie_versie,
    realisatie.lijst_versies,
    realisatie.aantal_apartgezet,
    realisatie.is_demo,
    uitsplitsing.is_optelbaar
    and coalesce(uitsplitsing.meetwijze, indicator.meetwijze) in ('aantal', 'som')
    and optelbaarheid.staat_naast_andere as is_optelbaar_in_uitsplitsing
from {{ ref('int_realisaties_berekend') }} as realisatie
inner join {{ ref('int_jaren_vergeleken') }} as vergeleken
    on
        realisatie.indicator_code = vergeleken.indicator_code
        and realisatie.jaar = vergeleken.jaar
        and realisatie.eenheid_code = vergeleken.eenheid_code
        and realisatie.uitsplitsing_soort = vergeleken.uitsplitsing_soort
        and realisatie.uitsplitsing_code = vergeleken.uitsplitsing_code
inner join {{ ref('indicator') }} as indicator on realisatie.indicator_code = indicator.indicator_code
inner join {{ ref('uitsplitsing') }} as uitsplitsing
    on realisatie.uitsplitsing_soort = uitsplitsing.uitsplitsing_soort
inner join {{ ref('int_optelbaarheden_bepaald') }} as optelbaarheid
    on realisatie.indicator_code = optelbaarheid.indicator_code and realisatie.jaar = optelbaarheid.jaar
cross join {{ ref('base_leveringen__peildatum') }} as peildatum
