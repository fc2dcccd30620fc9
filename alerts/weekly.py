"""The weekly digest: what is new on watch, what was over a budget, and mails that left somebody out."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import insert

from alerts import ledger, life_mail
from alerts.business_days import latest
from alerts.desk import OPENING_CHANGES, Desk, Item, Row
from alerts.lifecycle import CLOSED, MAILED_SEVERITY, Announced, State
from alerts.routing import owner_of, route_of


def tell_of_the_week(desk: Desk, rows: Sequence[Row], muted: Mapping[str, str]) -> None:
    """One digest for each route, at the first run of a business day on or after the day it is due."""
    weekday = desk.routes.weekly_digest
    if weekday is None or not desk.is_business_day:
        return
    week = latest(weekday, desk.routes.calendar, desk.clock)
    last = ledger.last_digest(desk.connection)
    if last is not None and last.period_start >= week:
        return
    # Nobody waits for the digest of the week in which the ledger began.
    if last is not None:
        _write_digests(desk, week, last.as_of, rows, muted)
    desk.connection.execute(insert(ledger.weekly_digest).values(period_start=week, as_of=desk.clock))


def _write_digests(desk: Desk, week: date, since: datetime, rows: Sequence[Row], muted: Mapping[str, str]) -> None:
    watched = [
        Item(row, signal, route_of(signal, desk.routes))
        for row in rows
        if row["severity"] != MAILED_SEVERITY
        and Announced(row["announced"]) is Announced.NOT
        and row["acknowledged_at"] is None
        and (signal := desk.signals[row["fingerprint"]])
    ]
    unmailed = [
        Item(row, signal, row["route"] or route_of(signal, desk.routes), reason=_over_since(row))
        for row in ledger.queued_alerts(desk.connection)
        if row["fingerprint"] not in muted and (signal := desk.signal_of(row))
    ]
    left_out = [
        Item(row, desk.signal_of(row), row["mailed_route"])
        for row in ledger.alerts_some_were_left_out_of(desk.connection, since)
    ]
    events = ledger.latest_events(desk.connection, [item.row["id"] for item in (*watched, *unmailed)], OPENING_CHANGES)
    for route in sorted({item.route for item in (*watched, *unmailed, *left_out)}):
        owner = owner_of(route, desk.routes)
        watched_here, unmailed_here, left_out_here = (
            [item for item in items if item.route == route] for items in (watched, unmailed, left_out)
        )
        composed = life_mail.weekly_mail(
            week,
            [item.told for item in watched_here],
            [item.told for item in unmailed_here],
            [item.told for item in left_out_here],
            owner,
            desk.context,
        )
        outbox_id = desk.put(composed, owner)
        new = [events[item.row["id"]]["id"] for item in (*watched_here, *unmailed_here)]
        ledger.link_events(desk.connection, new, outbox_id)
    ledger.change_alerts(
        desk.connection,
        [
            {"id": item.row["id"], "announced": Announced.DIGEST.value, "alarms_told": item.signal.alarms}
            for item in (*watched, *unmailed)
        ],
    )


def _over_since(row: Row) -> str | None:
    return str(row["state"]) if State(row["state"]) in CLOSED else None
