"""Records of the CRM: what all of its objects have in common."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sandbox.world import parameters as p
from sandbox.world.companies import fold, salesforce_id
from sandbox.world.draws import Draws, days_later
from sandbox.world.history import Document

Change = tuple[datetime, dict[str, Any]]
"""From when on, and which fields."""

PREFIXES = {
    "survey_response": "a0S",
    "innovation_proposal": "a0P",
    "pilot": "a10",
    "pilot_criterion": "a11",
    "pilot_rating": "a12",
    "engagement": "a13",
    "roadmap_item": "a14",
    "joint_kpi": "a15",
    "saving": "a16",
    "reinvestment": "a17",
    "contract_renewal": "a18",
    "value_share_agreement": "a19",
}


def record_id(entity: str, number: int) -> str:
    """The id of a record of our own objects."""
    return salesforce_id(PREFIXES[entity], number)


def record(
    entity: str, number: int, created_at: datetime, fields: dict[str, Any], changes: Sequence[Change] = ()
) -> Document:
    """A record with the system fields of every object; `changes` that are not after its creation happen with it."""
    first = {"Id": record_id(entity, number), **fields, "CreatedDate": created_at, "IsDeleted": False}
    later = [(max(at, created_at), values) for at, values in changes]
    return fold((first["Id"],), created_at, first, later, "SystemModstamp")


def by_key(documents: Iterable[Document]) -> list[Document]:
    """The documents in the order in which a source shows them."""
    return sorted(documents, key=lambda document: document.key)


def amount(value: float) -> Decimal:
    """Money, to the cent."""
    return Decimal(f"{value:.2f}")


def measure(value: float) -> Decimal:
    """A measured value, to two digits."""
    return Decimal(f"{value:.2f}")


def some_days_after(draws: Draws, at: datetime, fewest: int, most: int) -> datetime:
    """A working second so many days later; on a weekend it moves on to Monday's week."""
    return draws.working_second(draws.working_day(days_later(at.date(), draws.between(fewest, most))))


def is_known(day: date) -> bool:
    """Whether the world still knows events of this day."""
    return day <= p.LAST_DAY
