"""What Dagster loads: the assets in the order of the road, and when it is walked."""

import dagster as dg

from orchestration import assets, automation

defs = dg.Definitions(
    assets=[assets.deliveries, *assets.SEEDS, assets.models, assets.publication, *assets.LEDGER],
    asset_checks=[assets.border_in, assets.model_tests, assets.border_out],
    jobs=[automation.nightly, automation.as_of, automation.what_if, automation.retention],
    schedules=[automation.nightly_schedule, automation.retention_schedule],
    sensors=[automation.new_delivery_sensor, automation.late_supplier_sensor],
    resources={"sole_writer": assets.sole_writer_resource},
    # One process per run: each step process would pay the imports of dbt and Great Expectations again.
    executor=dg.in_process_executor,
)
