"""When a shipment arrives, and what its vendor says about it beforehand."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sandbox.world import parameters as p
from sandbox.world.draws import Draws, days_later, quarter_of, working_day
from sandbox.world.episodes import Episode
from sandbox.world.vendors import Vendor


@dataclass(frozen=True, slots=True)
class Fate:
    """The arrival of a shipment. `announcements` are (instant, new promise), in order of time.

    `is_clean`: received in one piece and recorded the same day (lines of a present episode, so that it shows at once).
    """

    arrives_on: date
    announcements: tuple[tuple[datetime, date], ...] = ()
    is_clean: bool = False


class VendorMood:
    """A vendor's probability to be late: its own rate, a shock per quarter, its episodes on top."""

    def __init__(self, vendor: Vendor, episodes: Sequence[Episode]) -> None:
        self._vendor = vendor
        self._episodes = [episode for episode in episodes if episode.vendor == vendor.number]
        self._quarters: dict[tuple[int, int], float] = {}
        self._present = 0

    def fate(self, draws: Draws, ordered_on: date, due: date) -> Fate:
        """Decide a shipment ordered on `ordered_on` and promised for `due`."""
        rate, shift = self._quarter_rate(draws, due), 0
        for episode in self._episodes:
            if not episode.covers(due):
                continue
            if episode.kind == "late_rate":
                rate += episode.size
            elif episode.kind == "late_ramp":
                rate += episode.size * episode.progress(due)
            elif episode.kind == "shift":
                shift = int(episode.size)
            elif (due - ordered_on).days >= 28:
                self._present += 1
                return _present_fate(draws, episode, due, self._present)
        return decide(draws, ordered_on, due, p.EARLY_RATE, rate, shift)

    def _quarter_rate(self, draws: Draws, due: date) -> float:
        quarter = quarter_of(due)
        if quarter not in self._quarters:
            rate, spread = self._vendor.late_rate, self._vendor.late_rate_spread
            certainty = (1 - spread) / spread
            self._quarters[quarter] = draws.beta(rate * certainty, (1 - rate) * certainty) if rate > 1e-4 else 0.0
        return self._quarters[quarter]


def decide(draws: Draws, ordered_on: date, due: date, early_rate: float, late_rate: float, shift: int) -> Fate:
    """Draw early, exact or late; announce some of it; move arrivals off the weekend."""
    luck = draws.uniform()
    if luck < late_rate:
        days = min(max(math.ceil(draws.lognormal(*p.LATE_DAYS_LOG)), 1), p.LATE_DAYS_LIMIT) + shift
    elif shift:
        days = shift
    elif luck > 1 - early_rate:
        days = -min(math.ceil(draws.lognormal(*p.EARLY_DAYS_LOG)), (due - ordered_on).days - 3)
        days = min(days, 0)
    else:
        false_alarm = draws.chance(p.FALSE_PUSH)
        return Fate(due, _false_push(draws, ordered_on, due) if false_alarm else ())
    arrives_on = days_later(due, days)
    if days and not draws.chance(p.WEEKEND_DELIVERY):
        earlier = max(draws.working_day_before(arrives_on), days_later(ordered_on, 1))
        arrives_on = draws.working_day(arrives_on) if days > 0 else earlier
    announced = draws.chance(p.ANNOUNCED_LATE if days > 0 else p.ANNOUNCED_EARLY)
    return Fate(arrives_on, _announcements(draws, ordered_on, due, arrives_on) if announced else ())


def _notice(draws: Draws, ordered_on: date, promise: date) -> datetime | None:
    """An instant some days before `promise`, or `None` if the order is younger than that."""
    day = days_later(promise, -draws.between(*p.NOTICE_DAYS))
    return draws.working_time(day) if day > ordered_on else None


def _false_push(draws: Draws, ordered_on: date, due: date) -> tuple[tuple[datetime, date], ...]:
    instant = _notice(draws, ordered_on, due)
    return ((instant, working_day(days_later(due, draws.between(5, 30)))),) if instant else ()


def _announcements(draws: Draws, ordered_on: date, due: date, arrives_on: date) -> tuple[tuple[datetime, date], ...]:
    """One honest new promise, or (one in five that move late enough) a hopeful one and a second push."""
    earlier = min(due, arrives_on)
    first = _notice(draws, ordered_on, earlier)
    if first is None or arrives_on == due:
        return ()
    slip = (arrives_on - due).days
    if slip >= 12 and draws.chance(0.2):
        hopeful = working_day(days_later(due, slip // 2))
        second = draws.working_time(days_later(hopeful, -draws.between(1, 3)))
        if first < second and hopeful < arrives_on:
            return (first, hopeful), (second, arrives_on)
    if slip > 0 and draws.chance(0.1):
        return ((first, working_day(days_later(arrives_on, draws.between(1, 7)))),)
    return ((first, arrives_on),)


def _present_fate(draws: Draws, episode: Episode, due: date, turn: int) -> Fate:
    """The fates around the first today; `turn` counts the shipments, so that each of the next days has some."""
    today = p.FIRST_TODAY.date()
    soon = days_later(today, 1 + turn % 3)
    size = timedelta(days=episode.size + draws.between(0, 6))
    if episode.kind == "announced_push":
        arrives_on = working_day(due + size)
        return Fate(arrives_on, ((draws.working_time(soon), arrives_on),), is_clean=True)
    if episode.kind == "silent_failure":
        arrives_on = days_later(today, 3) if due <= today else working_day(due + size)
        return Fate(arrives_on, is_clean=True)
    return Fate(soon, is_clean=True)
