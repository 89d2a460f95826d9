"""The road as Dagster shows it: deliveries, models, the border out, the publication. Thin; the work is done elsewhere.

Every step takes the resource `sole_writer`, so that two runs that want the warehouse wait for one another.
"""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster._core.definitions.source_asset import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION

from orchestration import alerts, damage, faults, journal, novelty, register, standing
from orchestration.admission import admit_deliveries
from orchestration.building import PRESENT, Builder, Outcome, ask_tests, check_engine, in_force
from orchestration.clock import now
from orchestration.dbt_nodes import Node, read_nodes
from orchestration.declarations import Extract, read_declarations
from orchestration.deliveries import Waiting
from orchestration.expectations import (
    Expectation,
    marts_with_expectations,
    suite_of_extract,
    suite_of_mart,
)
from orchestration.history import purge_runs
from orchestration.ledger import CONTENT
from orchestration.locking import open_database, open_warehouse, sole_writer
from orchestration.paths import DataPaths, data_paths
from orchestration.progress import CAUTION, step
from orchestration.pseudonyms import key_from_environment
from orchestration.publishing import SCHEMA, Publication, examine, publish
from orchestration.reconstruction import count_states, reconstruct
from orchestration.recording import recorded
from orchestration.reporting import page_beside
from orchestration.reporting.overview import overview
from orchestration.size import Check, checks_of
from orchestration.standing import ADMITTED, IN_TIME, Standing, next_deliveries, standings
from orchestration.supplier_report import write_reports
from orchestration.transformation import manifest_file
from orchestration.trial import Held, build_on_trial
from orchestration.validation import validate_marts
from orchestration.wording import counted, markdown_table

log = logging.getLogger(__name__)

# What a step tells: what it made, an output without anything made, and what a check found that the run did not plan.
Told = dg.MaterializeResult | dg.Output[None] | dg.AssetCheckEvaluation

STEWARDS = ["team:gegevensbeheer"]
ANALYSTS = ["team:analyse"]
ENGINEERS = ["team:warehouse"]
REGISTER = [
    dg.AssetKey(["leveringen", name])
    for name in ("levering", "levering_periode", "oordeel", "verwijderd", "blijft_liggen")
]
NIGHTLY = "nightly"
PUBLICATION = dg.AssetKey(["publicatie", "veiligheidsagenda"])

# No run makes these as an asset: the publication writes them down, and the models of the next night read them.
LEDGER = [
    dg.AssetSpec(
        ["publicaties", name],
        description="Grootboek van publicaties: wat wanneer is gepubliceerd, en waarop het rustte.",
        group_name="publicatie",
        owners=ENGINEERS,
        kinds={"duckdb"},
    )
    for name in ("gebeurtenis", "stand", *CONTENT)
]

# Before anything is read: what changes after this is for a process that starts later.
LOADED = novelty.loaded()
EXTRACTS = read_declarations()
NODES = read_nodes(manifest_file())
MODELS = {name: node for name, node in NODES.items() if node.layer != "seeds"}
MARTS = sorted(node.key[1] for node in MODELS.values() if node.layer == "marts")


class NotBegunError(dg.Failure):
    """A run that cannot begin; people were told when it asked for its turn."""


@dataclass(frozen=True)
class Turn:
    """What a run gets when it asks to write.

    Args:
        refused: Why it may not; None where it may.
    """

    refused: Exception | None = None


@dg.resource(description="Een schrijver tegelijk: wacht tot geen andere run in de datamap schrijft.")
def sole_writer_resource(context: dg.InitResourceContext) -> Iterator[Turn]:
    """Hold the lock of the data folder for the length of the run, and write down who runs it.

    It rests on nothing that is lost or damaged. Where it cannot begin, its first step says so (`told_plainly`): around
    an error of a resource Dagster puts a trace in English.
    """
    paths, run = data_paths(), context.run
    told: list[str] = []
    with ExitStack() as held:
        try:
            held.enter_context(sole_writer(paths))
            if run is not None:
                told = held.enter_context(journal.noted(paths, "run", run.job_name, of_run(run.run_id)))
            damage.examine(paths)
        except faults.TELLING as error:
            if not isinstance(error, damage.TOLD):
                damage.tell(error)
            yield Turn(error)
        else:
            yield Turn()
        # Of a step that fails Dagster raises nothing here, whatever the job and whoever started it.
        if run is not None and context.instance and (failed := _failed_steps(context.instance, run.run_id)):
            told.append(f"{journal.FAILED}: stap {', '.join(failed)}")


