"""Numbers as people read them, by unit: ``97.1 %``, ``1,200 ppm``, ``12.5 days``, ``EUR 48,200``."""

import math
import re

UNKNOWN = "no data"
_CURRENCY = re.compile(r"[A-Z]{3}")
# From here on decimals are noise beside the number.
_WHOLE_FROM = 100


def number(value: float) -> str:
    """Thousands separated; one decimal below 100, none where it would be 0."""
    digits = 0 if abs(value) >= _WHOLE_FROM else 1
    text = f"{value:,.{digits}f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def measured(value: float | None, unit: str) -> str:
    """The value with its unit: a share as per cent, an ISO currency code before its amount. None is "no data"."""
    if value is None:
        return UNKNOWN
    if unit == "share":
        return f"{number(value * 100)} %"
    if _CURRENCY.fullmatch(unit):
        return f"{unit} {number(value)}"
    noun = unit.removesuffix("s") if value == 1 and unit.endswith("s") else unit
    return f"{number(value)} {noun}".rstrip()


def tick(value: float, unit: str) -> str:
    """The value as an axis shows it: short, with the sign of per cent but no other unit."""
    if unit == "share":
        return f"{_short(value * 100)} %"
    return _short(value)


def interval(lower: float | None, upper: float | None, unit: str) -> str:
    """``91.2 to 98.4 %``; an end that is not known is said to be open. Empty where neither is known."""
    if lower is None and upper is None:
        return ""
    if lower is None or upper is None:
        known = measured(upper if lower is None else lower, unit)
        return f"at most {known}" if lower is None else f"at least {known}"
    if unit == "share":
        return f"{number(lower * 100)} to {number(upper * 100)} %"
    if _CURRENCY.fullmatch(unit):
        return f"{unit} {number(lower)} to {number(upper)}"
    return f"{number(lower)} to {number(upper)} {unit}".rstrip()


def _short(value: float) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size * (1 if letter != "k" else 10):
            return f"{_trimmed(value / size)}{letter}"
    return _trimmed(value)


def _trimmed(value: float) -> str:
    digits = 0 if value == 0 else max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{min(digits, 3)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
