"""Increments of the order marts over days of random documents equal a rebuild after each of them, row by row."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest

FIRST_DAY = datetime(2026, 6, 30, 18, tzinfo=UTC)
MARTS = {
    "fct_schedule_line": "marts",
    "fct_promise_change": "marts",
    "early_warning": "marts",
    "lead_time": "marts",
    "int_erp__vendor_shown": "intermediate",
    "int_vendor_month__count": "intermediate",
    "int_vendor_month__on_time": "intermediate",
    "int_vendor_month__delivery": "intermediate",
    "int_erp__purchase_order_line": "intermediate",
    "int_erp__goods_receipt": "intermediate",
    "int_vendor_warning__delivery_evidence": "intermediate",
}
ORDERS = 40
OLD_ORDERS = 60  # more than the rule about likely delays needs
# Rules and verdicts of early_warning that a world must have, or it says nothing about their increments.
WARNED = {"promise_moved_later", "overdue", "no_confirmation", "likely_late"}
STOCK_VERDICTS = {"short", "enough", "ample"}


class Company:
    """Orders and receipts that change at random, always in the same way for the same seed."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.documents = 0
        self.orders = [self.order(number) for number in range(ORDERS)]

    def order(self, number: int) -> dict[str, Any]:
        return {
            # a number keeps its order in the bucket of an order, another text becomes a hash
            "PurchaseOrder": f"PO-{number}" if number % 9 == 0 else str(number),
            "PurchaseOrderType": self.draw.choice(["NB", "NB", "NB", "FO", "UB"]),
            "Supplier": self.draw.choice(["100001", "100002", ""]),
            "PurchaseOrderDate": date(2026, 5, 1) + timedelta(days=self.draw.randrange(40)),
            "DocumentCurrency": "EUR",
            "_PurchaseOrderItem": [self.item(line) for line in range(1, self.draw.randrange(2, 4))],
        }

    def item(self, line: int) -> dict[str, Any]:
        return {
            "PurchaseOrderItem": f"{line * 10:05}",
            "OrderQuantity": Decimal(100),
            "PurchaseOrderQuantityUnit": self.draw.choice(["EA", "EA", "PAK"]),
            "Material": "M1",
            "Plant": "1000",
            "SupplierConfirmationControlKey": self.draw.choice(["0001", "0001", ""]),
            "NetPriceAmount": Decimal(self.draw.choice([1, 80])),
            "NetPriceQuantity": Decimal(1),
            "UnderdelivTolrtdLmtRatioInPct": Decimal(self.draw.choice([0, 5])),
            "IsCompletelyDelivered": self.draw.random() < 0.05,
            "_PurchaseOrderScheduleLineTP": [self.schedule(n) for n in range(1, self.draw.randrange(2, 4))],
        }

    def schedule(self, number: int) -> dict[str, Any]:
        day = date(2026, 6, 20) + timedelta(days=self.draw.randrange(20))
        return {
            "ScheduleLine": f"{number:04}",
            "ScheduleLineDeliveryDate": day,
            "SchedLineStscDeliveryDate": self.draw.choice([day, None]),
            "ScheduleLineOrderQuantity": Decimal(50),
            "PurchaseOrderQuantityUnit": "EA",
        }

    def changed(self, count: int, now: datetime) -> list[dict[str, Any]]:
        """Some orders with a moved, dropped, cancelled or re-assigned part, as of some hours ago."""
        found = []
        for order in self.draw.sample(self.orders, count):
            order["LastChangeDateTime"] = now - timedelta(hours=self.draw.randrange(1, 60))
            kind = self.draw.choice(["move", "move", "agree", "drop line", "drop schedule", "cancel", "vendor", "none"])
            items = order["_PurchaseOrderItem"]
            lines = items[0]["_PurchaseOrderScheduleLineTP"]
            if kind in ("move", "agree"):
                lines[0]["ScheduleLineDeliveryDate"] += timedelta(days=self.draw.randrange(-5, 20))
                if kind == "agree":
                    lines[0]["SchedLineStscDeliveryDate"] = lines[0]["ScheduleLineDeliveryDate"]
            elif kind == "drop line" and len(items) > 1:
                items.pop()
            elif kind == "drop schedule" and len(lines) > 1:
                lines.pop()
            elif kind == "cancel":
                order["PurchaseOrderDeletionCode"] = self.draw.choice(["L", ""])
            elif kind == "vendor":
                order["Supplier"] = self.draw.choice(["100001", "100002"])
            found.append(order)
        return found

    def confirmed(self, count: int, now: datetime) -> list[dict[str, Any]]:
        """Confirmations of the first line of some orders, entered some days ago."""
        found = []
        for order in self.draw.sample(self.orders, count):
            self.documents += 1
            found.append(
                {
                    "PurchaseOrder": order["PurchaseOrder"],
                    "PurchaseOrderItem": "10",
                    "SequentialNmbrOfSuplrConf": str(self.documents),
                    "SupplierConfirmationCategory": "AB",
                    "DeliveryDate": now.date() + timedelta(days=self.draw.randrange(5, 20)),
                    "ConfirmedQuantity": Decimal(100),
                    "CreationDate": (now - timedelta(days=self.draw.randrange(3))).date(),
                    "CreationTime": "08:15:00",
                }
            )
        return found

    def old_orders(self) -> list[dict[str, Any]]:
        """Orders of two vendors due in May, one line each: what is learnt from."""
        found = []
        for number in range(OLD_ORDERS):
            item = self.item(1) | {"OrderQuantity": Decimal(50), "PurchaseOrderQuantityUnit": "EA"}
            item |= {"IsCompletelyDelivered": False, "Material": "M2"}
            schedule = self.schedule(1) | {"ScheduleLineDeliveryDate": date(2026, 5, 1) + timedelta(days=number % 15)}
            found.append(
                {
                    "PurchaseOrder": str(9000 + number),
                    "PurchaseOrderType": "NB",
                    "Supplier": "100001" if number % 2 else "100002",
                    "PurchaseOrderDate": date(2026, 4, 1),
                    "DocumentCurrency": "EUR",
                    "LastChangeDateTime": datetime(2026, 4, 2, 9, tzinfo=UTC),
                    "_PurchaseOrderItem": [item | {"_PurchaseOrderScheduleLineTP": [schedule]}],
                }
            )
        return found

    def old_receipts(self, orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The first vendor was late with most of them, the second with none."""
        found = []
        for order in orders:
            self.documents += 1
            due = order["_PurchaseOrderItem"][0]["_PurchaseOrderScheduleLineTP"][0]["ScheduleLineDeliveryDate"]
            is_late = order["Supplier"] == "100001" and self.draw.random() < 0.8
            came = due + timedelta(days=5 if is_late else 0)
            line = {
                "MaterialDocumentItem": "0001",
                "Material": "M2",
                "Plant": "1000",
                "PurchaseOrder": order["PurchaseOrder"],
                "PurchaseOrderItem": "10",
                "GoodsMovementType": "101",
                "QuantityInEntryUnit": Decimal(50),
                "EntryUnit": "EA",
                "QuantityInBaseUnit": Decimal(50),
                "MaterialBaseUnit": "EA",
            }
            found.append(
                {
                    "MaterialDocumentYear": "2026",
                    "MaterialDocument": str(self.documents),
                    "PostingDate": came,
                    "CreationDate": came,
                    "CreationTime": "09:30:00",
                    "to_MaterialDocumentItem": [line],
                }
            )
        return found

    def received(self, count: int, now: datetime) -> list[dict[str, Any]]:
        """Receipts, returns and cancelled rows of some order lines."""
        found = []
        for order in self.draw.sample(self.orders, count):
            self.documents += 1
            line = {
                "MaterialDocumentItem": "0001",
                "Material": "M1",
                "Plant": "1000",
                "PurchaseOrder": order["PurchaseOrder"],
                "PurchaseOrderItem": "10",
                "GoodsMovementType": self.draw.choice(["101", "101", "101", "122"]),
                "QuantityInEntryUnit": Decimal(self.draw.choice([40, 50, 100])),
                "EntryUnit": "EA",
                "QuantityInBaseUnit": Decimal(self.draw.choice([40, 50, 100])),
                "MaterialBaseUnit": "EA",
                "GoodsMovementIsCancelled": self.draw.random() < 0.1,
            }
            found.append(
                {
                    "MaterialDocumentYear": "2026",
                    "MaterialDocument": str(self.documents),
                    "PostingDate": (now - timedelta(days=self.draw.randrange(4))).date(),
                    "CreationDate": now.date(),
                    "CreationTime": "09:30:00",
                    "to_MaterialDocumentItem": [line],
                }
            )
        return found


def vendors(name: str) -> list[dict[str, Any]]:
    return [{"Supplier": "100001", "SupplierName": "Plain"}, {"Supplier": "100002", "SupplierName": name}]


def stock(pieces: int) -> list[dict[str, Any]]:
    """The stock of the one material at the one site."""
    row = {"Material": "M1", "Plant": "1000", "StorageLocation": "A", "InventoryStockType": "01"}
    row |= dict.fromkeys(("Batch", "Supplier", "Customer", "WBSElementInternalID", "SDDocument", "SDDocumentItem"), "")
    row |= {"InventorySpecialStockType": "", "MaterialBaseUnit": "EA", "MatlWrhsStkQtyInMatlBaseUnit": Decimal(pieces)}
    return [row]


def landed(warehouse: Any, seed: int) -> Company:
    """A company whose vendors and orders have landed on the first day, and old orders when they were open."""
    company = Company(seed)
    old = company.old_orders()
    warehouse.land_documents("sap_s4hana", "purchase_order", old, datetime(2026, 4, 3, 18, tzinfo=UTC), run_id="april")
    warehouse.land_documents(
        "sap_s4hana",
        "material_document",
        company.old_receipts(old),
        datetime(2026, 5, 31, 18, tzinfo=UTC),
        run_id="may",
    )
    for day, pieces in ((30, 9000), (1, 8500)):
        at = FIRST_DAY - timedelta(days=day)
        warehouse.land("sap_s4hana", "material_stock", stock(pieces), at, mode="full", run_id=f"stock {day}")
    for order in company.orders:
        order["LastChangeDateTime"] = FIRST_DAY - timedelta(days=9)
    warehouse.land("sap_s4hana", "supplier", vendors("Star"), FIRST_DAY, mode="full")
    warehouse.land_documents("sap_s4hana", "purchase_order", company.orders, FIRST_DAY)
    return company


def marts(warehouse: Any) -> dict[str, list[dict[str, Any]]]:
    return {name: warehouse.rows(f"select * from {schema}.{name} order by all") for name, schema in MARTS.items()}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_increments_over_random_days_equal_a_rebuild_after_each(warehouse):
    company = landed(warehouse, 11)
    selection = [f"+{name}" for name in MARTS]
    warehouse.build(FIRST_DAY, *selection)
    seen_rules, seen_verdicts = set(), set()
    # a day, a build that dies before it has recorded its batches, the first confirmations among them, the same again
    # with late documents and hardly any stock, a day without, on which a vendor becomes strategic and a feed has gone
    # stale, and a conversion with a vendor's new name and stock again
    for number, (orders, receipts, is_recorded) in enumerate(
        [(12, 20, True), (8, 8, False), (8, 0, True), (0, 0, True), (0, 0, True)], start=1
    ):
        at = FIRST_DAY + timedelta(days=number)
        if orders:
            warehouse.land_documents("sap_s4hana", "purchase_order", company.changed(orders, at), at)
        if receipts:
            warehouse.land_documents("sap_s4hana", "material_document", company.received(receipts, at), at)
        if number in (2, 5):
            warehouse.land("sap_s4hana", "supplier_confirmation", company.confirmed(12, at), at)
        if number in (3, 5):
            warehouse.land("sap_s4hana", "material_stock", stock({3: 10, 5: 3000}[number]), at, mode="full")
        if number == 4:
            account = {"Id": "001", "Name": "Plain", "AccountNumber": "100001", "Strategic_Vendor__c": True}
            warehouse.land("salesforce", "account", [account], at, mode="full")
        stale = {"material_document"} if number == 4 else set()
        if number == 5:
            warehouse.land("sap_s4hana", "supplier", vendors("Nova"), at, mode="full")
            unit = {"Product": "M1", "AlternativeUnit": "PAK", "BaseUnit": "EA"}
            unit |= {"QuantityNumerator": Decimal(10), "QuantityDenominator": Decimal(1)}
            warehouse.land("sap_s4hana", "product_unit", [unit], at, mode="full")
        warehouse.stale = stale
        warehouse.build(at, *selection, consume=is_recorded)
        if is_recorded:
            rebuilt = warehouse.sibling(f"rebuilt_{number}")
            rebuilt.stale = stale
            rebuilt.build(at, *selection, full=True)
            expected = marts(rebuilt)
            assert all(expected.values())
            found = marts(warehouse)
            for name in MARTS:
                assert found[name] == expected[name], f"{name} on day {number}"
            seen_rules |= {row["rule_id"] for row in found["early_warning"]}
            seen_verdicts |= {row["stock_verdict"] for row in found["early_warning"]}
        # one row without a bucket would stand for all orders: nothing of an increment would have been tried
        touched = warehouse.rows(
            "select count(*) as orders, count(order_bucket) as named from intermediate.int_erp__touched_order"
        )
        assert 0 < touched[0]["named"] == touched[0]["orders"] <= ORDERS + OLD_ORDERS, f"day {number}"
    assert seen_rules == WARNED
    assert seen_verdicts == STOCK_VERDICTS | {None}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_builds_that_died_between_two_tables_are_gone_on_with_on_another_day(warehouse):
    """What a touched order counted is taken off once, wherever a build ended and whatever landed since."""
    company = landed(warehouse, 13)
    selection = [f"+{name}" for name in MARTS]
    warehouse.build(FIRST_DAY, *selection)
    number = 0

    def next_day() -> datetime:
        nonlocal number
        number += 1
        at = FIRST_DAY + timedelta(days=number)
        warehouse.land_documents("sap_s4hana", "purchase_order", company.changed(8, at), at)
        warehouse.land_documents("sap_s4hana", "material_document", company.received(12, at), at)
        return at

    series = (
        ("fct_schedule_line",),
        ("int_vendor_month__count",),
        ("fct_schedule_line", "int_vendor_month__change", "int_vendor_month__count", "fct_promise_change"),
    )
    for ends in series:
        for end in ends:
            warehouse.build(next_day(), f"+{end}", consume=False)
            taken_down = warehouse.rows("select * from intermediate.int_vendor_month__taken_down")
            assert bool(taken_down) is (end != "int_vendor_month__count"), f"day {number}"
        at = next_day()
        warehouse.build(at, *selection)
        rebuilt = warehouse.sibling(f"rebuilt_{number}")
        rebuilt.build(at, *selection, full=True)
        expected = marts(rebuilt)
        assert all(expected.values())
        found = marts(warehouse)
        for name in MARTS:
            assert found[name] == expected[name], f"{name} on day {number} after {ends}"


def test_all_orders_made_a_few_at_a_time_equal_all_orders_made_at_once(warehouse):
    company = landed(warehouse, 14)
    at = FIRST_DAY + timedelta(days=1)
    warehouse.land_documents("sap_s4hana", "purchase_order", company.changed(15, at), at)
    warehouse.land_documents("sap_s4hana", "material_document", company.received(20, at), at)
    selection = [f"+{name}" for name in MARTS]
    warehouse.build(at, *selection)
    of_slice = "set variable first_bucket ="
    assert warehouse.statements("fct_schedule_line").count(of_slice) == 1
    few_at_a_time = warehouse.sibling("few_at_a_time")
    few_at_a_time.build(at, *selection)
    by_order = ["int_erp__purchase_order_line", "int_erp__goods_receipt", "fct_schedule_line", "fct_promise_change"]
    for name in (*by_order, "early_warning"):
        assert few_at_a_time.statements(name).count(of_slice) > ORDERS // few_at_a_time.orders_in_slice
    expected = marts(warehouse)
    assert all(expected.values())
    assert marts(few_at_a_time) == expected


@pytest.mark.parametrize("missing", ["int_erp__vendor_shown", "int_early_warning__episode"])
def test_a_narrow_build_that_never_made_a_table_of_its_chain_makes_all_orders_anew(warehouse, missing):
    company = landed(warehouse, 13)
    narrow = {"int_erp__vendor_shown": "+early_warning", "int_early_warning__episode": "+fct_schedule_line"}[missing]
    warehouse.build(FIRST_DAY, narrow)
    assert not warehouse.rows(f"from duckdb_tables() where table_name = '{missing}'")
    at = FIRST_DAY + timedelta(days=1)
    warehouse.land_documents("sap_s4hana", "purchase_order", company.changed(5, at), at)
    warehouse.build(at, narrow)
    rebuilt = warehouse.sibling("rebuilt")
    rebuilt.build(at, narrow, full=True)
    lines = "select * from marts.fct_schedule_line order by all"
    assert len(rebuilt.rows(lines)) > ORDERS
    assert warehouse.rows(lines) == rebuilt.rows(lines)


def test_a_line_that_an_increment_wrote_twice_or_lost_is_found_by_the_tests_of_touched_orders(warehouse):
    company = landed(warehouse, 12)
    # an increment goes on from all tables of its chain
    selection = (
        "+early_warning",
        "+lead_time",
        "+fct_goods_receipt",
        "+int_vendor_month__on_time",
        "+int_vendor_month__delivery",
        "+int_erp__vendor_shown",
    )
    warehouse.build(FIRST_DAY, *selection)
    at = FIRST_DAY + timedelta(days=1)
    warehouse.land_documents("sap_s4hana", "purchase_order", company.changed(5, at), at)
    warehouse.build(at, *selection, consume=False)
    unique = "unique_fct_schedule_line_schedule_line_key"
    named = "named_in_order_fct_promise_change_schedule_line_key__ref_fct_schedule_line_"
    warehouse.build(at, unique, named, command="test", consume=False)
    touched = "order_bucket in (select order_bucket from intermediate.int_erp__touched_order)"
    faults = {
        named: "delete from marts.fct_schedule_line where schedule_line_key ="
        f" (select min(schedule_line_key) from marts.fct_promise_change where {touched})",
        unique: f"insert into marts.fct_schedule_line select * from marts.fct_schedule_line where {touched} limit 1",
    }
    for test, fault in faults.items():
        with duckdb.connect(str(warehouse.file)) as connection:
            changed = connection.execute(fault).fetchone()
        assert changed == (1,)
        with pytest.raises(AssertionError, match=test):
            warehouse.build(at, test, command="test", consume=False)
