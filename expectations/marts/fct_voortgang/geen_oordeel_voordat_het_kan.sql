-- What is said of a year that is not over, still grows, or is open for a part.
select
    voortgang.indicator_code,
    voortgang.jaar,
    voortgang.gedekt_tot,
    voortgang.realisatie_status,
    voortgang.oordeel,
    voortgang.verandering
from {{ batch }} as voortgang
left join seeds.naijling as groeit on voortgang.indicator_code = groeit.indicator_code
left join seeds.indicator as indicator on voortgang.indicator_code = indicator.indicator_code
where
    (
        voortgang.oordeel in ('behaald', 'niet_behaald')
        and (
            voortgang.gedekt_tot < make_date(voortgang.jaar, 12, 31)
            or (groeit.indicator_code is not null and voortgang.realisatie_status = 'voorlopig')
            or voortgang.aandeel_open_pct > indicator.maximaal_open_pct + 0.05
        )
    )
    or (
        voortgang.oordeel in ('op_schema', 'achter_op_schema')
        and (
            indicator.meetwijze not in ('aantal', 'som')
            or voortgang.gedekt_tot < make_date(voortgang.jaar, 1, 31)
        )
    )
    or (
        voortgang.verandering is not null and groeit.indicator_code is not null
        and voortgang.realisatie_status = 'voorlopig'
    )
