"""How good the rule about likely delays is, out of time: each line is judged by what was known when its week began.

``make bench-likely-late`` prints the figures and writes them to ``$ECOSYSTEM_HOME/bench/likely_late.json``; ``--seed``
takes any seed, as often as wanted. The models that judge are those of production. A world's second year is judged, its
first only learnt from. With ``REFERENCE_DATA`` set real deliveries are judged too, from their second year on.
"""

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks import vendor_worlds
from benchmarks.alert_warehouse import AlertWarehouse
from benchmarks.real_deliveries import RealDeliveries
from benchmarks.vendor_worlds import DAYS, FIRST_EVALUATED_DAY, Days, Deliveries
from ecosystem.errors import EcosystemError
from ecosystem.paths import home
from sandbox.replay.scms import Line

SEEDS = tuple(range(200, 204))
FIRST_DAY = date(2024, 1, 1)
LAST_DAY = FIRST_DAY + timedelta(days=DAYS - 1)
# Worlds have no order dates, and of some real lines none was captured: both were open long before the rule speaks.
ORDERED_BEFORE_DAYS = 60
MODELS = tuple(f"int_early_warning__{name}" for name in ("kept_promise", "late_share", "reached_age", "late_chance"))
BANDS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 1.0)
CALIBRATED_AT_DAYS = 7
RULE = "likely_late"
ALERT_PROBABILITY = 0.5

# The chance that everybody has at hand: how many of the vendor's lines that fell due before the month came late.
_JUDGED = """
with lines as (
    select
        *, in_full_date > promise_date + {grace_days} as is_late,
        date_trunc('month', reached_at)::date as month
    from intermediate.int_early_warning__late_chance
    where promise_date between date '{first}' and date '{last}'
),
dues as (
    select
        vendor_key, date_trunc('month', first_promise_date)::date as month,
        count(*) as due, count(*) filter (where in_full_date > first_promise_date + {grace_days}) as late
    from marts.fct_schedule_line
    group by all
),
naive as (
    select months.vendor_key, months.month, sum(dues.late) / sum(dues.due) as naive_share
    from (select distinct vendor_key, month from lines) as months
    inner join dues on months.vendor_key = dues.vendor_key and dues.month < months.month
    group by all
)
select
    hash(lines.order_bucket, lines.purchase_order_line, lines.promise_number) as promise, lines.age_days,
    lines.promise_date, lines.reached_at::date as reached_on, lines.is_late, lines.late_probability, lines.is_watch,
    lines.is_alert, coalesce(naive.naive_share, 0) >= {watch} as is_naive_watch,
    coalesce(naive.naive_share, 0) >= {alert} as is_naive_alert
from lines left join naive on lines.vendor_key = naive.vendor_key and lines.month = naive.month
where lines.is_late is not null
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure in a temporary folder; only the figures stay."""
    parser = argparse.ArgumentParser(description="How good the rule about likely delays is.")
    parser.add_argument("--seed", type=int, action="append", help="a world's seed; 200 to 203 unless given")
    options = parser.parse_args(arguments)
    seeds = tuple(options.seed or SEEDS)
    with tempfile.TemporaryDirectory() as folder:
        found: dict[str, Any] = {"seeds": list(seeds), "worlds": measured_worlds(seeds, Path(folder) / "worlds")}
        reference = os.environ.get("REFERENCE_DATA")
        found["real_deliveries"] = measured_real(Path(reference), Path(folder) / "real") if reference else None
    bench = home().bench
    bench.mkdir(parents=True, exist_ok=True)
    file = bench / "likely_late.json"
    file.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"{report(found)}\nwritten to {file}\n")


def measured_worlds(seeds: Sequence[int], folder: Path) -> dict[str, Any]:
    """The second year of simulated worlds."""
    warehouse = AlertWarehouse(folder, LAST_DAY)
    for seed in seeds:
        add_world(warehouse, seed, vendor_worlds.deliveries(seed))
    warehouse.seed(("seed_alert_threshold",))
    # late lines must have come by the last day to be known as late
    return figures(warehouse, FIRST_DAY + timedelta(days=FIRST_EVALUATED_DAY), LAST_DAY - timedelta(days=30))


def measured_real(reference: Path, folder: Path) -> dict[str, Any]:
    """Real deliveries (USAID SCMS) from the second year on."""
    lines = [line for line in RealDeliveries(reference).lines if line.delivered_on]
    first, last = (found(line.scheduled_on for line in lines if line.scheduled_on) for found in (min, max))
    warehouse = AlertWarehouse(folder, last + timedelta(days=1))
    _add_real(warehouse, lines)
    warehouse.seed(("seed_alert_threshold",))
    return figures(warehouse, first + timedelta(days=365), last)


