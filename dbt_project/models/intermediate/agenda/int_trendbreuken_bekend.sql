select breuk.*
from {{ ref('trendbreuk') }} as breuk
cross join {{ ref('base_leveringen__peildatum') }} as peildatum
where breuk.ontvangen_vanaf is null or breuk.ontvangen_vanaf <= peildatum.peildatum
