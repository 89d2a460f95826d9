select
    publicatie_nr,
    soort,
    reden,
    gepubliceerd_op,
    peildatum,
    vingerafdruk,
    rekenwijze,
    aantal_tabellen,
    aantal_rijen,
    keten_sha256
from {{ ref('stg_publicaties__publicaties') }}
where soort != 'voorgenomen'
