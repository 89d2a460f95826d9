with gemeten as (
    select
        indicator_code,
        jaar,
        realisatie as onafgerond
    from intermediate.int_realisaties_berekend
    where eenheid_code = 'NL' and uitsplitsing_soort = 'geen'
)

select
    voortgang.indicator_code,
    voortgang.jaar,
    voortgang.realisatie,
    voortgang.streefcijfer,
    voortgang.referentie_waarde,
    voortgang.verschil,
    voortgang.realisatie_pct,
    voortgang.oordeel,
    voortgang.oordeel_reden
from {{ batch }} as voortgang
left join gemeten on voortgang.indicator_code = gemeten.indicator_code and voortgang.jaar = gemeten.jaar
left join gemeten as referentie
    on voortgang.indicator_code = referentie.indicator_code and voortgang.referentie_jaar = referentie.jaar
left join marts.dim_indicator as indicator on voortgang.indicator_code = indicator.indicator_code
where
    (
        voortgang.oordeel = 'behaald'
        and not coalesce(
            if(
                indicator.oordeel_regel = 'hooguit',
                gemeten.onafgerond <= voortgang.streefcijfer,
                gemeten.onafgerond >= voortgang.streefcijfer
            ),
            gemeten.onafgerond > referentie.onafgerond,
            false
        )
    )
    or (
        voortgang.oordeel = 'niet_behaald' and voortgang.indicator_code != 'executie_werkvoorraad'
        and not coalesce(
            if(
                indicator.oordeel_regel = 'hooguit',
                gemeten.onafgerond > voortgang.streefcijfer,
                gemeten.onafgerond < voortgang.streefcijfer
            ),
            gemeten.onafgerond <= referentie.onafgerond,
            false
        )
    )
    or voortgang.realisatie is distinct from gemeten.onafgerond::decimal(18, 2)
    or voortgang.verschil != voortgang.realisatie - voortgang.streefcijfer
    or (
        voortgang.verschil is null and voortgang.streefcijfer is not null
        and voortgang.oordeel in ('behaald', 'niet_behaald')
    )
    or abs(voortgang.realisatie_pct - 100.0 * gemeten.onafgerond / voortgang.streefcijfer) > 0.051
    or coalesce(voortgang.oordeel, 'leeg')
    not in ('behaald', 'niet_behaald', 'op_schema', 'achter_op_schema', 'geen_norm', 'geen_oordeel')
    or (voortgang.oordeel in ('geen_norm', 'geen_oordeel') and voortgang.oordeel_reden is null)
