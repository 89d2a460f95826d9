{# A column for what may be added up whatever else is beside it: what is counted (a sum of persons and investigations is
the number of nothing) and of which theme. A share has its numerator and denominator to itself. #}
{% set sommen = [
    ('aantal_csvs_ondermijning', 'ondermijning', 'csv'),
    ('aantal_acties_ondermijning', 'ondermijning', 'actie'),
    ('bedrag_afpakken_eur', 'afpakken', 'eur'),
    ('aantal_verdachten_mensenhandel', 'mensenhandel', 'verdachte'),
    ('aantal_onderzoeken_mensenhandel', 'mensenhandel', 'onderzoek'),
    ('aantal_interventies_mensenhandel', 'mensenhandel', 'interventie'),
    ('aantal_onderzoeken_cybercrime', 'cybercrime', 'onderzoek'),
    ('aantal_onderzoeken_oskm', 'oskm', 'onderzoek'),
    ('aantal_daders_oskm', 'oskm', 'dader'),
    ('aantal_slachtoffers_oskm', 'oskm', 'slachtoffer'),
    ('aantal_misdrijven_context', 'context', 'misdrijf'),
] %}
{% set aandelen = [
    'signalen_financiele_analyse',
    'onderzoeken_financieel',
    'cyber_fenomeen_enge_zin',
    'executie_positief',
] %}

with

eenheid as (

    {{ eenheden_per_jaar() }}

),

-- Where the units are together the nation, one of which there is no row has none: left out, it would lift each average.
aangevuld as (

    select *
    from {{ ref('int_realisaties_berekend') }}
    where uitsplitsing_soort = 'geen'

    union all

    select
        landelijk.* replace (
            eenheid.eenheid_code as eenheid_code,
            case when indicator.meetwijze != 'aandeel' then 0 end as realisatie,
            landelijk.teller - landelijk.teller as teller,
            landelijk.noemer - landelijk.noemer as noemer,
            case when indicator.meetwijze = 'aandeel' then 'niets_te_delen' end as geen_realisatie_reden,
            null as aandeel_open_pct
        )
    from {{ ref('int_realisaties_berekend') }} as landelijk
    inner join {{ ref('indicator') }} as indicator on landelijk.indicator_code = indicator.indicator_code
    inner join {{ ref('int_optelbaarheden_bepaald') }} as optelbaarheid
        on
            landelijk.indicator_code = optelbaarheid.indicator_code
            and landelijk.jaar = optelbaarheid.jaar
            and optelbaarheid.eenheden_tellen_op
    inner join eenheid
        on
            eenheid.eenheid_soort in ('regionaal', 'landelijk')
            and {{ in_zijn_jaren('eenheid', 'landelijk.jaar') }}
    anti join {{ ref('int_realisaties_berekend') }} as eigen
        on
            landelijk.indicator_code = eigen.indicator_code
            and landelijk.jaar = eigen.jaar
            and landelijk.uitsplitsing_soort = eigen.uitsplitsing_soort
            and eenheid.eenheid_code = eigen.eenheid_code
    where
        landelijk.uitsplitsing_soort = 'geen'
        and landelijk.eenheid_code = 'NL'
        and landelijk.realisatie is not null

),

rijen as (

    select
        indicator_code,
        jaar::integer as jaar,
        eenheid_code
    from aangevuld

    union

    select
        indicator_code,
        jaar,
        'NL' as eenheid_code
    from {{ ref('int_voortgang_beoordeeld') }}

),

-- A total stands in its parts, and a waarvan in its whole: beside them neither is missed.
naast as (

    select
        indicator_code,
        bool_and(staat_naast_andere) as staat_naast_andere
    from {{ ref('int_optelbaarheden_bepaald') }}
    group by indicator_code

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
        voortgang.referentie_waarde,
        voortgang.referentie_jaar,
        voortgang.geen_streefcijfer_reden,
        voortgang.oordeel,
        voortgang.oordeel_reden,
        cijfer.teller,
        cijfer.noemer,
        cijfer.gedekt_tot,
        cijfer.aandeel_open_pct,
        cijfer.is_heel_jaar,
        vergeleken.verandering,
        vergeleken.geen_vergelijking_reden,
        coalesce(cijfer.is_demo, voortgang.is_demo) as is_demo,
        cijfer.definitie_versie,
        -- Of a year that is not whole, or that is not mature yet, a sum would be taken for that of a year.
        coalesce(optelbaarheid.is_optelbaar, false)
        and coalesce(landelijk.is_heel_jaar, false)
        and landelijk.voorbehoud_reden is null as is_optelbaar,
        coalesce(naast.staat_naast_andere, true) as staat_naast_andere
    from rijen
    left join aangevuld as cijfer
        on
            rijen.indicator_code = cijfer.indicator_code
            and rijen.jaar = cijfer.jaar
            and rijen.eenheid_code = cijfer.eenheid_code
    left join {{ ref('int_jaren_vergeleken') }} as vergeleken
        on
            rijen.indicator_code = vergeleken.indicator_code
            and rijen.jaar = vergeleken.jaar
            and rijen.eenheid_code = vergeleken.eenheid_code
            and vergeleken.uitsplitsing_soort = 'geen'
    left join aangevuld as landelijk
        on
            rijen.indicator_code = landelijk.indicator_code
            and rijen.jaar = landelijk.jaar
            and landelijk.eenheid_code = 'NL'
    -- A norm is national: beside the figure of a unit it would ask too much.
    left join {{ ref('int_voortgang_beoordeeld') }} as voortgang
        on
            rijen.indicator_code = voortgang.indicator_code
            and rijen.jaar = voortgang.jaar
            and rijen.eenheid_code = 'NL'
    left join {{ ref('int_optelbaarheden_bepaald') }} as optelbaarheid
        on rijen.indicator_code = optelbaarheid.indicator_code and rijen.jaar = optelbaarheid.jaar
    left join naast on rijen.indicator_code = naast.indicator_code

),

