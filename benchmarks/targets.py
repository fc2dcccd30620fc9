"""How well the warnings about targets of the ecosystem knew what the end of the quarter would show.

``make bench-targets`` lives through eight quarters of simulated companies, builds 40 and 15 days before the end of
each, and compares what ``target_warning`` said with what ``ecosystem_quarter`` says in the end. It prints the counts
and writes them to ``$ECOSYSTEM_HOME/bench/targets.json``.
"""

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from config.sources import load_sources
from connectors.connection import from_environment
from connectors.extract import extract
from ecosystem import sandbox_process
from ecosystem.paths import Home, home
from sandbox.server import running
from sandbox.world import World
from warehouse.build import build

SEEDS = (1, 2)
SIZE = 0.05
FIRST_QUARTER_END = date(2024, 3, 31)
QUARTERS = 8
DAYS_BEFORE = (40, 15)
TIERS = ("alert", "watch", "on track")


@dataclass(frozen=True)
class Told:
    """What was said of a metric so many days before a quarter's end, and how the quarter ended."""

    metric_id: str
    days_before: int
    tier: str
    outcome: str


def quarter_ends() -> list[date]:
    """The last days of the quarters that are lived through."""
    ends, end = [], FIRST_QUARTER_END
    for _ in range(QUARTERS):
        ends.append(end)
        end = (end + timedelta(days=93)).replace(day=1) - timedelta(days=1)
    return ends


def tell(seed: int, place: Home) -> Iterator[Told]:
    """Live through the quarters of one company."""
    days = [(end, before, end - timedelta(days=before)) for end in quarter_ends() for before in DAYS_BEFORE]
    world = World(seed, start=_evening(days[0][2]), size=SIZE)
    said: dict[tuple[date, int, str], str] = {}
    with running(world, place) as address:
        os.environ.update(sandbox_process.connection_variables(address.port, address.smtp_port))
        for end, before, day in days:
            world.advance((day - world.now().date()).days)
            _load(place, world.now())
            for metric_id, severity, state in _rows(
                place,
                "select metric_id, severity, signal_state from marts.target_warning where quarter_end_date = ?",
                end,
            ):
                said[end, before, metric_id] = severity if state == "active" else "on track"
        world.advance((quarter_ends()[-1] + timedelta(days=30) - world.now().date()).days)
        _load(place, world.now())
    outcomes = {
        (last, metric_id): state
        for last, metric_id, state in _rows(
            place, "select last_day(quarter + interval 2 month), metric_id, state from marts.ecosystem_quarter"
        )
    }
    for (end, before, metric_id), tier in said.items():
        yield Told(metric_id, before, tier, outcomes[end, metric_id])


def figures(told: list[Told]) -> list[dict[str, object]]:
    """Counts by days before the end and tier: how many ended not met, met, or could not be told."""
    found: list[dict[str, object]] = []
    for before in DAYS_BEFORE:
        for tier in TIERS:
            ended = Counter(one.outcome for one in told if (one.days_before, one.tier) == (before, tier))
            n = ended.total()
            found.append(
                {
                    "days_before_end": before,
                    "tier": tier,
                    "n": n,
                    "not_met": ended["not met"],
                    "cannot_tell": ended["cannot tell"],
                    "met": ended["met"],
                    "share_not_met": round(ended["not met"] / n, 2) if n else None,
                }
            )
    return found


def _load(place: Home, as_of: datetime) -> None:
    for source in load_sources():
        for entity in source.entities:
            extract(source, from_environment(source.connection_id), entity, place, as_of)
    build(place, as_of)


def _rows(place: Home, query: str, *values: object) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(place.warehouse_file), read_only=True) as connection:
        return connection.execute(query, list(values)).fetchall()


def _evening(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 18, tzinfo=UTC)


def main() -> None:
    """Measure in temporary state directories; only the figures stay."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, action="append", dest="seeds", help="a company; may be given again")
    seeds = parser.parse_args().seeds or list(SEEDS)
    os.environ["ECOSYSTEM_PSEUDONYM_KEY"] = "benchmark"
    told: list[Told] = []
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            told += tell(seed, Home(Path(folder)))
    tiers = figures(told)
    file = home().bench / "targets.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"seeds": seeds, "tiers": tiers}, indent=2) + "\n", encoding="utf-8")
    for row in tiers:
        sys.stdout.write("  ".join(f"{name} {value}" for name, value in row.items()) + "\n")
    sys.stdout.write(f"written to {file}\n")


if __name__ == "__main__":
    main()
