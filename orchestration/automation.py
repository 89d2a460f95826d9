"""When the road is walked: the nightly job, its schedule and sensors, who hears of what; jobs that are asked for."""

import json
from collections.abc import Iterable, Sequence
from datetime import date

import dagster as dg
from pydantic import Field

from orchestration import alerts, damage, faults, figures, journal, novelty, versions
from orchestration.assets import (
    NIGHTLY,
    NotBegunError,
    border_in,
    border_out,
    lateness_events,
    model_tests,
    of_run,
    report_of,
    told_plainly,
)
from orchestration.beside import build_as_of, build_what_if
from orchestration.clock import now
from orchestration.declarations import read_declarations
from orchestration.deliveries import find_deliveries
from orchestration.locking import open_database
from orchestration.paths import data_paths
from orchestration.reporting.overview import overview
from orchestration.retention import retain, told_retention
from orchestration.standing import next_deliveries
from orchestration.wording import as_text, counted, markdown_table

SENSOR_SECONDS, LATENESS_SECONDS = 60, 3600


@dg.failure_hook(name="meld_mislukking")
def tell_failure(context: dg.HookContext) -> None:
    """Tell people which step stopped the night; yesterday's publication is still there."""
    if isinstance(context.op_exception, NotBegunError):
        return
    reason = faults.told(str(context.op_exception)) if context.op_exception else "zie het logboek van de run"
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

    peildatum: str | None = Field(default=None, description="De dag waarop de cijfers zo bekend waren, als jjjj-mm-dd.")


@dg.op(
    description="Schrijft de marts zoals bekend op de peildatum, naast de publicatie van nu.",
    out=dg.Out(dg.Nothing),
)
def write_as_of(context: dg.OpExecutionContext, config: AsOfConfig) -> None:
    """Build the marts of an earlier day; the published present is not touched."""
    day = asked_day(config.peildatum or "")
    with told_plainly(), journal.noted(data_paths(), "as-of", f"peildatum {day}", of_run(context.run_id)):
        file = build_as_of(data_paths(), day)
    with open_database(file, read_only=True) as con:
        is_demo, picture = figures.is_demo(con), overview(con)
        rows = figures.national(con, also_without=True)
    context.add_output_metadata(
        {
            **_said_of(is_demo),
            "peildatum": f"{day:%d-%m-%Y}",
            "cijfers": _table(figures.HEADING, [row.cells for row in rows], figures.legend(rows), is_demo),
            "cijfer_en_norm": dg.MetadataValue.md(picture),
            "bestand": dg.MetadataValue.path(str(file)),
            **report_of(file),
        }
    )


def _said_of(is_demo: bool) -> dict[str, str]:
    """What comes before all else of an answer."""
    return {"let_op": figures.DEMO} if is_demo else {}


def _table(
    heading: Sequence[str], rows: Iterable[Sequence[object]], legend: Iterable[str], is_demo: bool
) -> dg.MarkdownMetadataValue:
    """A table with what its marks mean below it, and first of all whether it is made up: it may be copied alone."""
    first = [f"**{figures.DEMO[:1].upper()}{figures.DEMO[1:]}.**"] if is_demo else []
    below = ["\n".join(f"- {as_text(line)}" for line in legend)]
    return dg.MetadataValue.md("\n\n".join([*first, markdown_table(heading, rows), *below]).strip())


# A day that always exists to be asked for, and is asked for often: how the figures stood at the end of a year.
LAST_YEAR_END = date(now().year - 1, 12, 31)


@dg.job(
    name="as_of",
    config=dg.RunConfig({"write_as_of": AsOfConfig(peildatum=LAST_YEAR_END.isoformat())}),
    description="De cijfers zoals bekend op een eerdere dag; vul de peildatum in.",
)
def as_of() -> None:
    """One step, one field."""
    write_as_of()


