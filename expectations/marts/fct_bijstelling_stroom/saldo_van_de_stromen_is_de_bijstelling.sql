with laatste as (
    select
        publicatie_nr,
        lag(publicatie_nr) over (order by publicatie_nr) as vorige_publicatie_nr
    from (select distinct cijfer.publicatie_nr from marts.fct_publicatie_cijfer as cijfer) as publicatie
    qualify row_number() over (order by publicatie_nr desc) = 1
),

cijfers as (
    select
        thans.indicator_code,
        thans.jaar,
        thans.realisatie - toen.realisatie as verschil
    from marts.fct_publicatie_cijfer as thans
    inner join laatste on thans.publicatie_nr = laatste.publicatie_nr
    inner join marts.fct_publicatie_cijfer as toen
        on
            laatste.vorige_publicatie_nr = toen.publicatie_nr
            and thans.indicator_code = toen.indicator_code and thans.jaar = toen.jaar
    inner join marts.dim_indicator as indicator on thans.indicator_code = indicator.indicator_code
    where
        indicator.meetwijze in ('aantal', 'som')
        -- A ledger from before flows were kept has none for the publications of then.
        and exists (select 1 from {{ batch }})
        and thans.realisatie is not null and toen.realisatie is not null
),

stromen as (
    select
        stroom.indicator_code,
        stroom.jaar,
        sum(stroom.netto) as netto
    from {{ batch }} as stroom
    inner join laatste on stroom.publicatie_nr = laatste.publicatie_nr
    group by stroom.indicator_code, stroom.jaar
)

select
    cijfers.indicator_code,
    cijfers.jaar,
    cijfers.verschil,
    stromen.netto
from cijfers
left join stromen on cijfers.indicator_code = stromen.indicator_code and cijfers.jaar = stromen.jaar
where cijfers.verschil != coalesce(stromen.netto, 0)
