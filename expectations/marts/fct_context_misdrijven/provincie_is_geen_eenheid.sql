select distinct misdrijven.regio_code from {{ batch }} as misdrijven
inner join marts.dim_eenheid as eenheid on misdrijven.regio_code = eenheid.eenheid_code
