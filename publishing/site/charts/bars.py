"""Bars: counts by class as columns (a histogram), and named amounts as rows."""

from dataclasses import dataclass

from publishing.site.charts.axis import Axis, horizontal_grid, round_ticks
from publishing.site.charts.svg import element, heading, picture, text
from publishing.site.figures import NO_DATA, shown

WIDTH, HEIGHT = 360, 206
LEFT, RIGHT, TOP, BOTTOM = 40, 352, 34, 158
HEADING_HEIGHT, ROW_HEIGHT, NAME_WIDTH, VALUE_WIDTH = 24, 26, 132, 74


@dataclass(frozen=True)
class Bar:
    """One class or name; ``colour`` is a role of ``colours.py``; a ``value`` of None is not known."""

    label: str
    value: float | None
    colour: str = "accent"


@dataclass(frozen=True)
class Group:
    """Neighbouring classes with a word under them: the first and last index it spans."""

    word: str
    first: int
    last: int


@dataclass(frozen=True)
class Histogram:
    """Counts of ``noun`` by class; ``groups`` say in words what the colours say."""

    title: str
    noun: str
    bars: tuple[Bar, ...]
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True)
class Bars:
    """Named amounts, drawn in the order given."""

    title: str
    unit: str
    bars: tuple[Bar, ...]


def histogram(chart: Histogram) -> str:
    """Columns without gaps in their scale: a class nothing fell into is seen as empty."""
    counts = [bar.value or 0.0 for bar in chart.bars]
    axis = Axis(round_ticks([*counts, 4.0], from_zero=True), BOTTOM, TOP)
    step = (RIGHT - LEFT) / max(len(chart.bars), 1)
    parts = [heading(chart.title), *horizontal_grid(axis, "", LEFT, RIGHT)]
    for index, bar in enumerate(chart.bars):
        left = LEFT + step * index
        if bar.value:
            top = axis.at(bar.value)
            parts.append(
                element("rect", x=left + 1, y=top, width=step - 2, height=BOTTOM - top, fill=f"var(--{bar.colour})")
            )
        parts.append(text(bar.label, left + step / 2, BOTTOM + 14, text_anchor="middle", font_size=9.5))
    for group in chart.groups:
        left, right = LEFT + step * group.first + 2, LEFT + step * (group.last + 1) - 2
        parts.append(element("path", d=f"M{left:.1f} {BOTTOM + 21}H{right:.1f}", stroke="var(--muted)"))
        parts.append(text(group.word, (left + right) / 2, BOTTOM + 34, text_anchor="middle", fill="var(--ink)"))
    if not any(counts):
        parts.append(text(NO_DATA, (LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2, text_anchor="middle", font_size=13))
    told = "; ".join(f"{bar.label}: {bar.value:,.0f}" for bar in chart.bars if bar.value)
    return picture(
        WIDTH, HEIGHT, chart.title, f"{chart.noun.capitalize()} by class. {told or NO_DATA.capitalize()}.", parts
    )


def bars(chart: Bars) -> str:
    """Rows from a common zero; the amount stands at the end of its row, an unknown one in words."""
    known = [bar.value for bar in chart.bars if bar.value is not None]
    low, high = min([*known, 0.0]), max([*known, 0.0])
    axis = Axis((low, high if high > low else low + 1.0), NAME_WIDTH, WIDTH - VALUE_WIDTH)
    zero = axis.at(0.0)
    parts = [heading(chart.title)]
    for index, bar in enumerate(chart.bars):
        middle = HEADING_HEIGHT + ROW_HEIGHT * index + ROW_HEIGHT / 2
        parts.append(text(_cut(bar.label), NAME_WIDTH - 8, middle + 4, text_anchor="end", fill="var(--ink)"))
        if bar.value is not None:
            end = axis.at(bar.value)
            parts.append(
                element(
                    "rect",
                    x=min(zero, end),
                    y=middle - 7,
                    width=max(abs(end - zero), 1.0),
                    height=14,
                    fill=f"var(--{bar.colour})",
                )
            )
        at = max(zero, axis.at(bar.value)) if bar.value is not None else zero
        parts.append(text(shown(bar.value, chart.unit), at + 5, middle + 4))
    height = HEADING_HEIGHT + ROW_HEIGHT * len(chart.bars)
    parts.append(element("path", d=f"M{zero:.1f} {HEADING_HEIGHT}V{height}", stroke="var(--muted)"))
    told = "; ".join(f"{bar.label} {shown(bar.value, chart.unit)}" for bar in chart.bars)
    return picture(WIDTH, height, chart.title, f"{told or NO_DATA.capitalize()}.", parts)


def _cut(label: str) -> str:
    most = NAME_WIDTH // 7
    return label if len(label) <= most else f"{label[: most - 1].rstrip()}…"
