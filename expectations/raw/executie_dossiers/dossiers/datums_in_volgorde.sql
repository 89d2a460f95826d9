select
    record_nr,
    aangeleverd_op,
    in_behandeling_op,
    afgedaan_op
from {{ batch }}
where
    in_behandeling_op < aangeleverd_op
    or afgedaan_op < coalesce(in_behandeling_op, aangeleverd_op)
    or greatest(aangeleverd_op, in_behandeling_op, afgedaan_op) > stand_datum
