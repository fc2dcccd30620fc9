"""Inspection lots and complaints: what counts as inspected, what as defective, how long an alert ran."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from tests.dbt_project.kpi_oracle.materials import base_unit_of, base_units, units_of
from tests.dbt_project.kpi_oracle.observed import (
    History,
    Seen,
    contents,
    histories,
    instant_of,
    known,
    month,
    number,
    plain,
)
from tests.dbt_project.kpi_oracle.orders import Key, Movement, movements
from tests.dbt_project.kpi_oracle.receiving import receipts
from tests.dbt_project.kpi_oracle.statistics import byar, percentile, wilson

TARGET = timedelta(hours=24)


@dataclass
class Lot:
    """An inspection lot with its decision and its complaints."""

    key: Key
    vendor: str | None
    receipt: Movement | None
    quantity: Decimal
    unit: str | None
    outcome: str
    decided: date | None
    defective: Decimal | None
    is_assumed: bool
    is_withdrawn: bool
    base_factor: Decimal | None
    base_unit: str | None
    created: date
    complaints: list["Notification"] = field(default_factory=list)

    @property
    def is_inspected(self) -> bool:
        return self.outcome in ("accepted", "rejected")

    @property
    def is_receipt_reversed(self) -> bool:
        return self.receipt is not None and self.receipt.quantity == 0

    @property
    def base_quantity(self) -> Decimal | None:
        return None if self.base_factor is None else self.quantity * self.base_factor

    @property
    def defective_base_quantity(self) -> Decimal | None:
        return None if self.base_factor is None or self.defective is None else self.defective * self.base_factor


@dataclass
class Notification:
    """A quality notification; units that its lot counts are not counted again."""

    key: Key
    vendor: str | None
    order_line: Key
    lot: Key | None
    is_complaint: bool
    is_withdrawn: bool
    reported: datetime
    completed: datetime | None
    complained: Decimal | None
    found: Decimal | None
    base_factor: Decimal | None
    base_unit: str | None

    @property
    def is_open(self) -> bool:
        return self.completed is None and not self.is_withdrawn

    @property
    def elapsed(self) -> timedelta | None:
        if self.completed is None or self.completed < self.reported:
            return None
        return self.completed - self.reported

    def outcome(self, as_of: datetime) -> bool | None:
        """Whether it was completed within the target, None while nobody can tell."""
        if self.is_withdrawn:
            return None
        if self.completed is not None:
            return None if self.elapsed is None else self.elapsed <= TARGET
        return False if as_of - self.reported > TARGET else None


def _newest(readings: Seen, entity: str, key: str, clock: str, needed: Sequence[str]) -> dict[Key, History]:
    seen = (
        (reading.at, row[clock], (connection, number(row[key])), contents(row, clock))
        for reading in readings
        for connection, row in reading.of(entity)
    )
    return histories(seen, needed)


@lru_cache(maxsize=2)
def notifications(readings: Seen) -> list[Notification]:
    """Every quality notification that could be read."""
    needed = ("NotificationReportingDate", "NotificationCompletionDate", "DefectiveQuantity")
    units = units_of(readings)
    found = []
    for key, history in _newest(
        readings, "quality_notification", "QualityNotification", "LastChangeDateTime", needed
    ).items():
        if history.newest is None:
            continue
        row = history.newest.content
        vendor, lot = number(row["Supplier"]), number(row["InspectionLot"])
        reported = instant_of(row["NotificationReportingDate"], row["NotificationReportingTime"])
        found.append(
            Notification(
                key=key,
                vendor=vendor and f"{key[0]}:{vendor}",
                order_line=(
                    key[0],
                    number(row["PurchasingDocument"]) or "",
                    number(row["PurchasingDocumentItem"]) or "",
                ),
                lot=(key[0], lot) if lot else None,
                is_complaint=row["NotificationType"] == "Q2",
                is_withdrawn=bool(row["IsMarkedForDeletion"]),
                reported=reported,
                completed=instant_of(row["NotificationCompletionDate"], row["NotificationCompletionTime"]),
                complained=known(row["ComplaintQuantity"]),
                found=row["DefectiveQuantity"],
                base_factor=base_units(units, key[0], row["Material"], row["QuantityUnit"]),
                base_unit=base_unit_of(readings).get((key[0], number(row["Material"]) or "")),
            )
        )
    return found


@lru_cache(maxsize=2)
def lots(readings: Seen) -> dict[Key, Lot]:
    """Every inspection lot that could be read, with the units it counts as defective."""
    units = units_of(readings)
    receipts = {movement.document: movement for movement in movements(readings)}
    about: dict[Key | None, list[Notification]] = defaultdict(list)
    for notification in notifications(readings):
        about[notification.lot].append(notification)
    decisions = _newest(
        readings, "usage_decision", "InspectionLot", "ChangedDateTime", ("InspectionLotUsageDecidedOn",)
    )
    needed = ("InspectionLotQuantity", "InspectionLotDefectiveQuantity")
    found = {}
    for key, history in _newest(readings, "inspection_lot", "InspectionLot", "ChangedDateTime", needed).items():
        if history.newest is None:
            continue
        row, decided = history.newest.content, decisions.get(key)
        decision = decided.newest.content if decided and decided.newest else None
        vendor = number(row["Supplier"])
        lot = Lot(
            key=key,
            vendor=vendor and f"{key[0]}:{vendor}",
            receipt=receipts.get(
                (
                    key[0],
                    *(
                        number(row[name]) or ""
                        for name in ("MaterialDocumentYear", "MaterialDocument", "MaterialDocumentItem")
                    ),
                )
            ),
            quantity=row["InspectionLotQuantity"],
            unit=plain(row["InspectionLotQuantityUnit"]),
            outcome=_outcome(row, decision),
            decided=decision and decision["InspectionLotUsageDecidedOn"],
            defective=None,
            is_assumed=False,
            is_withdrawn=False,
            base_factor=base_units(units, key[0], row["Material"], row["InspectionLotQuantityUnit"]),
            base_unit=base_unit_of(readings).get((key[0], number(row["Material"]) or "")),
            created=row["InspectionLotCreatedOn"],
            complaints=about[key],
        )
        _count(lot, row["InspectionLotDefectiveQuantity"])
        found[key] = lot
    return found


def _outcome(row: Any, decision: Any) -> str:
    if decision is None:
        return "undecided"
    if decision["InspLotUsageDecisionValuation"] == "R":
        return "rejected"
    return "accepted" if (known(row["InspectionLotSampleQuantity"]) or 0) > 0 else "skipped"


def _count(lot: Lot, recorded: Decimal | None) -> None:
    """Recorded units, else what a complaint found, else a rejected lot as a whole; none if all was withdrawn."""
    standing = [one for one in lot.complaints if not one.is_withdrawn]
    told = [one.found for one in standing if one.found is not None]
    lot.is_withdrawn = bool(lot.complaints) and not standing
    if lot.outcome == "undecided":
        return
    if lot.is_withdrawn:
        lot.defective = Decimal(0)
    elif recorded is not None:
        lot.defective = recorded
    elif told:
        lot.defective = max(told)  # two complaints about a lot may mean the same units
    else:
        lot.is_assumed = lot.outcome == "rejected"
        lot.defective = lot.quantity if lot.is_assumed else Decimal(0)


def counted(notification: Notification, of_lot: Lot | None) -> tuple[Decimal | None, bool]:
    """Units that a notification counts, and whether they are assumed."""
    if notification.is_withdrawn or not notification.is_complaint:
        return Decimal(0), False
    if of_lot is not None and of_lot.defective:
        return Decimal(0), False
    if notification.found is not None:
        return notification.found, False
    return notification.complained, True


def fct_inspection_lot(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The facts of every lot."""
    return [
        {
            "inspection_lot_key": ":".join(lot.key),
            "vendor_key": lot.vendor,
            "received_date": lot.receipt and lot.receipt.posted,
            "decided_date": lot.decided,
            "outcome": lot.outcome,
            "is_inspected": lot.is_inspected,
            "counted_defective_quantity": lot.defective,
            "is_defective_assumed": lot.is_assumed,
            "notifications": len(lot.complaints),
            "is_complaint_withdrawn": lot.is_withdrawn,
            "is_receipt_reversed": lot.is_receipt_reversed,
            "lot_base_quantity": lot.base_quantity,
            "defective_base_quantity": lot.defective_base_quantity,
        }
        for lot in lots(readings).values()
    ]


