"""Mails about alerts that are open: the first, one for each further alarm of an episode, and reminders."""

from collections.abc import Collection, Sequence

from alerts import ledger
from alerts.desk import OPENING_CHANGES, Desk, Item, Row, grouped
from alerts.lifecycle import MAILED_SEVERITY, Announced, Change
from alerts.routing import owner_of, route_of
from alerts.signals import LineSignal, Signal, SignalOfVendor
from alerts.timers import Timed, is_reminder_due
from alerts.wording import day

# By mail or in a digest that went out: what waits for one is told with all alarms that it has by then.
_TOLD = (Announced.MAIL, Announced.DIGEST)


def tell_first(desk: Desk, rows: Sequence[Row]) -> None:
    """Mail the alerts that nobody was told of, the weightiest first; beyond the budget they wait for the digest."""
    due = [
        row
        for row in rows
        if row["severity"] == MAILED_SEVERITY
        and Announced(row["announced"]) is Announced.NOT
        and row["acknowledged_at"] is None
        and desk.may_mail(row["kpi_family"])
    ]
    events = ledger.latest_events(desk.connection, [row["id"] for row in due], OPENING_CHANGES)
    items = []
    for row in due:
        signal = desk.signals[row["fingerprint"]]
        items.append(Item(row, signal, route_of(signal, desk.routes), reason=events[row["id"]]["reason"]))
    changes = []
    for group in sorted(grouped(items).values(), key=_weight):
        route = group[0].route
        left_out = desk.over_budget(route, group[0].row["kpi_family"])
        if left_out == set(owner_of(route, desk.routes).team.recipients):
            announced, told_at, alarms = Announced.QUEUED, None, False
        else:
            outbox_id = desk.write("opened", group, left_out)
            ledger.link_events(desk.connection, [events[item.row["id"]]["id"] for item in group], outbox_id)
            announced, told_at, alarms = Announced.MAIL, desk.clock, True
        changes += [
            {
                "id": item.row["id"],
                "announced": announced.value,
                "route": route,
                "told_at": told_at,
                "alarms_told": item.signal.alarms if alarms else None,
            }
            for item in group
        ]
    ledger.change_alerts(desk.connection, changes)


def _weight(group: Sequence[Item]) -> tuple[bool, bool, int, str]:
    """Sorts first what is about more than order lines, then targets and strategic vendors, then what is latest."""
    signal = group[0].signal
    worst_days = max((item.signal.days_late for item in group if isinstance(item.signal, LineSignal)), default=0)
    is_ordinary = isinstance(signal, SignalOfVendor) and not signal.is_strategic
    return (isinstance(signal, LineSignal), is_ordinary, -worst_days, group[0].row["fingerprint"])


def count_alarms(desk: Desk, rows: Sequence[Row]) -> None:
    """Take the alarms of what was told before they were counted for told: nobody is mailed of the past."""
    changes = [
        {"id": row["id"], "alarms_told": alarms}
        for row in rows
        if row["alarms_told"] is None
        and Announced(row["announced"]) in _TOLD
        and row["fingerprint"] in desk.signals
        and (alarms := desk.signals[row["fingerprint"]].alarms) is not None
    ]
    ledger.change_alerts(desk.connection, changes)


def tell_again(desk: Desk, rows: Sequence[Row]) -> frozenset[int]:
    """Mail each further alarm of an episode once, also where somebody has taken it on; gives the ids of the alerts.

    Of several alarms since the last run the last is told. Beyond the budget they wait for the week that has room.
    """
    items = [
        Item(row, signal, _route(desk, row, signal), f"/alarm-{signal.alarms}", reason=_taken_on(row))
        for row in rows
        if Announced(row["announced"]) in _TOLD
        and row["severity"] == MAILED_SEVERITY
        and desk.may_mail(row["kpi_family"])
        and (signal := desk.signals[row["fingerprint"]])
        and signal.alarms is not None
        and row["alarms_told"] is not None
        and signal.alarms > row["alarms_told"]
    ]
    told: set[int] = set()
    changes = []
    for group in sorted(grouped(items).values(), key=_weight):
        left_out = desk.over_budget(group[0].route, group[0].row["kpi_family"])
        if left_out == set(owner_of(group[0].route, desk.routes).team.recipients):
            continue
        outbox_id = desk.write("again", group, left_out)
        for item in group:
            reason = f"alarm {item.signal.alarms} of the episode"
            desk.record([item.row], Change.TELL_AGAIN, outbox_id=outbox_id, reason=reason)
            told.add(item.row["id"])
            changes.append(
                {
                    "id": item.row["id"],
                    "announced": Announced.MAIL.value,
                    "route": item.route,
                    "told_at": item.row["told_at"] or desk.clock,
                    "reminded_at": desk.clock,
                    "alarms_told": item.signal.alarms,
                }
            )
    ledger.change_alerts(desk.connection, changes)
    return frozenset(told)


def _route(desk: Desk, row: Row, signal: Signal) -> str:
    """The route that was mailed; where only a digest told, the one that owns it now."""
    return str(row["route"]) if Announced(row["announced"]) is Announced.MAIL else route_of(signal, desk.routes)


def _taken_on(row: Row) -> str | None:
    return f"Since {day(row['acknowledged_at'].date())}" if row["acknowledged_at"] else None


def remind(desk: Desk, rows: Sequence[Row], told_now: Collection[int]) -> None:
    """Remind of what nobody has taken on; of a vendor and KPI family together, as soon as one reminder is due.

    What was told of a further alarm just now, ``told_now``, needs no reminder.
    """
    items = [
        Item(row, desk.signals[row["fingerprint"]], row["route"], f"/reminder-{row['reminder_count'] + 1}")
        for row in rows
        if row["told_at"] is not None
        and row["severity"] == MAILED_SEVERITY
        and row["acknowledged_at"] is None
        and row["id"] not in told_now
        and desk.may_mail(row["kpi_family"])
    ]
    changes = []
    for group in sorted(grouped(items).values(), key=_weight):
        left_out = desk.over_budget(group[0].route, group[0].row["kpi_family"])
        is_due = any(is_reminder_due(Timed.of(item.row), desk.routes, desk.clock) for item in group)
        # Beyond the budget it stays due, and is sent in the week that has room for it.
        if not is_due or left_out == set(owner_of(group[0].route, desk.routes).team.recipients):
            continue
        outbox_id = desk.write("reminder", group, left_out)
        desk.record([item.row for item in group], Change.REMIND, outbox_id=outbox_id)
        changes += [
            {"id": item.row["id"], "reminded_at": desk.clock, "reminder_count": item.row["reminder_count"] + 1}
            for item in group
        ]
    ledger.change_alerts(desk.connection, changes)
