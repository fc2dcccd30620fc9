"""The alert task from publication to mail, against a real SMTP server."""

import sys
import time
from collections import Counter

import pyarrow.parquet as pq
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
    cleared = {"signal_state": "cleared", "clear_reason": "delivered"}
    publish([signal(1, 1, **cleared), signal(2, 1, **cleared)], day(3))

    result = run_alerts(home, day(3), smtp)

    assert (result.resolved, result.mails_sent) == (2, 1)
    _, opened, resolved = mailbox.mails
    assert str(resolved["Subject"]) == "Resolved: Vendor 1: 1 order line received in full"
    assert resolved["In-Reply-To"] == opened["Message-ID"]
    assert resolved["References"] == opened["Message-ID"]
    assert "is over: received in full." in " ".join(resolved.get_body(("plain",)).get_content().split())


def lived(publish, smtp, day, *publications):
    """Publish and run each day in turn; the first is the first load."""
    return [
        run_alerts(publish.home, day(number), smtp)
        for number, rows in enumerate(publications, start=1)
        if publish(rows, day(number))
    ]


def test_a_restated_signal_is_withdrawn_and_corrected_in_the_thread(publish, signal, smtp, mailbox, day):
    known = signal(1, 1)
    *_, result = lived(publish, smtp, day, [known], [known, signal(2, 1)], [known])

    assert (result.withdrawn, result.mails_sent) == (1, 1)
    _, opened, withdrawn = mailbox.mails
    assert str(withdrawn["Subject"]) == "Withdrawn: Vendor 1: 1 order line restated"
    assert withdrawn["In-Reply-To"] == opened["Message-ID"]
    text = withdrawn.get_body(("plain",)).get_content()
    assert "withdrawn: restated, because the corrected history" in text
    assert "450000000" in text


def test_what_only_the_digest_told_resolves_and_withdraws_without_a_mail(publish, signal, smtp, mailbox, day):
    rows = [signal(1, 1), signal(2, 1)]
    *_, result = lived(publish, smtp, day, rows, [signal(1, 1, signal_state="cleared")])

    assert (result.resolved, result.withdrawn, result.mails_sent) == (1, 1, 0)
    assert len(mailbox.received) == 1


def test_watch_opens_without_a_mail_and_is_mailed_once_when_it_becomes_an_alert(publish, signal, smtp, mailbox, day):
    known, watch, alert = signal(1, 1), signal(2, 1, severity="watch"), signal(2, 1, days_late=15)
    _, opened, raised, kept = lived(publish, smtp, day, [known], [known, watch], [known, alert], [known, alert])

    assert (opened.opened, opened.mails_sent) == (1, 0)
    assert (raised.opened, raised.mails_sent) == (0, 1)
    assert kept.mails_sent == 0
    assert mailbox.subjects[-1] == "Vendor 1: 1 order line slips, worst +15 days, EUR 18,400 open"


def test_a_signal_that_comes_back_is_mailed_again_in_its_thread(publish, signal, smtp, mailbox, day):
    known, new = signal(1, 1), signal(2, 1)
    over = signal(2, 1, signal_state="cleared", clear_reason="delivered")
    lived(publish, smtp, day, [known], [known, new], [known, over], [known, new], [known, new])

    _, opened, resolved, again = mailbox.mails
    assert again["In-Reply-To"] == resolved["Message-ID"]
    assert again["References"].split() == [opened["Message-ID"], resolved["Message-ID"]]
    assert again["Message-ID"] != opened["Message-ID"]


def test_muted_signals_neither_open_nor_resolve_and_are_counted(publish, signal, feed, home, smtp, mailbox, day):
    known, new = signal(1, 1), signal(2, 1)
    lived(publish, smtp, day, [known], [known, new])
    muted = {"is_muted": True, "mute_reason": "the feed purchase_order is stale"}
    publish(
        [
            signal(1, 1, **muted),
            signal(2, 1, signal_state="cleared", **muted),
            signal(3, 1, **muted),
        ],
        day(3),
        feeds=[feed(is_stale=True)],
    )

    result = run_alerts(home, day(3), smtp)

    assert (result.muted, result.opened, result.resolved, result.withdrawn, result.mails_sent) == (3, 0, 0, 0, 0)
    assert len(mailbox.received) == 2


