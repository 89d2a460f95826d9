select
    indicator_code,
    jaar,
    realisatie,
    streefcijfer,
    referentie_waarde,
    verschil,
    realisatie_pct,
    oordeel
from {{ batch }}
where
    (oordeel = 'behaald' and not coalesce(realisatie >= streefcijfer, realisatie > referentie_waarde, false))
    or (
        oordeel = 'niet_behaald' and indicator_code != 'executie_werkvoorraad'
        and not coalesce(realisatie < streefcijfer, realisatie <= referentie_waarde, false)
    )
    or verschil is distinct from realisatie - streefcijfer
    or abs(realisatie_pct - 100.0 * realisatie / streefcijfer) > 0.051
    or oordeel not in ('behaald', 'niet_behaald', 'op_schema', 'achter_op_schema', 'geen_norm', 'geen_oordeel')
    or oordeel is null
