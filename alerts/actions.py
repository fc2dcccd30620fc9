"""What people do with alerts: take on, escalate, close with a verdict, silence. Command line and page call these.

Every action is one transaction, recorded with its time and who did it; for several alerts it is done for all or for
none. An action writes no mail: the next run tells what is still untold.

An alert that a person closes while its signal lasts is held (see :mod:`alerts.lifecycle`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from alerts import ledger
from alerts.lifecycle import CLOSED, Announced, Change, State
from alerts.matching import MATCHED_FIELDS
from config.alert_routes import FILE_NAME, AlertRoutes
from ecosystem.clock import iso
from ecosystem.errors import EcosystemError, UsageError

SHORTEST_PREFIX = 4
NAME_LIMIT, TEXT_LIMIT = 200, 2000


class ReasonCode(StrEnum):
    """Where the cause of an alert lies, as the person who closed it found."""

    VENDOR = "vendor"
    US = "us"
    CARRIER = "carrier"
    DATA = "data"


class Verdict(StrEnum):
    """Whether an alert was right; precision is measured from it."""

    TRUE = "true"
    FALSE = "false"


class Refused(EcosystemError):
    """An action that makes no sense in the alert's state; nothing was changed."""


@dataclass(frozen=True)
class Acted:
    """What an action did to one alert."""

    fingerprint: str
    subject_key: str
    rule_id: str
    state_before: State
    state: State


def acknowledge(
    engine: Engine, names: Sequence[str], actor: str, at: datetime, note: str | None = None
) -> tuple[Acted, ...]:
    """Take alerts on: nobody is reminded of them, and they escalate no further.

    Args:
        names: fingerprints, or beginnings of one that name a single alert.
        at: when the person did it, UTC.

    Raises:
        UsageError: a name fits no alert or several.
        Refused: an alert is closed, or somebody has taken it on already.
    """

    def step(row: Mapping[str, Any]) -> _Step:
        if State(row["state"]) is State.ACKNOWLEDGED:
            raise Refused(f"{_named(row)} is acknowledged already, since {iso(row['acknowledged_at'])}.")
        return _Step(Change.ACKNOWLEDGE, State.ACKNOWLEDGED, {"acknowledged_at": at}, note)

    return _act(engine, names, actor, at, step)


def escalate(
    engine: Engine, names: Sequence[str], actor: str, at: datetime, routes: AlertRoutes, note: str | None = None
) -> tuple[Acted, ...]:
    """Take alerts to the next rung of their severity's ladder; the next run mails its team.

    Raises:
        UsageError: a name fits no alert or several.
        Refused: an alert is closed, is about data, or has no further rung.
    """

    def step(row: Mapping[str, Any]) -> _Step:
        _of_a_signal(row)
        ladder = routes.escalation.get(row["severity"], ())
        level = row["escalation_level"] + 1
        if level > len(ladder):
            raise Refused(
                f"{_named(row)} has no further rung: the ladder of severity '{row['severity']}' in {FILE_NAME} has "
                f"{len(ladder)}."
            )
        return _Step(Change.ESCALATE, State.ESCALATED, {"escalation_level": level}, note)

    return _act(engine, names, actor, at, step)


def resolve(
    engine: Engine,
    names: Sequence[str],
    actor: str,
    at: datetime,
    reason_code: ReasonCode,
    verdict: Verdict,
    note: str | None = None,
) -> tuple[Acted, ...]:
    """Close alerts with what was found; the next run closes the threads of those that were mailed.

    Raises:
        UsageError: a name fits no alert or several.
        Refused: an alert is closed already, or is about data.
    """

    def closing(row: Mapping[str, Any]) -> Mapping[str, Any]:
        return {
            "closed_at": at,
            "is_held": True,
            "muted_by": None,
            "is_closing_untold": Announced(row["announced"]) is Announced.MAIL,
        }

    step = _verdict_step(Change.RESOLVE, State.RESOLVED, closing, reason_code, verdict, note)
    return _act(engine, names, actor, at, step)


def judge(
    engine: Engine,
    names: Sequence[str],
    actor: str,
    at: datetime,
    reason_code: ReasonCode,
    verdict: Verdict,
    note: str | None = None,
) -> tuple[Acted, ...]:
    """Say of closed alerts, most of which end by themselves, whether they were right. The last verdict counts.

    Raises:
        UsageError: a name fits no alert or several.
        Refused: an alert is still open, or is about data.
    """

    step = _verdict_step(Change.JUDGE, None, lambda _row: {}, reason_code, verdict, note)
    return _act(engine, names, actor, at, step, of_closed=True)


def silence(
    engine: Engine,
    conditions: Mapping[str, Sequence[str]],
    author: str,
    reason: str,
    at: datetime,
    expires_at: datetime,
) -> int:
    """Mail nobody of what matches until then; gives the silence's number. What matches still opens in the ledger.

    Args:
        conditions: any value of a field, and every field; the fields are those of ``MATCHED_FIELDS``.

    Raises:
        UsageError: no condition, an unknown field, no reason, or an end that is not after ``at``.
    """
    unknown = sorted(set(conditions) - set(MATCHED_FIELDS))
    if unknown:
        raise UsageError(f"A silence cannot match '{unknown[0]}': choose among {', '.join(MATCHED_FIELDS)}.")
    rows = [
        {"field": field, "value": value} for field in sorted(conditions) for value in sorted(set(conditions[field]))
    ]
    if not rows or any(not row["value"].strip() for row in rows):
        raise UsageError("A silence needs at least one condition with a value; one that matches everything is refused.")
    if not reason.strip():
        raise UsageError("A silence needs a reason: whoever misses a mail will ask.")
    if expires_at <= at:
        raise UsageError(f"A silence must end later than it begins: {iso(expires_at)} is not after {iso(at)}.")
    with ledger.writing(engine, intake=True) as connection:
        result = connection.execute(
            insert(ledger.silence).values(
                author=author[:NAME_LIMIT], reason=reason[:TEXT_LIMIT], created_at=at, expires_at=expires_at
            )
        )
        (number,) = result.inserted_primary_key or (None,)
        if number is None:
            raise RuntimeError("the database gave no key for the silence")
        connection.execute(insert(ledger.silence_condition), [{"silence_id": number} | row for row in rows])
    return int(number)


