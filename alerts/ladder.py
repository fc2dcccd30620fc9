"""Escalation: what nobody has taken on climbs the ladder, and the team of every rung that it reached is mailed."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from alerts import ledger
from alerts.desk import Desk, Item, Row, grouped
from alerts.facts import signal_from
from alerts.lifecycle import Change, State
from alerts.timers import Timed, level_reached
from alerts.wording import instant
from config.alert_routes import TEAM_ROUTE


def climb(desk: Desk, rows: Sequence[Row]) -> None:
    """Take what nobody has taken on up the ladder. The mails follow when they may go out."""
    levels = {row["id"]: level_reached(Timed.of(row), desk.routes, desk.clock) for row in rows}
    climbed = [row for row in rows if levels[row["id"]] > row["escalation_level"]]
    changed = {"state": State.ESCALATED.value, "changed_at": desk.clock}
    ledger.change_alerts(
        desk.connection, [{"id": row["id"], "escalation_level": levels[row["id"]]} | changed for row in climbed]
    )
    by_telling: dict[datetime, list[Row]] = defaultdict(list)
    for row in climbed:
        by_telling[row["told_at"]].append(row)
    for told_at, told_then in by_telling.items():
        reason = f"nobody has taken it on since {instant(told_at)}"
        desk.record(told_then, Change.ESCALATE, to_state=State.ESCALATED.value, reason=reason)


def tell_of_escalations(desk: Desk) -> None:
    """Mail the team of every rung that was reached and not told of, by the clock or by hand."""
    rows = [
        row
        for row in ledger.open_alerts(desk.connection)
        if row["escalation_told"] < row["escalation_level"] and desk.may_mail(row["kpi_family"])
    ]
    facts = ledger.facts_of(desk.connection, [row["id"] for row in rows])
    events = ledger.latest_events(desk.connection, [row["id"] for row in rows], [Change.ESCALATE.value])
    items = []
    for row in rows:
        if State(row["state"]) is not State.ESCALATED:
            continue
        signal = desk.signals.get(row["fingerprint"]) or signal_from(facts[row["id"]])
        reason = events[row["id"]]["reason"] or "a colleague asks you to look at it"
        ladder = desk.routes.escalation.get(row["severity"], ())
        items += [
            Item(row, signal, f"{TEAM_ROUTE}{ladder[level].team}", f"/rung-{level + 1}", reason)
            for level in range(row["escalation_told"], min(row["escalation_level"], len(ladder)))
        ]
    for _, group in sorted(grouped(items, lambda item: item.suffix).items()):
        outbox_id = desk.write("escalated", group)
        desk.record([item.row for item in group], Change.TELL_RUNG, outbox_id=outbox_id)
    ledger.change_alerts(
        desk.connection, [{"id": row["id"], "escalation_told": row["escalation_level"]} for row in rows]
    )
