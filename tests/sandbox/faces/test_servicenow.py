from typing import Any
from urllib.parse import quote

import pytest
import requests

TABLE = "/api/now/table/incident"
ORDER = "ORDERBYsys_updated_on^ORDERBYsys_id"
PLAIN = "sysparm_display_value=false&sysparm_exclude_reference_link=true"
INCIDENTS = 25


def target(query: str = ORDER, fields: str = "sys_id,sys_updated_on", more: str = "") -> str:
    return f"{TABLE}?sysparm_query={quote(query)}&sysparm_fields={fields}&{PLAIN}{more}"


def rows(response: requests.Response) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    return list(response.json()["result"])


def numbers(response: requests.Response) -> list[int]:
    return [int(row["sys_id"], 16) for row in rows(response)]


def failure(response: requests.Response, status: int) -> dict[str, str]:
    assert response.status_code == status, response.text
    body = response.json()
    assert body["status"] == "failure"
    return dict(body["error"])


def test_all_values_are_strings_and_null_is_empty(client: Any) -> None:
    fields = "sys_id,made_sla,reassignment_count,resolved_at,sys_updated_on,vendor.name"
    row = rows(client.get(target(fields=fields)))[0]
    assert row == {
        "sys_id": f"{1:032x}",
        "made_sla": "true",
        "reassignment_count": "1",
        "resolved_at": "",
        "sys_updated_on": "2026-01-02 03:04:05",
        "vendor.name": "Vendor 9",
    }


def test_references_are_plain_ids_only_when_their_links_are_excluded(client: Any) -> None:
    plain = rows(client.get(target(fields="vendor,assignment_group")))
    assert plain[0] == {"vendor": f"{9:032x}", "assignment_group": f"{7:032x}"}
    assert plain[4]["vendor"] == ""
    linked = rows(client.get(f"{TABLE}?sysparm_query={ORDER}&sysparm_fields=vendor"))
    link = f"{client.address.base_url}/api/now/table/core_company/{9:032x}"
    assert linked[0] == {"vendor": {"link": link, "value": f"{9:032x}"}}
    assert linked[4] == {"vendor": ""}


def test_a_span_of_time_is_written_as_an_instant_after_the_epoch(client: Any) -> None:
    fields = "sys_id,pause_duration,business_pause_duration,duration,business_duration"
    asked = f"/api/now/table/task_sla?sysparm_query={quote(ORDER)}&sysparm_fields={fields}&{PLAIN}"
    first, *_, last = rows(client.get(asked))
    assert first["pause_duration"] == "1970-01-01 01:30:00"
    assert first["business_pause_duration"] == "1970-01-01 00:00:00"
    assert first["duration"] == "1970-02-09 22:30:00"
    assert (last["duration"], last["business_duration"]) == ("", "")
    longer = f"/api/now/table/task_sla?sysparm_query={quote(f'duration>1970-02-01 00:00:00^{ORDER}')}&{PLAIN}"
    assert [row["sys_id"] for row in rows(client.get(longer))] == [f"{1:032x}", f"{2:032x}"]


def test_fields_of_a_referenced_record_are_told_by_their_path(client: Any) -> None:
    fields = "schedule,schedule.name,sla.type"
    asked = f"/api/now/table/task_sla?sysparm_query={quote(ORDER)}&sysparm_fields={fields}"
    row = rows(client.get(asked))[0]
    assert row["schedule"]["value"] == f"{6:032x}"
    assert (row["schedule.name"], row["sla.type"]) == ("weekdays_8_18", "SLA")


def test_an_unknown_filter_field_is_silently_ignored(client: Any) -> None:
    response = client.get(target(f"nope>=2026^sys_updated_on>=2026-01-02 03:04:11^{ORDER}"))
    assert numbers(response) == [25]
    assert len(rows(client.get(target(f"nope=1^{ORDER}")))) == INCIDENTS


def test_an_unknown_field_in_the_answer_is_silently_left_out(client: Any) -> None:
    assert set(rows(client.get(target(fields="sys_id,nope")))[0]) == {"sys_id"}


def test_the_total_is_in_every_answer_and_links_only_where_there_are_more_pages(client: Any) -> None:
    one = client.get(target())
    assert one.headers["X-Total-Count"] == "25"
    assert "Link" not in one.headers
    paged = client.get(target(more="&sysparm_limit=10&sysparm_offset=10"))
    assert paged.headers["X-Total-Count"] == "25"
    assert set(paged.links) == {"next", "first", "last", "prev"}
    assert [paged.links[name]["url"].rpartition("=")[2] for name in ("first", "prev", "next", "last")] == [
        "0", "0", "20", "20",
    ]  # fmt: skip
    assert "Link" not in client.get(target(more="&sysparm_limit=10&sysparm_suppress_pagination_header=true")).headers


