"""Sources that answer well-formed nonsense: scripted, because the sandbox cannot be made to lie like this."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow.parquet as pq
import pytest

from config.sources import RetrySettings, SourceSettings
from connectors.connection import Connection
from connectors.entity import Entity, Kind, entity_of
from connectors.extract import ExtractResult, extract
from connectors.landing import list_batches
from ecosystem.errors import EcosystemError
from ecosystem.paths import Home

AS_OF = datetime(2026, 6, 30, 18, tzinfo=UTC)
RETRY = RetrySettings(attempts=2, first_wait_s=0, longest_wait_s=1)
KINDS = {"sap_s4hana": "erp", "salesforce": "crm", "servicenow": "sla_portal"}


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def run(base_url: str, system: str, entity: str, **settings: Any) -> ExtractResult:
        source = SourceSettings(
            connection_id="odd", system=system, kind=KINDS[system], entities={entity: {}}, retry=RETRY, **settings
        )
        return extract(source, Connection("odd", base_url, "reader", "x"), entity, Home(tmp_path), AS_OF)

    return run


def supplier(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "__metadata": {},
        "Supplier": f"{number:010d}",
        "SupplierName": f"Vendor {number}",
        "SupplierAccountGroup": "SUPL",
        "CreationDate": "/Date(1577836800000)/",
        "DeletionIndicator": False,
        "PurchasingIsBlocked": False,
        "PostingIsBlocked": False,
        **changes,
    }


def v2(rows: list[dict[str, Any]], count: int | None = None, **more: Any) -> dict[str, Any]:
    return {"d": {"results": rows, "__count": str(len(rows) if count is None else count), **more}}


def incident(number: int, updated: str, **changes: Any) -> dict[str, Any]:
    blank = {field.name: "" for field in entity_of("servicenow", "incident").fields}
    return {**blank, "sys_id": f"{number:032x}", "sys_updated_on": updated, **changes}


def order(number: int, changed: str | None, **changes: Any) -> dict[str, Any]:
    described = entity_of("sap_s4hana", "purchase_order")
    blank = {field.name: "" if field.kind is Kind.STRING else None for field in described.fields}
    return {
        **blank, "PurchaseOrder": f"{number}", "LastChangeDateTime": changed, "_PurchaseOrderItem": [], **changes,
    }  # fmt: skip


def landed(tmp_path: Path) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    return [row for batch in list_batches(Home(tmp_path).landing) for row in pq.read_table(batch.path).to_pylist()]


def test_a_few_unreadable_values_land_as_null_with_their_text(scripted: Any, read: Any, tmp_path: Path) -> None:
    scripted.then(v2([supplier(1), supplier(2, CreationDate="gestern"), supplier(3, Supplier="")]))
    assert read(scripted.base_url, "sap_s4hana", "supplier").rows == {"supplier": 3}
    good, date, key = landed(tmp_path)
    assert good["_unreadable"] is None
    assert (date["CreationDate"], json.loads(date["_unreadable"])) == (None, {"CreationDate": "gestern"})
    assert (key["Supplier"], json.loads(key["_unreadable"])) == (None, {"Supplier": ""})
    (batch,) = list_batches(Home(tmp_path).landing)
    assert (batch.row_count, batch.unreadable_count) == (3, 2)


def test_more_unreadable_rows_than_tolerated_end_the_extract(scripted: Any, read: Any, tmp_path: Path) -> None:
    scripted.then(v2([supplier(n, CreationDate="2020-01-01" if n % 10 == 0 else None) for n in range(1, 101)]))
    with pytest.raises(EcosystemError) as caught:
        read(scripted.base_url, "sap_s4hana", "supplier", unreadable_tolerance_share=0.05)
    assert str(caught.value) == (
        "sap_s4hana (connection odd) sends supplier with 10 of 100 rows unreadable, more than the 5 that are tolerated,"
        " for example CreationDate with the value '2020-01-01': correct it at the source, or the type in the entity"
        " table."
    )
    assert landed(tmp_path) == []
    assert list(tmp_path.rglob("*.parquet*")) == []
    read(scripted.base_url, "sap_s4hana", "supplier", unreadable_tolerance_share=0.1)
    assert len(landed(tmp_path)) == 100


def test_an_unreadable_child_counts_against_the_tolerance_of_its_entity(scripted: Any, read: Any) -> None:
    item = {field.name: None for field in entity_of("sap_s4hana", "purchase_order_item").fields}
    items = [{**item, "PurchaseOrder": "1", "PurchaseOrderItem": f"{n}", "OrderQuantity": "viel"} for n in range(1, 9)]
    items = [{**each, "_PurchaseOrderScheduleLineTP": []} for each in items]
    scripted.then({"value": [order(1, "2026-06-30T08:00:00Z", _PurchaseOrderItem=items)]})
    with pytest.raises(
        EcosystemError, match=r"sends purchase_order_item with 8 of 8 rows unreadable.*OrderQuantity.*'viel'"
    ):
        read(scripted.base_url, "sap_s4hana", "purchase_order")


def test_a_field_that_is_gone_is_named(scripted: Any, read: Any) -> None:
    rows = [{name: value for name, value in supplier(n).items() if name != "Supplier"} for n in range(3)]
    scripted.then(v2(rows))
    with pytest.raises(EcosystemError, match="sap_s4hana sends no field Supplier in any of 3 rows of supplier"):
        read(scripted.base_url, "sap_s4hana", "supplier")


def test_a_new_field_is_kept(scripted: Any, read: Any, tmp_path: Path) -> None:
    scripted.then(v2([supplier(1, YY1_Rating="A")]))
    read(scripted.base_url, "sap_s4hana", "supplier")
    assert json.loads(landed(tmp_path)[0]["_extra"]) == {"YY1_Rating": "A"}


def test_fewer_rows_than_announced_are_not_taken_as_all(scripted: Any, read: Any, tmp_path: Path) -> None:
    scripted.then(v2([supplier(1), supplier(2)], count=5, __next=f"{scripted.base_url}/next"))
    scripted.then(v2([supplier(2), supplier(3)], count=5))
    with pytest.raises(EcosystemError, match="announced 5 rows of supplier and sent 3"):
        read(scripted.base_url, "sap_s4hana", "supplier")
    assert landed(tmp_path) == []


def test_a_repeated_page_loses_nothing(scripted: Any, read: Any, tmp_path: Path) -> None:
    first = v2([supplier(1), supplier(2)], count=3, __next=f"{scripted.base_url}/next")
    scripted.then(first).then(first).then(v2([supplier(3)], count=3))
    read(scripted.base_url, "sap_s4hana", "supplier")
    assert {row["Supplier"] for row in landed(tmp_path)} == {f"{number:010d}" for number in (1, 2, 3)}


def test_a_next_link_to_another_host_is_refused(scripted: Any, other_host: Any, read: Any, tmp_path: Path) -> None:
    scripted.then(v2([supplier(1)], count=2, __next=f"{other_host.base_url}/next"))
    with pytest.raises(EcosystemError, match="gave a link to another host"):
        read(scripted.base_url, "sap_s4hana", "supplier")
    assert other_host.asked == []


def test_a_servicenow_filter_that_is_ignored_is_noticed(scripted: Any, read: Any, tmp_path: Path) -> None:
    scripted.then({"result": [incident(1, "2026-06-30 10:00:00")]}, X_Total_Count="1")
    read(scripted.base_url, "servicenow", "incident", overlap_minutes=30)
    scripted.then({"result": [incident(2, "2026-01-01 00:00:00")]}, X_Total_Count="1")
    with pytest.raises(
        EcosystemError, match="ignored part of the query: sys_updated_on of incident is out of order, or below"
    ):
        read(scripted.base_url, "servicenow", "incident", overlap_minutes=30)
    assert "sys_updated_on%3E%3D2026-06-30%2009%3A30%3A00" in scripted.asked[-1].path


def test_a_servicenow_walk_that_does_not_move_is_noticed(scripted: Any, read: Any) -> None:
    scripted.then({"result": [incident(1, "2026-06-30 10:00:00")]}, X_Total_Count="9")
    with pytest.raises(EcosystemError, match="sent the same rows of incident again"):
        read(scripted.base_url, "servicenow", "incident", page_size=1)


def test_servicenow_pages_are_short_where_rows_are_hidden_and_the_walk_goes_on(
    scripted: Any, read: Any, tmp_path: Path
) -> None:
    following = f'<{scripted.base_url}/api/now/table/incident?sysparm_offset=3>;rel="next"'
    scripted.then({"result": [incident(1, "2026-06-30 10:00:00")]}, X_Total_Count="9", Link=following)
    scripted.then({"result": []}, X_Total_Count="8", Link=following)
    scripted.then({"result": [incident(7, "2026-06-30 11:00:00")]}, X_Total_Count="8", Link=following)
    scripted.then({"result": []}, X_Total_Count="2")
    read(scripted.base_url, "servicenow", "incident", page_size=3)
    assert [row["sys_id"][-1] for row in landed(tmp_path)] == ["1", "7"]
    assert scripted.asked[2].path == "/api/now/table/incident?sysparm_offset=3"
    assert "sys_updated_on%3D2026-06-30%2011%3A00%3A00%5Esys_id%3E" in scripted.asked[3].path


def test_a_servicenow_query_cancelled_in_mid_answer_is_repeated(scripted: Any, read: Any, tmp_path: Path) -> None:
    cancelled = {"result": [incident(1, "2026-06-30 10:00:00")], "error": {"message": "Transaction cancelled"}}
    scripted.then(cancelled, X_Total_Count="1").then(
        {"result": [incident(1, "2026-06-30 10:00:00")]}, X_Total_Count="1"
    )
    read(scripted.base_url, "servicenow", "incident")
    assert len(landed(tmp_path)) == 1


def test_a_servicenow_answer_without_a_total_is_not_taken_as_the_end(scripted: Any, read: Any) -> None:
    scripted.then({"result": []})
    with pytest.raises(EcosystemError, match="without the header X-Total-Count"):
        read(scripted.base_url, "servicenow", "incident")


def test_an_unreadable_change_time_in_a_page_does_not_stop_the_walk(scripted: Any, read: Any, tmp_path: Path) -> None:
    scripted.then({"value": [order(1, "2026-06-30T08:00:00Z"), order(2, "soon")]})
    scripted.then({"value": [order(2, "soon"), order(3, "2026-06-30T09:00:00Z")]})
    scripted.then({"value": []})
    read(scripted.base_url, "sap_s4hana", "purchase_order", page_size=2)
    assert {row["PurchaseOrder"] for row in landed(tmp_path)} == {"1", "2", "3"}
    (batch,) = list_batches(Home(tmp_path).landing)
    assert batch.cursor is not None
    assert batch.cursor["position"] == ["2026-06-30T09:00:00Z", "3"]


def test_a_page_without_any_change_time_ends_the_walk_with_its_name(scripted: Any, read: Any) -> None:
    scripted.then({"value": [order(1, None)]})
    with pytest.raises(EcosystemError, match="no row has both LastChangeDateTime and PurchaseOrder"):
        read(scripted.base_url, "sap_s4hana", "purchase_order")


def test_a_salesforce_result_that_is_gone_is_asked_for_again_behind_the_last_row(
    scripted: Any, read: Any, tmp_path: Path
) -> None:
    def account(number: int) -> dict[str, Any]:
        described: Entity = entity_of("salesforce", "account")
        blank = {field.name: None for field in described.fields}
        return {**blank, "Id": f"001{number}", "SystemModstamp": f"2026-06-30T08:0{number}:00.000+0000"}

    gone = [{"message": "invalid query locator", "errorCode": "INVALID_QUERY_LOCATOR"}]
    scripted.then({"access_token": "t"})
    scripted.then({"totalSize": 3, "done": False, "nextRecordsUrl": "/next", "records": [account(1), account(2)]})
    scripted.then(gone, status=400)
    scripted.then({"totalSize": 1, "done": True, "records": [account(3)]})
    read(scripted.base_url, "salesforce", "account")
    assert [row["Id"] for row in landed(tmp_path)] == ["0011", "0012", "0013"]
    assert scripted.asked[-1].path.endswith(
        "WHERE%20%28SystemModstamp%20%3D%202026-06-30T08%3A02%3A00.000Z%20AND%20Id%20%3E%20%270012%27%29"
        "%20OR%20SystemModstamp%20%3E%202026-06-30T08%3A02%3A00.000Z%20ORDER%20BY%20SystemModstamp%2C%20Id"
    )


@pytest.mark.parametrize(
    ("system", "entity"), [("sap_s4hana", "purchase_order"), ("sap_s4hana", "supplier"), ("servicenow", "incident")]
)
@pytest.mark.parametrize("body", [{}, [], None, 5, {"value": 1}, {"d": {"results": [1]}}, {"result": "x"}], ids=repr)
def test_json_that_is_not_a_page_is_named(scripted: Any, read: Any, system: str, entity: str, body: Any) -> None:
    scripted.then(body)
    with pytest.raises(EcosystemError, match="answered without a list of rows"):
        read(scripted.base_url, system, entity)


def lot(number: int, ticks: str, **changes: Any) -> dict[str, Any]:
    described = entity_of("sap_s4hana", "inspection_lot")
    blank = {field.name: "" if field.kind is Kind.STRING else None for field in described.fields}
    return {**blank, "InspectionLot": f"{number:012d}", "ChangedDateTime": f"/Date({ticks})/", **changes}


def test_a_row_that_comes_once_more_because_the_server_compares_finer_than_it_shows_ends_the_walk(
    scripted: Any, read: Any
) -> None:
    first, second = lot(1, "1782900000000+0000"), lot(2, "1782900000123+0000")
    scripted.then({"d": {"results": [first, second]}}).then({"d": {"results": [second]}})
    result = read(scripted.base_url, "sap_s4hana", "inspection_lot", page_size=2)
    assert (result.requests, result.rows["inspection_lot"]) == (2, 3)
    asked = unquote(scripted.asked[1].path)
    at = "datetimeoffset'2026-07-01T10:00:00.123000Z'"
    assert f"ChangedDateTime gt {at} or (ChangedDateTime eq {at} and InspectionLot gt '000000000002')" in asked


def test_a_whole_page_that_comes_again_is_no_answer(scripted: Any, read: Any) -> None:
    page = [lot(1, "1782900000000+0000"), lot(2, "1782900000123+0000")]
    scripted.then({"d": {"results": page}})
    with pytest.raises(EcosystemError, match="ignored part of the query"):
        read(scripted.base_url, "sap_s4hana", "inspection_lot", page_size=2)


def test_an_instant_with_an_offset_is_not_guessed(scripted: Any, read: Any, tmp_path: Path) -> None:
    rows = [lot(1, "1782900000000+0060"), lot(2, "1782900000123+0000")]
    scripted.then({"d": {"results": rows}})
    read(scripted.base_url, "sap_s4hana", "inspection_lot", unreadable_tolerance_rows=1)
    (batch,) = list_batches(tmp_path / "landing", entity="inspection_lot")
    assert (batch.row_count, batch.unreadable_count) == (2, 1)


def test_an_empty_part_of_a_key_that_may_be_empty_is_a_value(scripted: Any, read: Any, tmp_path: Path) -> None:
    described = entity_of("sap_s4hana", "material_stock")
    blank = {field.name: "" if field.kind is Kind.STRING else None for field in described.fields}
    whole = {**blank, "Material": "M1", "Plant": "1010", "InventoryStockType": "01"}
    scripted.then(v2([whole, {**whole, "InventorySpecialStockType": "K", "Batch": None}, {**whole, "Plant": ""}]))
    read(scripted.base_url, "sap_s4hana", "material_stock", unreadable_tolerance_rows=1)
    (batch,) = list_batches(tmp_path / "landing", entity="material_stock")
    rows = pq.read_table(batch.path).to_pylist()
    assert [row["_unreadable"] for row in rows] == [None, None, '{"Plant": ""}']
    assert [row["Batch"] for row in rows] == ["", "", ""]
