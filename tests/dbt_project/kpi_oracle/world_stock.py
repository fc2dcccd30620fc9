"""Stock of the world's materials: used up, filled again, left out while empty, partly the vendor's, partly blocked."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.dbt_project.kpi_oracle.company import Document, State, instant
from tests.dbt_project.kpi_oracle.dice import Dice
from tests.dbt_project.kpi_oracle.observed import Unreadable
from tests.dbt_project.kpi_oracle.vendors import BEFORE_ALL
from tests.dbt_project.kpi_oracle.world_orders import MATERIALS, base_unit_of

MESSES = ("empty_stocks_left_out", "vendor_owned_stock", "stock_in_two_places", "late_first_stock")
SITES = ("1000", "2000")
FREE, INSPECTED, BLOCKED = "01", "02", "07"


def documents(dice: Dice, vendors: tuple[str, ...], known: list[Document]) -> list[Document]:
    """Free stock of most materials at the sites, and beside it what waits, is blocked or belongs to a vendor."""
    found = []
    for material in MATERIALS:
        for site in SITES:
            if dice.between(1, 4) == 1:
                continue
            found.append(_stock(dice, material, site, FREE))
            found += [_stock(dice, material, site, kind) for kind in (INSPECTED, BLOCKED) if dice.between(1, 3) == 1]
            if dice.happens("stock_in_two_places"):
                found.append(_stock(dice, material, site, FREE, StorageLocation="0002"))
            if dice.happens("vendor_owned_stock"):
                owner = {"Supplier": vendors[0], "InventorySpecialStockType": "K"}
                found.append(_stock(dice, material, site, dice.one_of((FREE, BLOCKED)), **owner))
    return found


def _stock(dice: Dice, material: str, site: str, kind: str, **place: str) -> Document:
    """One row of stock and what it held; a source shows no row for what is empty."""
    row: dict[str, Any] = {
        "Material": material,
        "Plant": site,
        "StorageLocation": "0001",
        "Batch": "",
        "Supplier": "",
        "Customer": "",
        "WBSElementInternalID": "",
        "SDDocument": "",
        "SDDocumentItem": "",
        "InventorySpecialStockType": "",
        "InventoryStockType": kind,
        "MaterialBaseUnit": base_unit_of(dice, material),
        "MatlWrhsStkQtyInMatlBaseUnit": Decimal(dice.one_of((0, 40, 200, 1000))),
        **place,
    }
    first = instant(dice.day(20, 90)) if dice.happens("late_first_stock") else BEFORE_ALL
    states = [State(first, row)]
    for _ in range(dice.between(0, 4)):
        later = states[-1].visible_from.replace(hour=dice.one_of((4, 12))) + timedelta(days=dice.between(1, 40))
        later = max(later, instant(dice.day(0, 60)))
        if dice.happens("empty_stocks_left_out", 3):
            states.append(State(later, None))
        elif dice.happens("unreadable_values", 8):
            states.append(State(later, {**row, "MatlWrhsStkQtyInMatlBaseUnit": Unreadable("some")}))
        else:
            # never what it held before: the warehouse takes a stock that comes back as it was for one that stayed
            quantity = Decimal(dice.one_of((0, 30, 40, 150)) + len(states))
            states.append(State(later, {**row, "MatlWrhsStkQtyInMatlBaseUnit": quantity}))
    return Document("sap_s4hana", "material_stock", tuple(states))
