"""How good the early warning is: its rules on vendors whose shifts are known, beside the rules that others alert by.

``make bench-alerts`` prints the figures and writes them to ``$ECOSYSTEM_HOME/bench/alerts.json``; ``--seed`` takes any
seed, as often as wanted. The models that judge are those of production, run by dbt on a warehouse that holds simulated
orders and lots. With ``REFERENCE_DATA`` set it also says what they would have told of real deliveries.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks import vendor_worlds
from benchmarks.alert_quality import Outcome, alarms_of, figures, figures_by_band, outcome_of, pooled
from benchmarks.alert_rules import DELIVERY_RULES, QUALITY_RULES
from benchmarks.alert_warehouse import FROM_BASELINE_ON, AlertWarehouse
from benchmarks.real_deliveries import RealDeliveries, judged_deliveries
from benchmarks.rule_outcome import measured_rules, rule_outcome
from benchmarks.rule_worlds import RECIPES
from benchmarks.rule_worlds.recipe import FIRST_DAY, dates, vendor_keys, vendors_of_category
from benchmarks.vendor_worlds import DAYS, NEVER, Deliveries, Lots, Vendors
from ecosystem.errors import EcosystemError
from ecosystem.paths import home

SEEDS = tuple(range(200, 210))
LAST_DAY = FIRST_DAY + timedelta(days=DAYS - 1)
OURS = {"delivery": "delivery_slip", "quality": "quality_dip"}
"""Our rules that the rules of others are measured beside, by kind of worlds."""
LANEY = "laney_chart_by_month"
EQUAL_WITHIN = 0.001
SCALE_VENDORS, SCALE_DAYS = 5_000, 1_095

Worlds = Mapping[int, Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure in a temporary folder; only the figures stay."""
    parser = argparse.ArgumentParser(description="How good the early warning is.")
    parser.add_argument("--seed", type=int, action="append", help="a world's seed; 200 to 209 unless given")
    options = parser.parse_args(arguments)
    found = measure(tuple(options.seed or SEEDS))
    bench = home().bench
    bench.mkdir(parents=True, exist_ok=True)
    file = bench / "alerts.json"
    file.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    _say(_report(found))
    _say(f"written to {file}")


def measure(seeds: Sequence[int]) -> dict[str, Any]:
    """The figures of ``docs/early-warning.md``."""
    deliveries = {seed: vendor_worlds.deliveries(seed) for seed in seeds}
    lots = {seed: vendor_worlds.lots(seed) for seed in seeds}
    with tempfile.TemporaryDirectory() as folder:
        warehouse = AlertWarehouse(Path(folder) / "worlds", LAST_DAY)
        _fill(warehouse, deliveries, lots)
        warehouse.seed()
        warehouse.judge()
        ours = {
            "delivery": rule_outcome(warehouse.turns("delivery_slip"), "d", _vendors_of(deliveries)),
            "quality": rule_outcome(warehouse.turns("quality_dip"), "q", _vendors_of(lots)),
        }
        others = {
            "delivery": {name: _theirs(rule, deliveries) for name, rule in DELIVERY_RULES.items()},
            "quality": {name: _theirs(rule, lots) for name, rule in QUALITY_RULES.items()},
        }
        equal = _at_equal_false_alarms(warehouse, deliveries, others["delivery"][LANEY])
        found: dict[str, Any] = {
            "seeds": list(seeds),
            **{
                family: {
                    name: figures_by_band(outcome)
                    for name, outcome in {OURS[family]: ours[family], **others[family]}.items()
                }
                for family in OURS
            },
            **measured_rules(seeds),
            "delivery_at_laney_false_alarms": equal,
        }
        found["scale"] = _scale(Path(folder) / "scale")
        found["real_deliveries"] = _real(Path(folder) / "real")
    return found


