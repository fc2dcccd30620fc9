import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors import odata
from connectors.decoding import DecodedTable, Decoding, WireFormat, decode_page
from connectors.entity import Entity, Field, Kind, decimal, entity_of, instant, personal, string
from connectors.pseudonym import Pseudonyms
from connectors.salesforce import wire as salesforce
from connectors.servicenow import wire as servicenow
from ecosystem.errors import EcosystemError

SURVEY = Entity(
    name="survey",
    source="Survey",
    key=("Id",),
    changed_at=("At",),
    order=("At", "Id"),
    deleted=None,
    fields=(string("Id"), decimal("Score", 4, 1), personal("Email"), instant("At")),
)
FORMATS = {
    "OData V4": odata.V4,
    "OData V2": odata.V2,
    "Salesforce": salesforce.wire_format(SURVEY),
    "ServiceNow": servicenow.wire_format(SURVEY),
}
MORNING = datetime(2026, 6, 30, 8, 30, 15, tzinfo=UTC)
MILLISECOND, MICROSECOND = MORNING.replace(microsecond=250_000), MORNING.replace(microsecond=123_456)

READABLE = [
    ("OData V4", Kind.STRING, "", ""),
    ("OData V4", Kind.BOOLEAN, True, True),
    ("OData V4", Kind.DECIMAL, Decimal("36.5"), Decimal("36.500")),
    ("OData V4", Kind.DECIMAL, 78, Decimal("78.000")),
    ("OData V4", Kind.DECIMAL, "78.125", Decimal("78.125")),
    ("OData V4", Kind.DECIMAL, Decimal("-999.999"), Decimal("-999.999")),
    ("OData V4", Kind.DECIMAL, Decimal("0.0000"), Decimal("0.000")),
    ("OData V4", Kind.DATE, "2026-06-30", date(2026, 6, 30)),
    ("OData V4", Kind.INSTANT, "2026-06-30T08:30:15.1234567Z", MICROSECOND),
    ("OData V4", Kind.INSTANT, "2026-06-30T10:30:15+02:00", MORNING),
    ("OData V2", Kind.DECIMAL, "12.500", Decimal("12.500")),
    ("OData V2", Kind.DATE, "/Date(1782777600000)/", date(2026, 6, 30)),
    ("OData V2", Kind.DATE, "/Date(-86400000)/", date(1969, 12, 31)),
    ("OData V2", Kind.TIME_OF_DAY, "PT11H22M33S", "11:22:33"),
    ("OData V2", Kind.TIME_OF_DAY, "PT00H00M00S", "00:00:00"),
    ("OData V2", Kind.TIME_OF_DAY, "PT7M", "00:07:00"),
    ("Salesforce", Kind.INSTANT, "2026-06-30T08:30:15.250+0000", MILLISECOND),
    ("Salesforce", Kind.DATE, "2026-06-30", date(2026, 6, 30)),
    ("Salesforce", Kind.DECIMAL, Decimal("8.0"), Decimal("8.000")),
    ("ServiceNow", Kind.INSTANT, "2026-06-30 08:30:15", MORNING),
    ("ServiceNow", Kind.INSTANT, "", None),
    ("ServiceNow", Kind.BOOLEAN, "true", True),
    ("ServiceNow", Kind.BOOLEAN, "0", False),
    ("ServiceNow", Kind.BOOLEAN, "", None),
    ("ServiceNow", Kind.INTEGER, "-3", -3),
    ("ServiceNow", Kind.INTEGER, "", None),
    ("ServiceNow", Kind.DURATION, "1970-01-01 01:30:00", 5400),
    ("ServiceNow", Kind.DURATION, "1970-02-01 00:00:01", 31 * 86_400 + 1),
    ("ServiceNow", Kind.DURATION, "", None),
    ("ServiceNow", Kind.STRING, "", ""),
]

