"""What people do with alerts is recorded, makes sense or is refused, and outlives the next publication."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from alerts import actions, ledger
from alerts.actions import ReasonCode, Refused, Verdict
from alerts.data_alert import report_step
from alerts.run import run_alerts
from config.alert_routes import load_alert_routes
from ecosystem.errors import UsageError

FOUND = {"reason_code": ReasonCode.VENDOR, "verdict": Verdict.TRUE}


@pytest.fixture
def engine(home):
    opened = ledger.open_ledger(home)
    yield opened
    opened.dispose()


@pytest.fixture
def lived(publish, smtp, day):
    """``lived(n, rows)`` publishes the rows on day n and runs."""

    def live(number, *rows):
        publish(list(rows), day(number))
        return run_alerts(publish.home, day(number), smtp)

    return live


@pytest.fixture
def opened(lived, signal):
    """An alert that was mailed on the second day; gives its row of the mart."""
    lived(1)
    row = signal(1, 1)
    lived(2, row)
    return row


def row_of(engine, fingerprint):
    with engine.connect() as connection:
        return dict(actions.find(connection, fingerprint))


def history(engine, fingerprint):
    events = ledger.alert_event
    with engine.connect() as connection:
        chosen = (
            select(events)
            .join(ledger.alert, ledger.alert.c.id == events.c.alert_id)
            .where(ledger.alert.c.fingerprint == fingerprint)
            .order_by(events.c.sequence)
        )
        return [dict(row) for row in connection.execute(chosen).mappings()]


def test_taking_an_alert_on_is_recorded_with_time_and_person(opened, engine, day):
    (acted,) = actions.acknowledge(engine, [opened["signal_key"][:8]], "Ada", day(2), "calls on Monday")

    assert (acted.state_before, acted.state) == ("open", "acknowledged")
    row = row_of(engine, opened["signal_key"])
    assert (row["state"], row["acknowledged_at"]) == ("acknowledged", day(2))
    event = history(engine, opened["signal_key"])[-1]
    assert (event["change"], event["from_state"], event["to_state"]) == ("acknowledged", "open", "acknowledged")
    assert (event["actor"], event["at"], event["reason"]) == ("Ada", day(2), "calls on Monday")


def test_an_alert_that_was_taken_on_resolves_when_its_signal_clears(opened, engine, lived, signal, day):
    actions.acknowledge(engine, [opened["signal_key"]], "Ada", day(2))
    assert lived(3, signal(1, 1)).opened == 0
    assert lived(4, signal(1, 1, signal_state="cleared", clear_reason="delivered")).resolved == 1
    assert [event["from_state"] for event in history(engine, opened["signal_key"])] == [None, "open", "acknowledged"]


def test_closing_by_hand_keeps_it_closed_while_the_signal_lasts_and_lets_it_come_back_after(
    opened, engine, lived, signal, day
):
    key = opened["signal_key"]
    actions.resolve(engine, [key], "Ada", day(2) + timedelta(hours=1), **FOUND, note="agreed on a new date")
    row = row_of(engine, key)
    assert (row["state"], row["reason_code"], row["verdict"], row["is_held"]) == ("resolved", "vendor", "true", True)

    assert lived(3, signal(1, 1)).opened == 0, "the signal lasts: no news"
    cleared = lived(4, signal(1, 1, signal_state="cleared", clear_reason="delivered"))
    assert (cleared.resolved, row_of(engine, key)["is_held"]) == (0, False)
    assert lived(5, signal(1, 1)).opened == 1, "a signal that comes back is news"
    row = row_of(engine, key)
    assert (row["state"], row["cycle"], row["verdict"], row["reason_code"]) == ("open", 2, None, None)
    changes = [event["change"] for event in history(engine, key)]
    assert changes == ["opened", "resolved", "cleared", "reopened"]


def test_a_new_episode_opens_although_the_last_one_was_closed_by_hand(opened, engine, lived, signal, day):
    actions.resolve(engine, [opened["signal_key"]], "Ada", day(2), **FOUND)
    assert lived(3, signal(1, 1), signal(1, 1, episode="2026-07-02")).opened == 1


def test_a_verdict_can_be_given_on_what_ended_by_itself_and_the_last_one_counts(opened, engine, lived, signal, day):
    key = opened["signal_key"]
    lived(3, signal(1, 1, signal_state="cleared", clear_reason="delivered"))
    actions.judge(engine, [key], "Ada", day(4), ReasonCode.DATA, Verdict.FALSE)
    actions.judge(engine, [key], "Ada", day(5), ReasonCode.VENDOR, Verdict.TRUE)
    row = row_of(engine, key)
    assert (row["state"], row["reason_code"], row["verdict"]) == ("resolved", "vendor", "true")
    assert [event["verdict"] for event in history(engine, key)] == [None, None, "false", "true"]


def test_several_alerts_are_acted_on_together_or_not_at_all(lived, signal, engine, day):
    lived(1)
    rows = [signal(line, 1) for line in (1, 2, 3)]
    lived(2, *rows)
    keys = [row["signal_key"] for row in rows]
    actions.acknowledge(engine, keys[2:], "Ada", day(2))

    with pytest.raises(Refused, match="acknowledged already"):
        actions.acknowledge(engine, keys, "Ada", day(2))
    assert [row_of(engine, key)["state"] for key in keys] == ["open", "open", "acknowledged"]
    assert len(actions.resolve(engine, [*keys, keys[0][:9]], "Ada", day(2), **FOUND)) == 3


def test_escalating_by_hand_climbs_the_ladder_of_the_severity_to_its_end(opened, engine, day, routes_file):
    text = routes_file.read_text(encoding="utf-8")
    routes_file.write_text(f"{text}escalation: {{alert: [{{after_hours: 48, team: partners}}]}}\n", encoding="utf-8")
    routes = load_alert_routes()
    (acted,) = actions.escalate(engine, [opened["signal_key"]], "Ada", day(2), routes, "no answer")
    assert (acted.state, row_of(engine, opened["signal_key"])["escalation_level"]) == ("escalated", 1)
    with pytest.raises(Refused, match=r"ladder of severity 'alert' in alert_routes\.yml has 1"):
        actions.escalate(engine, [opened["signal_key"]], "Ada", day(2), routes)


def test_what_makes_no_sense_is_refused_with_a_sentence(opened, engine, home, smtp, lived, signal, day):
    key = opened["signal_key"]
    with pytest.raises(Refused, match="is still open: 'ecosystem alerts resolve' closes it"):
        actions.judge(engine, [key], "Ada", day(2), **FOUND)
    with pytest.raises(Refused, match="after the time of this action"):
        actions.acknowledge(engine, [key], "Ada", day(1))
    actions.resolve(engine, [key], "Ada", day(2), **FOUND)
    for action in (actions.acknowledge, lambda *one: actions.resolve(*one, **FOUND)):
        with pytest.raises(Refused, match="is resolved already, since 2026-07-01T18:00:00Z"):
            action(engine, [key], "Ada", day(2))
    report_step(home, day(2), smtp, "extract_erp.supplier", "The ERP answers 503.")
    about_data = "data/step_failed/extract_erp.supplier"
    with pytest.raises(Refused, match="is about data: it closes by itself"):
        actions.resolve(engine, [about_data], "Ada", day(2), **FOUND)
    assert actions.acknowledge(engine, [about_data], "Ada", day(2))


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("ffff0000", "There is no alert 'ffff0000'"),
        ("ab", "is too short for an alert"),
        ("%", "is too short"),
        ("%%%%", "There is no alert"),
        ("data/", r"begins the names of several alerts \(data/.*, data/.*, \.\.\.\)"),
    ],
)
def test_a_name_that_fits_no_alert_or_several_is_refused(home, smtp, engine, day, name, problem):
    for step in ("extract_erp.supplier", "extract_erp.material"):
        report_step(home, day(1), smtp, step, "The ERP answers 503.")
    with pytest.raises(UsageError, match=problem):
        actions.acknowledge(engine, [name], "Ada", day(1))


@pytest.mark.parametrize(
    ("conditions", "reason", "hours", "problem"),
    [
        ({}, "known", 1, "at least one condition"),
        ({"vendor_key": []}, "known", 1, "at least one condition"),
        ({"vendor_key": [" "]}, "known", 1, "at least one condition"),
        ({"vendor": ["x"]}, "known", 1, "cannot match 'vendor': choose among vendor_key"),
        ({"vendor_key": ["x"]}, "  ", 1, "needs a reason"),
        ({"vendor_key": ["x"]}, "known", 0, "must end later than it begins"),
    ],
)
def test_a_silence_that_makes_no_sense_is_refused(engine, day, conditions, reason, hours, problem):
    with pytest.raises(UsageError, match=problem):
        actions.silence(engine, conditions, "Ada", reason, day(1), day(1) + timedelta(hours=hours))


def test_a_silence_ends_once(engine, day):
    number = actions.silence(engine, {"vendor_key": ["x", "x"]}, "Ada", "known", day(1), day(8))
    actions.unsilence(engine, number, "Ben", day(2))
    with pytest.raises(Refused, match="is over already, since 2026-07-01"):
        actions.unsilence(engine, number, "Ben", day(3))
    with pytest.raises(UsageError, match="There is no silence 99"):
        actions.unsilence(engine, 99, "Ben", day(3))