def figures(warehouse: AlertWarehouse, first: date, last: date, settings: Mapping[str, float] | None = None) -> Any:
    """Calibration and quality of both tiers for dates from the first to the last, beside the naive share; ``settings``
    take the place of the rule's own."""
    as_of = warehouse.query("select as_of::date as day from control.build").column("day")[0].as_py()
    # measured as an alert too, whether the rule may give one or not
    measured = {"alert_min_probability": ALERT_PROBABILITY, "kept_days": (as_of - first).days}
    warehouse.set_line_rule(RULE, {**(settings or {}), **measured})
    warehouse.judge(MODELS)
    rule = warehouse.query(f"from seeds.seed_alert_threshold where rule_id = '{RULE}'").to_pylist()[0]
    rows = warehouse.query(
        _JUDGED.format(
            first=first,
            last=last,
            grace_days=rule["grace_days"],
            watch=rule["watch_min_probability"],
            alert=ALERT_PROBABILITY,
        )
    ).to_pydict()
    columns = {name: np.array(values) for name, values in rows.items()}
    return {
        "lines": len(np.unique(columns["promise"])),
        "calibration": _calibration(columns),
        **{tier: _tier(columns, f"is_{tier}") for tier in ("watch", "alert", "naive_watch", "naive_alert")},
    }


