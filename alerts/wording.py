"""How names, dates, days and money are written in mails. Names come from source systems and are made harmless here."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from ecosystem.plain_text import clean

_ISO_DATE = re.compile(r"\b[12]\d{3}-\d{2}-\d{2}\b")
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


def isolated(text: str) -> str:
    """Text that runs right to left, wrapped so that it does not reorder what surrounds it; other text unchanged."""
    if any(unicodedata.bidirectional(char) in {"R", "AL", "AN"} for char in text):
        return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"
    return text


def with_days(text: str) -> str:
    """A sentence of a mart as people read it: ``2026-07-11`` in it becomes ``11 Jul 2026``."""

    def shown(found: re.Match[str]) -> str:
        try:
            return day(date.fromisoformat(found.group()))
        except ValueError:
            return found.group()

    return _ISO_DATE.sub(shown, text)


def day(value: date | None) -> str:
    """``11 Jul 2026``; a missing date is said to be unknown."""
    return f"{value.day} {value:%b %Y}" if value else "unknown"


def instant(value: datetime | None) -> str:
    """``11 Jul 2026 18:00 UTC``."""
    return f"{day(value)} {value:%H:%M} UTC" if value else "never"


def days(count: int) -> str:
    """``1 day``, ``21 days``."""
    return counted(count, "day")


def counted(count: int, noun: str) -> str:
    """``1 order line``, ``3 order lines``, ``1,200 order lines``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {plural(noun)}"


def ordinal(number_shown: int) -> str:
    """``second``, ``third``; from the eleventh on in digits."""
    words = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
    if 1 <= number_shown <= len(words):
        return words[number_shown - 1]
    is_teen = number_shown % 100 in (11, 12, 13)
    ending = "th" if is_teen else {1: "st", 2: "nd", 3: "rd"}.get(number_shown % 10, "th")
    return f"{number_shown}{ending}"


def plural(noun: str) -> str:
    """``order lines``, ``deliveries``, ``days``."""
    return f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeiou" else f"{noun}s"


def number(value: float | None) -> str:
    """A quantity: thousands separated, without trailing zeros."""
    if value is None:
        return "unknown"
    text = f"{value:,.3f}"
    return text.rstrip("0").rstrip(".")


def money(value: float | Decimal | None, currency: str | None) -> str:
    """``EUR 48,200``; below a hundred with cents. A missing amount or currency is said to be unknown, never shown as
    0.
    """
    if value is None:
        return "value unknown"
    amount = Decimal(str(value))
    step = Decimal("0.01") if abs(amount) < 100 and amount != amount.to_integral_value() else Decimal(1)
    return f"{clean(currency, 10) or 'currency unknown'} {amount.quantize(step, ROUND_HALF_UP):,}"


def money_by_currency(amounts: Iterable[tuple[float | None, str | None]]) -> str:
    """``EUR 48,200 + USD 1,300``, greatest first: currencies are never added. Missing values are counted beside."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    unknown = 0
    for value, currency in amounts:
        if value is None:
            unknown += 1
        else:
            sums[currency or ""] += Decimal(str(value))
    parts = [money(total, currency) for currency, total in sorted(sums.items(), key=lambda item: (-item[1], item[0]))]
    if not parts:
        return "value unknown"
    return " + ".join(parts) + (f" ({unknown:,} unknown)" if unknown else "")


def measure(value: float | None, unit: str) -> str:
    """A measured value with its unit (share, percent, ppm, days or points): ``28 %``, ``1,200 ppm``, ``12.5 days``."""
    if value is None:
        return "unknown"
    if unit in ("share", "percent"):
        return f"{_digits(value * 100 if unit == 'share' else value)} %"
    return _of_unit(_digits(value), unit)


def amount(value: float, unit: str) -> str:
    """A difference of measured values: ``62 percentage points``, ``2 proposals``."""
    if unit in ("share", "percent"):
        return _of_unit(_digits(value * 100 if unit == "share" else value), "percentage points")
    return measure(value, unit)


def interval(low: float | None, high: float | None, unit: str) -> str:
    """``14 to 48 %``; empty where no interval is known."""
    if low is None or high is None:
        return ""
    return f"{measure(low, unit).rpartition(' ')[0]} to {measure(high, unit)}"


def tick(value: float, unit: str) -> str:
    """A value at an axis, where there is little room."""
    if unit in ("share", "percent"):
        return f"{_digits(value * 100 if unit == 'share' else value)}%"
    return f"{value / 1000:g}k" if abs(value) >= 10_000 else f"{value:,g}"


def _of_unit(number_shown: str, unit: str) -> str:
    """``1 point``, ``2 points``."""
    return f"{number_shown} {clean(unit.removesuffix('s') if number_shown == '1' else unit, 20)}"


def _digits(value: float) -> str:
    """Two to three significant digits: what samples of this size can tell."""
    magnitude = abs(value)
    places = 0 if magnitude >= 10 else 1 if magnitude >= 1 else 2
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
