"""Staging keeps every version once, whatever the order, repeats and kills; an increment equals a full refresh."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

SCHEDULE_LINE = "purchase_order_schedule_line"
MODEL = f"stg_sap_s4hana__{SCHEDULE_LINE}"
TABLE = f"staging.{MODEL}"
DAY_ONE = datetime(2026, 6, 30, 18, tzinfo=UTC)
FAR = datetime(2027, 1, 1, tzinfo=UTC)
VERSIONS = f"select * from {TABLE} order by all"


def schedule_line(
    day: int | None, changed_at: datetime | None, *, order: str | None = "4500000001", **more: Any
) -> dict[str, Any]:
    return {
        "PurchaseOrder": order,
        "PurchaseOrderItem": "00010",
        "ScheduleLine": "0001",
        "ScheduleLineDeliveryDate": None if day is None else date(2026, 7, day),
        "_changed_at": changed_at,
        **more,
    }


def promised_days(warehouse: Any) -> list[int]:
    rows = warehouse.rows(
        f"select delivery_date from {TABLE} order by _ordered_at, _extracted_at, _batch_id, _row_number"
    )
    return [row["delivery_date"].day for row in rows]


def destroy_rows(file: Path) -> None:
    """Overwrite the row data of a Parquet file and keep its footer."""
    content = file.read_bytes()
    footer = int.from_bytes(content[-8:-4], "little") + 8
    file.write_bytes(content[:4] + b"\xff" * (len(content) - 4 - footer) + content[-footer:])


def test_a_date_that_moves_and_comes_back_is_three_versions(warehouse):
    for number, day in enumerate([5, 12, 12, 5, 5]):
        at = DAY_ONE + timedelta(days=number)
        warehouse.land("sap_s4hana", SCHEDULE_LINE, [schedule_line(day, at)], at)
        warehouse.build(at, MODEL)
    assert promised_days(warehouse) == [5, 12, 5]


def test_an_increment_without_late_rows_opens_no_old_file(warehouse):
    old = warehouse.land("sap_s4hana", SCHEDULE_LINE, [schedule_line(5, DAY_ONE)], DAY_ONE)
    warehouse.build(DAY_ONE, MODEL)
    later = DAY_ONE + timedelta(days=1)
    warehouse.land("sap_s4hana", SCHEDULE_LINE, [schedule_line(12, later)], later)
    destroy_rows(old.path)
    warehouse.build(later, MODEL)
    assert promised_days(warehouse) == [5, 12]
    with pytest.raises(AssertionError, match=MODEL):
        warehouse.build(later, MODEL, full=True)


def test_a_batch_that_lands_late_splits_the_version_it_belongs_between(warehouse):
    for day, shift in [(5, 0), (5, 4)]:
        at = DAY_ONE + timedelta(days=shift)
        warehouse.land("sap_s4hana", SCHEDULE_LINE, [schedule_line(day, at)], at)
        warehouse.build(at, MODEL)
    assert promised_days(warehouse) == [5]
    between = DAY_ONE + timedelta(days=2)
    warehouse.land("sap_s4hana", SCHEDULE_LINE, [schedule_line(12, between)], between)
    warehouse.build(DAY_ONE + timedelta(days=5), MODEL)
    assert promised_days(warehouse) == [5, 12, 5]


def test_a_build_that_died_before_it_recorded_its_batches_changes_nothing_when_it_runs_again(warehouse):
    warehouse.land("sap_s4hana", SCHEDULE_LINE, [schedule_line(5, DAY_ONE), schedule_line(7, DAY_ONE)], DAY_ONE)
    warehouse.build(DAY_ONE, MODEL, consume=False)
    first = warehouse.rows(VERSIONS)
    warehouse.build(DAY_ONE, MODEL, consume=False)
    assert len(first) == 2
    assert warehouse.rows(VERSIONS) == first


def test_padded_and_unpadded_numbers_are_one_key(warehouse):
    unpadded = {"PurchaseOrderItem": "10", "ScheduleLine": "1"}
    rows = [
        schedule_line(5, DAY_ONE),
        schedule_line(12, DAY_ONE + timedelta(hours=1), order="0004500000001", **unpadded),
    ]
    warehouse.land("sap_s4hana", SCHEDULE_LINE, rows, DAY_ONE)
    warehouse.build(DAY_ONE, MODEL)
    keys = warehouse.rows(f"select distinct purchase_order, purchase_order_line, schedule_line from {TABLE}")
    assert keys == [{"purchase_order": "4500000001", "purchase_order_line": "10", "schedule_line": "1"}]
    assert promised_days(warehouse) == [5, 12]


def test_a_touched_document_whose_business_columns_did_not_change_is_no_version(warehouse):
    header = {"PurchaseOrder": "1", "DocumentCurrency": "EUR", "_child_keys": ["purchase_order_item/10"]}
    for hour in range(3):
        at = DAY_ONE + timedelta(hours=hour)
        row = {**header, "LastChangeDateTime": at, "_changed_at": at}
        warehouse.land("sap_s4hana", "purchase_order", [row], at)
    warehouse.build(FAR, "stg_sap_s4hana__purchase_order")
    versions = warehouse.rows("select * from staging.stg_sap_s4hana__purchase_order")
    assert len(versions) == 1
    assert versions[0]["_seen_extracted_at"] == (DAY_ONE + timedelta(hours=2)).replace(tzinfo=None)


def test_rows_without_a_readable_key_or_needed_field_go_to_quarantine_with_the_reason(warehouse):
    rows = [
        schedule_line(5, DAY_ONE),
        schedule_line(5, DAY_ONE, order=None),
        schedule_line(5, DAY_ONE, order=None, _unreadable='{"PurchaseOrder": "4500\\u0000"}'),
        schedule_line(None, DAY_ONE + timedelta(hours=1), _unreadable='{"ScheduleLineDeliveryDate": "31.02.2026"}'),
        schedule_line(6, DAY_ONE, order="2", _unreadable='{"PurchaseOrderQuantityUnit": "?"}'),
    ]
    batch = warehouse.land("sap_s4hana", SCHEDULE_LINE, rows, DAY_ONE)
    for _ in range(2):
        warehouse.build(DAY_ONE, MODEL, "quarantine_row", consume=False)
    found = warehouse.rows(
        "select row_number_in_batch, batch_id, reason, field, raw_value, row_key from quarantine.quarantine_row"
        " order by all"
    )
    assert [(row["row_number_in_batch"], row["reason"], row["field"], row["raw_value"]) for row in found] == [
        (1, "key_missing", "PurchaseOrder", None),
        (2, "key_unreadable", "PurchaseOrder", "4500\0"),
        (3, "needed_field_unreadable", "ScheduleLineDeliveryDate", "31.02.2026"),
    ]
    assert {row["batch_id"] for row in found} == {batch.batch_id}
    assert found[2]["row_key"] == "4500000001/00010/0001"
    readable = warehouse.rows(f"select purchase_order, _is_readable from {TABLE} order by all")
    assert readable == [
        {"purchase_order": "2", "_is_readable": True},
        {"purchase_order": "4500000001", "_is_readable": False},
        {"purchase_order": "4500000001", "_is_readable": True},
    ]


# A key may have several rows in a batch, batches overlap in both clocks, a build may die before it records them.
moments = st.integers(0, 5).map(lambda hours: DAY_ONE + timedelta(hours=hours))
landed_rows = st.builds(
    schedule_line,
    st.sampled_from([5, 12, None]),
    st.one_of(st.none(), moments),
    order=st.sampled_from(["1", "2", "0003", "", None]),
    _unreadable=st.sampled_from([None, None, None, '{"ScheduleLineDeliveryDate": "x"}']),
    _deleted=st.sampled_from([False, False, False, True]),
)
batches = st.tuples(st.sampled_from(["erp_s4hana", "erp_second"]), moments, st.lists(landed_rows, max_size=8))
builds = st.tuples(st.lists(batches, min_size=1, max_size=3), st.booleans())


def expected_versions(landed: list[tuple[str, Any, dict[str, Any], int]]) -> list[tuple[Any, ...]]:
    """Versions by the definition, one row after the other."""
    histories: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for connection, batch, row, number in landed:
        order = (row["PurchaseOrder"] or "").strip()
        if order:
            place = (row["_changed_at"] or batch.extracted_at, batch.extracted_at, batch.batch_id, number)
            content = (row["ScheduleLineDeliveryDate"], row["_deleted"], row["_unreadable"])
            histories.setdefault((connection, order.lstrip("0")), []).append((place, content))
    versions = []
    for key, history in histories.items():
        previous = None
        for place, content in sorted(history, key=lambda item: item[0]):
            if content != previous:
                versions.append((*key, *content, place[2], place[3]))
            previous = content
    return sorted(versions, key=repr)


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=st.lists(builds, min_size=2, max_size=4))
def test_increments_in_any_order_equal_a_full_refresh_row_by_row(tmp_path_factory, warehouse_at, history):
    incremental = warehouse_at(tmp_path_factory.mktemp("history"))
    landed = []
    for new_batches, is_recorded in history:
        for connection, at, rows in new_batches:
            batch = incremental.land("sap_s4hana", SCHEDULE_LINE, rows, at, connection=connection)
            landed += [(connection, batch, row, number) for number, row in enumerate(rows)]
        incremental.build(FAR, MODEL, consume=is_recorded)
    full = incremental.sibling("full")
    full.build(FAR, MODEL, full=True)
    assert incremental.rows(VERSIONS) == full.rows(VERSIONS)
    found = incremental.rows(
        "select connection_id, purchase_order, delivery_date, _deleted, _unreadable, _batch_id, _row_number"
        f" from {TABLE}"
    )
    assert sorted((tuple(row.values()) for row in found), key=repr) == expected_versions(landed)


def test_rows_that_differ_in_a_part_of_the_key_that_may_be_empty_are_two(warehouse: Any) -> None:
    own = {"Material": "M1", "Plant": "1010", "StorageLocation": "", "InventoryStockType": "01"}
    vendors = {**own, "InventorySpecialStockType": "K", "Supplier": "17"}
    warehouse.land("sap_s4hana", "material_stock", [own, vendors, {**own, "Plant": ""}], DAY_ONE, mode="full")
    warehouse.build(DAY_ONE, "stg_sap_s4hana__material_stock", "quarantine_row")
    staged = warehouse.rows("select special_stock_type, storage_location from staging.stg_sap_s4hana__material_stock")
    assert sorted((row["special_stock_type"], row["storage_location"]) for row in staged) == [("", ""), ("K", "")]
    assert [row["field"] for row in warehouse.rows("select field from quarantine.quarantine_row")] == ["Plant"]
