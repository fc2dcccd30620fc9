"""Delivery, quality, service and cost of a vendor: how each went, and the rows behind."""

from collections.abc import Iterable
from dataclasses import replace

from publishing.site import figures
from publishing.site.charts.bars import Bar, Bars, bars
from publishing.site.sections import Column, Drawing, Section, Table, text
from publishing.site.source import Row
from publishing.site.vendor_page.series import Series, drawing
from publishing.site.vendor_page.setting import Setting
from publishing.site.vendor_page.slips import slips
from publishing.site.vendor_page.tables import shared_table
from publishing.site.vendor_page.vendor_rows import VendorRows
from publishing.site.vendor_page.waiting import lead_times

MATERIALS_DRAWN = 8
QUARTERS_LISTED = 8
_LEAD_TIME_COLUMNS = (
    Column("cohort_start", "Ordered in", "quarter"),
    Column("lines", "Lines", "count"),
    Column("open_lines", "Open", "count"),
    Column("cancelled_lines", "Cancelled", "count"),
    Column(
        "lead_time_p50",
        "Half arrive by",
        "days",
        bounds=("lead_time_p50_lower", "lead_time_p50_upper"),
        definition_id="lead_time",
    ),
    Column(
        "lead_time_p90",
        "90 % arrive by",
        "days",
        bounds=("lead_time_p90_lower", "lead_time_p90_upper"),
        definition_id="lead_time",
    ),
)
_COMPLAINT_COLUMNS = (
    Column("quality_notification", "Complaint"),
    Column("reported_at", "Reported (UTC)", "instant"),
    Column("is_open", "Open", "flag"),
    Column("open_hours", "Hours open", "", if_null="closed"),
    Column("defect_group", "Defect"),
    Column("material", "Material"),
    Column("purchase_order", "Order"),
    Column("counted_defective_quantity", "Defective", ""),
)
_TICKET_COLUMNS = (
    Column("ticket", "Ticket"),
    Column("priority", "Priority"),
    Column("category", "About"),
    Column("opened_at", "Opened (UTC)", "instant"),
    Column("gross_hours", "Hours", "", if_null="open"),
    Column("is_open", "Open", "flag"),
    Column("resolution_state", "Target"),
    Column("resolution_planned_end_at", "Due (UTC)", "instant", if_null="–"),
)
_PRICE_COLUMNS = (
    Column("material", "Material"),
    Column("compared_lines", "Lines", "count"),
    Column("quantity", "Quantity", ""),
    Column("base_unit", "Unit"),
    Column("actual_amount", "Paid", "money"),
    Column("baseline_amount", "At contract price", "money"),
    Column("price_variance", "Due to price", "money", definition_id="price_variance"),
    Column("price_variance_share", "Share", "share"),
    Column("fx_variance", "Due to currencies", "money"),
    Column("outlier_lines", "Doubtful lines", "count"),
)


def delivery(rows: VendorRows, setting: Setting) -> Section | None:
    """On time, slips and lead times."""
    tables = []
    if rows.has("lead_time"):
        quarters = rows.chosen(
            "lead-times",
            "lead_time",
            lambda row: row["cohort"] == "quarter",
            lambda row: -row["cohort_start"].toordinal(),
        )
        tables.append(
            shared_table(
                quarters,
                _LEAD_TIME_COLUMNS,
                caption="Days from order to delivery, by quarter of the order:",
                noun="quarter",
                if_empty="Nothing was ordered.",
                limit=QUARTERS_LISTED,
            )
        )
    on_time = Series(
        "otd_first_promise",
        "On time against the first promise",
        "share",
        "lines due",
        "otd_first_promise",
        "otd_first_promise",
    )
    return _section(
        "Delivery", [drawing(rows, setting, on_time), slips(rows, setting), lead_times(rows, setting)], tables
    )


