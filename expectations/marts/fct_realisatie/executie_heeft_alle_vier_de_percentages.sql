select
    cijfer.jaar,
    cijfer.realisatie,
    count(variant.jaar) as aantal_varianten
from {{ batch }} as cijfer
left join {{ batch }} as variant
    on
        cijfer.indicator_code = variant.indicator_code and cijfer.jaar = variant.jaar
        and variant.eenheid_code = 'NL' and variant.uitsplitsing_soort = 'noemer_executie'
where
    cijfer.indicator_code = 'executie_positief_pct' and cijfer.eenheid_code = 'NL'
    and cijfer.uitsplitsing_soort = 'geen' and cijfer.realisatie is not null
group by cijfer.jaar, cijfer.realisatie
having count(variant.jaar) != 4 or count(*) filter (variant.realisatie = cijfer.realisatie) = 0
