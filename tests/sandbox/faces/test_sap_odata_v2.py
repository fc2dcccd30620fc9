import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import requests

SERVICE = "/sap/opu/odata/sap/API_MATERIAL_DOCUMENT_SRV/"
DOCUMENTS = SERVICE + "A_MaterialDocumentHeader"
SUPPLIERS = "/sap/opu/odata/sap/API_BUSINESS_PARTNER/A_Supplier"
ORDER = "$orderby=CreationDate,CreationTime,MaterialDocumentYear,MaterialDocument&$format=json"


def results(response: requests.Response) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    return list(response.json()["d"]["results"])


def keys(response: requests.Response) -> list[str]:
    return [document["MaterialDocument"] for document in results(response)]


def message(response: requests.Response, status: int = 400) -> str:
    """The text of an error in the protocol's shape."""
    assert response.status_code == status, response.text
    error = response.json()["error"]
    assert error["code"].startswith("/IW")
    assert error["message"]["lang"] == "en"
    assert set(error["innererror"]) == {"application", "transactionid", "timestamp", "errordetails"}
    return str(error["message"]["value"])


def test_the_next_link_is_absolute_and_pages_hold_the_limit(client: Any) -> None:
    pages, target = [], f"{DOCUMENTS}?{ORDER}&$inlinecount=allpages"
    while True:
        response = client.get(target)
        pages.append(keys(response))
        assert response.json()["d"]["__count"] == "12"
        link = response.json()["d"].get("__next")
        if link is None:
            break
        assert link.startswith(f"{client.address.base_url}{DOCUMENTS}?{ORDER}&$inlinecount=allpages&$skiptoken=")
        target = link.removeprefix(client.address.base_url)
    assert [len(page) for page in pages] == [5, 5, 2]
    assert [key for page in pages for key in page] == [f"{5000000000 + n}" for n in range(1, 13)]


def test_top_is_kept_through_the_next_link(client: Any) -> None:
    first = client.get(f"{DOCUMENTS}?{ORDER}&$top=7&$skip=1")
    second = client.get(first.json()["d"]["__next"].removeprefix(client.address.base_url))
    assert keys(first) + keys(second) == [f"{5000000000 + n}" for n in range(2, 9)]
    assert "__next" not in second.json()["d"]


def test_a_plus_is_a_space(client: Any) -> None:
    spaced = client.get(f"{DOCUMENTS}?$filter=CreationDate+ge+datetime'2026-03-05T00:00:00'&{ORDER}")
    assert keys(spaced) == ["5000000009", "5000000010", "5000000011", "5000000012"]
    assert spaced.headers["dataserviceversion"] == "2.0"


def test_dates_are_ticks_without_a_zone_and_may_be_negative_or_null(client: Any) -> None:
    document = results(client.get(f"{DOCUMENTS}?{ORDER}&$top=1"))[0]
    assert document["CreationDate"] == "/Date(1772323200000)/"
    assert document["DocumentDate"] == "/Date(-86400000)/"
    assert document["PostingDate"] is None


def test_times_are_durations(client: Any) -> None:
    assert results(client.get(f"{DOCUMENTS}?{ORDER}&$top=1"))[0]["CreationTime"] == "PT11H22M33S"


def test_decimals_are_strings_padded_to_their_scale(client: Any) -> None:
    document = results(client.get(f"{DOCUMENTS}?{ORDER}&$top=1&$expand=to_MaterialDocumentItem"))[0]
    assert document["to_MaterialDocumentItem"]["results"][0]["QuantityInEntryUnit"] == "12.500"


def test_digits_beyond_the_scale_are_not_cut(start: Callable[..., Any], source: Any) -> None:
    item = source.documents["material_document"][0]["to_MaterialDocumentItem"][0]
    item["QuantityInEntryUnit"] = Decimal("0.12345")
    document = results(start(source).get(f"{DOCUMENTS}?{ORDER}&$top=1&$expand=to_MaterialDocumentItem"))[0]
    assert document["to_MaterialDocumentItem"]["results"][0]["QuantityInEntryUnit"] == "0.12345"


