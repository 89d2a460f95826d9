select afgesproken.indicator_code
from (
    values ('csv_aangepakt'), ('csv_onderzoeken'), ('integrale_acties_politie'),
    ('signalen_financiele_analyse_pct'), ('onderzoeken_financieel_pct'), ('beslag_conservatoir_politie_eur'),
    ('om_verdachten_mensenhandel'), ('slachtoffers_comensha'), ('complexe_onderzoeken_mensenhandel'),
    ('interventies_mensenhandel'), ('cyber_regulier'), ('cyber_regulier_alternatief'), ('cyber_fenomeen'),
    ('cyber_fenomeen_alternatief'), ('cyber_thtc'), ('cyber_totaal'), ('cyber_fenomeen_enge_zin_pct'), ('oskm_a'),
    ('oskm_b'), ('oskm_c'), ('oskm_totaal'), ('oskm_daders'), ('oskm_slachtoffers'), ('executie_positief_pct'),
    ('executie_werkvoorraad')
) as afgesproken (indicator_code)
where afgesproken.indicator_code not in (
    select voortgang.indicator_code from {{ batch }} as voortgang
    where voortgang.agenda_code = 'va_2019_2022'
)
