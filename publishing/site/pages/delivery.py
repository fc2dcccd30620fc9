"""Do vendors deliver when they promised to?"""

from publishing.site import figures
from publishing.site.charts.bars import Bar, Group, Histogram, histogram
from publishing.site.figures import Figure
from publishing.site.pages.alert_tables import (
    line_warning_table,
    open_line_warnings,
    open_vendor_warnings,
    vendor_warning_table,
)
from publishing.site.pages.kpi_table import kpi_table
from publishing.site.pages.series import Measure, drawing, of_vendor_months, tile
from publishing.site.sections import Column, Drawing, Page, Section, table
from publishing.site.source import Result, Source, quarters_before

FIRST_PROMISE = Measure(
    "otd-first-promise",
    "On time against the first promise",
    "share",
    "lines due",
    "otd_first_promise",
    "vendor_month",
    "ERP",
)
PROMISES = (
    FIRST_PROMISE,
    Measure(
        "otd-latest-promise",
        "On time against the latest promise",
        "share",
        "lines due",
        "otd_latest_promise",
        "vendor_month",
        "ERP",
    ),
    Measure(
        "otd-requested",
        "On time against the date we asked for",
        "share",
        "lines due",
        "otd_requested",
        "vendor_month",
        "ERP",
    ),
)
# Classes of days against the first promise; the last one is open.
_SLIPS = ((None, -8), (-7, -4), (-3, -1), (0, 0), (1, 3), (4, 7), (8, 14), (15, 30), (31, None))


def delivery(source: Source) -> Page:
    """On-time delivery by three promises, how many days lines slip, what is overdue and what is likely to be."""
    series = {one: of_vendor_months(source, one, one.definition_id) for one in PROMISES}
    tiles = tuple(tile(source, one, rows) for one, rows in series.items())
    lines, vendors = open_line_warnings(source), open_vendor_warnings(source, "delivery")
    overdue, slips = _overdue(source), _slips(source)
    first = tiles[0]
    return Page(
        path="delivery.html",
        title="Delivery",
        headline=f"{first.text} of lines due in {first.period} came on time against the first promise; "
        f"{figures.counted(len(overdue), 'line')} overdue now",
        lead="A line is due when its promise passes, whether it came or not. The gap between the first and the latest"
        " promise shows how much moving the promise hides.",
        sections=(
            Section("The last full quarter", tiles=(*tiles, _overdue_tile(source, len(overdue)))),
            Section(
                "How it went",
                drawings=(*(drawing(source, one, rows) for one, rows in series.items()), _slip_picture(source, slips)),
            ),
            Section("Order lines to act on", f"{lines.words}.", tables=(line_warning_table(lines),)),
            Section("Vendors that slip", f"{vendors.words}.", tables=(vendor_warning_table(vendors),)),
            Section(
                "Vendors by on-time delivery",
                tables=(kpi_table(source, "otd_first_promise", "On time", "share", "otd_first_promise"),),
            ),
            Section(
                "Overdue now",
                tables=(
                    table(
                        overdue,
                        (
                            Column("vendor_name", "Vendor", "vendor"),
                            Column("purchase_order", "Order"),
                            Column("purchase_order_line", "Line"),
                            Column("material_text", "Material"),
                            Column("first_promise_date", "First promise", "date", definition_id="otd_first_promise"),
                            Column("latest_promise_date", "Latest promise", "date"),
                            Column("days_overdue", "Overdue", "days", definition_id="overdue_lines"),
                            Column("open_value", "Open value", "money", currency="currency"),
                        ),
                        caption="Lines whose first promise has passed and that are not in full, the longest first.",
                        noun="line",
                    ),
                ),
            ),
        ),
        files=(*series.values(), slips),
    )


def _overdue(source: Source) -> Result:
    return source.read(
        "overdue-lines",
        "select vendor_key, vendor_name, purchase_order, purchase_order_line, schedule_line, material, material_text,"
        " first_promise_date, latest_promise_date, $today::date - first_promise_date as days_overdue, open_quantity,"
        " quantity_unit, open_value, currency from fct_schedule_line where state = 'overdue' and is_vendor_performance"
        " order by first_promise_date, schedule_line_key",
        {"today": source.edition.as_of.date()},
    )


def _overdue_tile(source: Source, lines: int) -> Figure:
    return Figure(
        label="Overdue lines",
        value=lines,
        unit="lines",
        definition_id="overdue_lines",
        rows="overdue-lines",
        period="now",
        source=source.origin("fct_schedule_line", "ERP"),
        key="overdue-lines",
    )


def _slips(source: Source) -> Result:
    """Lines by their slip, of the last full quarter."""
    return source.read(
        "slips",
        "select slip_days, count(*) as lines from fct_schedule_line where is_vendor_performance and"
        " slip_days is not null"
        " and first_promise_date >= $from and first_promise_date < $until group by slip_days order by slip_days",
        {"from": source.full_quarter, "until": quarters_before(source.full_quarter, -1)},
    )


def _slip_picture(source: Source, slips: Result) -> Drawing:
    counts = [
        sum(row["lines"] for row in slips if (low is None or row["slip_days"] >= low))
        - sum(row["lines"] for row in slips if high is not None and row["slip_days"] > high)
        for low, high in _SLIPS
    ]
    bars = tuple(
        Bar(_class_name(low, high), count, "accent" if high is not None and high <= 0 else "watch")
        for (low, high), count in zip(_SLIPS, counts, strict=True)
    )
    period = figures.quarter(source.full_quarter)
    chart = Histogram(
        f"Days from first promise to receipt, lines promised for {period}",
        "lines",
        bars,
        (Group("early", 0, 2), Group("late, by days", 4, len(_SLIPS) - 1)),
    )
    total = sum(counts)
    caption = (
        f"Days from the first promise to receipt: {figures.counted(total, 'line')} promised for {period} and in full."
    )
    return Drawing(histogram(chart), caption, slips.name)


def _class_name(low: int | None, high: int | None) -> str:
    if low is None:
        return f"≤{high}"
    if high is None:
        return f"≥{low}"
    return str(low) if low == high else f"{low}–{high}" if low > 0 else f"{low} to {high}"
