"""A measure by month or quarter: line, 95 % interval as a band, target, and a gap where nothing is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from publishing.site.charts.axis import Axis, horizontal_grid, round_ticks, runs
from publishing.site.charts.svg import HALO, element, heading, path, picture, text
from publishing.site.figures import NO_DATA, shown

WIDTH, HEIGHT = 360, 206
LEFT, RIGHT, TOP, BOTTOM = 46, 352, 32, 174
# Below this count a value moves by a fifth with one case: drawn hollow.
FEW = 5
# Periods told in words to those who do not see the picture.
_TOLD = 12


@dataclass(frozen=True)
class Point:
    """A period (its first day) with what was measured over ``n`` cases; a running period is not over yet."""

    period_date: date
    value: float | None
    n: int
    lower: float | None = None
    upper: float | None = None
    is_running: bool = False


@dataclass(frozen=True)
class Trend:
    """``points`` without holes in the calendar, from old to new; ``noun`` is what ``n`` counts."""

    title: str
    unit: str
    noun: str
    points: tuple[Point, ...]
    target: float | None = None
    grain: Literal["month", "quarter"] = "month"


def trend(chart: Trend) -> str:
    """The picture. An interval wider than twice what was measured is cut off at the edge of the picture."""
    axis = _axis(chart)
    step = (RIGHT - LEFT) / max(len(chart.points), 1)
    xs = [LEFT + step * (index + 0.5) for index in range(len(chart.points))]
    drawn = [None if one.value is None else (x, one) for x, one in zip(xs, chart.points, strict=True)]
    parts = [heading(chart.title), *horizontal_grid(axis, chart.unit, LEFT, RIGHT)]
    for run in runs(drawn):
        parts += _band(run, axis)
    if chart.target is not None:
        parts += _target(chart.target, axis)
    for run in runs(drawn):
        parts += _line(run, axis)
    parts += _calendar(chart, xs, step)
    if not any(drawn):
        parts.append(text(NO_DATA, (LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2, text_anchor="middle", font_size=13))
    return picture(WIDTH, HEIGHT, chart.title, description(chart), parts)


def description(chart: Trend) -> str:
    """What the picture shows, in words."""
    told = [one for one in chart.points if one.value is not None][-_TOLD:]
    if not told:
        return f"{NO_DATA.capitalize()}."
    values = "; ".join(
        f"{period_name(one.period_date, chart.grain)} {shown(one.value, chart.unit)} (n {one.n:,})"
        + (" still running" if one.is_running else "")
        for one in told
    )
    target = f" Target {shown(chart.target, chart.unit)}." if chart.target is not None else ""
    return f"{values}.{target}"


def period_name(first_day: date, grain: str) -> str:
    """``Q2 2026`` or ``Jun 2026``."""
    return f"Q{(first_day.month + 2) // 3} {first_day.year}" if grain == "quarter" else f"{first_day:%b %Y}"


def _axis(chart: Trend) -> Axis:
    values = [one.value for one in chart.points if one.value is not None]
    told = [*values, *([] if chart.target is None else [chart.target])]
    span = max(told, default=1.0) - min(told, default=0.0) or max((abs(one) for one in told), default=1.0) or 1.0
    ends = [end for one in chart.points if one.value is not None for end in (one.lower, one.upper) if end is not None]
    reach = [min(max(end, min(told) - span / 2), max(told) + span / 2) for end in ends]
    most = 1.0 if chart.unit == "share" and max(told, default=0.0) <= 1 else None
    return Axis(round_ticks([*told, *reach], most=most), BOTTOM, TOP)


def _band(run: Sequence[tuple[float, Point]], axis: Axis) -> list[str]:
    known = [(x, one.lower, one.upper) for x, one in run if one.lower is not None and one.upper is not None]
    if len(known) == 1:
        x, low, high = known[0]
        bar = f"M{x:.1f} {axis.at(low):.1f}V{axis.at(high):.1f}"
        return [element("path", d=bar, stroke="var(--band)", stroke_width=6)]
    if not known:
        return []
    upper = [(x, axis.at(high)) for x, _, high in known]
    lower = [(x, axis.at(low)) for x, low, _ in reversed(known)]
    return [element("path", d=path([*upper, *lower]) + "Z", fill="var(--band)")]


def _target(target: float, axis: Axis) -> list[str]:
    y = axis.at(target)
    label_y = y - 4 if y > TOP + 12 else y + 12
    return [
        element("path", d=f"M{LEFT} {y:.1f}H{RIGHT}", stroke="var(--ink)", stroke_dasharray="5 4"),
        text("target", RIGHT, label_y, text_anchor="end", fill="var(--ink)", **HALO),
    ]


def _line(run: Sequence[tuple[float, Point]], axis: Axis) -> list[str]:
    places = [(x, axis.at(one.value)) for x, one in run if one.value is not None]
    over = places[:-1] if run[-1][1].is_running else places
    parts = []
    if len(over) > 1:
        parts.append(element("path", d=path(over), fill="none", stroke="var(--accent)", stroke_width=1.8))
    if run[-1][1].is_running and len(places) > 1:
        dashed = path(places[-2:])
        parts.append(
            element("path", d=dashed, fill="none", stroke="var(--accent)", stroke_dasharray="2 3", stroke_width=1.8)
        )
    for (x, y), (_, one) in zip(places, run, strict=True):
        fill = "var(--card)" if one.n < FEW or one.is_running else "var(--accent)"
        parts.append(element("circle", cx=x, cy=y, r=2.6, fill=fill, stroke="var(--accent)", stroke_width=1.3))
    return parts


def _calendar(chart: Trend, xs: Sequence[float], step: float) -> list[str]:
    """A tick at each year's first period, and the year where it has room."""
    parts = []
    for index, (x, one) in enumerate(zip(xs, chart.points, strict=True)):
        if index and one.period_date.month != 1:
            continue
        start = x - step / 2
        until = next((i for i in range(index + 1, len(xs)) if chart.points[i].period_date.month == 1), len(xs))
        parts.append(element("path", d=f"M{start:.1f} {BOTTOM}v6", stroke="var(--muted)"))
        if (until - index) * step > 30:
            parts.append(text(str(one.period_date.year), start + 3, BOTTOM + 14))
    if chart.points and chart.points[-1].is_running:
        name = f"{period_name(chart.points[-1].period_date, chart.grain)} still running"
        parts.append(text(name, RIGHT, BOTTOM + 28, text_anchor="end"))
    return parts
