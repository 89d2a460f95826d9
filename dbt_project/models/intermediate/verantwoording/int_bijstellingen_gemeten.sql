-- Of each term the first publication that is at least that much later, and hardly more.
select
    bijstelling.indicator_code,
    termijn.termijn_maanden,
    bijstelling.jaar,
    bijstelling.publicatie_nr,
    bijstelling.bijstelling,
    bijstelling.bijstelling_pct
from {{ ref('int_bijstellingen_gevolgd') }} as bijstelling
inner join {{ ref('bijstelling_termijn') }} as termijn
    on
        bijstelling.peildatum >= bijstelling.eerste_peildatum + to_months(termijn.termijn_maanden)
        and bijstelling.peildatum
        <= bijstelling.eerste_peildatum + to_months(termijn.termijn_maanden + termijn.speling_maanden)
where
    bijstelling.bijstelling is not null
    -- Of a year that came into the ledger late, what was published first is not known.
    and bijstelling.eerste_peildatum < make_date(bijstelling.jaar + 1, 1, 1) + to_months(termijn.eerste_binnen_maanden)
qualify
    row_number() over (
        partition by bijstelling.indicator_code, bijstelling.jaar, termijn.termijn_maanden
        order by bijstelling.publicatie_nr
    ) = 1
