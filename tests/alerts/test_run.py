"""The alert task from publication to mail, against a real SMTP server."""

import pytest

from alerts.run import run_alerts
from ecosystem.errors import EcosystemError


def test_nothing_published_is_a_clear_error(home, smtp, day):
    with pytest.raises(EcosystemError, match="Nothing is published yet"):
        run_alerts(home, day(1), smtp)


def test_first_load_opens_silently_with_one_digest(home, publish, signal, smtp, mailbox, day):
    rows = [signal(line, vendor) for vendor in range(1, 6) for line in range(1, 4)]
    publish([*rows, signal(9, 1, severity="watch")], day(1))

    result = run_alerts(home, day(1), smtp)

    assert result.opened == 16
    assert [mail.kind for mail in result.mails] == ["digest"]
    assert mailbox.subjects == ["Early warning has started: 16 order lines at 5 vendors, worst +10 days"]
    assert mailbox.received[0][0] == ("buyer-one@example.com", "buyer-two@example.com")


def test_new_signals_are_grouped_by_vendor_and_route(home, publish, signal, smtp, mailbox, day):
    old = [signal(1, 1)]
    publish(old, day(1))
    run_alerts(home, day(1), smtp)
    new = [
        signal(2, 1),
        signal(3, 1, days_late=21),
        signal(1, 2, category="Freight"),
        signal(1, 3, is_strategic=True, category="Freight"),
        signal(4, 1, severity="watch"),
    ]
    publish(old + new, day(2))

    result = run_alerts(home, day(2), smtp)

    assert result.opened == 5
    assert sorted(mailbox.subjects[1:]) == [
        "Vendor 1: 2 order lines slip, worst +21 days, EUR 36,800 open",
        "Vendor 2: 1 order line slips, worst +10 days, EUR 18,400 open",
        "Vendor 3: 1 order line slips, worst +10 days, EUR 18,400 open",
    ]
    recipients = {
        str(mail["Subject"])[:8]: received[0] for mail, received in zip(mailbox.mails, mailbox.received, strict=True)
    }
    assert recipients["Vendor 2"] == ("logistics@example.com",)
    assert recipients["Vendor 3"] == ("partners@example.com",)


def test_three_runs_send_each_mail_once(home, publish, signal, smtp, mailbox, day):
    publish([signal(1, 1)], day(1))
    run_alerts(home, day(1), smtp)
    publish([signal(1, 1), signal(2, 1), signal(1, 2)], day(2))

    results = [run_alerts(home, day(2), smtp) for _ in range(3)]

    assert [result.mails_sent for result in results] == [2, 0, 0]
    assert [result.opened for result in results] == [2, 0, 0]
    assert len(mailbox.received) == 3
    assert set(mailbox.copies.values()) == {1}


def test_resolved_signals_close_the_thread(home, publish, signal, smtp, mailbox, day):
    publish([signal(1, 1)], day(1))
    run_alerts(home, day(1), smtp)
    publish([signal(1, 1), signal(2, 1)], day(2))
    run_alerts(home, day(2), smtp)
    cleared = {"signal_state": "cleared", "clear_reason": "received_in_full"}
    publish([signal(1, 1, **cleared), signal(2, 1, **cleared)], day(3))

    result = run_alerts(home, day(3), smtp)

    assert (result.resolved, result.mails_sent) == (2, 1)
    _, opened, resolved = mailbox.mails
    assert str(resolved["Subject"]) == "Resolved: Vendor 1: 1 order line on track again"
    assert resolved["In-Reply-To"] == opened["Message-ID"]
    assert resolved["References"] == opened["Message-ID"]
    assert "received in full" in resolved.get_body(("plain",)).get_content()
