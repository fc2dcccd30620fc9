"""The KPIs of vendor health by quarter, and how each stands."""

from collections.abc import Mapping
from datetime import date

from publishing.site.source import Row
from publishing.site.states import NO_DATA, State, of_points
from publishing.site.vendor_page.vendor_rows import VendorRows


def kpis_by_quarter(rows: VendorRows) -> Mapping[date, Mapping[str, Row]]:
    """By quarter and metric, by the anchors that were valid when the quarter began."""
    found: dict[date, dict[str, Row]] = {}
    for row in rows.of("vendor_quarter_kpi"):
        if row["is_headline"]:
            found.setdefault(row["quarter"], {})[row["metric_id"]] = row
    return found


def state_of(row: Row) -> State:
    """By the points of the KPI; where they are not among the columns, by its value against target and floor."""
    if "score" in row:
        return of_points(row["score"])
    value = row["value"]
    if value is None:
        return NO_DATA
    is_up = row["target_value"] >= row["floor_value"]
    if value >= row["target_value"] if is_up else value <= row["target_value"]:
        return State("ok", "on target")
    is_above_floor = value > row["floor_value"] if is_up else value < row["floor_value"]
    return State("watch", "below target") if is_above_floor else State("alert", "at the floor")
