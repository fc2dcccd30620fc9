"""Is what vendors deliver good, and are complaints answered?"""

from publishing.site import figures
from publishing.site.pages.alert_tables import open_vendor_warnings, vendor_warning_table
from publishing.site.pages.kpi_table import kpi_table
from publishing.site.pages.series import Measure, drawing, of_vendor_months, tile
from publishing.site.sections import Column, Page, Section, table
from publishing.site.source import Result, Source

REJECTED = Measure(
    "lot-rejection-rate",
    "Inspection lots rejected",
    "share",
    "lots inspected",
    "lot_rejection_rate",
    "vendor_month",
    "ERP",
    direction="at most",
)
ANSWERED = Measure(
    "complaints-within-target",
    "Complaints resolved within 24 hours",
    "share",
    "complaints",
    "complaints_within_target",
    "vendor_month",
    "ERP",
)


def defects(source: Source) -> tuple[Measure, Result]:
    """Defective parts per million of the unit that most vendors are counted in: pieces and kilograms do not add up."""
    unit = source.read(
        "ppm-units",
        "select coalesce(defect_ppm_unit, '') as unit from vendor_month where defect_ppm_received_n > 0"
        " group by defect_ppm_unit order by count(distinct vendor_key) desc, defect_ppm_unit limit 1",
    )
    name = unit.first()["unit"] if len(unit) else ""
    measure = Measure(
        "defect-ppm-received",
        f"Defective parts per million{f', counted in {name}' if name else ''}",
        "ppm",
        f"{name or 'parts'} received",
        "defect_ppm_received",
        "vendor_month",
        "ERP",
        direction="at most",
    )
    series = source.read(
        f"quarters-{measure.key}",
        "select date_trunc('quarter', month)::date as quarter, defect_ppm_unit as unit,"
        " sum(defect_ppm_received * defect_ppm_received_n) / nullif(sum(defect_ppm_received_n), 0) as value,"
        " sum(defect_ppm_received_n)::bigint as n, count(distinct vendor_key) as vendors"
        " from vendor_month where defect_ppm_unit = $unit group by all order by quarter",
        {"unit": name},
    )
    return measure, series


def quality(source: Source) -> Page:
    """Rejected lots, defective parts, complaints and how fast they are answered."""
    ppm, ppm_rows = defects(source)
    series = {ppm: ppm_rows} | {one: of_vendor_months(source, one, one.definition_id) for one in (REJECTED, ANSWERED)}
    tiles = tuple(tile(source, one, rows) for one, rows in series.items())
    vendors = open_vendor_warnings(source, "quality")
    complaints = source.read(
        "open-complaints",
        "select q.vendor_key, v.vendor_name, quality_notification, material, plant, purchase_order, priority,"
        " defect_group, reported_at, open_hours, complaint_quantity, q.quantity_unit"
        " from fct_quality_notification as q left join dim_vendor as v using (vendor_key)"
        " where is_complaint and is_open and not is_withdrawn order by reported_at, quality_notification_key",
    )
    return Page(
        path="quality.html",
        title="Quality",
        headline=f"{tiles[1].text} of inspected lots were rejected in {tiles[1].period}; "
        f"{figures.counted(len(complaints), 'complaint')} open now",
        lead="Parts are counted against what was received, lots against what was inspected: a skipped lot is not an"
        " accepted one.",
        sections=(
            Section("The last full quarter", tiles=tiles),
            Section("How it went", drawings=tuple(drawing(source, one, rows) for one, rows in series.items())),
            Section("Vendors whose quality dips", f"{vendors.words}.", tables=(vendor_warning_table(vendors),)),
            Section(
                "Vendors by defective parts",
                tables=(kpi_table(source, "defect_ppm", "Defective parts", "ppm", "defect_ppm_received"),),
            ),
            Section(
                "Vendors by accepted lots",
                tables=(kpi_table(source, "lot_acceptance", "Lots accepted", "share", "lot_rejection_rate"),),
            ),
            Section(
                "Open complaints",
                tables=(
                    table(
                        complaints,
                        (
                            Column("vendor_name", "Vendor", "vendor"),
                            Column("quality_notification", "Notification"),
                            Column("material", "Material"),
                            Column("priority", "Priority"),
                            Column("reported_at", "Reported (UTC)", "instant"),
                            Column("open_hours", "Open", "hours", definition_id="quality_alert_resolution"),
                        ),
                        caption="Complaints that are not completed, the oldest first.",
                        noun="complaint",
                        if_empty="No complaint is open.",
                    ),
                ),
            ),
        ),
        files=tuple(series.values()),
    )
