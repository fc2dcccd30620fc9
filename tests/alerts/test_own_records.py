"""The ledger's history lands as a source: each event once, also where the task was killed before it told."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from alerts import run
from alerts.actions import ReasonCode, Verdict, resolve
from alerts.ledger import open_ledger
from alerts.run import run_alerts
from connectors.ecosystem import own_records as landing
from ecosystem.errors import EcosystemError

CLEARED = {"signal_state": "cleared", "clear_reason": "delivered"}


@pytest.fixture
def landed(home):
    """What has landed, as (vendor, rule, event, sequence, at), in the order of the events."""

    def read():
        batches = landing.landed(home, "alert_event")
        if not batches:
            return []
        rows = pa.concat_tables([pq.read_table(batch.path) for batch in batches]).to_pylist()
        return sorted((row["vendor_key"], row["rule_id"], row["event"], row["sequence"], row["at"]) for row in rows)

    return read


def test_each_event_of_an_alert_lands_once(home, publish, signal, smtp, mailbox, day, landed):
    publish([signal(1, 1)], day(1))
    run_alerts(home, day(1), smtp)
    publish([signal(1, 1), signal(2, 1)], day(2))
    run_alerts(home, day(2), smtp)
    publish([signal(1, 1, **CLEARED), signal(2, 1)], day(3))
    for _ in range(3):
        run_alerts(home, day(3), smtp)
    rule = ("erp_s4hana:10001", "promise_moved_later")
    told = landed()
    assert [row[:4] for row in told] == [
        (*rule, "notified", 1),
        (*rule, "notified", 1),
        (*rule, "opened", 1),
        (*rule, "opened", 1),
        (*rule, "resolved", 2),
    ]
    assert [row[4] for row in told[2:]] == [day(1), day(2), day(3)]
    batches = landing.landed(home, "alert_event")
    assert len(batches) == 3
    assert batches[0].extracted_at > day(1), "it is no input of the build it tells of"


def test_events_of_a_run_that_died_before_it_told_are_told_by_the_next(
    home, publish, signal, smtp, mailbox, day, landed, monkeypatch
):
    publish([signal(1, 1)], day(1))
    with monkeypatch.context() as dying:

        def dies(*_arguments):
            raise KeyboardInterrupt

        dying.setattr(run, "land_alert_events", dies)
        with pytest.raises(KeyboardInterrupt):
            run_alerts(home, day(1), smtp)
    assert len(mailbox.received) == 1
    assert landed() == []
    publish([signal(1, 1, **CLEARED)], day(2))
    run_alerts(home, day(2), smtp)
    assert [row[2] for row in landed()] == ["notified", "opened", "resolved"]


def test_what_happened_is_told_although_the_mails_wait(home, publish, signal, smtp, mailbox, day, landed):
    mailbox.data_answers.append("451 later")
    publish([signal(1, 1)], day(1))
    with pytest.raises(EcosystemError, match="waits in the outbox"):
        run_alerts(home, day(1), smtp)
    assert [row[2] for row in landed()] == ["opened"]
    run_alerts(home, day(1), smtp)
    assert [row[2] for row in landed()] == ["notified", "opened"]


def test_a_ledger_that_was_begun_anew_is_told_too_and_no_name_lands(home, publish, signal, smtp, mailbox, day, landed):
    publish([signal(1, 1)], day(1))
    run_alerts(home, day(1), smtp)
    home.alerts_db.unlink()
    publish([signal(1, 1)], day(2))
    run_alerts(home, day(2), smtp)
    assert [(row[2], row[4]) for row in landed() if row[2] == "opened"] == [("opened", day(1)), ("opened", day(2))]
    (first, *_) = landing.landed(home, "alert_event")
    assert "actor" not in pq.read_schema(first.path).names


def test_a_verdict_lands_with_its_reason_and_opening_and_no_word_that_a_person_wrote(
    home, publish, signal, smtp, mailbox, day
):
    publish([], day(1))
    run_alerts(home, day(1), smtp)
    row = signal(1, 1)
    publish([row], day(2))
    run_alerts(home, day(2), smtp)
    engine = open_ledger(home)
    found = {"reason_code": ReasonCode.CARRIER, "verdict": Verdict.FALSE}
    resolve(engine, [row["signal_key"]], "Ada Lovelace", day(2), **found, note="Ben says the truck was early")
    engine.dispose()
    publish([row], day(3))
    run_alerts(home, day(3), smtp)

    batches = landing.landed(home, "alert_event")
    rows = pa.concat_tables([pq.read_table(batch.path) for batch in batches]).to_pylist()
    events = {event["event"]: event for event in rows if event["at"] > day(1)}
    verdict = events["resolved"]
    assert (verdict["opening"], verdict["reason_code"], verdict["verdict"]) == (1, "carrier", "false")
    assert events["opened"]["verdict"] is None
    assert verdict["reason"] is None
    assert not any(name in repr(rows) for name in ("Ada", "Ben"))
