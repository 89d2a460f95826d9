select
    trendbreuk_code,
    indicator_code,
    reeks_code,
    jaar_vanaf,
    registratie,
    ontvangen_vanaf,
    omschrijving,
    is_aanname,
    bron
from {{ ref('int_trendbreuken_bekend') }}
