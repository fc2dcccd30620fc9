from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.world.history import Document, visible
from sandbox.world.orders import Change, Order
from sandbox.world.purchase_orders import LATE_COMMIT_DELAY, fold_order, promises

reproducible = settings(deadline=None, derandomize=True)

START = datetime(2026, 1, 5, 9, tzinfo=UTC)


@st.composite
def documents(draw):
    minutes = sorted(draw(st.sets(st.integers(0, 500), min_size=1, max_size=12)))
    instants = tuple(START + timedelta(minutes=minute) for minute in minutes)
    return Document(("k",), instants, tuple({"state": place} for place in range(len(instants))))


@reproducible
@given(documents(), st.integers(-10, 510))
def test_a_document_shows_its_last_state_up_to_an_instant(document, minute):
    instant = START + timedelta(minutes=minute)
    expected = None
    for since, state in zip(document.instants, document.states, strict=True):
        if since <= instant:
            expected = state
    assert document.at(instant) == expected
    assert visible([document], instant) == ([expected] if expected else [])


def _order(pushes):
    order = Order(None, START)
    line = {
        "ScheduleLineDeliveryDate": date(2026, 3, 2),
        "SchedLineStscDeliveryDate": date(2026, 3, 2),
        "ScheduleLineOrderQuantity": Decimal(10),
        "PurchaseOrderQuantityUnit": "EA",
    }
    order.changes.append(Change(START, "ordered", "", "", {}))
    order.changes.append(Change(START, "ordered", "00010", "", {"OrderQuantity": Decimal(10)}))
    order.changes.append(Change(START, "ordered", "00010", "0001", line))
    for minute, days in pushes:
        promise = {"ScheduleLineDeliveryDate": date(2026, 3, 2) + timedelta(days=days)}
        order.changes.append(Change(START + timedelta(minutes=minute), "vendor", "00010", "0001", promise))
    return order


pushes = st.lists(st.tuples(st.integers(1, 60 * 24 * 30), st.integers(-20, 90)), max_size=8)


@reproducible
@given(pushes, st.integers(0, 60 * 24 * 31))
def test_folding_the_changes_of_a_prefix_gives_the_state_at_its_end(changes, minute):
    until = START + timedelta(minutes=minute)
    whole = fold_order("4500000001", _order(changes))
    seen_late = {at for at in whole.instants if at <= until} != {
        at for at in whole.instants if at - LATE_COMMIT_DELAY <= until
    }
    prefix = fold_order("4500000001", _order([push for push in changes if push[0] <= minute]))
    if not seen_late:
        assert whole.at(until) == prefix.states[-1]
    assert set(prefix.instants) <= set(whole.instants)


@reproducible
@given(pushes)
def test_the_promises_of_a_line_are_the_dates_its_document_went_through(changes):
    order = _order(changes)
    document = fold_order("4500000001", order)
    (history,) = promises("4500000001", order).values()
    assert len(history) == len(changes) + 1
    shown = [
        state["_PurchaseOrderItem"][0]["_PurchaseOrderScheduleLineTP"][0]["ScheduleLineDeliveryDate"]
        for state in document.states
    ]
    last_per_instant = {promise.visible_from: promise.promised_on for promise in history}
    assert shown == [last_per_instant[at] for at in document.instants]
    assert {state["LastChangeDateTime"] for state in document.states} == {promise.since for promise in history}
    originals = {
        state["_PurchaseOrderItem"][0]["_PurchaseOrderScheduleLineTP"][0]["SchedLineStscDeliveryDate"]
        for state in document.states
    }
    assert originals == {history[0].promised_on}


def test_a_change_just_before_six_appears_five_minutes_later_under_its_own_time():
    order = _order([(8 * 60 + 57, 7)])  # 17:57
    document = fold_order("4500000001", order)
    changed = START.replace(hour=17, minute=57)
    assert document.instants[1] == changed + LATE_COMMIT_DELAY
    assert document.at(changed + timedelta(minutes=3)) is document.states[0]
    assert document.states[1]["LastChangeDateTime"] == changed
