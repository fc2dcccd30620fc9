"""Order histories of any size, written straight to the landing zone: the same size gives the same files but for their
names.

An order has up to seven items of up to three schedule lines, eight lines on average, and one material document for each
delivery. A quarter of the orders is landed a second time with every date moved, so there are 1.25 versions of a line.
History lands in slices of time as a connector would have landed it: what was ordered in a slice at its end, what
changed in it thirty days later, what was received with the slice in which it came. Everything random is a hash of a
number and a salt. What is late comes within half a year, and what was short is made up within three months: an order
that stays open for ever would be closed by its buyer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

from connectors.entity import landed_schema
from connectors.landing import write_batch

SYSTEM = "sap_s4hana"
CONNECTION = "erp_s4hana"
VENDORS = 5_000
MONTHS = 36
LINES_PER_ORDER = 8
SLICES = 18
END = date(2026, 6, 30)
DAYS = 1_095
RECENT_DAYS = 91

# u(i, salt): a number in [0, 1) that only i and the salt decide.
_FUNCTIONS = """
create macro u(i, salt) as (hash(i || salt) >> 11) / 9007199254740992.0;
create macro ordered_on(i, orders) as date '{end}' - {days} + cast(floor(i * {days} / orders) as integer);
create macro due_on(i, orders, k) as
    ordered_on(i, orders) + 14 + cast(floor(46 * u(i, 'due')) as integer) + cast(10 * k as integer);
create macro items(i) as 1 + cast(floor(7 * u(i, 'items')) as integer);
create macro deliveries(i) as 1 + cast(floor(3 * u(i, 'deliveries')) as integer);
create macro is_moved(i) as u(i, 'moved') < 0.25;
create macro moved_days(i) as case when is_moved(i) then 1 + cast(floor(20 * u(i, 'days')) as integer) else 0 end;
create macro is_cancelled(i) as is_moved(i) and u(i, 'cancelled') < 0.04;
create macro came_on(i, orders, k) as due_on(i, orders, k) + moved_days(i) + case
    when u(i * 3 + k, 'late') < 0.70 then -cast(floor(4 * u(i * 3 + k, 'early')) as integer)
    when u(i * 3 + k, 'late') < 0.97 then 1 + cast(floor(12 * u(i * 3 + k, 'how late')) as integer)
    else 30 + cast(floor(150 * u(i * 3 + k, 'very late')) as integer) end;
create macro delivered(i, orders, j, k) as
    case when u(i * 7 + j, 'short') < 0.02 and came_on(i, orders, k) > date '{end}' - {recent} then 6.0 else 10.0 end;
create macro number(i) as cast(4500000000 + i as varchar);
"""

_HEADERS = """
select
    number(i) as "PurchaseOrder", 'NB' as "PurchaseOrderType",
    case when {version} > 1 and is_cancelled(i) then 'L' else '' end as "PurchaseOrderDeletionCode",
    '1000' as "CompanyCode", '1000' as "PurchasingOrganization", cast(100 + i % 20 as varchar) as "PurchasingGroup",
    cast(100000 + floor({vendors} * power(u(i, 'vendor'), 1.5)) as bigint)::varchar as "Supplier",
    '' as "SupplyingPlant",
    ordered_on(i, {orders}) as "PurchaseOrderDate", ordered_on(i, {orders}) as "CreationDate",
    'EUR' as "DocumentCurrency", {changed_at} as "LastChangeDateTime", {changed_at} as "_changed_at",
    false as "_deleted", list_concat(
        list_transform(range(1, items(i) + 1), lambda j: 'purchase_order_item/' || lpad((j * 10)::varchar, 5, '0')),
        flatten(list_transform(range(1, items(i) + 1), lambda j: list_transform(range(1, deliveries(i) + 1), lambda k:
            'purchase_order_schedule_line/' || lpad((j * 10)::varchar, 5, '0') || '/' || lpad(k::varchar, 4, '0'))))
    ) as "_child_keys"
from picked
"""

_ITEMS = """
select
    number(i) as "PurchaseOrder", lpad((j * 10)::varchar, 5, '0') as "PurchaseOrderItem",
    '' as "PurchasingDocumentDeletionCode", '10' || (i % 5) as "Plant",
    'MAT-' || cast(floor(40000 * u(i * 7 + j, 'material')) as integer) as "Material",
    'Part ' || cast(floor(40000 * u(i * 7 + j, 'material')) as integer) as "PurchaseOrderItemText",
    'G' || (i % 40) as "MaterialGroup", 10.0 * deliveries(i) as "OrderQuantity", 'EA' as "PurchaseOrderQuantityUnit",
    round(1 + 500 * u(i * 7 + j, 'price'), 2) as "NetPriceAmount", 1 as "NetPriceQuantity",
    false as "IsCompletelyDelivered", false as "IsReturnsItem", 0 as "UnderdelivTolrtdLmtRatioInPct",
    5 as "OverdelivTolrtdLmtRatioInPct", 30 as "PlannedDeliveryDurationInDays",
    '' as "PurchaseOrderItemCategory", true as "GoodsReceiptIsExpected",
    {changed_at} as "_changed_at", false as "_deleted"
