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
    indicator.populatie,
    indicator.bronregister,
    indicator.vertraging,
    indicator.dekking,
    indicator.beperkingen,
    indicator.beslist_door,
    indicator.kwaliteit_is_aanname,
    indicator.kwaliteit_bron,
    indicator.volgorde,
    indicator.loopt_op,
    indicator.referentie,
    indicator.maximaal_open_pct,
    indicator.definitief_na_maanden
from {{ ref('indicator') }} as indicator
inner join {{ ref('thema') }} as thema on indicator.thema_code = thema.thema_code
inner join {{ ref('eenheid_van_maat') }} as maat on indicator.eenheid_van_maat = maat.eenheid_van_maat
left join {{ ref('int_definities_gekozen') }} as gekozen
    on indicator.indicator_code = gekozen.indicator_code and gekozen.jaar_tot is null
