"""The pages of a report and what stands where on each: the same questions as the dashboard's pages.

A page is a grid of 12 columns and 8 rows below its title. Fields are named ``table[column]`` or, for measures, by name.
All measures of a visual come from one mart, so that each tool can compute them from one table.
"""

from dataclasses import dataclass
from enum import Enum

GRID_COLUMNS, GRID_ROWS = 12, 8
MONTH, QUARTER = "dim_calendar[month]", "dim_calendar[quarter]"
VENDOR, CATEGORY = "dim_vendor[vendor_name]", "dim_vendor[category]"


class Shape(Enum):
    """What a visual looks like."""

    TILE = "tile"
    LINE = "line"
    COLUMNS = "columns"
    BARS = "bars"
    FUNNEL = "funnel"
    MATRIX = "matrix"
    TABLE = "table"
    SLICER = "slicer"


@dataclass(frozen=True)
class Visual:
    """A visual: ``by`` is its axis or its rows, ``across`` the columns of a matrix, ``values`` what it shows.

    ``place`` is column, row, width and height in the grid. A tile shows the one measure with its n and bounds.
    """

    shape: Shape
    title: str
    place: tuple[int, int, int, int]
    values: tuple[str, ...]
    by: str = ""
    across: str = ""


@dataclass(frozen=True)
class Page:
    """A page: its name in links, its title and the question it answers."""

    name: str
    title: str
    question: str
    visuals: tuple[Visual, ...]


def _tile(measure: str, column: int, width: int = 3) -> Visual:
    return Visual(Shape.TILE, measure, (column, 0, width, 2), (measure,))


def _slicer(title: str, field: str, column: int) -> Visual:
    return Visual(Shape.SLICER, title, (column, 0, 3, 2), (field,))


_OTD = "On-time delivery, first promise"
_PPM = "Defect PPM registered"
_PROPOSALS = (
    "Proposals", "Proposals answered", "Proposals that pass the gate", "Proposals piloted", "Proposals adopted",
    "Proposals with realised value",
)  # fmt: skip

