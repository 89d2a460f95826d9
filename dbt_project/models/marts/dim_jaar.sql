with

-- A moment that happens once belongs to the year in which its period ends; the others to every year of their agenda.
momenten as (

    select
        jaar.jaar,
        count(*)::integer as aantal_rapportagemomenten,
        sum(case when moment.ritme = 'eenmalig' then 1 else moment.aantal_per_jaar end)::integer as aantal_keren,
        string_agg(moment.rapportagemoment_code, ', ' order by moment.rapportagemoment_code) as rapportagemomenten
    from {{ ref('int_jaren_opgesomd') }} as jaar
    inner join {{ ref('agenda') }} as agenda on jaar.jaar between agenda.jaar_van and agenda.jaar_tot
    inner join {{ ref('rapportagemoment') }} as moment
        on
            agenda.agenda_code = moment.agenda_code
            and (moment.ritme != 'eenmalig' or moment.tijdvak_tot between jaar.eerste_dag and jaar.laatste_dag)
    group by jaar.jaar

)

select
    jaar.jaar,
    jaar.eerste_dag,
    jaar.laatste_dag,
    agenda.agenda_code,
    agenda.agenda_naam,
    jaar.eerste_dag <= peildatum.kijkdag as is_begonnen,
    jaar.laatste_dag < peildatum.kijkdag as is_voorbij,
    coalesce(momenten.aantal_rapportagemomenten, 0) as aantal_rapportagemomenten,
    coalesce(momenten.aantal_keren, 0) as aantal_keren,
    momenten.rapportagemomenten
from {{ ref('int_jaren_opgesomd') }} as jaar
left join {{ ref('agenda') }} as agenda on jaar.jaar between agenda.jaar_van and agenda.jaar_tot
left join momenten on jaar.jaar = momenten.jaar
cross join {{ ref('base_leveringen__peildatum') }} as peildatum
