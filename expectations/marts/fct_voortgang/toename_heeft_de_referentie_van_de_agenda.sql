with afgesproken as (
    select
        *,
        case indicator_code when 'slachtoffers_comensha' then jaar - 1 else 2019 end as tegen_jaar
    from {{ batch }}
    where agenda_code = 'va_2019_2022' and indicator_code in (
        'slachtoffers_comensha', 'complexe_onderzoeken_mensenhandel', 'interventies_mensenhandel'
    )
    -- Before the agenda was set nobody asked for an increase.
    and date '2018-12-03' <= peildatum
)

select
    afgesproken.indicator_code,
    afgesproken.jaar,
    afgesproken.referentie_jaar,
    afgesproken.referentie_waarde,
    ander.realisatie as waarde_van_dat_jaar,
    afgesproken.oordeel
from afgesproken
left join {{ batch }} as ander
    on
        afgesproken.indicator_code = ander.indicator_code
        and afgesproken.tegen_jaar = ander.jaar
where
    afgesproken.referentie_jaar is distinct from afgesproken.tegen_jaar
    or (afgesproken.jaar > 2019 and afgesproken.referentie_waarde is distinct from ander.realisatie)
    or (afgesproken.jaar = afgesproken.tegen_jaar and afgesproken.oordeel != 'geen_oordeel')
