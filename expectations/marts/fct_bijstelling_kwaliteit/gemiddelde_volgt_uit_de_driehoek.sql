with grenzen as (
    select
        indicator_code,
        min(bijstelling) as kleinste,
        max(bijstelling) as grootste,
        count(distinct jaar) as aantal_jaren
    from marts.fct_bijstelling_driehoek
    group by indicator_code
)

select
    kwaliteit.indicator_code,
    kwaliteit.termijn_maanden,
    kwaliteit.aantal_jaren,
    kwaliteit.gemiddelde_bijstelling,
    kwaliteit.gemiddelde_absolute_bijstelling
from {{ batch }} as kwaliteit
left join grenzen on kwaliteit.indicator_code = grenzen.indicator_code
where
    (kwaliteit.aantal_jaren = 0) != (kwaliteit.gemiddelde_bijstelling is null)
    or kwaliteit.aantal_jaren > coalesce(grenzen.aantal_jaren, 0)
    or kwaliteit.gemiddelde_bijstelling not between grenzen.kleinste and grenzen.grootste
    or kwaliteit.gemiddelde_absolute_bijstelling < abs(kwaliteit.gemiddelde_bijstelling)
    or kwaliteit.gemiddelde_absolute_bijstelling_pct < abs(kwaliteit.gemiddelde_bijstelling_pct)
