"""One set of models serves two engines: Spark makes of a landing zone what DuckDB makes of it, row by row."""

import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.entity import SYSTEMS, entities_of, landed_schema
from connectors.landing import write_batch
from sandbox.source import ENTITIES
from sandbox.world import World

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]

PROJECT = Path(__file__).resolve().parents[3] / "dbt_project"
NOW = datetime(2026, 7, 6, 18, tzinfo=UTC)
# Everything that vendor_month reads, the promise ledger, the rules about vendors, and the targets of the ecosystem.
PATH = ("+vendor_month", "+fct_promise_change", "+vendor_warning_month", "+vendor_warning_evidence", "+target_warning")


@pytest.fixture(scope="module")
def built(company: Any, spark: Any) -> Any:
    """The same company on both engines."""
    land_world(company)
    land_messes(company)
    results = company.build(NOW, *PATH)
    spark.tell(company.file)
    spark.dbt("seed")
    spark.dbt("run", "--select", *PATH)
    kept = [result.node for result in results if result.node.config.materialized != "ephemeral"]
    company.models = [node.name for node in kept]
    company.relations = [f"{node.schema}.{node.name}" for node in kept]
    return company


def land_world(company: Any) -> None:
    """A simulated company, read three times: promises move, tickets close, most rows repeat."""
    from_world = {
        system: [entity.name for entity in entities_of(system) if entity.name in ENTITIES] for system in SYSTEMS
    }
    assert sum(len(feeds) for feeds in from_world.values()) >= 7
    world = World(seed=11, size=0.02)
    for days in (0, 5, 1):
        world.advance(days)
        for system, feeds in from_world.items():
            for entity in feeds:
                company.land_documents(system, entity, world.rows(entity), world.now())
    assert world.now() == NOW


def land_messes(company: Any) -> None:
    """What real systems do to a reader: padded numbers, unreadable values, an older file, rows that come back."""
    early, late = NOW - timedelta(days=4), NOW - timedelta(days=1)

    def order(day: int, quantity: Any, changed_at: datetime, **more: Any) -> dict[str, Any]:
        lines = [
            {
                "ScheduleLine": "0001",
                "ScheduleLineDeliveryDate": date(2026, 7, day),
                "ScheduleLineOrderQuantity": Decimal(5),
            }
        ]
        items = [{"PurchaseOrderItem": "00010", "OrderQuantity": quantity, "_PurchaseOrderScheduleLineTP": lines}]
        return {
            "PurchaseOrder": "0000000777",
            "Supplier": "0000900001",
            "PurchaseOrderDate": date(2026, 6, 1),
            "LastChangeDateTime": changed_at,
            "_PurchaseOrderItem": items,
            **more,
        }

    for step, (day, quantity) in enumerate(((10, Decimal(5)), (12, None), (10, Decimal("7.125")))):
        at = early + timedelta(days=step)
        company.land_documents("sap_s4hana", "purchase_order", [order(day, quantity, at)], at)
    # a value that could not be read, under a name with a dot too; a key that is missing
    company.land(
        "sap_s4hana",
        "purchase_order_item",
        [
            {
                "PurchaseOrder": "777",
                "PurchaseOrderItem": "10",
                "_changed_at": late,
                "_unreadable": '{"OrderQuantity": "1.2.3"}',
            },
            {"PurchaseOrder": "  ", "PurchaseOrderItem": "10", "_changed_at": late},
        ],
        late,
    )
    company.land(
        "servicenow",
        "incident",
        [
            {
                "sys_id": "mess",
                "number": "INC1",
                "vendor": "v",
                "vendor.name": 'Ümläut & "Söhne" GmbH',
                "opened_at": late,
            }
        ],
        late,
    )
    # a file of before the source gained a field
    schema = landed_schema("sap_s4hana", "supplier")
    row = {"Supplier": "900001", "SupplierName": "ÜMLÄUT & söhne gmbh", "_deleted": False}
    write_batch(
        company.landing,
        system="sap_s4hana", connection_id="erp_s4hana", entity="supplier", mode="full", run_id="older",
        extracted_at=early, table=older_table(schema, row, without="PostingIsBlocked"), is_last=True,
    )  # fmt: skip


