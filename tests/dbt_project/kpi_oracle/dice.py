"""What a world is drawn with: few values, often the awkward ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TypeVar

T = TypeVar("T")
FIRST_DAY = date(2026, 3, 2)
READING_DAYS = (date(2026, 4, 20), date(2026, 6, 10), date(2026, 6, 30))


@dataclass(frozen=True)
class Dice:
    """Draws of one world; ``messes`` are what may go wrong in it."""

    random: Random
    messes: frozenset[str]

    def between(self, least: int, most: int) -> int:
        return self.random.randint(least, most)

    def one_of(self, values: Sequence[T]) -> T:
        return values[self.between(0, len(values) - 1)]

    def day(self, least: int, most: int, after: date = FIRST_DAY) -> date:
        """A day that many days after another."""
        return after + timedelta(days=self.between(least, most))

    def happens(self, mess: str, one_in: int = 2) -> bool:
        """Whether a mess that is switched on strikes here."""
        return mess in self.messes and self.between(1, one_in) == 1
