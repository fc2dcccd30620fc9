"""What the service portal holds beside tickets: clocks of targets, stays in states, outages of what vendors run."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from sandbox.world import service_hours
from sandbox.world.tickets import ON_HOLD


def test_a_day_of_the_office_has_ten_hours_in_summer_and_winter():
    summer, winter = datetime(2026, 6, 30, 12, tzinfo=UTC), datetime(2026, 1, 13, 12, tzinfo=UTC)
    for noon in (summer, winter):
        day = service_hours.seconds_before("weekdays_8_18", noon + timedelta(days=1)) - service_hours.seconds_before(
            "weekdays_8_18", noon
        )
        assert day == 36_000
    # 17:00 in Berlin on a Friday in summer is 15:00 UTC: an hour is left, and the next one is on Monday at 08:00
    friday = datetime(2026, 6, 26, 15, tzinfo=UTC)
    monday = service_hours.open_seconds_later("weekdays_8_18", friday, 2 * 3600)
    assert monday == datetime(2026, 6, 29, 7, tzinfo=UTC)
    assert service_hours.open_seconds_later("24x7", friday, 7200) == friday + timedelta(hours=2)


@pytest.mark.parametrize("hours", [0.5, 4, 10, 30, 40, 50])
def test_open_hours_later_and_open_hours_between_are_the_same_measure(hours):
    start = datetime(2025, 12, 23, 16, 40, tzinfo=UTC)
    end = service_hours.open_seconds_later("weekdays_8_18", start, hours * 3600)
    between = service_hours.seconds_before("weekdays_8_18", end) - service_hours.seconds_before("weekdays_8_18", start)
    assert between == hours * 3600


def test_stays_follow_each_other_from_the_opening_to_the_present_state(small_world):
    tickets = {row["sys_id"]: row for row in small_world.rows("incident")}
    stays = defaultdict(list)
    for row in small_world.rows("metric_instance"):
        stays[row["id"]].append(row)
    assert stays.keys() <= tickets.keys()
    assert len(stays) > 500
    for ticket, rows in stays.items():
        rows.sort(key=lambda row: row["start"])
        assert [row["end"] for row in rows[:-1]] == [row["start"] for row in rows[1:]]
        assert rows[-1]["end"] is None
        assert rows[-1]["field_value"] == tickets[ticket]["state"]
        for row in rows[:-1]:
            assert row["duration"] == (row["end"] - row["start"]).total_seconds() > 0
    assert sum(row["field_value"] == ON_HOLD for rows in stays.values() for row in rows) > 50


def test_targets_are_met_breached_paused_and_running(world):
    rows = world.rows("task_sla")
    assert Counter(row["sla.type"] for row in rows).keys() == {"SLA", "Underpinning contract"}
    assert Counter(row["sla.target"] for row in rows).keys() == {"response", "resolution"}
    assert {row["stage"] for row in rows} == {"in_progress", "paused", "completed", "cancelled"}
    running = [row for row in rows if row["end_time"] is None]
    assert any(row["has_breached"] for row in running)
    assert any(not row["has_breached"] for row in running)
    assert any(row["planned_end_time"] > world.now() for row in running)
    ended = [row for row in rows if row["stage"] == "completed"]
    for row in ended:
        assert row["has_breached"] == (row["end_time"] > row["planned_end_time"])
        gross = (row["end_time"] - row["start_time"]).total_seconds()
        assert row["duration"] == gross - row["pause_duration"] >= 0
        assert 0 <= row["business_duration"] <= row["duration"] or row["schedule.name"] == "24x7"
    assert 0.1 < sum(row["has_breached"] for row in ended) / len(ended) < 0.5
    assert sum(row["pause_duration"] > 0 for row in ended) > 200


def test_the_pauses_of_a_target_are_the_stays_on_hold(small_world):
    held = defaultdict(int)
    reopened = {row["sys_id"] for row in small_world.rows("incident") if row["reopen_count"]}
    for row in small_world.rows("metric_instance"):
        if row["field_value"] == ON_HOLD and row["duration"]:
            held[row["id"]] += row["duration"]
    checked = 0
    for row in small_world.rows("task_sla"):
        if row["sla.target"] == "resolution" and row["sla.type"] == "SLA" and row["task"] not in reopened:
            assert row["pause_duration"] == held[row["task"]]
            checked += 1
    assert checked > 400


def test_a_reopened_ticket_gets_its_target_again(small_world):
    reopened = {row["sys_id"] for row in small_world.rows("incident") if row["reopen_count"]}
    again = Counter(row["task"] for row in small_world.rows("task_sla") if row["sla.name"].endswith(" resolution")
                    and row["sla.type"] == "SLA")  # fmt: skip
    assert reopened
    assert {task for task, count in again.items() if count == 2} == reopened


def test_a_job_touches_running_targets_without_changing_them(small_world):
    touched = 0
    for document in small_world.truth.documents["task_sla"]:
        for before, after in pairwise(document.states):
            changed = {name for name in before if before[name] != after[name]}
            assert "sys_updated_on" in changed
            touched += changed == {"sys_updated_on"}
    assert touched > 100


def test_outages_are_open_planned_overlapping_and_slow(world):
    outages = world.rows("outage")
    assert {row["type"] for row in outages} == {"outage", "degradation", "planned"}
    assert sum(row["end"] is None for row in outages) >= 3
    assert any(row["type"] == "planned" and row["begin"] > world.now() for row in outages)
    assert any(row["sys_created_on"] > row["begin"] + timedelta(hours=20) for row in outages)
    for row in outages:
        if row["end"]:
            assert row["duration"] == (row["end"] - row["begin"]).total_seconds() > 0
    spans = sorted((row["cmdb_ci"], row["begin"], row["end"] or world.now()) for row in outages)
    assert sum(a[0] == b[0] and b[1] < a[2] for a, b in pairwise(spans)) > 10


def test_items_belong_to_companies_of_the_portal_and_some_to_nobody(world):
    items = world.rows("configuration_item")
    assert {row["cmdb_ci"] for row in world.rows("outage")} <= {row["sys_id"] for row in items}
    assert sum(row["vendor"] == "" for row in items) == 5
    assert len({row["vendor"] for row in items}) >= 20
    assert {row["install_status"] for row in items} == {"1", "7"}
    assert any(row["install_date"] is None for row in items)
