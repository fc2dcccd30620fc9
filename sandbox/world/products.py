"""The material master, and what each vendor asks for a material: info records."""

import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sandbox.world import parameters as p
from sandbox.world.companies import fold
from sandbox.world.draws import Draws, Stream, days_later, midnight
from sandbox.world.exchange_rates import Rates
from sandbox.world.history import Document
from sandbox.world.orders import plant_of
from sandbox.world.vendors import Material, Vendor

PACK_SIZES = (5, 10, 20, 25, 50)
OTHER_UNITS = {"PAK": ("KAR", 12, 1), "KG": ("G", 1, 1000), "L": ("ML", 1, 1000)}
"""By base unit: another unit, and numerator and denominator of what one of it is in the base unit."""
GERMAN = {
    "Rapid test kit": "Schnelltest",
    "Folding carton": "Faltschachtel",
    "Amber glass bottle": "Braunglasflasche",
    "Petri dishes": "Petrischalen",
    "Temperature logger": "Temperaturlogger",
    "Conveyor belt": "Förderband",
}
"""Descriptions that exist in German too; the others are in English only."""
YEARS = range(p.HISTORY_START.year, p.LAST_DAY.year + 1)


def pack_size(material: Material) -> int:
    """How many pieces make a pack of a material that is counted in pieces."""
    return PACK_SIZES[int(material.number[-5:]) % len(PACK_SIZES)]


def make_products(seed: int, vendors: Sequence[Vendor], rates: Rates) -> list[Document]:
    """All materials; standard prices are set anew each January."""
    draws = Draws(seed, Stream.PRICES)
    documents = [_product(draws, vendor, material, rates) for vendor, material in _materials(vendors)]
    return sorted(documents, key=lambda document: document.key)


def _materials(vendors: Sequence[Vendor]) -> Iterator[tuple[Vendor, Material]]:
    return ((vendor, material) for vendor in vendors for material in vendor.materials)


def _product(draws: Draws, vendor: Vendor, material: Material, rates: Rates) -> Document:
    created_on = days_later(p.HISTORY_START, -draws.between(30, 2000))
    share = draws.within(*p.STANDARD_PRICE_SPREAD)
    first: dict[str, Any] = {
        "Product": material.number,
        "ProductType": "ROH",
        "ProductGroup": material.group,
        "BaseUnit": material.unit,
        "CreationDate": created_on,
        "IsMarkedForDeletion": False,
        "to_Description": _descriptions(material),
        "to_ProductUnitsOfMeasure": _units(material),
    }
    changes: list[tuple[datetime, dict[str, Any]]] = []
    for year in YEARS:
        price = material.price * rates.dollars(vendor.currency, date(year, 1, 1)) * Decimal(f"{share:.4f}")
        share *= 1 + draws.within(*p.LIST_PRICE_RISE)
        values = {"to_Valuation": [_valuation(vendor, material, max(price, Decimal("0.01")))]}
        if year == p.HISTORY_START.year:
            first |= values
        else:
            changes.append((midnight(date(year, 1, 2)) + timedelta(hours=4), values))
    return fold((material.number,), midnight(created_on) + timedelta(hours=9), first, changes)


def _descriptions(material: Material) -> list[dict[str, Any]]:
    texts = {"EN": material.text}
    english, comma, kind = material.text.partition(",")
    if english in GERMAN:
        texts["DE"] = GERMAN[english] + comma + kind.replace("type", "Typ")
    return [
        {"Product": material.number, "Language": language, "ProductDescription": text}
        for language, text in sorted(texts.items())
    ]


def _units(material: Material) -> list[dict[str, Any]]:
    units = [(material.unit, 1, 1), OTHER_UNITS.get(material.unit, ("PAK", pack_size(material), 1))]
    return [
        {
            "Product": material.number,
            "AlternativeUnit": unit,
            "QuantityNumerator": Decimal(numerator),
            "QuantityDenominator": Decimal(denominator),
            "BaseUnit": material.unit,
        }
        for unit, numerator, denominator in units
    ]


def _valuation(vendor: Vendor, material: Material, price: Decimal) -> dict[str, Any]:
    return {
        "Product": material.number,
        "ValuationArea": plant_of(vendor),
        "ValuationType": "",
        "InventoryValuationProcedure": "S",
        "StandardPrice": price.quantize(Decimal("0.001")),
        "PriceUnitQty": Decimal(material.price_unit),
        "Currency": p.COMPANY_CURRENCY,
    }


def make_info_records(seed: int, vendors: Sequence[Vendor]) -> list[Document]:
    """One info record for each vendor and material; the price rises on a day of each year, a few are deleted."""
    draws = Draws(seed, Stream.PRICES, 1)
    return [
        _info_record(draws, f"{5300000001 + place}", vendor, material)
        for place, (vendor, material) in enumerate(_materials(vendors))
    ]


def _info_record(draws: Draws, number: str, vendor: Vendor, material: Material) -> Document:
    rises = draws.between(1, 27), draws.between(1, 12)
    price = material.price
    first: dict[str, Any] = {
        "PurchasingInfoRecord": number,
        "Supplier": vendor.number,
        "Material": material.number,
        "BaseUnit": material.unit,
        "IsDeleted": False,
    }
    states: list[tuple[datetime, dict[str, Any]]] = []
    for year in YEARS:
        day = date(year, rises[1], rises[0])
        values = {"to_PurgInfoRecdOrgPlantData": [_condition(number, vendor, material, price, day)]}
        states.append((draws.working_second(day), values))
        price = (price * Decimal(f"{1 + draws.within(*p.LIST_PRICE_RISE):.4f}")).quantize(Decimal("0.01"))
    if draws.chance(0.02):
        states.append(
            (draws.working_second(days_later(p.HISTORY_START, draws.between(200, 1200))), {"IsDeleted": True})
        )
    (_, conditions), *changes = states
    return fold((number,), midnight(days_later(p.HISTORY_START, -1)), first | conditions, changes)


def _condition(number: str, vendor: Vendor, material: Material, price: Decimal, day: date) -> dict[str, Any]:
    return {
        "PurchasingInfoRecord": number,
        "PurchasingInfoRecordCategory": "0",
        "PurchasingOrganization": "1000",
        "Plant": plant_of(vendor),
        "MaterialPlannedDeliveryDurn": Decimal(max(round(math.exp(vendor.lead_log_mean)), 1)),
        "NetPriceAmount": max(price, Decimal("0.01")),
        "MaterialPriceUnitQty": Decimal(material.price_unit),
        "PurchaseOrderPriceUnit": material.unit,
        "Currency": vendor.currency,
        "PriceValidityEndDate": date(day.year + 1, day.month, day.day),
    }
