"""The evidence of an alert by month, drawn once: as SVG for the page, and as PNG for mails, whose readers show no SVG.

Drawn 312 wide with text of 10.5 and more, so that it is readable on a phone of 320 pixels too. The same chart
gives the same bytes: fonts are the package's own, and every coordinate is rounded.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import resvg_py
from jinja2 import Environment, PackageLoader, StrictUndefined

from alerts.wording import day, measure, tick

MONTHS_SHOWN = 12
WIDTH, HEIGHT = 312, 232
LEFT, RIGHT, TOP, BOTTOM = 36, 308, 30, 172
PNG_ZOOM = 2.25
FONTS = Path(__file__).parent / "fonts"
# Half the width of a character of the chart's small text, to keep labels inside the picture.
CHARACTER_WIDTH = 5.6


@dataclass(frozen=True)
class ChartMonth:
    """What was observed in a month (``month_date`` is its first day); ``observed`` is None when ``n`` is 0."""

    month_date: date
    n: int
    observed: float | None
    low: float | None = None
    high: float | None = None
    expected: float | None = None


@dataclass(frozen=True)
class Chart:
    """A measure by month, with what was expected, when it likely began to shift, and when the alarm was reached.

    ``unit`` is share, ppm, days, points or percent, as in the mart ``vendor_warning_month``; ``noun`` is what ``n``
    counts.
    """

    title: str
    unit: str
    noun: str
    months: tuple[ChartMonth, ...]
    since_date: date | None = None
    alarm_date: date | None = None

    @property
    def shown(self) -> tuple[ChartMonth, ...]:
        """The last months, the gaps between them filled: a month without facts is seen as such."""
        known = {month.month_date: month for month in self.months}
        if not known:
            return ()
        last = max(known)
        wanted = [_months_before(last, back) for back in range(MONTHS_SHOWN - 1, -1, -1)]
        return tuple(known.get(one, ChartMonth(one, 0, None)) for one in wanted if one >= min(known))

    @property
    def is_drawable(self) -> bool:
        """Whether there is anything to see: fewer than two months with facts are told better in words."""
        return sum(month.observed is not None for month in self.shown) >= 2


def alternative_text(chart: Chart) -> str:
    """What the chart shows, in words: for those who do not see it, and for readers that block pictures."""
    joint = "of" if chart.unit == "share" else "over"
    values = "; ".join(
        f"{month.month_date:%b %Y} {measure(month.observed, chart.unit)} {joint} {month.n:,}"
        if month.observed is not None
        else f"{month.month_date:%b %Y} no {chart.noun}"
        for month in chart.shown
    )
    expected = next((month.expected for month in reversed(chart.shown) if month.expected is not None), None)
    marks = [f" Expected: {measure(expected, chart.unit)}."] if expected is not None else []
    marks += [f" Likely since {day(chart.since_date)}."] if chart.since_date else []
    marks += [f" Alarm on {day(chart.alarm_date)}."] if chart.alarm_date else []
    return f"{chart.title}, with the number of {chart.noun}: {values}.{''.join(marks)}"


def svg(chart: Chart) -> str:
    """The chart as a picture of its own, without scripts, links or fonts from elsewhere."""
    months = chart.shown
    scale = _Scale.of(months, chart.unit)
    step = (RIGHT - LEFT) / max(len(months), 1)
    start = months[0].month_date

    def x_of(moment: date) -> float:
        index = (moment.year - start.year) * 12 + moment.month - start.month
        following = _months_before(moment.replace(day=1), -1)
        part = (moment.day - 1) / (following - moment.replace(day=1)).days
        return min(max(LEFT + step * (index + part), LEFT), RIGHT)

    points = [
        _Point(
            x=_r(LEFT + step * (index + 0.5)),
            y=None if month.observed is None else _r(scale.y(month.observed)),
            low=None if month.low is None else _r(scale.y(month.low)),
            high=None if month.high is None else _r(scale.y(month.high)),
            expected=None if month.expected is None else _r(scale.y(month.expected)),
            n=_count(month.n),
            letter=f"{month.month_date:%b}" if step >= 30 else f"{month.month_date:%b}"[0],
            year=f"{month.month_date:%Y}" if index == 0 or month.month_date.month == 1 else "",
            is_after=chart.since_date is not None and _month_end(month.month_date) >= chart.since_date,
        )
        for index, month in enumerate(months)
    ]
    since = _r(x_of(chart.since_date)) if chart.since_date else None
    alarm = _r(x_of(chart.alarm_date)) if chart.alarm_date else None
    return (
        _environment()
        .get_template("chart.svg")
        .render(
            chart=chart,
            description=alternative_text(chart),
            points=points,
            lines=_runs(points, "y"),
            expected_lines=_runs(points, "expected"),
            expected_label=_expected_label(points),
            ticks=[(_r(scale.y(value)), tick(value, chart.unit)) for value in scale.ticks],
            since=since,
            alarm=alarm,
            labels=_labels(since, alarm),
            half_step=_r(step / 2),
            size=(WIDTH, HEIGHT),
            frame=(LEFT, TOP, RIGHT, BOTTOM),
        )
    )


def png(picture: str) -> bytes:
    """The picture at more than twice its size, for sharp screens."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=picture,
            zoom=PNG_ZOOM,
            background="#ffffff",
            skip_system_fonts=True,
            font_files=[str(FONTS / "Roboto-Regular.ttf"), str(FONTS / "Roboto-Bold.ttf")],
            font_family="Roboto",
            sans_serif_family="Roboto",
        )
    )