UNREADABLE = [
    ("OData V4", Kind.STRING, 12),
    ("OData V4", Kind.BOOLEAN, "true"),
    ("OData V4", Kind.DECIMAL, "1.2345"),
    ("OData V4", Kind.DECIMAL, Decimal("1000")),
    ("OData V4", Kind.DECIMAL, True),
    ("OData V4", Kind.DECIMAL, "NaN"),
    ("OData V4", Kind.DECIMAL, "viel"),
    ("OData V4", Kind.DATE, "20260630"),
    ("OData V4", Kind.DATE, "0000-00-00"),
    ("OData V4", Kind.INSTANT, "2026-06-30T08:30:15"),
    ("OData V4", Kind.INSTANT, "2026-06-30"),
    ("OData V4", Kind.INSTANT, {"$date": 1}),
    ("OData V2", Kind.DATE, "2026-06-30"),
    ("OData V2", Kind.DATE, "/Date(99999999999999999)/"),
    ("OData V2", Kind.TIME_OF_DAY, "PT25H00M00S"),
    ("OData V2", Kind.TIME_OF_DAY, "PT"),
    ("Salesforce", Kind.INSTANT, "30.06.2026"),
    ("Salesforce", Kind.BOOLEAN, 1),
    ("ServiceNow", Kind.INSTANT, "2026-06-30T08:30:15Z"),
    ("ServiceNow", Kind.BOOLEAN, "yes"),
    ("ServiceNow", Kind.INTEGER, "3.0"),
    ("ServiceNow", Kind.DURATION, "5400"),
    ("ServiceNow", Kind.STRING, {"link": "https://example.com", "value": "x"}),
]


def decode(
    entity: Entity, records: list[dict[str, Any]], wire: WireFormat, hidden: frozenset[str] = frozenset({"email"})
) -> list[DecodedTable]:
    return decode_page(entity, records, Decoding("test system", wire, hidden, Pseudonyms(b"key")))


def decode_value(protocol: str, kind: Kind, value: Any) -> dict[str, Any]:
    entity = Entity("thing", "Thing", key=("Id",), fields=(string("Id"), Field("F", kind, precision=6, scale=3)))
    (decoded,) = decode(entity, [{"Id": "1", "F": value}], FORMATS[protocol])
    (row,) = decoded.table.to_pylist()
    return row


@pytest.mark.parametrize(("protocol", "kind", "value", "typed"), READABLE)
def test_a_value_on_the_wire_has_its_type(protocol: str, kind: Kind, value: Any, typed: Any) -> None:
    row = decode_value(protocol, kind, value)
    assert row["F"] == typed
    assert row["_unreadable"] is None


@pytest.mark.parametrize(("protocol", "kind", "value"), UNREADABLE)
def test_an_unreadable_value_is_null_and_its_raw_text_is_kept(protocol: str, kind: Kind, value: Any) -> None:
    row = decode_value(protocol, kind, value)
    assert row["F"] is None
    raw = json.loads(row["_unreadable"])["F"]
    assert raw == (value if isinstance(value, str) else json.dumps(value, default=float))


@pytest.mark.parametrize("protocol", FORMATS)
def test_null_is_null_and_not_unreadable(protocol: str) -> None:
    for kind in FORMATS[protocol].decoders:
        row = decode_value(protocol, kind, None)
        assert (row["F"], row["_unreadable"]) == (None, None)


def survey(**changes: Any) -> dict[str, Any]:
    return {"Id": "a", "Score": 8, "Email": "a@b.c", "At": "2026-06-30T08:30:15.000+0000", **changes}


@pytest.mark.parametrize(("value", "raw"), [("", ""), (None, "null"), (17, "17")])
def test_a_row_whose_key_cannot_be_read_lands_without_it(value: Any, raw: str) -> None:
    (decoded,) = decode(SURVEY, [survey(), survey(Id=value)], FORMATS["Salesforce"])
    good, bad = decoded.table.to_pylist()
    assert (good["Id"], good["_unreadable"]) == ("a", None)
    assert (bad["Id"], json.loads(bad["_unreadable"])) == (None, {"Id": raw})
    assert bad["Score"] == 8


def test_a_declared_field_that_no_row_has_is_named() -> None:
    records = [{name: value for name, value in survey().items() if name != "Score"} for _ in range(2)]
    with pytest.raises(EcosystemError, match=r"sends no field Score in any of 2 rows of survey"):
        decode(SURVEY, records, FORMATS["Salesforce"])


