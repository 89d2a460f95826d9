select
    dag.datum::date as datum,
    year(dag.datum)::integer as kalenderjaar,
    quarter(dag.datum)::integer as kwartaal,
    month(dag.datum)::integer as maand,
    day(dag.datum)::integer as dag_van_de_maand,
    isodow(dag.datum)::integer as dag_van_de_week,
    week(dag.datum)::integer as iso_week
from (
    select unnest(generate_series(min(eerste_dag), max(laatste_dag), interval 1 day)) as datum
    from {{ ref('int_jaren_opgesomd') }}
) as dag
