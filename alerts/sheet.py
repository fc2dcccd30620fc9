"""All rows behind a mail as a CSV file, for people who open it in a spreadsheet.

UTF-8 with a byte order mark, because Excel reads other UTF-8 as the machine's own code page and spoils every name with
an accent. A text cell that a spreadsheet would run as a formula gets an apostrophe in front (OWASP's rule for CSV).
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from alerts.message import Attachment
from alerts.signals import Evidence, LineSignal, VendorSignal
from ecosystem.clock import iso
from ecosystem.plain_text import harmless_cell

BYTE_ORDER_MARK = "\ufeff"

Cell = str | int | float | date | datetime | None


def harmless(cell: Cell) -> str:
    """A cell as text: numbers and dates as they are, text so that no spreadsheet runs it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return iso(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool | int):
        return str(cell)
    if isinstance(cell, float):
        return f"{cell:.6f}".rstrip("0").rstrip(".")
    return harmless_cell(cell)


def csv_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Attachment:
    """The rows as an attachment; ``name`` loses all but letters, digits and dashes."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    safe = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "alert"
    return Attachment(f"{safe[:80]}.csv", "text", "csv", (BYTE_ORDER_MARK + text.getvalue()).encode("utf-8"))


LINE_COLUMNS = (
    "rule",
    "vendor_key",
    "vendor_name",
    "purchase_order",
    "item",
    "schedule_line",
    "material",
    "material_text",
    "first_promise_date",
    "previous_promise_date",
    "latest_promise_date",
    "days_late",
    "open_quantity",
    "quantity_unit",
    "open_value",
    "currency",
    "since_utc",
    "evidence",
)


def line_rows(signals: Iterable[LineSignal]) -> list[tuple[Cell, ...]]:
    """One row for each signal, in the order given."""
    return [
        (
            one.rule_id,
            one.vendor_key,
            one.vendor_name,
            one.purchase_order,
            one.purchase_order_line,
            one.schedule_line,
            one.material,
            one.material_text,
            one.first_promise_date,
            one.previous_promise_date,
            one.latest_promise_date,
            one.days_late,
            one.open_quantity,
            one.quantity_unit,
            one.open_value,
            one.currency,
            one.started_at,
            one.evidence,
        )
        for one in signals
    ]


DOCUMENT_COLUMNS = ("rule", "rank", "kind", "document", "item", "date", "finding", "value", "currency")


def document_rows(signal: VendorSignal, documents: Iterable[Evidence]) -> list[tuple[Cell, ...]]:
    """One row for each document behind a vendor-level signal, the most telling first."""
    return [
        (
            signal.rule_id,
            one.evidence_rank,
            one.document_kind,
            one.document,
            one.item,
            one.event_date,
            one.finding,
            one.value,
            one.currency,
        )
        for one in documents
    ]
