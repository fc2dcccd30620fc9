"""The 95 % interval of a vendor's own figures, by the formulas of the marts (``macros/kpi/intervals.sql``).

The mart's interval of a quarter also weighs the category, so it is not shared with vendors; this one needs nobody else.
"""

from math import sqrt
from typing import Literal

Z = 1.96
Kind = Literal["share", "rate", "none"]


def own_interval(value: float, n: int, kind: Kind) -> tuple[float, float] | None:
    """Lower and upper end of a share (0 to 1) of ``n``, or of a rate in a million of ``n``; else None."""
    if n <= 0 or kind == "none":
        return None
    if kind == "share":
        return wilson(round(value * n), n)
    low, high = byar(round(value * n / 1_000_000))
    return low / n * 1_000_000, high / n * 1_000_000


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Wilson's interval of a share: honest at 0 and 1 and for few observations."""
    centre = successes + Z * Z / 2
    margin = Z * sqrt(successes * (trials - successes) / trials + Z * Z / 4)
    whole = trials + Z * Z
    return max((centre - margin) / whole, 0.0), min((centre + margin) / whole, 1.0)


def byar(events: int) -> tuple[float, float]:
    """Byar's interval of a count of rare events: close to the exact Poisson one."""
    low = events * max(1 - 1 / (9 * events) - Z / (3 * sqrt(events)), 0.0) ** 3 if events else 0.0
    high = (events + 1) * (1 - 1 / (9 * (events + 1)) + Z / (3 * sqrt(events + 1))) ** 3
    return low, high
