import base64
import json
import socket
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
import requests

ROOT = "/sap/opu/odata4/sap/api_purchaseorder_2/srvd_a2x/sap/purchaseorder/0001/"
SET = ROOT + "PurchaseOrder"
ORDERS = 20
PAGE_LIMIT = 5
CHANGE_ORDER = "$orderby=LastChangeDateTime,PurchaseOrder"
KEYSET = "LastChangeDateTime gt {at} or (LastChangeDateTime eq {at} and PurchaseOrder gt '{key}')"


def with_filter(condition: str) -> str:
    return f"{SET}?$filter={quote(condition, safe=chr(39) + '(),:=')}&{CHANGE_ORDER}"


def keys(response: requests.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [order["PurchaseOrder"] for order in response.json()["value"]]


def message(response: requests.Response, status: int = 400) -> str:
    """The text of an error in the protocol's shape."""
    assert response.status_code == status, response.text
    error = response.json()["error"]
    assert error["code"] == str(status)
    assert error["@Common.numericSeverity"] == 4
    return str(error["message"])


def walk(client: Any, first: str) -> list[list[str]]:
    """The keys of every page, following links that are relative to the service root."""
    pages, target = [], first
    while True:
        response = client.get(target)
        pages.append(keys(response))
        link = response.json().get("@odata.nextLink")
        if link is None:
            return pages
        target = ROOT + link


def raw_get(client: Any, target: str) -> tuple[int, dict[str, Any]]:
    """A request whose target no library has touched."""
    token = base64.b64encode(b"erp user:pass:word").decode()
    with socket.create_connection((client.address.host, client.address.port), timeout=20) as connection:
        connection.sendall(
            f"GET {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {token}\r\nConnection: close\r\n\r\n".encode()
        )
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def test_a_plus_is_not_a_space(client: Any) -> None:
    condition = "LastChangeDateTime gt 2026-02-01T00:00:00Z"
    status, body = raw_get(client, f"{SET}?$filter={condition.replace(' ', '+')}&{CHANGE_ORDER}")
    assert status == 400
    position = len("PurchaseOrder?$filter=LastChangeDateTime") + 1
    expected = f'Parsing URL failed at position {position}: Expected whitespace but "+" found'
    assert body["error"]["message"] == expected
    status, body = raw_get(client, f"{SET}?$filter={condition.replace(' ', '%20')}&{CHANGE_ORDER}")
    assert status == 200
    assert len(body["value"]) == PAGE_LIMIT


def test_a_library_that_encodes_spaces_as_plus_is_refused(client: Any) -> None:
    response = client.get(SET, params={"$filter": "LastChangeDateTime gt 2026-02-01T00:00:00Z"})
    assert "Parsing URL failed" in message(response)


def test_a_plus_inside_a_text_is_a_plus(client: Any) -> None:
    assert keys(client.get(SET + "?$filter=PurchaseOrder%20gt%20'+'")) == [f"{4500000000 + n}" for n in range(1, 6)]


def test_the_next_link_is_relative_to_the_service_root_and_comes_before_the_rows(client: Any) -> None:
    response = client.get(SET + "?$orderby=PurchaseOrder&$count=true")
    body = json.loads(response.text)
    assert list(body) == ["@odata.context", "@odata.count", "@odata.nextLink", "value"]
    assert body["@odata.nextLink"].startswith("PurchaseOrder?%24orderby=PurchaseOrder&%24count=true&%24skiptoken=")


def test_a_walk_whose_rows_divide_evenly_ends_with_an_empty_page(client: Any) -> None:
    pages = walk(client, SET + "?$orderby=PurchaseOrder")
    assert [len(page) for page in pages] == [5, 5, 5, 5, 0]
    assert [key for page in pages for key in page] == [f"{4500000000 + n}" for n in range(1, ORDERS + 1)]


def test_a_top_above_the_limit_gives_the_limit_and_a_link_that_keeps_the_rest(client: Any) -> None:
    response = client.get(SET + "?$orderby=PurchaseOrder&$top=7")
    assert len(keys(response)) == PAGE_LIMIT
    token = response.json()["@odata.nextLink"].rpartition("%24skiptoken=")[2].replace("%3D", "=")
    assert base64.b64decode(token).decode() == "$rows=2&$offset=5"
    assert [len(page) for page in walk(client, SET + "?$orderby=PurchaseOrder&$top=7")] == [5, 2]


def test_a_top_within_the_limit_gives_no_link(client: Any) -> None:
    assert [len(page) for page in walk(client, SET + "?$top=5")] == [5]


def test_skip_and_top_cut_the_end(client: Any) -> None:
    assert [len(page) for page in walk(client, SET + "?$orderby=PurchaseOrder&$skip=18&$top=5")] == [2]


def test_the_skiptoken_is_an_offset_so_rows_that_move_are_missed(client: Any, source: Any) -> None:
    first = client.get(SET + "?$orderby=PurchaseOrder")
    source.documents["purchase_order"].pop(0)
    source.days += 1
    second = client.get(ROOT + first.json()["@odata.nextLink"])
    assert set(keys(first) + keys(second)) == {f"{4500000000 + n}" for n in (1, 2, 3, 4, 5, 7, 8, 9, 10, 11)}


def test_the_page_size_preference_is_ignored(client: Any) -> None:
    response = client.get(SET, headers={"Prefer": "odata.maxpagesize=2"})
    assert len(keys(response)) == PAGE_LIMIT
    assert "Preference-Applied" not in response.headers


def test_count_counts_what_the_filter_lets_through(client: Any) -> None:
    body = client.get(with_filter("LastChangeDateTime ge 2026-02-07T00:00:00Z") + "&$count=true&$top=1").json()
    assert (body["@odata.count"], len(body["value"])) == (2, 1)


def test_expanded_children_are_nested_and_keys_and_etag_field_come_back_unselected(client: Any) -> None:
    query = (
        "$select=CompanyCode&$expand=_PurchaseOrderItem($select=Plant;"
        "$expand=_PurchaseOrderScheduleLineTP($select=ScheduleLineDeliveryDate))&$orderby=PurchaseOrder&$top=1"
    )
    (order,) = client.get(f"{SET}?{query}").json()["value"]
    assert order == {
        "@odata.etag": 'W/"2026-02-01T08:00:00.1234560Z"',
        "PurchaseOrder": "4500000001",
        "CompanyCode": "1010",
        "LastChangeDateTime": "2026-02-01T08:00:00.1234560Z",
        "_PurchaseOrderItem": [
            {
                "PurchaseOrder": "4500000001",
                "PurchaseOrderItem": "00010",
                "Plant": "1010",
                "_PurchaseOrderScheduleLineTP": [
                    {
                        "PurchaseOrder": "4500000001",
                        "PurchaseOrderItem": "00010",
                        "ScheduleLine": f"000{line}",
                        "ScheduleLineDeliveryDate": f"2026-03-0{line}",
                    }
                    for line in (1, 2)
                ],
            }
        ],
    }


def test_children_come_only_when_expanded(client: Any) -> None:
    (order,) = client.get(SET + "?$top=1").json()["value"]
    assert "_PurchaseOrderItem" not in order
    assert order["SupplyingPlant"] == ""


@pytest.mark.parametrize("accept", ["application/json", "application/json;IEEE754Compatible=true"])
def test_decimals_are_numbers_without_trailing_zeros(client: Any, accept: str) -> None:
    response = client.get(SET + "?$top=1&$expand=_PurchaseOrderItem", headers={"Accept": accept})
    text = response.text
    for written in ('"OrderQuantity":78,', '"NetPriceAmount":36.53,', '"NetPriceQuantity":100,'):
        assert written in text
    assert '"UnderdelivTolrtdLmtRatioInPct":0,' in text


def test_decimals_are_exact(start: Callable[..., Any], source: Any) -> None:
    source.documents["purchase_order"][0]["_PurchaseOrderItem"][0]["NetPriceAmount"] = Decimal("123456789012.123457")
    text = start(source).get(SET + "?$orderby=PurchaseOrder&$top=1&$expand=_PurchaseOrderItem").text
    assert '"NetPriceAmount":123456789012.123457,' in text


def test_instants_have_seven_digits_and_dates_none(client: Any) -> None:
    (order,) = client.get(f"{SET}?{CHANGE_ORDER}&$top=1").json()["value"]
    assert order["LastChangeDateTime"] == "2026-02-01T08:00:00.1234560Z"
    assert order["PurchaseOrderDate"] == "2026-01-01"


def test_a_keyset_walk_sees_every_row_once_through_ties(client: Any) -> None:
    seen: list[str] = []
    target = f"{SET}?{CHANGE_ORDER}&$top=2"
    while page := client.get(target).json()["value"]:
        seen += [order["PurchaseOrder"] for order in page]
        at, key = page[-1]["LastChangeDateTime"], page[-1]["PurchaseOrder"]
        target = with_filter(KEYSET.format(at=at, key=key)) + "&$top=2"
    assert seen == [f"{4500000000 + n}" for n in range(1, ORDERS + 1)]


def test_rows_are_ordered_as_asked(client: Any) -> None:
    response = client.get(SET + "?$orderby=Supplier,PurchaseOrder%20asc")
    assert keys(response) == ["4500000004", "4500000008", "4500000012", "4500000016", "4500000020"]


def test_and_binds_closer_than_or(client: Any) -> None:
    chosen = "PurchaseOrder eq '4500000001' or PurchaseOrder eq '4500000002' and Supplier eq 'none'"
    assert keys(client.get(with_filter(chosen))) == ["4500000001"]
    chosen = "(PurchaseOrder eq '4500000001' or PurchaseOrder eq '4500000002') and Supplier eq 'none'"
    assert keys(client.get(with_filter(chosen))) == []


@pytest.mark.parametrize(
    ("option", "owner"),
    [
        ("$select=Nope", "PurchaseOrder"),
        ("$filter=Nope%20eq%20'1'", "PurchaseOrder"),
        ("$orderby=Nope", "PurchaseOrder"),
        ("$expand=Nope", "PurchaseOrder"),
        ("$expand=_PurchaseOrderItem($select=Nope)", "PurchaseOrderItem"),
    ],
)
def test_an_unknown_property_is_named(client: Any, option: str, owner: str) -> None:
    namespace = "com.sap.gateway.srvd_a2x.api_purchaseorder_2.v0001"
    assert message(client.get(f"{SET}?{option}")) == f'Property "Nope" does not exist in {namespace}.{owner}'


@pytest.mark.parametrize(
    "condition",
    [
        "LastChangeDateTime gt datetimeoffset'2026-01-10T00:00:00Z'",
        "PurchaseOrderDate ge datetime'2026-01-10T00:00:00'",
        "LastChangeDateTime gt 2026-01-10T00:00:00",
        "LastChangeDateTime gt",
        "LastChangeDateTime lt 2026-01-10T00:00:00Z",
        "(PurchaseOrder eq '1'",
        "PurchaseOrder eq '1' xor PurchaseOrder eq '2'",
        "PurchaseOrder eq '1",
    ],
)
def test_what_is_not_in_the_grammar_is_a_parse_error(client: Any, condition: str) -> None:
    assert message(client.get(with_filter(condition))).startswith("Parsing URL failed at position ")


@pytest.mark.parametrize(
    "condition", ["LastChangeDateTime gt 2026-01-10", "PurchaseOrder gt 5", "PurchaseOrderDate ge 2026-02-30"]
)
def test_a_literal_of_another_type_is_refused(client: Any, condition: str) -> None:
    assert "does not fit the type of property" in message(client.get(with_filter(condition)))


def test_a_quoted_date_is_accepted_as_a_text(client: Any) -> None:
    found = client.get(with_filter("LastChangeDateTime gt '2026-02-07'"))
    assert keys(found) == ["4500000019", "4500000020"]


@pytest.mark.parametrize(
    "option", ["$top=-1", "$top=x", "$count=maybe", "$skiptoken=!", "$search=x", "colour=red", "$top=1&$top=2"]
)
def test_a_query_option_that_cannot_be_meant_is_refused(client: Any, option: str) -> None:
    assert message(client.get(f"{SET}?{option}"))


def test_the_client_number_of_an_on_premise_system_is_no_error(client: Any) -> None:
    assert len(keys(client.get(SET + "?sap-client=100&$top=1"))) == 1


def test_another_entity_set_is_not_found(client: Any) -> None:
    assert message(client.get(ROOT + "Nope"), 404) == 'Invalid resource path "Nope"'


@pytest.mark.parametrize("login", [None, ("erp user", "wrong"), ("wrong", "pass:word")])
def test_without_the_right_login_nothing_is_served(client: Any, login: tuple[str, str] | None) -> None:
    response = client.get(SET, auth=login)
    assert message(response, 401) == "Unauthorized"
    assert response.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_the_service_is_read_only(client: Any, method: str) -> None:
    assert "not allowed" in message(client.send(method, SET, data=b"{}"), 405)


def test_a_bad_change_time_sorts_last_and_does_not_end_the_walk(start: Callable[..., Any], source: Any) -> None:
    source.documents["purchase_order"][0]["LastChangeDateTime"] = "0000-00-00"
    client = start(source, page_limit=100)
    response = client.get(with_filter("LastChangeDateTime ge 2026-02-01T00:00:00Z"))
    assert keys(response) == [f"{4500000000 + n}" for n in (*range(2, 21), 1)]
    assert response.json()["value"][-1]["LastChangeDateTime"] == "0000-00-00"
    behind = KEYSET.format(at="2026-02-07T08:00:00.1234560Z", key="4500000019")
    assert keys(client.get(with_filter(behind))) == ["4500000020", "4500000001"]
    assert keys(client.get(with_filter("LastChangeDateTime eq '0000-00-00'"))) == ["4500000001"]


def test_bad_data_goes_out_as_it_is_kept(start: Callable[..., Any], source: Any) -> None:
    source.documents["purchase_order"][0]["_PurchaseOrderItem"][0]["OrderQuantity"] = "12,5"
    (order,) = start(source).get(SET + "?$orderby=PurchaseOrder&$top=1&$expand=_PurchaseOrderItem").json()["value"]
    assert order["_PurchaseOrderItem"][0]["OrderQuantity"] == "12,5"


def test_a_source_that_lacks_a_declared_field_is_an_error_that_names_it(start: Callable[..., Any], source: Any) -> None:
    del source.documents["purchase_order"][3]["Supplier"]
    text = message(start(source).get(SET), 500)
    assert "purchase_order 4500000004 without the field Supplier" in text
