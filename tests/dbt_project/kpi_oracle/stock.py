"""Stock of a day as it was read, how fast it is used, and whether it lasts until the next delivery."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from math import floor
from typing import Any

from tests.dbt_project.kpi_oracle.delivery import ScheduleLine, schedule_lines
from tests.dbt_project.kpi_oracle.materials import base_units, units_of
from tests.dbt_project.kpi_oracle.observed import Seen, Unreadable, number, plain
from tests.dbt_project.kpi_oracle.orders import orders
from tests.dbt_project.kpi_oracle.receiving import receipts

Site = tuple[str, str, str]  # connection, material, plant
KINDS = {"01": "unrestricted", "02": "in_quality", "07": "blocked"}
WINDOW, LEAST_DAYS, YEAR, SLIP, FOR_EVER = 90, 14, 365, 14, 36500


@dataclass(frozen=True)
class Level:
    """What a row of stock held; None where nobody could ever read it."""

    kind: str
    quantity: Decimal | None
    is_doubtful: bool


@dataclass(frozen=True)
class StockDay:
    """The stock of a material at a site at the last complete reading of a day."""

    site: Site
    read_at: datetime
    unit: str | None
    levels: tuple[Level, ...]

    def held(self, *kinds: str) -> Decimal | None:
        """What is held of these kinds; unknown if a part is."""
        parts = [level.quantity for level in self.levels if level.kind in kinds]
        return None if None in parts else sum((part or Decimal(0) for part in parts), Decimal(0))


@lru_cache(maxsize=2)
def stock_days(readings: Seen) -> list[StockDay]:
    """Every day on which stock was read to the end, from the first row of a material at a site on."""
    units: dict[Site, str | None] = {}
    newest: dict[Any, Decimal] = {}
    last_of_day: dict[tuple[Site, date], StockDay] = {}
    for reading in readings:
        levels: dict[Site, list[Level]] = defaultdict(list)
        for connection, row in reading.of("material_stock"):
            site = (connection, number(row["Material"]) or "", plain(row["Plant"]) or "")
            names = ("StorageLocation", "Supplier", "InventorySpecialStockType", "InventoryStockType")
            key = (site, *(row[name] for name in names))
            quantity = row["MatlWrhsStkQtyInMatlBaseUnit"]
            is_doubtful = isinstance(quantity, Unreadable)
            if not is_doubtful:
                newest[key] = quantity
            units[site] = row["MaterialBaseUnit"]
            kind = "vendor_owned" if row["InventorySpecialStockType"] == "K" else KINDS[row["InventoryStockType"]]
            levels[site].append(Level(kind, newest.get(key), is_doubtful))
        for site, unit in units.items():
            # what a complete reading does not name is empty; an incomplete one says nothing
            if (site[0], "material_stock") in reading.complete:
                day = StockDay(site, reading.at, unit, tuple(levels[site]))
                last_of_day[site, reading.at.date()] = day
    return list(last_of_day.values())


def fct_stock_day(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The facts of every day of stock."""
    return [
        {
            "connection_id": day.site[0],
            "material": day.site[1],
            "plant": day.site[2],
            "stock_date": day.read_at.date(),
            "extracted_at": day.read_at,
            **_held(day),
            "base_unit": day.unit,
            "data_flags": "unreadable_newest_version" if any(one.is_doubtful for one in day.levels) else None,
        }
        for day in stock_days(readings)
    ]


def _held(day: StockDay) -> dict[str, Any]:
    return {f"{kind}_quantity": day.held(kind) for kind in (*KINDS.values(), "vendor_owned")}


@dataclass(frozen=True)
class Use:
    """Average use a day, the days it was measured over, and from what."""

    basis: str | None = None
    days: int = 0
    a_day: float | None = None


def _use(readings: Seen, as_of: datetime, site: Site, own: Sequence[StockDay]) -> Use:
    """What disappeared between the first and the last reading of the window; of a young stock what came in a year."""
    came = [
        (receipt.movement.posted, receipt.base_quantity)
        for receipt in receipts(readings)
        if (receipt.movement.line[0], receipt.material, receipt.plant) == site and receipt.base_quantity is not None
    ]
    in_window = [day for day in own if (as_of.date() - day.read_at.date()).days <= WINDOW]
    if not in_window:
        return Use()
    first, last = in_window[0].read_at.date(), in_window[-1].read_at.date()
    length = (last - first).days
    if length >= LEAST_DAYS:
        kinds = (*KINDS.values(), "vendor_owned")
        before, after = in_window[0].held(*kinds), in_window[-1].held(*kinds)
        if before is None or after is None:
            return Use()
        used = before - after + sum((quantity for day, quantity in came if first < day <= last), Decimal(0))
        # more than ever came: another source, which is not loaded
        return Use("stock_change", length, float(used) / length) if used >= 0 else Use()
    year = [(day, quantity) for day, quantity in came if as_of.date() - timedelta(days=YEAR) < day <= as_of.date()]
    received = sum((quantity for _, quantity in year), Decimal(0))
    length = (as_of.date() - min((day for day, _ in year), default=as_of.date())).days
    return Use("receipts", length, float(received) / length) if length >= LEAST_DAYS and received > 0 else Use()


