with herkomst as (
    select distinct
        levering_nr,
        record_nr
    from intermediate.int_herkomsten_gevolgd
),

samengevat as (
    select distinct levering_nr
    from {{ batch }}
)

select
    rij.registratie,
    rij.extract,
    rij.levering_nr,
    count(*) as aantal_zonder_herkomst,
    min(rij.record_nr) as eerste
from staging.base_leveringen__rijen_van_kracht as rij
left join herkomst on rij.levering_nr = herkomst.levering_nr and rij.record_nr = herkomst.record_nr
left join samengevat on rij.levering_nr = samengevat.levering_nr
left join intermediate.int_bronnen_afgeleid as bron on rij.registratie = bron.registratie and rij.extract = bron.extract
where herkomst.record_nr is null or (bron.extract is not null and samengevat.levering_nr is null)
group by rij.registratie, rij.extract, rij.levering_nr
