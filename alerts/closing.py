"""Mails that close a thread: to everybody who was mailed of an alert that is over."""

from alerts import ledger
from alerts.desk import Desk, Item, Row, grouped
from alerts.lifecycle import CLOSING, State
from config.alert_routes import TEAM_ROUTE, AlertRoutes

_CLOSING_CHANGES = sorted(change.value for change in CLOSING)


def close_threads(desk: Desk) -> None:
    """Tell everybody who was mailed of an alert that it is over; a silence keeps all but corrections quiet."""
    rows = [row for row in ledger.untold_closings(desk.connection) if desk.may_mail(row["kpi_family"])]
    events = ledger.latest_events(desk.connection, [row["id"] for row in rows], _CLOSING_CHANGES)
    items = []
    for row in rows:
        signal = desk.signal_of(row)
        is_withdrawn = State(row["state"]) is State.WITHDRAWN
        if is_withdrawn or not any(silence.matches(signal) for silence in desk.silences):
            reason = _closing_reason(events[row["id"]])
            items += [
                Item(row, signal, route, f"@{route}" if number else "", reason)
                for number, route in enumerate(_told_routes(row, desk.routes))
            ]
    for (state, *_), group in sorted(grouped(items, lambda item: item.row["state"]).items()):
        outbox_id = desk.write(state, group)
        if not group[0].suffix:
            ledger.link_events(desk.connection, [events[item.row["id"]]["id"] for item in group], outbox_id)
    ledger.change_alerts(desk.connection, [{"id": row["id"], "is_closing_untold": False} for row in rows])


def _told_routes(row: Row, routes: AlertRoutes) -> list[str]:
    """The route that was mailed, then the teams of the rungs that were."""
    rungs = routes.escalation.get(row["severity"], ())[: row["escalation_told"]]
    return list(dict.fromkeys([row["route"], *(f"{TEAM_ROUTE}{rung.team}" for rung in rungs)]))


def _closing_reason(event: Row) -> str | None:
    if event["reason_code"] is None:
        return str(event["reason"]) if event["reason"] else None
    return (
        "closed as a false alarm" if event["verdict"] == "false" else f"closed by hand, cause: {event['reason_code']}"
    )
