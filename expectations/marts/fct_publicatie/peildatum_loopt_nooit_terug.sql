select
    publicatie_nr,
    peildatum,
    vorige
from (
    select
        publicatie_nr,
        peildatum,
        lag(peildatum) over (order by publicatie_nr) as vorige
    from {{ batch }}
    where soort not in ('afgebroken', 'teruggezet', 'hervat') and peildatum <= gepubliceerd_op::date
) as reeks
where peildatum < vorige
