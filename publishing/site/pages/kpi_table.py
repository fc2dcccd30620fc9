"""Vendors by one KPI of vendor health in the last full quarter, the worst first."""

from publishing.site import figures
from publishing.site.sections import Column, Table, table
from publishing.site.source import Source

VENDORS_SHOWN = 20


def kpi_table(source: Source, metric_id: str, words: str, unit: str, definition_id: str) -> Table:
    """The KPI's value with its count and interval, and its points between floor, target and stretch."""
    rows = source.read(
        f"vendors-{metric_id.replace('_', '-')}",
        "select vendor_key, vendor_name, category, quarter, value, value_n, shrunk_value, shrunk_value_lower,"
        " shrunk_value_upper, floor_value, target_value, stretch_value, score"
        " from vendor_quarter_kpi where metric_id = $metric and quarter = $quarter and is_headline"
        " order by score, value_n desc, vendor_key",
        {"metric": metric_id, "quarter": source.full_quarter},
    )
    return table(
        rows,
        (
            Column("vendor_name", "Vendor", "vendor"),
            Column("category", "Category"),
            Column("value", words, unit, n="value_n", definition_id=definition_id),
            Column(
                "shrunk_value",
                "Likely (80 % interval)",
                unit,
                bounds=("shrunk_value_lower", "shrunk_value_upper"),
                definition_id="vendor_health_kpi",
            ),
            Column("target_value", "Target", unit),
            Column("score", "Points", "points_state", definition_id="vendor_health_kpi"),
        ),
        caption=(
            f"{words} by vendor in {figures.quarter(source.full_quarter)}, the worst first. The likely value is drawn"
            " towards the category where there are few observations; 0 points are the floor, 70 the target."
        ),
        limit=VENDORS_SHOWN,
        noun="vendor",
        if_empty=f"Nothing is known of {words.lower()} in {figures.quarter(source.full_quarter)}.",
    )
