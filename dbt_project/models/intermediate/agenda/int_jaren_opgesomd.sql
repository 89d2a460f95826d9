-- Every year of an agenda, and the years around them that the context figures need.
select
    jaar.jaar::integer as jaar,
    make_date(jaar.jaar::integer, 1, 1) as eerste_dag,
    make_date(jaar.jaar::integer, 12, 31) as laatste_dag
from (
    select unnest(generate_series(min(jaar_van), max(jaar_tot))) as jaar
    from {{ ref('agenda') }}
) as jaar
