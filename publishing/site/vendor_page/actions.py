"""What waits for an answer: open alerts about the vendor with their evidence, and the order lines to act on."""

from datetime import datetime

from publishing.site.sections import Column, Section
from publishing.site.source import Result, Row
from publishing.site.vendor_page.measures import rule_words
from publishing.site.vendor_page.setting import Setting
from publishing.site.vendor_page.tables import shared_table
from publishing.site.vendor_page.vendor_rows import VendorRows

EVIDENCE_SHOWN = 10
_SEVERITIES = ("alert", "watch")
_WARNING_COLUMNS = (
    Column("severity", "State", "severity"),
    Column("rule", "What"),
    Column("likely_since_date", "Likely since", "date"),
    Column("evidence", "Evidence"),
    Column("observed_count", "Cases", "count"),
    Column("observed_of", "Of", "count"),
    Column("is_muted", "Muted", "flag"),
)
_EVIDENCE_COLUMNS = (
    Column("rule", "Alert"),
    Column("document", "Document"),
    Column("item", "Item"),
    Column("event_date", "Date", "date"),
    Column("finding", "Finding"),
    Column("value", "Value", "money", currency="currency", if_null="–"),
)
_LINE_COLUMNS = (
    Column("severity", "State", "severity"),
    Column("rule", "What"),
    Column("purchase_order", "Order"),
    Column("purchase_order_line", "Line"),
    Column("material_text", "Material"),
    Column("latest_promise_date", "Promised", "date"),
    Column("days_late", "Days late", "", if_null="–"),
    Column("waiting_days", "Days waiting", "", if_null="–"),
    Column("open_value", "Open value", "money", currency="currency"),
    Column("stock_verdict", "Stock"),
)


def actions(rows: VendorRows, setting: Setting) -> Section | None:
    """Open alerts, their evidence and the lines behind; those that somebody muted are marked."""
    tables = []
    if rows.has("vendor_warning"):
        warnings = _with_rule(rows.chosen("alerts", "vendor_warning", _is_active, _by_urgency))
        tables.append(
            shared_table(
                warnings,
                _WARNING_COLUMNS,
                caption="Open alerts about the vendor, the surest first:",
                noun="alert",
                if_empty="No alert about the vendor is open.",
            )
        )
        rules = {row["signal_key"]: row["rule_id"] for row in rows.of("vendor_warning") if _is_active(row)}
        if rules and rows.has("vendor_warning_evidence"):
            found = rows.chosen("evidence", "vendor_warning_evidence", lambda row: row["signal_key"] in rules, _by_rank)
            tables.append(
                shared_table(
                    _with_column(found, "rule", [rule_words(rules[row["signal_key"]]) for row in found]),
                    _EVIDENCE_COLUMNS,
                    caption="Documents behind the open alerts, the most telling first:",
                    noun="document",
                    if_empty="No document is named.",
                    limit=EVIDENCE_SHOWN,
                )
            )
    if rows.has("early_warning"):
        tables.append(
            shared_table(
                _with_rule(rows.chosen("lines-to-act-on", "early_warning", _is_active, _by_lateness)),
                _LINE_COLUMNS,
                caption="Order lines to act on, the worst first:",
                noun="line",
                if_empty="No order line waits for an answer.",
            )
        )
    return Section(heading="To act on", tables=tuple(tables)) if tables else None


def _is_active(row: Row) -> bool:
    return bool(row["signal_state"] == "active")


def _by_urgency(row: Row) -> tuple[int, float, str]:
    started: datetime = row["started_at"]
    return _SEVERITIES.index(row["severity"]), -started.timestamp(), row["signal_key"]


def _by_lateness(row: Row) -> tuple[int, int, float, str]:
    days = row["days_late"] if row["days_late"] is not None else row["waiting_days"] or 0
    return _SEVERITIES.index(row["severity"]), -days, -(row["open_value"] or 0.0), row["signal_key"]


def _by_rank(row: Row) -> tuple[int, str]:
    return row["evidence_rank"], row["vendor_warning_evidence_key"]


def _with_rule(result: Result) -> Result:
    """The rule in words, as a column of its own."""
    return _with_column(result, "rule", [rule_words(row["rule_id"]) for row in result])


def _with_column(result: Result, name: str, values: list[str]) -> Result:
    rows = tuple((*row, value) for row, value in zip(result.rows, values, strict=True))
    return Result(result.name, (*result.columns, name), rows)
