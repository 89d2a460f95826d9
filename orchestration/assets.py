"""The road as Dagster shows it: deliveries, models, the border out, the publication. Thin; the work is done elsewhere.

Every step takes the resource `sole_writer`, so that two runs that want the warehouse wait for one another.
"""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import dbt_assets
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from orchestration import alerts, register
from orchestration.admission import Arrivals, admit_deliveries
from orchestration.declarations import Extract, read_declarations
from orchestration.expectations import (
    Expectation,
    marts_with_expectations,
    suite_of_extract,
    suite_of_mart,
)
from orchestration.ledger import CONTENT
from orchestration.locking import open_database, open_warehouse, sole_writer
from orchestration.paths import DataPaths, data_paths
from orchestration.progress import CAUTION, STOPS, step
from orchestration.pseudonyms import key_from_environment
from orchestration.publishing import SCHEMA, publish
from orchestration.reconstruction import reconstruct
from orchestration.transformation import TransformationError, build, column_descriptions, manifest_file, models_of
from orchestration.validation import validate_marts

log = logging.getLogger(__name__)

STEWARDS = ["team:gegevensbeheer"]
ENGINEERS = ["team:warehouse"]
REGISTER = [dg.AssetKey(["leveringen", name]) for name in ("levering", "levering_periode", "oordeel")]
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
    for name in ("gebeurtenis", *CONTENT)
]

EXTRACTS = read_declarations()
MANIFEST = manifest_file(data_paths())
MARTS = models_of(MANIFEST, "marts")


@dg.resource(description="Een schrijver tegelijk: wacht tot geen andere run in de datamap schrijft.")
def sole_writer_resource(_: dg.InitResourceContext) -> Iterator[None]:
    """Hold the lock of the data folder for the length of the run."""
    with sole_writer(data_paths()):
        yield


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


def _check_spec(key: dg.AssetKey, expectation: Expectation, blocking: bool) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        expectation.name,
        asset=key,
        description=expectation.description,
        blocking=blocking and expectation.severity == "critical",
    )


