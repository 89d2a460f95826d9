with agenda (indicator_code, jaar, streefcijfer) as (
    values
    ('csv_aangepakt', 2019, 1370),
    ('om_verdachten_mensenhandel', 2019, 190), ('om_verdachten_mensenhandel', 2020, 205),
    ('om_verdachten_mensenhandel', 2021, 220), ('om_verdachten_mensenhandel', 2022, 240),
    ('cyber_regulier', 2019, 310), ('cyber_regulier_alternatief', 2019, 77),
    ('cyber_fenomeen', 2019, 41), ('cyber_fenomeen_alternatief', 2019, 20),
    ('cyber_thtc', 2019, 20), ('cyber_totaal', 2019, 371),
    ('oskm_a', 2019, 100), ('oskm_a', 2022, 100), ('oskm_b', 2019, 15), ('oskm_b', 2022, 15),
    ('oskm_c', 2019, 400), ('oskm_c', 2022, 400), ('oskm_totaal', 2019, 515), ('oskm_totaal', 2022, 515),
    ('executie_positief_pct', 2019, 40), ('executie_positief_pct', 2022, 40),
    ('executie_werkvoorraad', 2019, 100), ('executie_werkvoorraad', 2022, 100)
)

select
    agenda.indicator_code,
    agenda.jaar,
    agenda.streefcijfer as norm_van_de_agenda,
    voortgang.streefcijfer as norm_in_voortgang,
    voortgang.streefcijfer_besluit
from agenda
left join {{ batch }} as voortgang
    on
        agenda.indicator_code = voortgang.indicator_code
        and agenda.jaar = voortgang.jaar and voortgang.agenda_code = 'va_2019_2022'
where
    date '2018-12-03' <= (select max(cijfer.peildatum) from {{ batch }} as cijfer)
    and (voortgang.streefcijfer_besluit is null or voortgang.streefcijfer_besluit = 'lovp_2018_12_03')
    and voortgang.streefcijfer is distinct from agenda.streefcijfer
