"""Schedule lines: what was promised, what came, what it is called; and the on-time numbers of vendors from them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Any

from tests.dbt_project.kpi_oracle.materials import Units, base_units, units_of
from tests.dbt_project.kpi_oracle.observed import History, Row, Seen, month, number
from tests.dbt_project.kpi_oracle.orders import Key, Movement, Orders, confirmations, movements, orders
from tests.dbt_project.kpi_oracle.statistics import percentile, wilson


@dataclass
class PromiseChange:
    """The delivery date of a schedule line was seen to differ from the one before."""

    number: int
    changed_at: datetime
    read_at: datetime
    from_date: date
    to_date: date
    moved_by: str


@dataclass
class ScheduleLine:
    """One schedule line as known at a reading; dates of the promise, of the goods and of the books kept apart."""

    key: Key
    vendor: str | None
    order_type: str | None
    order_date: date | None
    requested: date | None
    first_promise: date | None
    basis: str | None
    latest_promise: date | None
    changes: list[PromiseChange]
    ordered: Decimal
    is_performance: bool
    first_read_at: datetime
    unit_price: Decimal | None
    cancelled_at: datetime | None = None
    is_closed_short: bool = False
    ordered_before: Decimal = Decimal(0)
    received: Decimal = Decimal(0)
    in_full: date | None = None
    completed_by: Movement | None = None
    state: str = ""
    is_quantity_changed: bool = False
    is_agreed_anew: bool = False
    flags: set[str] = field(default_factory=set)

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def attribution(self) -> str | None:
        """Who made a late line late, as far as the versions show."""
        if self.state not in ("delivered_late", "overdue"):
            return None
        if self.is_quantity_changed:
            return "us"
        return "unknown" if self.is_agreed_anew or self.basis == "first_landed" else "vendor"


@lru_cache(maxsize=2)
def schedule_lines(readings: Seen, as_of: datetime) -> list[ScheduleLine]:
    """Every schedule line of a known order line, as it stands at the as-of time."""
    seen = orders(readings)
    received = defaultdict(list)
    for movement in movements(readings):
        received[movement.line].append(movement)
    confirmed = confirmations(readings)
    of_line = Counter(key[:3] for key in seen.schedule_lines)
    lines: dict[Key, list[ScheduleLine]] = defaultdict(list)
    for key, history in seen.schedule_lines.items():
        line, header = seen.lines.get(key[:3]), seen.headers[key[:2]]
        if line and line.newest and header.newest and history.newest:
            # a confirmation names the order line: it speaks of a schedule line where there is just one
            told = confirmed.get(key[:3], []) if of_line[key[:3]] == 1 else []
            lines[key[:3]].append(_promised(seen, key, history, line, header, told))
    for key, parts in lines.items():
        _deliver(seen.lines[key], parts, received[key], units_of(readings))
    found = [part for parts in lines.values() for part in parts]
    _flag(found, seen)
    for part in found:
        _judge(part, seen.schedule_lines[part.key], seen.lines[part.key[:3]], as_of.date())
    return found


def _promised(
    seen: Orders, key: Key, history: History, line: History, header: History, told: Sequence[date]
) -> ScheduleLine:
    order, item, newest = header.newest.content, line.newest.content, history.newest.content
    dates = [
        (version, version.content["ScheduleLineDeliveryDate"])
        for version in history.readable
        if version.content["ScheduleLineDeliveryDate"] is not None
    ]
    changes: list[PromiseChange] = []
    for (earlier, before), (version, after) in pairwise(dates):
        if before != after:
            moved_by = _moved_by(earlier.content, version.content)
            change = PromiseChange(len(changes) + 1, version.changed_at, version.read_at, before, after, moved_by)
            changes.append(change)
    statistics = [
        version.content["SchedLineStscDeliveryDate"]
        for version in history.readable
        if version.content.get("SchedLineStscDeliveryDate") is not None
    ]
    landed = dates[0][1] if dates else None
    vendor = number(order["Supplier"])
    is_transport = order["PurchaseOrderType"] == "UB"
    cancelled = [
        header.since(lambda row: row.get("PurchaseOrderDeletionCode") == "L"),
        line.since(lambda row: row.get("PurchasingDocumentDeletionCode") == "L"),
        seen.dropped_at(key),
        seen.dropped_at(key[:3]),
    ]
    price, per = item["NetPriceAmount"], item["NetPriceQuantity"]
    part = ScheduleLine(
        key=key,
        vendor=None if vendor is None else f"{key[0]}:{vendor}",
        order_type=order["PurchaseOrderType"],
        order_date=order["PurchaseOrderDate"],
        requested=landed,
        first_promise=next(iter([*told, *statistics]), landed),
        basis="confirmation" if told else "statistics_date" if statistics else "first_landed" if landed else None,
        latest_promise=told[-1] if told else dates[-1][1] if dates else None,
        changes=changes,
        ordered=newest["ScheduleLineOrderQuantity"],
        is_performance=not is_transport and vendor is not None and not item.get("IsReturnsItem") and is_received(item),
        first_read_at=history.versions[0].read_at,
        unit_price=price / per if price is not None and per else None,
        cancelled_at=min((at for at in cancelled if at is not None), default=None),
    )
    if vendor is None and not is_transport:
        part.flags.add("vendor_missing")
    if item.get("PurchaseOrderItemCategory") == "5":
        part.flags.add("drop_ship_receipt")
    if any(one.is_newest_unreadable for one in (history, line, header)):
        part.flags.add("unreadable_newest_version")
    return part


def is_received(item: Row) -> bool:
    """Whether a receipt of ours can say when a line came: not of a consignment, a service, or without a receipt."""
    return item.get("GoodsReceiptIsExpected") is not False and item.get("PurchaseOrderItemCategory") not in ("2", "9")


def _moved_by(before: Row, after: Row) -> str:
    """The statistics-relevant date moves with a date that was agreed, and stays where the vendor moved alone."""
    old, new = before.get("SchedLineStscDeliveryDate"), after.get("SchedLineStscDeliveryDate")
    if old is None or new is None:
        return "unknown"
    return "vendor" if old == new else "agreed"


def _deliver(line: History, parts: list[ScheduleLine], events: Iterable[Movement], units: Units) -> None:
    """Give the line's receipts to its schedule lines: first due, first served; the thresholds add up."""
    item = line.newest.content
    found = [(event, in_order_unit(units, parts[0].key[0], item, event)) for event in events]
    counted = sorted((event for event, quantity in found if quantity), key=_place)
    quantities = {event.document: quantity for event, quantity in found}
    levels, level = [], Decimal(0)
    for event in counted:
        level += quantities[event.document] or Decimal(0)
        levels.append(level)
    short = Decimal(1) - (item.get("UnderdelivTolrtdLmtRatioInPct") or Decimal(0)) / 100
    due_first = sorted(
        (part for part in parts if not part.is_cancelled),
        key=lambda part: (part.latest_promise or date.max, int(part.key[3])),
    )
    before, in_all = Decimal(0), sum(part.ordered for part in due_first)
    for part in due_first:
        reach = before + part.ordered
        for place, event in enumerate(counted):
            # for good: no movement from here on leaves less; goods are for a line for nothing only where all are
            least = min(levels[place:])
            if least >= reach * short and (part.ordered or (least > 0 and not in_all)):
                part.in_full, part.completed_by = event.posted, event
                break
        part.ordered_before = before
        part.received = min(max(level - before, Decimal(0)), part.ordered)
        before = reach
    for part in parts:
        if any(quantity is None for _, quantity in found):
            part.flags.add("receipt_in_other_unit")


