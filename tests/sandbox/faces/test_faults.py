import base64
import socket
import time
from typing import Any

import pytest
import requests

from sandbox.faults import FaultRule, Faults

V4 = "/sap/opu/odata4/sap/api_purchaseorder_2/srvd_a2x/sap/purchaseorder/0001/PurchaseOrder"
V2 = "/sap/opu/odata/sap/API_BUSINESS_PARTNER/A_Supplier?$format=json"
INCIDENTS = "/api/now/table/incident"
ACCOUNTS = "/services/data/v61.0/query?q=SELECT+Id+FROM+Account"


def received(client: Any, target: str) -> bytes:
    """All bytes of an answer, read from the bare socket; raises as the socket does."""
    token = base64.b64encode(b"erp user:pass:word").decode()
    with socket.create_connection((client.address.host, client.address.port), timeout=20) as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {token}\r\n\r\n".encode())
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return answer


def test_a_fault_hits_only_the_requests_that_were_named(client: Any) -> None:
    client.set_faults({"route": "/api/*", "kind": "status", "status": 503, "requests": [2, 3]})
    statuses = [client.get(INCIDENTS).status_code for _ in range(4)]
    assert statuses == [200, 503, 503, 200]
    assert client.get(V4).status_code == 200


def test_rules_start_counting_when_they_are_set(client: Any) -> None:
    rule = {"route": "*", "kind": "status", "status": 500, "requests": [1]}
    client.set_faults(rule)
    assert [client.get(INCIDENTS).status_code for _ in range(2)] == [500, 200]
    client.set_faults(rule)
    assert client.get(INCIDENTS).status_code == 500
    client.set_faults()
    assert client.get(INCIDENTS).status_code == 200


def test_a_share_draws_the_same_requests_from_the_same_seed() -> None:
    def drawn(seed: int) -> list[int]:
        faults = Faults()
        faults.set([FaultRule(kind="drop", share=0.2, seed=seed)])
        return [ordinal for ordinal in range(1, 1001) if faults.strike("/any")]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert 150 < len(drawn(1)) < 250


@pytest.mark.parametrize("target", [V4, V2, INCIDENTS])
def test_429_says_when_to_come_back_only_if_asked_to(client: Any, target: str) -> None:
    client.set_faults(
        {"kind": "status", "status": 429, "retry_after": 7, "requests": [1]},
        {"kind": "status", "status": 429, "requests": [2]},
    )
    first, second = client.get(target), client.get(target)
    assert (first.status_code, first.headers["Retry-After"]) == (429, "7")
    assert second.status_code == 429
    assert "Retry-After" not in second.headers
    assert "error" in second.json()


def test_salesforce_says_403_for_its_request_limit(client: Any) -> None:
    bearer = {"Authorization": f"Bearer {client.token()}"}
    client.set_faults({"route": "/services/data/*", "kind": "status", "status": 429, "requests": [1]})
    response = client.get(ACCOUNTS, headers=bearer, auth=None)
    assert response.status_code == 403
    assert response.json()[0]["errorCode"] == "REQUEST_LIMIT_EXCEEDED"
    assert client.get(ACCOUNTS, headers=bearer, auth=None).status_code == 200


@pytest.mark.parametrize("status", [500, 503])
@pytest.mark.parametrize("target", [V4, V2, INCIDENTS, ACCOUNTS])
def test_server_errors_come_in_the_shape_of_the_protocol(client: Any, target: str, status: int) -> None:
    client.set_faults({"kind": "status", "status": status, "requests": [1]})
    response = client.get(target)
    assert response.status_code == status
    body = response.json()
    assert body[0]["errorCode"] if target == ACCOUNTS else body["error"]


def test_a_dropped_connection_is_reset_before_any_byte(client: Any) -> None:
    client.set_faults({"kind": "drop", "requests": [1, 2]})
    with pytest.raises(ConnectionResetError):
        received(client, V4)
    with pytest.raises(requests.ConnectionError):
        client.get(V4)
    assert client.get(V4).status_code == 200
    assert [(entry["status"], entry["fault"]) for entry in client.log()] == [
        (None, "drop"),
        (None, "drop"),
        (200, None),
    ]


def test_a_truncated_body_is_shorter_than_announced(client: Any) -> None:
    whole = len(client.get(V4).content)
    client.set_faults({"kind": "truncate", "sent_share": 0.25, "requests": [1, 2]})
    head, _, body = received(client, V4).partition(b"\r\n\r\n")
    assert f"Content-Length: {whole}".encode() in head
    assert len(body) == int(whole * 0.25) > 0
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        client.get(V4)
    assert len(client.get(V4).content) == whole


def test_an_html_page_comes_with_200(client: Any) -> None:
    client.set_faults({"kind": "html", "requests": [1]})
    response = client.get(V4)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/html")
    assert response.text.startswith("<!DOCTYPE html>")


def test_a_slow_answer_is_right_but_late(client: Any) -> None:
    client.set_faults({"kind": "slow", "seconds": 0.4, "requests": [1]})
    began = time.monotonic()
    response = client.get(INCIDENTS)
    assert time.monotonic() - began >= 0.4
    assert len(response.json()["result"]) == 25


def test_a_slow_answer_holds_up_nobody_else(client: Any) -> None:
    client.set_faults({"route": "/api/*", "kind": "slow", "seconds": 20, "requests": [1]})
    with pytest.raises(requests.ReadTimeout):
        requests.get(client.address.base_url + INCIDENTS, timeout=0.2)
    assert client.get(V4).status_code == 200


def test_an_expired_token_is_refused_until_a_new_one_is_asked_for(client: Any) -> None:
    old = {"Authorization": f"Bearer {client.token()}"}
    client.set_faults({"route": "/services/data/*", "kind": "expired_token", "requests": [2]})
    assert client.get(ACCOUNTS, headers=old, auth=None).status_code == 200
    for _ in range(2):
        refused = client.get(ACCOUNTS, headers=old, auth=None)
        assert refused.status_code == 401
        assert refused.json()[0]["errorCode"] == "INVALID_SESSION_ID"
    new = {"Authorization": f"Bearer {client.token()}"}
    assert new != old
    assert client.get(ACCOUNTS, headers=new, auth=None).status_code == 200


def test_every_fault_is_in_the_log(client: Any) -> None:
    kinds = ["drop", "truncate", "html", "expired_token"]
    client.set_faults(
        *({"kind": kind, "requests": [ordinal]} for ordinal, kind in enumerate(kinds, 1)),
        {"kind": "slow", "seconds": 0.01, "requests": [5]},
        {"kind": "status", "status": 500, "requests": [6]},
    )
    for _ in range(7):
        try:
            client.get(INCIDENTS)
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            continue
    log = client.log()
    assert [entry["fault"] for entry in log] == [*kinds, "slow", "status", None]
    assert [entry["status"] for entry in log] == [None, 200, 200, 200, 200, 500, 200]