-- A sum of what can be added, beside something of the same kind that cannot, would be taken for the sum of both.
opgeteld as (

    select
        cijfers.*,
        -- Units alone, and only where they are the whole: the nation beside them would count everything twice.
        cijfers.is_optelbaar and cijfers.eenheid_code != 'NL' as telt_op,
        bool_and(cijfers.is_optelbaar or not cijfers.staat_naast_andere) over (
            partition by indicator.thema_code, indicator.eenheid_van_maat, cijfers.jaar
        ) as tellen_alle_op
    from cijfers
    inner join {{ ref('indicator') }} as indicator on cijfers.indicator_code = indicator.indicator_code

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
    case
        when cijfers.streefcijfer is null and cijfers.referentie_waarde is null then null
        when indicator.oordeel_regel = 'toename'
            then concat('meer dan ', {{ in_cijfers('cijfers.referentie_waarde') }}, ' (', cijfers.referentie_jaar, ')')
        when indicator.oordeel_regel = 'hooguit' then concat('hooguit ', {{ in_cijfers('cijfers.streefcijfer') }})
        when indicator.oordeel_regel = 'doorlopend'
            then concat('elke dag ten minste ', {{ in_cijfers('cijfers.streefcijfer') }})
        else concat('ten minste ', {{ in_cijfers('cijfers.streefcijfer') }})
    end as norm_in_woorden,
    case when cijfers.referentie_waarde is null then reden_streefcijfer.omschrijving end as geen_norm,
    naam_oordeel.naam as oordeel_naam,
    reden_oordeel.omschrijving as oordeel_toelichting,
    {% for kolom, thema, maat in sommen %}
        case
            when
                cijfers.telt_op and cijfers.tellen_alle_op
                and indicator.thema_code = '{{ thema }}' and indicator.eenheid_van_maat = '{{ maat }}'
                then cijfers.realisatie
        end::{{ 'decimal(18, 2)' if maat == 'eur' else 'bigint' }} as {{ kolom }},
    {% endfor %}
    {% for aandeel in aandelen %}
        {% for deel in ['teller', 'noemer'] %}
            case
                when cijfers.telt_op and cijfers.indicator_code = '{{ aandeel }}_pct' then cijfers.{{ deel }}
            end as {{ deel }}_{{ aandeel }},
        {% endfor %}
    {% endfor %}
    cijfers.gedekt_tot,
    cijfers.is_heel_jaar,
    cijfers.aandeel_open_pct,
    cijfers.verandering::decimal(18, 2) as verandering_niet_optellen,
    reden_vergelijking.omschrijving as geen_vergelijking,
    cijfers.definitie_versie,
    cijfers.is_demo
from opgeteld as cijfers
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
left join {{ ref('int_codes_verzameld') }} as reden_vergelijking
    on
        reden_vergelijking.code_soort = 'geen_vergelijking_reden'
        and cijfers.geen_vergelijking_reden = reden_vergelijking.code
left join {{ ref('int_codes_verzameld') }} as reden_streefcijfer
    on
        reden_streefcijfer.code_soort = 'geen_streefcijfer_reden'
        and cijfers.geen_streefcijfer_reden = reden_streefcijfer.code
left join {{ ref('int_codes_verzameld') }} as naam_oordeel
    on naam_oordeel.code_soort = 'oordeel' and cijfers.oordeel = naam_oordeel.code
left join {{ ref('int_codes_verzameld') }} as reden_oordeel
    on reden_oordeel.code_soort = 'oordeel_reden' and cijfers.oordeel_reden = reden_oordeel.code
cross join {{ ref('base_leveringen__peildatum') }} as peildatum
