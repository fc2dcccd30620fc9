"""Do vendors answer in time, and does what they run stay up?"""

from publishing.site import figures
from publishing.site.pages.alert_tables import open_vendor_warnings, vendor_warning_table
from publishing.site.pages.kpi_table import kpi_table
from publishing.site.pages.series import Measure, drawing, of_vendor_months, tile
from publishing.site.sections import Column, Page, Section, Table, table
from publishing.site.source import Result, Source

IN_TIME = Measure(
    "tickets-within-target",
    "Tickets resolved within 24 hours",
    "share",
    "tickets",
    "tickets_within_target",
    "vendor_month",
    "service portal",
)
SLA = Measure(
    "sla-attainment",
    "Resolution targets met",
    "share",
    "targets decided",
    "sla_attainment",
    "vendor_month",
    "service portal",
)
CONTRACT = Measure(
    "underpinning-attainment",
    "Targets of the vendors' contracts met",
    "share",
    "targets decided",
    "underpinning_attainment",
    "vendor_month",
    "service portal",
)
AVAILABILITY = Measure(
    "availability",
    "Availability",
    "share",
    "configuration items",
    "availability",
    "fct_availability",
    "service portal",
)


def availability_quarters(source: Source) -> Result:
    """Weighted by hours: what was down, of what should have been up."""
    return source.read(
        "quarters-availability",
        "select date_trunc('quarter', month)::date as quarter,"
        " 1 - sum(unplanned_hours) / nullif(sum(scheduled_hours - planned_hours), 0) as value,"
        " count(distinct configuration_item_key) as n, sum(unplanned_hours) as unplanned_hours,"
        " sum(scheduled_hours - planned_hours) as service_hours"
        " from fct_availability where availability is not null and vendor_key is not null group by"
        " all order by quarter",
    )


def service(source: Source) -> Page:
    """Tickets, targets and availability; what is open and already late."""
    series = {one: of_vendor_months(source, one, one.definition_id) for one in (IN_TIME, SLA, CONTRACT)}
    series[AVAILABILITY] = availability_quarters(source)
    tiles = tuple(tile(source, one, rows) for one, rows in series.items())
    tickets = source.read(
        "open-tickets",
        "select vendor_key, vendor_name, ticket, priority, category, opened_at, resolution_target,"
        " resolution_planned_end_at, resolution_state, reopenings,"
        " date_diff('minute', opened_at, $now::timestamp) / 60 as open_hours"
        " from fct_service_ticket where is_open order by opened_at, ticket_key",
        {"now": source.edition.as_of.replace(tzinfo=None)},
    )
    late = sum(row["resolution_state"] == "breached" for row in tickets)
    vendors = open_vendor_warnings(source, "service")
    return Page(
        path="service.html",
        title="Service",
        headline=f"{tiles[0].text} of tickets were resolved within 24 hours in {tiles[0].period}; "
        f"{figures.counted(len(tickets), 'ticket')} open now, {late:,} of them past their target",
        lead="A ticket counts from its opening to the first resolution that lasted, never to its closing by a timer. An"
        " open ticket past its target has missed it already.",
        sections=(
            Section("The last full quarter", tiles=tiles),
            Section("How it went", drawings=tuple(drawing(source, one, rows) for one, rows in series.items())),
            Section("Vendors whose service slips", f"{vendors.words}.", tables=(vendor_warning_table(vendors),)),
            Section(
                "Vendors by tickets in time",
                tables=(
                    kpi_table(source, "tickets_within_target", "Within 24 hours", "share", "tickets_within_target"),
                ),
            ),
            Section(
                "Vendors by availability",
                tables=(kpi_table(source, "availability", "Availability", "share", "availability"),),
            ),
            Section(
                "Open tickets",
                tables=(
                    table(
                        tickets,
                        (
                            Column("vendor_name", "Vendor", "vendor"),
                            Column("ticket", "Ticket"),
                            Column("priority", "Priority"),
                            Column("category", "Category"),
                            Column("opened_at", "Opened (UTC)", "instant"),
                            Column("open_hours", "Open", "hours"),
                            Column("resolution_state", "Target"),
                        ),
                        caption="The oldest first.",
                        noun="ticket",
                        if_empty="No ticket is open.",
                    ),
                ),
            ),
            Section("Contract renewals", tables=(_renewals(source),)),
        ),
        files=tuple(series.values()),
    )


def _renewals(source: Source) -> Table:
    rows = source.read(
        "contract-renewals",
        "select r.vendor_key, v.vendor_name, renewal, contract_number, due_date, decided_on, signed_on, state, outcome,"
        " annual_value, currency from fct_contract_renewal as r left join dim_vendor as v using (vendor_key)"
        " where state not in ('signed', 'ended')"
        " order by state = 'overdue' desc, due_date, renewal_key",
    )
    return table(
        rows,
        (
            Column("vendor_name", "Vendor", "vendor"),
            Column("contract_number", "Contract"),
            Column("due_date", "Due", "date", definition_id="renewal_lead_days"),
            Column("state", "State"),
            Column("annual_value", "A year", "money", currency="currency"),
        ),
        caption="Renewals that are not signed: overdue ones first, then the next due.",
        limit=15,
        noun="renewal",
        if_empty="No renewal is waiting.",
    )
