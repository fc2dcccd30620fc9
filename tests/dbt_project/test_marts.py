"""From landed documents to marts: a first load, a day of changes, an outage; the increment equals a rebuild."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

# The first test of the file waits for five builds of the project.
pytestmark = pytest.mark.timeout(900)

DAY_ONE = datetime(2026, 6, 30, 18, tzinfo=UTC)
DAY_TWO = DAY_ONE + timedelta(days=1)
DAY_THREE = DAY_ONE + timedelta(days=2)
BEFORE = datetime(2026, 6, 1, 9, tzinfo=UTC)
CHANGED = datetime(2026, 7, 1, 10, tzinfo=UTC)
VENDOR = "erp_s4hana:100001"
STRATEGIC = "erp_s4hana:100002"
SIGNALS = "select * from marts.early_warning order by all"


def schedule(day: date | None, number: str = "0001", quantity: int = 100, **more: Any) -> dict[str, Any]:
    return {
        "ScheduleLine": number,
        "ScheduleLineDeliveryDate": day,
        "ScheduleLineOrderQuantity": Decimal(quantity),
        "PurchaseOrderQuantityUnit": "EA",
        **more,
    }


def item(*schedules: Mapping[str, Any], number: str = "00010", **more: Any) -> dict[str, Any]:
    return {
        "PurchaseOrderItem": number,
        "OrderQuantity": Decimal(100),
        "PurchaseOrderQuantityUnit": "EA",
        "NetPriceAmount": Decimal(80),
        "NetPriceQuantity": Decimal(1),
        "UnderdelivTolrtdLmtRatioInPct": Decimal(0),
        "_PurchaseOrderScheduleLineTP": list(schedules),
        **more,
    }


def order(number: str, *items: Mapping[str, Any], changed_at: datetime = BEFORE, **more: Any) -> dict[str, Any]:
    return {
        "PurchaseOrder": number,
        "PurchaseOrderType": "NB",
        "Supplier": "100001",
        "PurchaseOrderDate": date(2026, 5, 1),
        "DocumentCurrency": "EUR",
        "LastChangeDateTime": changed_at,
        "_PurchaseOrderItem": list(items),
        **more,
    }


def receipt(document: str, order_number: str, posted: date, recorded: date, **more: Any) -> dict[str, Any]:
    line = {
        "MaterialDocumentItem": "0001",
        "PurchaseOrder": order_number,
        "PurchaseOrderItem": "10",
        "GoodsMovementType": "101",
        "QuantityInEntryUnit": Decimal(100),
        "EntryUnit": "EA",
        "GoodsMovementIsCancelled": False,
        **more,
    }
    return {
        "MaterialDocumentYear": "2026",
        "MaterialDocument": document,
        "PostingDate": posted,
        "CreationDate": recorded,
        "CreationTime": "09:30:00",
        "to_MaterialDocumentItem": [line],
    }


FIRST_ORDERS = [
    order("drops_a_line", item(schedule(date(2026, 8, 1))), item(schedule(date(2026, 6, 1)), number="00020")),
    order("drops_a_schedule_line", item(schedule(date(2026, 8, 1)), schedule(date(2026, 6, 1), "0002"))),
    order("deletes_an_item", item(schedule(date(2026, 6, 1)))),
    order("deletes_the_order", item(schedule(date(2026, 6, 1)))),
    order("gains_a_line", item(schedule(date(2026, 8, 1)))),
    order("stock_transport", item(schedule(date(2026, 6, 1))), PurchaseOrderType="UB", Supplier=""),
    order(
        "price_unit",
        item(
            schedule(date(2026, 8, 1), quantity=250),
            NetPriceAmount=Decimal("9.99"),
            NetPriceQuantity=Decimal(100),
        ),
    ),
    order("unreadable", item(schedule(date(2026, 8, 1)))),
    order("delivered", item(schedule(date(2026, 6, 20)))),
    order("recorded_late", item(schedule(date(2026, 6, 20)))),
    order("moved", item(schedule(date(2026, 8, 1), SchedLineStscDeliveryDate=date(2026, 7, 25)))),
    order("re_promised", item(schedule(date(2026, 6, 20)))),
    order("small", item(schedule(date(2026, 6, 20)), NetPriceAmount=Decimal(1))),
    order("small_strategic", item(schedule(date(2026, 6, 20)), NetPriceAmount=Decimal(1)), Supplier="0000100002"),
    order("delivered_before_us", item(schedule(date(2026, 5, 20)))),
]

CHANGED_ORDERS = [
    order("drops_a_line", item(schedule(date(2026, 8, 1))), changed_at=CHANGED),
    order("drops_a_schedule_line", item(schedule(date(2026, 8, 1))), changed_at=CHANGED),
    order("deletes_an_item", item(schedule(date(2026, 6, 1)), PurchasingDocumentDeletionCode="L"), changed_at=CHANGED),
    order("deletes_the_order", item(schedule(date(2026, 6, 1))), PurchaseOrderDeletionCode="L", changed_at=CHANGED),
    order("moved", item(schedule(date(2026, 8, 11), SchedLineStscDeliveryDate=date(2026, 8, 11))), changed_at=CHANGED),
    order("re_promised", item(schedule(date(2026, 7, 20))), changed_at=CHANGED),
]


@dataclass(frozen=True)
class Story:
    """The same warehouse after each day, and after a rebuild from nothing."""

    lines: dict[str, dict[str, Any]]
    marts: dict[str, list[dict[str, Any]]]
    rebuilt: dict[str, list[dict[str, Any]]]
    signals: dict[int, dict[str, dict[str, Any]]]
    rows: Callable[[str], list[dict[str, Any]]]
    data_tests: int


def signals_by_order(warehouse: Any) -> dict[str, dict[str, Any]]:
    return {f"{row['rule_id']} {row['purchase_order']}": row for row in warehouse.rows(SIGNALS)}


def all_marts(warehouse: Any) -> dict[str, list[dict[str, Any]]]:
    names = [row["table_name"] for row in warehouse.rows("from duckdb_tables() where schema_name = 'marts'")]
    return {name: warehouse.rows(f"select * from marts.{name} order by all") for name in names}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, warehouse_at: Callable[[Path], Any]) -> Story:
    warehouse = warehouse_at(tmp_path_factory.mktemp("story"))
    suppliers = [
        {"Supplier": "0000100001", "SupplierName": "Plain GmbH"},
        {"Supplier": "0000100002", "SupplierName": "Star S.A."},
    ]
    account = {"Id": "001", "Name": "Star", "AccountNumber": "100002", "Strategic_Vendor__c": True}
    incident = {"sys_id": "i1", "number": "INC1", "state": "2", "opened_at": BEFORE, "sys_updated_on": BEFORE}
    warehouse.land("sap_s4hana", "supplier", suppliers, DAY_ONE, mode="full")
    warehouse.land("salesforce", "account", [{**account, "Vendor_Category__c": "Packaging"}], DAY_ONE)
    named = [{**incident, "vendor": "v1", "vendor.name": "STAR SA"}, {**incident, "sys_id": "i2", "vendor": "v2"}]
    warehouse.land("servicenow", "incident", named, DAY_ONE)
    warehouse.land_documents("sap_s4hana", "purchase_order", FIRST_ORDERS, DAY_ONE)
    early = receipt("1", "delivered_before_us", date(2026, 6, 2), date(2026, 6, 3))
    warehouse.land_documents("sap_s4hana", "material_document", [early], DAY_ONE)
    warehouse.build(DAY_ONE)
    signals = {1: signals_by_order(warehouse)}

    warehouse.land_documents("sap_s4hana", "purchase_order", CHANGED_ORDERS, DAY_TWO)
    receipts = [
        receipt("2", "delivered", date(2026, 6, 30), date(2026, 7, 1)),
        receipt("3", "recorded_late", date(2026, 6, 20), date(2026, 7, 1)),
    ]
    warehouse.land_documents("sap_s4hana", "material_document", receipts, DAY_TWO)
    # An extract that died after the lines and before their header, and a value that nobody can read.
    new_line = {"PurchaseOrder": "gains_a_line", "PurchaseOrderItem": "00020", "_changed_at": CHANGED}
    line = {**item(), **new_line}
    del line["_PurchaseOrderScheduleLineTP"]
    warehouse.land("sap_s4hana", "purchase_order_item", [line], DAY_TWO)
    broken = schedule(None, PurchaseOrder="unreadable", PurchaseOrderItem="00010", _changed_at=CHANGED)
    broken["_unreadable"] = '{"ScheduleLineDeliveryDate": "00.00.0000"}'
    warehouse.land(
        "sap_s4hana", "purchase_order_schedule_line", [{**schedule(date(2026, 8, 2)), **new_line}, broken], DAY_TWO
    )
    warehouse.build(DAY_TWO)
    signals[2] = signals_by_order(warehouse)
    marts = all_marts(warehouse)
    checked = warehouse.build(DAY_TWO, "test_type:data", command="test")
    rebuilt = warehouse.sibling("rebuilt")
    rebuilt.build(DAY_TWO, full=True)

    after = warehouse.sibling("stale")
    after.stale.add("material_document")
    after.build(DAY_THREE)
    signals[3] = signals_by_order(after)
    lines = {
        f"{row['purchase_order']}/{row['purchase_order_line']}/{row['schedule_line']}": row
        for row in marts["fct_schedule_line"]
    }
    return Story(lines, marts, all_marts(rebuilt), signals, warehouse.rows, len(checked.results))


def test_the_data_tests_ran_and_passed(story):
    assert story.data_tests >= 25


def test_an_incremental_build_equals_a_rebuild_in_every_mart(story):
    assert len(story.marts) >= 10
    assert all(
        story.marts[name] for name in ("fct_schedule_line", "early_warning", "vendor_month", "ecosystem_quarter")
    )
    assert story.marts == story.rebuilt


@pytest.mark.parametrize(
    ("key", "state"),
    [
        ("drops_a_line/10/1", "open"),
        ("drops_a_line/20/1", "cancelled"),
        ("drops_a_schedule_line/10/1", "open"),
        ("drops_a_schedule_line/10/2", "cancelled"),
        ("deletes_an_item/10/1", "cancelled"),
        ("deletes_the_order/10/1", "cancelled"),
        ("gains_a_line/10/1", "open"),
        ("gains_a_line/20/1", "open"),
        ("stock_transport/10/1", "overdue"),
        ("delivered/10/1", "delivered_late"),
        ("recorded_late/10/1", "delivered_on_time"),
    ],
)
def test_the_newest_documents_decide_the_state(story, key, state):
    assert story.lines[key]["state"] == state


def test_what_a_header_no_longer_names_was_deleted_with_that_version(story):
    assert story.lines["drops_a_line/20/1"]["cancelled_at"] == CHANGED.replace(tzinfo=None)
    assert story.lines["drops_a_schedule_line/10/2"]["cancelled_at"] == CHANGED.replace(tzinfo=None)


def test_prices_are_per_price_unit(story):
    line = story.lines["price_unit/10/1"]
    assert line["line_value"] == pytest.approx(24.975)
    assert line["open_value"] == pytest.approx(24.975)


def test_an_unreadable_newest_version_leaves_the_last_readable_one_and_a_flag(story):
    line = story.lines["unreadable/10/1"]
    assert line["latest_promise_date"] == date(2026, 8, 1)
    assert line["data_flags"] == "unreadable_newest_version"
    assert story.rows("select field, raw_value from quarantine.quarantine_row") == [
        {"field": "ScheduleLineDeliveryDate", "raw_value": "00.00.0000"}
    ]


def test_a_statistics_date_that_is_overwritten_does_not_move_the_first_promise(story):
    line = story.lines["moved/10/1"]
    assert (line["first_promise_date"], line["first_promise_basis"]) == (date(2026, 7, 25), "statistics_date")
    assert (line["requested_date"], line["latest_promise_date"]) == (date(2026, 8, 1), date(2026, 8, 11))
    assert line["repromise_slip_days"] == 17


def test_recorded_and_physical_dates_are_kept_apart(story):
    line = story.lines["recorded_late/10/1"]
    assert (line["in_full_date"], line["recorded_date"]) == (date(2026, 6, 20), date(2026, 7, 1))
    assert (line["slip_days"], line["state"]) == (0, "delivered_on_time")


def test_the_promise_ledger_holds_only_what_was_observed(story):
    changes = {row["purchase_order"]: row for row in story.marts["fct_promise_change"]}
    assert set(changes) == {"moved", "re_promised"}
    moved = changes["moved"]
    assert (moved["from_date"], moved["to_date"], moved["days_moved"]) == (date(2026, 8, 1), date(2026, 8, 11), 10)
    assert (moved["notice_days"], moved["direction"], moved["moved_by"]) == (31, "later", "agreed")
    assert (moved["changed_at"], moved["landed_at"]) == (CHANGED.replace(tzinfo=None), DAY_TWO.replace(tzinfo=None))


def test_the_first_day_warns_of_what_is_overdue_and_material_and_of_no_history(story):
    assert set(story.signals[1]) == {
        "overdue drops_a_line",
        "overdue drops_a_schedule_line",
        "overdue deletes_an_item",
        "overdue deletes_the_order",
        "overdue delivered",
        "overdue recorded_late",
        "overdue re_promised",
        "overdue small_strategic",
    }
    assert {row["signal_state"] for row in story.signals[1].values()} == {"active"}


def test_signals_clear_with_the_reason_and_what_never_was_is_gone(story):
    outcome = {name: (row["signal_state"], row["clear_reason"]) for name, row in story.signals[2].items()}
    assert outcome == {
        "overdue drops_a_line": ("cleared", "cancelled"),
        "overdue drops_a_schedule_line": ("cleared", "cancelled"),
        "overdue deletes_an_item": ("cleared", "cancelled"),
        "overdue deletes_the_order": ("cleared", "cancelled"),
        "overdue delivered": ("cleared", "delivered"),
        "overdue re_promised": ("cleared", "re_promised"),
        "overdue small_strategic": ("active", None),
        "promise_moved_later moved": ("active", None),
        "promise_moved_later re_promised": ("active", None),
    }
    moved = story.signals[2]["promise_moved_later moved"]
    assert (moved["episode"], moved["days_late"], moved["severity"]) == ("2026-07-01", 17, "alert")
    assert "2026-08-01 to 2026-08-11" in moved["evidence"]
    assert "2026-07-25" in moved["evidence"]


def test_an_episode_keeps_its_key_while_it_lasts_and_when_it_ends(story):
    common = story.signals[1].keys() & story.signals[2].keys()
    assert len(common) == 7
    assert all(story.signals[1][name]["signal_key"] == story.signals[2][name]["signal_key"] for name in common)


def test_a_stale_receipt_feed_mutes_and_says_so(story):
    assert not any(row["is_muted"] for row in story.signals[2].values())
    assert story.signals[3]
    assert all(row["is_muted"] for row in story.signals[3].values())
    assert "material_document of erp_s4hana" in story.signals[3]["overdue small_strategic"]["mute_reason"]


def test_vendors_are_joined_across_systems_and_what_is_not_is_visible(story):
    vendors = {row["vendor_key"]: row for row in story.marts["dim_vendor"]}
    assert (vendors[STRATEGIC]["category"], vendors[STRATEGIC]["is_strategic"]) == ("Packaging", True)
    assert (vendors[VENDOR]["category"], vendors[VENDOR]["is_strategic"]) == ("unknown", False)
    tickets = {row["ticket_key"]: row["vendor_key"] for row in story.marts["fct_service_ticket"]}
    assert tickets == {"sla_servicenow:i1": STRATEGIC, "sla_servicenow:i2": None}
    exceptions = [(row["external_id"], row["reason"]) for row in story.marts["vendor_crosswalk_exception"]]
    assert exceptions == [("v2", "no_match")]


def test_feed_status_counts_children_with_their_parent(story):
    feeds = {row["entity"]: row for row in story.marts["feed_status"]}
    orders = feeds["purchase_order"]
    landed = story.rows(
        "select sum(row_count) as landed from control.landed_batch where entity like 'purchase_order%'"
    )[0]["landed"]
    assert (orders["landed_rows"], orders["quarantined_rows"]) == (landed, 1)
    assert (orders["checked_rows"], orders["doubtful_rows"]) == (len(story.lines), 1)
    assert feeds["survey_response"]["is_stale"]
    assert feeds["survey_response"]["last_complete_at"] is None


def test_metrics_without_a_source_say_so(story):
    states = {row["metric_id"]: row["state"] for row in story.marts["ecosystem_quarter"]}
    assert len(states) == 7
    assert set(states.values()) == {"no source"}