def cover_of_days(readings: Seen) -> dict[Site, dict[date, int | None]]:
    """For each day on which stock was read, how many whole days it lasts by the use of the days before; None for ever.
    Days of which that is unknown are left out, and those of a material that nobody holds or uses."""
    own: dict[Site, list[StockDay]] = defaultdict(list)
    found: dict[Site, dict[date, int | None]] = defaultdict(dict)
    for day in sorted(stock_days(readings), key=lambda day: day.read_at):
        own[day.site].append(day)
        use, free = _use(readings, day.read_at, day.site, own[day.site]), day.held("unrestricted")
        if free is None or use.a_day is None or (free <= 0 and use.a_day <= 0):
            continue
        cover = float(free) / use.a_day if use.a_day else None
        is_for_ever = cover is None or cover >= FOR_EVER
        found[day.site][day.read_at.date()] = None if is_for_ever else floor((cover or 0.0) + 1e-6)
    return found


def _comes_to_stock(readings: Seen, part: ScheduleLine) -> bool:
    """Whether its goods come to us: not what goes back, goes to a client, or is no goods."""
    row = orders(readings).lines[part.key[:3]].newest.content
    if row.get("IsReturnsItem") or row.get("GoodsReceiptIsExpected") is False:
        return False
    return row.get("PurchaseOrderItemCategory") not in ("5", "9")


def stock_cover(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """How long the newest stock of each site lasts, and what a slip of the next delivery hits."""
    own: dict[Site, list[StockDay]] = defaultdict(list)
    for day in sorted(stock_days(readings), key=lambda day: day.read_at):
        own[day.site].append(day)
    coming: dict[Site, list[ScheduleLine]] = defaultdict(list)
    for part in schedule_lines(readings, as_of):
        row = orders(readings).lines[part.key[:3]].newest.content
        is_open = part.state in ("open", "overdue") and part.ordered > part.received and part.in_full is None
        if is_open and part.latest_promise and _comes_to_stock(readings, part):
            coming[part.key[0], number(row["Material"]) or "", plain(row["Plant"]) or ""].append(part)
    return [_cover(readings, as_of, site, days, coming[site]) for site, days in own.items()]


def _cover(
    readings: Seen, as_of: datetime, site: Site, days: Sequence[StockDay], coming: Sequence[ScheduleLine]
) -> dict[str, Any]:
    newest, use = days[-1], _use(readings, as_of, site, days)
    free = newest.held("unrestricted")
    day = newest.read_at.date()
    cover = float(free) / use.a_day if use.a_day and free is not None else None
    out = day + timedelta(days=floor(cover + 1e-6)) if cover is not None and cover < FOR_EVER else None
    first = min(coming, key=lambda part: (part.latest_promise, _key(part)), default=None)
    promise = first.latest_promise if first else None
    # what is promised for a day that has passed can come tomorrow at the earliest
    possible = max(promise, as_of.date() + timedelta(days=1)) if promise else None
    slack = (out - possible).days if out and possible else None
    short = None
    if cover is not None and out and possible:
        short = max((possible - day).days + SLIP - cover, 0.0) * (use.a_day or 0.0)
    quantities = [_open_base_quantity(readings, site, part) for part in coming]
    return {
        "connection_id": site[0],
        "material": site[1],
        "plant": site[2],
        "stock_date": day,
        **_held(newest),
        "base_unit": newest.unit,
        "use_basis": use.basis,
        "use_days": use.days,
        "daily_use": use.a_day,
        "days_of_cover": cover,
        "stock_out_date": out,
        "open_lines": len(coming),
        "overdue_lines": sum(1 for part in coming if part.state == "overdue"),
        "open_vendors": len({part.vendor for part in coming} - {None}),
        "open_base_quantity": None if None in quantities else sum(quantity or 0.0 for quantity in quantities),
        "next_vendor_key": first.vendor if first else None,
        "next_schedule_line_key": _key(first) if first else None,
        "next_promise_date": promise,
        "last_promise_date": max((part.latest_promise for part in coming if part.latest_promise), default=None),
        "slack_days": slack,
        "slip_days": SLIP,
        "short_quantity_after_slip": short,
        "cover_state": _state(use, cover, slack, out, possible),
    }


def _state(use: Use, cover: float | None, slack: int | None, out: date | None, possible: date | None) -> str:
    if cover is None and use.a_day != 0:
        return "unknown"
    if out is None:
        return "covered"
    if possible is None or slack is None:
        return "no_promise"
    return "short_before_next_promise" if slack < 0 else "short_after_slip" if slack < SLIP else "covered"


def _open_base_quantity(readings: Seen, site: Site, part: ScheduleLine) -> float | None:
    row = orders(readings).lines[part.key[:3]].newest.content
    factor = base_units(units_of(readings), site[0], site[1], row["PurchaseOrderQuantityUnit"])
    return None if factor is None else float((part.ordered - part.received) * factor)


def _key(part: ScheduleLine) -> str:
    return f"{part.key[0]}:{'/'.join(part.key[1:])}"
