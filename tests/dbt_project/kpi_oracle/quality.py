"""Inspection lots and complaints: what counts as inspected, what as defective, how long an alert ran."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from tests.dbt_project.kpi_oracle.materials import base_units, units_of
from tests.dbt_project.kpi_oracle.observed import (
    History,
    Seen,
    contents,
    histories,
    instant_of,
    known,
    number,
    plain,
)
from tests.dbt_project.kpi_oracle.orders import Key, Movement, movements

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
    complaints: list["Notification"] = field(default_factory=list)

    @property
    def is_inspected(self) -> bool:
        return self.outcome in ("accepted", "rejected")


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
                reported=reported,  # type: ignore[arg-type]
                completed=instant_of(row["NotificationCompletionDate"], row["NotificationCompletionTime"]),
                complained=known(row["ComplaintQuantity"]),
                found=row["DefectiveQuantity"],
                base_factor=base_units(units, key[0], row["Material"], row["QuantityUnit"]),
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
            "is_receipt_reversed": lot.receipt is not None and lot.receipt.quantity == 0,
            "lot_base_quantity": None if lot.base_factor is None else lot.quantity * lot.base_factor,
            "defective_base_quantity": None
            if lot.base_factor is None or lot.defective is None
            else lot.defective * lot.base_factor,
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
