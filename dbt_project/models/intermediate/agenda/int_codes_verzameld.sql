{# Of each list that declares one kind of code: the kind, the list, and its columns with name, description and order. #}
{% set lijsten = [
    ('thema_code', 'thema', 'thema_naam', none, 'volgorde'),
    ('eenheid_van_maat', 'eenheid_van_maat', 'eenheid_van_maat_naam', none, none),
    ('levering_ritme', 'ritme', 'levering_ritme_naam', none, 'volgorde'),
    ('regel_code', 'regel', 'regel_naam', 'omschrijving', none),
    ('oorzaak_code', 'oorzaak', 'oorzaak_naam', 'omschrijving', 'volgorde'),
    ('verklaring_code', 'publicatie_verklaring', 'verklaring_naam', 'omschrijving', none),
    ('uitsplitsing_soort', 'uitsplitsing', 'uitsplitsing_naam', 'omschrijving', none),
    ('reeks_code', 'publicatie_reeks', 'reeks_naam', 'populatie', none),
    ('publicatie_bron_code', 'publicatie_bron', 'publicatie_bron_naam', none, none),
] %}
{# The same of lists that are kept in versions; there the code may have another name than the kind. #}
{% set lijsten_met_versies = [
    ('aandachtsgebied_code', 'aandachtsgebied', 'aandachtsgebied_code', 'aandachtsgebied_naam', none),
    ('aanleveraar_code', 'afpak_aanleveraar', 'aanleveraar_code', 'aanleveraar_naam', 'volgorde'),
    ('objectsoort_code', 'objectsoort', 'objectsoort_code', 'objectsoort_naam', none),
    ('melder_code', 'melder', 'melder_code', 'melder_naam', none),
    ('cyber_soort_code', 'cyber_soort', 'cyber_soort_code', 'cyber_soort_naam', none),
    ('oskm_categorie_code', 'oskm_categorie', 'categorie_code', 'categorie_naam', 'zwaarte'),
] %}
{# A verdict has a reason of its own, or that for which a figure, a norm or a comparison is not there. #}
{% set redenen = {
    'geen_realisatie': ['geen_realisatie_reden', 'geen_bedrag_reden', 'oordeel_reden'],
    'geen_streefcijfer': ['geen_streefcijfer_reden', 'oordeel_reden'],
    'geen_vergelijking': ['geen_vergelijking_reden', 'oordeel_reden'],
    'geen_verwachting': ['geen_verwachting_reden'],
    'geen_interval': ['geen_interval_reden'],
    'geen_bijstelling': ['geen_bijstelling_reden'],
    'geen_toets': ['geen_toets_reden'],
    'oordeel': ['oordeel_reden'],
} %}

with

aandachtsgebied as (

    {{ lijst_per_code('aandachtsgebied', 'aandachtsgebied_code') }}

),

afpak_aanleveraar as (

    {{ lijst_per_code('afpak_aanleveraar', 'aanleveraar_code') }}

),

objectsoort as (

    {{ lijst_per_code('objectsoort', 'objectsoort_code') }}

),

melder as (

    {{ lijst_per_code('melder', 'melder_code') }}

),

cyber_soort as (

    {{ lijst_per_code('cyber_soort', 'cyber_soort_code') }}

),

oskm_categorie as (

    {{ lijst_per_code('oskm_categorie', 'categorie_code') }}

),

alle as (

    select
        code_soort,
        code,
        code_naam as naam,
        omschrijving,
        volgorde
    from {{ ref('code') }}

    {% for soort, lijst, naam, omschrijving, volgorde in lijsten %}
        union all

        select
            '{{ soort }}' as code_soort,
            {{ soort }} as code,
            {{ naam }} as naam,
            {{ omschrijving or 'null' }} as omschrijving,
            {{ volgorde or 'null' }} as volgorde
        from {{ ref(lijst) }}
    {% endfor %}

    {% for soort, lijst, code, naam, volgorde in lijsten_met_versies %}
        union all

        select
            '{{ soort }}' as code_soort,
            {{ code }} as code,
            {{ naam }} as naam,
            null as omschrijving,
            {{ volgorde or 'null' }} as volgorde
        from {{ lijst }}
    {% endfor %}

    {% for reden_soort, soorten in redenen.items() %}
        {% for soort in soorten %}
            union all

            select
                '{{ soort }}' as code_soort,
                reden_code as code,
                reden_naam as naam,
                omschrijving,
                null as volgorde
            from {{ ref('reden') }}
            where reden_soort = '{{ reden_soort }}'
        {% endfor %}
    {% endfor %}

    union all

    select
        'streefcijfer_besluit' as code_soort,
        besluit_code as code,
        concat(orgaan, ', ', strftime(besluit_datum, '%d-%m-%Y')) as naam,
        omschrijving,
        row_number() over (order by besluit_datum, volgorde) as volgorde
    from {{ ref('besluit') }}

    union all

    select distinct
        'lijst_code' as code_soort,
        lijst_code as code,
        concat(upper(left(lijst_code, 1)), replace(substring(lijst_code, 2), '_', ' ')) as naam,
        null as omschrijving,
        null as volgorde
    from {{ ref('lijst_versie') }}

    -- What the table of the CBS names, as it names it: a name that no list knows is its own code.
    union all

    select
        'soort_misdrijf_code' as code_soort,
        soort_misdrijf_code as code,
        min(soort_misdrijf_naam) as naam,
        null as omschrijving,
        null as volgorde
    from {{ ref('int_cbs_misdrijven_ingedeeld') }}
    group by soort_misdrijf_code

    union all

    select
        'regio_code' as code_soort,
        regio_code as code,
        max_by(regio_naam, jaar) as naam,
        null as omschrijving,
        null as volgorde
    from {{ ref('int_cbs_misdrijven_ingedeeld') }}
    group by regio_code

    union all

    select
        'onderwerp_code' as code_soort,
        gegeven.onderwerp_code as code,
        coalesce(min(onderwerp.label), gegeven.onderwerp_code) as naam,
        null as omschrijving,
        null as volgorde
    from {{ ref('int_cbs_misdrijven_ingedeeld') }} as gegeven
    left join {{ ref('cbs_onderwerp') }} as onderwerp on gegeven.onderwerp_code = onderwerp.onderwerp_code
    group by gegeven.onderwerp_code

    {% for registratie in geleverde_registraties() %}
        union all

        select
            'registratie' as code_soort,
            '{{ registratie.code }}' as code,
            '{{ registratie.naam | replace("'", "''") }}' as naam,
            '{{ registratie.omschrijving | replace("'", "''") }}' as omschrijving,
            null as volgorde
    {% endfor %}

    {% for extract in geleverde_registraties() | map(attribute='extracten') | sum(start=[]) | unique | sort %}
        union all

        select
            'extract' as code_soort,
            '{{ extract }}' as code,
            '{{ extract | replace("_", " ") | capitalize }}' as naam,
            null as omschrijving,
            null as volgorde
    {% endfor %}

),

-- A split has the values that its list names as its own kind of code.
gesplitst as (

    select
        uitsplitsing.uitsplitsing_soort as code_soort,
        alle.code,
        alle.naam,
        alle.omschrijving,
        alle.volgorde
    from {{ ref('uitsplitsing') }} as uitsplitsing
    inner join alle on uitsplitsing.waarden = alle.code_soort
    where uitsplitsing.waarden != uitsplitsing.uitsplitsing_soort

),

samen as (

    select * from alle

    union all

    select * from gesplitst

)

select
    code_soort,
    code,
    naam,
    omschrijving,
    row_number() over (partition by code_soort order by volgorde nulls first, lower(naam), code)::integer as volgorde
from samen
