select
    kanttekening_nr,
    paragraaf,
    regel_van,
    regel_tot,
    voetnoot,
    kanttekening,
    behandeling,
    bewaakt_door
from {{ ref('kanttekening') }}
