"""Late and corrected documents: which published values they change, which not, and what `restatement` says of it."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from shutil import copyfile
from typing import Any

import duckdb
import pytest

from connectors.ecosystem import own_records
from connectors.ecosystem.publications import first_publications
from ecosystem.clock import iso
from ecosystem.paths import Home
from publishing.own_records import first_published, land_own_records
from tests.dbt_project.test_marts import item, order, receipt, schedule

DAY = datetime(2026, 7, 2, 18, tzinfo=UTC)
BEFORE = datetime(2026, 5, 1, 9, tzinfo=UTC)
PUBLISHED = ("vendor_month", "ecosystem_quarter", "kpi_definition")
# an increment goes on from the other tables of the chain too
BUILT = tuple(
    f"+{mart}"
    for mart in (
        "restatement", "vendor_month", "ecosystem_quarter", "reconciliation", "fct_promise_change", "early_warning",
        "int_erp__vendor_shown",
    )
)  # fmt: skip


def publish(warehouse: Any, home: Home, at: datetime) -> str:
    """Publish the marts of the warehouse as the publishing step does, without the gate, and land what was published."""
    build_id = f"{at:%Y%m%dT%H%M%SZ}-0123456789ab"
    folder = home.published / "builds" / build_id
    folder.mkdir(parents=True)
    marts = {}
    with duckdb.connect() as connection:
        connection.execute(f"attach '{warehouse.file}' as warehouse (read_only)")
        for mart in PUBLISHED:
            connection.execute(f"copy warehouse.marts.{mart} to '{folder / mart}.parquet'")
            columns = connection.execute(f"describe warehouse.marts.{mart}").fetchall()
            marts[mart] = {
                "file": f"{mart}.parquet",
                "columns": [{"name": name, "type": type_, "definition": name} for name, type_, *_ in columns],
            }
        new = first_published(connection, first_publications(home))
    manifest = {"build_id": build_id, "as_of": iso(at), "code_hash": "code", "marts": marts, "first_published": new}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    home.current.unlink(missing_ok=True)
    home.current.symlink_to(folder)
    land_own_records(home)
    return build_id


def order_due(number: str, vendor: str, due: date, **more: Any) -> dict[str, Any]:
    return order(number, item(schedule(due)), **{"PurchaseOrderDate": date(2026, 4, 10), "Supplier": vendor} | more)


@pytest.fixture(scope="module")
def restated(warehouse_at: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Published on 2 July; then a receipt of May lands late, an order of March is corrected, one of April is cancelled;
    published on 3 July; and the warehouse of 4 July, which knows both publications.
    """
    root = tmp_path_factory.mktemp("restated")
    warehouse, home = warehouse_at(root), Home(root)
    warehouse.land_documents(
        "sap_s4hana",
        "purchase_order",
        [
            order_due("1", "100001", date(2026, 5, 20)),
            order_due("2", "100001", date(2026, 5, 21)),
            order_due("3", "100002", date(2026, 5, 20)),
            order_due("4", "100003", date(2026, 4, 20), PurchaseOrderDate=date(2026, 3, 2)),
            order_due("5", "100004", date(2026, 4, 22)),
            order_due("6", "100004", date(2026, 4, 23)),
        ],
        DAY,
    )
    on_time = [
        receipt(f"50{number}", number, date(2026, 4, 18), date(2026, 4, 18), EntryUnit="EA") for number in ("4", "6")
    ]
    warehouse.land_documents("sap_s4hana", "material_document", on_time, DAY)
    warehouse.build(DAY, *BUILT)
    publish(warehouse, home, DAY)

    changed = datetime(2026, 7, 3, 9, tzinfo=UTC)
    next_day = DAY + timedelta(days=1)
    warehouse.land_documents(
        "sap_s4hana", "material_document", [receipt("901", "1", date(2026, 5, 19), date(2026, 7, 3))], next_day
    )
    corrected = item(schedule(date(2026, 4, 20)), UnderdelivTolrtdLmtRatioInPct=Decimal(0), OrderQuantity=Decimal(120))
    corrected["_PurchaseOrderScheduleLineTP"][0]["ScheduleLineOrderQuantity"] = Decimal(120)
    warehouse.land_documents(
        "sap_s4hana",
        "purchase_order",
        [
            order("4", corrected, PurchaseOrderDate=date(2026, 3, 2), Supplier="100003", changed_at=changed),
            order_due("5", "100004", date(2026, 4, 22), changed_at=changed, PurchaseOrderDeletionCode="L"),
        ],
        next_day,
    )
    # what is repeated, cannot be placed, or hangs in the air restates nothing
    warehouse.land_documents("sap_s4hana", "purchase_order", [order_due("1", "100001", date(2026, 5, 20))], next_day)
    orphan = {**schedule(date(2026, 5, 2)), "PurchaseOrder": "99", "PurchaseOrderItem": "00010"}
    warehouse.land("sap_s4hana", "purchase_order_schedule_line", [orphan], next_day, is_last=False)
    warehouse.land("sap_s4hana", "supplier", [{"Supplier": " ", "SupplierName": "Nobody"}], next_day, mode="full")
    warehouse.build(next_day, *BUILT)
    assert warehouse.rows("select * from marts.restatement") == [], "only what was published before can be restated"
    build_id = publish(warehouse, home, next_day)
    own = ("stg_ecosystem__published_value", "stg_ecosystem__published_batch")
    told = ("int_restatement__change", "restatement", "int_reconciliation__batch", "reconciliation")
    warehouse.build(DAY + timedelta(days=2), *own, *told)
    return warehouse, build_id


