from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from config.sources import RetrySettings
from connectors.auth import Basic, ClientCredentials
from connectors.connection import Connection
from connectors.session import Authentication, RefusedRequest, SourceError, SourceSession

RETRY = RetrySettings(attempts=3, first_wait_s=0.5, longest_wait_s=20, connect_timeout_s=1, read_timeout_s=1)
GOOD = {"value": [1.10]}


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between attempts, noted instead of waited for."""
    noted: list[float] = []
    monkeypatch.setattr("connectors.session.time.sleep", noted.append)
    return noted


Open = Callable[..., SourceSession]


@pytest.fixture
def session(waits: list[float]) -> Iterator[Open]:
    opened = []

    def build(base_url: str, budget: int = 50, authentication: type | None = None) -> SourceSession:
        connection = Connection("test_system", base_url, "reader", "marker-secret")
        proof: Authentication = ClientCredentials(connection, "/token") if authentication else Basic(connection)
        opened.append(SourceSession(connection, proof, system="a system", request_budget=budget, retry=RETRY))
        return opened[-1]

    yield build
    for each in opened:
        each.__exit__(None)


def test_numbers_with_a_point_are_exact(scripted: Any, session: Open) -> None:
    scripted.then(b'{"value": 0.10}')
    assert str(session(scripted.base_url).get_json("/x").payload["value"]) == "0.10"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_failure_is_repeated_with_growing_pauses(
    scripted: Any, session: Open, waits: list[float], status: int
) -> None:
    scripted.then({}, status=status).then({}, status=status).then(GOOD)
    opened = session(scripted.base_url)
    assert len(opened.get_json("/x").payload["value"]) == 1
    assert waits == [0.5, 1.0]
    assert opened.requests_sent == 3


def test_the_pause_that_the_source_asks_for_is_kept(scripted: Any, session: Open, waits: list[float]) -> None:
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=15), usegmt=True)
    scripted.then({}, status=429, Retry_After="7").then({}, status=503, Retry_After=at).then(GOOD)
    session(scripted.base_url).get_json("/x")
    assert waits[0] == 7
    assert 12 < waits[1] <= 15


def test_a_pause_longer_than_a_run_waits_ends_it_with_the_number(
    scripted: Any, session: Open, waits: list[float]
) -> None:
    scripted.then({}, status=429, Retry_After="3600")
    with pytest.raises(SourceError, match=r"asks for a pause of 3600 s, longer than the 20 s"):
        session(scripted.base_url).get_json("/x")
    assert waits == []


def test_an_unreadable_pause_is_our_own(scripted: Any, session: Open, waits: list[float]) -> None:
    scripted.then({}, status=429, Retry_After="soon").then(GOOD)
    session(scripted.base_url).get_json("/x")
    assert waits == [0.5]


@pytest.mark.parametrize(
    ("body", "headers", "said"),
    [
        (b'{"value": [1', {}, "JSON that is cut off or damaged"),
        (b'{"value": [1', {"Content_Length": "5000"}, "broke off its answer|dropped the connection"),
        (b"<!DOCTYPE html><title>Log on</title>", {"Content_Type": "text/html"}, "a page of HTML instead of JSON"),
        (b"", {}, "cut off or damaged"),
    ],
    ids=["truncated", "fewer bytes than announced", "html", "empty"],
)
def test_an_unusable_answer_is_repeated_then_named(
    scripted: Any, session: Open, body: bytes, headers: dict[str, str], said: str
) -> None:
    scripted.then(body, **headers).then(body, **headers).then(GOOD)
    assert len(session(scripted.base_url).get_json("/x").payload["value"]) == 1
    scripted.answers.append((200, {k.replace("_", "-"): v for k, v in headers.items()}, body))
    with pytest.raises(SourceError, match=f"a system .connection test_system, .*(?:{said}).*in 3 attempts"):
        session(scripted.base_url).get_json("/x")


def test_an_answer_that_the_caller_doubts_is_repeated(scripted: Any, session: Open) -> None:
    scripted.then({"wrong": 1}).then(GOOD)
    answer = session(scripted.base_url).get_json("/x", check=lambda a: "is odd" if "wrong" in a.payload else None)
    assert "value" in answer.payload


def test_a_refused_connection_is_named_with_host_and_variable(scripted: Any, session: Open) -> None:
    with pytest.raises(SourceError) as caught:
        session("http://127.0.0.1:1").get_json("/x")
    assert str(caught.value) == (
        "a system (connection test_system, http://127.0.0.1:1) cannot be reached (connection refused), in 3 attempts:"
        " check host and port of the connection in AIRFLOW_CONN_TEST_SYSTEM or in Airflow, and the network."
    )


def test_an_unknown_host_is_named(session: Open) -> None:
    with pytest.raises(SourceError, match=r"http://erp\.invalid\) cannot be reached \(its host name is unknown\)"):
        session("http://erp.invalid").get_json("/x")


@pytest.mark.parametrize(
    ("status", "body", "code", "said"),
    [
        (400, {"error": {"message": 'Property "Nope"', "code": "400"}}, "400", r'answered 400 \(400 Property "Nope"\)'),
        (400, {"error": {"message": {"lang": "en", "value": "Bad"}, "code": "/IW/020"}}, "/IW/020", "IW/020 Bad"),
        (
            400,
            [{"message": "\nSELECT\n ^", "errorCode": "MALFORMED_QUERY"}],
            "MALFORMED_QUERY",
            r"MALFORMED_QUERY SELECT \^",
        ),
        (
            401,
            {"error": {"message": "User Not Authenticated"}},
            "",
            "check login and password .* AIRFLOW_CONN_TEST_SYSTEM",
        ),
        (403, {}, "", "answered 403: give the user of the connection the permissions"),
        (
            403,
            [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}],
            "REQUEST_LIMIT_EXCEEDED",
            "its daily quota is used up",
        ),
    ],
)
def test_a_refusal_is_not_repeated_and_says_what_the_source_said(
    scripted: Any, session: Open, status: int, body: Any, code: str, said: str
) -> None:
    scripted.then(body, status=status)
    opened = session(scripted.base_url)
    with pytest.raises(RefusedRequest, match=said) as caught:
        opened.get_json("/x")
    assert caught.value.code == code
    assert opened.requests_sent == 1
    assert "\n" not in str(caught.value)


def test_a_passing_salesforce_limit_is_repeated(scripted: Any, session: Open, waits: list[float]) -> None:
    limit = [{"message": "ConcurrentRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]
    scripted.then(limit, status=403, Retry_After="1").then(GOOD)
    session(scripted.base_url).get_json("/x")
    assert waits == [1]


def test_the_budget_counts_every_attempt_and_ends_the_run(scripted: Any, session: Open) -> None:
    scripted.then({}, status=500).then(GOOD)
    opened = session(scripted.base_url, budget=3)
    opened.get_json("/x")
    opened.get_json("/x")
    with pytest.raises(SourceError, match="was sent the 3 requests that this run may send"):
        opened.get_json("/x")
    assert len(scripted.asked) == 3


def test_a_redirect_on_the_same_host_is_followed_with_credentials(scripted: Any, session: Open) -> None:
    scripted.then({}, status=302, Location="/elsewhere?a=1").then(GOOD)
    session(scripted.base_url).get_json("/x")
    assert [asked.path for asked in scripted.asked] == ["/x", "/elsewhere?a=1"]
    assert all("Authorization" in asked.headers for asked in scripted.asked)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_host_is_not_followed(scripted: Any, other_host: Any, session: Open, status: int) -> None:
    other_host.then(GOOD)
    scripted.then({}, status=status, Location=f"{other_host.base_url}/x")
    with pytest.raises(SourceError, match=f"gave a link to another host .{other_host.base_url[7:]}"):
        session(scripted.base_url).get_json("/x")
    assert other_host.asked == []


def test_redirects_in_a_circle_end(scripted: Any, session: Open) -> None:
    scripted.then({}, status=302, Location="/x")
    with pytest.raises(RefusedRequest, match="answered 302"):
        session(scripted.base_url).get_json("/x")
    assert len(scripted.asked) == 6


@pytest.mark.parametrize(
    "link", ["//evil.example/x", "http://evil.example/x", "https://127.0.0.1:{port}/x", "http://127.0.0.1:1/x"]
)
def test_a_link_to_another_origin_is_refused_before_it_is_asked_for(scripted: Any, session: Open, link: str) -> None:
    opened = session(scripted.base_url)
    with pytest.raises(SourceError, match="link to another host"):
        opened.get_json(link.format(port=scripted.base_url.rpartition(":")[2]))
    assert opened.requests_sent == 0


def test_a_token_is_asked_for_once_and_again_when_it_expired(scripted: Any, session: Open) -> None:
    expired = [{"message": "Session expired", "errorCode": "INVALID_SESSION_ID"}]
    scripted.then({"access_token": "first"}).then(GOOD).then(expired, status=401)
    scripted.then({"access_token": "second"}).then(GOOD)
    opened = session(scripted.base_url, authentication=ClientCredentials)
    opened.get_json("/a")
    opened.get_json("/b")
    asked = [(asked.method, asked.path, asked.headers.get("Authorization")) for asked in scripted.asked]
    assert asked == [
        ("POST", "/token", None),
        ("GET", "/a", "Bearer first"),
        ("GET", "/b", "Bearer first"),
        ("POST", "/token", None),
        ("GET", "/b", "Bearer second"),
    ]


def test_a_fresh_token_that_is_refused_too_ends_the_run(scripted: Any, session: Open) -> None:
    scripted.then({"access_token": "first"}).then([], status=401).then({"access_token": "second"}).then([], status=401)
    with pytest.raises(RefusedRequest, match="answered 401: check login and password"):
        session(scripted.base_url, authentication=ClientCredentials).get_json("/a")
    assert len(scripted.asked) == 4


def test_a_token_for_another_host_is_not_used(scripted: Any, other_host: Any, session: Open) -> None:
    scripted.then({"access_token": "first", "instance_url": other_host.base_url})
    with pytest.raises(SourceError, match="link to another host"):
        session(scripted.base_url, authentication=ClientCredentials).get_json("/a")
    assert other_host.asked == []


def test_a_token_answer_without_a_token_is_named(scripted: Any, session: Open) -> None:
    scripted.then({"token_type": "Bearer"})
    with pytest.raises(SourceError, match="without an access_token"):
        session(scripted.base_url, authentication=ClientCredentials).get_json("/a")


def test_what_the_source_echoes_of_a_secret_is_masked(scripted: Any, session: Open) -> None:
    scripted.then({"error": "invalid_client", "error_description": "no client with marker-secret"}, status=400)
    with pytest.raises(RefusedRequest) as caught:
        session(scripted.base_url, authentication=ClientCredentials).get_json("/a")
    assert "no client with ***" in str(caught.value)
    assert "marker-secret" not in str(caught.value)


def test_netrc_credentials_are_never_used(
    scripted: Any, session: Open, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    scripted.then(GOOD)
    opened = session(scripted.base_url)
    opened._http.trust_env = True  # as for a host that is not this machine
    opened.get_json("/x")
    assert (
        scripted.asked[0].headers["Authorization"]
        == Basic(Connection("c", scripted.base_url, "reader", "marker-secret")).headers(opened)["Authorization"]
    )


def test_a_proxy_of_the_environment_does_not_see_requests_to_this_machine(
    scripted: Any, session: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    scripted.then(GOOD)
    session(scripted.base_url).get_json("/x")
    assert [asked.path for asked in scripted.asked] == ["/x"]
