select
    indicator.indicator_code,
    indicator.indicator_naam,
    indicator.thema_code,
    thema.thema_naam,
    indicator.eenheid_van_maat,
    maat.eenheid_van_maat_naam,
    indicator.meetwijze,
    indicator.oordeel_regel,
    indicator.samen_lezen_met,
    indicator.waarvan,
    indicator.definitie,
    gekozen.definitie_versie,
    gekozen.telregel,
    gekozen.is_aanname,
    indicator.bron,
    kwaliteit.populatie,
    kwaliteit.bronregister,
    kwaliteit.vertraging,
    kwaliteit.dekking,
    kwaliteit.beperkingen,
    kwaliteit.beslist_door,
    kwaliteit.is_aanname as kwaliteit_is_aanname,
    kwaliteit.bron as kwaliteit_bron,
    indicator.volgorde,
    indicator.loopt_op,
    indicator.referentie,
    indicator.maximaal_open_pct,
    indicator.definitief_na_maanden
from {{ ref('indicator') }} as indicator
inner join {{ ref('thema') }} as thema on indicator.thema_code = thema.thema_code
inner join {{ ref('eenheid_van_maat') }} as maat on indicator.eenheid_van_maat = maat.eenheid_van_maat
left join {{ ref('indicator_kwaliteit') }} as kwaliteit on indicator.indicator_code = kwaliteit.indicator_code
left join {{ ref('int_definities_gekozen') }} as gekozen
    on indicator.indicator_code = gekozen.indicator_code and gekozen.jaar_tot is null
