"""The company's vendors: who they are, how much they supply, how well they keep promises."""

from dataclasses import dataclass
from decimal import Decimal

from sandbox.world import parameters as p
from sandbox.world.draws import Draws, Stream

CATEGORIES = {
    # category: material group and what it buys
    "Pharmaceuticals": (
        "PHARM",
        ("Amoxicillin 500 mg capsules", "Paracetamol 500 mg tablets", "Saline solution 0.9 %"),
    ),
    "Diagnostics": ("DIAG", ("Rapid test kit", "Reagent cartridge", "Control serum", "Test strips")),
    "Laboratory": ("LAB", ("Pipette tips 200 ul", "Centrifuge tubes 50 ml", "Filter membrane", "Petri dishes")),
    "Packaging": ("PACK", ("Folding carton", "Amber glass bottle", "Blister foil", "Shipping label")),
    "Chemicals": ("CHEM", ("Isopropanol 99 %", "Lactose monohydrate", "Sodium hydroxide", "Magnesium stearate")),
    "Equipment": ("EQUIP", ("Peristaltic pump head", "Temperature logger", "Valve block", "Conveyor belt")),
}
_UNITS = (("EA", 0.55), ("PAK", 0.25), ("KG", 0.12), ("L", 0.08))
_CURRENCIES = (("USD", 0.55), ("EUR", 0.30), ("GBP", 0.10), ("CHF", 0.05))
_FIRST = tuple(
    "Alder Birch Cedar Delta Ember Falcon Granit Harbor Indigo Juniper Kestrel Larch Meridian Nordwind Opal Pinnacle "  # noqa: SIM905
    "Quarry Rowan Summit Tamarack Umber Vesper Willow Yarrow Zenith Auburn Beacon Cobalt Drifter Elm".split()
)
_SECOND = ("Pharma", "Labs", "Chemie", "Instruments", "Packaging", "Medical", "Supply", "Biotech", "Logistics", "Werke")
_LEGAL = ("GmbH", "Ltd.", "Inc.", "S.A.", "AG", "B.V.", "Pvt. Ltd.", "LLC")


@dataclass(frozen=True, slots=True)
class Material:
    """What a vendor supplies. `price` is per `price_unit` units, in the vendor's currency."""

    number: str
    text: str
    group: str
    unit: str
    price: Decimal
    price_unit: int
    under_tolerance: Decimal
    over_tolerance: Decimal


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor. `rank` 0 is the largest; `lines` are those expected in three years."""

    number: str
    name: str
    category: str
    currency: str
    rank: int
    lines: float
    late_rate: float
    late_rate_spread: float
    lead_log_mean: float
    materials: tuple[Material, ...]


def make_vendors(seed: int, size: float = 1.0) -> list[Vendor]:
    """Make the vendors, the largest first; numbers and names say nothing about size. `size` scales what they supply."""
    draws = Draws(seed, Stream.VENDORS)
    numbers = draws.shuffled(range(100001, 100001 + p.VENDOR_COUNT))
    names = _names(draws)
    sizes = [(share * p.ORDER_LINES, late_rate) for share, late_rate in p.LARGEST_VENDORS]
    for count, low, high in p.OTHER_VENDORS:
        for _ in range(count):
            sizes.append((low * (high / low) ** draws.uniform(), draws.beta(*p.LATE_RATE_BETA)))
    return [
        _vendor(draws, rank, str(number), name, lines * size, late_rate)
        for rank, (number, name, (lines, late_rate)) in enumerate(zip(numbers, names, sizes, strict=True))
    ]


def _names(draws: Draws) -> list[str]:
    """Distinct names; eight of them look like another vendor's (spelling, legal form)."""
    plain = draws.shuffled([f"{first} {second}" for first in _FIRST for second in _SECOND])
    names = [f"{name} {draws.pick(_LEGAL)}" for name in plain[: p.VENDOR_COUNT - 8]]
    originals = draws.shuffled(names)[:8]
    for place, original in enumerate(originals):
        lookalike = (original.upper(), original.replace(" ", "-", 1), f"{original} & Co.", original.replace(".", ""))
        names.append(lookalike[place % 4] if lookalike[place % 4] not in names else f"{original} (Trading)")
    return draws.shuffled(names)


def _vendor(draws: Draws, rank: int, number: str, name: str, lines: float, late_rate: float) -> Vendor:
    category = draws.pick(tuple(CATEGORIES))
    bad = late_rate > 0.06
    return Vendor(
        number=number,
        name=name,
        category=category,
        currency=draws.weighted(_CURRENCIES) or "USD",
        rank=rank,
        lines=lines,
        late_rate=late_rate,
        late_rate_spread=draws.within(*p.LATE_RATE_SPREAD_BAD) if bad else p.LATE_RATE_SPREAD_GOOD,
        lead_log_mean=p.LEAD_LOG_MEAN[0] + p.LEAD_LOG_MEAN[1] * draws.normal(),
        materials=tuple(_material(draws, rank, category, place) for place in range(draws.between(2, 12))),
    )


def _material(draws: Draws, rank: int, category: str, place: int) -> Material:
    group, texts = CATEGORIES[category]
    price = min(max(draws.lognormal(*p.UNIT_PRICE_LOG), 0.02), 4000.0)
    price_unit = 1000 if price < 1 else 100 if price < 3 else 1
    strict = draws.chance(0.7)
    return Material(
        number=f"MAT-{rank:03d}{place:02d}",
        text=f"{draws.pick(texts)}, type {chr(65 + place)}",
        group=group,
        unit=draws.weighted(_UNITS) or "EA",
        price=Decimal(f"{price * price_unit:.2f}"),
        price_unit=price_unit,
        under_tolerance=Decimal("0.0") if strict else Decimal("5.0"),
        over_tolerance=Decimal("0.0") if strict else Decimal("10.0"),
    )