PAGES = (
    Page("overview", "Ecosystem overview", "How healthy is the ecosystem, and where first?", (
        _tile(_OTD, 0), _tile(_PPM, 3), _tile("SLA attainment", 6), _tile("Alerts open", 9, 2),
        Visual(Shape.LINE, "On-time delivery against the first promise, by month", (0, 2, 6, 3), (_OTD,), MONTH),
        Visual(Shape.MATRIX, "Targets by quarter", (6, 2, 6, 3), ("State of the target",),
               "ecosystem_quarter[metric_id]", QUARTER),
        Visual(Shape.MATRIX, "Vendor health by quarter (points)", (0, 5, 8, 3), ("Vendor health",), VENDOR, QUARTER),
        Visual(Shape.BARS, "Active warnings on order lines by category", (8, 5, 4, 3),
               ("Warnings on order lines, active",), CATEGORY),
    )),
    Page("vendor", "Vendor", "How does one vendor do, and which lines need a call?", (
        _slicer("Vendor", VENDOR, 0), _tile(_OTD, 3), _tile(_PPM, 6), _tile("SLA attainment", 9),
        Visual(Shape.LINE, "On-time delivery against first, latest and requested date", (0, 2, 6, 3),
               (_OTD, "On-time delivery, latest promise", "On-time delivery, requested"), MONTH),
        Visual(Shape.COLUMNS, "Days from first promise to in full, delivered lines", (6, 2, 3, 3),
               ("Lines delivered",), "fct_schedule_line[slip_days]"),
        Visual(Shape.LINE, "Lead time with open orders, p50 and p90 (days)", (9, 2, 3, 3),
               ("Lead time, p50", "Lead time, p90"), QUARTER),
        Visual(Shape.TABLE, "Order lines with a warning", (0, 5, 8, 3), (
            "early_warning[purchase_order]", "early_warning[purchase_order_line]", "early_warning[material_text]",
            "early_warning[rule_id]", "early_warning[signal_state]", "early_warning[latest_promise_date]",
            "early_warning[days_late]", "early_warning[open_value]", "early_warning[currency]")),
        Visual(Shape.LINE, "Health by quarter (points)", (8, 5, 4, 3), ("Vendor health",), QUARTER),
    )),
    Page("delivery", "Delivery", "Do goods come when they were promised?", (
        _tile(_OTD, 0), _tile("On-time delivery, latest promise", 3), _tile("On-time delivery, requested", 6),
        _tile("Lines overdue now", 9, 2),
        Visual(Shape.LINE, "On-time delivery by month: moved dates are the gap from first to latest", (0, 2, 7, 3),
               (_OTD, "On-time delivery, latest promise", "On-time delivery, requested"), MONTH),
        Visual(Shape.BARS, "On-time delivery by category", (7, 2, 5, 3), (_OTD,), CATEGORY),
        Visual(Shape.COLUMNS, "Days from first promise to in full, delivered lines", (0, 5, 7, 3), ("Lines delivered",),
               "fct_schedule_line[slip_days]"),
        Visual(Shape.BARS, "Lines overdue now, by vendor", (7, 5, 5, 3), ("Lines overdue now",), VENDOR),
    )),
    Page("quality", "Quality", "How much of what comes is defective, and what is wrong with it?", (
        _tile(_PPM, 0), _tile("Lot rejection rate", 3), _tile("Complaints within target", 6),
        _tile("Lots inspected", 9, 2),
        Visual(Shape.LINE, "Defective parts per million by month of registration and of receipt", (0, 2, 7, 3),
               (_PPM, "Defect PPM received"), MONTH),
        Visual(Shape.BARS, "Complaints by what was wrong", (7, 2, 5, 3), ("Complaints by what was wrong",),
               "fct_quality_notification[defect_group]"),
        Visual(Shape.TABLE, "Vendors", (0, 5, 12, 3), (
            VENDOR, _PPM, f"{_PPM} (n)", "Lot rejection rate", "Lot rejection rate (n)", "Complaints reported",
            "Complaints within target", "Complaints within target (n)")),
    )),
    Page("cost", "Cost", "What do prices do to what we pay?", (
        _tile("Invoiced amount", 0), _tile("Price variance against the standard price", 3),
        _tile("Price variance against the contract price", 6), _tile("Price variance against the last paid price", 9),
        Visual(Shape.COLUMNS, "Invoiced by month (company currency)", (0, 2, 6, 3), ("Invoiced amount",), MONTH),
        Visual(Shape.COLUMNS, "Price variance by quarter, each baseline apart (company currency)", (6, 2, 6, 3), (
            "Price variance against the standard price", "Price variance against the contract price",
            "Price variance against the last paid price"), QUARTER),
        Visual(Shape.TABLE, "Vendors", (0, 5, 12, 3), (
            VENDOR, CATEGORY, "Price variance against the standard price",
            "Price variance against the standard price (share)", "Price variance against the contract price",
            "Price variance against the contract price (share)",
            "Price variance against the contract price (share) (n)")),
    )),
    Page("service", "Service", "Are tickets solved in time, and does what vendors run for us run?", (
        _tile("SLA attainment", 0), _tile("Tickets within target", 3), _tile("Availability by hours", 6),
        _tile("Tickets open", 9, 2),
        Visual(Shape.LINE, "Targets met, and tickets solved within 24 hours, by month of opening", (0, 2, 6, 3),
               ("SLA attainment", "Tickets within target"), MONTH),
        Visual(Shape.COLUMNS, "Tickets opened and resolved", (6, 2, 6, 3), ("Tickets opened", "Tickets resolved"),
               MONTH),
        Visual(Shape.LINE, "Availability by month", (0, 5, 5, 3), ("Availability by hours",), MONTH),
        Visual(Shape.TABLE, "Vendors", (5, 5, 7, 3), (
            VENDOR, "SLA attainment", "SLA attainment (n)", "Tickets within target", "Tickets within target (n)")),
    )),
    Page("innovation", "Innovation", "What becomes of what vendors propose?", (
        _tile("Proposals answered in time", 0), _tile("Pilots", 3, 2), _tile("NPS, vendors rate us", 5),
        _slicer("Quarter", QUARTER, 9),
        Visual(Shape.FUNNEL, "From submitted to realised value", (0, 2, 6, 3), _PROPOSALS),
        Visual(Shape.COLUMNS, "Proposals by quarter of submission", (6, 2, 6, 3), _PROPOSALS[:3], QUARTER),
        Visual(Shape.TABLE, "Proposals", (0, 5, 7, 3), (
            VENDOR, "fct_proposal[title]", "fct_proposal[status]", "fct_proposal[submitted_date]",
            "fct_proposal[feedback_days]", "fct_proposal[is_waiting]")),
        Visual(Shape.TABLE, "Pilots", (7, 5, 5, 3), (
            "pilot_scorecard[title]", "pilot_scorecard[status]", "pilot_scorecard[score]",
            "pilot_scorecard[score_coverage]", "pilot_scorecard[score_state]")),
    )),
    Page("reinvestment", "Reinvestment", "How much of what we save together goes back?", (
        _slicer("Quarter", QUARTER, 0), _tile("Savings reinvested", 3), _tile("Savings validated", 6),
        _tile("Savings, items", 9, 2),
        Visual(Shape.COLUMNS, "Validated, committed and reinvested by quarter (company currency)", (0, 2, 7, 3),
               ("Savings validated in the quarter", "Committed in the quarter", "Reinvested in the quarter"), QUARTER),
        Visual(Shape.LINE, "Share of savings reinvested, rolling four quarters", (7, 2, 5, 3),
               ("Savings reinvested",), QUARTER),
        Visual(Shape.BARS, "Savings by stage", (0, 5, 4, 3), ("Savings, items",), "fct_saving[stage]"),
        Visual(Shape.TABLE, "The pool", (4, 5, 8, 3), (
            "reinvestment_pool[booked_on]", "reinvestment_pool[pool]", "reinvestment_pool[entry_type]",
            "reinvestment_pool[purpose]", "reinvestment_pool[amount]", "reinvestment_pool[balance]",
            "reinvestment_pool[company_currency]")),
    )),
    Page("targets", "Ecosystem targets", "Which targets are met, which are not, and which cannot be told?", (
        Visual(Shape.MATRIX, "State by quarter", (0, 0, 12, 3), ("State of the target",),
               "ecosystem_quarter[metric_id]", QUARTER),
        Visual(Shape.TABLE, "Value, count, bounds and target", (0, 3, 7, 5), (
            "ecosystem_quarter[quarter]", "ecosystem_quarter[metric_id]", "ecosystem_quarter[value]",
            "ecosystem_quarter[n]", "ecosystem_quarter[lower_bound]", "ecosystem_quarter[upper_bound]",
            "ecosystem_quarter[target]", "ecosystem_quarter[state]")),
        Visual(Shape.TABLE, "Targets at risk", (7, 3, 5, 5), (
            "target_warning[metric_name]", "target_warning[quarter]", "target_warning[signal_state]",
            "target_warning[days_left]", "target_warning[missing]", "target_warning[missing_unit]",
            "target_warning[owner]")),
    )),
    Page("definitions", "Definitions and freshness", "What does a number mean, and how fresh is it?", (
        _tile("Feeds", 0, 2), _tile("Feeds that are stale", 2, 2),
        Visual(Shape.TABLE, "Feeds", (4, 0, 8, 3), (
            "feed_status[system]", "feed_status[entity]", "feed_status[last_complete_at]", "feed_status[is_stale]",
            "feed_status[landed_rows]", "feed_status[quarantined_rows]", "feed_status[doubtful_rows]")),
        Visual(Shape.TABLE, "Definitions", (0, 3, 12, 5), (
            "kpi_definition[name]", "kpi_definition[definition_version]", "kpi_definition[unit]",
            "kpi_definition[formula]", "kpi_definition[population]", "kpi_definition[caveat]",
            "kpi_definition[owner]")),
    )),
)  # fmt: skip
