"""Slips and their causes: lines that came late, dates that were moved and by whom, what people found."""

from collections import Counter
from statistics import median

from publishing.review_pack.document import Cell, Fact, Facts, Heading, Paragraph, Section, Table, joined
from publishing.review_pack.pictures import month_trend, side_by_side, slips
from publishing.review_pack.review import Review
from publishing.review_pack.rows import Row, total
from publishing.review_pack.table import Column, code, date_of, money, optional, order_line, share, table, text
from publishing.review_pack.wording import days_between, interval, words
from publishing.site.figures import NO_DATA, counted, month, shown

NEEDS = {
    "fct_schedule_line": ("first_promise_date", "state", "slip_days"),
    "lead_time": (
        "cohort_start",
        "lines",
        "open_lines",
        "lead_time_p50",
        "lead_time_p50_lower",
        "lead_time_p50_upper",
    ),
    "vendor_month": ("month", "promise_moves_later"),
}
WORST_LINES = 10
LATE = ("delivered_late", "overdue")
LINES = "fct_schedule_line"


def section(review: Review) -> Section:
    """Lines due in the quarter, and all that are overdue now."""
    due = review.rows.of(LINES, lambda row: review.quarter.holds(row["first_promise_date"]))
    late = [row for row in due if row["state"] in LATE]
    overdue = review.rows.of(LINES, lambda row: row["state"] == "overdue")
    return Section(
        "delivery",
        "Slips and their causes",
        _sentence(review, due, late, overdue),
        joined(
            _facts(review, due, late, overdue),
            side_by_side(
                month_trend(
                    review,
                    "otd_first_promise",
                    "On time against the first promise",
                    "share",
                    "lines",
                    "otd_first_promise",
                ),
                slips(due, f"Lines due in {review.quarter.title}"),
            ),
            _months(review),
            _causes(review, late),
            _moves(review),
            _worst(review, late, overdue),
            _found(review),
        ),
    )


def worst_first(rows: tuple[Row, ...] | list[Row]) -> list[Row]:
    """Open overdue lines first, then by days late."""
    return sorted(
        rows,
        key=lambda row: (
            row["state"] != "overdue",
            row["first_promise_date"].toordinal() if row["state"] == "overdue" else -(row["slip_days"] or 0),
        ),
    )


def _sentence(review: Review, due: tuple[Row, ...], late: list[Row], overdue: tuple[Row, ...]) -> str:
    if not due and not overdue:
        return f"No order line was due in {review.quarter.title}: there is no data on deliveries."
    return (
        f"{len(late):,} of {counted(len(due), 'line')} due in {review.quarter.title} missed the first promise; "
        f"{counted(len(overdue), 'line')} {'is' if len(overdue) == 1 else 'are'} overdue as of the data."
    )


def _facts(review: Review, due: tuple[Row, ...], late: list[Row], overdue: tuple[Row, ...]) -> Facts | None:
    if not due and not overdue:
        return None
    lead = review.rows.first("lead_time", lambda row: row["cohort_start"] == review.quarter.first_day)
    slips = [row["slip_days"] for row in late if row["slip_days"] is not None]
    facts = [
        Fact("Lines due", f"{len(due):,}", "by their first promise"),
        Fact("Missed the first promise", f"{len(late):,}", f"of {len(due):,}; not in full on the day"),
        Fact(
            "Days late, median",
            shown(median(slips), "days") if slips else NO_DATA,
            f"of {counted(len(slips), 'line')} that came late",
        ),
        Fact("Overdue now", f"{len(overdue):,}", "lines, also of earlier quarters"),
    ]
    if lead:
        limits = interval(lead["lead_time_p50_lower"], lead["lead_time_p50_upper"], "days")
        facts.append(
            Fact(
                "Lead time, median",
                shown(lead["lead_time_p50"], "days"),
                f"n {lead['lines']:,} ordered, {lead['open_lines']:,} still open" + (f"; {limits}" if limits else ""),
            )
        )
    return Facts(tuple(facts))


def _months(review: Review) -> Table | None:
    return table(
        review.rows,
        "vendor_month",
        review.months(),
        "On time by month",
        (
            Column("Month", ("month",), lambda row: month(row["month"])),
            share("First promise", "otd_first_promise", "line"),
            share("Latest promise", "otd_latest_promise", "line"),
            share("Requested date", "otd_requested", "line"),
            optional("Slip p90", "slip_p90_days", "days"),
        ),
        note="A gap between first and latest promise means that dates were moved before they were missed.",
    )


def _causes(review: Review, late: list[Row]) -> Table | None:
    if not late or not review.rows.shares(LINES, "attribution", "repromise_slip_days", "execution_slip_days"):
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


def _moves(review: Review) -> Table | Paragraph | None:
    mart = "fct_promise_change"
    if not review.rows.shares(mart, "moved_by", "direction", "days_moved", "notice_days"):
        return None
    moves = review.rows.of(mart)
    if not moves:
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
    for by, direction in sorted({(row["moved_by"], row["direction"]) for row in moves}, key=str):
        group = [row for row in moves if (row["moved_by"], row["direction"]) == (by, direction)]
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


def _worst(review: Review, late: list[Row], overdue: tuple[Row, ...]) -> Table | None:
    chosen = worst_first([*overdue, *(row for row in late if row["state"] != "overdue")])
    return table(
        review.rows,
        LINES,
        chosen,
        "Worst lines: overdue ones first, the oldest promise at the top",
        (
            order_line(),
            text("Material", "material_text", 40),
            date_of("First promise", "first_promise_date"),
            date_of("Latest promise", "latest_promise_date"),
            date_of("In full on", "in_full_date"),
            Column("Late by", ("slip_days", "first_promise_date"), lambda row: _late_by(review, row), is_number=True),
            code("State", "state"),
            money("Value", "line_value", "currency"),
        ),
        most=WORST_LINES,
    )


def _late_by(review: Review, row: Row) -> str:
    if row["slip_days"] is not None:
        return shown(row["slip_days"], "days")
    return f"{days_between(row['first_promise_date'], review.as_of.date())} so far"


def _found(review: Review) -> Table | None:
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
