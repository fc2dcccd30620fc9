"""Stock: what lies there is what came and went, and it never falls below nothing."""

from collections import Counter
from datetime import timedelta

from sandbox.world import FIRST_NOW, World


def test_stock_is_positive_and_changes_every_working_day(small_world):
    documents = small_world.truth.documents["material_stock"]
    assert len(documents) > 500
    days = Counter()
    for document in documents:
        for at, state in zip(document.instants, document.states, strict=True):
            assert state is None or state["MatlWrhsStkQtyInMatlBaseUnit"] > 0
            if FIRST_NOW < at <= FIRST_NOW + timedelta(days=28):
                days[at.date()] += 1
    whole_days = [FIRST_NOW.date() + timedelta(days=count) for count in range(1, 28)]
    assert min(days[day] for day in whole_days if day.weekday() < 5) > 5


def test_stock_in_inspection_is_of_lots_without_a_decision(small_world):
    decided = {row["InspectionLot"] for row in small_world.rows("usage_decision")}
    open_lots = Counter()
    for lot in small_world.rows("inspection_lot"):
        if lot["InspectionLot"] not in decided:
            open_lots[lot["Material"]] += lot["InspectionLotQuantity"]
    inspected = Counter()
    for row in small_world.rows("material_stock"):
        if row["InventoryStockType"] == "02":
            inspected[row["Material"]] += row["MatlWrhsStkQtyInMatlBaseUnit"]
    assert len(inspected) >= 3
    common = inspected.keys() & open_lots.keys()
    assert len(common) / len(inspected | open_lots) > 0.7  # a lot follows its receipt by minutes
    assert sum(inspected[material] == open_lots[material] for material in common) / len(common) > 0.9


def test_every_kind_of_stock_occurs_and_the_vendors_own_names_it():
    rows = [row for days in (0, 60, 120) for row in World(11, FIRST_NOW + timedelta(days=days)).rows("material_stock")]
    kinds = Counter((row["InventoryStockType"], row["InventorySpecialStockType"]) for row in rows)
    assert set(kinds) == {("01", ""), ("02", ""), ("07", ""), ("01", "K")}
    assert all((row["Supplier"] != "") == (row["InventorySpecialStockType"] == "K") for row in rows)


def test_a_stock_that_is_used_up_is_no_longer_shown_and_comes_back(small_world):
    documents = small_world.truth.documents["material_stock"]
    gone = [document for document in documents if None in document.states]
    assert len(gone) > 50
    assert sum(document.states[-1] is not None for document in gone) > 20