def _fill(warehouse: AlertWarehouse, deliveries: Mapping[int, Deliveries], lots: Mapping[int, Lots]) -> None:
    for seed, world in deliveries.items():
        warehouse.add("marts.dim_vendor", vendors_of_category(f"d{seed}", len(world.vendors.events_per_month)))
        _add_deliveries(warehouse, f"d{seed}", seed, world, DAYS)
    for seed, inspected in lots.items():
        warehouse.add("marts.dim_vendor", vendors_of_category(f"q{seed}", len(inspected.vendors.events_per_month)))
        number = np.arange(len(inspected.vendor)).astype(str)
        warehouse.add(
            "marts.fct_inspection_lot",
            pa.table(
                {
                    "inspection_lot": np.char.add(f"q{seed}:", number),
                    "vendor_key": vendor_keys(f"q{seed}", inspected.vendor),
                    "decided_date": dates(inspected.decided),
                    "is_inspected": np.ones(len(number), bool),
                    "is_receipt_reversed": np.zeros(len(number), bool),
                    "outcome": np.full(len(number), "accepted"),
                    "is_complaint_withdrawn": np.zeros(len(number), bool),
                    "is_defective_assumed": np.zeros(len(number), bool),
                    "lot_quantity": inspected.pieces,
                    "counted_defective_quantity": inspected.defective,
                }
            ),
        )


def _add_deliveries(warehouse: AlertWarehouse, prefix: str, number: int, world: Deliveries, days: int) -> None:
    """Order lines and promise changes of one world; what is booked after its last day is not booked."""
    line_order = np.repeat(np.arange(len(world.vendor)), world.lines)
    keys = np.char.add(f"{prefix}/", np.arange(len(line_order)).astype(str))
    is_booked = (world.booked < days)[line_order]
    warehouse.add(
        "marts.fct_schedule_line",
        pa.table(
            {
                "order_bucket": line_order + number * 10_000_000,
                "schedule_line_key": keys,
                "vendor_key": vendor_keys(prefix, world.vendor)[line_order],
                "purchase_order": line_order.astype(str),
                "is_vendor_performance": np.ones(len(line_order), bool),
                "first_promise_date": dates(world.due[line_order]),
                "in_full_date": pa.array(dates(world.delivered[line_order]), mask=~is_booked),
                "recorded_date": pa.array(dates(world.booked[line_order]), mask=~is_booked),
                "state": np.where(is_booked, "delivered", "open"),
            }
        ),
    )
    told = np.flatnonzero(world.announced[line_order] < days)
    orders = line_order[told]
    warehouse.add(
        "marts.fct_promise_change",
        pa.table(
            {
                "order_bucket": orders + number * 10_000_000,
                "schedule_line_key": keys[told],
                "direction": np.full(len(told), "later"),
                "changed_at": dates(world.announced[orders]).astype("datetime64[us]"),
                "landed_at": dates(world.announced[orders]).astype("datetime64[us]"),
                "to_date": dates(np.maximum(world.delivered[orders], world.due[orders] + 7)),
            }
        ),
    )


def _vendors_of(worlds: Worlds) -> dict[int, Vendors]:
    return {seed: world.vendors for seed, world in worlds.items()}


def _theirs(rule: Any, worlds: Worlds) -> Outcome:
    return pooled([outcome_of(alarms_of(rule(world)), world.vendors) for world in worlds.values()])


def _at_equal_false_alarms(
    warehouse: AlertWarehouse, worlds: Mapping[int, Deliveries], laney: Outcome
) -> dict[str, Any]:
    """Ours with the threshold moved until it gives as many false alarms as Laney's chart; the settings are put back."""
    wanted = figures(laney)["false_alarms_per_vendor_month"] or 0.0
    lowest, highest = -1.5, 1.5
    for _ in range(8):
        moved = (lowest + highest) / 2
        warehouse.move_thresholds(moved)
        warehouse.judge(FROM_BASELINE_ON)
        warehouse.move_thresholds(-moved)
        ours = figures(rule_outcome(warehouse.turns("delivery_slip"), "d", _vendors_of(worlds)))
        rate = ours["false_alarms_per_vendor_month"] or 0.0
        if abs(rate - wanted) <= EQUAL_WITHIN:
            break
        lowest, highest = (moved, highest) if rate > wanted else (lowest, moved)
    return {"threshold_moved_by": round(moved, 3), "delivery_slip": ours, LANEY: figures(laney)}


