"""Real deliveries of real vendors (USAID SCMS), judged by the rule that judges deliveries in production."""

from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchmarks.alert_warehouse import AlertWarehouse
from sandbox.replay.scms import Line, read_lines

FEWEST_LINES = 100


class RealDeliveries:
    """The lines that a vendor delivers to the client itself, of vendors with at least a hundred of them."""

    def __init__(self, folder: Path) -> None:
        """Read the file in the folder of reference data."""
        lines = [line for line in read_lines(folder) if not line.is_from_warehouse and line.scheduled_on]
        by_vendor: dict[str, list[Line]] = defaultdict(list)
        for line in lines:
            by_vendor[line.vendor].append(line)
        self.lines = lines
        self.large = {name: mine for name, mine in sorted(by_vendor.items()) if len(mine) >= FEWEST_LINES}


def judged_deliveries(deliveries: RealDeliveries, folder: Path) -> list[dict[str, Any]]:
    """For each large vendor: late share by year with its n, and each alert with its day and likely start."""
    warehouse = AlertWarehouse(folder, max(_known_last(line) for line in deliveries.lines))
    vendors = sorted({line.vendor for line in deliveries.lines})
    warehouse.add("marts.dim_vendor", pa.table({"vendor_key": vendors, "category": ["scms"] * len(vendors)}))
    orders = {order: number for number, order in enumerate(sorted({line.order for line in deliveries.lines}))}
    warehouse.add(
        "marts.fct_schedule_line",
        pa.Table.from_pylist(
            [
                {
                    "order_bucket": orders[line.order],
                    "schedule_line_key": str(line.line_id),
                    "vendor_key": line.vendor,
                    "purchase_order": line.order,
                    "is_vendor_performance": True,
                    "first_promise_date": line.scheduled_on,
                    "in_full_date": line.delivered_on,
                    "recorded_date": line.recorded_on or line.delivered_on,
                    "state": "delivered",
                }
                for line in deliveries.lines
            ]
        ),
    )
    warehouse.seed()
    warehouse.judge()
    alerts = warehouse.alerts("delivery_slip")
    return [
        {
            "vendor": vendor,
            "lines": len(lines),
            "late_by_year": _late_by_year(lines),
            "alerts": [
                {"told": told.isoformat(), "since": since.isoformat() if since else None}
                for name, told, since in alerts
                if name == vendor
            ],
        }
        for vendor, lines in deliveries.large.items()
    ]


def _known_last(line: Line) -> date:
    return max(day for day in (line.scheduled_on, line.delivered_on, line.recorded_on) if day)


def _late_by_year(lines: list[Line]) -> dict[str, tuple[float, int]]:
    late: dict[str, list[bool]] = defaultdict(list)
    for line in lines:
        if line.scheduled_on and line.delivered_on:
            late[str(line.scheduled_on.year)].append(line.delivered_on > line.scheduled_on)
    return {year: (sum(flags) / len(flags), len(flags)) for year, flags in sorted(late.items())}
