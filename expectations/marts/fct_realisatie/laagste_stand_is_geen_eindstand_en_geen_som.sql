with dossiers as (
    select dossier.* replace (coalesce(eenheid.eenheid_code, 'NTD') as eenheid_code)
    from intermediate.int_executie_dossiers_beoordeeld as dossier
    left join marts.dim_eenheid as eenheid
        on dossier.eenheid_code = eenheid.eenheid_code and eenheid.eenheid_soort != 'nederland'
),

eindstand as (
    select
        cijfer.jaar,
        cijfer.eenheid_code,
        cijfer.realisatie,
        count(dossier.dossier_nr) as eindstand
    from {{ batch }} as cijfer
    left join dossiers as dossier
        on
            (cijfer.eenheid_code = dossier.eenheid_code or cijfer.eenheid_code = 'NL') and dossier.eenheid_code != 'LE'
            and dossier.telt_mee and cijfer.gedekt_tot >= dossier.behandel_datum
            and (dossier.afdoening_datum is null or cijfer.gedekt_tot < dossier.afdoening_datum)
    where cijfer.indicator_code = 'executie_werkvoorraad' and cijfer.realisatie is not null
    group by cijfer.jaar, cijfer.eenheid_code, cijfer.realisatie
),

som as (
    select
        jaar,
        sum(realisatie) as som_eenheden
    from {{ batch }}
    where indicator_code = 'executie_werkvoorraad' and eenheid_code != 'NL'
    group by jaar
)

select
    eindstand.jaar,
    eindstand.eenheid_code,
    eindstand.realisatie,
    eindstand.eindstand,
    som.som_eenheden
from eindstand
left join som on eindstand.jaar = som.jaar and eindstand.eenheid_code = 'NL'
where eindstand.realisatie > eindstand.eindstand or eindstand.realisatie < som.som_eenheden
