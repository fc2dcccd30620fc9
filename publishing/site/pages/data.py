"""Can the numbers be believed: how fresh each feed is, what was set aside, what changed after it was told."""

from publishing.site import figures
from publishing.site.sections import Column, Page, Section, Table, table
from publishing.site.source import Result, Source

DATA_DOCS = "data-docs/index.html"


def feeds(source: Source) -> Result:
    """Every feed but our own records, the stale ones first."""
    return source.read(
        "feeds",
        "select kind, system, connection_id, entity, last_complete_at, stale_after_hours, is_stale, landed_rows,"
        " quarantined_rows, last_run_rows, last_run_quarantined_rows, checked_rows, doubtful_rows"
        " from feed_status where kind <> 'own' order by is_stale desc, kind, connection_id, entity",
    )


def data(source: Source) -> Page:
    """Feeds, the gate, audits of the data, names without a vendor, and restated numbers."""
    rows = feeds(source)
    stale = sum(row["is_stale"] for row in rows)
    gate = source.manifest["gate"]
    warnings = gate["warnings"]
    return Page(
        path="data.html",
        title="Data",
        headline=f"{figures.counted(len(rows) - stale, 'feed')} fresh, {stale:,} stale; the gate let the publication"
        f" pass with {figures.counted(len(warnings), 'warning')}",
        lead="A stale feed blocks nothing: what is made from it is published, marked, and its alerts are muted.",
        sections=(
            Section(
                "Feeds",
                tables=(
                    table(
                        rows,
                        (
                            Column("connection_id", "Connection"),
                            Column("entity", "Entity"),
                            Column("is_stale", "Stale", "flag"),
                            Column("last_complete_at", "Last complete (UTC)", "instant"),
                            Column("landed_rows", "Rows landed", ""),
                            Column("quarantined_rows", "Set aside", ""),
                            Column("doubtful_rows", "Doubtful", "", n="checked_rows"),
                        ),
                        caption="What is read from where, the stale ones first. Rows set aside could not be read.",
                        limit=80,
                        noun="feed",
                    ),
                ),
            ),
            Section(
                "The gate",
                f"{figures.counted(gate['checks'], 'check')} of Great Expectations ran on this"
                f" publication; none that is"
                " critical failed.",
                sentences=tuple(warnings),
                links=((DATA_DOCS, "All checks, table by table (Great Expectations Data Docs)"),),
            ),
            Section("Audits of the data", tables=(_audits(source),)),
            Section("Names without a vendor", tables=(_exceptions(source),)),
            Section("Numbers that changed after they were told", tables=(_restated(source),)),
        ),
    )


def _audits(source: Source) -> Table:
    rows = source.read(
        "data-trust",
        "select connection_id, entity, vendor_key, vendor_name, checked_rows, doubtful_rows, doubtful_share,"
        " exact_slip, exact_slip_n, exact_slip_lower, exact_slip_upper,"
        " promise_coverage, promise_coverage_n, promise_coverage_lower, promise_coverage_upper,"
        " confirmation_coverage, confirmation_coverage_n, confirmation_coverage_lower, confirmation_coverage_upper,"
        " receipt_coverage, receipt_coverage_n, receipt_coverage_lower, receipt_coverage_upper"
        " from data_trust where vendor_key is null and checked_rows is not null order by trust_key",
    )
    audits = (
        ("exact_slip", "To the day"),
        ("promise_coverage", "With a promise"),
        ("confirmation_coverage", "Confirmed"),
        ("receipt_coverage", "Due with a receipt"),
    )
    return table(
        rows,
        (
            Column("connection_id", "Connection"),
            Column("entity", "Entity"),
            Column("doubtful_share", "Doubtful rows", "share", n="checked_rows"),
            *(
                Column(key, words, "share", n=f"{key}_n", bounds=(f"{key}_lower", f"{key}_upper"), definition_id=key)
                for key, words in audits
            ),
        ),
        caption="Too many deliveries on the very day promised speak for dates that were filled in afterwards.",
        noun="feed",
    )


def _exceptions(source: Source) -> Table:
    rows = source.read(
        "crosswalk-exceptions",
        "from vendor_crosswalk_exception order by affected_rows desc, kind, connection_id, external_id",
    )
    return table(
        rows,
        (
            Column("external_name", "Name in the system"),
            Column("connection_id", "Connection"),
            Column("reason", "Why"),
            Column("vendors_found", "Vendors it may be", ""),
            Column("affected_rows", "Rows without a vendor", ""),
        ),
        caption="Names that the crosswalk could not give to one vendor; their rows count for none.",
        noun="name",
        if_empty="Every name has its vendor.",
    )


def _restated(source: Source) -> Table:
    rows = source.read(
        "restatements",
        "select r.published_at, r.former_published_at, r.mart, r.metric_id, r.vendor_key, r.vendor_name, r.period_kind,"
        " r.period, r.from_value, r.to_value, r.from_n, r.to_n, r.reason, coalesce(d.unit, '') as unit"
        " from restatement as r left join kpi_definition as d"
        " on r.definition_id = d.definition_id and r.to_definition_version = d.definition_version"
        " where not period_was_running order by published_at desc, mart, metric_id, restatement_key",
    )
    return table(
        rows,
        (
            Column("published_at", "Told (UTC)", "instant"),
            Column("vendor_name", "Vendor"),
            Column("metric_id", "Number"),
            Column("period", "Period from", "date"),
            Column("from_value", "Was", "by_row", n="from_n"),
            Column("to_value", "Is", "by_row", n="to_n"),
            Column("reason", "Why"),
        ),
        caption="Of periods that were over when the number was first told.",
        limit=25,
        noun="change",
        if_empty="No number of a period that was over has changed.",
    )
