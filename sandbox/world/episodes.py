"""Labelled slip episodes: which vendor got worse, when, how and by how much."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sandbox.world import parameters as p
from sandbox.world.draws import Draws, Stream, days_later
from sandbox.world.vendors import Vendor

Kind = Literal["late_rate", "late_ramp", "shift", "announced_push", "silent_failure", "recovery"]
"""- `late_rate`: the vendor's probability to be late rises by `size`;
- `late_ramp`: it rises linearly, up to `size` at the end;
- `shift`: every delivery is `size` days later;
- `announced_push`: in the days after the first today the vendor moves promises later by `size` days or more;
- `silent_failure`: the vendor misses promises without a word; those of up to today arrive in three days, later ones
  `size` days late or more;
- `recovery`: the vendor missed promises `size` days and more ago and delivers in the days after the first today.
"""

EXTRA_ORDERS = 5
"""Orders of material value that an episode of the present adds, so that it always has lines to show."""


@dataclass(frozen=True, slots=True)
class Episode:
    """Lines of `vendor` (supplier number) first promised for a day from `start` to `end` suffer `kind`."""

    vendor: str
    start: date
    end: date
    kind: Kind
    size: float

    def covers(self, promised: date) -> bool:
        """Whether a line with this first promise suffers."""
        return self.start <= promised <= self.end

    def progress(self, promised: date) -> float:
        """How far the episode has come at `promised`, from 0 to 1."""
        return (promised - self.start).days / max((self.end - self.start).days, 1)


PRESENT_KINDS: tuple[tuple[Kind, date, date, float], ...] = (
    # relative to the first today (30 June 2026, a Tuesday): lines due after next week are moved by three weeks, ...
    ("announced_push", date(2026, 7, 8), date(2026, 7, 24), 21.0),
    # ... lines due around today are missed, ...
    ("silent_failure", date(2026, 6, 26), date(2026, 7, 2), 12.0),
    # ... and lines missed in June arrive.
    ("recovery", date(2026, 6, 8), date(2026, 6, 19), 12.0),
)


def make_episodes(seed: int, vendors: list[Vendor]) -> list[Episode]:
    """Give the episodes: one of each present kind at medium-sized vendors, and a score in history and future."""
    draws = Draws(seed, Stream.EPISODES)
    present = draws.shuffled(vendors[10:28])[: len(PRESENT_KINDS)]
    episodes = [
        Episode(vendor.number, start, end, kind, size)
        for vendor, (kind, start, end, size) in zip(present, PRESENT_KINDS, strict=True)
    ]
    # not the five largest: one of them alone would bend the company's whole mix
    others = [vendor for vendor in vendors[5:56] if vendor not in present]
    shapes: tuple[tuple[Kind, float], ...] = (("late_rate", 0.30), ("shift", 10.0), ("late_ramp", 0.45))
    for place, vendor in enumerate(draws.shuffled(others)[:20]):
        start = days_later(p.HISTORY_START, draws.between(180, p.ALL_DAYS - 60))
        kind, size = shapes[place % 3]
        end = start + timedelta(days=draws.between(60, 150))
        episodes.append(Episode(vendor.number, start, end, kind, size))
    return episodes


def present_episodes(episodes: list[Episode]) -> dict[Kind, Episode]:
    """The episodes of the present, by kind."""
    kinds = {kind for kind, *_ in PRESENT_KINDS}
    return {episode.kind: episode for episode in episodes if episode.kind in kinds}
