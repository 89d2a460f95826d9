select
    hoofdsoort.soort_misdrijf_code,
    hoofdsoort.regio_code,
    hoofdsoort.onderwerp_code,
    hoofdsoort.jaar,
    hoofdsoort.aantal,
    sum(soort.aantal) as som
from {{ batch }} as hoofdsoort
inner join {{ batch }} as soort
    on
        hoofdsoort.soort_misdrijf_code = soort.hoofdsoort_code
        and hoofdsoort.regio_code = soort.regio_code and hoofdsoort.onderwerp_code = soort.onderwerp_code
        and hoofdsoort.jaar = soort.jaar
group by all
having
    count(*) = count(soort.aantal)
    and abs(hoofdsoort.aantal - sum(soort.aantal)) > (count(*) + 1) * max(soort.afgerond_op) / 2