def test_every_document_says_what_and_where_it_is(client: Any) -> None:
    document = results(client.get(f"{DOCUMENTS}?{ORDER}&$top=1"))[0]
    uri = (
        f"{client.address.base_url}{SERVICE}"
        "A_MaterialDocumentHeader(MaterialDocumentYear='2026',MaterialDocument='5000000001')"
    )
    assert document["__metadata"] == {
        "id": uri,
        "uri": uri,
        "type": "API_MATERIAL_DOCUMENT_SRV.A_MaterialDocumentHeaderType",
    }
    assert document["to_MaterialDocumentItem"] == {"__deferred": {"uri": uri + "/to_MaterialDocumentItem"}}


def test_expanded_children_stand_under_results_with_the_selected_fields(client: Any) -> None:
    query = "$select=MaterialDocument,to_MaterialDocumentItem/Plant&$expand=to_MaterialDocumentItem"
    document = results(client.get(f"{DOCUMENTS}?{query}&{ORDER}&$top=1"))[0]
    assert set(document) == {"__metadata", "MaterialDocument", "to_MaterialDocumentItem"}
    (item,) = document["to_MaterialDocumentItem"]["results"]
    assert set(item) == {"__metadata", "Plant"}


def test_a_selected_navigation_property_comes_whole(client: Any) -> None:
    query = "$select=MaterialDocument,to_MaterialDocumentItem&$expand=to_MaterialDocumentItem"
    document = results(client.get(f"{DOCUMENTS}?{query}&{ORDER}&$top=1"))[0]
    assert len(document["to_MaterialDocumentItem"]["results"][0]) == 18


def test_an_expansion_that_is_not_selected_is_refused(client: Any) -> None:
    query = "$select=MaterialDocument&$expand=to_MaterialDocumentItem"
    assert "not in $select" in message(client.get(f"{DOCUMENTS}?{query}&{ORDER}"))


def test_suppliers_are_a_full_read_with_padded_numbers(client: Any) -> None:
    query = "$select=Supplier,PurchasingIsBlocked,CreationDate&$orderby=Supplier&$format=json&$inlinecount=allpages"
    found = results(client.get(f"{SUPPLIERS}?{query}"))
    assert [row["Supplier"] for row in found] == ["0000000001", "0000000002", "0000000003"]
    assert [row["PurchasingIsBlocked"] for row in found] == [False, False, True]
    assert found[0]["CreationDate"] is None


def test_a_filter_on_the_time_of_day_reads_a_time_literal(client: Any) -> None:
    condition = "CreationDate eq datetime'2026-03-01T00:00:00' and CreationTime gt time'PT11H22M33S'"
    response = client.get(f"{DOCUMENTS}?$filter={condition.replace(' ', '%20')}&{ORDER}")
    assert keys(response) == ["5000000002"]


@pytest.mark.parametrize(
    "condition",
    [
        "CreationDate ge 2026-03-05",
        "CreationDate ge 2026-03-05T00:00:00Z",
        "CreationDate ge datetimeoffset'2026-03-05T00:00:00Z'",
        "CreationDate ge '2026-03-05'",
        "CreationDate ge datetime'2026-13-05T00:00:00'",
        "CreationDate ge",
        "CreationDate le datetime'2026-03-05T00:00:00'",
    ],
)
def test_literals_of_v4_and_other_wrong_filters_are_refused(client: Any, condition: str) -> None:
    assert message(client.get(f"{DOCUMENTS}?$filter={condition.replace(' ', '%20')}&{ORDER}"))


@pytest.mark.parametrize(
    ("option", "owner"),
    [
        ("$select=Nope", "A_MaterialDocumentHeader"),
        ("$filter=Nope eq '1'", "A_MaterialDocumentHeader"),
        ("$orderby=Nope", "A_MaterialDocumentHeader"),
        ("$expand=Nope", "A_MaterialDocumentHeader"),
        ("$select=to_MaterialDocumentItem/Nope", "A_MaterialDocumentItem"),
    ],
)
def test_an_unknown_property_is_named(client: Any, option: str, owner: str) -> None:
    text = message(client.get(f"{DOCUMENTS}?{option.replace(' ', '%20')}&$format=json"))
    assert text == f'Property "Nope" does not exist in API_MATERIAL_DOCUMENT_SRV.{owner}Type'


@pytest.mark.parametrize("option", ["$count=true", "$inlinecount=true", "$top=x", "$format=xml", "colour=red"])
def test_options_of_v4_and_other_wrong_options_are_refused(client: Any, option: str) -> None:
    query = option if option.startswith("$format") else f"{option}&$format=json"
    assert message(client.get(f"{SUPPLIERS}?{query}"))


