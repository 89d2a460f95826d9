{% set kolommen = [
    'agenda_code',
    'indicator_code',
    'indicator_naam',
    'thema_code',
    'jaar',
    'peildatum',
    'eenheid_van_maat',
    'realisatie',
    'realisatie_status',
    'geen_realisatie_reden',
    'streefcijfer',
    'streefcijfer_besluit',
    'streefcijfer_bron',
    'geen_streefcijfer_reden',
    'referentie_jaar',
    'referentie_waarde',
    'verschil',
    'realisatie_pct',
    'oordeel',
    'samen_lezen_met',
    'definitie_versie',
    'lijst_versies',
] %}

select
    {% for kolom in kolommen %}
        voortgang.{{ kolom }},
    {% endfor %}
    vergeleken.verandering::decimal(18, 2) as verandering,
    vergeleken.verandering_pct,
    coalesce(
        vergeleken.geen_vergelijking_reden, case when voortgang.realisatie is null then 'geen_cijfer' end
    ) as geen_vergelijking_reden,
    voortgang.gedekt_tot,
    voortgang.aantal_apartgezet,
    voortgang.is_demo,
    voortgang.aandeel_open_pct,
    voortgang.streefcijfer_is_aanname,
    voortgang.oordeel_reden,
    voortgang.eenheden_onder_minimum
from {{ ref('int_voortgang_beoordeeld') }} as voortgang
left join {{ ref('int_jaren_vergeleken') }} as vergeleken
    on
        voortgang.indicator_code = vergeleken.indicator_code
        and voortgang.jaar = vergeleken.jaar
        and vergeleken.eenheid_code = 'NL'
        and vergeleken.uitsplitsing_soort = 'geen'
