"""A measure of ``vendor_month`` as a picture of the last two years."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from publishing.site.charts.trend import Point, Trend, trend
from publishing.site.sections import Drawing
from publishing.site.vendor_page.setting import Setting
from publishing.site.vendor_page.vendor_rows import VendorRows

MONTHS_SHOWN = 24
MART = "vendor_month"


@dataclass(frozen=True)
class Series:
    """A column of ``vendor_month`` with its count and interval beside it; ``noun`` is what the count counts.

    ``target_of`` names the KPI of vendor health whose target holds for it.
    """

    column: str
    title: str
    unit: str
    noun: str
    definition_id: str
    target_of: str = ""


def drawing(rows: VendorRows, setting: Setting, series: Series) -> Drawing | None:
    """The picture; none where the measure is not shared, or was never known."""
    counted = f"{series.column}_n"
    if not rows.has(MART, series.column, counted):
        return None
    by_month = {row["month"]: row for row in rows.of(MART)}
    known = [month for month, row in by_month.items() if row[series.column] is not None]
    if not known:
        return None
    first = max(min(known), months_before(setting.month_date, MONTHS_SHOWN - 1))
    points = []
    month = first
    while month <= setting.month_date:
        row = by_month.get(month, {})
        points.append(
            Point(
                month,
                _float(row.get(series.column)),
                int(row.get(counted) or 0),
                _float(row.get(f"{series.column}_lower")),
                _float(row.get(f"{series.column}_upper")),
                is_running=month == setting.month_date,
            )
        )
        month = months_before(month, -1)
    chart = Trend(series.title, series.unit, series.noun, tuple(points), _target(rows, series.target_of))
    cases = f"fewer than 5 {series.noun}"
    caption = f"By month. Band: 95 % interval. Hollow: {cases}, or a month that is still running."
    return Drawing(trend(chart), caption, "months", series.definition_id)


def months_before(month: date, count: int) -> date:
    """First day of the month ``count`` months earlier."""
    index = month.year * 12 + month.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)


def _target(rows: VendorRows, metric: str) -> float | None:
    """The newest target of the KPI."""
    found = [row for row in rows.of("vendor_quarter_kpi") if row["metric_id"] == metric and row["is_headline"]]
    return max(found, key=lambda row: row["quarter"])["target_value"] if found else None


def _float(value: Any) -> float | None:
    return None if value is None else float(value)
