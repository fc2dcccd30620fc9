"""Units of materials and what one of each is in the base unit."""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from tests.dbt_project.kpi_oracle.observed import Seen, number, plain

Units = Mapping[tuple[str, str, str], Decimal]


@lru_cache(maxsize=2)
def units_of(readings: Seen) -> dict[tuple[str, str, str], Decimal]:
    """Base units in one of each unit, by connection, material and unit, as last read."""
    found = {}
    for reading in readings:
        for connection, product in reading.of("product"):
            material = number(product["Product"]) or ""
            found[connection, material, product["BaseUnit"]] = Decimal(1)
            for unit in product["to_ProductUnitsOfMeasure"]:
                factor = unit["QuantityNumerator"] / unit["QuantityDenominator"]
                found[connection, material, unit["AlternativeUnit"]] = factor
    return found


def base_units(units: Units, connection: str, material: Any, unit: Any) -> Decimal | None:
    """Base units in one of the unit, None where nobody can convert it."""
    return units.get((connection, number(material) or "", plain(unit) or ""))


@lru_cache(maxsize=2)
def base_unit_of(readings: Seen) -> dict[tuple[str, str], str]:
    """The unit in which stock of a material is kept, by connection and material, as last read."""
    return {
        (connection, number(product["Product"]) or ""): product["BaseUnit"]
        for reading in readings
        for connection, product in reading.of("product")
    }
