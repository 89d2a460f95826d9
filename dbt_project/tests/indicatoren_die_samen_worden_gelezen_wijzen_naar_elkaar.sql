select
    deze.indicator_code,
    deze.samen_lezen_met,
    andere.samen_lezen_met as wijst_terug_naar
from {{ ref('indicator') }} as deze
inner join {{ ref('indicator') }} as andere on deze.samen_lezen_met = andere.indicator_code
where andere.samen_lezen_met is distinct from deze.indicator_code

union all

-- A link that was taken away would leave nothing to hold against the agenda.
select
    indicator_code,
    samen_lezen_met,
    null as wijst_terug_naar
from {{ ref('indicator') }}
where indicator_code = 'om_verdachten_mensenhandel' and samen_lezen_met is null
