select
    uitgezonderd.jaar,
    max(cijfer.realisatie) as cijfer,
    count(distinct uitgezonderd.teleenheid) as geteld,
    count(aandeel.teleenheid) as ook_in_het_aandeel
from intermediate.int_tellingen_verzameld as uitgezonderd
left join intermediate.int_tellingen_verzameld as aandeel
    on
        uitgezonderd.teleenheid = aandeel.teleenheid and aandeel.indicator_code = 'onderzoeken_financieel_pct'
        and aandeel.uitsplitsing_soort = 'geen' and aandeel.telt_mee is distinct from false
left join {{ batch }} as cijfer
    on
        uitgezonderd.jaar = cijfer.jaar and cijfer.eenheid_code = 'NL'
        and cijfer.indicator_code = 'onderzoeken_financieel_pct' and cijfer.uitsplitsing_soort = 'uitgezonderde_zaken'
where
    uitgezonderd.indicator_code = 'onderzoeken_financieel_pct'
    and uitgezonderd.uitsplitsing_soort = 'uitgezonderde_zaken' and uitgezonderd.telt_mee
group by uitgezonderd.jaar
having
    count(aandeel.teleenheid) > 0
    or (
        uitgezonderd.jaar in (
            select gedekt.jaar from intermediate.int_jaren_gedekt as gedekt
            where gedekt.indicator_code = 'onderzoeken_financieel_pct'
        )
        and max(cijfer.geen_realisatie_reden) is null
        and count(distinct uitgezonderd.teleenheid) is distinct from max(cijfer.realisatie)
    )
