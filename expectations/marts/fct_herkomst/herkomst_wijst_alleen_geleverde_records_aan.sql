select
    samenvatting.indicator_code,
    samenvatting.jaar,
    samenvatting.levering_nr,
    samenvatting.rol,
    samenvatting.regel_code,
    samenvatting.telt_mee,
    samenvatting.aantal_rijen,
    count(distinct rij.record_nr) as aantal_geleverd
from {{ batch }} as samenvatting
left join intermediate.int_herkomsten_gevolgd as herkomst
    on
        samenvatting.indicator_code = herkomst.indicator_code
        and samenvatting.jaar is not distinct from herkomst.jaar and samenvatting.levering_nr = herkomst.levering_nr
        and samenvatting.rol = herkomst.rol and samenvatting.regel_code = herkomst.regel_code
        and samenvatting.telt_mee is not distinct from herkomst.telt_mee and herkomst.uitsplitsing_soort = 'geen'
left join staging.base_leveringen__rijen_van_kracht as rij
    on
        herkomst.levering_nr = rij.levering_nr
        and herkomst.record_nr = rij.record_nr
group by all
having samenvatting.aantal_rijen is distinct from count(distinct rij.record_nr)
