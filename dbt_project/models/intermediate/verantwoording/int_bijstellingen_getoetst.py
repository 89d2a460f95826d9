"""Whether figures were revised in one direction more than chance explains."""

from orchestration.revisions import judge_bias


def model(dbt, session):
    """Hand the revisions of each indicator to the test; how it works stands in `orchestration/revisions.py`."""
    dbt.config(materialized="table")
    return judge_bias(dbt.ref("int_bijstellingen_gemeten").df(), dbt.ref("bijstelling_termijn").df())
