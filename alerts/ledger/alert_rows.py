"""Alerts and their history: what is read of them and written to them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, RowMapping, bindparam, func, insert, select, update

from alerts.ledger.tables import (
    CLOSED_STATES,
    SIGNAL_STREAM,
    alert,
    alert_event,
    outbox,
    outbox_left_out,
)
from alerts.lifecycle import Announced, Known, State
from alerts.signals import SubjectKind


def known_alerts(connection: Connection) -> dict[str, Known]:
    """Every alert about a signal, as far as the lifecycle needs it."""
    columns = alert.c
    rows = connection.execute(
        select(
            columns.fingerprint,
            columns.state,
            columns.severity,
            columns.announced,
            columns.rule_id,
            columns.subject_kind,
            columns.subject_key,
            columns.purchase_order,
            columns.purchase_order_line,
            columns.schedule_line,
            columns.is_held,
        ).where(columns.stream == SIGNAL_STREAM)
    )
    return {
        row.fingerprint: Known(
            fingerprint=row.fingerprint,
            state=State(row.state),
            severity=row.severity,
            announced=Announced(row.announced),
            rule_id=row.rule_id,
            subject_kind=SubjectKind(row.subject_kind),
            subject_key=row.subject_key,
            order_line=(row.purchase_order, row.purchase_order_line, row.schedule_line),
            is_held=row.is_held,
        )
        for row in rows
    }


def alerts_by_fingerprint(connection: Connection, fingerprints: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Whole alert rows. Asked in slices: databases limit the number of parameters."""
    found: dict[str, Mapping[str, Any]] = {}
    for start in range(0, len(fingerprints), 500):
        chosen = select(alert).where(alert.c.fingerprint.in_(fingerprints[start : start + 500]))
        found.update({row["fingerprint"]: row for row in connection.execute(chosen).mappings()})
    return found


def open_alerts(connection: Connection) -> Sequence[RowMapping]:
    """Every open alert about a signal, without its facts."""
    columns: list[Column[Any]] = [column for column in alert.c if column.name != "facts"]
    chosen = select(*columns).where(alert.c.stream == SIGNAL_STREAM, alert.c.state.not_in(CLOSED_STATES))
    return connection.execute(chosen.order_by(alert.c.fingerprint)).mappings().all()


def untold_closings(connection: Connection) -> Sequence[RowMapping]:
    """Closed alerts about signals whose thread is still to be closed by a mail."""
    chosen = select(alert).where(
        alert.c.stream == SIGNAL_STREAM, alert.c.state.in_(CLOSED_STATES), alert.c.is_closing_untold.is_(True)
    )
    return connection.execute(chosen.order_by(alert.c.fingerprint)).mappings().all()


def queued_alerts(connection: Connection) -> Sequence[RowMapping]:
    """Alerts about signals that wait for the weekly digest because a budget was used up, open or not."""
    chosen = select(alert).where(alert.c.stream == SIGNAL_STREAM, alert.c.announced == Announced.QUEUED.value)
    return connection.execute(chosen.order_by(alert.c.fingerprint)).mappings().all()


def alerts_some_were_left_out_of(connection: Connection, since: datetime) -> Sequence[RowMapping]:
    """Alerts with the route of a mail, queued after ``since``, that not all of its team were sent."""
    chosen = (
        select(alert, outbox.c.route.label("mailed_route"))
        .join(alert_event, alert_event.c.alert_id == alert.c.id)
        .join(outbox, outbox.c.id == alert_event.c.outbox_id)
        .where(outbox.c.id.in_(select(outbox_left_out.c.outbox_id)), outbox.c.as_of > since)
    )
    rows = {(row["id"], row["mailed_route"]): row for row in connection.execute(chosen).mappings()}
    return [rows[key] for key in sorted(rows)]


def facts_of(connection: Connection, alert_ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """What was known of alerts when they opened."""
    found: dict[int, Mapping[str, Any]] = {}
    for start in range(0, len(alert_ids), 500):
        chosen = select(alert.c.id, alert.c.facts).where(alert.c.id.in_(alert_ids[start : start + 500]))
        found.update({row.id: row.facts for row in connection.execute(chosen)})
    return found


def change_alert(connection: Connection, alert_id: int, **values: Any) -> None:
    """Set columns of one alert."""
    connection.execute(update(alert).where(alert.c.id == alert_id).values(**values))


def change_alerts(connection: Connection, changes: Sequence[Mapping[str, Any]]) -> None:
    """Set columns of many alerts; every mapping has ``id`` and the same columns."""
    if changes:
        rows = [{f"new_{name}": value for name, value in one.items()} for one in changes]
        columns: dict[str, Any] = {name: bindparam(f"new_{name}") for name in changes[0] if name != "id"}
        connection.execute(update(alert).where(alert.c.id == bindparam("new_id")).values(columns), rows)


def add_event(connection: Connection, events: Sequence[Mapping[str, Any]]) -> None:
    """Append to the history of alerts; ``sequence`` follows the alert's last event."""
    if not events:
        return
    last: dict[int, int] = {}
    ids = [one["alert_id"] for one in events]
    for start in range(0, len(ids), 500):
        rows = connection.execute(
            select(alert_event.c.alert_id, func.max(alert_event.c.sequence).label("last"))
            .where(alert_event.c.alert_id.in_(ids[start : start + 500]))
            .group_by(alert_event.c.alert_id)
        )
        last.update({row.alert_id: row.last for row in rows})
    unsaid = {"outbox_id": None, "cycle": None, "reason_code": None, "verdict": None}
    numbered = [unsaid | dict(one) | {"sequence": last.get(one["alert_id"], 0) + 1} for one in events]
    connection.execute(insert(alert_event), numbered)


def latest_events(connection: Connection, alert_ids: Sequence[int], changes: Collection[str]) -> dict[int, RowMapping]:
    """The last event of each alert among these changes."""
    found: dict[int, RowMapping] = {}
    for start in range(0, len(alert_ids), 500):
        chosen = (
            select(alert_event)
            .where(alert_event.c.alert_id.in_(alert_ids[start : start + 500]), alert_event.c.change.in_(changes))
            .order_by(alert_event.c.sequence)
        )
        found.update({row["alert_id"]: row for row in connection.execute(chosen).mappings()})
    return found


def link_events(connection: Connection, event_ids: Sequence[int], outbox_id: int) -> None:
    """Note in the history which mail tells of these events."""
    for start in range(0, len(event_ids), 500):
        chosen = alert_event.c.id.in_(event_ids[start : start + 500])
        connection.execute(update(alert_event).where(chosen).values(outbox_id=outbox_id))