def unsilence(engine: Engine, number: int, actor: str, at: datetime) -> None:
    """End a silence before it expires; the next run mails what is still open and was never told.

    Raises:
        UsageError: there is no such silence.
        Refused: it is over already.
    """
    with ledger.writing(engine, intake=True) as connection:
        row = connection.execute(select(ledger.silence).where(ledger.silence.c.id == number)).mappings().one_or_none()
        if row is None:
            raise UsageError(f"There is no silence {number}: 'ecosystem alerts silences' lists them.")
        if row["ended_at"] is not None or row["expires_at"] <= at:
            raise Refused(f"The silence {number} is over already, since {iso(row['ended_at'] or row['expires_at'])}.")
        connection.execute(
            update(ledger.silence).where(ledger.silence.c.id == number).values(ended_at=at, ended_by=actor[:NAME_LIMIT])
        )


def find(connection: Connection, name: str) -> Mapping[str, Any]:
    """The row of the alert that a fingerprint, or the beginning of one, names.

    Raises:
        UsageError: it names none, or several.
    """
    columns = ledger.alert.c
    exact = connection.execute(select(ledger.alert).where(columns.fingerprint == name)).mappings().one_or_none()
    if exact is not None:
        return dict(exact)
    if len(name) < SHORTEST_PREFIX:
        raise UsageError(f"'{name}' is too short for an alert: give at least {SHORTEST_PREFIX} characters of its name.")
    like = select(ledger.alert).where(columns.fingerprint.startswith(name, autoescape=True))
    rows = connection.execute(like.order_by(columns.fingerprint).limit(3)).mappings().all()
    if not rows:
        raise UsageError(f"There is no alert '{name}' in the ledger: 'ecosystem alerts list --all' names them.")
    if len(rows) > 1:
        others = ", ".join(row["fingerprint"] for row in rows[:2])
        raise UsageError(f"'{name}' begins the names of several alerts ({others}, ...): give more of it.")
    return dict(rows[0])


@dataclass(frozen=True)
class _Step:
    change: Change
    state: State
    values: Mapping[str, Any]
    note: str | None
    reason_code: ReasonCode | None = None
    verdict: Verdict | None = None


def _verdict_step(
    change: Change,
    state: State | None,
    values: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    reason_code: ReasonCode,
    verdict: Verdict,
    note: str | None,
) -> Callable[[Mapping[str, Any]], _Step]:
    """What a person found of an alert about a signal; without ``state`` it stays in its own."""

    def step(row: Mapping[str, Any]) -> _Step:
        _of_a_signal(row)
        found = {"reason_code": reason_code.value, "verdict": verdict.value}
        return _Step(change, state or State(row["state"]), {**values(row), **found}, note, reason_code, verdict)

    return step


def _act(
    engine: Engine,
    names: Sequence[str],
    actor: str,
    at: datetime,
    step_of: Callable[[Mapping[str, Any]], _Step],
    of_closed: bool = False,
) -> tuple[Acted, ...]:
    acted = []
    # The intake lock: a run that has read an alert must not overwrite what a person does to it meanwhile.
    with ledger.writing(engine, intake=True) as connection:
        rows = {row["id"]: row for row in (find(connection, name) for name in names)}
        events = []
        for row in rows.values():
            _check(row, at, of_closed)
            step = step_of(row)
            ledger.change_alert(connection, row["id"], **step.values, state=step.state.value, changed_at=at)
            events.append(
                {
                    "alert_id": row["id"],
                    "change": step.change.value,
                    "from_state": row["state"],
                    "to_state": step.state.value,
                    "at": at,
                    "actor": actor[:NAME_LIMIT],
                    "reason": step.note[:TEXT_LIMIT] if step.note else None,
                    "build_id": None,
                    "cycle": row["cycle"],
                    "reason_code": step.reason_code and step.reason_code.value,
                    "verdict": step.verdict and step.verdict.value,
                }
            )
            acted.append(Acted(row["fingerprint"], row["subject_key"], row["rule_id"], State(row["state"]), step.state))
        ledger.add_event(connection, events)
    return tuple(acted)


def _check(row: Mapping[str, Any], at: datetime, of_closed: bool) -> None:
    if at < row["opened_at"]:
        raise Refused(
            f"{_named(row)} opened at {iso(row['opened_at'])}, after the time of this action ({iso(at)}): give the "
            "right time with --as-of."
        )
    is_closed = State(row["state"]) in CLOSED
    if is_closed and not of_closed:
        raise Refused(
            f"{_named(row)} is {row['state']} already, since {iso(row['closed_at'])}; 'ecosystem alerts judge' gives "
            "a verdict on it."
        )
    if of_closed and not is_closed:
        raise Refused(f"{_named(row)} is still {row['state']}: 'ecosystem alerts resolve' closes it with a verdict.")


def _of_a_signal(row: Mapping[str, Any]) -> None:
    if row["stream"] != ledger.SIGNAL_STREAM:
        raise Refused(f"{_named(row)} is about data: it closes by itself when the data are well again.")


def _named(row: Mapping[str, Any]) -> str:
    return f"The alert {row['fingerprint'][:40]}"
