"""What vendors keep running for the company, and when it was down."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.world import parameters as p
from sandbox.world.companies import Company, fold, portal_id
from sandbox.world.crm_records import Change
from sandbox.world.draws import Draws, Stream, days_later, midnight
from sandbox.world.history import Document

PROVIDERS = 24
"""Vendors that run something; drawn from the eighty largest."""
ITEMS = (2, 6)
WITHOUT_VENDOR = 5
WITHOUT_INSTALL_DATE = 0.05
RETIRED = 0.08
OUTAGES_PER_MONTH = 0.45
KINDS = (("outage", 0.62), ("degradation", 0.22))
"""What is left of 1 is planned."""
OUTAGE_HOURS_LOG, OUTAGE_HOURS_LIMITS = (1.1, 1.3), (0.05, 400.0)
OVERLAPPING = 0.06
NEVER_ENDED = 0.006
ENTERED_LATER = 0.10
IN_USE, RETIRED_STATUS = "1", "7"
CLASSES = ("cmdb_ci_service", "cmdb_ci_appl", "cmdb_ci_server", "cmdb_ci_hardware")

_NAMES = ("Order exchange", "Label printer", "Cold room logger", "Tracking service", "Quality portal", "Sample scanner")


@dataclass(frozen=True, slots=True)
class Item:
    """A configuration item. `company` is None where nobody filled in the vendor."""

    id: str
    name: str
    kind: str
    company: Company | None
    installed_at: datetime
    has_install_date: bool = True
    retired_at: datetime | None = None


def plan_items(seed: int, companies: Sequence[Company]) -> list[Item]:
    """The items of some vendors and a few of nobody; some come later, some are taken out of use."""
    draws = Draws(seed, Stream.AVAILABILITY)
    owners: list[Company | None] = []
    for company in draws.shuffled(companies[:80])[:PROVIDERS]:
        owners += [company] * draws.between(*ITEMS)
    owners += [None] * WITHOUT_VENDOR
    items = []
    for place, owner in enumerate(owners, start=1):
        installed_at = draws.working_second(days_later(p.HISTORY_START, draws.between(-600, 500)))
        retired_at = None
        if draws.chance(RETIRED):
            retired_at = draws.working_second(days_later(installed_at.date(), draws.between(300, 900)))
        items.append(
            Item(
                id=portal_id("cmdb_ci", str(place)),
                name=f"{draws.pick(_NAMES)} {place:03d}",
                kind=draws.pick(CLASSES),
                company=owner,
                installed_at=installed_at,
                has_install_date=not draws.chance(WITHOUT_INSTALL_DATE),
                retired_at=retired_at,
            )
        )
    return items


def item_record(item: Item) -> Document:
    """The item as the portal keeps it; it is entered when it is installed."""
    first: dict[str, Any] = {
        "sys_id": item.id,
        "name": item.name,
        "sys_class_name": item.kind,
        "vendor": item.company.portal_id if item.company else "",
        "vendor.name": item.company.portal_name if item.company else "",
        "install_status": IN_USE,
        "install_date": item.installed_at if item.has_install_date else None,
        "sys_created_on": item.installed_at,
    }
    changes: list[Change] = [(item.retired_at, {"install_status": RETIRED_STATUS})] if item.retired_at else []
    return fold((item.id,), item.installed_at, first, changes, "sys_updated_on")


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which an item was down; `end` is None where nobody ever closed it. `entered_at` is when it was told."""

    item: Item
    kind: str
    begin: datetime
    end: datetime | None
    entered_at: datetime


def plan_outages(seed: int, items: Sequence[Item], size: float) -> list[Outage]:
    """Outages, slow times and planned work of all items; some lie within another one. `size` scales their number."""
    draws = Draws(seed, Stream.AVAILABILITY, 1)
    outages: list[Outage] = []
    for item in items:
        day = max(item.installed_at.date(), p.HISTORY_START)
        last = min(item.retired_at.date() if item.retired_at else p.LAST_DAY, p.LAST_DAY)
        for _ in range(draws.poisson(size * OUTAGES_PER_MONTH * max((last - day).days, 0) / 30)):
            outages += _some_outages(draws, item, midnight(day), midnight(last))
    return outages


def _some_outages(draws: Draws, item: Item, since: datetime, until: datetime) -> Iterator[Outage]:
    begin = (since + (until - since) * draws.uniform()).replace(microsecond=0)
    hours = min(max(draws.lognormal(*OUTAGE_HOURS_LOG), OUTAGE_HOURS_LIMITS[0]), OUTAGE_HOURS_LIMITS[1])
    end = begin + timedelta(seconds=round(hours * 3600))
    kind = draws.weighted(KINDS) or "planned"
    if kind == "planned":
        yield Outage(item, kind, begin, end, begin - timedelta(days=draws.between(3, 12)))
        return
    delay = (
        timedelta(hours=draws.between(20, 90))
        if draws.chance(ENTERED_LATER)
        else timedelta(minutes=draws.between(0, 25))
    )
    yield Outage(item, kind, begin, None if draws.chance(NEVER_ENDED) else end, begin + delay)
    if draws.chance(OVERLAPPING):
        inside = (begin + (end - begin) * draws.within(0.2, 0.8)).replace(microsecond=0)
        later = inside + timedelta(seconds=round(hours * 3600 * draws.within(0.3, 1.2)) + 60)
        yield Outage(item, draws.pick(("outage", "degradation")), inside, later, inside + timedelta(minutes=5))


def outage_records(outages: Sequence[Outage], first_number: int = 10001) -> list[Document]:
    """The outages as records: entered without an end, unless planned or told afterwards; numbered as entered."""
    documents = []
    ordered = sorted(outages, key=lambda outage: (outage.entered_at, outage.item.id, outage.begin))
    for place, outage in enumerate(ordered):
        number = f"OUT{first_number + place:07d}"
        ended: dict[str, Any] = {"end": None, "duration": None}
        if outage.end:
            ended = {"end": outage.end, "duration": int((outage.end - outage.begin).total_seconds())}
        is_over = outage.kind == "planned" or (outage.end is not None and outage.end <= outage.entered_at)
        first: dict[str, Any] = {
            "sys_id": portal_id("cmdb_ci_outage", number),
            "number": number,
            "cmdb_ci": outage.item.id,
            "type": outage.kind,
            "begin": outage.begin,
            **(ended if is_over else {"end": None, "duration": None}),
            "sys_created_on": outage.entered_at,
        }
        changes: list[Change] = [(outage.end, ended)] if outage.end and not is_over else []
        documents.append(fold((first["sys_id"],), outage.entered_at, first, changes, "sys_updated_on"))
    return documents
