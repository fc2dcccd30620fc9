"""The ledger on a real PostgreSQL server: sent once, two workers at once, killed workers."""

import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import text

from alerts.actions import acknowledge
from alerts.ledger import open_ledger
from alerts.run import run_alerts
from ecosystem.clock import iso
from ecosystem.errors import EcosystemError, UsageError

CHILD = Path(__file__).with_name("kill_child.py")


def at_once(count, task):
    """Run a task in so many threads at once; gives their errors and results."""
    failures, results = [], []

    def work():
        try:
            results.append(task())
        except Exception as error:
            failures.append(error)

    workers = [threading.Thread(target=work) for _ in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    return failures, results


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

    failures, results = at_once(4, lambda: run_alerts(home, day(2), smtp))

    assert failures == []
    assert sum(result.opened for result in results) == 40
    assert sum(result.mails_sent for result in results) == 40
    assert len(mailbox.received) == 40
    assert set(mailbox.copies.values()) == {1}


def test_two_workers_at_once_remind_escalate_and_digest_each_once(
    on_postgres, publish, signal, shift, home, smtp, mailbox, day, routes_file
):
    text_before = routes_file.read_text(encoding="utf-8")
    routes_file.write_text(
        f"{text_before}remind_after_hours: {{alert: 24}}\nweekly_digest: monday\n"
        "escalation: {alert: [{after_hours: 48, team: partners}]}\n",
        encoding="utf-8",
    )
    publish([], day(1))
    run_alerts(home, day(1), smtp)
    rows = [signal(1, vendor) for vendor in range(20)]
    publish(rows, day(2))
    run_alerts(home, day(2), smtp)
    del mailbox.received[:]
    publish([*rows, signal(1, 90, severity="watch")], day(7), shifts=[shift(vendor) for vendor in range(5)])

    failures, results = at_once(4, lambda: run_alerts(home, day(7), smtp))

    assert failures == []
    kinds = Counter(mail.kind for result in results for mail in result.mails)
    assert kinds == {"opened": 5, "reminder": 15, "escalated": 15, "weekly": 1}
    assert len(mailbox.received) == 36
    assert set(mailbox.copies.values()) == {1}


def test_what_a_person_does_while_a_run_decides_is_not_lost(on_postgres, publish, signal, home, smtp, day):
    publish([], day(1))
    run_alerts(home, day(1), smtp)
    rows = [signal(1, vendor, severity="watch") for vendor in range(60)]
    publish(rows, day(2))
    run_alerts(home, day(2), smtp)
    publish([row | {"severity": "alert"} for row in rows], day(3))
    engine = open_ledger(home)
    tasks = [
        lambda: run_alerts(home, day(3), smtp),
        *(
            lambda key=row["signal_key"]: acknowledge(engine, [key], "Ada", day(3))  # type: ignore[misc]
            for row in rows[::3]
        ),
    ]

    failures, _ = at_once(len(tasks), lambda: tasks.pop()())
    engine.dispose()

    assert failures == []
    with on_postgres.connect() as connection:
        states = dict(connection.execute(text("SELECT fingerprint, state FROM alert")).all())
        severities = set(connection.scalars(text("SELECT severity FROM alert")))
    assert severities == {"alert"}
    assert [states[row["signal_key"]] for row in rows[::3]] == ["acknowledged"] * 20


def test_workers_that_start_on_an_empty_database_make_its_tables_together(on_postgres, home):
    failures, _ = at_once(4, lambda: open_ledger(home).dispose())
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
            return int(code), events

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
            kill_at = 1 + point * (len(events) - 1) // 3
            assert run_child(kill_at) == (-9, "-")
            run_alerts(home, day(2), smtp)
            assert set(mailbox.copies) == expected, f"killed at event {kill_at} of {len(events)}"
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
