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

-- One cause per counting unit: of the causes of all its rows, in whatever year, the first in order.
oorzaken as (

    select
        rijen.indicator_code,
        rijen.teleenheid,
        min(oorzaak.volgorde) as volgorde
    from rijen
    inner join {{ ref('oorzaak') }} as oorzaak on rijen.oorzaak_code = oorzaak.oorzaak_code
    group by rijen.indicator_code, rijen.teleenheid

),

ingedeeld as (

    select
        rijen.*,
        indicator.meetwijze,
        case
            -- A day that the register did not know yet is late itself, whatever happened to its dossiers.
            when
                indicator.meetwijze = 'laagste_stand'
                and bool_and(rijen.is_nu) over (partition by rijen.indicator_code, rijen.jaar, rijen.teleenheid)
                then 'late_registratie'
            when indicator.meetwijze = 'laagste_stand' then coalesce(rijen.oorzaak_code, 'gewijzigde_definitie')
            -- Of amounts each row has its own cause; of what counts once, the unit has one.
            when indicator.meetwijze = 'som'
                then coalesce(rijen.oorzaak_code, van_eenheid.oorzaak_code, 'gewijzigde_definitie')
            else coalesce(van_eenheid.oorzaak_code, 'gewijzigde_definitie')
        end as verklaring_code
    from rijen
    inner join {{ ref('indicator') }} as indicator on rijen.indicator_code = indicator.indicator_code
    left join oorzaken
        on rijen.indicator_code = oorzaken.indicator_code and rijen.teleenheid = oorzaken.teleenheid
    left join {{ ref('oorzaak') }} as van_eenheid on oorzaken.volgorde = van_eenheid.volgorde
    where rijen.rol != 'grond' and rijen.jaar is not null and rijen.telt_mee

),

bijdragen as (

    -- What counts once: it counted, and it counts.
    select
        indicator_code,
        jaar,
        rol,
        teleenheid,
        verklaring_code as oorzaak_code,
        max(is_nu::integer) - max((not is_nu)::integer) as verandering
    from ingedeeld
    where meetwijze in ('aantal', 'aandeel')
    group by indicator_code, jaar, rol, teleenheid, verklaring_code

    union all

    select
        indicator_code,
        jaar,
        rol,
        teleenheid,
        verklaring_code as oorzaak_code,
        sum(case when is_nu then waarde else -waarde end) as verandering
    from ingedeeld
    where meetwijze in ('som', 'laagste_stand')
    group by indicator_code, jaar, rol, teleenheid, verklaring_code

)

select * from bijdragen
where verandering != 0
