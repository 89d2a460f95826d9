{#
    One spelling for a label of a public table: lower case, one kind of dash without spaces around it, single spaces.
    'Zeeland – West-Brabant (RE)' and 'Zeeland - West-Brabant (RE)' become 'zeeland-west-brabant (re)'.
#}
{% macro canoniek_label(kolom) -%}
    trim(
        regexp_replace(
            regexp_replace(lower({{ kolom }}), '[\s\x{00A0}]+', ' ', 'g'),
            ' ?[-\x{2010}-\x{2015}\x{2212}] ?', '-', 'g'
        )
    )
{%- endmacro %}
