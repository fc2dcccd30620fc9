"""Availability of configuration items by month: hours in service, in planned work, down, degraded."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any

from tests.dbt_project.kpi_oracle.observed import Seen, known, month
from tests.dbt_project.kpi_oracle.parties import parties, rows_of
from tests.dbt_project.kpi_oracle.spans import Span, hours, within, without

RETIRED = "7"


@dataclass(frozen=True)
class ItemMonth:
    """What a configuration item did in a month; the last three are unknown before anybody wrote outages down."""

    key: tuple[str, ...]
    vendor: str | None
    month: date
    since: datetime
    basis: str
    retired: datetime | None
    scheduled: float
    planned: float | None
    unplanned: float | None
    degraded: float | None

    @property
    def agreed(self) -> float:
        return self.scheduled - (self.planned or 0.0)

    @property
    def availability(self) -> float | None:
        return 1 - self.unplanned / self.agreed if self.unplanned is not None and self.agreed > 0 else None


@lru_cache(maxsize=2)
def item_months(readings: Seen, as_of: datetime) -> list[ItemMonth]:
    """Every month in which an item was in service."""
    vendors = parties(readings).of_organisation
    outages = _outages(readings, as_of)
    first_record: dict[str, datetime] = {}
    for (connection, _), own in outages.items():
        begins = min(span[0] for spans in own.values() for span in spans)
        first_record[connection] = min(begins, first_record.get(connection, begins))
    found = []
    for key, history in rows_of(readings, "configuration_item", "sys_id", "sys_updated_on").items():
        if history.newest is None:
            continue
        row = history.newest.content
        since = known(row["install_date"]) or row["sys_created_on"]
        retired = history.since(lambda content: content["install_status"] == RETIRED)
        own = outages.get(key, {})
        for first_day, scheduled in _months(since, min(retired or as_of, as_of)):
            down, planned, slow = (
                within(own.get(kind, []), [scheduled]) for kind in ("outage", "planned", "degradation")
            )
            is_known = key[0] in first_record and month(first_record[key[0]].date()) <= first_day
            found.append(
                ItemMonth(
                    key=key,
                    vendor=vendors.get((key[0], row["vendor"])),
                    month=first_day,
                    since=since,
                    basis="install_date" if known(row["install_date"]) else "created",
                    retired=retired,
                    scheduled=hours([scheduled]),
                    planned=hours(planned) if is_known else None,
                    unplanned=hours(without(down, planned)) if is_known else None,
                    degraded=hours(without(slow, [*down, *planned])) if is_known else None,
                )
            )
    return found


def _outages(readings: Seen, as_of: datetime) -> dict[tuple[str, str], dict[str, list[Span]]]:
    """Times of each kind by item; what has no end lasts until now."""
    found: dict[tuple[str, str], dict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for key, history in rows_of(readings, "outage", "sys_id", "sys_updated_on", ("begin", "end")).items():
        row = history.newest.content if history.newest else None
        if row and row["cmdb_ci"] and row["begin"]:
            found[key[0], row["cmdb_ci"]][row["type"]].append((row["begin"], row["end"] or as_of))
    return found


def _months(begins: datetime, ends: datetime) -> Iterator[tuple[date, Span]]:
    """The months between two instants, each with its part of the time."""
    first_day = month(begins.date())
    while (starts := datetime.combine(first_day, time(), UTC)) < ends:
        following = date(first_day.year + first_day.month // 12, first_day.month % 12 + 1, 1)
        if begins < ends:
            yield first_day, (max(starts, begins), min(datetime.combine(following, time(), UTC), ends))
        first_day = following


def availability_of_vendors(readings: Seen, as_of: datetime) -> dict[tuple[str, date], tuple[float | None, int]]:
    """Availability of a vendor's items in a month, each by its hours, and how many items are behind it."""
    told: dict[tuple[str, date], list[ItemMonth]] = defaultdict(list)
    for part in item_months(readings, as_of):
        if part.vendor and part.unplanned is not None:
            told[part.vendor, part.month].append(part)
    found: dict[tuple[str, date], tuple[float | None, int]] = {}
    for place, own in told.items():
        agreed, down = sum(part.agreed for part in own), sum(part.unplanned or 0.0 for part in own)
        found[place] = (1 - down / agreed if agreed > 0 else None, len(own))
    return found


def fct_availability(readings: Seen, as_of: datetime) -> list[dict[str, Any]]:
    """The months of every configuration item."""
    return [
        {
            "configuration_item_key": ":".join(part.key),
            "month": part.month,
            "vendor_key": part.vendor,
            "in_service_from": part.since,
            "in_service_basis": part.basis,
            "retired_at": part.retired,
            "scheduled_hours": part.scheduled,
            "planned_hours": part.planned,
            "unplanned_hours": part.unplanned,
            "degraded_hours": part.degraded,
            "availability": part.availability,
        }
        for part in item_months(readings, as_of)
    ]
