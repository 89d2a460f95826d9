with dossiers as (
    select
        dossier.behandel_datum,
        dossier.afdoening_datum,
        dossier.dossier_nr,
        geweest.eenheid_code,
        geweest.vanaf_datum,
        geweest.tot_datum,
        dossier.jaar_van,
        dossier.jaar_tot
    from intermediate.int_executie_dossiers_beoordeeld as dossier
    inner join staging.stg_executie_dossiers__eenheden as geweest on dossier.dossier_nr = geweest.dossier_nr
    inner join marts.dim_eenheid as eenheid
        on geweest.eenheid_code = eenheid.eenheid_code and eenheid.eenheid_soort = 'regionaal'
    where dossier.telt_mee
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
            cijfer.jaar between coalesce(dossier.jaar_van, 0) and coalesce(dossier.jaar_tot, 9999)
            and (cijfer.eenheid_code = dossier.eenheid_code or cijfer.eenheid_code = 'NL')
            and cijfer.gedekt_tot >= dossier.behandel_datum
            and (dossier.afdoening_datum is null or cijfer.gedekt_tot < dossier.afdoening_datum)
            and (dossier.vanaf_datum is null or cijfer.gedekt_tot >= dossier.vanaf_datum)
            and (dossier.tot_datum is null or cijfer.gedekt_tot < dossier.tot_datum)
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
