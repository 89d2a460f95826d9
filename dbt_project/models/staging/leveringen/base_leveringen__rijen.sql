{{ config(materialized='view') }}

-- Every delivered row of every extract, in one shape. Nothing is copied: a filter on levering_nr reaches raw itself.
{% set extracten = alle_extracten([
    ('bestuurlijk_afpakken', 'maatregelen'),
    ('cbs_misdrijven', 'provincies'),
    ('cjib_incasso', 'incasso'),
    ('comensha_meldingen', 'meldingen'),
    ('csv_onderzoeken', 'onderzoeken'),
    ('csv_onderzoeken', 'aandachtsgebieden'),
    ('cyber_onderzoeken', 'onderzoeken'),
    ('cyber_onderzoeken', 'feiten'),
    ('cyber_verdachten', 'verdachten'),
    ('executie_dossiers', 'dossiers'),
    ('fiscaal_afpakken', 'vorderingen'),
    ('geregistreerde_misdrijven', 'misdrijven'),
    ('integrale_acties', 'acties'),
    ('mensenhandel_onderzoeken', 'onderzoeken'),
    ('mensenhandel_onderzoeken', 'interventies'),
    ('mensenhandel_verdachten', 'instroom'),
    ('om_beslag', 'beslag'),
    ('ondermijningssignalen', 'signalen'),
    ('ondermijningssignalen', 'zaken'),
    ('oskm_onderzoeken', 'onderzoeken'),
    ('oskm_onderzoeken', 'resultaten'),
]) %}

with

rijen as (

    {% for registratie, extract in extracten %}
        select
            levering_nr,
            record_nr,
            {{ afdruk(sleutel_van(registratie, extract)) }} as sleutel,
            {{ afdruk(kolommen_van(registratie, extract)) }} as inhoud,
            {{ is_vervallen(registratie, extract) }} as is_vervallen
        from {{ source(registratie, extract) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    levering.registratie,
    levering.extract,
    levering.soort,
    levering.stand_datum,
    rijen.*
from rijen
inner join {{ source('leveringen', 'levering') }} as levering on rijen.levering_nr = levering.levering_nr
