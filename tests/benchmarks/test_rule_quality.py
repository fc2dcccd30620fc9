"""What the benchmark of the early warning says about every rule, and that it counts as it says."""

import csv
import math
from datetime import timedelta

import numpy as np
import pytest

from benchmarks.alert_quality import Alarms, figures, figures_by_band, outcome_of
from benchmarks.alerts import OURS
from benchmarks.rule_outcome import measured_rules, rule_outcome
from benchmarks.rule_worlds import RECIPES
from benchmarks.rule_worlds.recipe import FIRST_DAY
from benchmarks.vendor_worlds import DAYS, NEVER, Vendors
from config.detector_quality import load_detector_quality
from ecosystem.paths import project_root

SEED = 100
NUMBERS = (
    "share_floor",
    "usual_swing_logit",
    "shift_factor",
    "shift_share",
    "threshold_base",
    "threshold_per_log_document",
)
MONTHS_WITHOUT_SHIFT = (DAYS - 365) / 30.4


@pytest.fixture(scope="module")
def found():
    return measured_rules([SEED])


def settings():
    with (project_root() / "dbt_project/seeds/seed_vendor_rule.csv").open(encoding="utf-8") as rows:
        return list(csv.DictReader(rows))


def rules_of_the_project():
    return {row["rule_id"] for row in settings()}


def settings_of(rule_id):
    (found,) = (row for row in settings() if row["rule_id"] == rule_id)
    return {name: float(found[name]) for name in NUMBERS}


def vendors(*shifts):
    """One vendor a band, each with the days on which its shift begins and is over."""
    start, end = (np.array(days) for days in zip(*shifts, strict=True))
    return Vendors(np.arange(1.0, len(shifts) + 1), start, end)


def alarms(vendor_count, told=(), watched=(), standing=()):
    one = Alarms(*(np.zeros((vendor_count, DAYS), bool) for _ in range(3)))
    for vendor, day in told:
        one.told[vendor, day] = True
    for vendor, day in watched:
        one.watched[vendor, day] = True
    for vendor, first, last in standing:
        one.standing[vendor, first:last] = True
    return one


def test_every_rule_of_the_project_is_measured():
    assert {rule for recipe in RECIPES for rule in recipe.rules} | set(OURS.values()) == rules_of_the_project()


def test_every_rule_of_the_project_has_its_measured_quality_in_mails():
    of_vendors = {
        rule for rule, one in load_detector_quality().items() if one.false_alarms_per_vendor_month is not None
    }
    assert of_vendors == rules_of_the_project()


@pytest.mark.parametrize("rule_id", sorted(rules_of_the_project() - {"quality_dip", "lead_time_growth"}))
def test_one_bad_document_alone_is_no_alert(rule_id):
    rule = settings_of(rule_id)
    usual = 1 / (1 + (1 - rule["share_floor"]) / rule["share_floor"] * math.exp(-rule["usual_swing_logit"]))
    heaviest = math.log((usual * rule["shift_factor"] + rule["shift_share"]) / usual)
    lowest_threshold = rule["threshold_base"] + rule["threshold_per_log_document"] * math.log(2)
    assert heaviest < lowest_threshold


def test_every_rule_is_scored_on_vendors_with_and_without_a_shift_overall_and_by_band(found):
    assert [recipe.name for recipe in RECIPES] == list(found)
    for recipe in RECIPES:
        assert tuple(found[recipe.name]) == tuple(recipe.rules)
        for rule, bands in found[recipe.name].items():
            assert len(bands) >= 4, rule
            assert bands["overall"]["vendors"] == sum(
                one["vendors"] for name, one in bands.items() if name != "overall"
            )
            for band, one in bands.items():
                assert 0 < one["shifts"] < one["vendors"], (rule, band)
                assert one["false_alarms_low"] <= one["false_alarms_per_vendor_month"] <= one["false_alarms_high"]


