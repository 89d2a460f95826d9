"""The expected final value of every figure that still grows, by the chain-ladder method."""

from orchestration.growth import estimate


def model(dbt, session):
    """Hand the history of each indicator to the method; how it works stands in `orchestration/growth.py`."""
    dbt.config(materialized="table")
    return estimate(dbt.ref("int_ontwikkelingen_verzameld").df())