def _calibration(columns: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Predicted against observed, each line once: as many days before its date."""
    is_counted = columns["age_days"] == CALIBRATED_AT_DAYS
    chance, is_late = columns["late_probability"][is_counted], columns["is_late"][is_counted]
    found = []
    for low, high in pairwise(BANDS):
        is_in = (chance >= low) & (chance < high)
        n, late = int(is_in.sum()), int(is_late[is_in].sum())
        if n:
            band = {"from": low, "to": high, "n": n, "predicted": float(chance[is_in].mean()), "observed": late / n}
            found.append(band | dict(zip(("low", "high"), _wilson(late, n), strict=True)))
    return found


def _tier(columns: Mapping[str, Any], flag: str) -> dict[str, Any]:
    """A line is told once, at the first age at which it is flagged."""
    promises, place = np.unique(columns["promise"], return_inverse=True)
    is_late = np.zeros(len(promises), bool)
    is_late[place] = columns["is_late"]
    is_told = np.zeros(len(promises), bool)
    np.logical_or.at(is_told, place, columns[flag])
    days = (columns["promise_date"] - columns["reached_on"]).astype("timedelta64[D]").astype(int)
    lead = np.zeros(len(promises), int)
    np.maximum.at(lead, place, np.where(columns[flag], days, 0))
    told, hits, late = int(is_told.sum()), int((is_told & is_late).sum()), int(is_late.sum())
    low, high = _wilson(hits, told) if told else (None, None)
    return {
        "told": told,
        "precision": hits / told if told else None,
        "precision_low": low,
        "precision_high": high,
        "recall": hits / late if late else None,
        "median_lead_days": float(np.median(lead[is_told & is_late])) if hits else None,
        "false_alarms_per_100_lines": 100 * (told - hits) / len(promises),
    }


def _wilson(successes: int, n: int) -> tuple[float, float]:
    centre, margin = successes + 1.9208, 1.96 * sqrt(successes * (n - successes) / n + 0.9604)
    return (centre - margin) / (n + 3.8416), (centre + margin) / (n + 3.8416)


def add_world(warehouse: AlertWarehouse, seed: int, world: Deliveries) -> None:
    """Lines and promise changes of one world, a category of its own; what is booked after its last day is not."""
    vendors = np.char.add(f"{seed}:", np.arange(len(world.vendors.events_per_month)).astype(str))
    warehouse.add("dim_vendor", pa.table({"vendor_key": vendors, "category": np.full(len(vendors), str(seed))}))
    order = np.repeat(np.arange(len(world.vendor)), world.lines)
    line = np.concatenate([np.arange(count) for count in world.lines]).astype(str)
    bucket = order + seed * 10_000_000
    is_booked = (world.booked < DAYS)[order]
    warehouse.add(
        "fct_schedule_line",
        pa.table(
            {
                "order_bucket": bucket,
                "purchase_order_line": line,
                "schedule_line": np.full(len(order), "1"),
                "vendor_key": vendors[world.vendor][order],
                "is_vendor_performance": np.ones(len(order), bool),
                "first_promise_date": _dates(world.due[order]),
                "requested_date": _dates(world.due[order]),
                "in_full_date": pa.array(_dates(world.delivered[order]), mask=~is_booked),
                "recorded_at": pa.array(_instants(world.booked[order]), mask=~is_booked),
                "state": np.where(is_booked, "delivered", "open"),
                "first_landed_at": _instants(world.due[order] - ORDERED_BEFORE_DAYS),
            }
        ),
    )
    told = np.flatnonzero(world.announced[order] < np.minimum(world.booked[order], DAYS))
    pushed = order[told]
    warehouse.add(
        "fct_promise_change",
        pa.table(
            {
                "order_bucket": bucket[told],
                "purchase_order_line": line[told],
                "schedule_line": np.full(len(told), "1"),
                "change_number": np.ones(len(told), np.int32),
                "direction": np.full(len(told), "later"),
                "changed_at": _instants(world.announced[pushed]),
                "landed_at": _instants(world.announced[pushed]),
                "to_date": _dates(np.maximum(world.delivered[pushed], world.due[pushed] + 7)),
            }
        ),
    )


def _dates(days: Days) -> Any:
    return np.datetime64(FIRST_DAY) + days.astype("timedelta64[D]")


def _instants(days: Days) -> Any:
    """Nine in the morning of a day."""
    return _dates(days).astype("datetime64[us]") + np.timedelta64(9, "h")


def _add_real(warehouse: AlertWarehouse, lines: Sequence[Line]) -> None:
    groups: dict[str, Counter[str]] = {}
    for line in lines:
        groups.setdefault(line.vendor, Counter())[line.product_group] += 1
    vendors = [{"vendor_key": name, "category": group.most_common(1)[0][0]} for name, group in sorted(groups.items())]
    warehouse.add("dim_vendor", pa.Table.from_pylist(vendors))
    rows = []
    for number, line in enumerate(lines):
        if line.scheduled_on is None or line.delivered_on is None:
            continue
        longest_ago = line.scheduled_on - timedelta(days=ORDERED_BEFORE_DAYS)
        rows.append(
            {
                "order_bucket": number,
                "purchase_order_line": "10",
                "schedule_line": "1",
                "vendor_key": line.vendor,
                "is_vendor_performance": True,
                "first_promise_date": line.scheduled_on,
                "requested_date": line.scheduled_on,
                "in_full_date": line.delivered_on,
                "recorded_at": datetime.combine(line.recorded_on or line.delivered_on, time(9)),
                "state": "delivered",
                "first_landed_at": datetime.combine(line.ordered_on or longest_ago, time(9)),
            }
        )
    warehouse.add("fct_schedule_line", pa.Table.from_pylist(rows))


def report(found: Mapping[str, Any]) -> str:
    """The figures as tables."""
    lines = []
    for name, one in (("worlds", found["worlds"]), ("real deliveries", found["real_deliveries"])):
        if one is None:
            lines.append("\nreal deliveries: not judged; set REFERENCE_DATA, see docs/reference-data.md")
            continue
        lines.append(
            f"\n{name}, {one['lines']:,} dates of lines\nchance {CALIBRATED_AT_DAYS} days before   said  came late"
        )
        lines += [
            f"{band['from']:>5.0%} to {band['to']:>4.0%}  {band['predicted']:>14.1%}  {band['observed']:.1%} "
            f"({band['low']:.1%} to {band['high']:.1%}) of {band['n']:,}"
            for band in one["calibration"]
        ]
        for tier in ("watch", "alert", "naive_watch", "naive_alert"):
            lines.append(f"{tier:12} {_tier_text(one[tier])}")
    return "\n".join(lines)


def _tier_text(tier: Mapping[str, Any]) -> str:
    if tier["precision"] is None:
        return "nothing told"
    lead = "-" if tier["median_lead_days"] is None else f"{tier['median_lead_days']:.0f}"
    return (
        f"told {tier['told']:,}, precision {tier['precision']:.2f} ({tier['precision_low']:.2f} to "
        f"{tier['precision_high']:.2f}), recall {tier['recall']:.3f}, {lead} days before, "
        f"{tier['false_alarms_per_100_lines']:.2f} false alarms in 100 lines"
    )


if __name__ == "__main__":
    try:
        main()
    except EcosystemError as error:
        sys.exit(str(error))
