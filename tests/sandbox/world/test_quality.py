"""Lots, decisions and complaints: they follow from receipts, and hold what quality numbers stumble over."""

from collections import Counter
from datetime import datetime

import pytest


@pytest.fixture
def lots(small_world):
    found = small_world.rows("inspection_lot")
    assert len(found) > 1_000
    return found


@pytest.fixture
def decisions(small_world):
    return {row["InspectionLot"]: row for row in small_world.rows("usage_decision")}


@pytest.fixture
def notifications(small_world):
    found = small_world.rows("quality_notification")
    assert len(found) > 150
    return found


def test_every_lot_is_of_a_receipt_that_was_not_taken_back(small_world, lots):
    receipts = {
        (item["MaterialDocumentYear"], item["MaterialDocument"], item["MaterialDocumentItem"].zfill(4)): item
        for document in small_world.rows("material_document")
        for item in document["to_MaterialDocumentItem"]
    }
    for lot in lots:
        item = receipts[lot["MaterialDocumentYear"], lot["MaterialDocument"], lot["MaterialDocumentItem"]]
        assert item["GoodsMovementType"] == "101"
        assert not item["GoodsMovementIsCancelled"]
        assert item["Supplier"] == lot["Supplier"]
        assert item["QuantityInBaseUnit"] == lot["InspectionLotQuantity"]


def test_some_lots_are_skipped_some_open_and_few_rejected(lots, decisions):
    skipped = [lot for lot in lots if lot["InspectionLotSampleQuantity"] == 0]
    assert 0.05 < len(skipped) / len(lots) < 0.4
    decided = [lot for lot in lots if lot["InspectionLot"] in decisions]
    assert 0 < len(lots) - len(decided) < 0.05 * len(lots)
    valuations = Counter(decisions[lot["InspectionLot"]]["InspLotUsageDecisionValuation"] for lot in decided)
    assert set(valuations) == {"A", "R"}
    assert 0.02 < valuations["R"] / len(decided) < 0.12
    assert all(decisions[lot["InspectionLot"]]["InspLotUsageDecisionValuation"] == "A" for lot in skipped[:100])


def test_a_rejected_lot_may_have_an_unknown_number_of_defects_and_quantities_add_up(lots, decisions):
    rejected = [
        lot
        for lot in lots
        if lot["InspectionLot"] in decisions and decisions[lot["InspectionLot"]]["InspLotUsageDecisionValuation"] == "R"
    ]
    unknown = sum(lot["InspectionLotDefectiveQuantity"] is None for lot in rejected)
    assert len(rejected) > 40
    assert 0.05 < unknown / len(rejected) < 0.4
    assert sum(lot["InspLotQtyReturnedToSupplier"] > 0 for lot in rejected) > 5
    for lot in rejected:
        parts = ("InspLotQtyToFree", "InspLotQtyToBlocked", "InspLotQtyReturnedToSupplier")
        assert sum(lot[part] for part in parts) == lot["InspectionLotQuantity"]
        assert min(lot[part] for part in parts) >= 0


def test_a_few_acceptances_are_corrected_days_later(world):
    corrected = [document for document in world.truth.documents["usage_decision"] if len(document.states) > 1]
    assert len(corrected) > 5
    for document in corrected:
        assert [state["InspLotUsageDecisionValuation"] for state in document.states] == ["A", "R"]
        assert document.instants[1].date() > document.instants[0].date()


def test_complaints_are_completed_in_hours_or_never_and_some_are_withdrawn(notifications):
    hours = []
    for row in notifications:
        assert (row["NotificationCompletionDate"] is None) == (row["NotificationCompletionTime"] is None)
        if row["NotificationCompletionDate"]:
            began, ended = (
                datetime.fromisoformat(f"{row[f'Notification{part}Date']}T{row[f'Notification{part}Time']}")
                for part in ("Reporting", "Completion")
            )
            hours.append((ended - began).total_seconds() / 3600)
    assert min(hours) > 0
    assert 0.4 < sum(hour <= 24 for hour in hours) / len(hours) < 0.7
    assert max(hours) > 500
    assert 0 < len(notifications) - len(hours) < 0.15 * len(notifications)
    assert 0.01 < sum(row["IsMarkedForDeletion"] for row in notifications) / len(notifications) < 0.15
    assert 0.1 < sum(row["DefectiveQuantity"] is None for row in notifications) / len(notifications) < 0.3


def test_few_vendors_make_most_complaints(notifications):
    sizes = sorted(Counter(row["Supplier"] for row in notifications).values(), reverse=True)
    assert sum(sizes[:10]) / sum(sizes) > 0.5
    assert sum(row["InspectionLot"] == "" for row in notifications) > 50
    assert sum(row["InspectionLot"] != "" for row in notifications) > 20
