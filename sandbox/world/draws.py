"""Random numbers and instants, the same for the same seed in every process."""

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from itertools import pairwise
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Stream(IntEnum):
    """One independent stream of random numbers per part, so that a change in one part leaves the others alone."""

    VENDORS = 1
    EPISODES = 2
    ORDERS = 3
    TRANSPORT = 4
    MASTER_DATA = 5
    SURVEYS = 6
    PROPOSALS = 7
    TICKETS = 8
    ACCOUNTS = 9
    PILOTS = 10
    JOINT_KPIS = 11
    SAVINGS = 12
    REINVESTMENTS = 13
    ENGAGEMENTS = 14
    ROADMAPS = 15
    RENEWALS = 16
    VALUE_SHARES = 17
    TICKET_TARGETS = 18
    AVAILABILITY = 19
    STORIES = 20
    CONTRACTS = 21
    CONFIRMATIONS = 22
    SPECIAL_ORDERS = 23
    INSPECTIONS = 24
    NOTIFICATIONS = 25
    INVOICES = 26
    STOCK = 27
    QUOTATIONS = 28
    EXCHANGE_RATES = 29
    PRICES = 30


class Draws:
    """Draws of one stream."""

    def __init__(self, seed: int, stream: Stream, part: int = 0) -> None:
        self._generator = np.random.Generator(
            np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(int(stream), part)))
        )
        # drawn in blocks: a third of the time of one call per number, and a world needs a million
        self.uniform = _one_by_one(self._generator.random).__next__
        self.normal = _one_by_one(self._generator.standard_normal).__next__

    def chance(self, probability: float) -> bool:
        """Whether something of this probability happens."""
        return self.uniform() < probability

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both possible."""
        return low + int(self.uniform() * (high - low + 1))

    def within(self, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        return low + self.uniform() * (high - low)

    def lognormal(self, log_mean: float, log_spread: float) -> float:
        """A lognormal number."""
        return math.exp(log_mean + log_spread * self.normal())

    def by_quantiles(self, quantiles: Sequence[tuple[float, float]]) -> float:
        """A number from (share, value) pairs; between them its logarithm is linear."""
        luck = self.uniform()
        for (low_share, low), (high_share, high) in pairwise(quantiles):
            if luck <= high_share:
                place = (luck - low_share) / (high_share - low_share)
                return math.exp(math.log(low) + place * (math.log(high) - math.log(low)))
        return quantiles[-1][1]

    def beta(self, a: float, b: float) -> float:
        """A share between 0 and 1."""
        return float(self._generator.beta(a, b))

    def poisson(self, mean: float) -> int:
        """A count."""
        return int(self._generator.poisson(mean))

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, all equally likely."""
        return options[int(self.uniform() * len(options))]

    def weighted(self, options: Sequence[tuple[T, float]]) -> T | None:
        """One of the options by its probability; `None` for what the probabilities leave of 1."""
        rest = self.uniform()
        for option, probability in options:
            rest -= probability
            if rest < 0:
                return option
        return None

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """All options in a random order."""
        return [options[place] for place in self._generator.permutation(len(options))]

    def working_day(self, day: date) -> date:
        """`day`, or any day of the next working week if it is on a weekend (so that Mondays do not pile up)."""
        return day if day.weekday() < 5 else days_later(day, 7 - day.weekday() + self.between(0, 4))

    def working_day_before(self, day: date) -> date:
        """`day`, or any day of the working week before it if it is on a weekend."""
        return day if day.weekday() < 5 else days_later(day, 4 - day.weekday() - self.between(0, 4))

    def working_time(self, day: date) -> datetime:
        """An instant between 07:00 and 17:59 UTC of `day`, to the microsecond."""
        return midnight(day) + timedelta(microseconds=int(self.within(7 * 3600e6, 17.98 * 3600e6)))

    def working_second(self, day: date) -> datetime:
        """An instant between 07:00 and 17:59 UTC of `day`, to the second."""
        return self.working_time(day).replace(microsecond=0)


def _one_by_one(draw: Callable[[int], np.ndarray]) -> Iterator[float]:
    while True:
        yield from draw(500).tolist()


def midnight(day: date) -> datetime:
    """The first instant of `day`, UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def days_later(day: date, days: int) -> date:
    """`day` moved by `days`."""
    return day + timedelta(days=days)


def working_day(day: date) -> date:
    """`day`, or the Monday after it if it is on a weekend."""
    weekday = day.weekday()
    return day if weekday < 5 else days_later(day, 7 - weekday)


def quarter_of(day: date) -> tuple[int, int]:
    """Year and quarter (1 to 4) of `day`."""
    return day.year, (day.month + 2) // 3
