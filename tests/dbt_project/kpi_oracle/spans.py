"""Spans of time as pairs of instants: what they cover together, what is left of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

Span = tuple[datetime, datetime]
HOUR = timedelta(hours=1)


def together(spans: Iterable[Span]) -> list[Span]:
    """The same time without overlaps, in order."""
    found: list[Span] = []
    for begins, ends in sorted(spans):
        if ends <= begins:
            continue
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((begins, ends))
    return found


def within(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """The time that lies in both."""
    limits = list(others)
    return together((max(begins, first), min(ends, last)) for begins, ends in spans for first, last in limits)


def without(spans: Iterable[Span], others: Sequence[Span]) -> list[Span]:
    """The time that lies in the first and not in the others."""
    left = together(spans)
    for first, last in together(others):
        left = [
            part
            for begins, ends in left
            for part in ((begins, min(ends, first)), (max(begins, last), ends))
            if part[0] < part[1]
        ]
    return together(left)


def hours(spans: Iterable[Span]) -> float:
    """How long they are together."""
    return sum(((ends - begins) / HOUR for begins, ends in together(spans)), 0.0)