def fct_quality_notification(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The facts of every notification."""
    by_key = lots(readings)
    rows = []
    for one in notifications(readings):
        units, is_assumed = counted(one, by_key.get(one.lot) if one.lot else None)
        rows.append(
            {
                "quality_notification_key": ":".join(one.key),
                "vendor_key": one.vendor,
                "is_complaint": one.is_complaint,
                "reported_at": one.reported,
                "completed_at": one.completed,
                "is_withdrawn": one.is_withdrawn,
                "is_open": one.is_open,
                "elapsed_hours": one.elapsed / timedelta(hours=1) if one.elapsed is not None else None,
                "open_hours": (as_of - one.reported) / timedelta(hours=1) if one.is_open else None,
                "is_within_target": one.outcome(as_of),
                "counted_defective_quantity": units,
                "is_defective_assumed": is_assumed,
            }
        )
    return rows


@dataclass
class Units:
    """Units of a vendor's month: received, at risk, and defective in both readings of a month."""

    receipts: int = 0
    at_risk: float = 0.0
    registered: float = 0.0
    received: float = 0.0


@lru_cache(maxsize=2)
def defects(readings: Seen) -> dict[tuple[str, date], tuple[str, Units]]:
    """Units by vendor and month, in the unit of most receipts of the month: pieces and kilograms do not add up."""
    by_unit: dict[tuple[str, date], dict[str, Units]] = defaultdict(lambda: defaultdict(Units))
    waiting: dict[Key, Decimal] = defaultdict(Decimal)
    first_record: dict[str, date] = {}
    by_key = lots(readings)
    for lot in by_key.values():
        # a lot of a reversed receipt counts nowhere
        if lot.is_receipt_reversed:
            continue
        first_record[lot.key[0]] = min(first_record.get(lot.key[0], lot.created), lot.created)
        if lot.outcome == "undecided" and lot.receipt is not None:
            waiting[lot.receipt.document] += lot.base_quantity or 0
        if lot.defective_base_quantity and lot.vendor and lot.base_unit:
            found = float(lot.defective_base_quantity)
            if lot.decided:
                by_unit[lot.vendor, month(lot.decided)][lot.base_unit].registered += found
            if lot.receipt is not None:
                by_unit[lot.vendor, month(lot.receipt.posted)][lot.base_unit].received += found
    for one in notifications(readings):
        reported = one.reported.date()
        first_record[one.key[0]] = min(first_record.get(one.key[0], reported), reported)
        units, _ = counted(one, by_key.get(one.lot) if one.lot else None)
        if units and one.base_factor is not None and one.vendor and one.base_unit:
            found = float(units * one.base_factor)
            by_unit[one.vendor, month(reported)][one.base_unit].registered += found
            came = _received(readings, one, by_key.get(one.lot) if one.lot else None)
            if came is not None:
                by_unit[one.vendor, month(came)][one.base_unit].received += found
    for receipt in receipts(readings):
        movement = receipt.movement
        start = first_record.get(movement.line[0])
        if movement.kind != "101" or movement.quantity == 0 or not receipt.vendor or not receipt.base_unit:
            continue
        # where nobody recorded defects yet, there are not none
        if receipt.base_quantity is None or start is None or movement.posted < month(start):
            continue
        of_month = by_unit[receipt.vendor, month(movement.posted)][receipt.base_unit]
        of_month.receipts += 1
        of_month.at_risk += float(max(receipt.base_quantity - waiting[movement.document], Decimal(0)))
    return {
        key: min(units.items(), key=lambda pair: (-pair[1].receipts, -pair[1].registered, pair[0]))
        for key, units in by_unit.items()
    }


def _received(readings: Seen, one: Notification, of_lot: Lot | None) -> date | None:
    """When the goods that a notification is about came: those of its lot, else of its order line."""
    if one.lot is not None:
        return of_lot.receipt.posted if of_lot is not None and of_lot.receipt is not None else None
    posted = [
        receipt.movement.posted
        for receipt in receipts(readings)
        if receipt.movement.kind == "101" and receipt.movement.quantity and receipt.movement.line == one.order_line
    ]
    before = [day for day in posted if day <= one.reported.date()]
    return max(before) if before else min(posted, default=None)


def vendor_month(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """Defects by month of registration and of receipt; lots by month of decision, complaints by that of the report."""
    decided = [lot for lot in lots(readings).values() if lot.decided and lot.vendor and not lot.is_receipt_reversed]
    reported = [one for one in notifications(readings) if one.vendor and one.is_complaint and not one.is_withdrawn]
    in_units = defects(readings)
    months = {(lot.vendor, month(lot.decided)) for lot in decided if lot.decided}
    months |= {(one.vendor, month(one.reported.date())) for one in reported} | in_units.keys()
    rows = []
    for vendor, first_day in sorted(months, key=str):
        own_lots = [lot for lot in decided if lot.decided and (lot.vendor, month(lot.decided)) == (vendor, first_day)]
        inspected = [lot for lot in own_lots if lot.is_inspected]
        rejected = sum(1 for lot in inspected if lot.outcome == "rejected")
        own = [one for one in reported if (one.vendor, month(one.reported.date())) == (vendor, first_day)]
        outcomes = [outcome for one in own if (outcome := one.outcome(as_of)) is not None]
        hours = [one.elapsed / timedelta(hours=1) for one in own if one.elapsed is not None]
        unit, units = in_units.get((vendor or "", first_day), (None, Units()))
        rows.append(
            {
                "vendor_key": vendor,
                "month": first_day,
                "defect_ppm_unit": unit,
                **_ppm("defect_ppm_registered", units.registered, units.at_risk),
                **_ppm("defect_ppm_received", units.received, units.at_risk),
                **_share("lot_rejection_rate", rejected, len(inspected)),
                **_share("complaints_within_target", sum(outcomes), len(outcomes)),
                "skipped_lots": sum(1 for lot in own_lots if lot.outcome == "skipped"),
                "complaints": len(own),
                "complaint_hours_p50": percentile(hours, 0.5),
                "complaint_hours_p90": percentile(hours, 0.9),
            }
        )
    return rows


def _ppm(name: str, defective: float, at_risk: float) -> dict[str, Any]:
    """Defective of a million at risk; the count is in whole units, and a share of none is unknown."""
    whole = int(at_risk + 0.5)
    lower, upper = byar(defective)
    return {
        name: 1e6 * defective / at_risk if whole else None,
        f"{name}_n": whole,
        f"{name}_lower": 1e6 * lower / at_risk if whole else None,
        f"{name}_upper": 1e6 * upper / at_risk if whole else None,
    }


def _share(name: str, part: int, whole: int) -> dict[str, Any]:
    lower, upper = wilson(part, whole)
    return {name: part / whole if whole else None, f"{name}_n": whole, f"{name}_lower": lower, f"{name}_upper": upper}
