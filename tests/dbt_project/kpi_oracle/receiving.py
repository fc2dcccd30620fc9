"""What each item of a material document changed in the quantity received, in three units."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from tests.dbt_project.kpi_oracle.delivery import days
from tests.dbt_project.kpi_oracle.materials import base_unit_of, base_units, units_of
from tests.dbt_project.kpi_oracle.observed import Seen, number, plain
from tests.dbt_project.kpi_oracle.orders import Movement, movements, orders

KINDS = {"101": "receipt", "102": "reversal", "122": "return"}


@dataclass(frozen=True)
class Receipt:
    """A movement with what its order says about it; quantities are None where nobody can convert them."""

    movement: Movement
    vendor: str | None
    material: str | None
    plant: str | None
    base_unit: str | None
    base_quantity: Decimal | None
    order_quantity: Decimal | None


@lru_cache(maxsize=2)
def receipts(readings: Seen) -> list[Receipt]:
    """Every receipt, reversal and return."""
    seen, units = orders(readings), units_of(readings)
    found = []
    for movement in movements(readings):
        connection = movement.line[0]
        line, header = seen.lines.get(movement.line), seen.headers.get(movement.line[:2])
        # of an order whose header nobody could read yet the lines are not known either
        item = line.newest.content if line and line.newest and header and header.newest else {}
        vendor = number(header.newest.content["Supplier"]) if header and header.newest else None
        material = movement.material or number(item.get("Material"))
        # the ERP's own conversion of the day comes before the material master's of today
        into_base = movement.base_factor
        if into_base is None:
            into_base = base_units(units, connection, material, movement.unit)
        per_order_unit = base_units(units, connection, material, item.get("PurchaseOrderQuantityUnit"))
        into_order = Decimal(1) if movement.unit == item.get("PurchaseOrderQuantityUnit") else None
        if into_order is None and into_base is not None and per_order_unit:
            into_order = into_base / per_order_unit
        found.append(
            Receipt(
                movement=movement,
                vendor=vendor and f"{connection}:{vendor}",
                material=material,
                plant=movement.plant or plain(item.get("Plant")),
                base_unit=movement.base_unit or base_unit_of(readings).get((connection, material or "")),
                base_quantity=None if into_base is None else movement.quantity * into_base,
                order_quantity=None if into_order is None else movement.quantity * into_order,
            )
        )
    return found


def fct_goods_receipt(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The facts of every receipt, reversal and return."""
    return [
        {
            "goods_receipt_key": f"{one.movement.document[0]}:{'/'.join(one.movement.document[1:])}",
            "vendor_key": one.vendor,
            "movement": KINDS[one.movement.kind],
            "posting_date": one.movement.posted,
            "recorded_at": one.movement.recorded_at,
            "recording_lag_days": days(one.movement.posted, one.movement.recorded_at.date()),
            "effective_quantity": one.movement.quantity,
            "effective_base_quantity": one.base_quantity,
            "base_unit": one.base_unit,
            "effective_order_quantity": one.order_quantity,
        }
        for one in receipts(readings)
    ]
