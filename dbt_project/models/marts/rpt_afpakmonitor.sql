{# A column for what may be added up: a step, and of a seizure its kind. The same euro can be in each of them. #}
{% set stappen = [
    ('beslag_conservatoir_gelegd_eur', 'beslag_gelegd', 'conservatoir'),
    ('beslag_klassiek_gelegd_eur', 'beslag_gelegd', 'klassiek'),
    ('beslag_overig_gelegd_eur', 'beslag_gelegd', 'nvt'),
    ('beslag_conservatoir_opgeheven_eur', 'beslag_opgeheven', 'conservatoir'),
    ('beslag_klassiek_opgeheven_eur', 'beslag_opgeheven', 'klassiek'),
    ('opgelegd_eur', 'opgelegd', 'nvt'),
    ('geincasseerd_eur', 'geincasseerd', 'nvt'),
    ('aan_slachtoffers_eur', 'aan_slachtoffers', 'nvt'),
] %}
{# One settlement can be most of a year: what there is without the large cases, beside it. #}
{% set zonder_groot = [
    ('opgelegd_zonder_groot_eur', 'opgelegd'),
    ('geincasseerd_zonder_groot_eur', 'geincasseerd'),
] %}

with

-- Conservatoir beslag of the police that is expected to grow is a part of that of all services.
groeiend as (

    select jaar
    from {{ ref('int_realisaties_berekend') }}
    where
        indicator_code = 'beslag_conservatoir_politie_eur'
        and eenheid_code = 'NL'
        and uitsplitsing_soort = 'geen'
        and voorbehoud_reden = 'groeit_nog'

),

-- Of a step of which one amount is not known, or not yet of the whole year, what the others are together would be taken
-- for all of it. A booking of which the kind of seizure is not known may belong to either kind.
bedragen as (

    select
        berekend.*,
        groeiend.jaar is not null as groeit_nog,
        (groeiend.jaar is null or berekend.beslagsoort != 'conservatoir')
        and bool_and(berekend.bedrag_eur is not null and berekend.gedekt_tot = make_date(berekend.jaar, 12, 31))
            over (partition by berekend.jaar, berekend.stap_code)
            as is_heel
    from {{ ref('int_afpakmonitor_berekend') }} as berekend
    left join groeiend on berekend.jaar = groeiend.jaar

),

breuken as (

    select
        jaar_vanaf,
        min(omschrijving) as omschrijving
    from {{ ref('int_trendbreuken_bekend') }}
    where 'beslag_alle_diensten' in (indicator_code, reeks_code)
    group by jaar_vanaf

),

naast_elkaar as (

    select
        jaar,
        weg_code,
        aanleveraar_code,
        objectsoort_code,
        min(gedekt_tot) as gedekt_tot,
        any_value(geen_bedrag_reden) as geen_bedrag_reden,
        {% for kolom, stap, soort in stappen %}
            sum(bedrag_eur) filter (
                is_heel and stap_code = '{{ stap }}' and beslagsoort = '{{ soort }}'
            ) as {{ kolom }},
        {% endfor %}
        {% for kolom, stap in zonder_groot %}
            sum(bedrag_zonder_groot_eur) filter (is_heel and stap_code = '{{ stap }}') as {{ kolom }},
        {% endfor %}
        sum(bedrag_eur) filter (stap_code = 'openstaand') as openstaand_niet_optellen_eur,
        bool_or(groeit_nog) as groeit_nog
    from bedragen
    group by jaar, weg_code, aanleveraar_code, objectsoort_code

)

select
    rij.jaar::integer as jaar,
    rij.weg_code,
    naam_weg.naam as weg_naam,
    rij.aanleveraar_code,
    naam_aanleveraar.naam as aanleveraar_naam,
    rij.objectsoort_code,
    naam_objectsoort.naam as objectsoort_naam,
    peildatum.peildatum,
    {% for kolom, _, _ in stappen %}
        rij.{{ kolom }}::decimal(18, 2) as {{ kolom }},
    {% endfor %}
    {% for kolom, _ in zonder_groot %}
        rij.{{ kolom }}::decimal(18, 2) as {{ kolom }},
    {% endfor %}
    rij.openstaand_niet_optellen_eur::decimal(18, 2) as openstaand_niet_optellen_eur,
    naam_reden.omschrijving as geen_bedrag,
    rij.gedekt_tot,
    rij.gedekt_tot = make_date(rij.jaar, 12, 31) as is_heel_jaar,
    case
        when rij.weg_code = 'strafrechtelijk'
            then
                nullif(
                    concat_ws(
                        ' ',
                        breuk.omschrijving,
                        case when rij.groeit_nog then 'Het conservatoir beslag van dit jaar groeit nog.' end
                    ),
                    ''
                )
    end as kanttekening_beslag
from naast_elkaar as rij
left join breuken as breuk on rij.jaar = breuk.jaar_vanaf
left join {{ ref('int_codes_verzameld') }} as naam_weg
    on naam_weg.code_soort = 'weg_code' and rij.weg_code = naam_weg.code
left join {{ ref('int_codes_verzameld') }} as naam_aanleveraar
    on naam_aanleveraar.code_soort = 'aanleveraar_code' and rij.aanleveraar_code = naam_aanleveraar.code
left join {{ ref('int_codes_verzameld') }} as naam_objectsoort
    on naam_objectsoort.code_soort = 'objectsoort_code' and rij.objectsoort_code = naam_objectsoort.code
left join {{ ref('int_codes_verzameld') }} as naam_reden
    on naam_reden.code_soort = 'geen_bedrag_reden' and rij.geen_bedrag_reden = naam_reden.code
cross join {{ ref('base_leveringen__peildatum') }} as peildatum
