"""Faults of the mail server cost no mail and send none twice."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import select

from alerts.ledger import open_ledger, outbox, outbox_recipient
from alerts.run import run_alerts
from ecosystem.errors import EcosystemError

ONE, TWO = "buyer-one@example.com", "buyer-two@example.com"


@pytest.fixture
def news(publish, signal, home, smtp, day):
    """A company past its first load, and a publication with three new vendors that nobody was told of yet."""
    publish([signal(1, 1)], day(1))
    run_alerts(home, day(1), smtp)
    publish([signal(1, 1), *(signal(1, vendor) for vendor in (2, 3, 4))], day(2))


def rows(home, table):
    engine = open_ledger(home)
    with engine.connect() as connection:
        found = [dict(row) for row in connection.execute(select(table)).mappings()]
    engine.dispose()
    return found


def waiting(home):
    return [row for row in rows(home, outbox) if row["state"] == "pending"]


def test_a_server_that_is_down_leaves_all_in_the_outbox(news, home, smtp, mail_server, mailbox, day):
    mail_server.stop()
    with pytest.raises(EcosystemError) as failure:
        run_alerts(home, day(2), smtp)
    assert "cannot be reached" in str(failure.value)
    assert "3 mails wait in the outbox and will be sent by the next run" in str(failure.value)
    assert failure.value.exit_code == 1
    assert len(waiting(home)) == 3

    mail_server.start()
    assert run_alerts(home, day(2), smtp).mails_sent == 3
    assert waiting(home) == []
    assert set(mailbox.copies.values()) == {1}


def test_nothing_to_send_needs_no_mail_server(news, home, smtp, mail_server, day):
    run_alerts(home, day(2), smtp)
    mail_server.stop()
    assert run_alerts(home, day(2), smtp).mails_sent == 0


def test_one_refused_recipient_is_recorded_and_the_others_get_it(news, home, smtp, mailbox, day):
    mailbox.refusals[TWO] = 550
    result = run_alerts(home, day(2), smtp)

    assert [(mail.accepted, mail.refused) for mail in result.mails] == [(1, 1)] * 3
    assert [recipients for recipients, _ in mailbox.received[1:]] == [(ONE,)] * 3
    refused = [row for row in rows(home, outbox_recipient) if row["outcome"] == "refused"]
    assert [(row["address"], row["smtp_code"]) for row in refused] == [(TWO, 550)] * 3
    assert run_alerts(home, day(2), smtp).mails_sent == 0


@pytest.mark.parametrize("position", range(5))
def test_one_of_five_recipients_is_refused_and_the_other_four_get_each_mail_once(
    news, home, smtp, mailbox, day, routes_file, position
):
    five = [f"buyer-{number}@example.com" for number in range(5)]
    text = routes_file.read_text(encoding="utf-8")
    routes_file.write_text(text.replace(f"[{ONE}, {TWO}]", f"[{', '.join(five)}]"), encoding="utf-8")
    mailbox.refusals[five[position]] = 550

    results = [run_alerts(home, day(2), smtp) for _ in range(2)]

    assert [(mail.accepted, mail.refused) for mail in results[0].mails] == [(4, 1)] * 3
    assert results[1].mails_sent == 0
    others = tuple(address for address in five if address != five[position])
    assert [recipients for recipients, _ in mailbox.received[1:]] == [others] * 3


def test_a_recipient_that_is_put_off_gets_it_later_and_the_others_once(news, home, smtp, mailbox, day):
    mailbox.refusals[TWO] = 451
    with pytest.raises(EcosystemError, match=r"put off 1 of 2 recipients \(code 451\)"):
        run_alerts(home, day(2), smtp)
    mailbox.refusals.clear()

    assert run_alerts(home, day(2), smtp).mails_sent == 3
    assert [recipients for recipients, _ in mailbox.received[1:]] == [(ONE,)] * 3 + [(TWO,)] * 3


def test_a_mail_that_every_recipient_refused_goes_to_the_corrected_address(news, home, smtp, mailbox, day, routes_file):
    mailbox.refusals |= {ONE: 550, TWO: 550}
    for _ in range(2):
        with pytest.raises(
            EcosystemError, match=r"refused every recipient for good: correct them in alert_routes\.yml"
        ):
            run_alerts(home, day(2), smtp)
    text = routes_file.read_text(encoding="utf-8")
    routes_file.write_text(text.replace(ONE, "new-buyer@example.com"), encoding="utf-8")

    assert run_alerts(home, day(2), smtp).mails_sent == 3
    assert [recipients for recipients, _ in mailbox.received[1:]] == [("new-buyer@example.com",)] * 3


def test_a_mail_that_the_server_does_not_take_stays_and_the_others_go(news, home, smtp, mailbox, day):
    mailbox.data_answers = ["554 not today"]
    with pytest.raises(EcosystemError) as failure:
        run_alerts(home, day(2), smtp)
    assert "1 mail waits in the outbox after 2 sent" in str(failure.value)
    assert "did not take the mail (code 554)" in str(failure.value)

    assert run_alerts(home, day(2), smtp).mails_sent == 1
    assert set(mailbox.copies.values()) == {1}


def test_a_connection_dropped_after_data_repeats_one_message_id_at_most(news, home, smtp, mailbox, day):
    mailbox.drop_after_data = 1
    with pytest.raises(EcosystemError, match=r"after 2 sent: the connection .* broke off"):
        run_alerts(home, day(2), smtp)
    run_alerts(home, day(2), smtp)

    assert len(mailbox.copies) == 4
    assert sorted(mailbox.copies.values()) == [1, 1, 1, 2]


def test_a_server_that_is_slow_but_answers_in_time_gets_each_mail_once(news, home, smtp, mailbox, day):
    mailbox.slow_recipients, mailbox.slow_data = [0.2] * 6, [0.2] * 3
    assert run_alerts(home, day(2), replace(smtp, timeout_s=2)).mails_sent == 3
    assert set(mailbox.copies.values()) == {1}


def test_a_server_too_slow_to_name_recipients_to_costs_a_run_and_sends_nothing_twice(news, home, smtp, mailbox, day):
    mailbox.slow_recipients = [1.5]
    with pytest.raises(EcosystemError, match=r"after 2 sent: the connection .* broke off"):
        run_alerts(home, day(2), replace(smtp, timeout_s=0.4))
    assert run_alerts(home, day(2), smtp).mails_sent == 1
    assert set(mailbox.copies.values()) == {1}


def test_a_server_too_slow_to_say_that_it_took_a_mail_gets_it_again_under_the_same_id(news, home, smtp, mailbox, day):
    mailbox.slow_data = [1.5]
    with pytest.raises(EcosystemError, match=r"after 2 sent: the connection .* broke off"):
        run_alerts(home, day(2), replace(smtp, timeout_s=0.4))
    assert run_alerts(home, day(2), smtp).mails_sent == 1
    assert len(mailbox.copies) == 4
    assert sorted(mailbox.copies.values()) == [1, 1, 1, 2]


def test_a_repeated_mail_is_the_same_to_the_last_byte(news, home, smtp, mailbox, day):
    mailbox.drop_after_data = 1
    with pytest.raises(EcosystemError):
        run_alerts(home, day(2), smtp)
    run_alerts(home, day(2), smtp)

    repeated = next(one for one, count in mailbox.copies.items() if count == 2)
    first, second = (content for _, content in mailbox.received if repeated.encode() in content)
    assert first == second


def test_two_workers_at_once_send_each_mail_once(publish, signal, home, smtp, mailbox, day):
    publish([], day(1))
    run_alerts(home, day(1), smtp)
    publish([signal(1, vendor) for vendor in range(30)], day(2))
    failures, results = [], []

    def work():
        try:
            results.append(run_alerts(home, day(2), smtp))
        except Exception as error:
            failures.append(error)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert failures == []
    assert sum(result.opened for result in results) == 30
    assert sum(result.mails_sent for result in results) == 30
    assert len(mailbox.received) == 30
    assert set(mailbox.copies.values()) == {1}


def test_a_server_without_tls_is_refused_when_tls_is_asked_for(news, home, smtp, mailbox, day):
    with pytest.raises(EcosystemError, match="does not offer what its connection asks for"):
        run_alerts(home, day(2), replace(smtp, use_starttls=True))
    assert len(waiting(home)) == 3
    assert len(mailbox.received) == 1
