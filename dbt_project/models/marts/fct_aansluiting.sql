select
    aansluiting.reeks_code,
    reeks.reeks_naam,
    aansluiting.jaar,
    aansluiting.publicatie_bron_code,
    aansluiting.indicator_code,
    aansluiting.is_eigen_reeks,
    aansluiting.eenheid_van_maat,
    reeks.populatie,
    peildatum.peildatum,
    aansluiting.gepubliceerde_waarde,
    aansluiting.publicatie_status,
    aansluiting.afgerond_op,
    aansluiting.realisatie,
    aansluiting.verschil,
    aansluiting.verklaring_code,
    verklaring.omschrijving as verklaring,
    aansluiting.verandering,
    aansluiting.verandering_pct,
    aansluiting.geen_vergelijking_reden,
    aansluiting.toelichting,
    bron.publicatie_bron_naam,
    -- As precise as it is known: 2019, 2019-01 or 2019-01-07.
    (bron.gepubliceerd_op || substr('0001-01-01', length(bron.gepubliceerd_op) + 1))::date as bron_datum,
    case length(bron.gepubliceerd_op)
        when 4 then 'jaar'
        when 7 then 'maand'
        when 10 then 'dag'
    end as bron_datum_nauwkeurigheid,
    bron.bron_soort
from {{ ref('int_aansluitingen_bepaald') }} as aansluiting
inner join {{ ref('publicatie_reeks') }} as reeks on aansluiting.reeks_code = reeks.reeks_code
inner join {{ ref('publicatie_bron') }} as bron on aansluiting.publicatie_bron_code = bron.publicatie_bron_code
left join {{ ref('publicatie_verklaring') }} as verklaring on aansluiting.verklaring_code = verklaring.verklaring_code
cross join {{ ref('base_leveringen__peildatum') }} as peildatum
