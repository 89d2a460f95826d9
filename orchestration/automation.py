"""When the road is walked: the nightly job, its schedule and sensor, who hears of a failure; the job for a past day."""

from datetime import date

import dagster as dg

from orchestration import alerts
from orchestration.assets import border_in, model_tests
from orchestration.beside import build_as_of, build_what_if
from orchestration.declarations import read_declarations
from orchestration.deliveries import find_deliveries
from orchestration.paths import data_paths

SENSOR_SECONDS = 60


@dg.failure_hook(name="meld_mislukking")
def tell_failure(context: dg.HookContext) -> None:
    """Tell people which step stopped the night; yesterday's publication is still there."""
    reason = str(context.op_exception) if context.op_exception else "zie het logboek van de run"
    alerts.tell(
        f"nachtelijke run gestopt in stap {context.op.name}; de vorige publicatie blijft staan",
        f"{reason}\nrun {context.run_id}",
    )


nightly = dg.define_asset_job(
    "nightly",
    # Loading and building tell what these checks find; by themselves they run when a person asks.
    selection=dg.AssetSelection.all() - dg.AssetSelection.checks(border_in, model_tests),
    hooks={tell_failure},
    description="Van geleverde bestanden naar gepubliceerde cijfers.",
)


class AsOfConfig(dg.Config):
    """The one thing to fill in.

    Args:
        peildatum: The day, as jjjj-mm-dd.
    """

    peildatum: str


@dg.op(pool="warehouse", description="Schrijft de marts zoals bekend op de peildatum, naast de publicatie van nu.")
def write_as_of(context: dg.OpExecutionContext, config: AsOfConfig) -> None:
    """Build the marts of an earlier day; the published present is not touched."""
    file = build_as_of(data_paths(), date.fromisoformat(config.peildatum))
    context.add_output_metadata({"bestand": dg.MetadataValue.path(str(file))})


@dg.job(name="as_of", description="De cijfers zoals bekend op een eerdere dag; vul de peildatum in.")
def as_of() -> None:
    """One step, one field."""
    write_as_of()


class WhatIfConfig(dg.Config):
    """The one thing to fill in.

    Args:
        versies: Versions of definitions or lists, as they stand in dim_definitie and dim_lijst_versie.
    """

    versies: list[str]


@dg.op(pool="warehouse", description="Zet de cijfers onder andere versies van definities of lijsten naast die van nu.")
def write_what_if(context: dg.OpExecutionContext, config: WhatIfConfig) -> None:
    """Build the marts under other versions; the published present is not touched."""
    answer = build_what_if(data_paths(), config.versies)
    lines = ["| indicator | jaar | nu | wat als | verschil | versies |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {row.indicator} | {row.year} | {row.figure} | {row.other} | {row.difference} | {row.versions} |"
        for row in answer.figures
    ]
    context.add_output_metadata(
        {
            "bestand": dg.MetadataValue.path(str(answer.file)),
            "naast_elkaar": dg.MetadataValue.md("\n".join(lines)),
            "controles_die_niet_opgaan": dg.MetadataValue.md(
                "\n".join(f"- {told}" for told in answer.broken) or "geen"
            ),
        }
    )


@dg.job(name="what_if", description="De cijfers onder andere versies van definities of lijsten; vul de versies in.")
def what_if() -> None:
    """One step, one field."""
    write_what_if()


nightly_schedule = dg.ScheduleDefinition(
    name="elke_nacht",
    job=nightly,
    cron_schedule="0 3 * * *",
    execution_timezone="Europe/Amsterdam",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Elke nacht om 03:00 uur.",
)


@dg.sensor(
    name="nieuwe_levering",
    job=nightly,
    minimum_interval_seconds=SENSOR_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Start de nachtelijke run zodra er een complete nieuwe levering ligt.",
)
def new_delivery_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Start a run when complete deliveries lie there that did not lie there before, and that no longer grow.

    The cursor holds what lay in the inbox at the last look and at the last request. A file that still grows differs
    from one look to the next, so it takes two equal looks to start a run.
    """
    sets, waiting = find_deliveries(data_paths().inbox, read_declarations(), pause=lambda _: None)
    files = [delivery.file for item in sets for delivery in item.deliveries]
    seen = ";".join(f"{file.name}:{file.stat().st_size}:{file.stat().st_mtime_ns}" for file in files)
    looked, _, requested = (context.cursor or "").partition("\n")
    if not files:
        return dg.SkipReason(f"geen complete levering; {len(waiting)} bestanden wachten")
    if seen == requested:
        return dg.SkipReason(f"niets nieuws onder {len(files)} leveringen")
    if seen != looked:
        context.update_cursor(f"{seen}\n{requested}")
        return dg.SkipReason("nieuwe bestanden; de volgende keer zien of ze compleet zijn")
    return dg.SensorResult(run_requests=[dg.RunRequest()], cursor=f"{seen}\n{seen}")
