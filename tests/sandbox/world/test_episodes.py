"""The days after the first today have something to notice, in every world, because an episode puts it there."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from sandbox.world import FIRST_NOW
from sandbox.world.episodes import PRESENT_KINDS, Episode, make_episodes, present_episodes
from sandbox.world.orders import Order, make_orders
from sandbox.world.vendors import make_vendors

TODAY = FIRST_NOW.date()


@pytest.fixture(scope="module", params=[1, 2, 3, 11, 20260630])
def present(request) -> dict[str, tuple[Episode, list[Order]]]:
    """Per kind of present episode: the episode and the orders of its vendor."""
    vendors = make_vendors(request.param)
    episodes = make_episodes(request.param, vendors)
    found = {}
    for kind, episode in present_episodes(episodes).items():
        theirs = [vendor for vendor in vendors if vendor.number == episode.vendor]
        orders = make_orders(request.param, theirs, episodes)
        found[kind] = (episode, [order for order in orders if order.vendor])
    assert set(found) == {kind for kind, *_ in PRESENT_KINDS}
    return found


def _lines(episode, orders):
    """(order, item, first promise, value, receipts) of the episode's lines that are simply ordered and delivered."""
    for order in orders:
        for change in order.changes:
            if change.cause == "ordered" and change.line and episode.covers(change.values["ScheduleLineDeliveryDate"]):
                ordered = next(c for c in order.changes if c.item == change.item and not c.line)
                value = (
                    ordered.values["NetPriceAmount"]
                    * ordered.values["OrderQuantity"]
                    / ordered.values["NetPriceQuantity"]
                )
                receipts = [movement for movement in order.movements if movement.item == change.item]
                yield order, change.item, change.values["ScheduleLineDeliveryDate"], value, receipts


def test_promises_of_valuable_lines_move_later_on_each_of_the_next_three_days(present):
    episode, orders = present["announced_push"]
    days = set()
    lines = 0
    for order, item, promise, value, _ in _lines(episode, orders):
        for change in order.changes:
            if change.cause == "vendor" and change.item == item and value > Decimal(30_000):
                assert change.values["ScheduleLineDeliveryDate"] >= promise + timedelta(days=21)
                days.add(change.at.date())
                lines += 1
    assert lines >= 5
    assert days == {TODAY + timedelta(days=count) for count in (1, 2, 3)}


def test_valuable_lines_become_overdue_without_a_word(present):
    episode, orders = present["silent_failure"]
    missed = {}
    for order, item, promise, value, receipts in _lines(episode, orders):
        if value > Decimal(30_000) and receipts:
            assert all(change.cause != "vendor" for change in order.changes if change.item == item)
            missed.setdefault(promise, []).append(min(movement.posted_on for movement in receipts))
    assert sum(len(arrivals) for arrivals in missed.values()) >= 8
    assert all(arrival > promise for promise, arrivals in missed.items() for arrival in arrivals)
    assert {date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 2)} <= set(missed)
    assert all(arrival == TODAY + timedelta(days=3) for arrival in missed[date(2026, 6, 30)])


def test_lines_overdue_on_the_first_day_arrive_in_the_next_three(present):
    episode, orders = present["recovery"]
    arrivals = []
    for _, _, promise, value, receipts in _lines(episode, orders):
        if value > Decimal(30_000) and receipts:
            assert promise < TODAY
            arrivals.append(min(movement.recorded_at for movement in receipts))
    soon = [at for at in arrivals if FIRST_NOW < at <= FIRST_NOW + timedelta(days=3)]
    assert len(soon) >= 8


def test_every_label_names_a_known_vendor_a_span_and_a_size(world):
    numbers = {vendor.number for vendor in world.truth.vendors}
    assert len(world.truth.episodes) == 23
    for episode in world.truth.episodes:
        assert episode.vendor in numbers
        assert episode.start < episode.end
        assert episode.size > 0
    kinds = {episode.kind for episode in world.truth.episodes}
    assert kinds == {"late_rate", "late_ramp", "shift", "announced_push", "silent_failure", "recovery"}


def test_a_labelled_vendor_is_late_more_often_during_its_episode(world):
    during, outside = [0, 0], [0, 0]
    labels = {e.vendor: e for e in world.truth.episodes if e.kind in ("late_rate", "late_ramp", "shift")}
    suppliers = {h["PurchaseOrder"]: h["Supplier"] for h in world.rows("purchase_order")}
    received = {}
    for document in world.truth.documents["material_document"]:
        for item in document.states[0]["to_MaterialDocumentItem"]:
            key = (item["PurchaseOrder"], item["PurchaseOrderItem"].zfill(5))
            received[key] = max(received.get(key, date.min), document.states[0]["PostingDate"])
    for (order, item, _), promises in world.truth.promises.items():
        episode = labels.get(suppliers.get(order, ""))
        if episode and (order, item) in received:
            count = during if episode.covers(promises[0].promised_on) else outside
            count[0] += 1
            count[1] += received[order, item] > promises[0].promised_on
    assert during[0] > 100
    assert outside[0] > 500
    assert during[1] / during[0] > 2 * outside[1] / outside[0]