def quality(rows: VendorRows, setting: Setting) -> Section | None:
    """Defects, rejected lots and complaints."""
    tables = []
    if rows.has("fct_quality_notification"):
        complaints = rows.chosen("complaints", "fct_quality_notification", _is_complaint, _newest_complaint)
        tables.append(
            shared_table(
                complaints,
                _COMPLAINT_COLUMNS,
                caption="Complaints, open ones first, then the newest:",
                noun="complaint",
                if_empty="No complaint was reported.",
                limit=8,
            )
        )
    defects = Series(
        "defect_ppm_registered", "Defective parts per million", "ppm", "units", "defect_ppm_registered", "defect_ppm"
    )
    lots = Series("lot_rejection_rate", "Rejected inspection lots", "share", "lots", "lot_rejection_rate")
    return _section("Quality", [drawing(rows, setting, defects), drawing(rows, setting, lots)], tables)


def service(rows: VendorRows, setting: Setting) -> Section | None:
    """Tickets: within target or not, and those that are open."""
    tables = []
    if rows.has("fct_service_ticket"):
        tickets = rows.chosen("tickets", "fct_service_ticket", lambda row: not row["is_cancelled"], _oldest_open_ticket)
        tables.append(
            shared_table(
                tickets,
                _TICKET_COLUMNS,
                caption="Tickets, open ones first (the oldest first), then the newest:",
                noun="ticket",
                if_empty="No ticket was opened.",
                limit=8,
            )
        )
    within = Series(
        "tickets_within_target",
        "Tickets resolved within 24 hours",
        "share",
        "tickets",
        "tickets_within_target",
        "tickets_within_target",
    )
    attained = Series("sla_attainment", "Resolution targets met", "share", "tickets", "sla_attainment")
    return _section("Service", [drawing(rows, setting, within), drawing(rows, setting, attained)], tables)


def cost(rows: VendorRows, setting: Setting) -> Section | None:
    """What prices did against the contract in the last full quarter, by material."""
    if not rows.has("price_variance"):
        return None
    money = f"money({setting.currency})"
    found = rows.chosen("price-variance", "price_variance", lambda row: _is_compared(row, setting), _by_price_variance)
    columns = [replace(one, unit=money) if one.unit == "money" else one for one in _PRICE_COLUMNS]
    quarter = figures.quarter(setting.full_quarter)
    priced = shared_table(
        found,
        columns,
        caption=f"Materials against their contract price in {quarter}, the largest difference first:",
        noun="material",
        if_empty=f"No material with a contract price was invoiced in {quarter}.",
        limit=8,
    )
    return _section("Cost", [_dearest(found, money, quarter)], [priced])


def _dearest(found: Iterable[Row], money: str, quarter: str) -> Drawing | None:
    drawn = tuple(
        Bar(text(row["material"]), float(row["price_variance"]), "alert" if row["price_variance"] > 0 else "ok")
        for row in list(found)[:MATERIALS_DRAWN]
        if row["price_variance"] is not None
    )
    if not drawn:
        return None
    caption = (
        f"Paid above (right) or below (left) the contract price in {quarter}: the {len(drawn)} largest differences."
    )
    return Drawing(bars(Bars("Price against contract", money, drawn)), caption, "price-variance", "price_variance")


def _section(heading: str, drawings: Iterable[Drawing | None], tables: Iterable[Table]) -> Section | None:
    drawn, listed = tuple(one for one in drawings if one is not None), tuple(tables)
    return Section(heading=heading, drawings=drawn, tables=listed) if drawn or listed else None


def _is_complaint(row: Row) -> bool:
    return bool(row["is_complaint"] and not row["is_withdrawn"])


def _newest_complaint(row: Row) -> tuple[bool, float, str]:
    return not row["is_open"], -row["reported_at"].timestamp(), row["quality_notification_key"]


def _oldest_open_ticket(row: Row) -> tuple[bool, float, str]:
    opened = row["opened_at"].timestamp() if row["opened_at"] else 0.0
    return not row["is_open"], opened if row["is_open"] else -opened, row["ticket_key"]


def _is_compared(row: Row, setting: Setting) -> bool:
    return bool(row["baseline"] == "contract" and row["quarter"] == setting.full_quarter and row["compared_lines"])


def _by_price_variance(row: Row) -> tuple[float, str]:
    return -abs(float(row["price_variance"] or 0)), row["price_variance_key"]
