"""Where each vendor stands in the last full quarter: score, spend, and which of them to fix first."""

from dataclasses import dataclass
from decimal import Decimal

from publishing.site import figures
from publishing.site.charts.scatter import Dot, Scatter, Zone, scatter
from publishing.site.places import vendor_page
from publishing.site.sections import Column, Drawing, Table, table, text
from publishing.site.source import Result, Row, Source, quarters_before
from publishing.site.states import TARGET_POINTS, of_points

# The vendors that hold this share of the spend, and of them those below half the way from floor to target.
SPEND_SHARE = Decimal("0.8")
MOST_POINTS = TARGET_POINTS / 2
QUARTERS_OF_SPEND = 4
# An SVG of more dots is neither readable nor small.
DOTS_SHOWN = 100


@dataclass(frozen=True)
class Standing:
    """``rows`` has every vendor of the quarter, the worst score first and those without a score last.

    ``least_spend`` is the smallest spend of the vendors that hold most of it; None when nothing was invoiced.
    """

    rows: Result
    least_spend: Decimal | None
    spend_period: str

    @property
    def fix_first(self) -> list[Row]:
        """Much spend, low score; the greatest spend first."""
        found = [row for row in self.rows if self.needs_fixing(row)]
        return sorted(found, key=lambda row: (-row["spend"], row["vendor_key"]))

    def needs_fixing(self, row: Row) -> bool:
        """Whether a vendor lies in the zone; one without a score never does: nobody knows."""
        if row["score"] is None or row["spend"] is None or self.least_spend is None:
            return False
        return bool(row["spend"] >= self.least_spend and row["score"] <= MOST_POINTS)


def standing(source: Source) -> Standing:
    """Scores of the last full quarter beside the spend of the last four."""
    first = quarters_before(source.full_quarter, QUARTERS_OF_SPEND - 1)
    rows = source.read(
        "vendor-health",
        "with spend as ("
        " select vendor_key, sum(invoiced_amount::decimal(18, 2)) as spend from vendor_month"
        " where month >= $from and month < $until group by vendor_key)"
        " select h.vendor_key, h.vendor_name, h.category, h.quarter, h.score, h.score_lower, h.score_upper, h.score_n,"
        " h.coverage, h.no_score_reason, h.score_rank, h.score_rank_best, h.score_rank_worst, s.spend"
        " from vendor_quarter_health as h left join spend as s using (vendor_key)"
        " where h.quarter = $quarter and h.is_headline order by h.score nulls last, s.spend desc"
        " nulls last, h.vendor_key",
        {"from": first, "until": source.running_quarter, "quarter": source.full_quarter},
    )
    spends = sorted((row["spend"] for row in rows if row["spend"] and row["spend"] > 0), reverse=True)
    period = f"{figures.quarter(first)} to {figures.quarter(source.full_quarter)}"
    return Standing(rows, _least_of_most(spends), period)


def standing_picture(source: Source, found: Standing) -> Drawing:
    """Spend against score, with the zone of those to fix first."""
    scored = [row for row in found.rows if row["score"] is not None and row["spend"] and row["spend"] > 0]
    greatest = sorted(scored, key=lambda row: (-row["spend"], row["vendor_key"]))[:DOTS_SHOWN]
    dots = tuple(
        Dot(
            text(row["vendor_name"]),
            float(row["spend"]),
            row["score"],
            of_points(row["score"]),
            vendor_page(row["vendor_key"]),
        )
        for row in greatest
    )
    zone = Zone("fix first", float(found.least_spend), MOST_POINTS) if found.least_spend else None
    chart = Scatter(
        f"Spend and health of vendors in {figures.quarter(source.full_quarter)}",
        "spend",
        f"money({source.currency})",
        "health",
        "points",
        dots,
        zone,
        "log",
    )
    left_out = len(found.rows) - len(scored)
    caption = (
        f"{figures.counted(len(dots), 'vendor')} by what was invoiced from {found.spend_period} and by health"
        f"{f', of {len(scored):,} those with the greatest spend' if len(dots) < len(scored) else ''};"
        f" {left_out:,} have no score or no invoices. Fix first: the vendors that hold"
        f" {figures.shown(SPEND_SHARE, 'share')} of the spend, at {MOST_POINTS:.0f} points or less."
    )
    return Drawing(scatter(chart), caption, found.rows.name)


def _least_of_most(spends: list[Decimal]) -> Decimal | None:
    total, so_far = sum(spends, Decimal(0)), Decimal(0)
    for spend in spends:
        so_far += spend
        if so_far >= total * SPEND_SHARE:
            return spend
    return None


def fix_first_table(source: Source, found: Standing) -> Table:
    """The vendors of the zone, by name."""
    first = {row["vendor_key"] for row in found.fix_first}
    key, spend = (found.rows.columns.index(name) for name in ("vendor_key", "spend"))
    rows = sorted((row for row in found.rows.rows if row[key] in first), key=lambda row: (-row[spend], row[key]))
    return table(
        Result("fix-first", found.rows.columns, tuple(rows)),
        (
            Column("vendor_name", "Vendor", "vendor"),
            Column(
                "score", "Health", "points_state", bounds=("score_lower", "score_upper"), definition_id="vendor_health"
            ),
            Column("spend", "Spend", f"money({source.currency})", definition_id="invoiced_amount"),
        ),
        caption="Fix first, by spend.",
        limit=10,
        noun="vendor",
        if_empty="No vendor with much spend is that low.",
        is_dense=True,
    )
