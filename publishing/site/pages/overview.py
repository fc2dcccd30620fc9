"""How are we doing: the page people open first."""

from publishing.site import figures, states
from publishing.site.figures import Figure
from publishing.site.pages import cost, delivery, quality, service
from publishing.site.pages.alert_tables import (
    OpenAlerts,
    line_warning_table,
    open_line_warnings,
    open_vendor_warnings,
    vendor_warning_table,
)
from publishing.site.pages.heatmap import heatmap
from publishing.site.pages.reinvestment import savings_picture, savings_quarters
from publishing.site.pages.series import Measure, of_vendor_months, tile
from publishing.site.pages.standing import Standing, fix_first_table, standing, standing_picture
from publishing.site.pages.targets import read_targets, target_tile
from publishing.site.sections import Column, Page, Section, Table, table
from publishing.site.source import Result, Source

ALERTS_SHOWN = 8


def overview(source: Source) -> Page:
    """Verdict, targets, what vendors deliver, whom to fix first, savings, open alerts, freshness of the data."""
    targets = read_targets(source)
    target_tiles = tuple(target_tile(source, *one) for one in targets)
    vendor_series = _vendor_series(source)
    found = standing(source)
    warnings, lines = open_vendor_warnings(source), open_line_warnings(source)
    at_risk = _targets_at_risk(source)
    savings = savings_quarters(source)
    period = figures.quarter(source.full_quarter)
    return Page(
        path="index.html",
        title="Overview",
        headline=_verdict(period, target_tiles, found, warnings),
        lead=f"Numbers are of {period}, the last quarter that is over, unless they say otherwise;"
        f" {figures.quarter(source.running_quarter)} is still running.",
        sections=(
            Section("Targets of the ecosystem", tiles=target_tiles),
            Section(
                "What vendors deliver",
                tiles=tuple(tile(source, measure, rows) for measure, rows in vendor_series),
            ),
            Section(
                "Whom to fix first",
                "Health is 0 to 100 points: 70 is on target, 0 the floor. A vendor of which too little is known has no"
                " score.",
                drawings=(standing_picture(source, found),),
                beside=fix_first_table(source, found),
                tables=(heatmap(source, found),),
            ),
            Section(
                "Savings",
                drawings=(savings_picture(source, savings),),
            ),
            Section(
                "Open alerts",
                sentences=(
                    f"Vendors: {warnings.words}.",
                    f"Order lines: {lines.words}.",
                    f"Targets of {figures.quarter(source.running_quarter)}: "
                    f"{figures.counted(len(at_risk), 'warning')} open.",
                ),
                tables=(
                    vendor_warning_table(warnings, ALERTS_SHOWN),
                    line_warning_table(lines, ALERTS_SHOWN),
                ),
            ),
            Section("The data behind it", tables=(_data_strip(source),), links=(("data.html", "Every feed"),)),
        ),
        files=(*(rows for _, rows in targets), *(rows for _, rows in vendor_series), savings, found.rows, at_risk),
    )


def _verdict(period: str, tiles: tuple[Figure, ...], found: Standing, warnings: OpenAlerts) -> str:
    """One sentence: targets, the vendors to fix first, alerts."""
    met = sum(one.state == states.MET for one in tiles)
    missed = sum(one.state == states.MISSED for one in tiles)
    unknown = len(tiles) - met - missed
    undecided = f", {unknown} undecided" if unknown else ""
    first = len(found.fix_first)
    fix = f"{figures.counted(first, 'vendor')} with much spend {'needs' if first == 1 else 'need'} fixing first"
    alerts = f"{figures.counted(warnings.alerts, 'vendor alert')} {'is' if warnings.alerts == 1 else 'are'} open"
    targets = f"{met} of {figures.counted(len(tiles), 'target')} met, {missed} missed{undecided}"
    return f"{period}: {targets}; {fix}; {alerts}."


def _vendor_series(source: Source) -> list[tuple[Measure, Result]]:
    contract = cost.BASELINES[0]
    return [
        (delivery.FIRST_PROMISE, of_vendor_months(source, delivery.FIRST_PROMISE, "otd_first_promise")),
        quality.defects(source),
        (service.IN_TIME, of_vendor_months(source, service.IN_TIME, "tickets_within_target")),
        (contract, cost.price_quarters(source, contract)),
    ]


def _targets_at_risk(source: Source) -> Result:
    return source.read(
        "target-warnings",
        "select * from target_warning where signal_state = 'active' and not is_muted"
        " order by severity, quarter desc, signal_key",
    )


def _data_strip(source: Source) -> Table:
    rows = source.read(
        "freshness",
        "select connection_id, count(*) as feeds, count(*) filter (is_stale) as stale_feeds,"
        " min(last_complete_at) as oldest_complete_at, sum(landed_rows)::bigint as landed_rows,"
        " sum(quarantined_rows)::bigint as quarantined_rows, sum(checked_rows)::bigint as checked_rows,"
        " sum(doubtful_rows)::bigint as doubtful_rows"
        " from feed_status where kind <> 'own' group by connection_id order by stale_feeds desc, connection_id",
    )
    return table(
        rows,
        (
            Column("connection_id", "Connection"),
            Column("feeds", "Feeds", ""),
            Column("stale_feeds", "Stale", "stale_state"),
            Column("oldest_complete_at", "Oldest complete read (UTC)", "instant"),
            Column("landed_rows", "Rows landed", ""),
            Column("quarantined_rows", "Set aside", ""),
            Column("doubtful_rows", "Doubtful", "", n="checked_rows"),
        ),
        caption="How fresh and how clean what we read is.",
        noun="connection",
    )
