"""The delivery marts on order histories of millions of lines: a full build against SQL written by hand, and increments
against rebuilds.

``make bench-marts`` prints the figures and writes them to ``$ECOSYSTEM_HOME/bench/marts.json``; ``LINES=1000000`` makes
it small. Every increment goes on from the one before, and the last state is compared with a rebuild of it, row by row.
Seconds of a build are those from its first node to its last; what comes before, mostly dbt's start, is reported beside
them.
"""

import argparse
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from benchmarks.order_history import END, SYSTEM, OrderHistory
from ecosystem.errors import EcosystemError
from ecosystem.paths import Home, home
from warehouse import run_results
from warehouse.build import build

LINES = 16_000_000
FIRST_DAY = datetime(END.year, END.month, END.day, 18, tzinfo=UTC)
# Half a percent five times, for the median of what is taken in turns: the machine's speed changes by a half within the
# hour of a run.
HALF_PERCENTS = 5
# All but the last before midnight, so that lines fall due in the day tick alone.
INCREMENTS = (
    *(FIRST_DAY + timedelta(minutes=50 * number) for number in range(1, HALF_PERCENTS + 2)),
    FIRST_DAY + timedelta(days=1),
)
# The delivery marts and the delivery part of vendor_month, which joins other areas.
MARTS = {
    "fct_schedule_line": "marts",
    "fct_promise_change": "marts",
    "early_warning": "marts",
    "lead_time": "marts",
    "int_vendor_month__on_time": "intermediate",
    "int_vendor_month__delivery": "intermediate",
}
# What they are made from and increments go on from: every version that landed.
VERSIONS = {
    f"stg_sap_s4hana__{entity}": "staging"
    for entity in (
        "purchase_order",
        "purchase_order_item",
        "purchase_order_schedule_line",
        "material_document",
        "material_document_item",
    )
}
# An increment also asks for the vendors as the last build showed them, which no mart is made from.
SELECTION = (*(f"+{name}" for name in MARTS), "+int_erp__vendor_shown")
VERSIONS_BY_HAND, MARTS_BY_HAND = (Path(__file__).with_name(f"{name}_by_hand.sql") for name in ("versions", "marts"))
# More than a build has (5 GB): by hand the windows of millions of wide rows do not fit into that.
MEMORY = "12GB"


