select
    jaar,
    onderwerp_code,
    count(*) as rijen,
    count(distinct soort_misdrijf_code) as soorten
from {{ batch }}
group by jaar, onderwerp_code
having
    count(*) filter (regio_soort = 'onbekend' or eenheid_van_maat is null) = 0
    and (
        count(*) != 14 * count(distinct soort_misdrijf_code)
        or count(distinct regio_code) filter (regio_soort = 'provincie') != 12
    )
