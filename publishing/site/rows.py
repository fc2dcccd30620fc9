"""The rows behind a number as CSV: UTF-8 with a byte order mark, and no cell that a spreadsheet would run."""

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

from ecosystem.clock import iso
from ecosystem.plain_text import harmless_cell
from publishing.site.figures import exact
from publishing.site.source import Result

# Excel reads other UTF-8 as the machine's own code page and spoils every name with an accent.
BYTE_ORDER_MARK = "\ufeff"


def csv_of(result: Result) -> bytes:
    """All rows, in the order of the query."""
    text = io.StringIO()
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(result.columns)
    writer.writerows([_cell(value) for value in row] for row in result.rows)
    return text.getvalue().encode("utf-8")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless_cell(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return iso(value.replace(tzinfo=UTC))
    if isinstance(value, date):
        return value.isoformat()
    return exact(value)
