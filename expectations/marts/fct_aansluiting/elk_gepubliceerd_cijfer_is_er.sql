select
    cijfer.reeks_code,
    cijfer.jaar,
    cijfer.publicatie_bron_code,
    cijfer.waarde
from seeds.publicatie_cijfer as cijfer
left join {{ batch }} as aansluiting
    on
        cijfer.reeks_code = aansluiting.reeks_code and cijfer.jaar = aansluiting.jaar
        and cijfer.publicatie_bron_code = aansluiting.publicatie_bron_code
where aansluiting.gepubliceerde_waarde is distinct from cijfer.waarde