@dataclass(frozen=True)
class _Point:
    x: float
    y: float | None
    low: float | None
    high: float | None
    expected: float | None
    n: str
    letter: str
    year: str
    is_after: bool


@dataclass(frozen=True)
class _Scale:
    """The vertical axis, from its lowest to its highest tick."""

    ticks: tuple[float, ...]

    @classmethod
    def of(cls, months: Sequence[ChartMonth], unit: str) -> "_Scale":
        values = [
            value
            for month in months
            for value in (month.observed, month.low, month.high, month.expected)
            if value is not None
        ]
        lowest, highest = min([*values, 0.0]), max([*values, 0.0])
        if unit == "share":
            highest = min(1.0, highest)
        elif len([month for month in months if month.observed is not None]) > 2:
            # One month of few facts has an interval that would flatten all the others: it is cut off at the edge.
            told = [max(month.observed or 0.0, month.expected or 0.0) for month in months]
            highest = min(highest, max(told) * 2 or 1.0)
        # Nothing that is measured here differs by less; a flat line still needs an axis.
        step = _round_step((highest - lowest if highest - lowest > 1e-6 else 1.0) / 4)
        first = math.floor(lowest / step + 1e-9)
        last = math.ceil(highest / step - 1e-9)
        return cls(tuple(round(step * index, 9) for index in range(first, max(last, first + 1) + 1)))

    def y(self, value: float) -> float:
        lowest, highest = self.ticks[0], self.ticks[-1]
        inside = min(max(value, lowest), highest)
        return BOTTOM - (BOTTOM - TOP) * (inside - lowest) / (highest - lowest)


def _round_step(least: float) -> float:
    """The next of 1, 2, 2.5, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= least * (1 - 1e-9))


def _runs(points: Sequence[_Point], name: str) -> list[str]:
    """Lines through neighbouring months; a month without a value breaks the line."""
    runs: list[list[str]] = [[]]
    for point in points:
        value = getattr(point, name)
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{point.x},{value}")
    return [" ".join(run) for run in runs if len(run) > 1]


def _expected_label(points: Sequence[_Point]) -> tuple[float, float] | None:
    """Where "expected" stands: at the left end of its line, on the side away from the observed values."""
    first = next((point for point in points if point.expected is not None), None)
    if first is None or first.expected is None:
        return None
    near = [point.y for point in points[:4] if point.y is not None]
    is_above = bool(near) and sum(near) / len(near) > first.expected
    inside = first.expected - 5 if is_above or first.expected > BOTTOM - 16 else first.expected + 12
    return (LEFT + 3, _r(max(inside, TOP + 10)))


@dataclass(frozen=True)
class _Label:
    """A word beside a mark; ``anchor`` is the end of it that stands at ``x``."""

    text: str
    x: float
    y: float
    anchor: str


def _labels(since: float | None, alarm: float | None) -> list[_Label]:
    """The words beside the marks, above the plot: the likely start to the left of its mark, the alarm to the right.

    Where there is no room they change sides, and where they would meet the likely start goes into the plot.
    """
    labels = []
    word = len("alarm") * CHARACTER_WIDTH
    alarm_fits_right = alarm is None or alarm + 3 + word < WIDTH
    if alarm is not None:
        labels.append(_Label("alarm", alarm + 3 if alarm_fits_right else alarm - 3, TOP - 2, _anchor(alarm_fits_right)))
    if since is not None:
        text = "likely since"
        width = len(text) * CHARACTER_WIDTH
        fits_left = since - 3 - width > LEFT
        taken_from = None if alarm is None else alarm if alarm_fits_right else alarm - 3 - word
        reaches = since if fits_left else since + 3 + width
        # Words that touch read as one.
        meets = taken_from is not None and reaches + CHARACTER_WIDTH * 2 > taken_from
        labels.append(
            _Label(text, since - 3 if fits_left else since + 3, TOP + 11 if meets else TOP - 2, _anchor(not fits_left))
        )
    return [_Label(one.text, _r(one.x), one.y, one.anchor) for one in labels]


def _anchor(is_right_of_mark: bool) -> str:
    return "start" if is_right_of_mark else "end"


def _count(n: int) -> str:
    """At most four characters, because twelve months stand side by side."""
    if n < 1000:
        return str(n)
    for size, letter in ((1000, "k"), (1_000_000, "M"), (1_000_000_000, "G")):
        if n < size * 1000:
            return f"{n / size:.1f}{letter}" if n < size * 9.95 else f"{n / size:.0f}{letter}"
    return f"{n:.0e}"


def _months_before(first_day: date, count: int) -> date:
    index = first_day.year * 12 + first_day.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)


def _month_end(first_day: date) -> date:
    return _months_before(first_day, -1) - timedelta(days=1)


def _r(value: float) -> float:
    return round(value, 1)


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("alerts"), autoescape=True, undefined=StrictUndefined)
