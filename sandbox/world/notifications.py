"""Quality notifications: complaints against vendors about rejected lots and about what failed in use."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sandbox.world import parameters as p
from sandbox.world.companies import fold
from sandbox.world.draws import Draws, Stream, days_later
from sandbox.world.history import Document
from sandbox.world.quality import REJECTED, Lot, Receipt
from sandbox.world.receipts import portion

FIRST_NUMBER = 200_000_001
DEFECTS = ("DIMENSION", "FUNCTION", "LABEL", "PACKAGING", "CONTAMIN", "DOCUMENT")
PRIORITIES = (("1", 0.10), ("2", 0.35), ("3", 0.45), ("4", 0.10))

_Complaint = tuple[datetime, Receipt, str, Decimal, Decimal | None]
"""Reported at, about what, inspection lot, complained quantity, defective quantity."""


def make_quality_notifications(
    seed: int, rates: Mapping[str, float], receipts: Sequence[Receipt], lots: Sequence[Lot]
) -> list[Document]:
    """All notifications, numbered as they were reported. Few are withdrawn, few never completed."""
    draws = Draws(seed, Stream.NOTIFICATIONS)
    complaints = [*_about_lots(draws, lots), *_in_use(draws, rates, receipts)]
    complaints.sort(key=lambda complaint: (complaint[0], complaint[1].key))
    return [_document(draws, f"{FIRST_NUMBER + place:012d}", *complaint) for place, complaint in enumerate(complaints)]


def _about_lots(draws: Draws, lots: Sequence[Lot]) -> Iterator[_Complaint]:
    for lot in lots:
        decision = lot.decision
        if decision.valuation == REJECTED and draws.chance(p.COMPLAINED_LOTS):
            at = lot.revised_at or decision.at
            reported_at = (at + timedelta(seconds=draws.between(60, 12 * 3600))).replace(microsecond=0)
            yield reported_at, lot.receipt, lot.number, lot.receipt.movement.quantity, decision.defective


def _in_use(draws: Draws, rates: Mapping[str, float], receipts: Sequence[Receipt]) -> Iterator[_Complaint]:
    """What production finds weeks after a receipt; vendors with many rejections have more of it."""
    average = p.DEFECT_RATE_BETA[0] / sum(p.DEFECT_RATE_BETA)
    for receipt in receipts:
        likely = p.COMPLAINTS_IN_USE * (0.2 + 0.8 * rates[receipt.vendor.number] / average)
        if draws.chance(likely):
            day = days_later(receipt.booked.recorded_at.date(), draws.between(3, 60))
            unit, quantity = receipt.movement.material.unit, receipt.movement.quantity
            complained = portion(quantity, min(draws.lognormal(-3.0, 1.2), 1.0), unit)
            unknown = draws.chance(p.DEFECTIVE_UNKNOWN)
            yield draws.working_second(day), receipt, "", complained, None if unknown else complained


def _document(
    draws: Draws,
    number: str,
    reported_at: datetime,
    receipt: Receipt,
    lot: str,
    complained: Decimal,
    defective: Decimal | None,
) -> Document:
    first: dict[str, Any] = {
        "QualityNotification": number,
        "NotificationType": "Q2",
        "Supplier": receipt.vendor.number,
        "Material": receipt.movement.material.number,
        "Plant": receipt.booked.order.plant,
        "PurchasingDocument": receipt.booked.order_number,
        "PurchasingDocumentItem": receipt.movement.item.lstrip("0"),
        "InspectionLot": lot,
        "NotificationPriority": draws.weighted(PRIORITIES) or "4",
        "NotificationReportingDate": reported_at.date(),
        "NotificationReportingTime": f"{reported_at:%H:%M:%S}",
        "NotificationCompletionDate": None,
        "NotificationCompletionTime": None,
        "ComplaintQuantity": complained,
        "DefectiveQuantity": defective,
        "QuantityUnit": receipt.movement.material.unit,
        "DefectCodeGroup": draws.pick(DEFECTS),
        "IsMarkedForDeletion": False,
    }
    created_at = reported_at + timedelta(microseconds=draws.between(1, 999) * 1000)
    changes: list[tuple[datetime, dict[str, Any]]] = []
    if not draws.chance(p.COMPLAINTS_LEFT_OPEN):
        hours = draws.by_quantiles(p.COMPLAINT_HOURS)
        completed_at = (reported_at + timedelta(hours=hours)).replace(microsecond=0)
        done = {
            "NotificationCompletionDate": completed_at.date(),
            "NotificationCompletionTime": f"{completed_at:%H:%M:%S}",
        }
        changes.append((completed_at + timedelta(seconds=draws.between(1, 300)), done))
    if draws.chance(p.COMPLAINTS_WITHDRAWN):
        day = days_later(reported_at.date(), draws.between(3, 40))
        changes.append((draws.working_second(day), {"IsMarkedForDeletion": True}))
    return fold((number,), created_at, first, changes, "LastChangeDateTime")