from picked, lateral (select unnest(range(1, items(i) + 1)) as j) as item
"""

_SCHEDULE_LINES = """
select
    number(i) as "PurchaseOrder", lpad((j * 10)::varchar, 5, '0') as "PurchaseOrderItem",
    lpad((k + 1)::varchar, 4, '0') as "ScheduleLine",
    due_on(i, {orders}, k) + {moved_days} as "ScheduleLineDeliveryDate",
    case when u(i, 'statistics') < 0.9 then due_on(i, {orders}, k) end as "SchedLineStscDeliveryDate",
    10.0 as "ScheduleLineOrderQuantity", 'EA' as "PurchaseOrderQuantityUnit",
    {changed_at} as "_changed_at", false as "_deleted"
from picked, lateral (select unnest(range(1, items(i) + 1)) as j) as item,
    lateral (select unnest(range(0, deliveries(i))) as k) as delivery
"""

_DOCUMENTS = """
select
    year(came_on(i, {orders}, k))::varchar as "MaterialDocumentYear",
    (5000000000 + i * 3 + k)::varchar as "MaterialDocument",
    came_on(i, {orders}, k) as "DocumentDate", came_on(i, {orders}, k) as "PostingDate",
    came_on(i, {orders}, k) + 1 as "CreationDate", '09:30:00' as "CreationTime",
    (came_on(i, {orders}, k) + 1)::timestamp + interval 570 minute as "_changed_at", false as "_deleted",
    list_transform(range(1, items(i) + 1), lambda j: 'material_document_item/' || lpad(j::varchar, 4, '0'))
        as "_child_keys"
from came
"""

_DOCUMENT_ITEMS = """
select
    year(came_on(i, {orders}, k))::varchar as "MaterialDocumentYear",
    (5000000000 + i * 3 + k)::varchar as "MaterialDocument",
    lpad(j::varchar, 4, '0') as "MaterialDocumentItem",
    'MAT-' || cast(floor(40000 * u(i * 7 + j, 'material')) as integer) as "Material", '10' || (i % 5) as "Plant",
    '' as "Supplier", number(i) as "PurchaseOrder", lpad((j * 10)::varchar, 5, '0') as "PurchaseOrderItem",
    '101' as "GoodsMovementType",
    delivered(i, {orders}, j, k) as "QuantityInEntryUnit",
    'EA' as "EntryUnit", false as "GoodsMovementIsCancelled", '' as "ReversedMaterialDocumentYear",
    '' as "ReversedMaterialDocument", '' as "ReversedMaterialDocumentItem",
    delivered(i, {orders}, j, k) as "QuantityInBaseUnit", 'EA' as "MaterialBaseUnit",
    (came_on(i, {orders}, k) + 1)::timestamp + interval 570 minute as "_changed_at", false as "_deleted"
