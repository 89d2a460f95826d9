"""The expected final value of every figure that still grows, by the chain-ladder method."""

from orchestration.growth import COLUMNS, estimate


def model(dbt, session):
    """Hand the history of each indicator to the method; how it works stands in `orchestration/growth.py`."""
    dbt.config(materialized="table")
    history = dbt.ref("int_ontwikkelingen_verzameld").df()
    (today,) = dbt.ref("base_leveringen__peildatum").df()["peildatum"]
    return estimate(history, today)[COLUMNS]
