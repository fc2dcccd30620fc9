"""What a publication changes in the ledger: a pure function, without clock, database or mail.

| signal now             | not in the ledger | open             | closed    |
|------------------------|-------------------|------------------|-----------|
| active                 | open              | keep, raise, lower | reopen  |
| cleared                | (nothing)         | resolve          | (nothing) |
| gone (restated away)   | (nothing)         | withdraw         | (nothing) |
| muted, or its company's feed is stale and it is gone | mute | mute | mute |

What a person closed while its signal lasts is *held*: it stays closed as long as the signal stays what it was. It opens
again when a watch that was closed has become an alert. When the signal has cleared or is gone, the hold ends; a signal
that is active after that opens the alert again.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alerts.signals import OrderLine, Published, Signal, SubjectKind, company_of


class State(StrEnum):
    """Where an alert is in its life. A person moves it to acknowledged or escalated; both count as open."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    ESCALATED = "escalated"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


class Announced(StrEnum):
    """How people were told of an alert. QUEUED waits for the weekly digest: a budget was used up, or it is old news."""

    NOT = "not"
    QUEUED = "queued"
    DIGEST = "digest"
    MAIL = "mail"


class Change(StrEnum):
    """What happens to an alert."""

    OPEN = "opened"
    REOPEN = "reopened"
    RAISE = "raised"
    LOWER = "lowered"
    RESOLVE = "resolved"
    WITHDRAW = "withdrawn"
    CLEAR = "cleared"
    """The signal of an alert that a person had closed has ended."""
    ACKNOWLEDGE = "acknowledged"
    ESCALATE = "escalated"
    JUDGE = "judged"
    MUTE = "muted"
    UNMUTE = "unmuted"
    REMIND = "reminded"
    TELL_RUNG = "rung_told"
    """The team of a rung of the ladder was mailed."""
    TELL_AGAIN = "told_again"
    """A further alarm of the episode was mailed."""


CLOSED = frozenset({State.RESOLVED, State.WITHDRAWN})
OPENING = frozenset({Change.OPEN, Change.REOPEN, Change.RAISE})
CLOSING = frozenset({Change.RESOLVE, Change.WITHDRAW})
MAILED_SEVERITY = "alert"


@dataclass(frozen=True)
class Known:
    """What the ledger knows of an alert, as far as its next step depends on it."""

    fingerprint: str
    state: State
    severity: str
    announced: Announced
    rule_id: str
    subject_kind: SubjectKind
    subject_key: str
    order_line: OrderLine
    is_held: bool = False

    @property
    def company(self) -> str | None:
        """The ERP connection that its rows come from; None where it is about all of them."""
        return company_of(self.subject_key) if self.subject_kind is SubjectKind.VENDOR else None


@dataclass(frozen=True)
class Transition:
    """One alert's next step. ``signal`` is None when the publication no longer has it."""

    fingerprint: str
    change: Change
    signal: Signal | None
    announce: Announced
    reason: str | None = None


@dataclass(frozen=True)
class Plan:
    """All that one publication changes."""

    transitions: tuple[Transition, ...]
    muted: int
    first_load: frozenset[str]
    """Companies whose signals open silently, told of by one digest."""


def plan(
    published: Published,
    ledger: Mapping[str, Known],
    known_companies: Collection[str],
    old_before: datetime | None = None,
) -> Plan:
    """Compare a publication with the ledger.

    What began before ``old_before`` (UTC) and is not known yet came with a backfill: nobody is mailed of it by itself.
    A company is known once a publication with its signals was taken in; what is about no single company opens silently
    where none is known yet. Applying the plan and planning again with the same publication gives an empty plan.
    """
    with_signals = {signal.company for signal in published.signals if signal.company}
    audible = {signal.company for signal in published.signals if not signal.is_muted}
    all_muted = with_signals - audible
    first_load = frozenset((published.loaded_companies | with_signals) - set(known_companies) - all_muted)

    transitions: list[Transition] = []
    muted = 0
    for signal in published.signals:
        if signal.is_muted:
            muted += 1
            continue
        is_silent = signal.company in first_load if signal.company else not known_companies
        is_old = old_before is not None and signal.started_at < old_before
        opening = Announced.DIGEST if is_silent else Announced.QUEUED if is_old else Announced.MAIL
        transition = _of_signal(signal, ledger.get(signal.signal_key), opening)
        if transition:
            transitions.append(transition)

    present = {signal.signal_key for signal in published.signals}
    active_on_line = _active_episodes(published.signals)
    for known in ledger.values():
        if known.fingerprint in present or (known.state in CLOSED and not known.is_held):
            continue
        if known.company in published.stale_companies:
            muted += known.state not in CLOSED
            continue
        transitions.append(_withdrawal(known, published, active_on_line))
    return Plan(tuple(sorted(transitions, key=lambda one: one.fingerprint)), muted, first_load)


def _of_signal(signal: Signal, known: Known | None, first_told: Announced) -> Transition | None:
    if not signal.is_active:
        if known is None:
            return None
        if known.state in CLOSED:
            return (
                Transition(signal.signal_key, Change.CLEAR, signal, Announced.NOT, signal.clear_reason)
                if known.is_held
                else None
            )
        closing = Announced.MAIL if known.announced is Announced.MAIL else Announced.NOT
        return Transition(signal.signal_key, Change.RESOLVE, signal, closing, signal.clear_reason)
    is_mailed = signal.severity == MAILED_SEVERITY
    if known is None:
        told = first_told if is_mailed or first_told is Announced.DIGEST else Announced.NOT
        return Transition(signal.signal_key, Change.OPEN, signal, told)
    again = Announced.DIGEST if first_told is Announced.DIGEST else Announced.MAIL if is_mailed else Announced.NOT
    if known.is_held:
        if not is_mailed or known.severity == MAILED_SEVERITY:
            return None
        return Transition(signal.signal_key, Change.REOPEN, signal, again, "closed as a watch, it is an alert now")
    if known.state in CLOSED:
        return Transition(signal.signal_key, Change.REOPEN, signal, again, "the signal is back")
    if known.severity == signal.severity:
        return None
    if not is_mailed:
        return Transition(signal.signal_key, Change.LOWER, signal, Announced.NOT)
    news = Announced.NOT if known.announced is Announced.MAIL else again
    return Transition(signal.signal_key, Change.RAISE, signal, news)


def _active_episodes(signals: Iterable[Signal]) -> dict[tuple[str, str, OrderLine], str]:
    return {
        (signal.rule_id, signal.subject_key, signal.order_line): signal.episode
        for signal in signals
        if signal.is_active
    }


def _withdrawal(
    known: Known, published: Published, active_on_line: Mapping[tuple[str, str, OrderLine], str]
) -> Transition:
    """A correction must say what is different now; the mart itself keeps no trace of what was restated away."""
    episode = active_on_line.get((known.rule_id, known.subject_key, known.order_line))
    if episode:
        reason = f"the corrected history dates this from {episode}"
    elif known.subject_kind is SubjectKind.METRIC:
        reason = "the corrected history of the target no longer shows it"
    elif known.subject_key not in published.vendor_keys:
        reason = "the vendor is no longer in the published data"
    else:
        subject = "order line" if any(known.order_line) else "vendor"
        reason = f"the corrected history of the {subject} no longer shows it"
    if known.is_held:
        return Transition(known.fingerprint, Change.CLEAR, None, Announced.NOT, reason)
    closing = Announced.MAIL if known.announced is Announced.MAIL else Announced.NOT
    return Transition(known.fingerprint, Change.WITHDRAW, None, closing, reason)
