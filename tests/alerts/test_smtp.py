"""Settings of the mail server, read as Airflow's SMTP connection has them."""

import json
from types import SimpleNamespace

import pytest

from alerts.smtp import from_airflow, from_environment
from ecosystem.errors import UsageError

VARIABLE = "AIRFLOW_CONN_SMTP_DEFAULT"
EXTRA = {"from_email": "alerts@example.com"}


def connection(**fields):
    return json.dumps({"conn_type": "smtp", "host": "mail.example.com", "extra": EXTRA} | fields)


def test_defaults_are_airflows_tls_from_the_first_byte(monkeypatch):
    monkeypatch.setenv(VARIABLE, connection())
    settings = from_environment()
    assert (settings.host, settings.port, settings.use_ssl, settings.use_starttls) == (
        "mail.example.com",
        465,
        True,
        False,
    )
    assert (settings.timeout_s, settings.retry_limit, settings.verify_certificate) == (30, 5, True)


@pytest.mark.parametrize(
    ("extra", "use_ssl", "use_starttls"),
    [
        ({"disable_ssl": True}, False, True),
        ({"disable_ssl": True, "disable_tls": True}, False, False),
        ({"disable_tls": True}, True, False),
    ],
)
def test_tls_options_come_from_the_extra(monkeypatch, extra, use_ssl, use_starttls):
    monkeypatch.setenv(VARIABLE, connection(extra=EXTRA | extra))
    settings = from_environment()
    assert (settings.use_ssl, settings.use_starttls) == (use_ssl, use_starttls)


def test_an_extra_packed_as_text_and_a_uri_mean_the_same(monkeypatch):
    extra = EXTRA | {"disable_ssl": True, "disable_tls": True, "timeout": 10}
    monkeypatch.setenv(VARIABLE, connection(port=2525, login="me", password="p@ss", extra=json.dumps(extra)))
    packed = from_environment()
    monkeypatch.setenv(
        VARIABLE,
        "smtp://me:p%40ss@mail.example.com:2525/"
        "?disable_ssl=true&disable_tls=True&timeout=10&from_email=alerts%40example.com",
    )
    assert from_environment() == packed
    of_airflow = SimpleNamespace(
        conn_id="smtp_default", host="mail.example.com", port=2525, login="me", password="p@ss", extra_dejson=extra
    )
    assert from_airflow(of_airflow) == packed
    assert "p@ss" not in repr(packed)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("", f"{VARIABLE} is not set"),
        ("{broken", "neither JSON nor a URI"),
        (connection(host=""), "has no host"),
        (connection(extra={}), "has no from_email"),
        (connection(port="secret-port"), "has a port, timeout or retry_limit that is not a number"),
        (connection(extra=EXTRA | {"auth_type": "oauth2"}), "alerts support basic"),
        (connection(extra=EXTRA | {"ssl_context": "lax"}), "unknown ssl_context"),
    ],
)
def test_a_mistake_is_named_without_its_value(monkeypatch, value, problem):
    monkeypatch.setenv(VARIABLE, value)
    with pytest.raises(UsageError) as failure:
        from_environment()
    assert problem in str(failure.value)
    assert VARIABLE in str(failure.value)
    assert "secret" not in str(failure.value)
