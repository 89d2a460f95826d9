with

eenheden as (

    {{ gekozen_lijst('eenheid') }}

),

regionaal as (

    select
        norm.jaar,
        count(*) as aantal_eenheden
    from (select distinct alle.jaar from {{ ref('norm') }} as alle) as norm
    inner join eenheden
        on eenheden.eenheid_soort = 'regionaal' and {{ in_zijn_jaren('eenheden', 'norm.jaar') }}
    group by norm.jaar

)

select
    norm.jaar,
    norm.besluit_code,
    norm.streefcijfer,
    regionaal.aantal_eenheden
from {{ ref('norm') }} as norm
inner join regionaal on norm.jaar = regionaal.jaar
where norm.indicator_code = 'executie_werkvoorraad' and norm.streefcijfer != 10 * regionaal.aantal_eenheden
