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
    voortgang.oordeel
from {{ batch }} as voortgang
left join gemeten on voortgang.indicator_code = gemeten.indicator_code and voortgang.jaar = gemeten.jaar
left join gemeten as referentie
    on voortgang.indicator_code = referentie.indicator_code and voortgang.referentie_jaar = referentie.jaar
where
    (
        voortgang.oordeel = 'behaald'
        and not coalesce(
            gemeten.onafgerond >= voortgang.streefcijfer, gemeten.onafgerond > referentie.onafgerond, false
        )
    )
    or (
        voortgang.oordeel = 'niet_behaald' and voortgang.indicator_code != 'executie_werkvoorraad'
        and not coalesce(
            gemeten.onafgerond < voortgang.streefcijfer, gemeten.onafgerond <= referentie.onafgerond, false
        )
    )
    or voortgang.realisatie is distinct from gemeten.onafgerond::decimal(18, 2)
    or voortgang.verschil is distinct from voortgang.realisatie - voortgang.streefcijfer
    or abs(voortgang.realisatie_pct - 100.0 * gemeten.onafgerond / voortgang.streefcijfer) > 0.051
    or voortgang.oordeel not in (
        'behaald', 'niet_behaald', 'op_schema', 'achter_op_schema', 'geen_norm', 'geen_oordeel'
    )
    or voortgang.oordeel is null
