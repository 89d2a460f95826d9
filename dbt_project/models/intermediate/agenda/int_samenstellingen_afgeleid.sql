-- A part that asks something more of what it counts (alternatief, enge_zin) is not all of its kind: with the other
-- parts it does not add up to the whole.
select
    geheel.indicator_code,
    deel.indicator_code as deel_indicator_code,
    coalesce(bool_and(samenstelling.eis is null) filter (samenstelling.indicator_code is not null), false) as telt_op
from {{ ref('indicator') }} as deel
inner join {{ ref('indicator') }} as geheel on deel.waarvan = geheel.indicator_code
left join {{ ref('indicator_samenstelling') }} as samenstelling on deel.indicator_code = samenstelling.indicator_code
group by geheel.indicator_code, deel.indicator_code
