"""A worker killed anywhere (SIGKILL) and run again: every alert is delivered, under one Message-ID each."""

import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from alerts.actions import ReasonCode, Verdict, resolve
from alerts.ledger import open_ledger
from alerts.run import run_alerts
from ecosystem.clock import iso

CHILD = Path(__file__).with_name("kill_child.py")
SIGKILLED = -9


LIVED_ON = """
remind_after_hours: {alert: 24}
weekly_digest: monday
weekly_mails_per_recipient: 8
escalation: {alert: [{after_hours: 48, team: partners}]}
"""
MONDAY = 7


@pytest.fixture
def run_child(child_environment, day):
    """``run_child(n)`` runs the alert task in a child that dies at its n-th event; gives exit code and events."""
    with subprocess.Popen(
        [sys.executable, str(CHILD), iso(day(MONDAY))],
        env=child_environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:

        def run(kill_at):
            parent.stdin.write(f"{kill_at}\n")
            parent.stdin.flush()
            code, events = parent.stdout.readline().split()
            return int(code), events

        yield run
        parent.stdin.close()


@pytest.fixture
def eventful(publish, signal, shift, target, home, smtp, day, routes_file):
    """A Monday on which every kind of mail is due: new, resolved, withdrawn, closed by hand, a reminder, an escalation,
    a digest, a further alarm; a target at risk; and an alert about a vendor that mutes one about its line.
    """
    routes_file.write_text(routes_file.read_text(encoding="utf-8") + LIVED_ON, encoding="utf-8")
    publish([], day(1))
    run_alerts(home, day(1), smtp)
    told = [signal(1, vendor) for vendor in (1, 2, 3, 4)]
    publish([*told, signal(1, 5, severity="watch")], day(4), shifts=[shift(8)])
    run_alerts(home, day(4), smtp)
    engine = open_ledger(home)
    found = {"reason_code": ReasonCode.VENDOR, "verdict": Verdict.TRUE}
    resolve(engine, [told[3]["signal_key"]], "Ada", day(4), **found)
    engine.dispose()
    cleared = signal(1, 2, signal_state="cleared", clear_reason="delivered")
    rows = [told[0], cleared, told[3], signal(2, 1), signal(1, 6), signal(1, 7), signal(1, 5, severity="watch")]
    publish(rows, day(MONDAY), shifts=[shift(6), shift(8, alerts=2)], targets=[target()])


EXPECTED_KINDS = {
    "opened": 4,
    "again": 1,
    "resolved": 2,
    "withdrawn": 1,
    "reminder": 1,
    "escalated": 2,
    "weekly": 1,
}


def duplicates(events):
    """Kill points (from 1) after the server took a mail over and before our commit."""
    found, is_taken = set(), False
    for number, kind in enumerate(events, start=1):
        is_taken = is_taken or kind == "t"
        if is_taken:
            found.add(number)
        if kind == "c":
            is_taken = False
    return found


def series(points, home, smtp, mailbox, day, run_child):
    """Kill one run at each of ``points`` positions spread over all events; gives mails that arrived twice, and those
    that had to.
    """
    before = home.root.with_name("before.db")
    shutil.copy(home.alerts_db, before)
    told_before = len(mailbox.received)
    code, events = run_child(0)
    assert code == 0
    assert len(events) > points
    expected = {mail["Message-ID"]: mail["X-Alert-Kind"] for mail in mailbox.mails[told_before:]}
    assert Counter(expected.values()) == EXPECTED_KINDS

    repeated, due = 0, 0
    for point in range(points):
        home.alerts_db.with_name("alerts.db-journal").unlink(missing_ok=True)
        shutil.copy(before, home.alerts_db)
        del mailbox.received[told_before:]
        kill_at = 1 + point * (len(events) - 1) // max(points - 1, 1)
        assert run_child(kill_at) == (SIGKILLED, "-")

        result = run_alerts(home, day(MONDAY), smtp)

        copies = Counter(str(mail["Message-ID"]) for mail in mailbox.mails[told_before:])
        assert set(copies) == set(expected), f"killed at event {kill_at}"
        twice = [one for one, number in copies.items() if number > 1]
        assert len(twice) == (kill_at in duplicates(events)), f"killed at event {kill_at}"
        assert all(copies[one] == 2 for one in twice)
        assert run_alerts(home, day(MONDAY), smtp).mails_sent == 0
        assert result.note is None
        repeated += len(twice)
        due += kill_at in duplicates(events)
    return repeated, due


def test_killed_at_ten_points_every_mail_arrives_under_one_id(eventful, home, smtp, mailbox, day, run_child):
    repeated, due = series(10, home, smtp, mailbox, day, run_child)
    assert repeated == due


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_killed_at_two_hundred_points_only_the_gap_between_the_servers_250_and_our_commit_repeats(
    eventful, home, smtp, mailbox, day, run_child, capsys
):
    repeated, due = series(200, home, smtp, mailbox, day, run_child)
    with capsys.disabled():
        sys.stdout.write(f" {repeated} of 200 kills sent a mail twice, under one Message-ID ")
    assert repeated == due
    assert 0 < repeated < 100