@dataclass(frozen=True)
class Built:
    """Seconds of one build: nodes from the first to the last, tests among them in all, and everything around."""

    nodes_s: float
    tests_s: float
    around_s: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure in a temporary state directory; only the figures stay."""
    parser = argparse.ArgumentParser(description="The delivery marts at scale.")
    parser.add_argument("--lines", type=int, default=LINES, help="schedule lines of the large history")
    parser.add_argument("--scratch", type=Path, default=None, help="folder for landing zones and warehouses")
    options = parser.parse_args(arguments)
    figures = measure(options.lines, options.scratch)
    bench = home().bench
    bench.mkdir(parents=True, exist_ok=True)
    file = bench / "marts.json"
    file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    for name, value in figures.items():
        sys.stdout.write(f"{name:26} {value:>14,}\n")
    sys.stdout.write(f"written to {file}\n")


def measure(lines: int, scratch: Path | None = None) -> dict[str, float]:
    """The figures of ``docs/performance.md`` for a history of so many lines, one of half and one of a tenth.

    Raises:
        EcosystemError: a build failed, or two ways to the same table gave different rows.
    """
    with _folder(scratch) as folder:
        small, middle, large = (Home(folder / name) for name in ("small", "middle", "large"))
        histories = {small: lines // 10, middle: lines // 2, large: lines}
        for place in (small, middle):
            _land(place, histories[place])
            _build(place, FIRST_DAY)
        _land(large, lines)
        full = _build(large, FIRST_DAY)
        # now: Linux counts what this process holds when it starts a child as the child's, and by hand is done in it
        peak_gb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
        versions_s = _by_hand(large, folder / "by_hand.duckdb", VERSIONS_BY_HAND)
        marts_s = _by_hand(large, folder / "by_hand.duckdb", MARTS_BY_HAND)
        _same_rows(folder / "by_hand.duckdb", large.warehouse_file, {**VERSIONS, **MARTS}, by_hand=True)
        (folder / "by_hand.duckdb").unlink()
        *halves, hundred, tick = _increments(histories, rows=lines * 5 // 4 // 200)
        rebuilt = Home(folder / "rebuilt")
        rebuilt.root.mkdir()
        rebuilt.landing.symlink_to(large.landing)
        _build(rebuilt, INCREMENTS[-1])
        _same_rows(rebuilt.warehouse_file, large.warehouse_file, {**VERSIONS, **MARTS})
    half_s = statistics.median(built[large].nodes_s for built in halves)
    return {
        "lines": lines,
        "versions": lines * 5 // 4,
        "full_s": round(full.nodes_s - full.tests_s, 1),
        "full_tests_s": full.tests_s,
        "versions_by_hand_s": versions_s,
        "marts_by_hand_s": marts_s,
        "full_ratio": round((full.nodes_s - full.tests_s) / (versions_s + marts_s), 2),
        "full_to_marts_alone_ratio": round((full.nodes_s - full.tests_s) / marts_s, 2),
        "peak_gb": round(peak_gb, 2),
        "delta_half_percent_s": half_s,
        "delta_half_percent_ratio": round(half_s / full.nodes_s, 3),
        "delta_100_rows_s": hundred[large].nodes_s,
        "day_tick_s": tick[large].nodes_s,
        "start_s": tick[large].around_s,
        "growth_2_to_10m": _growth(halves, small, middle),
        "growth_2_to_20m": _growth(halves, small, large),
    }


@contextmanager
def _folder(scratch: Path | None) -> Iterator[Path]:
    if scratch:
        scratch.mkdir(parents=True)
        yield scratch
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)


def _land(place: Home, lines: int) -> None:
    started = time.monotonic()
    OrderHistory(place.landing, lines).land()
    _say(f"landed a history of {lines:,} lines in {time.monotonic() - started:,.0f} s")


def _increments(histories: Mapping[Home, int], rows: int) -> list[dict[Home, Built]]:
    """So many rows (half a percent of the large history) five times in the hours after the full build, a hundred rows
    later on the same day, and the next day without documents: each of every history in turn."""
    increments = []
    for at, changed in zip(INCREMENTS, (*[rows] * HALF_PERCENTS, 100, 0), strict=True):
        built = {}
        for place, lines in histories.items():
            if changed:
                OrderHistory(place.landing, lines).land_changes(changed, at, f"{at:%Y-%m-%d %H:%M}")
            built[place] = _build(place, at)
        increments.append(built)
    return increments


def _growth(increments: Sequence[Mapping[Home, Built]], small: Home, larger: Home) -> float:
    return round(statistics.median(built[larger].nodes_s / built[small].nodes_s for built in increments), 2)


def _build(place: Home, at: datetime) -> Built:
    started = time.monotonic()
    result = build(place, at, select=SELECTION)
    seconds = time.monotonic() - started
    nodes = run_results.read(place.warehouse_dir / "dbt")
    nodes_s = run_results.span_s(place.warehouse_dir / "dbt")
    # two threads run tests side by side, so this is what they take at most
    tests_s = sum(node.seconds for node in nodes if node.name.startswith("test "))
    kind = "full build" if result.full_refresh else f"increment of {result.rows_read:,} landed rows"
    _say(f"{kind}: {nodes_s:,.1f} s, of them tests {tests_s:,.1f} s; {seconds - nodes_s:,.1f} s around")
    return Built(round(nodes_s, 1), round(tests_s, 1), round(seconds - nodes_s, 1))


def _by_hand(place: Home, file: Path, script: Path) -> float:
    sql = script.read_text(encoding="utf-8").format(landing=place.landing / SYSTEM, as_of=END)
    started = time.monotonic()
    with duckdb.connect(str(file)) as connection:
        connection.execute("set TimeZone = 'UTC'; set threads = 2; set preserve_insertion_order = false")
        connection.execute(f"set memory_limit = '{MEMORY}'")
        connection.execute(sql)
    seconds = round(time.monotonic() - started, 1)
    _say(f"{script.stem}: {seconds:,.1f} s")
    return seconds


def _same_rows(expected: Path, found: Path, tables: Mapping[str, str], by_hand: bool = False) -> None:
    """Every row of each of these tables, by name and schema, is in both files, as often, and neither is empty.

    Raises:
        EcosystemError: naming the table and how many rows differ.
    """
    with duckdb.connect() as connection:
        connection.execute(f"set memory_limit = '{MEMORY}'")
        connection.execute(f"attach '{expected}' as expected (read_only); attach '{found}' as found (read_only)")
        for table, schema in tables.items():
            left = f"expected.main.{table}" if by_hand else f"expected.{schema}.{table}"
            right = f"found.{schema}.{table}"
            described = connection.execute(f"describe {right}").fetchall()
            columns = ", ".join(f'cast("{name}" as {kind})' for name, kind, *_ in described)
            # the chance of a line is not made by hand, and the history has no stock and asks for no confirmation
            only = "where rule_id <> 'likely_late'" if by_hand and table == "early_warning" else ""
            one, other = (f"select hash({columns}) from {relation} {only}" for relation in (left, right))  # noqa: S608
            counted = connection.execute(
                f"select (select count(*) from {right}), (select count(*) from (({one}) except all ({other})))"  # noqa: S608
                f" + (select count(*) from (({other}) except all ({one})))"
            ).fetchone()
            rows, different = counted or (0, 0)
            if different or not rows:
                raise EcosystemError(f"{table} has {rows:,} rows, of which {different:,} differ from {expected.name}.")
            _say(f"{table}: {rows:,} rows equal {'by hand' if by_hand else 'a rebuild'}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main()
    except EcosystemError as error:
        sys.exit(str(error))