def in_order_unit(units: Units, connection: str, item: Row, event: Movement) -> Decimal | None:
    """What a movement changed, in the unit of the order; None where nobody says how many of one make the other."""
    if event.unit == item["PurchaseOrderQuantityUnit"]:
        return event.quantity
    entered = event.base_factor
    if entered is None:
        entered = base_units(units, connection, item.get("Material"), event.unit)
    ordered = base_units(units, connection, item.get("Material"), item["PurchaseOrderQuantityUnit"])
    return event.quantity * entered / ordered if entered is not None and ordered else None


def _place(event: Movement) -> Any:
    return event.place


def _judge(part: ScheduleLine, history: History, line: History, today: date) -> None:
    """Name the state against the first promise, without tolerance."""
    done_at = line.since(lambda row: bool(row.get("IsCompletelyDelivered")))
    if part.cancelled_at is None and part.in_full is None and done_at is not None:
        part.is_closed_short, part.cancelled_at = True, done_at
    if part.in_full is None and part.ordered == 0:
        emptied_at = history.since(lambda row: row["ScheduleLineOrderQuantity"] == 0)
        part.cancelled_at = min(at for at in (part.cancelled_at, emptied_at) if at is not None)
    quantities = {version.content["ScheduleLineOrderQuantity"] for version in history.readable}
    part.is_quantity_changed = len(quantities) > 1
    agreed = {version.content.get("SchedLineStscDeliveryDate") for version in history.readable}
    part.is_agreed_anew = len(agreed - {None}) > 1
    due = part.first_promise
    if part.is_cancelled:
        part.state = "cancelled"
    elif part.in_full is not None and due is None:
        part.state = "delivered"
    elif part.in_full is not None:
        part.state = (
            "delivered_early"
            if part.in_full < due
            else "delivered_on_time"
            if part.in_full == due
            else "delivered_late"
        )
    else:
        part.state = "open" if due is None or due >= today else "overdue"