def test_late_and_corrected_documents_restate_exactly_the_periods_they_belong_to(restated: Any) -> None:
    warehouse, build_id = restated
    rows = warehouse.rows("select * from marts.restatement where not period_was_running")
    assert {row["build_id"] for row in rows} == {build_id}
    on_time = {
        (row["vendor_key"], row["period"]): (
            row["from_value"],
            row["to_value"],
            row["from_n"],
            row["to_n"],
            row["reason"],
        )
        for row in rows
        if row["metric_id"] == "otd_first_promise"
    }
    assert on_time == {
        ("erp_s4hana:100001", date(2026, 5, 1)): (0, 0.5, 2, 2, "late_document"),
        ("erp_s4hana:100003", date(2026, 4, 1)): (1, 0, 1, 1, "corrected_document"),
        ("erp_s4hana:100004", date(2026, 4, 1)): (0.5, 1, 2, 1, "cancelled_document"),
    }
    of_documents = [row for row in rows if row["reason"].endswith("_document") and row["vendor_key"]]
    touched = {(row["vendor_key"], row["period"]) for row in of_documents}
    assert touched == {
        ("erp_s4hana:100001", date(2026, 4, 1)),  # ordered in April
        ("erp_s4hana:100001", date(2026, 5, 1)),
        ("erp_s4hana:100003", date(2026, 3, 1)),
        ("erp_s4hana:100003", date(2026, 4, 1)),
        ("erp_s4hana:100004", date(2026, 4, 1)),
    }
    assert "erp_s4hana:100002" not in {row["vendor_key"] for row in of_documents}
    assert [row for row in rows if row["reason"] == "unexplained"] == []


def test_the_documents_behind_a_restatement_are_counted(restated: Any) -> None:
    warehouse, _ = restated
    (late,) = warehouse.rows(
        "select late_documents, corrected_documents, cancelled_documents, published_at, former_published_at"
        " from marts.restatement"
        " where metric_id = 'otd_first_promise' and vendor_key = 'erp_s4hana:100001' and period = date '2026-05-01'"
    )
    assert (late["late_documents"], late["corrected_documents"], late["cancelled_documents"]) == (1, 0, 0)
    assert (late["former_published_at"], late["published_at"]) == (
        DAY.replace(tzinfo=None),
        (DAY + timedelta(days=1)).replace(tzinfo=None),
    )


def test_every_landed_row_is_explained_from_the_file_to_the_mart(restated: Any) -> None:
    warehouse, _ = restated
    rows = {row["entity"]: row for row in warehouse.rows("select * from marts.reconciliation")}
    unexplained = ("unexplained_rows", "unexplained_amount", "unexplained_value")
    assert {entity: row for entity, row in rows.items() if any(row[name] for name in unexplained)} == {}
    lines = rows["purchase_order_schedule_line"]
    assert {name: lines[name] for name in ("rows_read", "repeated_rows", "staged_versions", "staged_keys")} == {
        "rows_read": 10,  # six, two corrected, one repeated, one without an order
        "repeated_rows": 2,  # the cancellation of an order leaves its line as it was
        "staged_versions": 8,
        "staged_keys": 7,
    }
    assert (lines["superseded_versions"], lines["keys_without_parent"], lines["mart_rows"]) == (1, 1, 6)
    assert (lines["staged_amount"], lines["left_out_amount"], lines["mart_amount"]) == (720, 100, 620)
    assert lines["currencies"] == 1
    assert (rows["supplier"]["rows_read"], rows["supplier"]["rows_without_key"]) == (1, 1)
    assert rows["published_value"]["rows_read"] == rows["published_value"]["staged_versions"] > 0


def test_value_lost_in_one_currency_is_not_made_up_for_in_another(restated: Any) -> None:
    warehouse, _ = restated
    changed = warehouse.sibling("other_currency")
    copyfile(warehouse.file, changed.file)
    with duckdb.connect(str(changed.file)) as connection:
        line = "purchase_order = '1'"
        (value,) = connection.execute(f"select line_value from marts.fct_schedule_line where {line}").fetchone() or (0,)
        connection.execute(f"update marts.fct_schedule_line set currency = 'USD' where {line}")
    changed.build(DAY + timedelta(days=2), "reconciliation", consume=False)
    (row,) = changed.rows("select * from marts.reconciliation where entity = 'purchase_order_schedule_line'")
    assert (row["unexplained_amount"], row["currencies"]) == (0, 2)
    assert row["unexplained_value"] == 2 * value > 0


def test_own_records_land_once_and_are_no_input_of_the_build_they_tell_of(restated: Any) -> None:
    warehouse, _ = restated
    home = Home(warehouse.landing.parent)
    values = own_records.landed(home, "published_value")
    assert len(values) == 2
    assert values[0].row_count > values[1].row_count > 0
    assert values[0].extracted_at == DAY + timedelta(microseconds=1)
    assert Path(values[0].path).is_relative_to(warehouse.landing)
    land_own_records(home)
    assert own_records.landed(home, "published_value") == values
