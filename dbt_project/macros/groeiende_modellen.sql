{# The models that count the series that grow (seed naijling), and what a row adds; a test holds it to the seed. #}
{% macro groeiende_modellen() %}
    {{- return({'int_beslag_politie_geteld': 'waarde', 'int_slachtoffers_comensha_geteld': '1'}) -}}
{% endmacro %}
