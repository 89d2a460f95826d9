with

versies as (

    {{ nieuwste_versies() }}

),

-- Also of what a newer full delivery replaced: that says how it is by then, not how it was.
standen as (

    select
        bron.dossier_nr,
        bron.eenheid as eenheid_code,
        versie.stand_datum
    from {{ source('executie_dossiers', 'dossiers') }} as bron
    inner join versies as versie
        on
            bron.levering_nr = versie.levering_nr
            and versie.registratie = 'executie_dossiers'
            and versie.extract = 'dossiers'
    where not {{ is_vervallen('executie_dossiers', 'dossiers') }}
    qualify
        row_number() over (
            partition by bron.dossier_nr, versie.stand_datum order by versie.soort desc, bron.record_nr desc
        ) = 1

),

wisselingen as (

    select
        *,
        lag(stand_datum) over (partition by dossier_nr order by stand_datum) as vorige_stand
    from standen
    qualify eenheid_code is distinct from lag(eenheid_code) over (partition by dossier_nr order by stand_datum)

)

select
    dossier_nr,
    eenheid_code,
    case when vorige_stand is not null then stand_datum end as vanaf_datum,
    lead(stand_datum) over (partition by dossier_nr order by stand_datum) as tot_datum
from wisselingen
