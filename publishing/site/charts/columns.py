"""Several amounts side by side for each period, such as savings found, validated and reinvested by quarter."""

from dataclasses import dataclass

from publishing.site.charts.axis import Axis, horizontal_grid, round_ticks
from publishing.site.charts.svg import element, picture, text
from publishing.site.figures import NO_DATA, shown

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 46, 632, 34, 204
# Told apart without colour too: full, pale with an outline, dark outline only.
_FILLS = (
    {"fill": "var(--band)", "stroke": "var(--accent)"},
    {"fill": "var(--accent)", "stroke": "var(--accent)"},
    {"fill": "var(--ink)", "stroke": "var(--ink)"},
)


@dataclass(frozen=True)
class Amounts:
    """One series; ``values`` has one for each period, None where nothing is known."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Columns:
    """``periods`` from old to new; at most three series; the last period may still be running."""

    title: str
    unit: str
    periods: tuple[str, ...]
    series: tuple[Amounts, ...]
    is_last_running: bool = False


def columns(chart: Columns) -> str:
    """The picture; negative amounts hang below zero."""
    known = [value for one in chart.series for value in one.values if value is not None]
    axis = Axis(round_ticks(known, from_zero=True), BOTTOM, TOP)
    step = (RIGHT - LEFT) / max(len(chart.periods), 1)
    width = step * 0.8 / max(len(chart.series), 1)
    zero = axis.at(0.0)
    parts = horizontal_grid(axis, chart.unit, LEFT, RIGHT)
    for number, (one, fill) in enumerate(zip(chart.series, _FILLS, strict=False)):
        at = LEFT + number * 150
        parts.append(element("rect", x=at, y=6, width=11, height=11, **fill))
        parts.append(text(one.name, at + 16, 16, fill="var(--ink)"))
        for index, value in enumerate(one.values):
            if value is None:
                continue
            end = axis.at(value)
            x = LEFT + step * (index + 0.1) + width * number
            top, height = min(zero, end), abs(end - zero)
            parts.append(element("rect", x=x, y=top, width=max(width - 1.5, 1), height=height, **fill))
    for index, period in enumerate(chart.periods):
        parts.append(text(period, LEFT + step * (index + 0.5), BOTTOM + 15, text_anchor="middle", font_size=10))
    if chart.is_last_running and chart.periods:
        parts.append(text(f"{chart.periods[-1]} still running", RIGHT, BOTTOM + 30, text_anchor="end"))
    if not known:
        parts.append(text(NO_DATA, (LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2, text_anchor="middle", font_size=13))
    return picture(WIDTH, HEIGHT, chart.title, _description(chart), parts)


def _description(chart: Columns) -> str:
    told = [
        f"{period}: " + ", ".join(f"{one.name} {shown(one.values[index], chart.unit)}" for one in chart.series)
        for index, period in enumerate(chart.periods)
    ]
    return f"{'; '.join(told) or 'No data'}."
