"""Warnings of the quarter: what the early warning saw, for our own people."""

from publishing.review_pack.document import Cell, Section, Table, joined
from publishing.review_pack.review import Review
from publishing.review_pack.rows import Row
from publishing.review_pack.table import Column, code, table, text
from publishing.site.figures import counted, day
from publishing.site.states import OF_SEVERITY

NEEDS = {"vendor_warning": ("signal_state", "cleared_at")}
MART = "vendor_warning"
MOST = 10


def section(review: Review) -> Section:
    """Warnings that are active, then those that ended in the quarter."""
    active = [row for row in review.rows.of(MART) if row["signal_state"] == "active"]
    ended = review.rows.of(
        MART, lambda row: row["signal_state"] != "active" and review.quarter.holds(row["cleared_at"])
    )
    return Section(
        "warnings",
        "Warnings about the vendor",
        f"{counted(len(active), 'warning')} active as of the data; {counted(len(ended), 'warning')} ended in "
        f"{review.quarter.title}.",
        joined(_table(review, [*active, *ended])),
        has_comment=False,
    )


def _table(review: Review, chosen: list[Row]) -> Table | None:
    return table(
        review.rows,
        MART,
        chosen,
        "Active warnings first, the newest at the top",
        (
            Column("Severity", ("severity",), _severity),
            code("About", "kpi_family"),
            Column("Since", ("started_at",), lambda row: day(row["started_at"])),
            Column("Until", ("signal_state", "cleared_at"), _until),
            text("Evidence", "evidence", 320),
        ),
        most=MOST,
    )


def _severity(row: Row) -> Cell:
    return OF_SEVERITY.get(row["severity"], str(row["severity"]))


def _until(row: Row) -> str:
    return "active" if row["signal_state"] == "active" else day(row["cleared_at"])
