"""A warehouse under test: lands batches, writes the control tables, runs dbt in this process, parsed once."""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from connectors.entity import Entity, entities_of, entity_of, landed_schema
from connectors.landing import Batch, list_batches, write_batch
from warehouse.build import ORDERS_IN_SLICE
from warehouse.inputs import known_by

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
KINDS = {"sap_s4hana": "erp", "salesforce": "crm", "servicenow": "sla_portal", "ecosystem": "own"}
CONNECTIONS = {
    "sap_s4hana": "erp_s4hana",
    "salesforce": "crm_salesforce",
    "servicenow": "sla_servicenow",
    "ecosystem": "ecosystem",
}
FEEDS = {system: tuple(entity.name for entity in entities_of(system)) for system in KINDS}
SET_BY_WRITER = {"_connection_id", "_entity", "_extracted_at", "_batch_id"}


class Dbt:
    """dbt in this process: parsed once, then every command reuses the manifest."""

    def __init__(self, scratch: Path) -> None:
        os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
        self._scratch = scratch
        self.target = scratch / "target"
        self.manifest: Any = None

    def seeded(self) -> Path:
        """A warehouse file that holds the seeds and nothing else, made once."""
        file = self._scratch / "ecosystem.duckdb"
        if not file.exists():
            self.run(file, "seed")
        return file

    def run(self, warehouse: Path, *command: str) -> Any:
        """Run one command against a warehouse file and close the file; fails with what dbt said."""
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        os.environ["ECOSYSTEM_WAREHOUSE"] = str(warehouse)
        options = [
            "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--quiet",
            # what a second run does not need takes half of its time
            "--no-write-json", "--cache-selected-only", "--log-level-file", "none",
            "--target-path", str(self.target), "--log-path", str(self._scratch / "logs"),
        ]  # fmt: skip
        try:
            if self.manifest is None:
                parsed = dbtRunner().invoke(["parse", *options])
                if not parsed.success:
                    raise AssertionError(f"dbt parse failed: {parsed.exception}")
                self.manifest = parsed.result
            forget_compiled(self.manifest)
            outcome = dbtRunner(manifest=self.manifest).invoke([*command, *options])
        finally:
            DuckDBConnectionManager.close_all_connections()
        if not outcome.success:
            failures = [
                f"{result.node.name}: {result.message}"
                for result in (outcome.result or [])
                if str(result.status) in ("error", "fail")
            ]
            raise AssertionError(f"dbt {command[0]} failed: {outcome.exception or failures}")
        return outcome.result


def forget_compiled(manifest: Any) -> None:
    """Make a manifest that was used good for another command: what was compiled has lost the ephemeral models inside
    ephemeral ones."""
    for node in manifest.nodes.values():
        if node.resource_type in ("model", "test"):
            node.compiled, node.compiled_code = False, None
            node.extra_ctes, node.extra_ctes_injected = [], False


