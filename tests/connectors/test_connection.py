import json
from types import SimpleNamespace

import pytest

from connectors.connection import Connection, from_airflow, from_environment
from ecosystem.errors import UsageError

JSON = {
    "conn_type": "http",
    "schema": "http",
    "host": "127.0.0.1",
    "port": 18080,
    "login": "reader",
    "password": "marker",
    "extra": {"sap-client": "100"},
}
READ = Connection("erp_s4hana", "http://127.0.0.1:18080", "reader", "marker", {"sap-client": "100"})


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (json.dumps(JSON), READ),
        (json.dumps({**JSON, "port": "18080", "extra": json.dumps(JSON["extra"])}), READ),
        (json.dumps({**JSON, "schema": None, "host": "http://127.0.0.1/"}), READ),
        ("http://reader:marker@127.0.0.1:18080/?sap-client=100", READ),
        ("http://reader:marker@127.0.0.1:18080/http?sap-client=100", READ),
        ('{"conn_type": "http", "host": "x.service-now.com"}', Connection("erp_s4hana", "https://x.service-now.com")),
        (
            "http://me%40x:p%2Fw%3A@x.example/https",
            Connection("erp_s4hana", "https://x.example", "me@x", "p/w:"),
        ),
    ],
)
def test_a_connection_is_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, text: str, read: Connection
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_ERP_S4HANA", text)
    assert from_environment("erp_s4hana") == read


def test_a_connection_is_read_from_airflow() -> None:
    fields = {**JSON, "conn_id": "erp_s4hana", "extra_dejson": JSON["extra"]}
    assert from_airflow(SimpleNamespace(**fields)) == READ


def test_an_airflow_connection_without_a_host_is_named() -> None:
    with pytest.raises(UsageError, match="'erp_s4hana' has no host"):
        from_airflow(SimpleNamespace(conn_id="erp_s4hana", host=None))


def test_a_missing_connection_is_named_with_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_ERP_S4HANA", raising=False)
    with pytest.raises(UsageError, match="AIRFLOW_CONN_ERP_S4HANA"):
        from_environment("erp_s4hana")


@pytest.mark.parametrize(
    "text",
    [
        '{"password": "marker"}',
        '{"password": "marker"',
        '{"host": 5, "password": "marker"}',
        "marker",
        "http://u:marker@/",
    ],
)
def test_an_unreadable_connection_is_named_without_its_content(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_ERP_S4HANA", text)
    with pytest.raises(UsageError, match="AIRFLOW_CONN_ERP_S4HANA cannot be read") as caught:
        from_environment("erp_s4hana")
    assert "marker" not in str(caught.value)


def test_the_text_of_a_connection_hides_what_may_be_secret() -> None:
    shown = repr(Connection("erp", "https://x", "reader", "marker-password", {"token": "marker-token"}))
    assert "reader" in shown
    assert "marker" not in shown
