"""Data alerts reach the engineers once per episode, and once more when it is over."""

from dataclasses import dataclass

import pytest

from alerts.data_alert import report_gate, report_stale_feeds, report_step
from alerts.run import run_alerts
from ecosystem.errors import EcosystemError


@dataclass(frozen=True)
class Finding:
    expectation: str
    table: str
    sentence: str


EMPTY = Finding("row_count", "dim_vendor", "The full read of supplier is empty where the last held 210 rows.")
DOUBTFUL = Finding("doubtful_share", "fct_schedule_line", "12 % of the rows are doubtful; 5 % are tolerated.")


def test_a_stale_feed_is_told_once_and_resolved_when_it_is_fresh(publish, signal, feed, home, smtp, mailbox, day):
    stale = feed(connection_id="sla_servicenow", kind="sla_portal", entity="incident", is_stale=True)
    for number, feeds in enumerate([[feed(), stale], [feed(), stale], [feed(), {**stale, "is_stale": False}]], 1):
        publish([signal(1, 1)], day(number), feeds=feeds)
        for _ in range(2):
            report_stale_feeds(home, day(number), smtp)

    assert mailbox.subjects == [
        "Data: 1 feed is stale: sla_servicenow incident",
        "Resolved: Data: 1 feed well again",
    ]
    begun, over = mailbox.mails
    assert over["In-Reply-To"] == begun["Message-ID"]
    assert [recipients for recipients, _ in mailbox.received] == [("engineers@example.com",)] * 2
    assert "36 hours" in begun.get_body(("plain",)).get_content()


def test_a_second_episode_of_the_same_feed_is_told_again(publish, feed, home, smtp, mailbox, day):
    for number, is_stale in enumerate([True, False, True], 1):
        publish([], day(number), feeds=[feed(is_stale=is_stale)])
        report_stale_feeds(home, day(number), smtp)

    assert len(mailbox.received) == 3
    assert set(mailbox.copies.values()) == {1}


def test_a_blocked_gate_is_told_once_for_each_check(home, smtp, mailbox, day):
    report_gate(home, day(1), smtp, [EMPTY])
    report_gate(home, day(1), smtp, [EMPTY])
    second = report_gate(home, day(2), smtp, [EMPTY, DOUBTFUL])
    passed = report_gate(home, day(3), smtp, [])

    assert (second.opened, passed.resolved) == (1, 2)
    assert mailbox.subjects == [
        "Data: 1 check blocks the publication: dim_vendor: row_count",
        "Data: 1 check blocks the publication: fct_schedule_line: doubtful_share",
        "Resolved: Data: 2 checks well again",
    ]
    assert EMPTY.sentence in " ".join(mailbox.mails[0].get_body(("plain",)).get_content().split())


def test_a_failed_step_is_told_once_and_other_steps_are_left_alone(home, smtp, mailbox, day):
    for _ in range(2):
        report_step(home, day(1), smtp, "extract_erp.supplier", "The ERP answers 503.")
    report_step(home, day(1), smtp, "extract_crm.account", "The login is refused.")
    report_step(home, day(2), smtp, "extract_crm.account")
    report_step(home, day(2), smtp, "extract_crm.account")

    assert mailbox.subjects == [
        "Data: 1 step failed: extract_erp.supplier",
        "Data: 1 step failed: extract_crm.account",
        "Resolved: Data: 1 step well again",
    ]


def test_a_report_older_than_the_last_changes_nothing(home, smtp, mailbox, day):
    report_gate(home, day(2), smtp, [EMPTY])
    result = report_gate(home, day(1), smtp, [])

    assert "The clock moved back" in (result.note or "")
    assert len(mailbox.received) == 1


def test_a_data_alert_waits_in_the_outbox_and_the_vendor_run_takes_it_along(
    publish, signal, home, smtp, mailbox, mail_server, day
):
    mail_server.stop()
    with pytest.raises(EcosystemError, match="1 mail waits"):
        report_gate(home, day(1), smtp, [EMPTY])
    mail_server.start()
    publish([signal(1, 1)], day(1))

    result = run_alerts(home, day(1), smtp)

    assert sorted(mail.kind for mail in result.mails) == ["data-opened", "digest"]
    assert result.opened == 1
