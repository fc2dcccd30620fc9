"""A replay shows what would have been told, and leaves ledger and mailbox as they are."""

from datetime import timedelta

from alerts import actions, ledger
from alerts.publication import read_publication, read_published
from alerts.replay import rendered, replay
from alerts.run import run_alerts
from config.alert_routes import load_alert_routes

CLEARED = {"signal_state": "cleared", "clear_reason": "delivered"}


def known(publish, rows, at, **more):
    publish(rows, at, **more)
    return read_published(publish.home)


def test_a_replay_tells_the_mails_of_the_day_and_touches_nothing(home, publish, signal, shift, smtp, mailbox, day):
    publish([signal(9, 9)], day(10))
    run_alerts(home, day(10), smtp)
    ledger_before, mails = home.alerts_db.read_bytes(), len(mailbox.received)
    before = known(publish, [signal(1, 1)], day(1))
    after = known(publish, [signal(1, 1, **CLEARED), signal(2, 1), signal(1, 2)], day(2), shifts=[shift(2)])

    result = replay(before, after, load_alert_routes())

    assert (result.intake.opened, result.intake.resolved, result.intake.quiet, result.waiting) == (3, 1, 1, 0)
    assert [(mail.kind, mail.route) for mail in result.mails] == [("opened", "default")] * 2
    text = rendered(result)
    assert "3 opened, 1 resolved, 0 withdrawn, 1 muted, 0 would have waited." in text
    assert "Vendor 1: 1 order line slips" in text
    assert home.alerts_db.read_bytes() == ledger_before
    assert len(mailbox.received) == mails


def test_the_same_replay_gives_the_same_answer_whatever_people_did(home, publish, signal, smtp, day):
    before = known(publish, [], day(1))
    run_alerts(home, day(1), smtp)
    after = known(publish, [signal(1, 1)], day(2))
    first = replay(before, after, load_alert_routes())
    run_alerts(home, day(2), smtp)
    engine = ledger.open_ledger(home)
    actions.silence(engine, {"kpi_family": ["delivery"]}, "Ada", "known", day(2), day(2) + timedelta(days=9))
    engine.dispose()
    assert replay(before, after, load_alert_routes()) == first


def test_what_would_have_waited_for_a_business_day_is_counted(publish, signal, routes_file, day):
    text = routes_file.read_text(encoding="utf-8")
    routes_file.write_text(text + "calendar: {workdays: [monday]}\n", encoding="utf-8")
    result = replay(known(publish, [], day(1)), known(publish, [signal(1, 1)], day(2)), load_alert_routes())
    assert (result.intake.opened, result.waiting, result.mails) == (1, 1, ())
    assert "no mail" in rendered(result)


def test_a_publication_is_read_from_any_folder(publish, signal, day):
    first = known(publish, [signal(1, 1)], day(1))
    known(publish, [], day(2))
    assert read_publication(first.folder) == first
