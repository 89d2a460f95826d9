with per_kolom as (
    select
        record_nr,
        soort_misdrijf,
        unnest(aantallen) as aantal,
        generate_subscripts(aantallen, 1) as kolom
    from {{ batch }}
)

select
    soort.record_nr,
    soort.kolom,
    soort.aantal,
    totaal.aantal as totaal
from per_kolom as soort
inner join per_kolom as totaal on soort.kolom = totaal.kolom
where not regexp_matches(totaal.soort_misdrijf, '^\s*[0-9]') and soort.aantal > totaal.aantal + 5
order by soort.record_nr, soort.kolom
