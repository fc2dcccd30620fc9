"""Delivery of a vendor: on time, slips and lead times."""

from publishing.site.sections import Column, Section
from publishing.site.vendor_page.parts import section_of, shared_table
from publishing.site.vendor_page.series import Series, drawing
from publishing.site.vendor_page.setting import Setting
from publishing.site.vendor_page.slips import slips
from publishing.site.vendor_page.vendor_rows import VendorRows
from publishing.site.vendor_page.waiting import lead_times

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
    return section_of(
        "Delivery", [drawing(rows, setting, on_time), slips(rows, setting), lead_times(rows, setting)], tables
    )
