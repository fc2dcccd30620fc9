from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

TOKEN = "/services/oauth2/token"
QUERY = "/services/data/v61.0/query"
FORM = {"grant_type": "client_credentials", "client_id": "erp user", "client_secret": "pass:word"}
VISIBLE = 441


class Org:
    """An organisation that we are logged on to."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.token = client.token()

    def get(self, target: str, headers: dict[str, str] | None = None) -> requests.Response:
        bearer = {"Authorization": f"Bearer {self.token}"}
        response = self._client.get(target, headers=bearer | (headers or {}), auth=None)
        assert isinstance(response, requests.Response)
        return response

    def query(self, soql: str, resource: str = QUERY, **headers: str) -> requests.Response:
        """Spaces go out as `+`, as clients of Salesforce send them."""
        return self.get(f"{resource}?{urlencode({'q': soql})}", headers)


@pytest.fixture
def org(client: Any) -> Org:
    return Org(client)


def records(response: requests.Response) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    return list(response.json()["records"])


def error(response: requests.Response, status: int, code: str) -> str:
    """The text of an error: an array of one object."""
    assert response.status_code == status, response.text
    (only,) = response.json()
    assert only["errorCode"] == code
    return str(only["message"])


def test_a_token_comes_for_client_credentials_and_without_an_expiry(client: Any) -> None:
    body = client.send("POST", TOKEN, data=FORM, auth=None).json()
    assert set(body) == {"access_token", "signature", "scope", "instance_url", "id", "token_type", "issued_at"}
    assert body["token_type"] == "Bearer"
    assert body["instance_url"] == client.address.base_url
    assert body["issued_at"].isdigit()


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_no_token_for_wrong_credentials(client: Any, change: dict[str, str], status: int, code: str) -> None:
    response = client.send("POST", TOKEN, data=FORM | change, auth=None)
    assert (response.status_code, response.json()["error"]) == (status, code)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer stale"}, {"Authorization": "Basic YTpi"}])
def test_without_a_live_token_the_session_is_invalid(client: Any, headers: dict[str, str]) -> None:
    response = client.get(QUERY + "?q=SELECT+Id+FROM+Account", headers=headers, auth=None)
    assert error(response, 401, "INVALID_SESSION_ID") == "Session expired or invalid"


def test_a_short_result_is_done_at_once(org: Org) -> None:
    body = org.query("SELECT Id, Name FROM Innovation_Proposal__c ORDER BY SystemModstamp, Id").json()
    assert body == {
        "totalSize": 1,
        "done": True,
        "records": [
            {
                "attributes": {
                    "type": "Innovation_Proposal__c",
                    "url": "/services/data/v61.0/sobjects/Innovation_Proposal__c/a01000000000001AAA",
                },
                "Id": "a01000000000001AAA",
                "Name": "IP-1",
            }
        ],
    }


def test_pages_follow_a_link_relative_to_the_instance(org: Org) -> None:
    first = org.query("SELECT Id FROM Account ORDER BY SystemModstamp, Id", **{"Sforce-Query-Options": "batchSize=200"})
    pages = [first.json()]
    while not pages[-1]["done"]:
        assert pages[-1]["nextRecordsUrl"].startswith(QUERY + "/01g")
        pages.append(org.get(pages[-1]["nextRecordsUrl"]).json())
    assert [len(page["records"]) for page in pages] == [200, 200, VISIBLE - 400]
    assert {page["totalSize"] for page in pages} == {VISIBLE}
    assert "nextRecordsUrl" not in pages[-1]
    assert len({record["Id"] for page in pages for record in page["records"]}) == VISIBLE


@pytest.mark.parametrize(("asked", "given"), [(1, 200), (200, 200), (300, 300), (2000, VISIBLE), (5000, VISIBLE)])
def test_the_batch_size_is_a_hint_between_200_and_2000(org: Org, asked: int, given: int) -> None:
    response = org.query("SELECT Id FROM Account", **{"Sforce-Query-Options": f"batchSize={asked}"})
    assert len(records(response)) == given


def test_later_pages_show_the_result_as_it_was_when_asked(org: Org, client: Any, source: Any) -> None:
    soql = "SELECT Id, Name FROM Account ORDER BY SystemModstamp, Id"
    first = org.query(soql, **{"Sforce-Query-Options": "batchSize=200"}).json()
    source.documents["account"] = source.documents["account"][:3]
    source.days += 1
    assert org.query(soql).json()["totalSize"] == 3
    second = org.get(first["nextRecordsUrl"]).json()
    assert (second["totalSize"], len(second["records"])) == (VISIBLE, 200)


@pytest.mark.parametrize("locator", ["01gUNKNOWN-200", "nonsense"])
def test_an_unknown_locator_is_refused(org: Org, locator: str) -> None:
    assert error(org.get(f"{QUERY}/{locator}"), 400, "INVALID_QUERY_LOCATOR") == "invalid query locator"


def test_deleted_records_come_only_with_query_all_and_its_next_page_under_query(org: Org) -> None:
    soql = "SELECT Id, IsDeleted FROM Account ORDER BY SystemModstamp, Id"
    assert not any(record["IsDeleted"] for record in records(org.query(soql)))
    everything = org.query(soql, "/services/data/v61.0/queryAll", **{"Sforce-Query-Options": "batchSize=200"}).json()
    assert everything["totalSize"] == 450
    assert everything["nextRecordsUrl"].startswith(QUERY + "/")
    assert sum(record["IsDeleted"] for record in everything["records"]) == 4


def test_instants_have_milliseconds_and_no_colon_in_the_offset(org: Org) -> None:
    first = records(org.query("SELECT SystemModstamp FROM Account ORDER BY SystemModstamp, Id"))[0]
    assert first["SystemModstamp"] == "2026-01-02T03:04:05.006+0000"


def test_dates_numbers_and_nulls(org: Org) -> None:
    response = org.query(
        "SELECT Submitted_Date__c, Benefit_Estimate__c, Cost_To_Implement__c, Time_To_Implement_Days__c, "
        "Next_Step__c, First_Feedback_At__c, Problem__c FROM Innovation_Proposal__c"
    )
    assert '"Benefit_Estimate__c":1234567890123.45,"Cost_To_Implement__c":8.0,' in response.text
    (record,) = records(response)
    assert record["Submitted_Date__c"] == "2026-05-04"
    assert record["Next_Step__c"] is None
    assert record["First_Feedback_At__c"] is None
    assert record["Problem__c"] == "Line one\nline two"


def test_the_wire_value_of_an_instant_finds_its_own_row_again(org: Org) -> None:
    """Rows keep microseconds; comparisons use what the client can see."""
    soql = "SELECT Id FROM Account WHERE (SystemModstamp = 2026-01-02T03:04:05.006Z AND Id > '001000000000001AAA') "
    soql += "OR SystemModstamp > 2026-01-02T03:04:05.006Z ORDER BY SystemModstamp, Id"
    found = records(org.query(soql))
    assert len(found) == VISIBLE - 1
    assert [record["Id"] for record in found[:2]] == ["001000000000002AAA", "001000000000003AAA"]


@pytest.mark.parametrize(
    "literal", ["2026-01-02T03:06:00Z", "2026-01-02T03:06:00.000+0000", "2026-01-02T04:06:00+01:00"]
)
def test_an_instant_literal_is_unquoted_and_has_a_zone(org: Org, literal: str) -> None:
    found = records(org.query(f"SELECT Id FROM Account WHERE SystemModstamp >= {literal} ORDER BY SystemModstamp, Id"))
    changed = datetime(2026, 1, 2, 3, 6, tzinfo=UTC) - datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    first = changed.seconds * 3 + 1
    expected = [f"001{number:012}AAA" for number in range(first, 451) if number % 50]
    assert [record["Id"] for record in found] == expected


def test_a_plus_in_an_offset_must_be_encoded(org: Org) -> None:
    target = QUERY + "?q=SELECT+Id+FROM+Account+WHERE+SystemModstamp+>=+2026-01-02T03:06:00+00:00"
    error(org.get(target), 400, "MALFORMED_QUERY")
    assert records(org.get(target.replace("+00:00", "%2B00:00")))


def test_a_trailing_slash_is_what_some_clients_send(org: Org) -> None:
    assert len(records(org.get(QUERY + "/?q=SELECT+Id+FROM+Account"))) == VISIBLE


def test_quotes_in_texts_are_escaped_by_backslash(org: Org) -> None:
    found = records(org.query(r"SELECT Id FROM Account WHERE Name = 'O\'Vendor 7'"))
    assert [record["Id"] for record in found] == ["001000000000007AAA"]


@pytest.mark.parametrize(
    "soql",
    [
        "",
        "SELECT Id FRM Account",
        "SELECT FROM Account",
        "SELECT Id FROM Account WHERE",
        "SELECT Id FROM Account ORDER SystemModstamp",
        "SELECT Id FROM Account ORDER BY SystemModstamp DESC",
        "SELECT Id FROM Account WHERE Name LIKE 'a%'",
        "SELECT Id FROM Account WHERE SystemModstamp > 2026-01-02T03:06:00",
        "SELECT Id FROM Account WHERE Id = 'a' AND Id = 'b' OR Id = 'c'",
        "SELECT Id FROM Account WHERE (Id = 'a'",
    ],
)
def test_what_is_not_soql_is_malformed(org: Org, soql: str) -> None:
    assert error(org.query(soql), 400, "MALFORMED_QUERY").startswith("unexpected token: ")


@pytest.mark.parametrize(
    "soql",
    [
        "SELECT Nope FROM Account",
        "SELECT Id FROM Account WHERE Nope = 'a'",
        "SELECT Id FROM Account ORDER BY Nope",
    ],
)
def test_an_unknown_field_is_named_with_its_place(org: Org, soql: str) -> None:
    text = error(org.query(soql), 400, "INVALID_FIELD")
    assert "No such column 'Nope' on entity 'Account'" in text
    assert f"ERROR at Row:1:Column:{soql.index('Nope') + 1}" in text


@pytest.mark.parametrize("condition", ["SystemModstamp > '2026-01-01'", "Name = 5", "Strategic_Vendor__c = 'true'"])
def test_a_literal_of_another_type_is_refused(org: Org, condition: str) -> None:
    assert "value of filter criterion for field" in error(
        org.query(f"SELECT Id FROM Account WHERE {condition}"), 400, "INVALID_FIELD"
    )


def test_an_unknown_object_is_refused(org: Org) -> None:
    assert "sObject type 'Case' is not supported" in error(org.query("SELECT Id FROM Case"), 400, "INVALID_TYPE")


@pytest.mark.parametrize("target", ["/services/data/v60.0/query?q=x", "/services/data/v61.0/sobjects/Account"])
def test_other_resources_are_not_found(org: Org, target: str) -> None:
    assert error(org.get(target), 404, "NOT_FOUND") == "The requested resource does not exist"


def test_every_answer_counts_the_requests(org: Org) -> None:
    used = [org.query("SELECT Id FROM Account").headers["Sforce-Limit-Info"] for _ in range(2)]
    assert used == ["api-usage=1/15000", "api-usage=2/15000"]


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_queries_are_read_only(client: Any, method: str) -> None:
    headers = {"Authorization": f"Bearer {client.token()}"}
    refused = error(client.send(method, QUERY, headers=headers, auth=None), 405, "METHOD_NOT_ALLOWED")
    assert refused == f"HTTP Method '{method}' not allowed. Allowed are GET"
