"""Axes: from values to pixels, with ticks at round numbers."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from publishing.site.charts.svg import element, text

Item = TypeVar("Item")


@dataclass(frozen=True)
class Axis:
    """A linear axis through ``ticks`` (ascending, at least two), from pixel ``start`` to pixel ``end``."""

    ticks: tuple[float, ...]
    start: float
    end: float

    def at(self, value: float) -> float:
        """The pixel of a value; what lies beyond the axis is put on its edge."""
        inside = min(max(value, self.ticks[0]), self.ticks[-1])
        return self.start + (self.end - self.start) * (inside - self.ticks[0]) / (self.ticks[-1] - self.ticks[0])


def round_ticks(values: Iterable[float], *, from_zero: bool = False, most: float | None = None) -> tuple[float, ...]:
    """About four round steps that hold all values; never beyond ``most`` (such as 1 for shares)."""
    known = [*values, *([0.0] if from_zero else [])]
    lowest, highest = (min(known), max(known)) if known else (0.0, 1.0)
    if highest - lowest < 1e-9:
        room = abs(highest) * 0.1 or 1.0
        lowest, highest = (lowest if from_zero else lowest - room), highest + room
    if most is not None:
        highest = min(highest, most)
    step = _round_step((highest - lowest) / 4)
    first, last = math.floor(lowest / step + 1e-9), math.ceil(highest / step - 1e-9)
    return tuple(round(step * index, 9) for index in range(first, max(last, first + 1) + 1))


def horizontal_grid(axis: Axis, unit: str, left: float, right: float) -> list[str]:
    """A line and a label for each tick of a vertical axis."""
    parts = []
    for value in axis.ticks:
        y = axis.at(value)
        parts.append(element("path", d=f"M{left:g} {y:.1f}H{right:g}", stroke="var(--grid)"))
        parts.append(text(tick(value, unit), left - 5, y + 4, text_anchor="end"))
    return parts


def tick(value: float, unit: str) -> str:
    """The value as an axis shows it: short, with the sign of per cent but no other unit."""
    if unit == "share":
        return f"{_short(value * 100)} %"
    return _short(value)


def runs(items: Sequence[Item | None]) -> list[list[Item]]:
    """Neighbours without a gap between them; None ends a run."""
    found: list[list[Item]] = [[]]
    for item in items:
        if item is None:
            found.append([])
        else:
            found[-1].append(item)
    return [run for run in found if run]


def _round_step(least: float) -> float:
    """The next of 1, 2, 2.5, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= least * (1 - 1e-9))


def _short(value: float) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size * (1 if letter != "k" else 10):
            return f"{_trimmed(value / size)}{letter}"
    return _trimmed(value)


def _trimmed(value: float) -> str:
    digits = 0 if value == 0 else max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{min(digits, 3)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
