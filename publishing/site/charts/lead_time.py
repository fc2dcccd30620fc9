"""How many order lines had arrived by which day after the order, open lines counted with the days they have waited."""

import math
from dataclasses import dataclass

from publishing.site.charts.axis import Axis, horizontal_grid
from publishing.site.charts.svg import HALO, element, heading, path, picture, text
from publishing.site.figures import shown

WIDTH, HEIGHT = 360, 216
LEFT, RIGHT, TOP, BOTTOM = 46, 346, 32, 174
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Step:
    """From ``day`` on, ``share`` of the lines had arrived."""

    day: float
    share: float


@dataclass(frozen=True)
class Quantile:
    """The day by which ``share`` of the lines had arrived; an end of its interval that is not known is open."""

    share: float
    day: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class LeadTimeCurve:
    """The estimate. ``open_days`` is how long each open line has waited.

    Days after ``horizon_days`` are drawn only as far as a quantile lies there.
    """

    title: str
    steps: tuple[Step, ...]
    quantiles: tuple[Quantile, ...]
    open_days: tuple[int, ...]
    horizon_days: int
    lines: int


def lead_time_curve(chart: LeadTimeCurve) -> str:
    """The picture: a rising staircase, the quantiles with their intervals, and a tick for each open line."""
    across = Axis(_day_ticks(chart), LEFT, RIGHT)
    up = Axis(_SHARES, BOTTOM, TOP)
    parts = [heading(chart.title), *horizontal_grid(up, "share", LEFT, RIGHT)]
    for day in across.ticks:
        parts.append(text(f"{day:g}", across.at(day), BOTTOM + 14, text_anchor="middle"))
    parts.append(text("days since the order", (LEFT + RIGHT) / 2, BOTTOM + 29, text_anchor="middle"))
    for quantile in chart.quantiles:
        parts += _quantile(quantile, across, up)
    if chart.steps:
        parts.append(_staircase(chart, across, up))
    else:
        parts.append(
            text("no line delivered yet", (LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2, text_anchor="middle", font_size=13)
        )
    parts += _open_lines(chart, across)
    return picture(WIDTH, HEIGHT, chart.title, _description(chart), parts)


def _day_ticks(chart: LeadTimeCurve) -> tuple[float, ...]:
    longest = max([step.day for step in chart.steps] + [float(day) for day in chart.open_days], default=0.0)
    ends = [end for one in chart.quantiles for end in (one.day, one.lower, one.upper) if end is not None]
    last = max([min(longest, chart.horizon_days), *ends])
    step = next((size for size in (5, 10, 15, 20, 30, 45, 60, 90, 180) if last <= size * 4), 365)
    count = max(1, math.ceil(last / step))
    return tuple(float(step * index) for index in range(count + 1))


def _staircase(chart: LeadTimeCurve, across: Axis, up: Axis) -> str:
    points = [(across.at(0), up.at(0))]
    drawn = [step for step in chart.steps if step.day <= across.ticks[-1]]
    for step in drawn:
        points += [(across.at(step.day), points[-1][1]), (across.at(step.day), up.at(step.share))]
    reach = max([*(step.day for step in drawn), *(float(day) for day in chart.open_days)], default=0.0)
    points.append((across.at(reach), points[-1][1]))
    return element("path", d=path(points), fill="none", stroke="var(--accent)", stroke_width=1.8)


def _quantile(quantile: Quantile, across: Axis, up: Axis) -> list[str]:
    if quantile.day is None:
        return []
    y, x = up.at(quantile.share), across.at(quantile.day)
    low = across.at(quantile.lower if quantile.lower is not None else 0.0)
    high = RIGHT if quantile.upper is None else across.at(quantile.upper)
    words = f"{quantile.share * 100:g} % by day {quantile.day:g}"
    fits = x + 8 + len(words) * 6 < RIGHT
    return [
        element("path", d=f"M{low:.1f} {y:.1f}H{high:.1f}", stroke="var(--band)", stroke_width=8),
        element("circle", cx=x, cy=y, r=3.4, fill="var(--accent)"),
        text(
            words,
            x + 8 if fits else x - 8,
            y + 15 if fits else y - 7,
            text_anchor=None if fits else "end",
            fill="var(--ink)",
            **HALO,
        ),
    ]


def _open_lines(chart: LeadTimeCurve, across: Axis) -> list[str]:
    places = sorted({round(across.at(float(day)), 1) for day in chart.open_days})
    if not places:
        return []
    drawn = "".join(f"M{x:.1f} {BOTTOM - 8}v8" for x in places)
    return [element("path", d=drawn, stroke="var(--watch)", stroke_width=1.6)]


def _description(chart: LeadTimeCurve) -> str:
    told = [
        f"{one.share * 100:g} % had arrived by day {one.day:g}"
        if one.day is not None
        else f"the day by which {one.share * 100:g} % arrive is not known yet"
        for one in chart.quantiles
    ]
    open_words = f"{len(chart.open_days):,} open" if chart.open_days else "none open"
    longest = f", the oldest for {shown(max(chart.open_days), 'days')}" if chart.open_days else ""
    return f"{chart.lines:,} lines, {open_words}{longest}. {'; '.join(told).capitalize()}."
