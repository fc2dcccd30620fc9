"""The shape of the simulated company: what public data say, and each trap at least a few times."""

import math
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from sandbox import oracle
from sandbox.world import FIRST_NOW


@pytest.fixture
def lines(world):
    """(header, item, schedule line) of everything visible on the first day."""
    found = [
        (header, item, line)
        for header in world.rows("purchase_order")
        for item in header["_PurchaseOrderItem"]
        for line in item["_PurchaseOrderScheduleLineTP"]
    ]
    assert 27_000 <= len(found) <= 34_000
    return found


@pytest.fixture
def movements(world):
    found = [
        (document, item) for document in world.rows("material_document") for item in document["to_MaterialDocumentItem"]
    ]
    assert len(found) > 25_000
    return found


def test_a_few_vendors_supply_most_lines(lines):
    count = Counter(header["Supplier"] for header, _, _ in lines if header["Supplier"])
    sizes = sorted(count.values(), reverse=True)
    total = sum(sizes)
    assert len(sizes) > 180
    assert 0.50 < sum(sizes[:5]) / total < 0.64
    assert 0.75 < sum(sizes[:10]) / total < 0.87
    assert sum(size < 10 for size in sizes) / len(sizes) > 0.45


def test_slips_against_the_statistical_date_have_the_measured_mix(world, lines):
    received = oracle.received_at(world, world.now())
    slips = []
    for header, item, line in lines:
        is_plain = len(item["_PurchaseOrderScheduleLineTP"]) == 1 and not item["PurchasingDocumentDeletionCode"]
        if not header["Supplier"] or not is_plain:
            continue
        total = Decimal(0)
        for posted_on, quantity in received.get((header["PurchaseOrder"], item["PurchaseOrderItem"]), []):
            total += quantity
            if total >= item["OrderQuantity"]:
                slips.append((posted_on - line["SchedLineStscDeliveryDate"]).days)
                break
    assert len(slips) > 15_000
    late = sorted(slip for slip in slips if slip > 0)
    assert 0.06 < sum(slip < 0 for slip in slips) / len(slips) < 0.11
    assert 0.80 < sum(slip == 0 for slip in slips) / len(slips) < 0.90
    assert 0.03 < len(late) / len(slips) < 0.10
    assert 8 <= late[len(late) // 2] <= 18
    assert late[int(len(late) * 0.95)] > 50


def test_deliveries_follow_the_working_week(world):
    days = Counter(document["PostingDate"].weekday() for document in world.rows("material_document"))
    total = sum(days.values())
    assert total > 15_000
    assert all(0.14 < days[day] / total < 0.24 for day in range(5)), days
    assert 0.02 < (days[5] + days[6]) / total < 0.08


def test_some_receipts_are_recorded_long_after_they_happened(world):
    lags = [(document["CreationDate"] - document["PostingDate"]).days for document in world.rows("material_document")]
    assert min(lags) >= 0
    assert 0.15 < sum(lag > 0 for lag in lags) / len(lags) < 0.25
    assert max(lags) > 60


def test_line_values_have_a_heavy_tail_and_price_units(lines):
    values = sorted(
        float(item["NetPriceAmount"] * item["OrderQuantity"] / item["NetPriceQuantity"]) for _, item, _ in lines
    )
    assert 15_000 < values[len(values) // 2] < 32_000
    assert values[int(len(values) * 0.9)] > 300_000
    units = Counter(item["NetPriceQuantity"] for _, item, _ in lines)
    assert units[Decimal(100)] > 300
    assert set(units) == {Decimal(1), Decimal(100), Decimal(1000)}
    assert set(Counter(item["PurchaseOrderQuantityUnit"] for _, item, _ in lines)) == {"EA", "PAK", "KG", "L"}
    assert len({header["DocumentCurrency"] for header, _, _ in lines}) >= 3


def test_transport_orders_have_a_plant_instead_of_a_supplier(world):
    kinds = Counter()
    for header in world.rows("purchase_order"):
        kinds[header["PurchaseOrderType"]] += 1
        assert (header["PurchaseOrderType"] == "UB") == (header["Supplier"] == "") == (header["SupplyingPlant"] != "")
    assert kinds["UB"] > 300
    assert kinds["NB"] > 10_000


def test_numbers_are_padded_as_each_service_pads_them(world, lines, movements):
    header, item, line = next(found for found in lines if found[0]["Supplier"])
    assert len(item["PurchaseOrderItem"]) == 5
    assert len(line["ScheduleLine"]) == 4
    padded = {supplier["Supplier"] for supplier in world.rows("supplier")}
    assert {len(number) for number in padded} == {10}
    assert header["Supplier"].zfill(10) in padded
    assert header["Supplier"] not in padded
    assert {movement["PurchaseOrderItem"][0] for _, movement in movements} == set("123456789")


def test_cancellations_returns_orders_and_final_deliveries_occur(world, lines):
    marked = sum(item["PurchasingDocumentDeletionCode"] == "L" for _, item, _ in lines)
    assert 0.05 < marked / len(lines) < 0.13
    assert sum(header["PurchaseOrderDeletionCode"] == "L" for header in world.rows("purchase_order")) > 100
    assert sum(item["IsReturnsItem"] for _, item, _ in lines) > 20
    assert sum(item["IsCompletelyDelivered"] for _, item, _ in lines) > 50


def test_lines_of_cancelled_items_are_never_received(lines, movements):
    gone = {
        (header["PurchaseOrder"], item["PurchaseOrderItem"])
        for header, item, _ in lines
        if item["PurchasingDocumentDeletionCode"]
    }
    received = {(item["PurchaseOrder"], item["PurchaseOrderItem"].zfill(5)) for _, item in movements}
    assert len(gone) > 1000
    assert not gone & received


def test_children_disappear_from_their_order(world):
    vanished = Counter()
    for document in world.truth.documents["purchase_order"]:
        for old, new in pairwise(document.states):
            before, after = oracle.flatten("purchase_order", [old]), oracle.flatten("purchase_order", [new])
            for child in ("purchase_order_item", "purchase_order_schedule_line"):
                names = [name for name in ("PurchaseOrderItem", "ScheduleLine") if name in before[child][0]]
                kept = {tuple(row[name] for name in names) for row in after[child]}
                vanished[child] += sum(tuple(row[name] for name in names) not in kept for row in before[child])
    assert vanished["purchase_order_item"] > 50
    assert vanished["purchase_order_schedule_line"] > 200


def test_a_split_adds_a_line_and_keeps_the_quantity(world):
    splits = 0
    for document in world.truth.documents["purchase_order"]:
        for old, new in pairwise(document.states):
            former = {item["PurchaseOrderItem"]: item for item in old["_PurchaseOrderItem"]}
            for item in new["_PurchaseOrderItem"]:
                was = former[item["PurchaseOrderItem"]]["_PurchaseOrderScheduleLineTP"]
                now = item["_PurchaseOrderScheduleLineTP"]
                if len(now) > len(was):
                    splits += 1
                    assert sum(line["ScheduleLineOrderQuantity"] for line in now) == item["OrderQuantity"]
    assert splits > 200


def test_the_order_shows_the_promises_of_the_oracle_and_the_original_only_moves_by_agreement(world):
    instant = FIRST_NOW + timedelta(days=17)
    promises = oracle.promises_at(world, instant)
    agreed = pushed = checked = 0
    for header in oracle.rows_at(world, "purchase_order", instant):
        for item in header["_PurchaseOrderItem"]:
            for line in item["_PurchaseOrderScheduleLineTP"]:
                key = (header["PurchaseOrder"], item["PurchaseOrderItem"], line["ScheduleLine"])
                history = promises[key]
                checked += 1
                assert line["ScheduleLineDeliveryDate"] == history[-1].promised_on
                basis = [promise for promise in history if promise.cause != "vendor"][-1]
                assert line["SchedLineStscDeliveryDate"] == basis.promised_on
                agreed += basis.cause == "buyer_date"
                pushed += history[-1].cause == "vendor"
    assert checked > 30_000
    assert agreed > 500
    assert pushed > 1_000


def test_announcements_come_two_to_fourteen_days_ahead_and_some_are_false(world):
    notices = []
    for history in oracle.promise_history(world).values():
        for old, new in pairwise(history):
            if new.cause == "vendor" and new.promised_on > old.promised_on and old.cause != "vendor":
                notices.append((old.promised_on - new.since.date()).days)
    assert len(notices) > 800
    assert sum(2 <= notice <= 14 for notice in notices) / len(notices) > 0.9


def test_a_goods_receipt_does_not_touch_its_order(world):
    day = FIRST_NOW + timedelta(days=1)
    booked = {
        item["PurchaseOrder"]
        for version in oracle.versions(world, "material_document", FIRST_NOW, day)
        for item in version.row["to_MaterialDocumentItem"]
    }
    edited = {version.key[0] for version in oracle.versions(world, "purchase_order", FIRST_NOW, day)}
    assert len(booked) > 5
    untouched = booked - edited
    assert untouched
    for number in untouched:
        document = oracle.history(world, "purchase_order", (number,))
        assert document.at(FIRST_NOW) is document.at(day)


def test_reversals_point_to_the_movement_they_take_back_and_flag_it(movements):
    by_key = {
        (item["MaterialDocumentYear"], item["MaterialDocument"], item["MaterialDocumentItem"]): item
        for _, item in movements
    }
    reversals = [item for _, item in movements if item["GoodsMovementType"] == "102"]
    assert len(reversals) > 200
    for item in reversals:
        original = by_key[
            item["ReversedMaterialDocumentYear"], item["ReversedMaterialDocument"], item["ReversedMaterialDocumentItem"]
        ]
        assert original["GoodsMovementType"] == "101"
        assert original["QuantityInEntryUnit"] == item["QuantityInEntryUnit"]
        assert original["GoodsMovementIsCancelled"]
    flagged = sum(item["GoodsMovementIsCancelled"] for _, item in movements)
    assert flagged == len(reversals)
    assert sum(item["GoodsMovementType"] == "122" for _, item in movements) > 150


def test_partial_and_over_deliveries_occur(world, lines):
    received = oracle.received_at(world, world.now())
    parts = sum(len({day for day, quantity in moves if quantity > 0}) > 1 for moves in received.values())
    assert parts / len(received) > 0.12
    ordered = {(header["PurchaseOrder"], item["PurchaseOrderItem"]): item["OrderQuantity"] for header, item, _ in lines}
    over = sum(sum(quantity for _, quantity in moves) > ordered[key] for key, moves in received.items())
    assert over > 300


def test_material_documents_cannot_be_posted_in_the_future_and_keep_their_creation_time(world):
    checked = 0
    for document in world.truth.documents["material_document"]:
        first = document.states[0]
        assert first["PostingDate"] <= first["CreationDate"]
        assert f"{document.instants[0]:%Y-%m-%d %H:%M:%S}" == f"{first['CreationDate']} {first['CreationTime']}"
        for state in document.states[1:]:
            checked += 1
            assert (state["CreationDate"], state["CreationTime"]) == (first["CreationDate"], first["CreationTime"])
    assert checked > 200


def test_suppliers_are_renamed_blocked_deleted_and_look_alike(world):
    documents = world.truth.documents["supplier"]
    renamed = sum(len({state["SupplierName"] for state in document.states}) > 1 for document in documents)
    assert renamed >= 5
    rows = world.rows("supplier")
    assert sum(row["PurchasingIsBlocked"] for row in rows) == 3
    assert sum(row["DeletionIndicator"] for row in rows) == 2
    names = [row["SupplierName"] for row in rows]
    bare = Counter("".join(filter(str.isalnum, name)).casefold().removesuffix("co") for name in names)
    assert len(set(names)) == 202
    assert sum(count > 1 for count in bare.values()) >= 4


def test_the_crm_and_the_portal_know_most_vendors_by_another_key(world):
    accounts = world.rows("account")
    numbers = {row["AccountNumber"] for row in accounts}
    assert 180 <= len(accounts) < 200
    assert "" in numbers
    assert any(number.startswith("0") for number in numbers)
    assert sum(row["Strategic_Vendor__c"] for row in accounts) == 14
    stamps = Counter(row["SystemModstamp"] for row in accounts)
    assert max(stamps.values()) > 100
    portal = {row["vendor.name"] for row in world.rows("incident") if row["vendor"]}
    names = {state["SupplierName"] for document in world.truth.documents["supplier"] for state in document.states}
    assert len(portal & names) > 100
    assert 5 <= len(portal - names) <= 60


def test_tickets_have_the_measured_tail_and_close_by_themselves(world):
    tickets = world.rows("incident")
    assert 5_000 < len(tickets) < 7_500
    hours = sorted(
        (row["resolved_at"] - row["opened_at"]).total_seconds() / 3600 for row in tickets if row["resolved_at"]
    )
    assert 15 < hours[len(hours) // 2] < 32
    assert 120 < math.fsum(hours) / len(hours) < 240
    assert 0.44 < sum(hour <= 24 for hour in hours) / len(hours) < 0.56
    assert 0.03 < sum(row["resolved_at"] is None for row in tickets) / len(tickets) < 0.10
    assert 0.55 < sum(row["made_sla"] for row in tickets) / len(tickets) < 0.75
    assert 0.25 < sum(row["vendor"] == "" for row in tickets) / len(tickets) < 0.35
    assert all((row["vendor"] == "") == (row["vendor.name"] == "") for row in tickets)
    assert sum(row["reopen_count"] > 0 for row in tickets) > 80
    waits = [row["closed_at"] - row["resolved_at"] for row in tickets if row["closed_at"] and row["resolved_at"]]
    assert len(waits) > 4_000
    assert all(timedelta(days=5) < wait <= timedelta(days=5, hours=1) for wait in waits)
    assert {row["state"] for row in tickets} == {"1", "2", "3", "6", "7", "8"}


def test_surveys_come_in_quarterly_waves_in_both_directions(world):
    answers = world.rows("survey_response")
    scores = {}
    for direction in ("vendor_rates_us", "stakeholder_rates_vendor"):
        scores[direction] = [row["Score__c"] for row in answers if row["Direction__c"] == direction]
        assert len(scores[direction]) > 1_000
        assert all(0 <= score <= 10 for score in scores[direction])
    assert len({row["Wave__c"] for row in answers}) == 12
    assert all(row["Submitted_At__c"] <= row["CreatedDate"] for row in answers)
    assert all(row["Respondent_Email__c"].endswith(".example") for row in answers)
    assert max(Counter(row["SystemModstamp"] for row in answers).values()) > 20


def test_proposals_fill_the_funnel(world):
    proposals = world.rows("innovation_proposal")
    states = Counter(row["Status__c"] for row in proposals)
    assert set(states) == {"Submitted", "Triaged", "Actionable", "Pilot", "Adopted", "Rejected"}
    assert min(states.values()) >= 5
    assert sum(row["Benefit_Estimate__c"] is None for row in proposals) > 5
    assert sum(row["First_Feedback_At__c"] is None for row in proposals) >= 5
    assert {row["Submitted_Date__c"].year for row in proposals} == {2023, 2024, 2025, 2026}


def test_no_number_is_negative_and_no_date_is_before_the_company(lines):
    for header, item, line in lines:
        assert header["PurchaseOrderDate"] >= date(2023, 7, 1)
        assert line["ScheduleLineDeliveryDate"] > header["PurchaseOrderDate"]
        assert line["ScheduleLineOrderQuantity"] > 0
        is_consignment = item["PurchaseOrderItemCategory"] == "2"
        assert (item["NetPriceAmount"] == 0) == is_consignment
        assert item["NetPriceAmount"] >= 0
