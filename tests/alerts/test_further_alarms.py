"""A further alarm of an episode is told as what it is: once, in the thread, and without a second alert."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from alerts import actions, ledger
from alerts.actions import ReasonCode, Verdict
from alerts.facts import signal_from
from alerts.signals import VendorSignal
from alerts.wording import ordinal
from tests.alerts.test_life import text_of

FOUND = {"reason_code": ReasonCode.VENDOR, "verdict": Verdict.TRUE}
RECOVERED = {"signal_state": "cleared", "clear_reason": "recovered"}


def alarm(shift, number, vendor=1, **fields):
    told_at = datetime(2026, 6, 28 + number, tzinfo=UTC) if number < 3 else datetime(2026, 7, number, tzinfo=UTC)
    return shift(vendor, **{"alerts": number, "last_told_at": told_at} | fields)


def test_a_further_alarm_is_told_once_in_the_thread_as_what_it_is(life, shift):
    life.run(1)
    life.run(2, shifts=[alarm(shift, 1)])
    (opened,) = life.arrived
    assert life.run(3, shifts=[alarm(shift, 1)]) == []
    assert life.run(4, shifts=[alarm(shift, 3, observed=0.41)]) == ["again"]
    (again,) = life.arrived
    assert again["In-Reply-To"] == opened["Message-ID"]
    assert str(again["Subject"]) == (
        "Again: Vendor 1: late deliveries 41 %, expected 6 %, third alarm since 18 May 2026"
    )
    said = text_of(again)
    assert "The shift in late deliveries goes on: this is the third alarm since 18 May 2026, on 3 Jul 2026" in said
    assert "It is back" not in said
    assert life.run(5, shifts=[alarm(shift, 3)]) == []
    assert life.history(shift(1)) == ["opened", "told_again"]
    assert life.row(shift(1))["state"] == "open"


def test_what_somebody_has_taken_on_is_told_of_too_and_stays_taken_on(life, shift, day):
    life.run(1)
    life.run(2, shifts=[alarm(shift, 1)])
    life.act(actions.acknowledge, [shift(1)["signal_key"]], "Ada", day(2))
    assert life.run(3, shifts=[alarm(shift, 2)]) == ["again"]
    assert "Taken on: Since 1 Jul 2026." in text_of(life.arrived[0])
    assert life.row(shift(1))["state"] == "acknowledged"


def test_a_silenced_or_muted_alarm_is_told_when_that_is_over(life, shift, feed, day):
    life.run(1)
    life.run(2, shifts=[alarm(shift, 1), alarm(shift, 1, 2)])
    life.act(actions.silence, {"vendor_key": ["erp_s4hana:10001"]}, "Ada", "known", day(2), day(4))
    muted = {"is_muted": True, "mute_reason": "the feed is stale"}
    assert life.run(3, shifts=[alarm(shift, 2), alarm(shift, 2, 2, **muted)]) == []
    assert life.run(4, shifts=[alarm(shift, 2), alarm(shift, 2, 2)]) == ["again", "again"]


def test_an_alarm_takes_the_place_of_a_reminder_and_begins_its_interval_anew(life, shift):
    life.configure("remind_after_hours: {alert: 48}\n")
    life.run(1)
    life.run(2, shifts=[alarm(shift, 1)])
    assert life.run(4, shifts=[alarm(shift, 2)]) == ["again"]
    assert life.run(5, shifts=[alarm(shift, 2)]) == []
    assert life.run(6, shifts=[alarm(shift, 2)]) == ["reminder"]


def test_what_only_the_digest_of_a_first_load_told_is_mailed_to_its_route_at_the_next_alarm(life, shift):
    assert life.run(1, shifts=[alarm(shift, 2, is_strategic=True)]) == ["digest"]
    assert life.run(2, shifts=[alarm(shift, 2, is_strategic=True)]) == []
    assert life.run(3, shifts=[alarm(shift, 3, is_strategic=True)]) == ["again"]
    assert life.arrived[0]["X-Alert-Route"] == "strategic"
    assert life.run(4, shifts=[alarm(shift, 3, is_strategic=True, **RECOVERED)]) == ["resolved"]


def test_a_watch_that_becomes_an_alert_is_told_as_new_and_not_as_a_further_alarm(life, shift):
    life.configure("weekly_digest: tuesday\n")
    life.run(1)
    life.run(2, shifts=[alarm(shift, 0, severity="watch")])
    assert life.run(8, shifts=[alarm(shift, 0, severity="watch")]) == ["weekly"]
    assert life.run(9, shifts=[alarm(shift, 1)]) == ["opened"]
    assert life.run(10, shifts=[alarm(shift, 2)]) == ["again"]


def test_an_alarm_while_the_alert_waits_for_the_digest_is_told_by_the_digest(life, shift, signal):
    life.configure("weekly_digest: monday\nweekly_mails_per_recipient: 1\n")
    life.run(1)
    assert life.run(2, shifts=[alarm(shift, 1, 2, is_strategic=True), alarm(shift, 1, 3, is_strategic=True)]) == [
        "opened"
    ]
    (waiting,) = [one for one in (2, 3) if life.row(shift(one, is_strategic=True))["announced"] == "queued"]
    (told,) = {2, 3} - {waiting}
    rows = [alarm(shift, 1, told, is_strategic=True), alarm(shift, 2, waiting, is_strategic=True)]
    assert life.run(3, shifts=rows) == []
    assert life.run(7, shifts=rows) == ["weekly"]
    assert life.run(8, shifts=rows) == []
    rows[1] = alarm(shift, 3, waiting, is_strategic=True)
    assert life.run(9, shifts=rows) == ["again"]


def test_a_further_alarm_over_the_budget_waits_for_the_week_that_has_room(life, shift):
    life.configure("weekly_digest: monday\nweekly_mails_per_recipient: 1\n")
    life.run(1)
    life.run(2, shifts=[alarm(shift, 1)])
    assert life.run(3, shifts=[alarm(shift, 2)]) == []
    assert life.run(7, shifts=[alarm(shift, 2)]) == ["again"]


def test_an_alarm_on_a_closed_day_waits_for_a_business_day(life, shift):
    life.configure("calendar: {workdays: [monday, tuesday, wednesday, thursday, friday]}\n")
    life.run(1)
    life.run(2, shifts=[alarm(shift, 1)])
    assert life.run(5, shifts=[alarm(shift, 2)]) == []
    assert life.run(7, shifts=[alarm(shift, 2)]) == ["again"]


def test_what_a_person_has_closed_stays_closed_at_a_further_alarm(life, shift, day):
    life.run(1)
    life.run(2, shifts=[alarm(shift, 1)])
    life.act(actions.resolve, [shift(1)["signal_key"]], "Ada", day(2), **FOUND)
    life.run(3, shifts=[alarm(shift, 1)])
    assert life.run(4, shifts=[alarm(shift, 2)]) == []


def test_alarms_that_the_data_take_back_and_give_again_are_told_once(life, shift):
    life.run(1)
    life.run(2, shifts=[alarm(shift, 1)])
    assert life.run(3, shifts=[alarm(shift, 2)]) == ["again"]
    assert life.run(4, shifts=[alarm(shift, 1)]) == []
    assert life.run(5, shifts=[alarm(shift, 2)]) == []
    assert life.run(6, shifts=[alarm(shift, 3)]) == ["again"]


def test_shifts_of_one_vendor_and_family_are_told_anew_in_one_mail(life, shift):
    life.run(1)
    both = [shift(1), shift(1, rule_id="lead_time_growth")]
    life.run(2, shifts=both)
    assert life.run(3, shifts=[row | {"alerts": 2} for row in both]) == ["again"]
    assert text_of(life.arrived[0]).count("goes on: this is the second alarm") == 2


def test_alarms_from_before_they_were_counted_are_taken_for_told(life, shift):
    life.run(1)
    life.run(2, shifts=[alarm(shift, 2)])
    engine = ledger.open_ledger(life.publish.home)
    with ledger.writing(engine) as connection:
        connection.execute(text("UPDATE alert SET alarms_told = NULL"))
    engine.dispose()
    assert life.run(3, shifts=[alarm(shift, 3)]) == []
    assert life.run(4, shifts=[alarm(shift, 4)]) == ["again"]


def test_facts_that_were_kept_before_alarms_were_counted_are_a_signal(shift):
    row = shift(1, started_at="2026-06-29T08:00:00Z", likely_since_date="2026-05-18")
    signal = signal_from({name: value for name, value in row.items() if name not in ("alerts", "last_told_at")})
    assert isinstance(signal, VendorSignal)
    assert (signal.alerts, signal.last_told_at, signal.announced_count) == (1, None, None)
    assert signal.likely_since_date == date(2026, 5, 18)


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (1, "first"),
        (2, "second"),
        (10, "tenth"),
        (11, "11th"),
        (13, "13th"),
        (21, "21st"),
        (22, "22nd"),
        (112, "112th"),
    ],
)
def test_ordinals(number, word):
    assert ordinal(number) == word
