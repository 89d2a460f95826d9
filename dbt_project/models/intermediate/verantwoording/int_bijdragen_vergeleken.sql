with

-- Every row of the last publication and of now, with what happened to it in between; nothing where it stayed the same.
rijen as (

    select
        telling.*,
        false as is_nu,
        vergeleken.oorzaak_code
    from {{ ref('stg_publicaties__tellingen') }} as telling
    left join {{ ref('int_rijen_vergeleken') }} as vergeleken
        on
            telling.levering_nr = vergeleken.vorige_levering_nr
            and telling.record_nr = vergeleken.vorige_record_nr

    union all

    select
        telling.*,
        true as is_nu,
        vergeleken.oorzaak_code
    from {{ ref('int_tellingen_vastgelegd') }} as telling
    inner join {{ ref('base_publicaties__laatste') }} as laatste on laatste.publicatie_nr is not null
    left join {{ ref('int_rijen_vergeleken') }} as vergeleken
        on telling.levering_nr = vergeleken.levering_nr and telling.record_nr = vergeleken.record_nr

),

-- Read anew by each that follows: to keep millions of rows in memory costs more than to read them.
gemerkt as not materialized (

    select
        rijen.*,
        indicator.meetwijze,
        oorzaak.volgorde
    from rijen
    inner join {{ ref('indicator') }} as indicator on rijen.indicator_code = indicator.indicator_code
    left join {{ ref('oorzaak') }} as oorzaak on rijen.oorzaak_code = oorzaak.oorzaak_code

),

-- What counts once, and counts where it did not, or no longer where it did.
veranderde_eenheden as (

    select
        indicator_code,
        jaar,
        rol,
        teleenheid,
        max(is_nu::integer) - max((not is_nu)::integer) as verandering
    from gemerkt
    where
        meetwijze in ('aantal', 'aandeel') and telt_mee and rol != 'grond' and jaar is not null
        and teleenheid is not null
    group by indicator_code, jaar, rol, teleenheid
    having max(is_nu::integer) != max((not is_nu)::integer)

),

-- Its cause is what happened to the rows by which it counts or counted there. Where nothing did, it is what happened to
-- the rows by which it counts elsewhere, then to its grounds, then to its other rows; of equals the first in order.
oorzaken_van_eenheden as (

    select
        eenheid.indicator_code,
        eenheid.jaar,
        eenheid.rol,
        eenheid.teleenheid,
        eenheid.verandering,
        min_by(
            rij.oorzaak_code, {{ rang_van_oorzaak('rij', 'rij.jaar = eenheid.jaar and rij.rol = eenheid.rol') }}
        ) filter (rij.volgorde is not null) as oorzaak_code
    from veranderde_eenheden as eenheid
    inner join gemerkt as rij
        on eenheid.indicator_code = rij.indicator_code and eenheid.teleenheid = rij.teleenheid
    group by eenheid.indicator_code, eenheid.jaar, eenheid.rol, eenheid.teleenheid, eenheid.verandering

),

-- Of an amount each row has its own cause; where nothing happened to it, that of what it is about.
oorzaken_van_bedragen as (

    select
        rij.indicator_code,
        rij.teleenheid,
        min_by(rij.oorzaak_code, {{ rang_van_oorzaak('rij', 'false') }}) as oorzaak_code
    from gemerkt as rij
    where rij.meetwijze = 'som' and rij.volgorde is not null
    group by rij.indicator_code, rij.teleenheid

),

tellende_rijen as not materialized (

    select *
    from gemerkt
    where meetwijze in ('som', 'laagste_stand') and telt_mee and rol != 'grond' and jaar is not null

),

-- A day that the register did not know yet is late itself, whatever happened to its dossiers.
nieuwe_dagen as (

    select
        indicator_code,
        jaar,
        teleenheid
    from tellende_rijen
    where meetwijze = 'laagste_stand'
    group by indicator_code, jaar, teleenheid
    having bool_and(is_nu)

),

opgeteld as (

    select
        rij.indicator_code,
        rij.jaar,
        rij.rol,
        rij.teleenheid,
        rij.is_nu,
        rij.waarde,
        case
            when dag.teleenheid is not null then 'late_registratie'
            else coalesce(rij.oorzaak_code, bedrag.oorzaak_code, 'gewijzigde_definitie')
        end as oorzaak_code
    from tellende_rijen as rij
    left join nieuwe_dagen as dag
        on
            rij.indicator_code = dag.indicator_code
            and rij.jaar = dag.jaar
            and rij.teleenheid = dag.teleenheid
    left join oorzaken_van_bedragen as bedrag
        on rij.indicator_code = bedrag.indicator_code and rij.teleenheid = bedrag.teleenheid

),

bijdragen as (

    select
        indicator_code,
        jaar,
        rol,
        teleenheid,
        coalesce(oorzaak_code, 'gewijzigde_definitie') as oorzaak_code,
        verandering
    from oorzaken_van_eenheden

    union all

    select
        indicator_code,
        jaar,
        rol,
        teleenheid,
        oorzaak_code,
        sum(case when is_nu then waarde else -waarde end) as verandering
    from opgeteld
    group by indicator_code, jaar, rol, teleenheid, oorzaak_code

)

select * from bijdragen
where verandering != 0
