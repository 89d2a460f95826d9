"""When the road is walked: the nightly job, its schedule and sensor, who hears of a failure; the job for a past day."""

from datetime import date

import dagster as dg

from orchestration import alerts, novelty
from orchestration.assets import NIGHTLY, border_in, border_out, model_tests
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
    NIGHTLY,
    # Loading and building tell what these checks find; by themselves they run when a person asks.
    selection=dg.AssetSelection.all() - dg.AssetSelection.checks(border_in, model_tests, border_out),
    hooks={tell_failure},
    description="Van geleverde bestanden naar gepubliceerde cijfers.",
)


class AsOfConfig(dg.Config):
    """The one thing to fill in.

    Args:
        peildatum: The day, as jjjj-mm-dd.
    """

    peildatum: str


@dg.op(description="Schrijft de marts zoals bekend op de peildatum, naast de publicatie van nu.")
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


@dg.op(description="Zet de cijfers onder andere versies van definities of lijsten naast die van nu.")
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


@dg.schedule(
    name="elke_nacht",
    job=nightly,
    cron_schedule="0 3 * * *",
    execution_timezone="Europe/Amsterdam",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Elke nacht om 03:00 uur, als er iets nieuws is.",
)
def nightly_schedule(_: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Start a run, or say since when there is nothing new."""
    paths = data_paths()
    news, last = novelty.changed(paths), novelty.last_night(paths)
    if last and not news:
        return dg.SkipReason(novelty.told(last))
    return dg.RunRequest(tags={"nieuw": ", ".join(news) if last else "eerste run"})


@dg.sensor(
    name="nieuwe_levering",
    job=nightly,
    minimum_interval_seconds=SENSOR_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Start de nachtelijke run zodra er een complete nieuwe levering ligt.",
)
def new_delivery_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Start a run when complete deliveries lie there that the last whole night did not find, and that no longer grow.

    The cursor holds what lay in the inbox at the last look and at the last request. A file that still grows differs
    from one look to the next, so it takes two equal looks to start a run; and a night that failed is not tried again
    for the same files. What changed beside the inbox is for the schedule.
    """
    paths = data_paths()
    seen, last = novelty.inbox(paths), novelty.last_night(paths)
    looked, _, requested = (context.cursor or "").partition("\n")
    if last and seen == last.inbox:
        return dg.SkipReason(novelty.told(last))
    sets, waiting = find_deliveries(paths.inbox, read_declarations(), pause=lambda _: None)
    if not sets:
        return dg.SkipReason(f"geen complete levering; {len(waiting)} bestanden blijven liggen")
    if seen == requested:
        return dg.SkipReason("voor deze bestanden is de run al gestart; zie hoe die is afgelopen")
    if seen != looked:
        context.update_cursor(f"{seen}\n{requested}")
        return dg.SkipReason("nieuwe bestanden; de volgende keer zien of ze compleet zijn")
    return dg.SensorResult(run_requests=[dg.RunRequest(tags={"nieuw": novelty.DELIVERIES})], cursor=f"{seen}\n{seen}")
