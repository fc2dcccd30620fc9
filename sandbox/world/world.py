"""The simulated company behind the `Source` protocol."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache, partial

from sandbox.source import Row, check_entity
from sandbox.world import parameters as p
from sandbox.world.companies import make_companies
from sandbox.world.confirmations import make_supplier_confirmations
from sandbox.world.contracts import AgreedTerms, make_contracts, make_purchase_contracts
from sandbox.world.draws import midnight
from sandbox.world.episodes import Episode, make_episodes
from sandbox.world.exchange_rates import make_exchange_rates, make_rates
from sandbox.world.history import Document, Documents, no_garbage_collection, visible
from sandbox.world.invoices import make_supplier_invoices
from sandbox.world.material_documents import book, make_material_documents
from sandbox.world.notifications import make_quality_notifications
from sandbox.world.orders import Order, make_orders
from sandbox.world.products import make_info_records, make_products
from sandbox.world.purchase_orders import Promise, ScheduleLineKey, fold_order, order_numbers, promises
from sandbox.world.quality import inspect, make_inspection_lots, make_usage_decisions, receipts_of, rejection_rates
from sandbox.world.quotations import make_quotations
from sandbox.world.special_orders import SPECIAL_DOCUMENTS, make_special_orders, special_order_numbers
from sandbox.world.stock import make_material_stock
from sandbox.world.stories import Stories, labels
from sandbox.world.vendor_programme import make_programme
from sandbox.world.vendors import Vendor, make_vendors

FIRST_NOW = p.FIRST_TODAY
LAST_NOW = midnight(p.LAST_DAY) + timedelta(hours=18)
DEFAULT_SEED = 20260630


@dataclass(frozen=True)
class Truth:
    """Everything that the world knows and no system shows: all states of all documents, promises, episodes, stories."""

    vendors: Sequence[Vendor]
    episodes: Sequence[Episode]
    documents: Mapping[str, Sequence[Document]]
    promises: dict[ScheduleLineKey, tuple[Promise, ...]]
    stories: Stories


@lru_cache(maxsize=4)
def make_truth(seed: int, size: float = 1.0) -> Truth:
    """Simulate the company from its first order to the last known day; the last four companies are kept in memory."""
    with no_garbage_collection():
        return _simulate(seed, size)


def _simulate(seed: int, size: float) -> Truth:
    vendors = make_vendors(seed, size)
    episodes = make_episodes(seed, vendors)
    companies = make_companies(seed, vendors)
    regular, special = make_orders(seed, vendors, episodes, size), make_special_orders(seed, vendors, episodes, size)
    orders = [*regular, *special]
    numbers = [*order_numbers(regular), *special_order_numbers(special)]
    contracts = make_contracts(seed, vendors)
    terms = AgreedTerms(seed, contracts)
    for order in orders:
        terms.settle(order)
    kept: dict[ScheduleLineKey, tuple[Promise, ...]] = {}
    for number, order in zip(numbers, orders, strict=True):
        kept.update(promises(number, order))
    return Truth(
        vendors=vendors,
        episodes=episodes,
        documents=Documents(
            {
                "purchase_order": lambda: list(map(fold_order, numbers, orders)),
                **_goods_and_quality(seed, vendors, (regular, special), numbers),
                "purchase_contract": partial(make_purchase_contracts, contracts),
                "supplier_confirmation": partial(make_supplier_confirmations, seed, orders, numbers),
                **_prices(seed, vendors),
                **_quotations(seed, vendors),
                **make_programme(seed, companies, size),
            }
        ),
        promises=kept,
        stories=labels(),
    )


def _goods_and_quality(
    seed: int, vendors: Sequence[Vendor], orders: tuple[list[Order], list[Order]], numbers: Sequence[str]
) -> dict[str, Callable[[], Sequence[Document]]]:
    """What begins with a goods receipt. Special orders book in a number range of their own, too."""
    regular, special = orders
    rates = rejection_rates(seed, vendors)
    ledgers = cache(
        lambda: (
            book(regular, numbers[: len(regular)]),
            book(special, numbers[len(regular) :], first_number=SPECIAL_DOCUMENTS),
        )
    )
    receipts = cache(lambda: receipts_of(ledgers()))
    lots = cache(lambda: inspect(seed, vendors, rates, receipts()))
    return {
        "material_document": lambda: make_material_documents(ledgers()),
        "inspection_lot": lambda: make_inspection_lots(lots()),
        "usage_decision": lambda: make_usage_decisions(lots()),
        "quality_notification": lambda: make_quality_notifications(seed, rates, receipts(), lots()),
        "supplier_invoice": lambda: make_supplier_invoices(seed, ledgers(), [*regular, *special], numbers),
        "material_stock": lambda: make_material_stock(seed, ledgers(), lots()),
    }


def _prices(seed: int, vendors: Sequence[Vendor]) -> dict[str, Callable[[], Sequence[Document]]]:
    rates = make_rates(seed)
    return {
        "product": partial(make_products, seed, vendors, rates),
        "info_record": partial(make_info_records, seed, vendors),
        "exchange_rate": partial(make_exchange_rates, rates),
    }


def _quotations(seed: int, vendors: Sequence[Vendor]) -> dict[str, Callable[[], Sequence[Document]]]:
    made = cache(partial(make_quotations, seed, vendors))
    return {"request_for_quotation": lambda: made()[0], "supplier_quotation": lambda: made()[1]}


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