@dg.multi_asset(
    name="leveringen",
    specs=[_extract_spec(extract) for extract in EXTRACTS.values()] + [_register_spec(key) for key in REGISTER],
    check_specs=[
        _check_spec(dg.AssetKey(extract.asset_key), expectation, blocking=False)
        for extract in EXTRACTS.values()
        for expectation in suite_of_extract(extract)
    ],
    can_subset=True,
    required_resource_keys={"sole_writer"},
    pool="warehouse",
    description="Laadt nieuwe leveringen als kandidaat, controleert ze, en laat ze toe, weigert ze of houdt ze aan.",
)
def deliveries(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Take every new delivery of the selected registrations to its verdict."""
    paths = data_paths()
    registrations = {key.path[0] for key in context.selected_asset_keys}
    chosen = {name: extract for name, extract in EXTRACTS.items() if name[0] in registrations} or EXTRACTS
    paths.data.mkdir(parents=True, exist_ok=True)
    with open_database(paths.raw) as con:
        arrivals = admit_deliveries(con, paths.inbox, paths.scratch, chosen, key_from_environment())
        _tell_refused(con, arrivals)
        for extract in chosen.values():
            key = dg.AssetKey(extract.asset_key)
            if key in context.selected_asset_keys:
                yield dg.MaterializeResult(asset_key=key, metadata=_delivery_metadata(con, extract, arrivals))
        for key in REGISTER:
            if key in context.selected_asset_keys:
                rows = con.execute(f"select count(*) from leveringen.{key.path[-1]}").fetchall()[0][0]
                yield dg.MaterializeResult(asset_key=key, metadata={"dagster/row_count": rows})
        for check in sorted(context.selected_asset_check_keys, key=str):
            yield _delivery_check(con, check, arrivals)


def _tell_refused(con: duckdb.DuckDBPyConnection, arrivals: Arrivals) -> None:
    refused = [row for row in register.deliveries(con, arrivals.numbers) if row.verdict != "toegelaten"]
    if refused:
        lines = [f"levering {row.number} {row.registration}/{row.file}: {row.verdict}: {row.reason}" for row in refused]
        alerts.tell(f"{len(refused)} leveringen niet toegelaten; de eerdere blijven van kracht", "\n".join(lines))


def _delivery_metadata(con: duckdb.DuckDBPyConnection, extract: Extract, arrivals: Arrivals) -> dict[str, Any]:
    rows = [row for row in register.deliveries(con) if [row.registration, row.extract] == extract.asset_key]
    new = [row for row in rows if row.number in arrivals.numbers]
    admitted = [row for row in rows if row.verdict == "toegelaten"]
    table = [f"| {row.number} | {row.file} | {row.stand_datum} | {row.verdict} | {row.reason or ''} |" for row in rows]
    header = ["| levering | bestand | stand | oordeel | reden |", "|---|---|---|---|---|"]
    return {
        "dagster/row_count": admitted[-1].loaded if admitted and admitted[-1].loaded else 0,
        "nieuw_deze_run": len(new),
        "leveringen": dg.MetadataValue.md("\n".join(header + table[-20:])),
    }


def _delivery_check(con: duckdb.DuckDBPyConnection, check: dg.AssetCheckKey, arrivals: Arrivals) -> dg.AssetCheckResult:
    found = register.finding(con, check.asset_key.path, check.name, arrivals.numbers)
    if found is None:
        return dg.AssetCheckResult(
            asset_key=check.asset_key,
            check_name=check.name,
            passed=False,
            severity=dg.AssetCheckSeverity.WARN,
            description="Nog niet gecontroleerd: er is geen levering die gelezen kon worden.",
        )
    return _check_result(check, found, {"levering_nr": found["levering_nr"], "bestand": found["bestand"]})


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
            "gevonden": found["gevonden"],
            "aantal_afwijkend": found["aantal_afwijkend"],
            "aantal_bekeken": found["aantal_bekeken"] if found["aantal_bekeken"] is not None else "onbekend",
            "voorbeelden": dg.MetadataValue.json(found["voorbeelden"]),
            **where,
        },
    )


@dbt_assets(
    manifest=MANIFEST,
    name="modellen",
    required_resource_keys={"sole_writer"},
    pool="warehouse",
)
def models(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Build seeds and models and run their tests, in one dbt invocation."""
    paths = data_paths()
    options = []
    if context.is_subset:
        options += ["--select", *sorted(key.path[-1] for key in context.selected_asset_keys)]
    failure = None
    # The models say what changed since the last publication, so the ledger comes first.
    reconstruct(paths)
    try:
        events = build(paths, options)
    except TransformationError as error:
        failure, events = error, error.events
    step("modellen", what="vastleggen in Dagster")
    sizes = _table_sizes(paths)
    for event in events:
        message = DbtCoreCliEventMessage(raw_event=event, event_history_metadata={})
        for outcome in message.to_default_asset_events(manifest=MANIFEST, context=context):
            yield _with_size(outcome, sizes) if isinstance(outcome, dg.Output) else outcome
    if failure:
        raise dg.Failure(f"dbt: {failure}")


def _table_sizes(paths: DataPaths) -> dict[str, tuple[int | None, dg.TableSchema]]:
    """Rows and columns of every table and view in the warehouse, by name; a view is not counted."""
    described = column_descriptions(MANIFEST)
    with open_database(paths.warehouse, read_only=True) as con:
        rows = dict(con.execute("select table_name, estimated_size from duckdb_tables()").fetchall())
        columns: dict[str, list[dg.TableColumn]] = {}
        for table, name, data_type in con.execute(
            "select table_name, column_name, data_type from duckdb_columns() order by table_oid, column_index"
        ).fetchall():
            description = described.get((table, name), "")
            columns.setdefault(table, []).append(dg.TableColumn(name, type=data_type, description=description))
    return {table: (rows.get(table), dg.TableSchema(columns=found)) for table, found in columns.items()}


def _with_size(output: dg.Output[Any], sizes: Mapping[str, tuple[int | None, dg.TableSchema]]) -> dg.Output[Any]:
    rows, schema = sizes.get(str(output.metadata["unique_id"].value).split(".")[-1], (None, None))
    metadata: dict[str, Any] = dict(output.metadata)
    if schema is not None:
        metadata["dagster/column_schema"] = schema
    if rows is not None:
        metadata["dagster/row_count"] = rows
    return dg.Output(output.value, output_name=output.output_name, metadata=metadata)


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
    pool="warehouse",
    description="Houdt de cijfers tegen de agenda; wat niet klopt houdt de publicatie tegen.",
)
def border_out(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
    """Test the marts against the agenda, and stop the publication where they do not agree."""
    paths = data_paths()
    selected = context.selected_asset_check_keys
    with open_warehouse(paths) as con:
        findings = validate_marts(con, lambda mart, rule: _mart_check(mart, rule.name) in selected)
        for number, (mart, finding) in enumerate(findings, start=1):
            step("grens uit", number, len(selected), mart)
            if not finding.passed:
                place = STOPS if finding.severity == "critical" else CAUTION
                log.error("grens uit, %s.%s: %s", mart, finding.name, finding.found, extra=place)
            yield _check_result(_mart_check(mart, finding.name), finding.as_mapping(), {})


def _mart_check(mart: str, name: str) -> dg.AssetCheckKey:
    return dg.AssetCheckKey(_mart_key(mart), name)


@dg.asset(
    key=PUBLICATION,
    deps=[_mart_key(mart) for mart in MARTS],
    group_name="publicatie",
    owners=ENGINEERS,
    kinds={"duckdb"},
    required_resource_keys={"sole_writer"},
    pool="warehouse",
    description="Het bestand dat BI-gereedschap opent: alle marts, in een keer vervangen en alleen te lezen.",
)
def publication(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Write the marts to a new file, audit it, and swap it in."""
    published = publish(data_paths(), MARTS)
    return dg.MaterializeResult(
        metadata={
            "publicatie_nr": published.number,
            "peildatum": published.peildatum.isoformat(),
            "is_nieuw": published.is_new,
            "bestand": dg.MetadataValue.path(str(published.file)),
            "dagster/row_count": sum(published.rows.values()),
            "tabellen": dg.MetadataValue.json(published.rows),
        }
    )
