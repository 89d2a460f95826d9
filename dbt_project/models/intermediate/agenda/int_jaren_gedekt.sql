with

-- The day up to which the extract in force knows the register, and the first day that it knows whole.
registers as (

    select
        registratie,
        extract,
        min(dekking_vanaf) as gedekt_vanaf,
        max(stand_datum) as gedekt_tot,
        sum(aantal_apart) as aantal_apartgezet,
        bool_or(is_demo) as is_demo
    from {{ ref('base_leveringen__van_kracht') }}
    where soort != 'periode'
    group by registratie, extract

),

periodes as (

    -- A year in parts is known as long ago as the oldest of them.
    select
        registratie,
        extract,
        left(periode, 4)::integer as jaar,
        min(stand_datum) as stand_datum,
        sum(aantal_apart) as aantal_apartgezet,
        bool_or(is_demo) as is_demo
    from {{ ref('base_leveringen__van_kracht') }}
    where soort = 'periode'
    group by all

),

gedekt as (

    select
        register.registratie,
        register.extract,
        jaar.jaar,
        register.gedekt_tot as stand_datum,
        least(register.gedekt_tot, jaar.laatste_dag) as gedekt_tot,
        register.aantal_apartgezet,
        register.is_demo
    from registers as register
    inner join {{ ref('int_jaren_opgesomd') }} as jaar
        on register.gedekt_tot >= jaar.eerste_dag and register.gedekt_vanaf <= jaar.eerste_dag

    union all

    select
        periode.registratie,
        periode.extract,
        periode.jaar,
        periode.stand_datum,
        jaar.laatste_dag as gedekt_tot,
        periode.aantal_apartgezet,
        periode.is_demo
    from periodes as periode
    inner join {{ ref('int_jaren_opgesomd') }} as jaar on periode.jaar = jaar.jaar

),

-- That a year has no row at all can be a gap in the delivery. It is nothing once somebody said so.
bevestigd as (

    select
        nul.registratie,
        nul.jaar
    from {{ ref('nul_bevestigd') }} as nul
    cross join {{ ref('base_leveringen__peildatum') }} as peildatum
    where nul.bevestigd_op <= peildatum.kijkdag

)

-- An indicator that rests on several extracts is known as far as the least known of them.
select
    bron.indicator_code,
    gedekt.jaar,
    min(gedekt.stand_datum) as stand_datum,
    min(gedekt.gedekt_tot) as gedekt_tot,
    min(gedekt.gedekt_tot) = max(jaar.laatste_dag) as is_heel_jaar,
    min(gedekt.gedekt_tot) = max(jaar.laatste_dag)
    and bool_or(rijen.jaar is null and bevestigd.jaar is null) as is_zonder_rijen,
    sum(gedekt.aantal_apartgezet)::bigint as aantal_apartgezet,
    bool_or(gedekt.is_demo) as is_demo
from {{ ref('int_bronnen_afgeleid') }} as bron
inner join gedekt on bron.registratie = gedekt.registratie and bron.extract = gedekt.extract
inner join {{ ref('int_jaren_opgesomd') }} as jaar on gedekt.jaar = jaar.jaar
left join {{ ref('int_jaren_met_rijen') }} as rijen
    on gedekt.registratie = rijen.registratie and gedekt.jaar = rijen.jaar
left join bevestigd on gedekt.registratie = bevestigd.registratie and gedekt.jaar = bevestigd.jaar
group by bron.indicator_code, gedekt.jaar
having count(*) = (
    select count(*)
    from {{ ref('int_bronnen_afgeleid') }} as alle
    where alle.indicator_code = bron.indicator_code
)
