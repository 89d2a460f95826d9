with herkomsten as (
    select
        indicator_code,
        jaar,
        eenheid_code,
        uitsplitsing_soort,
        uitsplitsing_code,
        teleenheid,
        rol,
        waarde
    from intermediate.int_herkomsten_gevolgd
    where telt_mee and rol != 'grond'
),

rijen as (
    select * from herkomsten
    where rol != 'bedrag'
    union all
    select * replace ('NL' as eenheid_code) from herkomsten
    where rol != 'bedrag'
),

geteld as (
    select
        indicator_code,
        jaar,
        eenheid_code,
        uitsplitsing_soort,
        uitsplitsing_code,
        count(distinct teleenheid) filter (rol = 'teller') as teller,
        count(distinct teleenheid) filter (rol = 'noemer') as noemer
    from rijen
    group by all
),

-- Of things that are amounts there are most, and they add up: that of the country is the sum over its units.
bedragen_per_eenheid as (
    select
        indicator_code,
        jaar,
        eenheid_code,
        uitsplitsing_soort,
        uitsplitsing_code,
        sum(waarde) as bedrag
    from herkomsten
    where rol = 'bedrag'
    group by all
),

bedragen as (
    select
        indicator_code,
        jaar,
        eenheid_code,
        uitsplitsing_soort,
        uitsplitsing_code,
        sum(bedrag) as bedrag
    from (
        select * from bedragen_per_eenheid
        union all
        select * replace ('NL' as eenheid_code) from bedragen_per_eenheid
    ) as per_eenheid_en_samen
    group by all
),

dagen as (
    select
        indicator_code,
        jaar,
        eenheid_code,
        uitsplitsing_soort,
        uitsplitsing_code,
        teleenheid,
        sum(waarde) as stand
    from rijen
    where rol = 'stand'
    group by all
),

standen as (
    select
        indicator_code,
        jaar,
        eenheid_code,
        uitsplitsing_soort,
        uitsplitsing_code,
        min(stand) as laagste,
        count(*) as aantal_dagen
    from dagen
    group by all
),

gevonden as (
    select
        cijfer.indicator_code,
        cijfer.jaar,
        cijfer.eenheid_code,
        cijfer.uitsplitsing_soort,
        cijfer.uitsplitsing_code,
        cijfer.realisatie,
        case coalesce(uitsplitsing.meetwijze, indicator.meetwijze)
            when 'aantal' then coalesce(geteld.teller, 0)
            when 'som' then coalesce(bedragen.bedrag, 0)
            when 'aandeel' then round(100.0 * geteld.teller / geteld.noemer, 2)
            when 'laagste_stand' then case
                when standen.aantal_dagen = date_diff('day', make_date(cijfer.jaar, 1, 1), cijfer.gedekt_tot) + 1
                    then standen.laagste
                else 0
            end
        end as uit_herkomst
    from {{ batch }} as cijfer
    inner join seeds.indicator as indicator on cijfer.indicator_code = indicator.indicator_code
    inner join seeds.uitsplitsing as uitsplitsing on cijfer.uitsplitsing_soort = uitsplitsing.uitsplitsing_soort
    left join geteld
        on
            cijfer.indicator_code = geteld.indicator_code and cijfer.jaar = geteld.jaar
            and cijfer.eenheid_code = geteld.eenheid_code and cijfer.uitsplitsing_soort = geteld.uitsplitsing_soort
            and cijfer.uitsplitsing_code = geteld.uitsplitsing_code
    left join bedragen
        on
            cijfer.indicator_code = bedragen.indicator_code and cijfer.jaar = bedragen.jaar
            and cijfer.eenheid_code = bedragen.eenheid_code and cijfer.uitsplitsing_soort = bedragen.uitsplitsing_soort
            and cijfer.uitsplitsing_code = bedragen.uitsplitsing_code
    left join standen
        on
            cijfer.indicator_code = standen.indicator_code and cijfer.jaar = standen.jaar
            and cijfer.eenheid_code = standen.eenheid_code and cijfer.uitsplitsing_soort = standen.uitsplitsing_soort
            and cijfer.uitsplitsing_code = standen.uitsplitsing_code
    where cijfer.realisatie is not null
)

select * from gevonden
where realisatie is distinct from uit_herkomst::decimal(18, 2)
