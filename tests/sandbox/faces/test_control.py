from typing import Any

import pytest

SUPPLIERS = "/sap/opu/odata/sap/API_BUSINESS_PARTNER/A_Supplier?$format=json&$orderby=Supplier"


def suppliers(client: Any) -> int:
    return len(client.get(SUPPLIERS).json()["d"]["results"])


def test_health_says_ok_without_a_login(client: Any) -> None:
    assert client.get("/sandbox/health", auth=None).json() == {"status": "ok"}


def test_an_advance_moves_the_clock_and_what_can_be_seen(client: Any) -> None:
    assert client.get("/sandbox/clock").json() == {"now": "2026-06-30T18:00:00Z"}
    assert suppliers(client) == 3
    assert client.send("POST", "/sandbox/advance", json={"days": 2}).json() == {"now": "2026-07-02T18:00:00Z"}
    assert client.get("/sandbox/clock").json() == {"now": "2026-07-02T18:00:00Z"}
    assert suppliers(client) == 5


@pytest.mark.parametrize("body", [b"", b"[]", b'{"days": "1"}', b'{"days": 1.5}', b'{"days": true}', b'{"days": -1}'])
def test_an_advance_that_cannot_be_meant_changes_nothing(client: Any, body: bytes) -> None:
    response = client.send("POST", "/sandbox/advance", data=body)
    assert response.status_code == 400
    assert "days" in response.json()["error"]
    assert client.get("/sandbox/clock").json() == {"now": "2026-06-30T18:00:00Z"}


def test_the_log_holds_every_request_to_a_system(client: Any) -> None:
    assert client.log() == []
    suppliers(client)
    client.get("/api/now/table/incident?sysparm_limit=2")
    client.get("/api/now/table/incident", auth=None)
    client.get("/somewhere/else")
    log = client.log()
    assert log[0] == {
        "ordinal": 1,
        "method": "GET",
        "path": "/sap/opu/odata/sap/API_BUSINESS_PARTNER/A_Supplier",
        "query": "$format=json&$orderby=Supplier",
        "status": 200,
        "rows": 3,
        "fault": None,
    }
    assert [(entry["path"], entry["status"], entry["rows"]) for entry in log[1:]] == [
        ("/api/now/table/incident", 200, 2),
        ("/api/now/table/incident", 401, 0),
        ("/somewhere/else", 404, 0),
    ]
    later = client.get("/sandbox/log?after=3").json()["requests"]
    assert [entry["ordinal"] for entry in later] == [4]


def test_the_log_never_holds_a_secret(client: Any) -> None:
    client.token()
    suppliers(client)
    text = client.get("/sandbox/log").text
    assert "/services/oauth2/token" in text
    assert "pass:word" not in text


def test_an_unknown_address_lists_those_that_there_are(client: Any) -> None:
    response = client.get("/sandbox/nope")
    assert response.status_code == 404
    assert "POST /sandbox/advance" in response.json()["error"]


def test_a_wrong_method_is_refused(client: Any) -> None:
    assert client.get("/sandbox/advance").status_code == 405


def test_fault_rules_can_be_read_back(client: Any) -> None:
    rules = [{"route": "/sap/*", "kind": "status", "requests": [2], "status": 429, "retry_after": 1}]
    assert client.send("PUT", "/sandbox/faults", json=rules).json() == rules
    assert client.get("/sandbox/faults").json() == rules
    client.set_faults()
    assert client.get("/sandbox/faults").json() == []


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "explode", "requests": [1]},
        {"kind": "drop"},
        {"kind": "drop", "requests": [1], "share": 0.5},
        {"kind": "drop", "share": 2},
        {"kind": "status", "requests": [1]},
        {"kind": "drop", "requests": [1], "status": 500},
        {"kind": "slow", "requests": [1]},
        {"kind": "drop", "requests": [1], "colour": "red"},
    ],
)
def test_a_fault_rule_that_cannot_be_meant_is_refused(client: Any, rule: dict[str, Any]) -> None:
    response = client.send("PUT", "/sandbox/faults", json=[rule])
    assert response.status_code == 400
    assert response.json()["error"].startswith("The fault rules cannot be used at 0")
    assert suppliers(client) == 3
