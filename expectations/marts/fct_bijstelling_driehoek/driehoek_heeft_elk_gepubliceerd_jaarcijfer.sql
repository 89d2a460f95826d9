with gepubliceerd as (
    select
        indicator_code,
        jaar,
        publicatie_nr,
        realisatie
    from marts.fct_publicatie_cijfer
    where realisatie is not null and gedekt_tot = make_date(jaar, 12, 31)
),

driehoek as (
    select
        indicator_code,
        jaar,
        publicatie_nr,
        realisatie
    from {{ batch }}
)

(
    from gepubliceerd
    except
    from driehoek
)
union all
(
    from driehoek
    except
    from gepubliceerd
)
