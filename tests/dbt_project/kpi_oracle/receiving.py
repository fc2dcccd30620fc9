"""What each item of a material document changed in the quantity received, in three units."""

from datetime import datetime
from typing import Any

from tests.dbt_project.kpi_oracle.delivery import days
from tests.dbt_project.kpi_oracle.materials import base_units, units_of
from tests.dbt_project.kpi_oracle.observed import Seen, number
from tests.dbt_project.kpi_oracle.orders import movements, orders

KINDS = {"101": "receipt", "102": "reversal", "122": "return"}


def fct_goods_receipt(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The facts of every receipt, reversal and return."""
    seen, units = orders(readings), units_of(readings)
    rows = []
    for movement in movements(readings):
        line = seen.lines.get(movement.line)
        item = line.newest.content if line and line.newest else {}
        header = seen.headers.get(movement.line[:2])
        vendor = number(header.newest.content["Supplier"]) if header and header.newest else None
        into_base = movement.base_factor
        if into_base is None:
            into_base = base_units(units, movement.line[0], item.get("Material"), movement.unit)
        per_order_unit = base_units(
            units, movement.line[0], item.get("Material"), item.get("PurchaseOrderQuantityUnit")
        )
        into_order = 1 if movement.unit == item.get("PurchaseOrderQuantityUnit") else None
        if into_order is None and into_base is not None and per_order_unit:
            into_order = into_base / per_order_unit
        rows.append(
            {
                "goods_receipt_key": f"{movement.document[0]}:{'/'.join(movement.document[1:])}",
                "vendor_key": vendor and f"{movement.line[0]}:{vendor}",
                "movement": KINDS[movement.kind],
                "posting_date": movement.posted,
                "recorded_at": movement.recorded_at,
                "recording_lag_days": days(movement.posted, movement.recorded_at.date()),
                "effective_quantity": movement.quantity,
                "effective_base_quantity": None if into_base is None else movement.quantity * into_base,
                "effective_order_quantity": None if into_order is None else movement.quantity * into_order,
            }
        )
    return rows
