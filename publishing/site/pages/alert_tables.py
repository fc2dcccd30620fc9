"""Alerts that are open: what was told and has not cleared, without what is muted because a feed is stale."""

from dataclasses import dataclass

from publishing.site import figures
from publishing.site.sections import Column, Table, table
from publishing.site.source import Result, Source


@dataclass(frozen=True)
class OpenAlerts:
    """``rows`` has the most severe first; ``muted`` are active too, but may be wrong."""

    rows: Result
    alerts: int
    watches: int
    muted: int

    @property
    def words(self) -> str:
        """``61 alerts and 43 watches are open``."""
        told = f"{figures.counted(self.alerts, 'alert')} and {figures.counted(self.watches, 'watch')} are open"
        return f"{told}; {self.muted:,} more muted because a feed is stale" if self.muted else told


def open_vendor_warnings(source: Source, kpi_family: str | None = None) -> OpenAlerts:
    """Vendors that behave otherwise than usual; of one KPI family, or of all."""
    name = f"warnings-{kpi_family}" if kpi_family else "warnings"
    active = source.read(
        name,
        "select severity, vendor_key, vendor_name, category, is_strategic, kpi_family, rule_id, evidence, started_at,"
        " alerted_at, likely_since_date, unit, observed, observed_count, observed_of, expected, statistic, threshold,"
        " is_muted, mute_reason, signal_key"
        " from vendor_warning where signal_state = 'active' and coalesce(kpi_family = $family, true)"
        " order by severity, is_strategic desc, statistic / threshold desc, signal_key",
        {"family": kpi_family},
    )
    return _open(active)


def open_line_warnings(source: Source) -> OpenAlerts:
    """Order lines that slip or are likely to, the greatest open value of a currency first."""
    active = source.read(
        "order-line-warnings",
        "select severity, vendor_key, vendor_name, category, is_strategic, rule_id, purchase_order,"
        " purchase_order_line,"
        " schedule_line, material, material_text, first_promise_date, latest_promise_date, days_late, open_quantity,"
        " quantity_unit, open_value, currency, stock_verdict, stock_date, evidence, started_at, is_muted, mute_reason,"
        " signal_key"
        " from early_warning where signal_state = 'active'"
        " order by severity, is_strategic desc, days_late desc, signal_key",
    )
    return _open(active)


def vendor_warning_table(found: OpenAlerts, limit: int = 15) -> Table:
    """The warnings of vendors as a table."""
    return table(
        found.rows,
        (
            Column("vendor_name", "Vendor", "vendor"),
            Column("severity", "State", "severity"),
            Column("evidence", "What happened"),
            Column("likely_since_date", "Likely since", "date"),
            Column("started_at", "Told since", "date"),
        ),
        caption="Vendors that behave otherwise than is usual for them: alerts first, strategic vendors before others.",
        limit=limit,
        noun="warning",
        if_empty="No warning of a vendor is open.",
    )


def line_warning_table(found: OpenAlerts, limit: int = 15) -> Table:
    """The warnings of order lines as a table."""
    return table(
        found.rows,
        (
            Column("vendor_name", "Vendor", "vendor"),
            Column("severity", "State", "severity"),
            Column("purchase_order", "Order"),
            Column("material_text", "Material"),
            Column("evidence", "What happened"),
            Column("latest_promise_date", "Promised", "date"),
            Column("open_value", "Open value", "money", currency="currency"),
        ),
        caption="Order lines that slip or are likely to: alerts first, then the longest delay.",
        limit=limit,
        noun="line",
        if_empty="No order line is warned of.",
    )


def _open(active: Result) -> OpenAlerts:
    rows = list(active)
    told = [row for row in rows if not row["is_muted"]]
    at = active.columns.index("is_muted")
    kept = Result(active.name, active.columns, tuple(row for row in active.rows if not row[at]))
    alerts = sum(row["severity"] == "alert" for row in told)
    return OpenAlerts(kept, alerts, len(told) - alerts, len(rows) - len(told))
