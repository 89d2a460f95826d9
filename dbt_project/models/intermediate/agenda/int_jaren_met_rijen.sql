-- Only the dates by which a definition can place a row: those of registering or of an offence lie in other years.
{% set datums = {
    'stg_comensha_meldingen__meldingen': ['melding_datum'],
    'stg_csv_onderzoeken__onderzoeken': ['start_datum'],
    'stg_cyber_onderzoeken__onderzoeken': ['start_datum', 'tactisch_afgerond_datum'],
    'stg_cyber_verdachten__verdachten': ['registratie_datum'],
    'stg_executie_dossiers__dossiers': ['aanlever_datum', 'behandel_datum', 'afdoening_datum'],
    'stg_integrale_acties__acties': ['actie_datum'],
    'stg_mensenhandel_onderzoeken__onderzoeken': ['start_datum'],
    'stg_mensenhandel_onderzoeken__interventies': ['interventie_datum'],
    'stg_mensenhandel_verdachten__instroom': ['instroom_datum'],
    'stg_om_beslag__beslag': ['boek_datum'],
    'stg_ondermijningssignalen__signalen': ['status_datum'],
    'stg_ondermijningssignalen__zaken': ['start_datum'],
    'stg_oskm_onderzoeken__onderzoeken': ['start_datum', 'eind_datum'],
    'stg_oskm_onderzoeken__resultaten': ['vaststelling_datum'],
} %}

with

rijen as (

    {% for model, kolommen in datums.items() %}
        {% set is_laatste_model = loop.last %}
        {% for kolom in kolommen %}
            select
                '{{ model[4:].split("__")[0] }}' as registratie,
                year({{ kolom }}) as jaar
            from {{ ref(model) }}
            where {{ kolom }} is not null
            {% if not (is_laatste_model and loop.last) %}union{% endif %}
        {% endfor %}
    {% endfor %}

),

-- A file that is complete for a period has that period in its headings.
periodes as (

    select distinct
        registratie,
        left(periode, 4)::integer as jaar
    from {{ ref('base_leveringen__van_kracht') }}
    where soort = 'periode'

)

select * from rijen

union

select * from periodes
