with aantal_per_kolom as (
    select
        regio,
        unnest(aantallen) as aantal,
        generate_subscripts(aantallen, 1) as kolom
    from {{ batch }}
)

select
    kolom,
    sum(aantal) filter (where regio like '% (RE)') as som_van_eenheden,
    sum(aantal) filter (where regio = 'Nederland') as nederland
from aantal_per_kolom
group by kolom
having
    sum(aantal) filter (where regio like '% (RE)')
    is distinct from sum(aantal) filter (where regio = 'Nederland')
order by kolom
