"""A measure by quarter: as a tile of the last full quarter, and as a picture over all quarters."""

from collections.abc import Mapping
from dataclasses import dataclass

from publishing.site import figures
from publishing.site.charts.sparkline import Sparkline, sparkline
from publishing.site.charts.trend import Point, Trend, trend
from publishing.site.figures import Figure, Number
from publishing.site.sections import Drawing
from publishing.site.source import Result, Row, Source, quarters_before
from publishing.site.states import State

QUARTERS_OF_SPARKLINE = 8
QUARTERS_OF_TREND = 13


@dataclass(frozen=True)
class Measure:
    """What a series measures.

    Attributes:
        key: names the CSV and the number on the page.
        unit: as :mod:`publishing.site.figures` has it.
        noun: what ``n`` counts, in the plural.
        mart: the table the values come from; if a feed of it is stale, the tile says so.
        origin: the systems that know it, in words.
    """

    key: str
    label: str
    unit: str
    noun: str
    definition_id: str
    mart: str
    origin: str
    target: float | None = None
    direction: str = "at least"


def of_vendor_months(source: Source, measure: Measure, column: str) -> Result:
    """A measure of ``vendor_month`` over all vendors: each month and vendor counts with its observations."""
    # A share is a count over a count; adding the counts as whole numbers gives the same sum in any order.
    voices = f"round({column} * {column}_n)" if measure.unit == "share" else f"{column} * {column}_n"
    return source.read(
        f"quarters-{measure.key}",
        f"select date_trunc('quarter', month)::date as quarter, sum({voices}) / nullif(sum({column}_n), 0) as value,"  # noqa: S608
        f" sum({column}_n)::bigint as n, count(distinct vendor_key) filter ({column}_n > 0) as vendors"
        " from vendor_month group by all order by quarter",
    )


def tile(source: Source, measure: Measure, series: Result, state: State | None = None) -> Figure:
    """The last full quarter, with the difference from the one before it."""
    by_quarter = {row["quarter"]: row for row in series}
    full = by_quarter.get(source.full_quarter, {})
    before = by_quarter.get(quarters_before(source.full_quarter, 1), {})
    value = full.get("value")
    return Figure(
        label=measure.label,
        value=value,
        unit=measure.unit,
        n=full.get("n", 0),
        noun=measure.noun,
        lower=full.get("lower_bound"),
        upper=full.get("upper_bound"),
        definition_id=measure.definition_id,
        rows=series.name,
        period=figures.quarter(source.full_quarter),
        target=measure.target,
        direction=measure.direction,
        state=state,
        source=source.origin(measure.mart, measure.origin),
        change=_difference(value, before.get("value")),
        before=figures.quarter(quarters_before(source.full_quarter, 1)),
        picture=_sparkline(source, measure, by_quarter),
        key=measure.key,
    )


def drawing(source: Source, measure: Measure, series: Result) -> Drawing:
    """All quarters as a picture; the running one is drawn as such."""
    by_quarter = {row["quarter"]: row for row in series}
    quarters = [quarters_before(source.running_quarter, back) for back in range(QUARTERS_OF_TREND - 1, -1, -1)]
    first = min(by_quarter, default=source.running_quarter)
    points = tuple(
        Point(
            quarter,
            _float(row.get("value")),
            row.get("n") or 0,
            _float(row.get("lower_bound")),
            _float(row.get("upper_bound")),
            is_running=quarter == source.running_quarter,
        )
        for quarter in quarters
        if quarter >= first
        for row in [by_quarter.get(quarter, {})]
    )
    chart = Trend(measure.label, measure.unit, measure.noun, points, measure.target, "quarter")
    return Drawing(trend(chart), f"{measure.label}, by quarter.", series.name)


def _sparkline(source: Source, measure: Measure, by_quarter: Mapping[object, Row]) -> str:
    quarters = [quarters_before(source.full_quarter, back) for back in range(QUARTERS_OF_SPARKLINE - 1, -1, -1)]
    values = tuple(_float(by_quarter.get(quarter, {}).get("value")) for quarter in quarters)
    if sum(value is not None for value in values) < 2:
        return ""
    title = f"{measure.label}, the last {QUARTERS_OF_SPARKLINE} full quarters"
    return sparkline(Sparkline(title, measure.unit, values, measure.target))


def _difference(value: Number | None, before: Number | None) -> float | None:
    return None if value is None or before is None else float(value) - float(before)


def _float(value: Number | None) -> float | None:
    return None if value is None else float(value)
