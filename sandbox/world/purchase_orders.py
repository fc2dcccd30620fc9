"""Orders folded into the documents that SAP would show, and the promises that SAP forgets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sandbox.world.history import Document
from sandbox.world.orders import SUPPLYING_PLANT, Cause, Change, Order

LATE_COMMIT_HOUR, LATE_COMMIT_MINUTE = 17, 56
LATE_COMMIT_DELAY = timedelta(minutes=5)
"""Order changes made from 17:56 to 17:59 are visible five minutes later; an extract at 18:00 sees them the next day."""

ScheduleLineKey = tuple[str, str, str]
"""Purchase order, item, schedule line as the purchase order service writes them."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A delivery date of a schedule line: since when it stood, from when it could be read, and why it was set."""

    promised_on: date
    since: datetime
    visible_from: datetime
    cause: Cause


def order_numbers(orders: Sequence[Order]) -> list[str]:
    """The numbers of the orders, ascending in the order of their creation."""
    return [str(4500000001 + place) for place in range(len(orders))]


def fold_order(number: str, order: Order) -> Document:
    """Apply the order's changes in time; every instant with a change gives a state of the whole document."""
    header: dict[str, Any] = {
        "PurchaseOrder": number,
        "PurchaseOrderType": "NB" if order.vendor else "UB",
        "PurchaseOrderDeletionCode": "",
        "CompanyCode": "1000",
        "PurchasingOrganization": "1000",
        "PurchasingGroup": f"{1 + int(number) % 6:03d}",
        "Supplier": order.vendor.number if order.vendor else "",
        "SupplyingPlant": "" if order.vendor else SUPPLYING_PLANT,
        "PurchaseOrderDate": order.ordered_on,
        "CreationDate": order.ordered_on,
        "DocumentCurrency": order.vendor.currency if order.vendor else "USD",
    }
    items: dict[str, dict[str, Any]] = {}
    instants, states = [], []
    for at, changes in groupby(sorted(order.changes, key=_time), key=_time):
        header = {**header, "LastChangeDateTime": at}
        for change in changes:
            if not change.item:
                header = {**header, **(change.values or {})}
            elif not change.line:
                _change_item(items, number, change)
            else:
                items[change.item] = _with_line(items[change.item], number, change)
        instants.append(_visible_from(at))
        states.append({**header, "_PurchaseOrderItem": list(items.values())})
    return Document((number,), tuple(instants), tuple(states))


def _visible_from(at: datetime) -> datetime:
    """Changes of the last minutes before the nightly update run commit late: they appear with a time already past."""
    is_late = at.hour == LATE_COMMIT_HOUR and at.minute >= LATE_COMMIT_MINUTE
    return at + LATE_COMMIT_DELAY if is_late else at


def _time(change: Change) -> datetime:
    return change.at


def _change_item(items: dict[str, dict[str, Any]], number: str, change: Change) -> None:
    if change.values is None:
        del items[change.item]
    elif change.item in items:
        items[change.item] = {**items[change.item], **change.values}
    else:
        keys = {"PurchaseOrder": number, "PurchaseOrderItem": change.item}
        items[change.item] = {**keys, **change.values, "_PurchaseOrderScheduleLineTP": []}


def _with_line(item: Mapping[str, Any], number: str, change: Change) -> dict[str, Any]:
    lines = {line["ScheduleLine"]: line for line in item["_PurchaseOrderScheduleLineTP"]}
    if change.values is None:
        del lines[change.line]
    else:
        keys = {"PurchaseOrder": number, "PurchaseOrderItem": change.item, "ScheduleLine": change.line}
        lines[change.line] = {**lines.get(change.line, keys), **change.values}
    return {**item, "_PurchaseOrderScheduleLineTP": list(lines.values())}


def promises(number: str, order: Order) -> dict[ScheduleLineKey, tuple[Promise, ...]]:
    """Every promise of every schedule line of the order, oldest first."""
    found: dict[ScheduleLineKey, list[Promise]] = {}
    for change in sorted(order.changes, key=_time):
        if change.values and "ScheduleLineDeliveryDate" in change.values:
            promise = Promise(
                change.values["ScheduleLineDeliveryDate"], change.at, _visible_from(change.at), change.cause
            )
            found.setdefault((number, change.item, change.line), []).append(promise)
    return {key: tuple(line) for key, line in found.items()}
