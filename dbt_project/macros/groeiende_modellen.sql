{#
    The models that count the series that grow (seed naijling), with what a row adds and for what its unit counts once; a
    test holds it to the seed.
#}
{% macro groeiende_modellen() %}
    {{- return({
        'int_beslag_politie_geteld': {'waarde': 'waarde', 'eenmaal_per': 'null::varchar'},
        'int_slachtoffers_comensha_geteld': {'waarde': '1', 'eenmaal_per': 'eenmaal_per'},
    }) -}}
{% endmacro %}