def older_table(schema: Any, row: dict[str, Any], without: str) -> Any:
    import pyarrow as pa

    given = [field for field in schema if field.name in row or not field.name.startswith("_")]
    return pa.Table.from_pylist([row], schema=pa.schema([field for field in given if field.name != without]))


def test_every_model_compiles_for_spark(built, spark):
    others = spark.dbt("compile", "--select", "resource_type:model", "--exclude", *PATH)
    compiled = {*built.models, *(result.node.name for result in others.results)}
    every = {path.stem: path for path in (PROJECT / "models").rglob("*.sql")}
    inside_others = {name for name, path in every.items() if "materialized='ephemeral'" in path.read_text()}
    assert set(every) - inside_others <= compiled
    assert len(every) >= 50


def test_spark_gives_the_rows_that_duckdb_gives(built, spark):
    assert {"marts.vendor_month", "marts.fct_schedule_line"} <= set(built.relations)
    rows = {relation: compared(built.file, relation, spark.files(relation)) for relation in built.relations}
    assert min(rows["intermediate.int_vendor_warning__score"], rows["marts.vendor_warning_month"]) >= 10
    assert min(rows["marts.vendor_month"], rows["marts.fct_schedule_line"], rows["marts.dim_vendor"]) >= 200


def test_the_messes_came_through(built):
    [line] = built.rows("select * from marts.fct_schedule_line where purchase_order = '777'")
    assert (line["ordered_quantity"], line["observed_promise_changes"]) == (Decimal("5.000"), 2)
    assert "unreadable_newest_version" in line["data_flags"]
    [ticket] = built.rows("select * from marts.fct_service_ticket where ticket = 'INC1'")
    assert ticket["vendor_key"] == "erp_s4hana:900001"


def compared(file: Path, relation: str, files: str) -> int:
    """The number of rows, after each of them was found in both; doubles may differ by 1e-9 of their size."""
    with duckdb.connect(str(file), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        own_types = types(connection, relation)
        spark_types = types(connection, f"read_parquet('{files}')")
        assert list(spark_types) == list(own_types), relation
        if relation.startswith(("marts.", "staging.")):
            assert spark_types == own_types, relation
        # each engine has a hash of its own, and buckets hold one
        read = {
            name: "null" if name.endswith(("_hash", "_bucket")) else f'cast("{name}" as {own_types[name]})'
            for name in own_types
        }
        select = f"select {', '.join(read.values())}"
        doubles = {place for place, kind in enumerate(own_types.values()) if kind == "DOUBLE"}
        own = in_order(connection.execute(f"{select} from {relation}").fetchall(), doubles)
        other = in_order(connection.execute(f"{select} from read_parquet('{files}')").fetchall(), doubles)
    assert len(own) == len(other), relation
    for left, right in zip(own, other, strict=True):
        different = {
            name: (on_duckdb, on_spark)
            for name, on_duckdb, on_spark in zip(read, left, right, strict=True)
            if not same(on_duckdb, on_spark)
        }
        assert different == {}, f"{relation}: {left}"
    return len(own)


def types(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    described = connection.execute(f"describe select * from {table}").fetchall()
    return {name: kind.replace(" WITH TIME ZONE", "") for name, kind, *_ in described}


def same(left: Any, right: Any) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-9)
    return left == right


def in_order(rows: list[tuple[Any, ...]], doubles: set[int]) -> list[tuple[Any, ...]]:
    """By everything but doubles, then by those: two engines may round the last digit differently."""
    return sorted(
        rows,
        key=lambda row: (
            [repr(value) for index, value in enumerate(row) if index not in doubles],
            [repr(None if row[index] is None else round(row[index], 6)) for index in sorted(doubles)],
        ),
    )
