"""The simulated company behind the `Source` protocol."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, partial

from sandbox.source import Row, check_entity
from sandbox.world import parameters as p
from sandbox.world.companies import make_accounts, make_companies, make_suppliers
from sandbox.world.draws import midnight
from sandbox.world.episodes import Episode, make_episodes
from sandbox.world.history import Document, Documents, no_garbage_collection, visible
from sandbox.world.material_documents import make_material_documents
from sandbox.world.orders import make_orders
from sandbox.world.purchase_orders import Promise, ScheduleLineKey, fold_order, order_numbers, promises
from sandbox.world.relations import make_proposals, make_surveys
from sandbox.world.tickets import make_tickets
from sandbox.world.vendors import Vendor, make_vendors

FIRST_NOW = p.FIRST_TODAY
LAST_NOW = midnight(p.LAST_DAY) + timedelta(hours=18)
DEFAULT_SEED = 20260630


@dataclass(frozen=True)
class Truth:
    """Everything that the world knows and no system shows: all states of all documents, promises, episodes."""

    vendors: Sequence[Vendor]
    episodes: Sequence[Episode]
    documents: Mapping[str, Sequence[Document]]
    promises: dict[ScheduleLineKey, tuple[Promise, ...]]


@lru_cache(maxsize=4)
def make_truth(seed: int, size: float = 1.0) -> Truth:
    """Simulate the company from its first order to the last known day; the last four companies are kept in memory."""
    with no_garbage_collection():
        return _simulate(seed, size)


def _simulate(seed: int, size: float) -> Truth:
    vendors = make_vendors(seed, size)
    episodes = make_episodes(seed, vendors)
    companies = make_companies(seed, vendors)
    orders = make_orders(seed, vendors, episodes, size)
    numbers = order_numbers(orders)
    kept: dict[ScheduleLineKey, tuple[Promise, ...]] = {}
    for number, order in zip(numbers, orders, strict=True):
        kept.update(promises(number, order))
    return Truth(
        vendors=vendors,
        episodes=episodes,
        documents=Documents(
            {
                "purchase_order": lambda: list(map(fold_order, numbers, orders)),
                "material_document": partial(make_material_documents, orders, numbers),
                "supplier": partial(make_suppliers, seed, companies),
                "account": partial(make_accounts, seed, companies),
                "survey_response": partial(make_surveys, seed, companies),
                "innovation_proposal": partial(make_proposals, seed, companies),
                "incident": partial(make_tickets, seed, companies, size),
            }
        ),
        promises=kept,
    )


class World:
    """The company of `seed`, seen at `start` (UTC), and later as `advance` moves on.

    The same seed is the same company in every process; a world started later sees what an advanced one sees. `size`
    scales its orders and tickets, not its vendors: a tenth is made in a tenth of the time and still has every trap.
    """

    def __init__(self, seed: int = DEFAULT_SEED, start: datetime = FIRST_NOW, size: float = 1.0) -> None:
        _check_instant(start)
        self.seed = seed
        self.truth = make_truth(seed, size)
        self._now = start
        self._visible: dict[str, Sequence[Row]] = {}

    def now(self) -> datetime:
        """The world's present (UTC)."""
        return self._now

    def rows(self, entity: str) -> Sequence[Row]:
        """All documents of `entity` that exist now, in their present state, ordered by key."""
        check_entity(entity)
        if entity not in self._visible:
            self._visible[entity] = visible(self.truth.documents[entity], self._now)
        return self._visible[entity]

    def advance(self, days: int) -> None:
        """Move on to 18:00 UTC of the day `days` after today; old documents change as they then stand.

        `ValueError` if `days` is negative or leads past the last day that the world knows (31 December 2026).
        """
        if days < 0:
            raise ValueError(f"The world cannot go back by {-days} days.")
        if days == 0:
            return
        later = midnight(self._now.date()) + timedelta(days=days, hours=18)
        _check_instant(later)
        self._now = later
        self._visible = {}


def _check_instant(instant: datetime) -> None:
    if not midnight(p.HISTORY_START) <= instant <= LAST_NOW:
        raise ValueError(
            f"The world knows {p.HISTORY_START.isoformat()} to {LAST_NOW.isoformat()}, not {instant.isoformat()}; "
            "start a new one by deleting the sandbox's state."
        )