FLAGS = (
    "receipt_before_order", "recorded_before_delivered", "zero_value", "no_price", "no_promise_date", "repeated_line",
    "vendor_missing", "drop_ship_receipt", "receipt_in_other_unit", "promise_changed_after_receipt",
    "unreadable_newest_version",
)  # fmt: skip


def _flag(parts: Iterable[ScheduleLine], seen: Orders) -> None:
    """Mark doubtful facts; nothing is left out for them."""
    known_lines = set()
    for part in sorted(parts, key=lambda part: (part.key[:2], *(int(place) for place in part.key[2:]))):
        done = part.completed_by
        if done and part.order_date and done.posted < part.order_date:
            part.flags.add("receipt_before_order")
        if done and done.recorded_at.date() < done.posted:
            part.flags.add("recorded_before_delivered")
        if done and part.changes and part.changes[-1].changed_at > done.recorded_at:
            part.flags.add("promise_changed_after_receipt")
        if part.unit_price is None:
            part.flags.add("no_price")
        if part.unit_price is not None and part.unit_price * part.ordered == 0:
            part.flags.add("zero_value")
        if part.first_promise is None:
            part.flags.add("no_promise_date")
        item = seen.lines[part.key[:3]].newest.content
        words = (item.get("Material"), item.get("PurchaseOrderItemText"), item.get("Plant"))
        price = (item["NetPriceAmount"], item["NetPriceQuantity"])
        delivery = done.document[:3] if done else None
        alike = (part.key[:2], words, part.ordered, price, part.requested, delivery)
        if alike in known_lines:
            part.flags.add("repeated_line")
        known_lines.add(alike)


def days(start: date | None, end: date | None) -> int | None:
    return None if start is None or end is None else (end - start).days


def _key(part: ScheduleLine) -> str:
    return f"{part.key[0]}:{'/'.join(part.key[1:])}"