class Warehouse:
    """One landing zone and one warehouse file."""

    def __init__(self, root: Path, dbt: Dbt, file: Path | None = None) -> None:
        self.landing = root / "landing"
        self.file = file or root / "ecosystem.duckdb"
        self.stale: set[str] = set()
        self.first_published: dict[str, datetime] | None = None
        """As-of time of the first publication of each batch: builds then see what was known, as a build of the past."""
        self.orders_in_slice = ORDERS_IN_SLICE
        self._root = root
        self._dbt = dbt

    def sibling(self, name: str) -> "Warehouse":
        """Another warehouse over the same landing zone, which makes all orders a few at a time as one of millions
        does."""
        folder = self._root / name
        folder.mkdir(exist_ok=True)
        other = Warehouse(self._root, self._dbt, folder / "ecosystem.duckdb")
        other.orders_in_slice = 7
        return other

    def land(
        self,
        system: str,
        entity: str,
        rows: Sequence[Mapping[str, Any]],
        at: datetime,
        *,
        connection: str | None = None,
        run_id: str = "run",
        mode: str = "incremental",
        is_last: bool = True,
    ) -> Batch:
        """Land rows as one batch, extracted at that time; fields that a row does not name are null."""
        schema = landed_schema(system, entity)
        given = pa.schema([field for field in schema if field.name not in SET_BY_WRITER])
        unknown = {name for row in rows for name in row} - set(given.names)
        assert not unknown, f"{entity} has no field {unknown}"
        table = pa.Table.from_pylist([{"_deleted": False, **row} for row in rows], schema=given)
        return write_batch(
            self.landing,
            system=system,
            connection_id=connection or CONNECTIONS[system],
            entity=entity,
            mode=mode,  # type: ignore[arg-type]
            run_id=run_id,
            extracted_at=at,
            table=table,
            is_last=is_last,
        )

    def land_documents(
        self,
        system: str,
        entity: str,
        records: Sequence[Mapping[str, Any]],
        at: datetime,
        *,
        is_complete: bool = True,
        **settings: Any,
    ) -> None:
        """Land nested records as a connector does: children first, with the parent's change time, then the parent.

        Without ``is_complete`` the run was killed before its last batch.
        """
        parent = entity_of(system, entity)
        rows: dict[str, list[dict[str, Any]]] = {part.name: [] for part in parent.with_descendants()}
        for record in records:
            changed_at = _changed_at(parent, record)
            child_keys: list[str] = []
            _collect(parent, parent, record, changed_at, rows, child_keys)
            if parent.children:
                rows[entity][-1]["_child_keys"] = child_keys
        for name in reversed(rows):
            self.land(system, name, rows[name], at, is_last=is_complete and name == entity, **settings)

    def build(
        self, as_of: datetime, *select: str, full: bool = False, consume: bool = True, command: str = "run"
    ) -> Any:
        """Build what is selected (everything without a selection) as of that time."""
        if not self.file.exists():
            copyfile(self._dbt.seeded(), self.file)
        self._write_control(as_of)
        arguments = [command, *(["--full-refresh"] if full else []), *(["--select", *select] if select else [])]
        result = self._dbt.run(self.file, *arguments)
        if consume:
            with duckdb.connect(str(self.file)) as connection:
                connection.execute(
                    "insert into control.consumed_batch select batch_id from control.landed_batch where is_new"
                )
                connection.execute("update control.build set is_complete = true")
        return result

    def made_touched_orders_alone(self) -> bool:
        """Whether the last build went on from the one before: a row without a bucket would stand for all orders."""
        return not self.rows("from intermediate.int_erp__touched_order where order_bucket is null")

    def statements(self, model: str) -> str:
        """The SQL by which dbt made this model last."""
        return next(self._dbt.target.glob(f"run/*/models/**/{model}.sql")).read_text(encoding="utf-8")

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The rows of a query, as dictionaries."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            cursor = connection.execute(query)
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _write_control(self, as_of: datetime) -> None:
        batches = [batch for batch in list_batches(self.landing) if batch.extracted_at <= as_of]
        if self.first_published is not None:
            batches = list(known_by(as_of, batches, self.first_published))
        with duckdb.connect(str(self.file)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute("create schema if not exists control")
            connection.execute("create table if not exists control.consumed_batch (batch_id varchar)")
            consumed = {row[0] for row in connection.execute("select batch_id from control.consumed_batch").fetchall()}
            connection.execute(
                "create table if not exists control.build (build_id varchar, as_of timestamp, code_hash varchar,"
                " is_continued boolean, orders_in_slice bigint, is_complete boolean)"
            )
            last = connection.execute("select is_complete from control.build").fetchone()
            connection.execute("delete from control.build")
            connection.execute(
                "insert into control.build values ('test', ?, 'test', ?, ?, false)",
                [as_of.astimezone(UTC).replace(tzinfo=None), last == (False,), self.orders_in_slice],
            )
            connection.execute(
                "create or replace table control.landed_batch (system varchar, connection_id varchar, entity varchar,"
                " batch_id varchar, sequence bigint, path varchar, mode varchar, run_id varchar, is_last boolean,"
                " row_count bigint, unreadable_count bigint, extracted_at timestamp, window_from timestamp,"
                " window_to timestamp, is_new boolean)"
            )
            for batch in batches:
                connection.execute(
                    "insert into control.landed_batch values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null, null, ?)",
                    [
                        batch.system, batch.connection_id, batch.entity, batch.batch_id, batch.sequence,
                        str(batch.path), batch.mode, batch.run_id, batch.is_last, batch.row_count,
                        batch.unreadable_count, batch.extracted_at.astimezone(UTC).replace(tzinfo=None),
                        batch.batch_id not in consumed,
                    ],
                )  # fmt: skip
            connection.execute(
                "create or replace table control.feed (system varchar, kind varchar, connection_id varchar,"
                " entity varchar, last_complete_at timestamp, stale_after_hours double, is_stale boolean,"
                " last_full_rows bigint, previous_full_rows bigint)"
            )
            landed = {(batch.system, batch.connection_id) for batch in batches}
            for system, connection_id in sorted(landed | set(CONNECTIONS.items())):
                for entity in FEEDS[system]:
                    own = [
                        batch
                        for batch in batches
                        if (batch.connection_id, batch.entity) == (connection_id, entity) and batch.is_last
                    ]
                    last = max((batch.extracted_at for batch in own), default=None)
                    ages = KINDS[system] != "own"
                    stale = ages and (entity in self.stale or last is None or as_of - last > timedelta(hours=48))
                    connection.execute(
                        "insert into control.feed values (?, ?, ?, ?, ?, 48, ?, null, null)",
                        [
                            system, KINDS[system], connection_id, entity,
                            last and last.astimezone(UTC).replace(tzinfo=None), stale,
                        ],
                    )  # fmt: skip


def _changed_at(entity: Entity, record: Mapping[str, Any]) -> datetime | None:
    parts = [record.get(name) for name in entity.changed_at]
    if not parts or parts[0] is None:
        return None
    if len(parts) == 1 and isinstance(parts[0], datetime):
        return parts[0]
    return datetime.combine(parts[0], time.fromisoformat((parts[1:] and parts[1]) or "00:00:00"), UTC)


def _collect(
    root: Entity,
    entity: Entity,
    record: Mapping[str, Any],
    changed_at: datetime | None,
    rows: dict[str, list[dict[str, Any]]],
    child_keys: list[str],
) -> None:
    own = {field.name: record.get(field.name) for field in entity.fields}
    deleted = bool(record.get(entity.deleted)) if entity.deleted else False
    unreadable = {"_unreadable": record["_unreadable"]} if "_unreadable" in record else {}
    rows[entity.name].append({**own, **unreadable, "_changed_at": changed_at, "_deleted": deleted})
    if entity is not root:
        child_keys.append("/".join([entity.name, *(str(own[name]) for name in entity.key if name not in root.key)]))
    for child in entity.children:
        for nested in record.get(child.source) or ():
            inherited = {name: own[name] for name in entity.key}
            _collect(root, child, {**inherited, **nested}, changed_at, rows, child_keys)


@pytest.fixture(scope="session")
def dbt(tmp_path_factory: pytest.TempPathFactory) -> Dbt:
    return Dbt(tmp_path_factory.mktemp("dbt"))


@pytest.fixture(scope="session")
def again() -> Callable[[Any], None]:
    """See `forget_compiled`."""
    return forget_compiled


@pytest.fixture
def warehouse(tmp_path: Path, dbt: Dbt) -> Warehouse:
    return Warehouse(tmp_path, dbt)


@pytest.fixture(scope="session")
def warehouse_at(dbt: Dbt) -> Callable[[Path], Warehouse]:
    return lambda root: Warehouse(root, dbt)
