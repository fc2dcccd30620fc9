"""Why lines slipped: who caused it, who moved the dates, what people found when they closed alerts."""

from collections import Counter
from collections.abc import Sequence
from statistics import median

from publishing.review_pack.document import Cell, Heading, Paragraph, Table
from publishing.review_pack.review import Review
from publishing.review_pack.rows import Row, total
from publishing.review_pack.wording import words
from publishing.site.figures import NO_DATA, shown


def attribution(review: Review, late: Sequence[Row]) -> Table | None:
    """Late lines by who caused it, and whether the slip was announced."""
    if not late or not review.rows.shares(
        "fct_schedule_line", "attribution", "repromise_slip_days", "execution_slip_days"
    ):
        return None
    by_cause = Counter((words(row["attribution"]) or "not told", _kind(row)) for row in late)
    rows: list[tuple[Cell, ...]] = [
        (cause.capitalize(), kind, f"{count:,}", shown(count / len(late), "share"))
        for (cause, kind), count in sorted(by_cause.items(), key=lambda item: (-item[1], item[0]))
    ]
    return Table(
        "Why lines were late",
        (Heading("Attributed to"), Heading("How it slipped"), Heading("Lines", True), Heading("Share", True)),
        tuple(rows),
        note="Announced: the promise was moved before the day came. Silent: the promise stood and was missed.",
    )


def _kind(row: Row) -> str:
    announced = (row["repromise_slip_days"] or 0) > 0
    silent = row["state"] == "overdue" or (row["execution_slip_days"] or 0) > 0
    return "announced, and missed again" if announced and silent else "announced" if announced else "silent"


def moves(review: Review) -> Table | Paragraph | None:
    """Promises moved in the quarter, by whom and which way; what was moved before our record began is unknown."""
    mart = "fct_promise_change"
    if not review.rows.shares(mart, "moved_by", "direction", "days_moved", "notice_days"):
        return None
    moved = review.rows.of(mart)
    if not moved:
        known = [total([row], "promise_moves_later") is not None for row in review.months()]
        if not any(known):
            return Paragraph("Who moved promises in the quarter is unknown: our record of moves began after it.")
        if all(known):
            return Paragraph("No promise was moved in the quarter.")
        return Paragraph(
            "Our record of who moved promises began within the quarter and holds no move; of earlier moves only the "
            "dates are known."
        )
    rows: list[tuple[Cell, ...]] = []
    for by, direction in sorted({(row["moved_by"], row["direction"]) for row in moved}, key=str):
        group = [row for row in moved if (row["moved_by"], row["direction"]) == (by, direction)]
        days = [abs(row["days_moved"]) for row in group]
        notices = [row["notice_days"] for row in group if row["notice_days"] is not None]
        rows.append(
            (
                words(by).capitalize() or "Not told",
                words(direction),
                f"{len(group):,}",
                shown(median(days), "days"),
                shown(median(notices), "days") if notices else NO_DATA,
            )
        )
    return Table(
        "Who moved promises",
        (
            Heading("Moved by"),
            Heading("Direction"),
            Heading("Moves", True),
            Heading("Median move", True),
            Heading("Median notice", True),
        ),
        tuple(rows),
        note="Notice is the time from the move to the date that was promised before.",
    )


def reasons(review: Review) -> Table | None:
    """What people found when they closed alerts, by reason code."""
    mart = "alert_opening"
    closed = review.rows.of(mart, lambda row: review.quarter.holds(row["closed_at"]))
    if not closed or not review.rows.shares(mart, "kpi_family", "reason_code", "is_right"):
        return None
    groups = Counter((words(row["kpi_family"]), words(row["reason_code"]) or "no reason given") for row in closed)
    return Table(
        "Alerts closed in the quarter, by the reason that people gave",
        (Heading("About"), Heading("Reason"), Heading("Alerts", True)),
        tuple((family.capitalize(), reason, f"{count:,}") for (family, reason), count in sorted(groups.items())),
    )