def fct_schedule_line(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The facts of every schedule line."""
    return [
        {
            "schedule_line_key": _key(part),
            "vendor_key": part.vendor,
            "order_date": part.order_date,
            "requested_date": part.requested,
            "first_promise_date": part.first_promise,
            "first_promise_basis": part.basis,
            "latest_promise_date": part.latest_promise,
            "previous_promise_date": part.changes[-1].from_date if part.changes else None,
            "observed_promise_changes": len(part.changes),
            "in_full_date": part.in_full,
            "recorded_at": part.completed_by.recorded_at if part.completed_by else None,
            "recorded_date": part.completed_by.recorded_at.date() if part.completed_by else None,
            "repromise_slip_days": days(part.first_promise, part.latest_promise),
            "execution_slip_days": days(part.latest_promise, part.in_full),
            "slip_days": days(part.first_promise, part.in_full),
            "state": part.state,
            "attribution": part.attribution,
            "is_vendor_performance": part.is_performance,
            "is_closed_short": part.is_closed_short,
            "cancelled_at": part.cancelled_at,
            "ordered_quantity": part.ordered,
            "received_quantity": part.received,
            "unit_price": part.unit_price,
            "first_landed_at": part.first_read_at,
            "data_flags": ",".join(flag for flag in FLAGS if flag in part.flags) or None,
        }
        for part in schedule_lines(readings, as_of)
    ]


def fct_promise_change(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The promise ledger."""
    return [
        {
            "schedule_line_key": _key(part),
            "change_number": change.number,
            "changed_at": change.changed_at,
            "landed_at": change.read_at,
            "from_date": change.from_date,
            "to_date": change.to_date,
            "days_moved": days(change.from_date, change.to_date),
            "notice_days": days(change.changed_at.date(), change.from_date),
            "moved_by": change.moved_by,
            "direction": "later" if change.to_date > change.from_date else "earlier",
        }
        for part in schedule_lines(readings, as_of)
        for change in part.changes
    ]


GRACE = TOLERANCE = timedelta(0)
AGAINST = (
    ("otd_first_promise", "first_promise"),
    ("otd_latest_promise", "latest_promise"),
    ("otd_requested", "requested"),
)


def vendor_month(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """Punctuality by the month a date fell in, lead time by that of the order, moves by that of the change."""
    lines = [part for part in schedule_lines(readings, as_of) if part.is_performance]
    alive = [part for part in lines if not part.is_cancelled]
    first_reading = month(readings[0].at.date())
    months = set()
    for part in lines:
        dates = [part.first_promise, part.latest_promise, part.requested, part.order_date]
        dates += [change.changed_at.date() for change in part.changes]
        months |= {(part.vendor, month(day)) for day in dates if day}
    rows = []
    for vendor, first_day in sorted(months, key=str):
        own = [part for part in alive if part.vendor == vendor]
        row: dict[str, Any] = {"vendor_key": vendor, "month": first_day}
        for name, which in AGAINST:
            row |= _on_time(name, [(getattr(part, which), part.in_full) for part in own], first_day, as_of.date())
        promised = [part for part in own if part.first_promise and month(part.first_promise) == first_day]
        # a line delivered before it was due joins its month once the promise has passed, as in on-time delivery
        passed = [part for part in promised if part.first_promise < as_of.date()]
        slips = [slip for part in passed if (slip := days(part.first_promise, part.in_full)) is not None]
        # a framework's date is no release
        ordered = [
            part for part in own if part.order_date and month(part.order_date) == first_day and part.order_type != "FO"
        ]
        times = [time for part in ordered if (time := days(part.order_date, part.in_full)) is not None]
        moves = [
            change
            for part in lines
            for change in part.changes
            if part.vendor == vendor and month(change.changed_at.date()) == first_day
        ]
        is_observed = first_day >= first_reading
        rows.append(
            row
            | {
                "slip_p50_days": percentile(slips, 0.5),
                "slip_p90_days": percentile(slips, 0.9),
                "slip_n": len(slips),
                "overdue_lines": sum(1 for part in promised if part.state == "overdue"),
                "lead_time_delivered_only_p50_days": percentile(times, 0.5),
                "lead_time_delivered_only_n": len(times),
                "lead_time_open_lines": len(ordered) - len(times),
                "promise_moves_later": sum(1 for move in moves if move.to_date > move.from_date)
                if is_observed
                else None,
                "promise_moves_earlier": sum(1 for move in moves if move.to_date < move.from_date)
                if is_observed
                else None,
            }
        )
    return rows


def _on_time(
    name: str, pairs: Iterable[tuple[date | None, date | None]], first_day: date, today: date
) -> dict[str, Any]:
    """The share of lines due in the month that were in full in time; a line never received is a miss once it is due."""
    due = [(day, done) for day, done in pairs if day and month(day) == first_day and day + GRACE < today]
    in_time = sum(1 for day, done in due if done is not None and done <= day + TOLERANCE)
    lower, upper = wilson(in_time, len(due))
    return {
        name: in_time / len(due) if due else None,
        f"{name}_n": len(due),
        f"{name}_lower": lower,
        f"{name}_upper": upper,
    }
