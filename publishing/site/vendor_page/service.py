"""Service of a vendor: tickets within target or not, and those that are open."""

from publishing.site.sections import Column, Section
from publishing.site.source import Row
from publishing.site.vendor_page.parts import section_of, shared_table
from publishing.site.vendor_page.series import Series, drawing
from publishing.site.vendor_page.setting import Setting
from publishing.site.vendor_page.vendor_rows import VendorRows

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
    return section_of("Service", [drawing(rows, setting, within), drawing(rows, setting, attained)], tables)


def _oldest_open_ticket(row: Row) -> tuple[bool, float, str]:
    opened = row["opened_at"].timestamp() if row["opened_at"] else 0.0
    return not row["is_open"], opened if row["is_open"] else -opened, row["ticket_key"]
