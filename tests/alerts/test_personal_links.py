"""Each recipient gets a link of its own, once; the stored mail holds none."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from alerts.document import LINK_MARK
from alerts.ledger import open_ledger, outbox
from alerts.links import Signer, has_mark, known_recipient, with_link
from alerts.run import run_alerts
from ecosystem.errors import EcosystemError

SECRET = "a-secret-of-more-than-thirty-two-characters"
WRITTEN_AT = datetime(2026, 7, 5, 9, tzinfo=UTC)
ONE, TWO = "buyer-one@example.com", "buyer-two@example.com"


@pytest.fixture
def links_on(monkeypatch):
    monkeypatch.setenv("ECOSYSTEM_ALERTS_LINK_SECRET", SECRET)
    monkeypatch.setenv("ECOSYSTEM_ALERTS_BASE_URL", "https://alerts.example.com/early-warning")
    monkeypatch.setenv("ECOSYSTEM_NOW", "2026-07-05T09:00:00Z")


@pytest.fixture
def news(links_on, publish, signal, home, smtp, day):
    """A new vendor that nobody was told of yet."""
    publish([], day(1))
    run_alerts(home, day(1), smtp)
    publish([signal(1, 1)], day(2))


def links_in(message):
    pattern = r"https://alerts\.example\.com/early-warning/alert/([A-Za-z0-9._-]+)"
    return {kind: set(re.findall(pattern, message.get_body((kind,)).get_content())) for kind in ("plain", "html")}


def test_each_recipient_gets_one_mail_with_a_link_that_names_it(news, home, smtp, mailbox, day):
    result = run_alerts(home, day(2), smtp)

    assert [(mail.accepted, mail.refused) for mail in result.mails] == [(2, 0)]
    assert [recipients for recipients, _ in mailbox.received] == [(ONE,), (TWO,)]
    signer = Signer((SECRET,))
    for message, address in zip(mailbox.mails, (ONE, TWO), strict=True):
        found = links_in(message)
        (token,) = found["plain"]
        assert found["html"] == {token}
        link = signer.read(token, WRITTEN_AT)
        assert known_recipient(signer, link.recipient_mark, [ONE, TWO]) == address
        assert link.message_id == message["Message-ID"]
        assert link.expires_at == WRITTEN_AT + timedelta(days=30)
    assert run_alerts(home, day(2), smtp).mails_sent == 0


def test_the_stored_mail_holds_no_link_and_no_address(news, home, smtp, mailbox, day):
    run_alerts(home, day(2), smtp)
    engine = open_ledger(home)
    with engine.connect() as connection:
        (content,) = connection.scalars(select(outbox.c.content)).all()
    engine.dispose()
    assert has_mark(content)
    assert b"early-warning/alert" not in content
    assert b"buyer-one" not in content


def test_a_recipient_that_is_put_off_gets_it_later_and_the_other_once(news, home, smtp, mailbox, day):
    mailbox.refusals[ONE] = 451
    with pytest.raises(EcosystemError, match=r"put off 1 of 1 recipients \(code 451\)"):
        run_alerts(home, day(2), smtp)
    assert [recipients for recipients, _ in mailbox.received] == [(TWO,)]
    mailbox.refusals.clear()

    assert run_alerts(home, day(2), smtp).mails_sent == 1
    assert [recipients for recipients, _ in mailbox.received] == [(TWO,), (ONE,)]


def test_a_recipient_that_is_refused_for_good_leaves_the_other_its_mail(news, home, smtp, mailbox, day):
    mailbox.refusals[TWO] = 550
    assert [(mail.accepted, mail.refused) for mail in run_alerts(home, day(2), smtp).mails] == [(1, 1)]
    assert [recipients for recipients, _ in mailbox.received] == [(ONE,)]


def test_a_connection_that_drops_repeats_the_mail_of_one_recipient_to_the_last_byte(news, home, smtp, mailbox, day):
    mailbox.drop_after_data = 1
    with pytest.raises(EcosystemError, match="broke off"):
        run_alerts(home, day(2), smtp)
    run_alerts(home, day(2), smtp)

    assert [recipients for recipients, _ in mailbox.received] == [(ONE,), (ONE,), (TWO,)]
    assert mailbox.received[0][1] == mailbox.received[1][1]
    assert len(mailbox.copies) == 1


def test_a_mail_made_with_links_waits_while_the_secret_is_gone(
    news, home, smtp, mailbox, day, monkeypatch, mail_server
):
    mail_server.stop()
    with pytest.raises(EcosystemError, match="cannot be reached"):
        run_alerts(home, day(2), smtp)
    mail_server.start()
    with monkeypatch.context() as without:
        without.delenv("ECOSYSTEM_ALERTS_LINK_SECRET")
        with pytest.raises(EcosystemError, match="its link needs ECOSYSTEM_ALERTS_LINK_SECRET"):
            run_alerts(home, day(2), smtp)
    assert mailbox.received == []
    assert run_alerts(home, day(2), smtp).mails_sent == 1
    assert len(mailbox.received) == 2


def test_no_link_reaches_a_log(news, home, smtp, mailbox, day, caplog):
    with caplog.at_level("DEBUG"):
        run_alerts(home, day(2), smtp)
    ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]
    assert not any("/alert/" in message for message in ours)


@given(st.integers(0, len(LINK_MARK)), st.integers(1, 400), st.sampled_from([b"", b"x" * 40, b"y" * 75]))
def test_a_mark_broken_over_two_lines_is_found_and_lines_stay_short(broken_at, length, before):
    mark = LINK_MARK.encode()
    content = before + mark[:broken_at] + b"=\r\n" + mark[broken_at:] + b" after\r\n"
    url = "https://x.example/alert/" + "t" * length
    assert has_mark(content)
    replaced = with_link(content, url)
    assert not has_mark(replaced)
    assert replaced.replace(b"=\r\n", b"") == before + url.encode() + b" after\r\n"
    assert max(len(line) for line in replaced.split(b"\r\n")) <= 76
