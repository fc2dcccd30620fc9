"""The few formulas that several numbers share, written out."""

from collections.abc import Sequence
from math import floor, sqrt

Z = 1.96


def wilson(successes: int, trials: int) -> tuple[float | None, float | None]:
    """The 95 % interval of a share by Wilson; no trials, no interval."""
    if trials == 0:
        return None, None
    share = successes / trials
    centre = (share + Z * Z / (2 * trials)) / (1 + Z * Z / trials)
    half = Z * sqrt(share * (1 - share) / trials + Z * Z / (4 * trials * trials)) / (1 + Z * Z / trials)
    return max(centre - half, 0.0), min(centre + half, 1.0)


def byar(events: float) -> tuple[float, float]:
    """Byar's 95 % interval of a count of rare events; defects of one month need not be units of that month."""
    lower = 0.0
    if events > 0:
        lower = events * max(1 - 1 / (9 * events) - Z / (3 * sqrt(events)), 0.0) ** 3
    above = events + 1
    return lower, above * (1 - 1 / (9 * above) + Z / (3 * sqrt(above))) ** 3


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value below which that share lies, between two observations in proportion; None without any."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def net_promoters(scores: Sequence[float]) -> tuple[float, float]:
    """The net promoter score of at least one vote and half the width of its 95 % interval, in points."""
    votes = len(scores)
    promoters = sum(1 for score in scores if score >= 9) / votes
    detractors = sum(1 for score in scores if score <= 6) / votes
    error = sqrt(max(promoters + detractors - (promoters - detractors) ** 2, 0.0) / votes)
    return 100 * (promoters - detractors), 100 * Z * error
