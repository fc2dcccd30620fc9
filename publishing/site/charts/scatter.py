"""Two measures of many things against each other, with a zone that is named."""

import math
from dataclasses import dataclass
from typing import Literal

from markupsafe import escape

from publishing.site.charts.axis import Axis, horizontal_grid, round_ticks, tick
from publishing.site.charts.shapes import shape
from publishing.site.charts.svg import element, picture, text
from publishing.site.figures import NO_DATA, shown
from publishing.site.states import State

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 46, 628, 14, 316


@dataclass(frozen=True)
class Dot:
    """One thing; ``name`` is told on pointing at it, and written beside it where ``is_named``."""

    name: str
    x: float
    y: float
    state: State
    link: str | None = None
    is_named: bool = False


@dataclass(frozen=True)
class Zone:
    """The corner of the plot from ``least_x`` to the right and from ``most_y`` down, such as "fix first"."""

    name: str
    least_x: float
    most_y: float


@dataclass(frozen=True)
class Scatter:
    """``x_scale`` log needs x above 0; what is not is left out and counted in the description."""

    title: str
    x_name: str
    x_unit: str
    y_name: str
    y_unit: str
    dots: tuple[Dot, ...]
    zone: Zone | None = None
    x_scale: Literal["linear", "log"] = "linear"


def scatter(chart: Scatter) -> str:
    """The picture; each dot has the shape of its state, and leads to its link."""
    is_log = chart.x_scale == "log"
    dots = [dot for dot in chart.dots if dot.x > 0 or not is_log]
    place = math.log10 if is_log else float
    across = Axis(_across(chart, [dot.x for dot in dots]), LEFT, RIGHT)
    up = Axis(round_ticks([dot.y for dot in dots], from_zero=True), BOTTOM, TOP)
    parts = horizontal_grid(up, chart.y_unit, LEFT, RIGHT)
    if chart.zone and (chart.zone.least_x > 0 or not is_log):
        parts += _zone(chart.zone, across.at(place(chart.zone.least_x)), up.at(chart.zone.most_y))
    for value in across.ticks:
        told = tick(10**value if is_log else value, chart.x_unit)
        parts.append(text(told, across.at(value), BOTTOM + 15, text_anchor="middle"))
    parts.append(text(chart.x_name, (LEFT + RIGHT) / 2, BOTTOM + 33, text_anchor="middle", fill="var(--ink)"))
    parts.append(text(chart.y_name, LEFT + 4, TOP + 2, fill="var(--ink)"))
    # The named ones last, so that their names lie on top.
    for dot in sorted(dots, key=lambda one: one.is_named):
        parts.append(_dot(dot, across.at(place(dot.x)), up.at(dot.y), chart))
    if not dots:
        parts.append(text(NO_DATA, (LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2, text_anchor="middle", font_size=13))
    return picture(WIDTH, HEIGHT, chart.title, _description(chart, dots), parts)


def _across(chart: Scatter, values: list[float]) -> tuple[float, ...]:
    if chart.x_scale == "linear":
        return round_ticks(values, from_zero=True)
    powers = [math.log10(value) for value in values] or [0.0, 1.0]
    first, last = math.floor(min(powers)), math.ceil(max(powers))
    return tuple(float(power) for power in range(first, max(last, first + 1) + 1))


def _zone(zone: Zone, x: float, y: float) -> list[str]:
    outline = element(
        "rect",
        x=x,
        y=y,
        width=RIGHT - x,
        height=BOTTOM - y,
        fill="var(--alert)",
        fill_opacity=0.07,
        stroke="var(--alert)",
        stroke_dasharray="4 4",
    )
    return [outline, text(zone.name, RIGHT - 6, BOTTOM - 8, text_anchor="end", fill="var(--alert)", font_weight="bold")]


def _dot(dot: Dot, x: float, y: float, chart: Scatter) -> str:
    told = (
        f"{dot.name}: {chart.x_name} {shown(dot.x, chart.x_unit)}, "
        f"{chart.y_name} {shown(dot.y, chart.y_unit)}, {dot.state.word}"
    )
    parts = [
        shape(dot.state.kind, round(x, 1), round(y, 1), 4.5, fill_opacity=0.8),
        element("title", str(escape(told))),
    ]
    if dot.is_named:
        fits = x + 8 + len(dot.name) * 6 < RIGHT
        at, anchor = (x + 8, None) if fits else (x - 8, "end")
        parts.append(text(dot.name, at, y + 4, text_anchor=anchor, fill="var(--ink)"))
    return element("a", *parts, href=dot.link) if dot.link else element("g", *parts)


def _description(chart: Scatter, dots: list[Dot]) -> str:
    left_out = len(chart.dots) - len(dots)
    words = f"{len(dots):,} by {chart.x_name} and {chart.y_name}"
    if chart.zone:
        inside = sum(dot.x >= chart.zone.least_x and dot.y <= chart.zone.most_y for dot in dots)
        words += f"; {inside:,} in the zone {chart.zone.name}"
    return f"{words}; {left_out:,} without a place on this scale." if left_out else f"{words}."
