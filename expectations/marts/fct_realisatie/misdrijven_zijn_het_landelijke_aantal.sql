select
    land.jaar,
    land.waarde as rij_nederland,
    cijfer.realisatie
from intermediate.int_misdrijven_ingedeeld as land
left join {{ batch }} as cijfer
    on
        land.jaar = cijfer.jaar and cijfer.indicator_code = 'geregistreerde_misdrijven'
        and cijfer.eenheid_code = 'NL'
where
    land.gebied_soort = 'nederland' and cijfer.realisatie is distinct from land.waarde
    and cijfer.geen_realisatie_reden is null
    and land.jaar in (select jaren.jaar from intermediate.int_jaren_opgesomd as jaren)
