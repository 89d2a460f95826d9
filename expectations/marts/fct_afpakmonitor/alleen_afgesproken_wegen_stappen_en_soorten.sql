select
    jaar,
    weg_code,
    stap_code,
    beslagsoort,
    bedrag_eur
from {{ batch }}
where
    weg_code not in ('strafrechtelijk', 'fiscaal', 'bestuurlijk', 'onbekend')
    or stap_code not in (
        'beslag_gelegd', 'beslag_opgeheven', 'opgelegd', 'geincasseerd', 'aan_slachtoffers',
        'openstaand', 'onbekend'
    )
    or beslagsoort not in ('conservatoir', 'klassiek', 'nvt', 'onbekend')
    or ('onbekend' in (weg_code, stap_code) and bedrag_eur is not null)
