"""Service tickets."""

from expectations.check import Suite, between, no_rows

SUITE = Suite(
    table="fct_service_ticket",
    key=("ticket_key", "ticket"),
    fed_by=("incident",),
    checks=(
        no_rows(
            "vendor_is_known",
            "every vendor that a ticket names is in dim_vendor",
            """
            select ticket_key, ticket, vendor_key from {batch}
            where vendor_key is not null and vendor_key not in (select vendor_key from marts.dim_vendor)
            """,
        ),
        no_rows(
            "opened_at_plausible",
            "opened_at lies between 1990 and a day after the build's as-of time",
            """
            select ticket_key, ticket, opened_at from {batch}
            where opened_at < timestamp '1990-01-01'
                or opened_at > (select as_of + interval 1 day from control.build)
            """,
        ),
        no_rows(
            "open_without_resolution",
            "an open ticket has neither resolution nor hours, unless it was reopened long after it",
            """
            select ticket_key, ticket, is_open, resolved_at, gross_hours from {batch}
            where is_open and (resolved_at is not null or gross_hours is not null)
                and coalesce(data_flags, '') not like '%reopened_after_stable_resolution%'
            """,
        ),
        between("gross_hours", 0, None),
        no_rows(
            "net_within_gross",
            "net_hours is between 0 and gross_hours, and business_hours between 0 and gross_hours",
            """
            select ticket_key, ticket, business_hours, net_hours, gross_hours from {batch}
            where net_hours < 0 or net_hours > gross_hours or business_hours < 0 or business_hours > gross_hours + 0.001
            """,
        ),
    ),
)
