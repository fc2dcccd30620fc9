"""Numbers as the pages show them: a value with its unit, how many observations, how sure, what it means."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from publishing.site.states import State

NO_DATA = "no data"
EXACT_DIGITS = 15

Number = int | float | Decimal


@dataclass(frozen=True)
class Figure:
    """A number that can be traced.

    Attributes:
        value: None when nothing can be said; it is never shown as 0.
        unit: as the mart's column has it: share, ppm, days, hours, points, lines, money(USD) ...
        n: observations it is made from; None where it is itself a count.
        noun: what ``n`` counts, in the plural.
        definition_id: in ``kpi_definition``.
        rows: name of the CSV with the rows behind it.
        change: difference from ``before``, the period it is compared with.
        key: what a test or a script finds the number by.
    """

    label: str
    value: Number | None
    unit: str
    n: int | None = None
    noun: str = ""
    lower: Number | None = None
    upper: Number | None = None
    definition_id: str = ""
    rows: str = ""
    period: str = ""
    is_running: bool = False
    target: Number | None = None
    direction: str = "at least"
    state: State | None = None
    source: str = ""
    change: Number | None = None
    before: str = "the period before"
    picture: str = ""
    key: str = ""

    @property
    def text(self) -> str:
        """The value with its unit."""
        return shown(self.value, self.unit)

    @property
    def number_text(self) -> str:
        """The value without the unit that :attr:`unit_text` has."""
        return self.text.rpartition(" ")[0] if self.unit_text else self.text

    @property
    def unit_text(self) -> str:
        """A unit that is a word, to be set small; empty for shares, money and where there is no value."""
        return "" if self.value is None or self.unit == "share" else _ending(self.unit).strip()

    @property
    def exact(self) -> str:
        """The value for programs, beside the rounded text."""
        return exact(self.value)

    @property
    def interval(self) -> str:
        """``52 to 65 %``; empty where none is known or where it is the value itself."""
        if self.lower is None or self.upper is None or self.lower == self.upper:
            return ""
        low, high = shown(self.lower, self.unit), shown(self.upper, self.unit)
        unit = _ending(self.unit)
        return f"{low.removesuffix(unit)} to {high}" if unit else f"{low} to {high}"

    @property
    def target_text(self) -> str:
        """``at least 90.0 %``; empty without a target."""
        return "" if self.target is None else f"{self.direction} {shown(self.target, self.unit)}"

    @property
    def change_text(self) -> str:
        """The difference from the period before, signed: ``+3.1 points on Q1 2026``."""
        if self.change is None:
            return ""
        unit = "points" if self.unit == "share" else self.unit
        value = float(self.change) * 100 if self.unit == "share" else float(self.change)
        text = shown(value, unit)
        if not text.strip("0.% " + unit):
            return f"as {self.before}"
        return f"{text if value < 0 else f'+{text}'} on {self.before}"


def shown(value: Number | None, unit: str) -> str:
    """``58.7 %``, ``1,204 ppm``, ``12.5 days``, ``USD 1.10 M``; a missing value is ``no data``."""
    if value is None:
        return NO_DATA
    number = float(value)
    if unit == "share":
        return f"{_minus(number * 100, 1)} %"
    if unit.startswith("money"):
        return money(number, unit.removeprefix("money").strip("()"))
    if abs(number) == 1 and unit.endswith("s"):
        return f"{_minus(number, 0)} {unit[:-1]}"
    if unit in ("ppm", "pieces") or float(number).is_integer():
        return f"{_minus(number, 0)}{_ending(unit)}"
    places = 2 if abs(number) < 1 else 1
    return f"{_minus(number, places)}{_ending(unit)}"


def number(value: Number | None, unit: str) -> str:
    """The value without its unit, but for per cent; for columns whose heading names the unit."""
    text = shown(value, unit)
    return text.rpartition(" ")[0] if _ending(unit) and unit != "share" and value is not None else text


def money(value: Number | None, currency: str) -> str:
    """``USD 1.10 M``, ``USD 350.2 k``, ``USD 48.20``: three to four digits are what people compare."""
    if value is None:
        return NO_DATA
    number = float(value)
    for size, letter, places in ((1e9, " G", 2), (1e6, " M", 2), (1e4, " k", 1)):
        if abs(number) >= size:
            thousand = 1e3 if letter == " k" else size
            return f"{currency} {_minus(number / thousand, places)}{letter}".strip()
    return f"{currency} {_minus(number, 0 if abs(number) >= 100 else 2)}".strip()


def count(value: int | None) -> str:
    """``1,204``; a missing count is ``no data``."""
    return NO_DATA if value is None else f"{value:,}"


def exact(value: Number | None) -> str:
    """A number as programs read it; empty when there is none."""
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else f"{float(value):.{EXACT_DIGITS}g}"


def day(value: date | None) -> str:
    """``11 Jul 2026``."""
    return NO_DATA if value is None else f"{value.day} {value:%b %Y}"


def month(value: date) -> str:
    """``Jul 2026``."""
    return f"{value:%b %Y}"


def quarter(value: date) -> str:
    """``Q3 2026``, of the quarter's first day."""
    return f"Q{(value.month - 1) // 3 + 1} {value.year}"


def counted(number: int, noun: str) -> str:
    """``1 vendor``, ``1,200 vendors``, ``3 deliveries``, ``2 watches``."""
    if number == 1:
        return f"1 {noun}"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{number:,} {noun[:-1]}ies"
    return f"{number:,} {noun}{'es' if noun.endswith(('ch', 'sh', 's', 'x')) else 's'}"


def _minus(number: float, places: int) -> str:
    """Thousands separated, with a real minus sign; what rounds to nothing has no sign."""
    text = f"{number:,.{places}f}"
    if text.startswith("-") and not text.strip("-0.,"):
        text = text[1:]
    return text.replace("-", "−")


def _ending(unit: str) -> str:
    if unit == "share":
        return " %"
    return "" if unit in ("", "count") or unit.startswith("money") else f" {unit}"
