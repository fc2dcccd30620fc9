"""The commands of `ecosystem alerts`."""

import re

import pytest
from typer.testing import CliRunner

from alerts.run import run_alerts
from ecosystem.cli import app
from ecosystem.clock import iso


@pytest.fixture
def command(home, publish, signal, shift, smtp, day, monkeypatch):
    """Three alerts were mailed on day 2; gives what a command says an hour later."""
    publish([], day(1))
    run_alerts(home, day(1), smtp)
    publish([signal(1, 1), signal(1, 2)], day(2), shifts=[shift(1, kpi_family="quality", rule_id="quality_dip")])
    run_alerts(home, day(2), smtp)
    monkeypatch.setenv("ECOSYSTEM_HOME", str(home.root))
    monkeypatch.setenv("ECOSYSTEM_NOW", iso(day(2)).replace("18:00", "19:00"))

    def run(*arguments, exit_code=0):
        result = CliRunner().invoke(app, ["alerts", *arguments])
        assert result.exit_code == exit_code, result.output
        return result.output

    return run


def name(row):
    return row["signal_key"][:10]


def test_what_is_open_is_listed_and_narrowed(command, signal, shift):
    every = command("list")
    assert every.splitlines()[0].split() == [
        "alert",
        "state",
        "severity",
        "opened",
        "vendor",
        "or",
        "subject",
        "rule",
        "told",
    ]
    assert len(every.splitlines()) == 4
    assert all(name(row) in every for row in (signal(1, 1), signal(1, 2)))
    of_vendor = command("list", "--vendor", "erp_s4hana:10002")
    assert (name(signal(1, 2)) in of_vendor, name(signal(1, 1)) in of_vendor) == (True, False)
    assert len(command("list", "--family", "quality").splitlines()) == 2
    assert "2 more: narrow the list" in command("list", "--limit", "1")
    assert command("list", "--state", "resolved").strip() == "no alert"


def test_an_alert_is_shown_with_who_was_told_and_its_history(command, signal):
    command("ack", name(signal(1, 1)), "--actor", "Ada", "--note", "calls on Monday")
    text = command("show", name(signal(1, 1)))
    for needed in (
        signal(1, 1)["signal_key"],
        "acknowledged since 2026-07-01T19:00:00Z, alert",
        "Vendor 1 (erp_s4hana:10001), Packaging",
        "order line 4500000001 / 10 / 1",
        "promise moved from 2026-07-03",
        "by mail, to Buyers",
        "[opened mail sent]",
    ):
        assert needed in text
    assert re.search(r"2026-07-01T19:00:00Z +acknowledged +Ada +calls on Monday", text)


def test_an_alert_that_must_be_answered_shows_its_clock(command, routes_file, shift):
    text = routes_file.read_text(encoding="utf-8")
    routes_file.write_text(f"{text}answer_within_hours: {{quality: 24}}\n", encoding="utf-8")
    key = command("list", "--family", "quality").splitlines()[1].split()[0]
    assert "none yet after 1.0 of 24 hours" in command("show", key)
    assert "none yet after 48.0 of 24 hours: overdue" in command("show", key, "--as-of", "2026-07-03T18:00:00Z")
    command("ack", key, "--as-of", "2026-07-02T06:30:00Z")
    assert "in time, after 12.5 of 24 hours" in command("show", key)


def test_closing_and_judging_are_said_and_measured(command, signal):
    found = ("--reason", "vendor", "--verdict", "true", "--actor", "Ada")
    assert "open -> resolved" in command("resolve", name(signal(1, 1)), *found)
    assert "resolved since" in command("show", name(signal(1, 1)))
    assert "resolved" in command("judge", name(signal(1, 1)), "--reason", "data", "--verdict", "false")
    assert "0% (0% to 79%)" in command("precision")


def test_a_silence_is_made_listed_and_ended(command):
    made = command("silence", "vendor_key=erp_s4hana:10001", "kpi_family=delivery", "--reason", "strike", "--days", "2")
    assert made.strip() == "silence 1 holds until 2026-07-03T19:00:00Z"
    listed = command("silences")
    assert "kpi_family delivery, vendor_key erp_s4hana:10001" in listed
    assert "strike" in listed
    command("unsilence", "1")
    assert command("silences").strip() == "nothing is silenced"