def test_a_clock_that_moved_back_records_and_sends_nothing(publish, signal, home, smtp, mailbox, day):
    lived(publish, smtp, day, [signal(1, 1)], [signal(1, 1)])
    before = home.alerts_db.read_bytes()
    publish([signal(1, 1), signal(2, 1)], day(1), note="a backfill")

    older_publication = run_alerts(home, day(3), smtp)
    publish([signal(1, 1), signal(2, 1)], day(3))
    older_run = run_alerts(home, day(2), smtp)

    assert "The clock moved back: the publication" in (older_publication.note or "")
    assert "The clock moved back: this run" in (older_run.note or "")
    assert home.alerts_db.read_bytes() == before
    assert len(mailbox.received) == 1
    assert run_alerts(home, day(3), smtp).opened == 1


def test_ten_thousand_signals_are_grouped_and_sent_in_under_a_minute(publish, signal, home, smtp, mailbox, day, capsys):
    publish([], day(1))
    run_alerts(home, day(1), smtp)
    publish([signal(line, vendor) for vendor in range(200) for line in range(50)], day(2))
    began = time.monotonic()

    result = run_alerts(home, day(2), smtp)

    took_s = time.monotonic() - began
    with capsys.disabled():
        sys.stdout.write(f" 10,000 signals, 200 mails: {took_s:.1f} s ")
    assert took_s < 60
    assert (result.opened, result.mails_sent, len(mailbox.received)) == (10_000, 200, 200)


def test_ten_thousand_alerts_are_muted_reminded_escalated_and_put_into_a_digest_in_under_a_minute(
    publish, signal, shift, home, smtp, mailbox, day, routes_file, capsys
):
    text = routes_file.read_text(encoding="utf-8")
    routes_file.write_text(
        f"{text}remind_after_hours: {{alert: 24}}\nweekly_digest: monday\nweekly_mails_per_recipient: 150\n"
        "escalation: {alert: [{after_hours: 48, team: partners}]}\n",
        encoding="utf-8",
    )
    publish([], day(1))
    run_alerts(home, day(1), smtp)
    rows = [signal(line, vendor, days_late=vendor + 1) for vendor in range(200) for line in range(50)]
    began = time.monotonic()
    publish(rows, day(2))
    first = run_alerts(home, day(2), smtp)
    publish(rows, day(7), shifts=[shift(vendor) for vendor in range(25, 75)])
    monday = run_alerts(home, day(7), smtp)

    took_s = time.monotonic() - began
    with capsys.disabled():
        sys.stdout.write(f" 10,000 alerts lived on: {took_s:.1f} s ")
    assert took_s < 60
    assert (first.opened, first.mails_sent) == (10_000, 150)
    assert (monday.opened, monday.quiet) == (50, 2500)
    kinds = Counter(mail.kind for mail in monday.mails)
    # 150 vendors were mailed of, 25 of them are muted by now; of the new week's budget openings come first.
    assert kinds == {"opened": 50, "reminder": 100, "escalated": 125, "weekly": 1}
    assert run_alerts(home, day(7), smtp).mails_sent == 0


def test_a_publication_that_lacks_a_column_is_named(publish, signal, home, smtp, day):
    publish([signal(1, 1)], day(1))
    file = home.current / "early_warning.parquet"
    pq.write_table(pq.read_table(file).drop_columns(["days_late"]), file)

    with pytest.raises(EcosystemError, match=r"early_warning\.parquet lacks the column 'days_late'"):
        run_alerts(home, day(1), smtp)


def test_no_address_reaches_a_log_or_a_result(publish, signal, smtp, mailbox, day, caplog):
    mailbox.refusals["buyer-two@example.com"] = 550
    with caplog.at_level("DEBUG"):
        results = lived(publish, smtp, day, [signal(1, 1)], [signal(1, 1), signal(2, 1)])

    assert len(mailbox.received) == 2
    ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]
    assert any("1 of 2 recipients refused" in message for message in ours)
    assert not any("buyer-" in message for message in ours)
    assert "buyer-" not in repr(results)
