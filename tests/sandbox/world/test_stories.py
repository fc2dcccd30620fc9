"""The two stories as a reader of the systems finds them: each label is worked out again from rows alone."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from statistics import fmean

import pytest

from sandbox import oracle
from sandbox.world import World


@pytest.fixture(params=[11, 20260630])
def told(request):
    return World(seed=request.param, size=0.1)


def midnight(day):
    return datetime.combine(day, time.min, UTC)


def availability(world, items, first, last):
    """Share of the time from the first to the last day (or now) in which the items were not down."""
    start, end = midnight(first), min(midnight(last) + timedelta(days=1), world.now())
    down = 0.0
    for outage in world.rows("outage"):
        if outage["cmdb_ci"] in items:
            assert outage["type"] == "outage"
            until = outage["end"] or world.now()
            down += max((min(until, end) - max(outage["begin"], start)).total_seconds(), 0.0)
    return 1 - down / ((end - start).total_seconds() * len(items))


def months(first, last):
    day = first
    while day < last:
        following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        yield day, following - timedelta(days=1)
        day = following


def nps(scores):
    return 100 * (sum(score >= 9 for score in scores) - sum(score <= 6 for score in scores)) / len(scores)


def test_both_partners_are_known_in_all_three_systems(told):
    for story in told.truth.stories:
        assert [row["SupplierName"] for row in told.rows("supplier") if row["Supplier"] == story.vendor.zfill(10)]
        account = next(row for row in told.rows("account") if row["Id"] == story.account_id)
        assert account["AccountNumber"] == story.vendor
        assert account["Strategic_Vendor__c"]
        assert account["Name"] in {row["vendor.name"] for row in told.rows("incident")}


def test_the_sensors_are_up_two_fifths_more_after_the_pilot_and_stable_before_and_after(told):
    story = told.truth.stories[0]
    items = set(story.items)
    owners = {row["vendor"] for row in told.rows("configuration_item") if row["sys_id"] in items}
    assert owners == {story.portal_id}
    assert len(items) == 40
    before, after = (availability(told, items, *span) for span in (story.before, story.after))
    assert before == pytest.approx(story.availability_before, abs=0.001)
    assert after == pytest.approx(story.availability_after, abs=0.001)
    assert after / before == pytest.approx(1.40, abs=0.003)
    for span, whole in ((story.before, before), (story.after, after)):
        assert all(abs(availability(told, items, *month) - whole) < 0.005 for month in months(*span))


def test_no_outage_of_a_sensor_lies_within_another(told):
    story = told.truth.stories[0]
    spans = sorted(
        (row["cmdb_ci"], row["begin"], row["end"] or told.now())
        for row in told.rows("outage")
        if row["cmdb_ci"] in story.items
    )
    assert len(spans) > 1_000
    assert all(a[0] != b[0] or a[2] <= b[1] for a, b in pairwise(spans))


def test_the_pilot_and_three_sprints_lie_between_before_and_after(told):
    story = told.truth.stories[0]
    pilot = next(row for row in told.rows("pilot") if row["Id"] == story.pilot_id)
    assert (pilot["Status__c"], pilot["Outcome__c"]) == ("Completed", "Adopted")
    assert story.before[1] < pilot["Start_Date__c"] < pilot["End_Date__c"] < story.after[0]
    sprints = [row for row in told.rows("engagement") if row["Id"] in story.sprint_ids]
    assert [row["Kind__c"] for row in sprints] == ["Joint Sprint"] * 3
    assert all(pilot["Start_Date__c"] < row["Held_On__c"] < pilot["End_Date__c"] for row in sprints)
    assert {row["Status__c"] for row in sprints} == {"Held"}
    criteria = [row for row in told.rows("pilot_criterion") if row["Pilot__c"] == story.pilot_id]
    assert sum(row["Weight_Pct__c"] for row in criteria) == 100
    assert all(row["Fixed_On__c"] < pilot["Start_Date__c"] for row in criteria)


def test_stakeholder_nps_goes_from_65_to_82_with_enough_voices_in_each_wave(told):
    story = told.truth.stories[1]
    waves = {}
    for row in told.rows("survey_response"):
        if row["Account__c"] == story.account_id and row["Direction__c"] == "stakeholder_rates_vendor":
            waves.setdefault(row["Wave__c"], {})[row["Respondent_Email__c"]] = row["Score__c"]
            assert row["Wave__c"] > story.wave_before or row["Submitted_At__c"].date() < story.go_live
    assert len(waves[story.wave_before]) >= 40
    assert len(waves[story.wave_after]) >= 40
    assert nps(waves[story.wave_before].values()) == story.nps_before == 65
    assert nps(waves[story.wave_after].values()) == story.nps_after == 82
    before = [nps(scores.values()) for wave, scores in waves.items() if wave <= story.wave_before]
    assert len(before) == 7
    assert set(before) == {65}
    later = [wave for wave in sorted(waves) if wave > story.wave_before]
    assert later.index(story.wave_after) == 1, "the second wave after the portal was linked"


def test_renewals_are_signed_three_months_earlier_once_the_portal_is_linked(told):
    story = told.truth.stories[1]
    signed = [
        (row["Signed_On__c"], (row["Signed_On__c"] - row["Due_Date__c"]).days)
        for row in told.rows("contract_renewal")
        if row["Account__c"] == story.account_id and row["Signed_On__c"]
    ]
    # those that fell due before anybody could sign early are signed as ever, some of them after the portal came
    usual = [days for _, days in signed if days > -60]
    early = [(day, days) for day, days in signed if days <= -60]
    assert len(usual) >= 20
    assert len(early) >= 8
    assert all(day > story.go_live for day, _ in early)
    assert fmean(usual) - fmean(days for _, days in early) == pytest.approx(story.renewals_forward_days, abs=4)


def test_the_stories_are_the_same_in_every_world(told):
    assert oracle.stories(told) == oracle.stories(World(seed=12, size=0.1))