def test_a_field_that_one_row_lacks_is_null_there() -> None:
    lacking = survey()
    del lacking["Score"]
    (decoded,) = decode(SURVEY, [survey(), lacking], FORMATS["Salesforce"])
    assert [row["Score"] for row in decoded.table.to_pylist()] == [Decimal("8.0"), None]


def test_undeclared_fields_are_kept_and_the_envelope_is_not() -> None:
    record = survey(attributes={"type": "Survey"}, New__c={"a": [1, Decimal("1.5")]}, Other__c=None)
    (decoded,) = decode(SURVEY, [record, survey()], FORMATS["Salesforce"])
    first, second = decoded.table.to_pylist()
    assert json.loads(first["_extra"]) == {"New__c": {"a": [1, 1.5]}, "Other__c": None}
    assert second["_extra"] is None


def test_personal_fields_never_land_as_they_are_wherever_they_turn_up() -> None:
    record = survey(Nested={"deep": [{"EMAIL": "a@b.c"}]}, email="a@b.c")
    (decoded,) = decode(SURVEY, [record, survey(Email={"value": "a@b.c"})], FORMATS["Salesforce"])
    text = json.dumps(decoded.table.to_pylist(), default=str)
    assert "a@b.c" not in text
    assert decoded.table["Email"][0].as_py() == Pseudonyms(b"key").of("a@b.c")
    assert json.loads(decoded.table["_unreadable"][1].as_py()) == {"Email": "(withheld)"}
    assert decoded.example is not None
    assert "a@b.c" not in decoded.example.shown


ORDER = entity_of("sap_s4hana", "purchase_order")
DOCUMENT = entity_of("sap_s4hana", "material_document")


def empty(entity: Entity, **values: Any) -> dict[str, Any]:
    return {**{field.name: None for field in entity.fields}, **values}


def test_a_child_without_a_readable_key_is_not_among_the_child_keys() -> None:
    item, line = ORDER.children[0], ORDER.children[0].children[0]
    items = [
        empty(item, PurchaseOrder="1", PurchaseOrderItem=number, _PurchaseOrderScheduleLineTP=lines)
        for number, lines in (
            ("10", [empty(line, PurchaseOrder="1", PurchaseOrderItem="10", ScheduleLine="1")]),
            ("", []),
        )
    ]
    record = empty(ORDER, PurchaseOrder="1", _PurchaseOrderItem=items)
    lines, items_table, orders = decode(ORDER, [record], odata.V4)
    assert [table.entity.name for table in (lines, items_table, orders)] == [
        "purchase_order_schedule_line",
        "purchase_order_item",
        "purchase_order",
    ]
    assert sorted(orders.table["_child_keys"][0].as_py()) == [
        "purchase_order_item/10",
        "purchase_order_schedule_line/10/1",
    ]
    assert items_table.table["_unreadable"].null_count == 1


@pytest.mark.parametrize(
    "nested",
    [
        {},
        {"_PurchaseOrderItem": None},
        {"_PurchaseOrderItem": {"__deferred": {"uri": "x"}}},
        {"_PurchaseOrderItem": [], "_PurchaseOrderItem@odata.nextLink": "PurchaseOrder('1')/_PurchaseOrderItem?x"},
    ],
    ids=["missing", "null", "deferred", "in parts"],
)
def test_a_parent_without_its_whole_child_collection_is_not_taken_as_childless(nested: dict[str, Any]) -> None:
    with pytest.raises(EcosystemError, match="purchase_order 4711 without its whole _PurchaseOrderItem"):
        decode(ORDER, [empty(ORDER, PurchaseOrder="4711", **nested)], odata.V4)


@pytest.mark.parametrize("value", [{"__deferred": {"uri": "x"}}, {"results": [], "__next": "http://x"}, []])
def test_v2_collections_must_be_whole_too(value: Any) -> None:
    record = empty(DOCUMENT, MaterialDocument="1", MaterialDocumentYear="2026", to_MaterialDocumentItem=value)
    with pytest.raises(EcosystemError, match="without its whole to_MaterialDocumentItem"):
        decode(DOCUMENT, [record], odata.V2)


def test_the_text_of_pseudonyms_hides_the_key() -> None:
    assert "marker" not in repr(Pseudonyms(b"marker"))
