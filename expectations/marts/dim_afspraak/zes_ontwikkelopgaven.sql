select count(*) as aantal from {{ batch }}
where paragraaf = '4' and agenda_code = 'va_2019_2022'
having count(*) != 6
