"""The ledger on a real PostgreSQL server: sent once, two workers at once, killed workers."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from alerts.ledger import open_ledger
from alerts.run import run_alerts
from ecosystem.clock import iso
from ecosystem.errors import EcosystemError, UsageError

CHILD = Path(__file__).with_name("kill_child.py")


def test_each_mail_is_sent_once_and_threads_hold(on_postgres, publish, signal, home, smtp, mailbox, day):
    known, new = signal(1, 1), signal(2, 1)
    over = signal(2, 1, signal_state="cleared", clear_reason="delivered")
    results = []
    for number, rows in enumerate([[known], [known, new], [known, over], []], 1):
        publish(rows, day(number))
        results += [run_alerts(home, day(number), smtp) for _ in range(3)]

    assert [result.mails_sent for result in results] == [1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0]
    assert [result.withdrawn for result in results[-3:]] == [1, 0, 0]
    _, opened, resolved = mailbox.mails
    assert resolved["In-Reply-To"] == opened["Message-ID"]
    assert not home.alerts_db.exists()


def test_two_workers_at_once_send_each_mail_once(on_postgres, publish, signal, home, smtp, mailbox, day):
    publish([], day(1))
    run_alerts(home, day(1), smtp)
    publish([signal(1, vendor) for vendor in range(40)], day(2))
    failures, results = [], []

    def work():
        try:
            results.append(run_alerts(home, day(2), smtp))
        except Exception as error:
            failures.append(error)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert failures == []
    assert sum(result.opened for result in results) == 40
    assert sum(result.mails_sent for result in results) == 40
    assert len(mailbox.received) == 40
    assert set(mailbox.copies.values()) == {1}


def test_workers_that_start_on_an_empty_database_make_its_tables_together(on_postgres, home):
    failures = []

    def work():
        try:
            open_ledger(home).dispose()
        except Exception as error:
            failures.append(error)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert failures == []
    with on_postgres.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM outbox")) == 0


def test_a_killed_worker_costs_no_mail(
    on_postgres, empty_postgres, publish, signal, home, smtp, mailbox, day, child_environment, postgres
):
    environment = child_environment | {"ECOSYSTEM_ALERTS_DB_URL": postgres}
    command = [sys.executable, str(CHILD), iso(day(2))]
    known = signal(1, 1)
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:

        def run_child(kill_at):
            parent.stdin.write(f"{kill_at}\n")
            parent.stdin.flush()
            code, events = parent.stdout.readline().split()
            return int(code), int(events)

        def begin():
            empty_postgres()
            mailbox.received.clear()
            publish([known], day(1))
            run_alerts(home, day(1), smtp)
            publish([known, signal(2, 1), signal(1, 2)], day(2))

        begin()
        code, events = run_child(0)
        assert code == 0
        expected = set(mailbox.copies)
        assert len(expected) == 3
        for point in range(4):
            begin()
            kill_at = 1 + point * (events - 1) // 3
            assert run_child(kill_at) == (-9, 0)
            run_alerts(home, day(2), smtp)
            assert set(mailbox.copies) == expected, f"killed at event {kill_at} of {events}"
            assert sum(mailbox.copies.values()) <= len(expected) + 1
        parent.stdin.close()


@pytest.mark.parametrize(
    ("url", "error", "problem"),
    [
        ("mysql://x", UsageError, "the ledger runs on SQLite and PostgreSQL"),
        ("no url", UsageError, "it is not a database URL"),
        ("postgresql+nosuchdriver://x", UsageError, "cannot be used"),
        ("postgresql+psycopg://me:hidden@/x?host=/nowhere", EcosystemError, "cannot be opened"),
    ],
)
def test_a_wrong_url_is_a_clear_error_without_its_password(home, monkeypatch, url, error, problem):
    monkeypatch.setenv("ECOSYSTEM_ALERTS_DB_URL", url)
    with pytest.raises(error, match=problem) as failure:
        open_ledger(home)
    assert "hidden" not in str(failure.value)
