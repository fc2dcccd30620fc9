"""Slips and their causes: lines that came late, how they came about, the worst of them."""

from statistics import median

from publishing.review_pack.document import Fact, Facts, Section, Table, joined
from publishing.review_pack.pictures import month_trend, side_by_side, slips
from publishing.review_pack.review import Review
from publishing.review_pack.rows import Row
from publishing.review_pack.sections import causes
from publishing.review_pack.table import Column, code, date_of, money, optional, order_line, share, table, text
from publishing.review_pack.wording import days_between, interval
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
            causes.attribution(review, late),
            causes.moves(review),
            _worst(review, late, overdue),
            causes.reasons(review),
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
