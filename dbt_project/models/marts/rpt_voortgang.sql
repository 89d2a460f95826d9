{# One column for each thing that is counted: a sum of persons and investigations is the number of nothing. #}
{% set maten = {
    'csv': 'aantal_csvs',
    'onderzoek': 'aantal_onderzoeken',
    'actie': 'aantal_acties',
    'interventie': 'aantal_interventies',
    'verdachte': 'aantal_verdachten',
    'slachtoffer': 'aantal_slachtoffers',
    'dader': 'aantal_daders',
    'misdrijf': 'aantal_misdrijven',
} %}

with

eenheid as (

    {{ eenheden_per_jaar() }}

),

rijen as (

    select
        indicator_code,
        jaar::integer as jaar,
        eenheid_code
    from {{ ref('int_realisaties_berekend') }}
    where uitsplitsing_soort = 'geen'

    union

    select
        indicator_code,
        jaar,
        'NL' as eenheid_code
    from {{ ref('int_voortgang_beoordeeld') }}

),

cijfers as (

    select
        rijen.indicator_code,
        rijen.jaar,
        rijen.eenheid_code,
        cijfer.realisatie::decimal(18, 2) as realisatie,
        cijfer.realisatie_status,
        coalesce(cijfer.geen_realisatie_reden, voortgang.geen_realisatie_reden) as geen_realisatie_reden,
        voortgang.streefcijfer,
        voortgang.geen_streefcijfer_reden,
        voortgang.oordeel,
        voortgang.oordeel_reden,
        cijfer.teller,
        cijfer.noemer,
        cijfer.gedekt_tot,
        coalesce(cijfer.is_demo, voortgang.is_demo) as is_demo,
        cijfer.definitie_versie,
        -- Units alone, and only where they are the whole: the nation beside them would count everything twice.
        coalesce(optelbaarheid.is_optelbaar, false) and rijen.eenheid_code != 'NL' as telt_op
    from rijen
    left join {{ ref('int_realisaties_berekend') }} as cijfer
        on
            rijen.indicator_code = cijfer.indicator_code
            and rijen.jaar = cijfer.jaar
            and rijen.eenheid_code = cijfer.eenheid_code
            and cijfer.uitsplitsing_soort = 'geen'
    -- A norm is national: beside the figure of a unit it would ask too much.
    left join {{ ref('int_voortgang_beoordeeld') }} as voortgang
        on
            rijen.indicator_code = voortgang.indicator_code
            and rijen.jaar = voortgang.jaar
            and rijen.eenheid_code = 'NL'
    left join {{ ref('int_optelbaarheden_bepaald') }} as optelbaarheid
        on rijen.indicator_code = optelbaarheid.indicator_code and rijen.jaar = optelbaarheid.jaar

)

select
    indicator.indicator_code,
    indicator.indicator_naam,
    indicator.volgorde as indicator_volgorde,
    thema.thema_naam,
    thema.volgorde as thema_volgorde,
    cijfers.jaar,
    agenda.agenda_naam,
    eenheid.eenheid_code,
    eenheid.eenheid_naam,
    eenheid.volgorde as eenheid_volgorde,
    cijfers.eenheid_code = 'NL' as is_landelijk,
    peildatum.peildatum,
    maat.eenheid_van_maat_naam,
    cijfers.realisatie as realisatie_niet_optellen,
    naam_status.naam as status,
    reden_realisatie.omschrijving as geen_cijfer,
    cijfers.streefcijfer::decimal(18, 2) as streefcijfer_niet_optellen,
    reden_streefcijfer.omschrijving as geen_norm,
    naam_oordeel.naam as oordeel_naam,
    reden_oordeel.omschrijving as oordeel_toelichting,
    {% for maat, kolom in maten.items() %}
        case
            when cijfers.telt_op and indicator.eenheid_van_maat = '{{ maat }}' then cijfers.realisatie
        end::bigint as {{ kolom }},
    {% endfor %}
    case when cijfers.telt_op and indicator.eenheid_van_maat = 'eur' then cijfers.realisatie end as bedrag_eur,
    case when cijfers.telt_op then cijfers.teller end as teller,
    case when cijfers.telt_op then cijfers.noemer end as noemer,
    cijfers.gedekt_tot,
    cijfers.definitie_versie,
    cijfers.is_demo
from cijfers
inner join {{ ref('indicator') }} as indicator on cijfers.indicator_code = indicator.indicator_code
inner join {{ ref('thema') }} as thema on indicator.thema_code = thema.thema_code
inner join {{ ref('eenheid_van_maat') }} as maat on indicator.eenheid_van_maat = maat.eenheid_van_maat
inner join eenheid
    on cijfers.eenheid_code = eenheid.eenheid_code and {{ in_zijn_jaren('eenheid', 'cijfers.jaar') }}
left join {{ ref('agenda') }} as agenda on cijfers.jaar between agenda.jaar_van and agenda.jaar_tot
left join {{ ref('int_codes_verzameld') }} as naam_status
    on naam_status.code_soort = 'realisatie_status' and cijfers.realisatie_status = naam_status.code
left join {{ ref('int_codes_verzameld') }} as reden_realisatie
    on reden_realisatie.code_soort = 'geen_realisatie_reden' and cijfers.geen_realisatie_reden = reden_realisatie.code
left join {{ ref('int_codes_verzameld') }} as reden_streefcijfer
    on
        reden_streefcijfer.code_soort = 'geen_streefcijfer_reden'
        and cijfers.geen_streefcijfer_reden = reden_streefcijfer.code
left join {{ ref('int_codes_verzameld') }} as naam_oordeel
    on naam_oordeel.code_soort = 'oordeel' and cijfers.oordeel = naam_oordeel.code
left join {{ ref('int_codes_verzameld') }} as reden_oordeel
    on reden_oordeel.code_soort = 'oordeel_reden' and cijfers.oordeel_reden = reden_oordeel.code
cross join {{ ref('base_leveringen__peildatum') }} as peildatum
