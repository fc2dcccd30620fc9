"""The lifecycle as a pure function: every cell of its table, and that replaying publications changes nothing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.lifecycle import CLOSED, Announced, Change, Known, Plan, State, plan
from alerts.signals import Feed, LineSignal, Published, Signal, SubjectKind

START = datetime(2026, 6, 30, 18, tzinfo=UTC)
ERP = "erp_s4hana"
FRESH = Feed("sap_s4hana", "erp", ERP, "purchase_order", START, 36.0, False)
BASE = LineSignal(
    signal_key="k",
    rule_id="overdue",
    rule_version="1",
    kpi_family="delivery",
    severity="alert",
    vendor_key=f"{ERP}:1",
    vendor_name="Vendor 1",
    category="Packaging",
    is_strategic=False,
    purchase_order="4500000001",
    purchase_order_line="10",
    schedule_line="1",
    material=None,
    material_text=None,
    episode="2026-06-20",
    signal_state="active",
    started_at=START,
    cleared_at=None,
    clear_reason=None,
    first_promise_date=None,
    previous_promise_date=None,
    latest_promise_date=None,
    days_late=5,
    open_quantity=1.0,
    quantity_unit="PC",
    open_value=10.0,
    currency="EUR",
    is_muted=False,
    mute_reason=None,
    evidence="five days overdue",
)


def published(*signals: Signal, stale: bool = False, vendors: frozenset[str] | None = None, day: int = 1) -> Published:
    keys = frozenset({signal.subject_key for signal in signals} | {BASE.vendor_key}) if vendors is None else vendors
    as_of = START + timedelta(days=day)
    return Published(Path("published"), f"build-{day}", as_of, signals, keys, (replace(FRESH, is_stale=stale),))


def known(
    state: State = State.OPEN,
    announced: Announced = Announced.MAIL,
    severity: str = "alert",
    is_held: bool = False,
) -> dict[str, Known]:
    entry = Known(
        "k", state, severity, announced, "overdue", SubjectKind.VENDOR, BASE.vendor_key, BASE.order_line, is_held
    )
    return {"k": entry}


def changes(result: Plan) -> list[tuple[Change, Announced]]:
    return [(one.change, one.announce) for one in result.transitions]


CLEARED = replace(BASE, signal_state="cleared", clear_reason="delivered")
WATCH = replace(BASE, severity="watch")
MUTED = replace(BASE, is_muted=True)


@pytest.mark.parametrize(
    ("signal", "ledger", "expected"),
    [
        (BASE, {}, [(Change.OPEN, Announced.MAIL)]),
        (WATCH, {}, [(Change.OPEN, Announced.NOT)]),
        (CLEARED, {}, []),
        (MUTED, {}, []),
        (BASE, known(), []),
        (BASE, known(State.ACKNOWLEDGED), []),
        (BASE, known(State.ESCALATED), []),
        (WATCH, known(), [(Change.LOWER, Announced.NOT)]),
        (BASE, known(announced=Announced.NOT, severity="watch"), [(Change.RAISE, Announced.MAIL)]),
        (BASE, known(announced=Announced.MAIL, severity="watch"), [(Change.RAISE, Announced.NOT)]),
        (CLEARED, known(), [(Change.RESOLVE, Announced.MAIL)]),
        (CLEARED, known(State.ACKNOWLEDGED), [(Change.RESOLVE, Announced.MAIL)]),
        (CLEARED, known(announced=Announced.DIGEST), [(Change.RESOLVE, Announced.NOT)]),
        (CLEARED, known(State.RESOLVED), []),
        (replace(CLEARED, is_muted=True), known(), []),
        (BASE, known(State.RESOLVED), [(Change.REOPEN, Announced.MAIL)]),
        (BASE, known(State.WITHDRAWN), [(Change.REOPEN, Announced.MAIL)]),
        (None, known(), [(Change.WITHDRAW, Announced.MAIL)]),
        (None, known(announced=Announced.DIGEST), [(Change.WITHDRAW, Announced.NOT)]),
        (None, known(State.RESOLVED), []),
        (None, {}, []),
    ],
)
def test_each_signal_and_state_has_one_next_step(signal, ledger, expected):
    signals = [signal] if signal else []
    assert changes(plan(published(*signals), ledger, {ERP})) == expected


@pytest.mark.parametrize(
    ("signal", "severity", "expected"),
    [
        (BASE, "alert", []),
        (WATCH, "watch", []),
        (WATCH, "alert", []),
        (BASE, "watch", [(Change.REOPEN, Announced.MAIL)]),
        (CLEARED, "alert", [(Change.CLEAR, Announced.NOT)]),
        (None, "alert", [(Change.CLEAR, Announced.NOT)]),
        (MUTED, "alert", []),
    ],
)
def test_what_a_person_closed_stays_closed_until_its_signal_has_ended_or_grown_worse(signal, severity, expected):
    ledger = known(State.RESOLVED, severity=severity, is_held=True)
    assert changes(plan(published(*([signal] if signal else [])), ledger, {ERP})) == expected


def test_what_a_person_closed_stays_held_while_its_feed_is_stale():
    result = plan(published(stale=True), known(State.RESOLVED, is_held=True), {ERP})
    assert (result.transitions, result.muted) == ((), 0)


def test_a_first_load_is_silent_and_names_the_company():
    result = plan(published(BASE, replace(WATCH, signal_key="w")), {}, set())
    assert changes(result) == [(Change.OPEN, Announced.DIGEST), (Change.OPEN, Announced.DIGEST)]
    assert result.first_load == {ERP}


@pytest.mark.parametrize(
    ("signal", "ledger", "expected"),
    [
        (BASE, {}, [(Change.OPEN, Announced.QUEUED)]),
        (WATCH, {}, [(Change.OPEN, Announced.NOT)]),
        (BASE, known(State.RESOLVED), [(Change.REOPEN, Announced.MAIL)]),
        (BASE, known(announced=Announced.DIGEST, severity="watch"), [(Change.RAISE, Announced.MAIL)]),
    ],
)
def test_what_began_long_before_it_was_known_waits_for_the_digest_and_what_changes_does_not(signal, ledger, expected):
    old_before = START + timedelta(hours=1)
    assert changes(plan(published(signal), ledger, {ERP}, old_before)) == expected


def test_a_second_company_loads_silently_beside_the_first():
    other = replace(BASE, signal_key="o", vendor_key="erp_acquired:7")
    result = plan(published(BASE, other), {}, {ERP})
    assert changes(result) == [(Change.OPEN, Announced.MAIL), (Change.OPEN, Announced.DIGEST)]
    assert result.first_load == {"erp_acquired"}


def test_a_company_without_signals_is_loaded_all_the_same():
    assert plan(published(), {}, set()).first_load == {ERP}


def test_a_company_whose_signals_are_all_muted_is_not_loaded_yet():
    result = plan(published(MUTED), {}, set())
    assert (result.first_load, result.muted, result.transitions) == (frozenset(), 1, ())


def test_what_a_stale_feed_no_longer_shows_is_muted_and_not_withdrawn():
    result = plan(published(stale=True), known(), {ERP})
    assert (result.transitions, result.muted) == ((), 1)


@pytest.mark.parametrize(
    ("publication", "reason"),
    [
        (published(replace(BASE, signal_key="n", episode="2026-06-22")), "dates this from 2026-06-22"),
        (published(vendors=frozenset()), "the vendor is no longer in the published data"),
        (published(), "the order line no longer shows it"),
    ],
)
def test_a_withdrawal_says_why(publication, reason):
    withdrawn = [one for one in plan(publication, known(), {ERP}).transitions if one.change is Change.WITHDRAW]
    assert len(withdrawn) == 1
    assert reason in (withdrawn[0].reason or "")


def apply(result: Plan, ledger: Mapping[str, Known]) -> dict[str, Known]:
    """What the ledger holds after a plan, told here a second time and independently of the database."""
    after = dict(ledger)
    for one in result.transitions:
        before = ledger.get(one.fingerprint)
        match one.change:
            case Change.RESOLVE | Change.WITHDRAW:
                assert before is not None
                state = State.RESOLVED if one.change is Change.RESOLVE else State.WITHDRAWN
                after[one.fingerprint] = replace(before, state=state)
            case _:
                assert one.signal is not None
                told = one.announce
                if before and one.change in (Change.RAISE, Change.LOWER) and told is Announced.NOT:
                    told = before.announced
                after[one.fingerprint] = Known(
                    one.fingerprint,
                    before.state if before and before.state not in CLOSED else State.OPEN,
                    one.signal.severity,
                    told,
                    one.signal.rule_id,
                    one.signal.subject_kind,
                    one.signal.subject_key,
                    one.signal.order_line,
                )
    return after


signals_strategy = st.builds(
    lambda key, state, severity, muted, company: replace(
        BASE,
        signal_key=f"{company}-{key}",
        vendor_key=f"{company}:{key % 3}",
        purchase_order_line=str(key),
        signal_state=state,
        severity=severity,
        is_muted=muted,
    ),
    st.integers(0, 5),
    st.sampled_from(["active", "cleared"]),
    st.sampled_from(["watch", "alert"]),
    st.booleans(),
    st.sampled_from([ERP, "erp_acquired"]),
)
publications_strategy = st.lists(
    st.tuples(st.lists(signals_strategy, max_size=8, unique_by=lambda one: one.signal_key), st.booleans()), max_size=6
)


@settings(max_examples=200, deadline=None)
@given(publications_strategy, st.lists(st.integers(1, 3), min_size=6, max_size=6))
def test_replaying_publications_any_number_of_times_gives_the_same_ledger(publications, repeats):
    def live(times: list[int]) -> tuple[dict[str, Known], list[tuple[str, Change]], set[str]]:
        ledger: dict[str, Known] = {}
        companies: set[str] = set()
        told: list[tuple[str, Change]] = []
        for number, ((signals, stale), count) in enumerate(zip(publications, times, strict=False)):
            for _ in range(count):
                result = plan(published(*signals, stale=stale, day=number), ledger, companies)
                told += [(one.fingerprint, one.change) for one in result.transitions if one.announce is Announced.MAIL]
                ledger = apply(result, ledger)
                companies |= result.first_load
        return ledger, told, companies

    assert live(repeats) == live([1] * 6)