def test_links_lead_through_all_rows(client: Any) -> None:
    found, response = [], client.get(target(more="&sysparm_limit=10"))
    while True:
        found += numbers(response)
        if "next" not in response.links:
            break
        url = response.links["next"]["url"]
        assert url.startswith(client.address.base_url)
        response = client.get(url.removeprefix(client.address.base_url))
    assert found == list(range(1, INCIDENTS + 1))


def test_a_keyset_walk_with_a_new_query_sees_every_row_once_through_ties(client: Any) -> None:
    found: list[int] = []
    response = client.get(target(f"sys_updated_on>=2026-01-02 03:04:05^{ORDER}", more="&sysparm_limit=3"))
    while page := rows(response):
        assert int(response.headers["X-Total-Count"]) == INCIDENTS - len(found)
        found += numbers(response)
        at, key = page[-1]["sys_updated_on"], page[-1]["sys_id"]
        query = f"sys_updated_on={at}^sys_id>{key}^NQsys_updated_on>{at}^{ORDER}"
        response = client.get(target(query, more="&sysparm_limit=3"))
    assert found == list(range(1, INCIDENTS + 1))


def test_an_order_counts_only_at_the_very_end(client: Any) -> None:
    query = f"sys_updated_on=2026-01-02 03:04:05^{ORDER}^NQsys_updated_on>2026-01-02 03:04:05"
    found = numbers(client.get(target(query)))
    assert sorted(found) == list(range(1, INCIDENTS + 1))
    assert found != sorted(found)


@pytest.mark.parametrize("order", ["", "ORDERBYsys_updated_on"])
def test_without_a_unique_order_pages_are_unstable(client: Any, order: str) -> None:
    answers = [numbers(client.get(target(order))) for _ in range(3)]
    assert all(sorted(answer) == list(range(1, INCIDENTS + 1)) for answer in answers)
    assert len({tuple(answer) for answer in answers}) == 3


def test_spaces_may_come_as_plus(client: Any) -> None:
    response = client.get(f"{TABLE}?sysparm_query=sys_updated_on>=2026-01-02+03:04:11^{ORDER}&{PLAIN}")
    assert numbers(response) == [25]


def test_a_page_holds_at_most_10000_rows(client: Any, source: Any) -> None:
    template = source.documents["incident"][0]
    source.documents["incident"] = [template | {"sys_id": f"{n:032x}"} for n in range(10_005)]
    response = client.get(target(more="&sysparm_limit=50000"))
    assert len(rows(response)) == 10_000
    assert response.headers["X-Total-Count"] == "10005"
    assert response.links["next"]["url"].endswith("sysparm_offset=10000")


def test_numbers_and_truths_are_compared_as_such(client: Any) -> None:
    assert numbers(client.get(target(f"reassignment_count>9^made_sla=true^{ORDER}"))) == list(range(10, 26))


@pytest.mark.parametrize(
    "query",
    ["sys_updated_on>2026-01-02T03:04:05Z", "reassignment_count>x", "made_sla=maybe", "numberLIKE1", "^ORnumber=1"],
)
def test_what_the_sandbox_does_not_answer_is_refused(client: Any, query: str) -> None:
    assert failure(client.get(target(query)), 400)["message"] == "Invalid query"


@pytest.mark.parametrize("more", ["&sysparm_limit=x", "&sysparm_offset=-1", "&sysparm_view=x"])
def test_a_parameter_that_cannot_be_meant_is_refused(client: Any, more: str) -> None:
    assert failure(client.get(target(more=more)), 400)["message"] == "Invalid query"


def test_display_values_are_refused(client: Any) -> None:
    assert failure(client.get(f"{TABLE}?sysparm_display_value=all"), 400)["message"] == "Invalid query"


@pytest.mark.parametrize("login", [None, ("erp user", "wrong")])
def test_without_the_right_login_nothing_is_served(client: Any, login: tuple[str, str] | None) -> None:
    assert failure(client.get(target(), auth=login), 401) == {
        "message": "User Not Authenticated",
        "detail": "Required to provide Auth information",
    }


def test_another_table_is_refused(client: Any) -> None:
    assert failure(client.get("/api/now/table/nope"), 400)["message"] == "Invalid table nope"


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_the_table_is_read_only(client: Any, method: str) -> None:
    assert failure(client.send(method, TABLE, data=b"{}"), 405)["message"] == "Method not allowed"
