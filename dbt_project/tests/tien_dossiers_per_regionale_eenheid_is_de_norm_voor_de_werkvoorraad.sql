with

regionaal as (

    select count(*) as aantal_eenheden
    from {{ ref('eenheid') }}
    where eenheid_soort = 'regionaal'

)

select
    norm.jaar,
    norm.besluit_code,
    norm.streefcijfer,
    regionaal.aantal_eenheden
from {{ ref('norm') }} as norm
cross join regionaal
where norm.indicator_code = 'executie_werkvoorraad' and norm.streefcijfer != 10 * regionaal.aantal_eenheden
