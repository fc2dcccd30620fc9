"""Quality: defects, inspected lots, notifications."""

from collections import Counter

from publishing.review_pack.document import Fact, Facts, Heading, Section, Table, joined
from publishing.review_pack.pictures import month_trend, side_by_side
from publishing.review_pack.review import Review
from publishing.review_pack.rows import Row, total
from publishing.review_pack.table import Column, bounds, measure, optional, order_line, share, table, text
from publishing.review_pack.wording import clean
from publishing.site.figures import NO_DATA, counted, day, month, shown

NEEDS = {
    "vendor_quarter_kpi": ("quarter", "metric_id", "unit", "value", "value_n"),
    "vendor_month": ("month", "complaints", "complaints_within_target", "complaints_within_target_n"),
    "fct_quality_notification": ("quality_notification_key", "reported_at", "is_open", "open_hours", "elapsed_hours"),
}
WORST_NOTIFICATIONS = 10
HOURS_READABLE = 240
NOTIFICATIONS = "fct_quality_notification"


def section(review: Review) -> Section:
    """Figures of the quarter, and all complaints that are open now."""
    reported = review.rows.of(NOTIFICATIONS, lambda row: review.quarter.holds(row["reported_at"]))
    open_ = review.rows.of(NOTIFICATIONS, lambda row: bool(row["is_open"]))
    return Section(
        "quality",
        "Quality",
        _sentence(review),
        joined(
            _facts(review, open_),
            side_by_side(
                month_trend(review, "defect_ppm_registered", "Defective parts", "ppm", "units", "defect_ppm"),
                month_trend(review, "lot_rejection_rate", "Inspected lots rejected", "share", "lots"),
            ),
            _months(review),
            _defects(reported),
            _worst(review, reported, open_),
        ),
    )


def _sentence(review: Review) -> str:
    ppm = review.kpi("defect_ppm")
    complaints = total(review.months(), "complaints")
    if ppm is None and complaints is None:
        return f"Nothing was inspected and nothing was complained of in {review.quarter.title}: there is no data."
    defects = f"{shown(ppm['value'], 'ppm')} of {counted(ppm['value_n'], 'unit')} received" if ppm else "no data"
    return f"Defective parts: {defects}; {counted(int(complaints or 0), 'complaint')} in {review.quarter.title}."


def _facts(review: Review, open_: tuple[Row, ...]) -> Facts | None:
    months = review.months()
    if not months:
        return None
    ppm, lots = review.kpi("defect_ppm"), review.kpi("lot_acceptance")
    skipped = total(months, "skipped_lots") if review.rows.shares("vendor_month", "skipped_lots") else None
    complaints = total(months, "complaints")
    answered = [row for row in months if row["complaints_within_target"] is not None]
    decided = int(sum(row["complaints_within_target_n"] for row in answered))
    in_time = sum(round(row["complaints_within_target"] * row["complaints_within_target_n"]) for row in answered)
    return Facts(
        (
            Fact(
                "Defective parts",
                shown(ppm["value"], "ppm") if ppm else NO_DATA,
                f"n {ppm['value_n']:,} units received" if ppm else "nothing counted",
                review.state("defect_ppm"),
            ),
            Fact(
                "Lots accepted",
                shown(lots["value"], "share") if lots else NO_DATA,
                f"n {lots['value_n']:,} inspected" + (f"; {int(skipped):,} skipped" if skipped else "")
                if lots
                else "no lot inspected",
                review.state("lot_acceptance"),
            ),
            Fact("Complaints", NO_DATA if complaints is None else f"{int(complaints):,}", "registered in the quarter"),
            Fact(
                "Complaints resolved in 24 hours",
                shown(in_time / decided, "share") if decided else NO_DATA,
                f"n {decided:,} whose outcome is known",
            ),
            Fact("Complaints open now", f"{len(open_):,}", "also of earlier quarters"),
        )
    )


def _months(review: Review) -> Table | None:
    return table(
        review.rows,
        "vendor_month",
        review.months(),
        "Quality by month of registration",
        (
            Column("Month", ("month",), lambda row: month(row["month"])),
            measure("Defective", "defect_ppm_registered", "ppm"),
            bounds("95 % interval", "defect_ppm_registered", "ppm"),
            share("Lots rejected", "lot_rejection_rate", "lot"),
            optional("Complaints", "complaints", ""),
            share("Resolved in 24 hours", "complaints_within_target", "complaint"),
        ),
    )


def _defects(reported: tuple[Row, ...]) -> Table | None:
    if not reported or any("defect_group" not in row for row in reported):
        return None
    groups = Counter(clean(row["defect_group"]) or "no group" for row in reported)
    return Table(
        "What the complaints of the quarter were about",
        (Heading("Defect group"), Heading("Complaints", True), Heading("Share", True)),
        tuple(
            (group, f"{count:,}", shown(count / len(reported), "share"))
            for group, count in sorted(groups.items(), key=lambda item: (-item[1], item[0]))
        ),
    )


def _worst(review: Review, reported: tuple[Row, ...], open_: tuple[Row, ...]) -> Table | None:
    both = {row["quality_notification_key"]: row for row in (*open_, *reported)}
    chosen = sorted(
        both.values(),
        key=lambda row: (not row["is_open"], -(row["open_hours"] or row["elapsed_hours"] or 0)),
    )
    return table(
        review.rows,
        NOTIFICATIONS,
        chosen,
        "Complaints: open ones first, the longest at the top",
        (
            text("Notification", "quality_notification"),
            order_line(),
            text("Material", "material"),
            text("Defect group", "defect_group"),
            Column("Reported on", ("reported_at",), lambda row: day(row["reported_at"])),
            Column("Took", ("elapsed_hours", "open_hours"), _duration, is_number=True),
            Column("Units", ("counted_defective_quantity", "quantity_unit"), _units, is_number=True),
        ),
        most=WORST_NOTIFICATIONS,
        note="The clock runs day and night, from the report to the end or, of open ones, until now.",
    )


def _duration(row: Row) -> str:
    if row["elapsed_hours"] is not None:
        return _elapsed(row["elapsed_hours"])
    return f"open for {_elapsed(row['open_hours'])}" if row["open_hours"] is not None else NO_DATA


def _elapsed(hours: float) -> str:
    """In days where hours are too many to read."""
    return shown(hours, "hours") if hours <= HOURS_READABLE else shown(round(hours / 24), "days")


def _units(row: Row) -> str:
    return shown(row["counted_defective_quantity"], clean(row["quantity_unit"], 10))
