"""Contracts with the larger vendors: a price for a year, which most of the orders in it refer to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sandbox.world import parameters as p
from sandbox.world.companies import fold
from sandbox.world.draws import Draws, Stream, days_later
from sandbox.world.history import Document
from sandbox.world.orders import Order, plant_of
from sandbox.world.vendors import Vendor

FIRST_NUMBER = 4600000001


@dataclass(frozen=True, slots=True)
class Contract:
    """One contract. `items` are materials with their prices per the material's price unit.

    `extension` is (instant, new end of validity).
    """

    number: str
    vendor: Vendor
    start: date
    end: date
    extension: tuple[datetime, date] | None
    signed_at: datetime
    items: tuple[tuple[str, Decimal], ...]

    def line_of(self, material: str) -> str:
        """The item that names a material, "" if none does."""
        places = [place for place, (number, _) in enumerate(self.items, start=1) if number == material]
        return f"{places[0] * 10:05d}" if places else ""


def make_contracts(seed: int, vendors: Sequence[Vendor]) -> list[Contract]:
    """A contract for each of the larger vendors and years, beginning in any month; some are extended."""
    draws = Draws(seed, Stream.CONTRACTS)
    unnumbered = []
    for vendor in vendors[: p.CONTRACT_VENDORS]:
        start = date(p.HISTORY_START.year, draws.between(1, 12), 1)
        while start <= p.LAST_DAY:
            end = days_later(date(start.year + 1, start.month, 1), -1)
            extension = None
            if draws.chance(p.CONTRACT_EXTENDED):
                extension = draws.working_second(days_later(end, -draws.between(5, 30))), days_later(end, 90)
            covered = [material for material in vendor.materials if draws.chance(0.8)] or vendor.materials[:1]
            items = tuple(
                (
                    material.number,
                    max(
                        (material.price * Decimal(f"{draws.within(*p.CONTRACT_PRICE):.4f}")).quantize(Decimal("0.01")),
                        Decimal("0.01"),
                    ),
                )
                for material in covered
            )
            signed_at = draws.working_second(days_later(start, -draws.between(5, 60)))
            unnumbered.append(Contract("", vendor, start, end, extension, signed_at, items))
            start = days_later(end, 1)
    unnumbered.sort(key=lambda contract: (contract.signed_at, contract.vendor.number))
    return [replace(contract, number=str(FIRST_NUMBER + place)) for place, contract in enumerate(unnumbered)]


def make_purchase_contracts(contracts: Iterable[Contract]) -> list[Document]:
    """The contracts as documents; an extension moves the end of validity in the last weeks."""
    return [_document(contract) for contract in contracts]


def _document(contract: Contract) -> Document:
    first: dict[str, Any] = {
        "PurchaseContract": contract.number,
        "PurchaseContractType": "MK",
        "Supplier": contract.vendor.number,
        "CompanyCode": "1000",
        "PurchasingOrganization": "1000",
        "DocumentCurrency": contract.vendor.currency,
        "ValidityStartDate": contract.start,
        "ValidityEndDate": contract.end,
        "CreationDate": contract.signed_at.date(),
        "to_PurchaseContractItem": [
            {
                "PurchaseContract": contract.number,
                "PurchaseContractItem": f"{place * 10:05d}",
                "Material": material,
                "Plant": plant_of(contract.vendor),
                "TargetQuantity": Decimal(10_000),
                "OrderQuantityUnit": units[material].unit,
                "ContractNetPriceAmount": price,
                "NetPriceQuantity": Decimal(units[material].price_unit),
            }
            for units in ({material.number: material for material in contract.vendor.materials},)
            for place, (material, price) in enumerate(contract.items, start=1)
        ],
    }
    changes = [(at, {"ValidityEndDate": end}) for at, end in (contract.extension,)] if contract.extension else []
    return fold((contract.number,), contract.signed_at, first, changes)


class AgreedTerms:
    """What an order line refers to: a contract that covers it, and whether its vendor is asked to confirm."""

    def __init__(self, seed: int, contracts: Iterable[Contract]) -> None:
        self._draws = Draws(seed, Stream.CONTRACTS, 1)
        self._contracts: dict[str, list[Contract]] = {}
        for contract in contracts:
            self._contracts.setdefault(contract.vendor.number, []).append(contract)

    def settle(self, order: Order) -> None:
        """Write them into the lines of a new order."""
        vendor = order.vendor
        if vendor is None:
            return
        valid = [
            found for found in self._contracts.get(vendor.number, ()) if found.start <= order.ordered_on <= found.end
        ]
        control_key = "0001" if vendor.rank % p.UNCONFIRMING_VENDORS else ""
        for place, change in enumerate(order.changes):
            if change.cause != "ordered" or not change.item or change.line or change.values is None:
                continue
            terms = {"SupplierConfirmationControlKey": control_key}
            for contract in valid:
                line = contract.line_of(change.values["Material"])
                if line and self._draws.chance(p.CONTRACT_SHARE):
                    terms |= {"PurchaseContract": contract.number, "PurchaseContractItem": line}
            order.changes[place] = replace(change, values={**change.values, **terms})
