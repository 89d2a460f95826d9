select distinct
    telling.indicator_code,
    telling.levering_nr,
    telling.record_nr,
    dossier.opsporingsindicatie_code,
    dossier.restantstraf_dagen
from intermediate.int_tellingen_verzameld as telling
inner join staging.stg_executie_dossiers__dossiers as dossier
    on telling.levering_nr = dossier.levering_nr and telling.record_nr = dossier.record_nr
inner join {{ batch }} as cijfer
    on
        telling.jaar = cijfer.jaar and telling.indicator_code = cijfer.indicator_code
        and cijfer.eenheid_code = 'NL' and cijfer.uitsplitsing_soort = 'geen'
where
    telling.indicator_code in ('executie_positief_pct', 'executie_werkvoorraad') and telling.telt_mee
    and (
        dossier.opsporingsindicatie_code != 'BINNENLAND'
        or (not dossier.heeft_vaste_verblijfplaats and dossier.restantstraf_dagen >= 300)
        or (dossier.heeft_buitenlandsignaal and dossier.restantstraf_dagen > 120)
    )