def _scale(folder: Path) -> dict[str, Any]:
    """Seconds for three years of 5,000 vendors, and for the next day."""
    warehouse = AlertWarehouse(folder, FIRST_DAY + timedelta(days=SCALE_DAYS - 1))
    vendors, number = 0, 0
    while vendors < SCALE_VENDORS:
        world, later = (vendor_worlds.deliveries(1_000 + number + part) for part in range(2))
        prefix = f"d{number}"
        warehouse.add("marts.dim_vendor", vendors_of_category(prefix, len(world.vendors.events_per_month)))
        _add_deliveries(warehouse, prefix, number, _three_years(world, later), SCALE_DAYS)
        vendors += len(world.vendors.events_per_month)
        number += 2
    warehouse.seed()
    full_s = warehouse.judge()
    warehouse.touch_orders_promised(FIRST_DAY + timedelta(days=SCALE_DAYS - 10))
    day_s = warehouse.judge(full_refresh=False)
    counted = warehouse.rows("marts.fct_schedule_line"), warehouse.rows("intermediate.int_erp__touched_order")
    return {
        "vendors": vendors,
        "days": SCALE_DAYS,
        "lines": counted[0],
        "full_s": round(full_s, 1),
        "touched_orders": counted[1],
        "day_s": round(day_s, 1),
    }


def _three_years(world: Deliveries, later: Deliveries) -> Deliveries:
    """Two years of one world, and of another's first year as the third."""
    chosen = np.flatnonzero(later.due < SCALE_DAYS - DAYS)
    shifted = {
        name: np.where(getattr(later, name)[chosen] < NEVER, getattr(later, name)[chosen] + DAYS, NEVER)
        for name in ("due", "delivered", "booked", "announced")
    }
    return Deliveries(
        vendors=world.vendors,
        vendor=np.concatenate([world.vendor, later.vendor[chosen]]),
        lines=np.concatenate([world.lines, later.lines[chosen]]),
        **{name: np.concatenate([getattr(world, name), days]) for name, days in shifted.items()},
    )


def _real(folder: Path) -> list[dict[str, Any]] | None:
    """What would have been told of real vendors; None without the file."""
    reference = os.environ.get("REFERENCE_DATA")
    if not reference:
        return None
    return judged_deliveries(RealDeliveries(Path(reference)), folder)


def _report(found: Mapping[str, Any]) -> str:
    lines = [f"seeds {', '.join(map(str, found['seeds']))}"]
    for family in (*OURS, *(recipe.name for recipe in RECIPES)):
        lines.append(
            f"\n{family:28} false alarms a vendor-month   recall (30 d, chance)  delay  clear  precision  false watches"
        )
        for name, bands in found[family].items():
            lines += [_row(name if band == "overall" else f"  {band}", one) for band, one in bands.items()]
    equal = found["delivery_at_laney_false_alarms"]
    lines.append("\ndelivery, ours with the threshold moved to Laney's false alarms:")
    lines += [_row(name, equal[name]) for name in ("delivery_slip", LANEY)]
    scale = found["scale"]
    lines.append(
        f"\n{scale['vendors']:,} vendors, {scale['days']:,} days, {scale['lines']:,} lines: {scale['full_s']} s; "
        f"a day's {scale['touched_orders']:,} orders: {scale['day_s']} s"
    )
    lines += _real_report(found["real_deliveries"])
    return "\n".join(lines)


def _row(name: str, one: Mapping[str, Any]) -> str:
    rate = f"{one['false_alarms_per_vendor_month']:.3f} ({one['false_alarms_low']:.3f}-{one['false_alarms_high']:.3f})"
    recall = f"{one['recall']:.2f} ({one['recall_in_30_days']:.2f}, {one['chance_recall']:.2f})"
    delay, clear, precision = (
        "-" if one[key] is None else f"{one[key]:{shape}}"
        for key, shape in (
            ("median_delay_days", ".0f"),
            ("median_days_to_clear", ".0f"),
            ("precision_at_15_percent", ".2f"),
        )
    )
    watches = f"{one['false_watches_per_vendor_month']:.3f}"
    return f"{name:34} {rate:>22}   {recall:>22}  {delay:>5}  {clear:>5}  {precision:>9}  {watches:>13}"


def _real_report(vendors: Iterable[Mapping[str, Any]] | None) -> list[str]:
    if vendors is None:
        return ["\nreal deliveries: not judged; set REFERENCE_DATA, see docs/reference-data.md"]
    lines = ["\nreal deliveries (USAID SCMS):"]
    for one in vendors:
        late = ", ".join(f"{year} {share:.0%} of {n}" for year, (share, n) in one["late_by_year"].items())
        told = "; ".join(f"{alert['told']} (likely since {alert['since']})" for alert in one["alerts"]) or "no alert"
        lines.append(f"{one['vendor']}: {told}\n    late: {late}")
    return lines


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main()
    except EcosystemError as error:
        sys.exit(str(error))
