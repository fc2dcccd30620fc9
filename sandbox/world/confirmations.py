"""What vendors confirm: a date and a quantity for each schedule line. A new confirmation replaces the old one's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from sandbox.world import parameters as p
from sandbox.world.draws import Draws, Stream, days_later, working_day
from sandbox.world.history import Document
from sandbox.world.orders import Cause, Change, Order

RECONFIRMED: dict[Cause, float] = {"vendor": 1.0, "buyer_date": 0.6, "split": 0.6}
"""Probability that a vendor confirms again after such a change; its own push it always confirms, at once."""


@dataclass(frozen=True, slots=True)
class _Confirmation:
    """What stands in the system from an instant on: nothing more once the item is removed from its order."""

    at: datetime
    lines: tuple[tuple[date, Decimal], ...]


def make_supplier_confirmations(seed: int, orders: Sequence[Order], numbers: Sequence[str]) -> list[Document]:
    """All confirmations of items whose vendor is asked to confirm; some never come."""
    draws = Draws(seed, Stream.CONFIRMATIONS)
    documents: list[Document] = []
    for number, order in zip(numbers, orders, strict=True):
        for item, changes in _asked(order).items():
            if draws.chance(p.CONFIRMED):
                documents.extend(_documents(number, item, _confirmations(draws, order, changes)))
    return sorted(documents, key=lambda document: document.key)


def _asked(order: Order) -> dict[str, list[Change]]:
    """Changes by item, in time, of the items that must be confirmed."""
    found: dict[str, list[Change]] = {}
    for change in order.changes:
        if change.item in found:
            found[change.item].append(change)
        elif change.cause == "ordered" and change.values and change.values.get("SupplierConfirmationControlKey"):
            found[change.item] = [change]
    for changes in found.values():
        changes.sort(key=attrgetter("at"))
    return found


def _confirmations(draws: Draws, order: Order, changes: Sequence[Change]) -> list[_Confirmation]:
    """The first one some days after the order, later ones after changes; none of an item that is cancelled."""
    days = min(max(round(draws.lognormal(*p.CONFIRM_DAYS_LOG)), 1), p.CONFIRM_DAYS_LIMIT)
    first_at = draws.working_second(working_day(days_later(order.ordered_on, days)))
    offset = 0 if draws.chance(p.CONFIRMED_AS_ASKED) else draws.pick((-5, -2, 1, 2, 3, 5, 7, 10, 14))
    lines: dict[str, tuple[date, Decimal]] = {}
    found: list[_Confirmation] = []
    for at, together in groupby(changes, key=attrgetter("at")):
        if not found and lines and at > first_at:
            found.append(_Confirmation(first_at, _shifted(lines, offset)))
        cause: Cause = "ordered"
        for change in together:
            if _is_removal(change) and found:
                return [*found, _Confirmation(max(at, found[-1].at + timedelta(seconds=1)), ())]
            if _is_removal(change) or change.cause == "cancelled":
                return found
            _apply(lines, change)
            cause = change.cause
        if found and draws.chance(RECONFIRMED.get(cause, 0.0)):
            again_at = at.replace(microsecond=0)
            if cause != "vendor":
                again_at = draws.working_second(days_later(at.date(), draws.between(1, 4)))
            if again_at > found[-1].at:
                found.append(_Confirmation(again_at, _shifted(lines, 0)))
    if not found and lines:
        found.append(_Confirmation(first_at, _shifted(lines, offset)))
    return found


def _is_removal(change: Change) -> bool:
    return not change.line and change.values is None


def _apply(lines: dict[str, tuple[date, Decimal]], change: Change) -> None:
    if not change.line:
        return
    if change.values is None:
        lines.pop(change.line, None)
        return
    day, quantity = lines.get(change.line, (None, Decimal(0)))
    lines[change.line] = (
        change.values.get("ScheduleLineDeliveryDate", day),
        change.values.get("ScheduleLineOrderQuantity", quantity),
    )


def _shifted(lines: dict[str, tuple[date, Decimal]], days: int) -> tuple[tuple[date, Decimal], ...]:
    step = timedelta(days=days)
    return tuple([(day + step, quantity) for _, (day, quantity) in sorted(lines.items())])


def _documents(number: str, item: str, confirmations: Sequence[_Confirmation]) -> Iterator[Document]:
    sequence = 0
    for place, confirmation in enumerate(confirmations):
        replaced_at = confirmations[place + 1].at if place + 1 < len(confirmations) else None
        for day, quantity in confirmation.lines:
            sequence += 1
            row = {
                "PurchaseOrder": number,
                "PurchaseOrderItem": item,
                "SequentialNmbrOfSuplrConf": f"{sequence:04d}",
                "SupplierConfirmationCategory": "AB",
                "DeliveryDate": day,
                "ConfirmedQuantity": quantity,
                "CreationDate": confirmation.at.date(),
                "CreationTime": f"{confirmation.at:%H:%M:%S}",
            }
            key = (number, item, f"{sequence:04d}")
            if replaced_at:
                yield Document(key, (confirmation.at, replaced_at), (row, None))
            else:
                yield Document(key, (confirmation.at,), (row,))