def test_every_rule_finds_more_shifts_than_chance_and_is_seldom_wrong(found):
    for recipe in RECIPES:
        for rule, bands in found[recipe.name].items():
            overall = bands["overall"]
            assert overall["recall"] > overall["chance_recall"] + 0.2, rule
            assert overall["median_delay_days"] > 0, rule
            assert 0 < overall["false_alarms_per_vendor_month"] < 0.06, rule


def test_a_world_is_the_same_for_the_same_seed_and_another_for_another():
    for recipe in RECIPES:
        one, same, other = (recipe.world(seed, "w") for seed in (7, 7, 8))
        for table, rows in one.rows.items():
            assert rows.num_rows > 0
            assert rows.equals(same.rows[table])
            assert not rows.equals(other.rows[table])


def test_shifts_of_a_world_lie_in_its_second_year_and_half_of_the_vendors_have_one():
    for recipe in RECIPES:
        one = recipe.world(7, "w").vendors
        start, end = (days[one.has_shift] for days in (one.shift_start, one.shift_end))
        assert 0.35 < one.has_shift.mean() < 0.65
        assert start.min() >= 365
        assert end.max() <= DAYS


def test_an_alarm_in_the_window_is_true_and_its_delay_counts_from_the_start():
    one = outcome_of(alarms(1, told=[(0, 430), (0, 440)]), vendors((400, 520)))
    assert (one.delay[0], one.false_alarms[0]) == (30, 0)


def test_an_alarm_before_the_start_or_after_the_window_is_false():
    one = outcome_of(alarms(1, told=[(0, 399), (0, 535)]), vendors((400, 520)))
    assert (one.delay[0], one.false_alarms[0]) == (NEVER, 2)


def test_a_longer_window_takes_later_alarms_for_true_and_expects_more_of_chance():
    truth = vendors((400, 520), (NEVER, NEVER))
    short, long = (outcome_of(alarms(2, told=[(0, 540), (1, 600)]), truth, window_days=days) for days in (135, 200))
    assert (short.delay[0], long.delay[0]) == (NEVER, 140)
    quiet_months = MONTHS_WITHOUT_SHIFT + (DAYS - 365 - 200) / 30.4
    assert figures(long)["chance_recall"] == round(1 - math.exp(-200 / 30.4 / quiet_months), 3)


def test_a_watch_is_no_alarm_and_is_counted_apart():
    one = figures(outcome_of(alarms(2, watched=[(0, 410), (1, 500)]), vendors((400, 520), (NEVER, NEVER))))
    assert (one["recall"], one["recall_with_watches"]) == (0, 1)
    assert one["false_alarms_per_vendor_month"] == 0
    assert one["false_watches_per_vendor_month"] > 0


def test_time_to_clear_counts_from_the_end_of_the_shift():
    one = outcome_of(alarms(1, told=[(0, 430)], standing=[(0, 430, 540)]), vendors((400, 520)))
    assert (one.clear_days[0], one.is_clear_seen[0]) == (20, True)


def test_bands_are_named_by_what_they_count():
    truth = vendors((400, 520), (NEVER, NEVER), (400, 520), (NEVER, NEVER))
    truth = Vendors(np.array([2.0, 2.0, 40.0, 40.0]), truth.shift_start, truth.shift_end)
    bands = figures_by_band(outcome_of(alarms(4), truth), "wave")
    assert {name: one["vendors"] for name, one in bands.items()} == {"overall": 4, "2_a_wave": 2, "40_a_wave": 2}


def test_what_turned_before_the_first_day_is_no_alarm_of_the_last_days():
    turns = [
        ("d7:0", FIRST_DAY - timedelta(days=5), "alert"),
        ("d7:0", FIRST_DAY + timedelta(days=500), "clear"),
        ("d7:1", FIRST_DAY + timedelta(days=430), "watch"),
    ]
    one = rule_outcome(turns, "d", {7: vendors((400, 520), (400, 520))})
    assert list(one.false_alarms) == [0, 0]
    assert list(one.delay) == [NEVER, NEVER]
    assert list(one.delay_of_watch) == [NEVER, 30]