def asked_day(text: str) -> date:
    """Read the day that a person filled in.

    Args:
        text: As jjjj-mm-dd.

    Raises:
        dagster.Failure: It is no day, with what is.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        given = f"{text!r} is geen dag" if text else "er is geen dag gegeven"
        raise dg.Failure(f"{given}; schrijf de peildatum als jjjj-mm-dd, bijvoorbeeld 2022-12-31") from None


# What can be chosen: every version that stands in a list, first those that nobody decided to count by.
VERSIONS = versions.choices()


def asked_versions(given: str | Sequence[str] | None) -> list[str]:
    """Read the versions that a person filled in.

    Args:
        given: A list, or a text with commas or spaces between them; None where nothing was filled in.

    Returns:
        Their names; whether they exist is not looked at.
    """
    texts = [given] if isinstance(given, str) else given or []
    return [name for text in texts for name in versions.named(text)]


@dg.op(
    description="Zet de cijfers onder andere versies van definities of lijsten naast die van nu.",
    config_schema={
        # What is filled in is judged by us, in Dutch: of a type of its own Dagster says in English what does not fit.
        "versies": dg.Field(
            dg.Noneable(dg.ScalarUnion(scalar_type=str, non_scalar_schema=[str])),
            default_value=list(VERSIONS)[:1],
            description="De versies om mee te tellen, als lijst of met komma's ertussen; zij staan ook in "
            "dim_definitie en dim_lijst_versie.\n\n"
            + "\n".join(f"- `{name}`: {told}" for name, told in VERSIONS.items()),
        )
    },
    out=dg.Out(dg.Nothing),
)
def write_what_if(context: dg.OpExecutionContext) -> None:
    """Build the marts under other versions; the published present is not touched."""
    chosen = asked_versions(context.op_config["versies"])
    with told_plainly(), journal.noted(data_paths(), "what-if", f"{len(chosen)} versies", of_run(context.run_id)):
        answer = build_what_if(data_paths(), chosen)
    with open_database(answer.file, read_only=True) as con:
        picture = overview(con, [row.indicator for row in answer.figures if row.difference])
    heading = ("indicator (maat)", "jaar", "nu", "wat als", "verschil", "versies")
    rows = [
        (
            f"{row.name} ({row.unit})",
            figures.marked(row.year, row.covered),
            *(figures.amount(number, row.unit) for number in (row.figure, row.other)),
            figures.difference(row.difference, row.unit),
            row.versions,
        )
        for row in answer.figures
    ]
    legend = figures.not_whole((row.indicator, row.covered) for row in answer.figures)
    context.add_output_metadata(
        {
            **_said_of(answer.is_demo),
            "naast_elkaar": _table(heading, rows, legend, answer.is_demo),
            "cijfer_en_norm": dg.MetadataValue.md(picture),
            "bestand": dg.MetadataValue.path(str(answer.file)),
            **report_of(answer.file),
            "controles_die_niet_opgaan": dg.MetadataValue.md(
                "\n".join(f"- {told}" for told in answer.broken) or "geen"
            ),
        }
    )


@dg.job(
    name="what_if",
    config={"ops": {"write_what_if": {"config": {"versies": list(VERSIONS)[:1]}}}},
    description="De cijfers onder andere versies van definities of lijsten; kies de versies.",
)
def what_if() -> None:
    """One step, one field."""
    write_what_if()


class RetentionConfig(dg.Config):
    """The one thing to choose.

    Args:
        uitvoeren: Remove it, and do not only show it.
    """

    uitvoeren: bool = Field(False, description="Verwijder wat weg moet; anders wordt het alleen getoond.")


@dg.op(
    description="Verwijdert wat zo lang is bewaard als mag, of toont wat dat zou zijn.",
    out=dg.Out(dg.Nothing),
)
def apply_retention(context: dg.OpExecutionContext, config: RetentionConfig) -> None:
    """Remove or show it, and tell everybody where something is left for a person to do."""
    origin = of_run(context.run_id)
    what = "uitvoeren" if config.uitvoeren else "tonen"
    try:
        with told_plainly(), journal.noted(data_paths(), "retention", what, origin):
            outcome = retain(data_paths(), read_declarations(), execute=config.uitvoeren, origin=origin)
    except Exception as error:  # whatever it is, what must go has not gone
        alerts.tell("bewaartermijn: niet uitgevoerd", f"{faults.told(str(error))}\nrun {context.run_id}")
        raise
    lines = told_retention(outcome)
    if not outcome.is_settled:
        alerts.tell("bewaartermijn: er is iets te doen", "\n".join(lines))
    listed = "\n".join(f"- {as_text(line)}" for line in lines)
    context.add_output_metadata({"bewaartermijn": dg.MetadataValue.md(listed)})


@dg.job(name="bewaartermijn", description="Wat zo lang is bewaard als mag: toon het, of verwijder het.")
def retention() -> None:
    """One step, one field."""
    apply_retention()


@dg.schedule(
    name="elke_maand_bewaartermijn",
    job=retention,
    cron_schedule="0 5 2 * *",
    execution_timezone="Europe/Amsterdam",
    # What it removes does not come back, so a person turns it on.
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="Verwijdert elke tweede van de maand om 05:00 uur wat zo lang is bewaard als mag.",
)
def retention_schedule(_: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Remove, and do not only show."""
    return dg.RunRequest(run_config=dg.RunConfig({"apply_retention": RetentionConfig(uitvoeren=True)}))


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
    if last and (told := novelty.behind(last)):
        damage.tell(ValueError(told))
        return dg.SkipReason(told)
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
    if last and (told := novelty.behind(last)):
        # The schedule tells people, once a night.
        return dg.SkipReason(told)
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


@dg.sensor(
    name="te_late_leverancier",
    asset_selection=[dg.AssetKey(extract.asset_key) for extract in read_declarations().values()],
    minimum_interval_seconds=LATENESS_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Meldt welke leverancier te laat is, op de dag dat hij dat wordt, ook als er verder niets gebeurt.",
)
def late_supplier_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Tell on each asset whether the next delivery is late, and tell people of one that has become so.

    The cursor holds for which extracts people were told, with the day that had passed.
    """
    paths, today = data_paths(), now().date()
    late = {f"{'/'.join(each.key)} {each.before}": each for each in next_deliveries(paths) if each.is_late(today)}
    told = set(json.loads(context.cursor or "[]"))
    if fresh := [each for name, each in late.items() if name not in told]:
        lines = [f"{'/'.join(each.key)}: {each.told(today)}" for each in fresh]
        alerts.tell(
            f"{counted(len(fresh), 'levering is', 'leveringen zijn')} te laat; de eerdere blijven van kracht",
            "\n".join(lines),
        )
    said = "geen leverancier is te laat"
    if late:
        said = f"{counted(len(late), 'levering is', 'leveringen zijn')} te laat; dat is eerder gemeld"
    if fresh:
        said = f"gemeld: {counted(len(fresh), 'levering', 'leveringen')} te laat"
    return dg.SensorResult(
        skip_reason=said, asset_events=lateness_events(context.instance, paths), cursor=json.dumps(sorted(late))
    )
