"""All vendors by name, on as many pages as they need; each leads to the vendor's own page."""

from publishing.site import figures
from publishing.site.sections import Column, Page, Section, table
from publishing.site.source import Result, Source

VENDORS_A_PAGE = 200


def vendors(source: Source) -> list[Page]:
    """The index: the first page is ``vendors/index.html``."""
    rows = _rows(source)
    count = max(1, -(-len(rows) // VENDORS_A_PAGE))
    return [_page(source, rows, number, count) for number in range(1, count + 1)]


def address(number: int) -> str:
    """Where a page of the index lies."""
    return "vendors/index.html" if number == 1 else f"vendors/index-{number}.html"


def _page(source: Source, rows: Result, number: int, count: int) -> Page:
    start = (number - 1) * VENDORS_A_PAGE
    some = Result(rows.name, rows.columns, rows.rows[start : start + VENDORS_A_PAGE])
    period = figures.quarter(source.full_quarter)
    shown = table(
        some,
        (
            Column("vendor_name", "Vendor", "vendor"),
            Column("category", "Category"),
            Column("is_strategic", "Strategic", "flag"),
            Column("score", "Health", "points_state", definition_id="vendor_health"),
            Column("otd", "On time", "share", n="otd_n", definition_id="otd_first_promise"),
            Column("open_alerts", "Open alerts", ""),
            Column("overdue_lines", "Overdue", "", definition_id="overdue_lines"),
        ),
        caption=f"Health and deliveries are of {period}; alerts and overdue lines are of now.",
        limit=VENDORS_A_PAGE,
        noun="vendor",
        is_filtered=True,
    )
    others = tuple((address(one), f"Page {one} of {count}") for one in range(1, count + 1) if one != number)
    scored = sum(row["score"] is not None for row in rows)
    return Page(
        path=address(number),
        title="Vendors" if number == 1 else f"Vendors, page {number} of {count}",
        headline=f"{figures.counted(len(rows), 'vendor')}, {scored:,} of them with a score in {period}",
        lead="A vendor of which too little is known has no score; that is neither good nor bad.",
        sections=(Section("By name", tables=(shown,), links=others),),
        files=(rows,),
    )


def _rows(source: Source) -> Result:
    return source.read(
        "vendors",
        "with health as ("
        " select vendor_key, score, coverage, no_score_reason from vendor_quarter_health"
        " where quarter = $quarter and is_headline),"
        " delivery as ("
        " select vendor_key, sum(round(otd_first_promise * otd_first_promise_n)) /"
        " nullif(sum(otd_first_promise_n), 0) as otd,"
        " sum(otd_first_promise_n)::bigint as otd_n from vendor_month where month >= $quarter and month < $running"
        " group by vendor_key),"
        " warned as ("
        " select vendor_key, count(*) as open_alerts from vendor_warning"
        " where signal_state = 'active' and severity = 'alert' and not is_muted group by vendor_key),"
        " overdue as ("
        " select vendor_key, count(*) as overdue_lines from fct_schedule_line"
        " where state = 'overdue' and is_vendor_performance group by vendor_key)"
        " select v.vendor_key, v.vendor_number, v.vendor_name, v.category, v.segment,"
        " v.is_strategic, v.is_blocked, h.score,"
        " h.coverage, h.no_score_reason, d.otd, coalesce(d.otd_n, 0) as otd_n,"
        " coalesce(w.open_alerts, 0) as open_alerts,"
        " coalesce(o.overdue_lines, 0) as overdue_lines"
        " from dim_vendor as v left join health as h using (vendor_key) left join delivery as d using (vendor_key)"
        " left join warned as w using (vendor_key) left join overdue as o using (vendor_key)"
        " order by lower(v.vendor_name) nulls last, v.vendor_key",
        {"quarter": source.full_quarter, "running": source.running_quarter},
    )
