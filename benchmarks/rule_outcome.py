"""How good a rule of production is: what it told of the vendors of simulated worlds, against the truth of them."""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.alert_quality import WINDOW_AFTER_START_DAYS, Alarms, Outcome, figures_by_band, outcome_of, pooled
from benchmarks.alert_warehouse import AlertWarehouse
from benchmarks.rule_worlds import RECIPES
from benchmarks.rule_worlds.recipe import FIRST_DAY, Recipe, vendors_of_category
from benchmarks.vendor_worlds import DAYS, Vendors


def measured_rules(seeds: Sequence[int], recipes: Sequence[Recipe] = RECIPES) -> dict[str, Any]:
    """By recipe, rule and band: the figures over the worlds of all seeds, which are judged in one run."""
    outcomes = rule_outcomes(seeds, recipes)
    return {
        recipe.name: {
            rule: figures_by_band(outcome, recipe.counted_by) for rule, outcome in outcomes[recipe.name].items()
        }
        for recipe in recipes
    }


def rule_outcomes(seeds: Sequence[int], recipes: Sequence[Recipe] = RECIPES) -> dict[str, dict[str, Outcome]]:
    """By recipe and rule: what all worlds of the seeds showed, vendor by vendor."""
    with tempfile.TemporaryDirectory() as folder:
        last_day = FIRST_DAY + timedelta(days=max(recipe.days for recipe in recipes) - 1)
        warehouse = AlertWarehouse(Path(folder) / "rules", last_day)
        vendors = {recipe.name: _fill(warehouse, recipe, seeds) for recipe in recipes}
        warehouse.seed()
        warehouse.judge()
        return {
            recipe.name: {
                rule: rule_outcome(
                    warehouse.turns(rule), recipe.name, vendors[recipe.name], recipe.window_days, recipe.days
                )
                for rule in recipe.rules
            }
            for recipe in recipes
        }


def _fill(warehouse: AlertWarehouse, recipe: Recipe, seeds: Sequence[int]) -> dict[int, Vendors]:
    vendors = {}
    for seed in seeds:
        prefix = f"{recipe.name}{seed}"
        world = recipe.world(seed, prefix)
        vendors[seed] = world.vendors
        warehouse.add("marts.dim_vendor", vendors_of_category(prefix, len(world.vendors.events_per_month)))
        for table, rows in world.rows.items():
            warehouse.add(table, rows)
    return vendors


def rule_outcome(
    turns: Iterable[tuple[str, date, str]],
    prefix: str,
    vendors: Mapping[int, Vendors],
    window_days: int = WINDOW_AFTER_START_DAYS,
    days: int = DAYS,
) -> Outcome:
    """What the turns of a rule (vendor, day, what) told: an alert and each further one of its episode; standing until
    it cleared or lapsed."""
    alarms = {
        seed: Alarms(*(np.zeros((len(one.events_per_month), days), bool) for _ in range(3)))
        for seed, one in vendors.items()
    }
    for vendor_key, turned, turn in turns:
        world, _, vendor = vendor_key.removeprefix(prefix).partition(":")
        one, day = alarms[int(world)], (turned - FIRST_DAY).days
        if turn in ("watch", "alert") and 0 <= day < days:
            (one.told if turn == "alert" else one.watched)[int(vendor), day] = True
        if turn != "watch":
            # what turned before the first day holds from it on
            one.standing[int(vendor), max(day, 0) :] = turn == "alert"
    return pooled([outcome_of(alarms[seed], one, window_days) for seed, one in vendors.items()])