def _failed_steps(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    logs = instance.all_logs(run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    return [entry.step_key or "" for entry in logs]


def of_run(run_id: str) -> str:
    """Name a run as an origin in the journal.

    Args:
        run_id: Its id, by which the history knows it.
    """
    return f"Dagster, run {run_id}"


@contextmanager
def told_plainly(turn: Turn = Turn()) -> Iterator[None]:
    """Let what goes wrong in a step be told by its own sentence: around another error Dagster puts a trace in English.

    Args:
        turn: What the run got when it asked to write; of a step that takes no resource nothing is asked.

    Yields:
        Nothing.

    Raises:
        NotBegunError: The run may not write.
        dagster.Failure: What went wrong, in the words of the command line, with the place in the code where it arose.
    """
    if turn.refused is not None:
        raise NotBegunError(faults.told(str(turn.refused)), metadata={"waar": faults.where(turn.refused)})
    try:
        yield
    except faults.TELLING as error:
        raise dg.Failure(faults.told(str(error)), metadata={"waar": faults.where(error)}) from None


def _extract_spec(extract: Extract) -> dg.AssetSpec:
    columns = [
        dg.TableColumn(
            column.name,
            type=column.data_type,
            description=column.description,
            constraints=dg.TableColumnConstraints(nullable=not column.required),
        )
        for column in extract.columns
    ]
    return dg.AssetSpec(
        dg.AssetKey(extract.asset_key),
        description=extract.description,
        group_name="leveringen",
        owners=STEWARDS,
        kinds={"duckdb", "bestand"},
        metadata={
            "dagster/column_schema": dg.TableSchema(columns=columns),
            "leverancier": extract.owner,
            "doel": extract.purpose,
            "grondslag": extract.legal_ground,
            "bewaartermijn_jaren": extract.retention_years,
            "bron_van_bewaartermijn": extract.retention_source,
            "levering": extract.delivery,
            "ritme": extract.cadence,
        },
    )


def _register_spec(key: dg.AssetKey) -> dg.AssetSpec:
    return dg.AssetSpec(
        key,
        description="Register van leveringen: welk bestand wanneer is ontvangen en wat erover is besloten.",
        group_name="leveringen",
        owners=ENGINEERS,
        kinds={"duckdb"},
        deps=[dg.AssetKey(extract.asset_key) for extract in EXTRACTS.values()],
    )


def _checks_of(extract: Extract) -> list[Expectation | Check]:
    """All that a delivery is tested for, each with a finding in the register."""
    return [*suite_of_extract(extract), *checks_of(extract)]


def _standing_specs(extract: Extract) -> list[dg.AssetCheckSpec]:
    key = dg.AssetKey(extract.asset_key)
    return [dg.AssetCheckSpec(name, asset=key, description=text) for name, text in standing.checks_of(extract).items()]


def _check_spec(key: dg.AssetKey, expectation: Expectation | Check, blocking: bool) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        expectation.name,
        asset=key,
        description=expectation.description,
        blocking=blocking and expectation.severity == "critical",
    )


@dg.multi_asset(
    name="leveringen",
    specs=[_extract_spec(extract) for extract in EXTRACTS.values()] + [_register_spec(key) for key in REGISTER],
    can_subset=True,
    required_resource_keys={"sole_writer"},
    description="Laadt nieuwe leveringen als kandidaat, controleert ze, en laat ze toe, weigert ze of houdt ze aan.",
)
def deliveries(context: dg.AssetExecutionContext) -> Iterator[Told]:
    """Take every new delivery of the selected registrations to its verdict, and tell of what that changed."""
    with told_plainly(context.resources.sole_writer):
        yield from _admit(context)


def _admit(context: dg.AssetExecutionContext) -> Iterator[Told]:
    paths = data_paths()
    chosen = {key.path[0] for key in context.selected_asset_keys} & {registration for registration, _ in EXTRACTS}
    # The folders that belong to nobody are looked at with all registrations, or when only the register is asked.
    only = None if chosen in (set(), {registration for registration, _ in EXTRACTS}) else chosen
    paths.data.mkdir(parents=True, exist_ok=True)
    if _is_whole_night(context):
        novelty.begin(paths, context.run.run_id, LOADED)
        # What was published or written down and is no longer so is told before anything rests on it.
        examine(paths)
    # A wrong list stops the night here: it would judge deliveries too.
    recorded()
    # What is asked to build them and is not there is told before deliveries are admitted, and not after.
    check_engine()
    with open_database(paths.raw) as con:
        arrivals = admit_deliveries(con, paths.inbox, paths.scratch, EXTRACTS, key_from_environment(), only=only)
        if _is_whole_night(context):
            novelty.leave(paths, [str(left) for left in arrivals.waiting if not left.is_growing])
        rows = register.deliveries(con)
        _tell_refused([row for row in rows if row.number in arrivals.numbers])
        _tell_left(arrivals.newly_left)
        write_reports(con, arrivals.numbers, EXTRACTS, paths.reports)
        outcomes = [
            _told_once(context, key, _delivery_metadata(rows, extract))
            for extract in EXTRACTS.values()
            if (key := dg.AssetKey(extract.asset_key)) in context.selected_asset_keys
        ]
        anew = {each.asset_key for each in outcomes if isinstance(each, dg.MaterializeResult) and each.asset_key}
        results = [*_border_results(con), *_lateness_results(paths)]
        yield from map(_evaluation, _not_yet_told(context.instance, results, anew))
        # Last, so that a run that dies before it tells all of it again.
        yield from outcomes
        for key in REGISTER:
            if key in context.selected_asset_keys:
                size = con.execute(f"select count(*) from leveringen.{key.path[-1]}").fetchall()[0][0]
                yield _told_once(context, key, {"dagster/row_count": dg.MetadataValue.int(size)})


def _is_whole_night(context: dg.AssetExecutionContext) -> bool:
    """Whether the whole road is walked, so that the next night may be spared."""
    return context.run.job_name == NIGHTLY and not context.run.asset_selection


def _told_once(
    context: dg.AssetExecutionContext, key: dg.AssetKey, metadata: Mapping[str, dg.MetadataValue]
) -> dg.MaterializeResult | dg.Output[None]:
    """A materialisation where it has something to say that the one before did not say."""
    last = context.instance.get_latest_materialization_event(key)
    if last and last.asset_materialization and dict(last.asset_materialization.metadata) == metadata:
        return _unchanged(context, key)
    return dg.MaterializeResult(asset_key=key, metadata=metadata)


def _border_results(con: duckdb.DuckDBPyConnection) -> list[dg.AssetCheckResult]:
    """How each extract stands, and what each rule found of what is in force; nothing of a rule that did not look."""
    found = {
        dg.AssetCheckKey(dg.AssetKey([registration, extract]), check): finding
        for (registration, extract, check), finding in register.findings_of(con, in_force(con)).items()
    }
    known, rows = border_in.check_keys, register.deliveries(con)
    return [
        *(_standing_result(key, each, rows) for key, each in standings(con, EXTRACTS).items()),
        # A rule that is no longer expected has a finding, and no check.
        *(_finding_result(check, finding) for check, finding in found.items() if check in known),
    ]


def _standing_result(key: tuple[str, str], stands: Standing, rows: Sequence[register.Row]) -> dg.AssetCheckResult:
    own = [row for row in rows if (row.registration, row.extract) == key]
    newest = [(row.number, row.file, row.stand_datum, row.verdict, row.reason) for row in own[-20:]]
    heading = ("levering", "bestand", "stand", "oordeel", "reden")
    return dg.AssetCheckResult(
        asset_key=dg.AssetKey(key),
        check_name=ADMITTED,
        passed=stands.is_good,
        severity=dg.AssetCheckSeverity.ERROR if stands.is_severe else dg.AssetCheckSeverity.WARN,
        description=stands.told,
        metadata={**stands.facts, "leveringen": dg.MetadataValue.md(markdown_table(heading, newest))},
    )


def lateness_events(instance: dg.DagsterInstance, paths: DataPaths) -> list[dg.AssetCheckEvaluation]:
    """Tell which suppliers are late, where it was told otherwise before, or never.

    Args:
        instance: Where was told what was told before.
        paths: The data folder.
    """
    return [_evaluation(result) for result in _not_yet_told(instance, _lateness_results(paths))]


def _lateness_results(paths: DataPaths) -> list[dg.AssetCheckResult]:
    today = now().date()
    due = {each.key: each for each in next_deliveries(paths)}
    return [
        dg.AssetCheckResult(
            asset_key=dg.AssetKey(key),
            check_name=IN_TIME,
            passed=not (key in due and due[key].is_late(today)),
            severity=dg.AssetCheckSeverity.WARN,
            description=due[key].told(today) if key in due else standing.NOT_YET_DUE,
        )
        for key in EXTRACTS
    ]


def _not_yet_told(
    instance: dg.DagsterInstance,
    results: Collection[dg.AssetCheckResult],
    anew: Collection[dg.AssetKey] = (),
) -> Iterator[dg.AssetCheckResult]:
    """What differs from what was told last of that check: a night that changes nothing adds nothing to the history.

    Of an asset that is made anew all is told again: Dagster shows what was told before as not evaluated.
    """
    last = instance.event_log_storage.get_latest_asset_check_execution_by_key([_key(result) for result in results])
    assets = {_key(result).asset_key for result in results}
    made = {
        record.asset_entry.asset_key: record.asset_entry.last_materialization_record
        for record in instance.get_asset_records(list(assets))
    }
    for result in results:
        key = _key(result)
        record, making = last.get(key), made.get(key.asset_key)
        told = record.evaluation if record else None
        is_told = told and (told.passed, told.description) == (result.passed, result.description)
        # As Dagster looks at it itself, whatever run told it.
        is_shown = record and (
            making is None or record.run_id == making.run_id or record.create_timestamp > making.timestamp
        )
        if key.asset_key in anew or not (is_told and is_shown):
            yield result


def _key(result: dg.AssetCheckResult) -> dg.AssetCheckKey:
    if result.asset_key is None or result.check_name is None:
        raise ValueError("a result says of which check it is")
    return dg.AssetCheckKey(result.asset_key, result.check_name)


def _evaluation(result: dg.AssetCheckResult) -> dg.AssetCheckEvaluation:
    """A result in the form in which a step can tell it of a check that it did not plan."""
    key = _key(result)
    return dg.AssetCheckEvaluation(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=result.passed,
        metadata=result.metadata,
        severity=result.severity,
        description=result.description,
    )


def _tell_refused(arrived: Sequence[register.Row]) -> None:
    if told := register.told_refused(arrived):
        alerts.tell(*told)


def _tell_left(left: Sequence[Waiting]) -> None:
    """Tell of files that are left; once, since a night finds them again each time."""
    if left:
        alerts.tell(f"{len(left)} bestanden blijven liggen; zij tellen nergens mee", "\n".join(map(str, left)))


def _delivery_metadata(register_rows: Sequence[register.Row], extract: Extract) -> dict[str, dg.MetadataValue]:
    """What was admitted, and nothing else: by what was not, the asset is not made anew."""
    own = [row for row in register_rows if [row.registration, row.extract] == extract.asset_key]
    admitted = [row for row in own if row.verdict == "toegelaten"]
    newest = [(row.number, row.file, row.stand_datum, row.reason) for row in admitted[-20:]]
    heading = ("levering", "bestand", "stand", "reden")
    return {
        "dagster/row_count": dg.MetadataValue.int((admitted[-1].loaded or 0) if admitted else 0),
        "toegelaten": dg.MetadataValue.md(markdown_table(heading, newest)),
    }


@dg.multi_asset_check(
    name="grens_in",
    specs=[
        _check_spec(dg.AssetKey(extract.asset_key), expectation, blocking=False)
        for extract in EXTRACTS.values()
        for expectation in _checks_of(extract)
    ]
    + [spec for extract in EXTRACTS.values() for spec in _standing_specs(extract)],
    can_subset=True,
    required_resource_keys={"sole_writer"},
    description="Toont hoe elk extract ervoor staat en wat elke regel het laatst vond; de nacht meldt dat zelf.",
)
def border_in(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
    """Tell again what stands in the register; a delivery is checked when it arrives, and then only."""
    with told_plainly(context.resources.sole_writer):
        yield from _tell_border_in(context)


def _tell_border_in(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
    paths = data_paths()
    with open_database(paths.raw, read_only=True) as con:
        told = {_key(result): result for result in [*_border_results(con), *_lateness_results(paths)]}
    for check in sorted(context.selected_asset_check_keys, key=str):
        yield told.get(check) or _not_looked(check)


def _not_looked(check: dg.AssetCheckKey) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=check.asset_key,
        check_name=check.name,
        passed=False,
        severity=dg.AssetCheckSeverity.WARN,
        description="Nog niet gecontroleerd: in wat van kracht is, heeft deze regel niets bekeken.",
    )


def _finding_result(check: dg.AssetCheckKey, found: Mapping[str, Any]) -> dg.AssetCheckResult:
    """What a rule found, with the delivery that it looked at, and when that came in."""
    where = {
        "levering_nr": found["levering_nr"],
        "bestand": found["bestand"],
        "geladen_op": f"{found['geladen_op']:%d-%m-%Y %H:%M}",
    }
    told = f"levering {found['levering_nr']}: {found['gevonden']}"
    return _check_result(check, {**found, "gevonden": told}, where)


def _check_result(check: dg.AssetCheckKey, found: Mapping[str, Any], where: Mapping[str, Any]) -> dg.AssetCheckResult:
    severity = dg.AssetCheckSeverity.ERROR if found["ernst"] == "critical" else dg.AssetCheckSeverity.WARN
    return dg.AssetCheckResult(
        asset_key=check.asset_key,
        check_name=check.name,
        passed=found["is_voldaan"],
        severity=severity,
        description=found["gevonden"],
        metadata={
            "verwacht": found["verwachting"],
            "aantal_afwijkend": found["aantal_afwijkend"],
            "aantal_bekeken": found["aantal_bekeken"] if found["aantal_bekeken"] is not None else "onbekend",
            **({"voorbeelden": dg.MetadataValue.json(found["voorbeelden"])} if found["voorbeelden"] else {}),
            **where,
        },
    )


def _model_spec(node: Node) -> dg.AssetSpec:
    return dg.AssetSpec(
        dg.AssetKey(node.key),
        deps=[dg.AssetKey(parent) for parent in node.parents],
        description=node.description,
        group_name=node.group,
        owners=STEWARDS if node.layer == "seeds" else ANALYSTS,
        kinds={"dbt", "duckdb"},
        code_version=node.checksum,
        metadata={
            "dagster/column_schema": dg.TableSchema(
                [
                    dg.TableColumn(column.name, type=column.data_type, description=column.description)
                    for column in node.columns
                ]
            ),
            "dbt": node.unique_id,
        },
    )


def _tests_check(node: Node) -> dg.AssetCheckKey:
    return dg.AssetCheckKey(dg.AssetKey(node.key), "dbt_tests")


# Kept by hand and read by the models: the build loads them along, and nothing is there to be told of each every night.
SEEDS = [_model_spec(node) for node in NODES.values() if node.layer == "seeds"]


def _what_was(builder: Builder) -> None:
    """The models say what changed since the last publication and how figures grew, so that comes before the present."""
    reconstruct(builder)
    count_states(builder, PRESENT)


@dg.multi_asset(
    name="modellen",
    specs=[_model_spec(node) for node in MODELS.values()],
    can_subset=True,
    required_resource_keys={"sole_writer"},
    description="Laadt de lijsten, bouwt de modellen, draait hun tests en houdt de cijfers tegen de agenda.",
)
def models(context: dg.AssetExecutionContext) -> Iterator[Told]:
    """Build seeds and models, and test them and the figures; all of them, whatever was chosen to be told of."""
    with told_plainly(context.resources.sole_writer):
        yield from _build(context)


def _build(context: dg.AssetExecutionContext) -> Iterator[Told]:
    paths = data_paths()
    tried = build_on_trial(paths, _what_was)
    _tell_held(tried.held)
    with open_database(paths.raw, read_only=True) as con:
        if tried.held:
            write_reports(con, [each.delivery.number for each in tried.held], EXTRACTS, paths.reports)
        # What was admitted may be held by now, or the other way round.
        yield from map(_evaluation, _not_yet_told(context.instance, _border_results(con)))
    found = {outcome.node.id: outcome for outcome in tried.outcomes}
    step("vastleggen in Dagster")
    for node in MODELS.values():
        if result := _tests_result(node, found):
            yield _evaluation(result)
    for mart, finding in tried.findings:
        if not finding.passed and finding.severity != "critical":
            log.warning("grens uit, %s.%s: %s", mart, finding.name, finding.found, extra=CAUTION)
        yield _evaluation(_check_result(_mart_check(mart, finding.name), finding.as_mapping(), {}))
    if tried.broken:
        # The warehouse that stands was not replaced, so no model is told of.
        raise dg.Failure("\n".join(each.whole for each in tried.broken))
    with open_database(paths.warehouse, read_only=True) as con:
        rows = _row_counts(con)
        shown = {_mart_key("fct_voortgang"): {"cijfer_en_norm": dg.MetadataValue.md(overview(con))}}
    for outcome in tried.outcomes:
        key = dg.AssetKey(outcome.node.relation)
        if outcome.node.kind == "model" and key in context.selected_asset_keys:
            size = {"dagster/row_count": rows[outcome.node.relation]} if outcome.node.relation in rows else {}
            told = {"seconden": round(outcome.seconds, 2), **size, **shown.get(key, {})}
            yield dg.MaterializeResult(asset_key=key, metadata=told)


def _tell_held(held: Sequence[Held]) -> None:
    if held:
        lines = [
            f"levering {each.delivery.number} {each.delivery.registration}/{each.delivery.file}: {each.reason}"
            for each in held
        ]
        alerts.tell(f"{len(held)} leveringen op proef aangehouden; de eerdere blijven van kracht", "\n".join(lines))


def _row_counts(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], int]:
    """Rows of every table in the warehouse, by schema and name; a view is not counted."""
    sizes = con.execute("select schema_name, table_name, estimated_size from duckdb_tables()").fetchall()
    return {(schema, table): rows for schema, table, rows in sizes}


@dg.multi_asset_check(
    name="tests",
    specs=[
        dg.AssetCheckSpec(
            _tests_check(node).name,
            asset=_tests_check(node).asset_key,
            description=(
                f"{counted(len(node.tests), 'test', 'tests')} van dit model in dbt: "
                f"{', '.join(sorted(node.tests.values()))}."
            ),
            blocking=True,
        )
        for node in MODELS.values()
        if node.tests
    ],
    can_subset=True,
    required_resource_keys={"sole_writer"},
    description="Draait tests van modellen nog eens; de nacht draait ze bij het bouwen.",
)
def model_tests(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
    """Run the tests of the chosen models, without building any."""
    with told_plainly(context.resources.sole_writer):
        yield from _test_models(context)


def _test_models(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
    chosen = {check.asset_key for check in context.selected_asset_check_keys}
    nodes = [node for node in MODELS.values() if dg.AssetKey(node.key) in chosen]
    found = {outcome.node.id: outcome for outcome in ask_tests(data_paths(), [node.key for node in nodes])}
    for node in nodes:
        if result := _tests_result(node, found):
            yield result


def _tests_result(node: Node, outcomes: Mapping[str, Outcome]) -> dg.AssetCheckResult | None:
    """What the tests of a model found together; None where none of them was asked."""
    found = {test: outcomes[name] for name, test in sorted(node.tests.items(), key=str) if name in outcomes}
    looked_at = {test: outcome for test, outcome in found.items() if outcome.status != "overgeslagen"}
    if not looked_at:
        return None
    broken = {test: outcome for test, outcome in looked_at.items() if outcome.status != "gelukt"}
    only_warnings = all(outcome.status == "waarschuwing" for outcome in broken.values())
    told = [f"{test}: {_told(outcome)}" for test, outcome in broken.items()]
    said = "; ".join([f"{len(looked_at)} van {len(node.tests)} tests bekeken", *(told or ["geen afwijking"])])
    return dg.AssetCheckResult(
        asset_key=_tests_check(node).asset_key,
        check_name=_tests_check(node).name,
        passed=not broken,
        severity=dg.AssetCheckSeverity.WARN if only_warnings else dg.AssetCheckSeverity.ERROR,
        description=said,
        metadata={
            "aantal_tests": len(looked_at),
            **({"afwijkend": dg.MetadataValue.md("\n".join(f"- {line}" for line in told))} if told else {}),
        },
    )


def _told(outcome: Outcome) -> str:
    return "kon niet worden uitgevoerd; de stap zegt waarom" if outcome.status == "fout" else outcome.message


def _unchanged(context: dg.AssetExecutionContext, key: dg.AssetKey) -> dg.Output[None]:
    """An output that later steps can wait for, where nothing was made: Dagster skips a step that misses one."""
    name = context.assets_def.get_output_name_for_asset_key(key)
    return dg.Output(None, output_name=name, metadata={SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION: True})


def _mart_key(mart: str) -> dg.AssetKey:
    return dg.AssetKey([SCHEMA, mart])


@dg.multi_asset_check(
    name="grens_uit",
    specs=[
        _check_spec(_mart_key(mart), expectation, blocking=True)
        for mart in marts_with_expectations()
        for expectation in suite_of_mart(mart)
    ],
    can_subset=True,
    required_resource_keys={"sole_writer"},
    description="Houdt de cijfers nog eens tegen de agenda; de nacht doet dat bij het bouwen.",
)
def border_out(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
    """Test the marts of the warehouse that stands against the agenda."""
    with told_plainly(context.resources.sole_writer):
        yield from _test_marts(context)


def _test_marts(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
    selected = context.selected_asset_check_keys
    with open_warehouse(data_paths()) as con:
        for mart, finding in validate_marts(con, lambda mart, rule: _mart_check(mart, rule.name) in selected):
            yield _check_result(_mart_check(mart, finding.name), finding.as_mapping(), {})


def _mart_check(mart: str, name: str) -> dg.AssetCheckKey:
    return dg.AssetCheckKey(_mart_key(mart), name)


def _note_publication(context: dg.AssetExecutionContext, before: Collection[str], published: Publication) -> None:
    """Write down what was published, and which earlier publication made room for it."""
    paths, origin = data_paths(), of_run(context.run.run_id)
    outcome = "gepubliceerd" if published.is_new else "niets veranderd"
    journal.note(paths, journal.PUBLICATION, f"publicatie {published.number}", outcome, origin)
    for gone in sorted(set(before) - {folder.name for folder in paths.versions.glob("*")}):
        journal.note(paths, "opruimen", f"publicatie {int(gone)}", "verwijderd", origin)


def report_of(file: Path) -> dict[str, dg.PathMetadataValue]:
    """Where the report on a published file stands, as metadata; nothing where it could not be made.

    Args:
        file: The published file.
    """
    page = page_beside(file)
    return {"rapportage": dg.MetadataValue.path(str(page))} if page else {}


@dg.asset(
    key=PUBLICATION,
    deps=[_mart_key(mart) for mart in MARTS],
    group_name="publicatie",
    owners=ENGINEERS,
    kinds={"duckdb"},
    required_resource_keys={"sole_writer"},
    description="Het bestand dat BI-gereedschap opent: alle marts, in een keer vervangen en alleen te lezen.",
)
def publication(context: dg.AssetExecutionContext) -> Iterator[Told]:
    """Write the marts to a new file, audit it, and swap it in; tell who is late by what it says."""
    with told_plainly(context.resources.sole_writer):
        yield from _publish(context)


def _publish(context: dg.AssetExecutionContext) -> Iterator[Told]:
    paths = data_paths()
    before = {folder.name for folder in paths.versions.glob("*")}
    published = publish(paths, MARTS)
    _note_publication(context, before, published)
    # The last step of every night, whoever started it.
    purge_runs(context.instance)
    novelty.finish(paths, context.run.run_id)
    yield from lateness_events(context.instance, paths)
    documentation = paths.documentation / "index.html"
    yield dg.MaterializeResult(
        metadata={
            "publicatie_nr": published.number,
            "peildatum": published.peildatum.isoformat(),
            "is_nieuw": published.is_new,
            "is_demo": published.is_demo,
            "bestand": dg.MetadataValue.path(str(published.file)),
            **report_of(published.file),
            **({"documentatie": dg.MetadataValue.path(str(documentation))} if documentation.exists() else {}),
            "dagster/row_count": sum(published.rows.values()),
            "tabellen": dg.MetadataValue.json(published.rows),
        }
    )
