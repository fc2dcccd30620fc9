"""A worker killed anywhere and run again: personal mails, letters and posts arrive too, each under one id."""

import json
import shutil
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from alerts.run import run_alerts
from ecosystem.clock import iso

CHILD = Path(__file__).with_name("kill_child.py")
SIGKILLED = -9
BESIDES = """
channels: {hook: {name: Webhook, connection: hook_of_buyers}}
default_channels: [hook]
vendor_letters:
  sender_name: Example Company Purchasing
  vendors: [{vendor_key: "erp_s4hana:10001", name: Vendor One, recipients: [one@vendor.example, two@vendor.example]}]
"""
ENVIRONMENT = {
    "ECOSYSTEM_ALERTS_LINK_SECRET": "a-secret-of-more-than-thirty-two-characters",
    "ECOSYSTEM_ALERTS_BASE_URL": "https://alerts.example.com",
    "ECOSYSTEM_NOW": "2026-07-01T18:00:00Z",
}


class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def hook():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.received = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def news(hook, publish, signal, home, smtp, day, routes_file, monkeypatch):
    """Two new vendors, one of which gets letters; links and a channel are on."""
    routes_file.write_text(routes_file.read_text(encoding="utf-8") + BESIDES, encoding="utf-8")
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AIRFLOW_CONN_HOOK_OF_BUYERS", f"json://127.0.0.1:{hook.server_port}/x")
    publish([], day(1))
    run_alerts(home, day(1), smtp)
    publish([signal(1, 1), signal(1, 2)], day(2))


def arrived(mailbox):
    """The bytes that each recipient got under each Message-ID."""
    found = defaultdict(list)
    for (recipients, content), message in zip(mailbox.received, mailbox.mails, strict=True):
        for recipient in recipients:
            found[recipient, str(message["Message-ID"])].append(content)
    return found


def series(points, hook, home, smtp, mailbox, day, child_environment):
    before = home.root.with_name("before.db")
    shutil.copy(home.alerts_db, before)
    environment = child_environment | ENVIRONMENT
    environment["AIRFLOW_CONN_HOOK_OF_BUYERS"] = f"json://127.0.0.1:{hook.server_port}/x"
    with subprocess.Popen(
        [sys.executable, str(CHILD), iso(day(2))],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:

        def run_child(kill_at):
            parent.stdin.write(f"{kill_at}\n")
            parent.stdin.flush()
            code, events = parent.stdout.readline().split()
            return int(code), events

        code, events = run_child(0)
        expected, expected_posts = arrived(mailbox), Counter(post["message"] for post in hook.received)
        assert code == 0
        # Two mails to each of two buyers, one letter to each of two people of the vendor, two posts.
        assert (len(expected), sum(expected_posts.values()), len(expected_posts)) == (6, 2, 2)
        for point in range(points):
            home.alerts_db.with_name("alerts.db-journal").unlink(missing_ok=True)
            shutil.copy(before, home.alerts_db)
            mailbox.received.clear()
            hook.received.clear()
            kill_at = 1 + point * (len(events) - 1) // max(points - 1, 1)
            assert run_child(kill_at) == (SIGKILLED, "-")

            run_alerts(home, day(2), smtp)
            assert run_alerts(home, day(2), smtp).mails_sent == 0

            found = arrived(mailbox)
            posts = Counter(post["message"] for post in hook.received)
            assert set(found) == set(expected), f"killed at event {kill_at}"
            assert set(posts) == set(expected_posts), f"killed at event {kill_at}"
            twice = [key for key, contents in found.items() if len(contents) > 1]
            posts_twice = [one for one, count in posts.items() if count > 1]
            # One kill repeats one thing at most, to the last byte.
            assert len(twice) + len(posts_twice) <= 1, f"killed at event {kill_at}"
            assert all(len(found[key]) == 2 and len(set(found[key])) == 1 for key in twice)
        parent.stdin.close()


def test_killed_at_eight_points_everybody_gets_everything(news, hook, home, smtp, mailbox, day, child_environment):
    series(8, hook, home, smtp, mailbox, day, child_environment)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_at_eighty_points_everybody_gets_everything(news, hook, home, smtp, mailbox, day, child_environment):
    series(80, hook, home, smtp, mailbox, day, child_environment)
