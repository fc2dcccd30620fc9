"""Service: tickets, targets of the contract, time to resolve, what is open, availability."""

from publishing.review_pack.document import Fact, Facts, Section, Table, joined
from publishing.review_pack.pictures import month_trend, side_by_side
from publishing.review_pack.review import Review
from publishing.review_pack.rows import Row, total
from publishing.review_pack.table import Column, code, optional, share, table, text
from publishing.site.figures import NO_DATA, counted, day, month, shown

NEEDS = {
    "vendor_quarter_kpi": ("quarter", "metric_id", "unit", "value", "value_n"),
    "vendor_month": ("month", "tickets_opened", "tickets_resolved", "mttr_n", "sla_attainment", "sla_attainment_n"),
    "fct_service_ticket": ("opened_at", "is_open", "resolution_state", "gross_hours"),
}
WORST_TICKETS = 10
WORST_ITEMS = 6
TICKETS = "fct_service_ticket"


def section(review: Review) -> Section:
    """Figures of the quarter, and all tickets that are open now."""
    opened = review.rows.of(TICKETS, lambda row: review.quarter.holds(row["opened_at"]))
    open_ = review.rows.of(TICKETS, lambda row: bool(row["is_open"]))
    return Section(
        "service",
        "Service",
        _sentence(review, opened, open_),
        joined(
            _facts(review, opened, open_),
            side_by_side(
                month_trend(review, "sla_attainment", "Resolution targets met", "share", "tickets"),
                month_trend(
                    review,
                    "tickets_within_target",
                    "Resolved within 24 hours",
                    "share",
                    "tickets",
                    "tickets_within_target",
                ),
            ),
            _months(review),
            _tickets(review),
            _availability(review),
        ),
    )


def _sentence(review: Review, opened: tuple[Row, ...], open_: tuple[Row, ...]) -> str:
    tickets = review.kpi("tickets_within_target")
    if not opened and not open_ and tickets is None:
        return f"There is no ticket of this vendor in {review.quarter.title}: there is no data on service."
    within = f"{shown(tickets['value'], 'share')} of {tickets['value_n']:,}" if tickets else "no data"
    return (
        f"{counted(len(opened), 'ticket')} opened, {counted(len(open_), 'ticket')} open as of the data; "
        f"resolved within 24 hours: {within}."
    )


def _facts(review: Review, opened: tuple[Row, ...], open_: tuple[Row, ...]) -> Facts | None:
    months, tickets, available = review.months(), review.kpi("tickets_within_target"), review.kpi("availability")
    if not opened and not open_ and tickets is None and available is None:
        return None
    with_target = [row for row in months if row["sla_attainment"] is not None]
    decided = int(sum(row["sla_attainment_n"] for row in with_target))
    kept = sum(round(row["sla_attainment"] * row["sla_attainment_n"]) for row in with_target)
    resolved = total(months, "tickets_resolved")
    return Facts(
        (
            Fact("Tickets opened", f"{len(opened):,}", "in the quarter"),
            Fact("Tickets resolved", NO_DATA if resolved is None else f"{int(resolved):,}", "in the quarter"),
            Fact("Open now", f"{len(open_):,}", "also of earlier quarters"),
            Fact(
                "Resolved within 24 hours",
                shown(tickets["value"], "share") if tickets else NO_DATA,
                f"n {tickets['value_n']:,} tickets" if tickets else "no outcome known",
                review.state("tickets_within_target"),
            ),
            Fact(
                "Resolution targets met (SLA)",
                shown(kept / decided, "share") if decided else NO_DATA,
                f"n {decided:,} tickets with a target",
            ),
            Fact(
                "Availability",
                shown(available["value"], "share") if available else NO_DATA,
                f"n {counted(available['value_n'], 'item')}" if available else "nothing in service",
                review.state("availability"),
            ),
        )
    )


def _months(review: Review) -> Table | None:
    months = [row for row in review.months() if row["tickets_opened"] or row["tickets_resolved"] or row["mttr_n"]]
    return table(
        review.rows,
        "vendor_month",
        months,
        "Tickets by month",
        (
            Column("Month", ("month",), lambda row: month(row["month"])),
            optional("Opened", "tickets_opened", ""),
            optional("Resolved", "tickets_resolved", ""),
            share("Within 24 hours", "tickets_within_target", "ticket"),
            share("SLA met", "sla_attainment", "ticket"),
            optional("Hours to resolve, p50", "mttr_p50_hours", ""),
            optional("p90", "mttr_p90_hours", ""),
        ),
        note="Hours to resolve count open tickets with the hours they have lasted; a dash: the curve does not come "
        "that far yet.",
    )


def _tickets(review: Review) -> Table | None:
    worst = review.rows.of(TICKETS, lambda row: bool(row["is_open"]) or row["resolution_state"] == "breached")
    chosen = sorted(worst, key=lambda row: (not row["is_open"], -(row["gross_hours"] or 0), row["opened_at"]))
    return table(
        review.rows,
        TICKETS,
        chosen,
        "Open tickets, then those that breached their target, the longest first",
        (
            text("Ticket", "ticket"),
            text("Priority", "priority"),
            text("About", "category", 40),
            Column("Opened on", ("opened_at",), lambda row: day(row["opened_at"])),
            Column("Resolved on", ("resolved_at", "is_open"), _resolved),
            optional("Hours", "gross_hours", ""),
            optional("Of these paused", "pause_hours", ""),
            code("Target", "resolution_state"),
        ),
        most=WORST_TICKETS,
    )


def _resolved(row: Row) -> str:
    return "open" if row["is_open"] else day(row["resolved_at"])


def _availability(review: Review) -> Table | None:
    chosen = sorted(
        review.rows.of("fct_availability", lambda row: (row["unplanned_hours"] or 0) > 0),
        key=lambda row: -row["unplanned_hours"],
    )
    return table(
        review.rows,
        "fct_availability",
        chosen,
        "Longest unplanned outages by item and month",
        (
            text("Item", "item_name", 60),
            Column("Month", ("month",), lambda row: month(row["month"])),
            optional("Agreed hours", "scheduled_hours", ""),
            optional("Hours out", "unplanned_hours", ""),
            optional("Availability", "availability", "share"),
        ),
        most=WORST_ITEMS,
    )
