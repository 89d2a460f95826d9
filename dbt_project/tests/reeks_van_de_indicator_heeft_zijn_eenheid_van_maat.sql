select
    reeks.reeks_code,
    reeks.indicator_code,
    reeks.eenheid_van_maat,
    indicator.eenheid_van_maat as eenheid_van_maat_indicator
from {{ ref('publicatie_reeks') }} as reeks
inner join {{ ref('indicator') }} as indicator on reeks.indicator_code = indicator.indicator_code
where reeks.is_eigen_reeks and reeks.eenheid_van_maat != indicator.eenheid_van_maat
