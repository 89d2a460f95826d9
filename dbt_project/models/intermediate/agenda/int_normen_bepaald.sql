with

-- Every indicator of an agenda has a row for every year of that agenda, whatever has been decided.
verwacht as (

    select distinct
        norm.agenda_code,
        norm.indicator_code,
        jaar.jaar
    from {{ ref('norm') }} as norm
    inner join {{ ref('agenda') }} as agenda on norm.agenda_code = agenda.agenda_code
    inner join {{ ref('int_jaren_opgesomd') }} as jaar on jaar.jaar between agenda.jaar_van and agenda.jaar_tot

),

besloten as (

    select
        norm.*,
        besluit.besluit_datum,
        besluit.volgorde
    from {{ ref('norm') }} as norm
    inner join {{ ref('besluit') }} as besluit on norm.besluit_code = besluit.besluit_code
    cross join {{ ref('base_leveringen__peildatum') }} as peildatum
    where besluit.besluit_datum <= peildatum.kijkdag
    qualify
        row_number() over (
            partition by norm.agenda_code, norm.indicator_code, norm.jaar
            order by besluit.besluit_datum desc, besluit.volgorde desc
        ) = 1

)

select
    verwacht.agenda_code,
    verwacht.indicator_code,
    verwacht.jaar,
    besloten.streefcijfer::decimal(18, 2) as streefcijfer,
    besloten.streefcijfer_pct,
    besloten.besluit_code as streefcijfer_besluit,
    besloten.besluit_datum,
    besloten.bron as streefcijfer_bron,
    coalesce(besloten.is_aanname, false) as streefcijfer_is_aanname,
    case
        when besloten.indicator_code is null then 'nog_niet_besloten'
        else besloten.geen_streefcijfer_reden
    end as geen_streefcijfer_reden
from verwacht
left join besloten
    on
        verwacht.agenda_code = besloten.agenda_code
        and verwacht.indicator_code = besloten.indicator_code
        and verwacht.jaar = besloten.jaar