def test_without_a_word_for_json_the_answer_would_be_atom(client: Any) -> None:
    assert "Atom" in message(client.get(SUPPLIERS), 406)
    assert len(results(client.get(SUPPLIERS, headers={"Accept": "application/json"}))) == 3


@pytest.mark.parametrize(
    "target", [SERVICE + "Nope?$format=json", "/sap/opu/odata/sap/API_NOPE/A_Supplier?$format=json"]
)
def test_what_is_not_there_is_not_found(client: Any, target: str) -> None:
    assert message(client.get(target), 404)


@pytest.mark.parametrize("login", [None, ("erp user", "wrong")])
def test_without_the_right_login_nothing_is_served(client: Any, login: tuple[str, str] | None) -> None:
    response = client.get(SUPPLIERS + "?$format=json", auth=login)
    assert message(response, 401) == "Logon failed"
    assert response.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_the_service_is_read_only(client: Any, method: str) -> None:
    assert "not allowed" in message(client.send(method, SUPPLIERS, data=b"{}"), 405)


def test_null_never_satisfies_a_filter(client: Any, source: Any) -> None:
    source.documents["material_document"][0]["PostingDate"] = date(2026, 3, 1)
    response = client.get(f"{DOCUMENTS}?$filter=PostingDate%20ge%20datetime'1900-01-01T00:00:00'&{ORDER}")
    assert keys(response) == ["5000000001"]


LOTS = "/sap/opu/odata/sap/API_INSPECTIONLOT_SRV/A_InspLotUsageDecision"


def decision(number: int) -> dict[str, Any]:
    """Three decisions, a second and 123 milliseconds apart, with microseconds that the wire does not show."""
    return {
        "InspectionLot": f"{number:012}",
        "InspectionLotUsageDecisionCode": "A1",
        "InspLotUsageDecisionValuation": "A",
        "InspectionLotQualityScore": Decimal(100),
        "InspectionLotUsageDecidedOn": date(2026, 3, number),
        "ChangedDateTime": datetime(2026, 3, 1, 8, 0, number, number * 123_000 + 456, tzinfo=UTC),
    }


def test_instants_are_ticks_with_an_offset_in_whole_milliseconds(start: Callable[..., Any], source: Any) -> None:
    source.documents["usage_decision"] = [decision(number) for number in (1, 2, 3)]
    found = results(start(source).get(f"{LOTS}?$orderby=ChangedDateTime,InspectionLot&$format=json"))
    assert [row["ChangedDateTime"] for row in found] == [
        "/Date(1772352001123+0000)/", "/Date(1772352002246+0000)/", "/Date(1772352003369+0000)/",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "lots"),
    [
        ("ChangedDateTime ge datetimeoffset'2026-03-01T08:00:02.246Z'", [2, 3]),
        ("ChangedDateTime gt datetimeoffset'2026-03-01T08:00:02.246Z'", [3]),
        ("ChangedDateTime gt datetimeoffset'2026-03-01T09:00:02.246%2B01:00'", [3]),
        (
            "ChangedDateTime gt datetimeoffset'2026-03-01T08:00:02.246Z' or"
            " (ChangedDateTime eq datetimeoffset'2026-03-01T08:00:02.246Z' and InspectionLot gt '000000000001')",
            [2, 3],
        ),
    ],
)
def test_instants_are_compared_as_the_wire_shows_them(
    start: Callable[..., Any], source: Any, condition: str, lots: list[int]
) -> None:
    source.documents["usage_decision"] = [decision(number) for number in (1, 2, 3)]
    found = results(start(source).get(f"{LOTS}?$filter={condition}&$orderby=ChangedDateTime&$format=json"))
    assert [int(row["InspectionLot"]) for row in found] == lots


@pytest.mark.parametrize(
    "literal", ["datetime'2026-03-01T08:00:00'", "2026-03-01T08:00:00Z", "datetimeoffset'2026-03-01T08:00:00'"]
)
def test_another_literal_is_no_instant(start: Callable[..., Any], source: Any, literal: str) -> None:
    source.documents["usage_decision"] = [decision(1)]
    refused = message(start(source).get(f"{LOTS}?$filter=ChangedDateTime ge {literal}&$format=json"))
    assert re.search(r"Invalid expression at position \d+|does not fit the type of property ChangedDateTime", refused)
