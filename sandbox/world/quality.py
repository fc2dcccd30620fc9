"""Incoming inspection: a lot for each receipt of an inspected material, and what was decided on it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sandbox.world import parameters as p
from sandbox.world.companies import fold
from sandbox.world.draws import Draws, Stream, days_later, midnight
from sandbox.world.history import Document
from sandbox.world.material_documents import Booked, Ledger, MovementKey
from sandbox.world.receipts import Movement, portion
from sandbox.world.vendors import Vendor

FIRST_NUMBER = 10_000_000_001
ACCEPTED, REJECTED = "A", "R"
NIGHT_JOB = timedelta(hours=22)
"""When a job accepts the lots of the day that are not inspected."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One item of goods received from a vendor and never taken back. `returned` of it went back later."""

    booked: Booked
    movement: Movement
    key: MovementKey
    vendor: Vendor
    returned: Decimal


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on a lot. `defective` None: nobody counted."""

    at: datetime
    valuation: str
    defective: Decimal | None
    returned: Decimal
    blocked: Decimal


@dataclass(frozen=True, slots=True)
class Lot:
    """One inspection lot. `revised_at` is when a rejection followed an acceptance in error."""

    number: str
    receipt: Receipt
    created_at: datetime
    sample: Decimal
    decision: Decision
    revised_at: datetime | None


def receipts_of(ledgers: Iterable[Ledger]) -> list[Receipt]:
    """All receipts from vendors, in the order in which they were booked."""
    found: list[Receipt] = []
    for ledger in ledgers:
        newest: dict[tuple[str, str], int] = {}
        for booked in ledger.bookings:
            vendor = booked.order.vendor
            for movement in booked.movements:
                place = booked.order_number, movement.item
                if vendor and movement.kind == "101" and id(movement) not in ledger.reversals:
                    newest[place] = len(found)
                    found.append(Receipt(booked, movement, ledger.keys[id(movement)], vendor, Decimal(0)))
                elif movement.kind == "122" and place in newest:
                    found[newest[place]] = replace(found[newest[place]], returned=movement.quantity)
    return sorted(found, key=lambda receipt: (receipt.booked.recorded_at, receipt.key))


def rejection_rates(seed: int, vendors: Sequence[Vendor]) -> dict[str, float]:
    """How likely a lot of each vendor is rejected."""
    draws = Draws(seed, Stream.INSPECTIONS)
    return {vendor.number: draws.beta(*p.DEFECT_RATE_BETA) for vendor in vendors}


def inspect(seed: int, vendors: Sequence[Vendor], rates: Mapping[str, float], receipts: Sequence[Receipt]) -> list[Lot]:
    """Give the lots of all receipts of inspected materials, numbered as they were created."""
    draws = Draws(seed, Stream.INSPECTIONS, 1)
    inspected = {
        material.number for vendor in vendors for material in vendor.materials if draws.chance(p.INSPECTED_MATERIALS)
    }
    lots: list[Lot] = []
    for receipt in receipts:
        if receipt.movement.material.number in inspected:
            number = f"{FIRST_NUMBER + len(lots):012d}"
            lots.append(_lot(draws, number, receipt, rates[receipt.vendor.number]))
    return lots


def _lot(draws: Draws, number: str, receipt: Receipt, rate: float) -> Lot:
    movement = receipt.movement
    created_at = receipt.booked.recorded_at + timedelta(microseconds=int(draws.within(1e6, 300e6)))
    if rate < p.SKIP_LOT_BELOW and not receipt.returned and draws.chance(p.SKIP_LOTS):
        night = max(midnight(created_at.date()) + NIGHT_JOB, created_at + timedelta(minutes=1))
        return Lot(number, receipt, created_at, Decimal(0), Decision(night, ACCEPTED, Decimal(0), *_NOTHING), None)
    sample = portion(movement.quantity, draws.within(0.02, 0.3), movement.material.unit)
    days = min(max(round(draws.lognormal(*p.DECISION_DAYS_LOG)), 0), p.DECISION_DAYS_LIMIT)
    at = max(
        draws.working_time(draws.working_day(days_later(created_at.date(), days))), created_at + timedelta(minutes=20)
    )
    is_bad = draws.chance(0.9 if receipt.returned else rate)
    revised_at = None
    if is_bad and draws.chance(p.DECISION_REVISED):
        revised_at = draws.working_time(days_later(at.date(), draws.between(1, 9)))
    return Lot(number, receipt, created_at, sample, _decision(draws, receipt, at, is_bad), revised_at)


_NOTHING = (Decimal(0), Decimal(0))


def _decision(draws: Draws, receipt: Receipt, at: datetime, is_bad: bool) -> Decision:
    movement = receipt.movement
    if not is_bad:
        few = draws.chance(p.ACCEPTED_WITH_DEFECTS)
        found = portion(movement.quantity, draws.within(0.001, 0.01), movement.material.unit) if few else Decimal(0)
        return Decision(at, ACCEPTED, found, *_NOTHING)
    found = receipt.returned or portion(movement.quantity, min(draws.lognormal(-2.5, 1.0), 1.0), movement.material.unit)
    blocked = Decimal(0) if receipt.returned else found
    defective = None if draws.chance(p.DEFECTIVE_UNKNOWN) else found
    return Decision(at, REJECTED, defective, receipt.returned, blocked)


def make_inspection_lots(lots: Iterable[Lot]) -> list[Document]:
    """The lots as documents: created without a result, changed by the decision."""
    return [_lot_document(lot) for lot in lots]


def _lot_document(lot: Lot) -> Document:
    receipt, movement = lot.receipt, lot.receipt.movement
    nothing = dict.fromkeys(("InspLotQtyToFree", "InspLotQtyToBlocked", "InspLotQtyReturnedToSupplier"), Decimal(0))
    first: dict[str, Any] = {
        "InspectionLot": lot.number,
        "InspectionLotType": "01",
        "Plant": receipt.booked.order.plant,
        "Material": movement.material.number,
        "Supplier": receipt.vendor.number,
        "PurchasingDocument": receipt.booked.order_number,
        "PurchasingDocumentItem": movement.item,
        "MaterialDocumentYear": receipt.key[0],
        "MaterialDocument": receipt.key[1],
        "MaterialDocumentItem": receipt.key[2].zfill(4),
        "InspectionLotQuantity": movement.quantity,
        "InspectionLotQuantityUnit": movement.material.unit,
        "InspectionLotSampleQuantity": lot.sample,
        "InspectionLotDefectiveQuantity": None,
        **nothing,
        "InspectionLotCreatedOn": lot.created_at.date(),
    }
    decided = {
        "InspectionLotDefectiveQuantity": lot.decision.defective,
        "InspLotQtyToFree": movement.quantity - lot.decision.returned - lot.decision.blocked,
        "InspLotQtyToBlocked": lot.decision.blocked,
        "InspLotQtyReturnedToSupplier": lot.decision.returned,
    }
    changes: list[tuple[datetime, dict[str, Any]]] = [(lot.decision.at, decided)]
    if lot.revised_at:
        accepted = {"InspectionLotDefectiveQuantity": Decimal(0), "InspLotQtyToFree": movement.quantity}
        changes = [(lot.decision.at, accepted), (lot.revised_at, decided)]
    return fold((lot.number,), lot.created_at, first, changes, "ChangedDateTime")


def make_usage_decisions(lots: Iterable[Lot]) -> list[Document]:
    """The decisions as documents; a few acceptances are corrected to rejections days later."""
    return list(_usage_decisions(lots))


def _usage_decisions(lots: Iterable[Lot]) -> Iterator[Document]:
    for lot in lots:
        decision = lot.decision
        found = _valued(decision)
        first = {"InspectionLot": lot.number, **(_AS_GOOD if lot.revised_at else found)}
        first["InspectionLotUsageDecidedOn"] = decision.at.date()
        changes = [(lot.revised_at, found)] if lot.revised_at else []
        yield fold((lot.number,), decision.at, first, changes, "ChangedDateTime")


_AS_GOOD: dict[str, Any] = {
    "InspectionLotUsageDecisionCode": "A1",
    "InspLotUsageDecisionValuation": ACCEPTED,
    "InspectionLotQualityScore": Decimal(100),
}


def _valued(decision: Decision) -> dict[str, Any]:
    if decision.valuation == REJECTED:
        code, score = ("R2" if decision.returned else "R1"), 1
    else:
        code, score = ("A2" if decision.defective else "A1"), 80 if decision.defective else 100
    return {
        "InspectionLotUsageDecisionCode": code,
        "InspLotUsageDecisionValuation": decision.valuation,
        "InspectionLotQualityScore": Decimal(score),
    }
