"""How names and numbers are written in packs, beside what ``publishing.site.figures`` has for all pages."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from publishing.site.figures import NO_DATA, Number, counted, day, shown

NAME_CHARACTERS = 120
_INVISIBLE = {"Cf", "Cs", "Co", "Cn"}


def clean(text: str | None, limit: int = NAME_CHARACTERS) -> str:
    """One line of visible text: no control or formatting characters, no line breaks, at most ``limit`` characters.

    Formatting characters include the bidirectional overrides, by which a name could turn the rest of a line around.
    """
    kept = (
        " " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} or char.isspace() else char
        for char in unicodedata.normalize("NFC", text or "")
        if unicodedata.category(char) not in _INVISIBLE
    )
    line = " ".join("".join(kept).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def words(code: str | None) -> str:
    """A code of a mart as words: ``delivered_late`` becomes ``delivered late``."""
    return clean(code).replace("_", " ")


def moment(value: datetime | None) -> str:
    """``3 Jul 2026 18:00 UTC``."""
    return f"{day(value)} {value:%H:%M} UTC" if value else "never"


def amount(value: Number | None, currency: str | None) -> str:
    """``USD 16,000.00``: to the cent, for what is settled between two parties."""
    if value is None:
        return NO_DATA
    cents = Decimal(str(value)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{clean(currency, 10) or 'currency unknown'} {cents:,}".replace("-", "−")


def amounts(values: Iterable[tuple[Number | None, str | None]]) -> str:
    """Sums by currency, greatest first: currencies are never added; what has no amount is counted beside."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    unknown = 0
    for value, currency in values:
        if value is None:
            unknown += 1
        else:
            sums[currency or ""] += Decimal(str(value))
    parts = [amount(sum_, currency) for currency, sum_ in sorted(sums.items(), key=lambda item: (-item[1], item[0]))]
    if not parts:
        return NO_DATA
    return " + ".join(parts) + (f" ({unknown:,} without an amount)" if unknown else "")


def interval(low: Number | None, high: Number | None, unit: str) -> str:
    """``83.2 to 87.8 %``; empty where none is known."""
    if low is None or high is None:
        return ""
    lowest, highest = shown(low, unit), shown(high, unit)
    ending = highest[len(highest.rstrip("abcdefghijklmnopqrstuvwxyz% ")) :]
    return f"{lowest.removesuffix(ending)} to {highest}"


def listed(parts: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    found = list(parts)
    return " and ".join([", ".join(found[:-1]), found[-1]]) if len(found) > 1 else "".join(found)


def days_between(earlier: date, later: date) -> str:
    """``12 days``."""
    return counted((later - earlier).days, "day")
