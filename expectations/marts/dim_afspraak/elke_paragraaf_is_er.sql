select tekst.paragraaf
from (
    values ('1'), ('2a'), ('2b'), ('2c.1'), ('2c.2'), ('2d'), ('3'), ('3a'), ('3b'), ('3c'), ('3d'), ('3e'),
    ('migratietaak'), ('4'), ('5')
) as tekst (paragraaf)
where tekst.paragraaf not in (
    select afspraak.paragraaf from {{ batch }} as afspraak
    where afspraak.agenda_code = 'va_2019_2022'
)
