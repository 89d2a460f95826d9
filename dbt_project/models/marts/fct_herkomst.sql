select
    herkomst.indicator_code,
    herkomst.jaar::integer as jaar,
    peildatum.peildatum,
    herkomst.levering_nr,
    levering.registratie,
    levering.extract,
    levering.bestand,
    herkomst.rol,
    herkomst.regel_code,
    regel.omschrijving as regel,
    herkomst.telt_mee,
    herkomst.aantal_rijen,
    herkomst.aantal_teleenheden,
    herkomst.bedrag_eur
from {{ ref('int_herkomsten_samengevat') }} as herkomst
inner join {{ ref('stg_leveringen__leveringen') }} as levering on herkomst.levering_nr = levering.levering_nr
inner join {{ ref('regel') }} as regel on herkomst.regel_code = regel.regel_code
cross join {{ ref('base_leveringen__peildatum') }} as peildatum
