select
    tekst.paragraaf,
    tekst.ritme,
    tekst.aantal_per_jaar,
    tekst.jaar
from (
    values ('5', 'minstens', 2, null), ('2a', 'minstens', 1, null), ('2c.1', 'precies', 1, null),
    ('2c.2', 'precies', 1, null), ('2c.1', 'eenmalig', null, 2019), ('5', 'eenmalig', null, 2019),
    ('5', 'eenmalig', null, 2020)
) as tekst (paragraaf, ritme, aantal_per_jaar, jaar)
left join {{ batch }} as moment
    on
        tekst.paragraaf = moment.paragraaf and tekst.ritme = moment.ritme
        and tekst.aantal_per_jaar is not distinct from moment.aantal_per_jaar
        and tekst.jaar is not distinct from year(moment.tijdvak_tot)
where moment.rapportagemoment_code is null
