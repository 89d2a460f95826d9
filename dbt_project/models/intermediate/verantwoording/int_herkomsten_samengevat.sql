select
    herkomst.indicator_code,
    herkomst.jaar,
    herkomst.levering_nr,
    herkomst.rol,
    herkomst.regel_code,
    herkomst.telt_mee,
    count(distinct herkomst.record_nr) as aantal_rijen,
    count(distinct herkomst.teleenheid) as aantal_teleenheden,
    case
        when indicator.eenheid_van_maat = 'eur' and herkomst.rol = 'bedrag' then sum(herkomst.waarde)
    end::decimal(18, 2) as bedrag_eur
from {{ ref('int_herkomsten_gevolgd') }} as herkomst
inner join {{ ref('indicator') }} as indicator on herkomst.indicator_code = indicator.indicator_code
where herkomst.uitsplitsing_soort = 'geen'
group by
    herkomst.indicator_code,
    herkomst.jaar,
    herkomst.levering_nr,
    herkomst.rol,
    herkomst.regel_code,
    herkomst.telt_mee,
    indicator.eenheid_van_maat
