"""A worker killed anywhere (SIGKILL) and run again: every alert is delivered, under one Message-ID each."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from alerts.run import run_alerts
from ecosystem.clock import iso

CHILD = Path(__file__).with_name("kill_child.py")
SIGKILLED = -9


@pytest.fixture
def run_child(child_environment, day):
    """``run_child(n)`` runs the alert task in a child that dies at its n-th event; gives exit code and event count."""
    with subprocess.Popen(
        [sys.executable, str(CHILD), iso(day(2))],
        env=child_environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:

        def run(kill_at):
            parent.stdin.write(f"{kill_at}\n")
            parent.stdin.flush()
            code, events = parent.stdout.readline().split()
            return int(code), int(events)

        yield run
        parent.stdin.close()


def series(points, publish, signal, home, smtp, mailbox, day, run_child):
    """Kill one run at each of ``points`` positions spread over all events; gives how many mails arrived twice."""
    known = signal(1, 1)
    publish([known], day(1))
    run_alerts(home, day(1), smtp)
    publish([known, signal(2, 1), signal(1, 2), signal(1, 3)], day(2))
    before = home.root.with_name("before.db")
    shutil.copy(home.alerts_db, before)
    code, events = run_child(0)
    assert code == 0
    assert events > points
    expected = set(mailbox.copies)
    assert len(expected) == 4

    repeated = 0
    for point in range(points):
        home.alerts_db.with_name("alerts.db-journal").unlink(missing_ok=True)
        shutil.copy(before, home.alerts_db)
        del mailbox.received[1:]
        kill_at = 1 + point * (events - 1) // max(points - 1, 1)
        assert run_child(kill_at) == (SIGKILLED, 0)

        result = run_alerts(home, day(2), smtp)

        copies = mailbox.copies
        assert set(copies) == expected, f"killed at event {kill_at}"
        twice = [one for one, number in copies.items() if number > 1]
        assert len(twice) <= 1, f"killed at event {kill_at}"
        assert all(copies[one] == 2 for one in twice)
        assert run_alerts(home, day(2), smtp).mails_sent == 0
        assert result.note is None
        repeated += len(twice)
    return repeated


def test_killed_at_ten_points_every_mail_arrives_under_one_id(publish, signal, home, smtp, mailbox, day, run_child):
    assert series(10, publish, signal, home, smtp, mailbox, day, run_child) <= 5


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_at_eighty_points_only_the_gap_after_the_servers_250_repeats(
    publish, signal, home, smtp, mailbox, day, run_child
):
    repeated = series(80, publish, signal, home, smtp, mailbox, day, run_child)
    # Three mails have a handful of events each between the server's 250 and our commit: some kills must have hit them.
    assert 0 < repeated < 40
