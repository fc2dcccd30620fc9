"""Quality of a vendor: defects, rejected lots and complaints."""

from publishing.site.sections import Column, Section
from publishing.site.source import Row
from publishing.site.vendor_page.parts import section_of, shared_table
from publishing.site.vendor_page.series import Series, drawing
from publishing.site.vendor_page.setting import Setting
from publishing.site.vendor_page.vendor_rows import VendorRows

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
    return section_of("Quality", [drawing(rows, setting, defects), drawing(rows, setting, lots)], tables)


def _is_complaint(row: Row) -> bool:
    return bool(row["is_complaint"] and not row["is_withdrawn"])


def _newest_complaint(row: Row) -> tuple[bool, float, str]:
    return not row["is_open"], -row["reported_at"].timestamp(), row["quality_notification_key"]
