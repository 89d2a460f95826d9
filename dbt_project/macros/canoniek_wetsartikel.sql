{#
    One spelling for a provision of the Criminal Code: number and letters, then its paragraph where one is given.
    'Art. 273 f Sr', '273F' and '273f lid 1 Sr' become '273f', '273f' and '273f lid 1'; '317/2' becomes '317 lid 2'.
    Another law, and what is spelled in a way that is not known, stays what it is: '2 opiumwet', '273f (oud)'.
#}
{% macro canoniek_wetsartikel(kolom) -%}
    trim(
        regexp_replace(
            regexp_replace(
                regexp_replace(
                    regexp_replace(
                        lower({{ kolom }}), '^(artikel|art\.?)\s*', '', 'g'
                    ),
                    '\s*(van het wetboek van strafrecht|wetboek van strafrecht|sr\.?|w\.?v\.?s\.?r\.?)\s*', ' ', 'g'
                ),
                '^(\d+)\s*([a-z]{1,2}|bis|ter|quater|quinquies|sexies|septies|octies)?\s*(?:[/,]?\s*lid|[/,])\s*(\d+).*$',
                '\1\2 lid \3', 'g'
            ),
            '^(\d+)\s+([a-z]{1,2}|bis|ter|quater|quinquies|sexies|septies|octies)(\s|$)', '\1\2\3', 'g'
        )
    )
{%- endmacro %}
