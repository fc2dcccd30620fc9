import email
import smtplib
from email.message import EmailMessage
from email.policy import default
from typing import Any

from ecosystem.paths import Home


def mail(identity: str, body: str = "Two lines slipped.\n") -> EmailMessage:
    message = EmailMessage()
    message["Message-ID"] = identity
    message["From"] = "warehouse@example.test"
    message["To"] = "Jürgen Buyer <juergen@example.test>"
    message["Subject"] = "Zürich: liefert später"
    message.set_content(body)
    message.add_alternative(f"<p>{body}</p>", subtype="html")
    return message


def send(client: Any, message: EmailMessage, *recipients: str) -> None:
    with smtplib.SMTP(client.address.host, client.address.smtp_port, timeout=20) as connection:
        refused = connection.send_message(message, to_addrs=list(recipients) or None)
        assert refused == {}


def test_a_mail_is_kept_whole_in_one_file(client: Any, state_home: Home) -> None:
    send(client, mail("<one@example.test>", ".A line with a dot first.\nüber\n"))
    (path,) = state_home.outbox.iterdir()
    kept = email.message_from_bytes(path.read_bytes(), policy=default)
    assert kept["Message-ID"] == "<one@example.test>"
    assert kept["Subject"] == "Zürich: liefert später"
    text, html = kept.iter_parts()
    assert text.get_content().splitlines() == [".A line with a dot first.", "über"]
    assert html.get_content_type() == "text/html"


def test_the_envelope_is_kept_with_blind_copies(client: Any, state_home: Home) -> None:
    send(client, mail("<one@example.test>"), "juergen@example.test", "hidden@example.test")
    (path,) = state_home.outbox.iterdir()
    kept = email.message_from_bytes(path.read_bytes(), policy=default)
    assert kept["X-Envelope-From"] == "warehouse@example.test"
    assert kept["X-Envelope-To"] == "juergen@example.test, hidden@example.test"


def test_file_names_count_on_and_tell_the_message_without_naming_anyone(client: Any, state_home: Home) -> None:
    for identity in ("<one@example.test>", "<two@example.test>", "<one@example.test>"):
        send(client, mail(identity))
    names = sorted(path.name for path in state_home.outbox.iterdir())
    assert [name[:7] for name in names] == ["000001-", "000002-", "000003-"]
    first, second, third = (name[7:] for name in names)
    assert first == third != second
    assert all(name.endswith(".eml") and "example" not in name for name in names)


def test_one_conversation_may_bring_many_mails(client: Any, state_home: Home) -> None:
    with smtplib.SMTP(client.address.host, client.address.smtp_port, timeout=20) as connection:
        for number in range(3):
            connection.send_message(mail(f"<{number}@example.test>"))
    assert len(list(state_home.outbox.glob("*.eml"))) == 3