from came, lateral (select unnest(range(1, items(i) + 1)) as j) as item
"""

_PICKED = "create or replace temp table picked as select unnest(range({first}, {last})) as i"
_PICKED_CHANGES = """
create temp table picked as
(select i from range({recent}, {orders}) as numbers(i) order by u(i, '{salt}'), i limit {wanted} * 9 // 10)
union all
(select i from range(0, {recent}) as numbers(i) order by u(i, '{salt}'), i limit {wanted} - {wanted} * 9 // 10)
"""
_CAME = """
create or replace temp table came as
select i, k from range({first}, {last}) as numbers(i), lateral (select unnest(range(0, deliveries(i))) as k)
where came_on(i, {orders}, k) < date '{end}' and not is_cancelled(i)
"""
_CAME_WITH_CHANGES = """
create temp table came as
select i, k from picked, lateral (select unnest(range(0, deliveries(i))) as k)
where i % 3 = 0 and came_on(i, {orders}, k) between date '{end}' and date '{end}' + 60
"""
_VENDORS = """
select
    lpad((100000 + n)::varchar, 10, '0') as "Supplier", 'Vendor ' || n as "SupplierName",
    'KRED' as "SupplierAccountGroup", date '2020-01-01' as "CreationDate", false as "DeletionIndicator",
    false as "PurchasingIsBlocked", false as "PostingIsBlocked", false as "_deleted"
from range({vendors}) as numbers(n)
"""
_CREATED = "ordered_on(i, {orders})::timestamp + interval 10 hour"
# what would have changed after the end has not
_CHANGED = "least(ordered_on(i, {orders}) + 10, date '{end}')::timestamp + interval 11 hour"


@dataclass(frozen=True)
class OrderHistory:
    """So many schedule lines of three years in a landing zone."""

    landing: Path
    lines: int

    @property
    def orders(self) -> int:
        """Purchase orders in it."""
        return self.lines // LINES_PER_ORDER

    def land(self) -> None:
        """Vendors, then slice after slice of orders, their changes, and receipts."""
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'; set threads = 2; set memory_limit = '3GB'")
            connection.execute(_FUNCTIONS.format(end=END, days=DAYS, recent=RECENT_DAYS))
            self._write(connection, "supplier", _VENDORS.format(vendors=VENDORS), _at(END), mode="full")
            names = {"orders": self.orders, "end": END}
            for first, last, ends_on in self._slices():
                connection.execute(_PICKED.format(first=first, last=last))
                self._land_orders(connection, _at(ends_on), 1, _CREATED.format(**names), "0")
                connection.execute("create or replace temp table picked as select i from picked where is_moved(i)")
                landed_at = _at(min(ends_on + timedelta(days=30), END))
                self._land_orders(connection, landed_at, 2, _CHANGED.format(**names), "moved_days(i)")
                connection.execute(_CAME.format(first=first, last=last, **names))
                self._land_documents(connection, _at(END))

    def land_changes(self, rows: int, at: datetime, salt: str) -> int:
        """Land so many changed schedule lines of whole orders, nine of ten of the last three months, and the receipts
        of a third of the orders; returns the lines landed."""
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'; set threads = 2")
            connection.execute(_FUNCTIONS.format(end=END, days=DAYS, recent=RECENT_DAYS))
            recent = int(self.orders * (1 - RECENT_DAYS / DAYS))
            wanted = max(rows // LINES_PER_ORDER, 1)
            names = {"salt": salt, "recent": recent, "orders": self.orders, "wanted": wanted}
            connection.execute(_PICKED_CHANGES.format(**names))
            changed = f"timestamp '{at:%Y-%m-%d %H:%M:%S}' - interval 1 hour"
            landed = self._land_orders(connection, at, 2, changed, "moved_days(i) + 7")
            connection.execute(_CAME_WITH_CHANGES.format(orders=self.orders, end=END))
            self._land_documents(connection, at)
        return landed

    def _slices(self) -> Iterator[tuple[int, int, date]]:
        for number in range(SLICES):
            first, last = (self.orders * place // SLICES for place in (number, number + 1))
            yield first, last, END - timedelta(days=DAYS - DAYS * (number + 1) // SLICES)

    def _land_orders(
        self, connection: duckdb.DuckDBPyConnection, at: datetime, version: int, changed_at: str, moved_days: str
    ) -> int:
        names = {
            "orders": self.orders,
            "vendors": VENDORS,
            "version": version,
            "changed_at": changed_at,
            "moved_days": moved_days,
        }
        lines = self._write(connection, "purchase_order_schedule_line", _SCHEDULE_LINES.format(**names), at)
        self._write(connection, "purchase_order_item", _ITEMS.format(**names), at)
        self._write(connection, "purchase_order", _HEADERS.format(**names), at)
        return lines

    def _land_documents(self, connection: duckdb.DuckDBPyConnection, at: datetime) -> None:
        self._write(connection, "material_document_item", _DOCUMENT_ITEMS.format(orders=self.orders), at)
        self._write(connection, "material_document", _DOCUMENTS.format(orders=self.orders), at)

    def _write(
        self, connection: duckdb.DuckDBPyConnection, entity: str, query: str, at: datetime, mode: str = "incremental"
    ) -> int:
        schema = landed_schema(SYSTEM, entity)
        exact = ", ".join(
            f'cast("{field.name}" as decimal({field.type.precision}, {field.type.scale})) as "{field.name}"'
            for field in schema
            if pa.types.is_decimal(field.type) and f'"{field.name}"' in query
        )
        replaced = f"replace ({exact})" if exact else ""
        rows = connection.sql(f"select * {replaced} from ({query})").to_arrow_table()  # noqa: S608
        columns = {
            field.name: rows[field.name].cast(field.type)
            if field.name in rows.column_names
            else pa.nulls(len(rows), field.type)
            for field in schema
            if field.name not in {"_connection_id", "_entity", "_extracted_at", "_batch_id"}
        }
        write_batch(
            self.landing,
            system=SYSTEM,
            connection_id=CONNECTION,
            entity=entity,
            mode=mode,  # type: ignore[arg-type]
            run_id=f"{at:%Y%m%d}",
            extracted_at=at,
            table=pa.table(columns),
        )
        return len(rows)


def _at(day: date) -> datetime:
    return datetime.combine(day, time(18), UTC)
