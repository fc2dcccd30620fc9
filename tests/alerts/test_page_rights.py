"""The page's database user can do what the page does, and nothing else."""

import re
import socket
import threading
import time

import pytest
import requests
import uvicorn
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from alerts.ledger import grant_page_rights, open_ledger, open_ledger_at, writing
from alerts.page import create_app, server_config
from alerts.run import run_alerts
from ecosystem.errors import EcosystemError, UsageError
from tests.alerts.test_page import form_of

ROLE = "alerts page"  # A name that must be quoted.


@pytest.fixture
def page_url(on_postgres, postgres, home):
    """The URL of the page's user, before anything is granted to it."""
    with on_postgres.begin() as connection:
        connection.execute(text(f'DROP ROLE IF EXISTS "{ROLE}"'))
        connection.execute(text(f'CREATE ROLE "{ROLE}" LOGIN'))
    yield make_url(postgres).set(username=ROLE).render_as_string(hide_password=False)
    with on_postgres.begin() as connection:
        connection.execute(text(f'DROP OWNED BY "{ROLE}"'))
        connection.execute(text(f'DROP ROLE "{ROLE}"'))


@pytest.fixture
def granted(page_url, home):
    engine = open_ledger(home)
    for _ in range(2):
        with writing(engine) as connection:
            grant_page_rights(connection, ROLE)
    engine.dispose()
    return page_url


@pytest.fixture
def page_of_a_mail(granted, home, publish, signal, smtp, mailbox, day, monkeypatch):
    """The service as that user; gives the address that a mail's link opens."""
    monkeypatch.setenv("ECOSYSTEM_ALERTS_LINK_SECRET", "a-secret-of-more-than-thirty-two-characters")
    monkeypatch.setenv("ECOSYSTEM_ALERTS_BASE_URL", "https://alerts.example.com")
    monkeypatch.setenv("ECOSYSTEM_NOW", "2026-07-01T18:00:00Z")
    publish([], day(1))
    run_alerts(home, day(1), smtp)
    publish([signal(1, 1)], day(2))
    run_alerts(home, day(2), smtp)
    monkeypatch.setenv("ECOSYSTEM_ALERTS_DB_URL", granted)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(server_config(create_app(home, lambda: day(2)), "127.0.0.1", port))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    link = re.search(r"https://alerts\.example\.com(\S+)", mailbox.mails[-1].get_body(("plain",)).get_content())
    yield f"http://127.0.0.1:{port}{link[1]}"
    server.should_exit = True
    thread.join(10)


def test_the_page_shows_takes_on_silences_and_closes_as_its_own_user(page_of_a_mail):
    page = requests.get(page_of_a_mail, timeout=10)
    assert page.status_code == 200, page.text
    form = {"form": form_of(page)}
    for action, fields in (
        ("acknowledge", {}),
        ("silence", {"days": "7", "note": "known"}),
        ("close", {"reason_code": "carrier", "verdict": "false", "note": "truck"}),
    ):
        answer = requests.post(f"{page_of_a_mail}/{action}", data=form | fields, timeout=10)
        assert answer.status_code == 200, (action, answer.text)
        assert "Noted" in answer.text


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT content FROM outbox",
        "SELECT subject FROM outbox",
        "SELECT address FROM outbox_recipient",
        "INSERT INTO outbox (message_id) VALUES ('x')",
        "UPDATE outbox SET state = 'sent'",
        "UPDATE alert SET severity = 'watch'",
        "UPDATE alert SET fingerprint = 'x'",
        "INSERT INTO alert (fingerprint) VALUES ('x')",
        "UPDATE alert_event SET actor = 'somebody else'",
        "DELETE FROM alert_event",
        "DELETE FROM alert",
        "UPDATE silence SET expires_at = now()",
        "CREATE TABLE mine (id integer)",
        "DROP TABLE alert_event",
    ],
)
def test_what_the_page_does_not_do_its_user_may_not(granted, statement):
    engine = create_engine(granted)
    with engine.connect() as connection, pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        connection.execute(text(statement))
    engine.dispose()


def test_a_right_that_the_page_no_longer_has_is_taken_away(granted, on_postgres, home):
    with on_postgres.begin() as connection:
        connection.execute(text(f'GRANT DELETE ON alert TO "{ROLE}"'))
    engine = open_ledger(home)
    with writing(engine) as connection:
        grant_page_rights(connection, ROLE)
        allowed = text("SELECT has_table_privilege(:role, 'alert', 'DELETE')")
        assert connection.scalar(allowed, {"role": ROLE}) is False
    engine.dispose()


def test_a_ledger_that_is_not_made_yet_is_a_clear_error_for_a_user_who_may_not_make_it(page_url):
    with pytest.raises(EcosystemError, match="run 'ecosystem alerts migrate' as the owner of its tables"):
        open_ledger_at(page_url)


def test_a_role_that_is_not_there_is_named(on_postgres, home):
    engine = open_ledger(home)
    with writing(engine) as connection, pytest.raises(UsageError, match="There is no role 'nobody-at-all'"):
        grant_page_rights(connection, "nobody-at-all")
    engine.dispose()


def test_a_ledger_on_sqlite_has_no_roles(home):
    engine = open_ledger(home)
    with writing(engine) as connection, pytest.raises(UsageError, match="Roles are PostgreSQL's"):
        grant_page_rights(connection, ROLE)
    engine.dispose()
