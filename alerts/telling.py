"""Who is told of what now: first mails, further alarms, reminders, escalations, closings and weekly digests, out of the
ledger's state.

Nothing here depends on what changed just now: what is due follows from what stands in the ledger, the silences, the
routes file and the clock, and telling it changes the ledger so that it is due no longer. So what had to wait (for a
weekend, a silence, a stale feed) is told when it may be, and running again at the same clock tells nothing.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from alerts import ledger
from alerts.closing import close_threads
from alerts.desk import Desk, Row
from alerts.ladder import climb, tell_of_escalations
from alerts.lifecycle import Change
from alerts.muting import mute_reasons
from alerts.open_mails import count_alarms, remind, tell_again, tell_first
from alerts.signals import Published
from alerts.weekly import tell_of_the_week
from config.alert_routes import AlertRoutes

GONE_WHILE_STALE = "its feed is stale"


@dataclass(frozen=True)
class Telling:
    """What was decided: mails written, and open alerts that nobody is mailed of for now."""

    mails: int
    muted: int


def tell(connection: Connection, published: Published, routes: AlertRoutes, clock: datetime) -> Telling:
    """Put into the outbox what is due at ``clock`` (UTC), and record that it was told.

    Runs in the transaction that took the publication in, so that the ledger and the mails cannot disagree.
    """
    desk = Desk(connection, published, routes, clock)
    rows = ledger.open_alerts(connection)
    shown = [row for row in rows if row["fingerprint"] in desk.signals]
    muted = mute_reasons((desk.signals[row["fingerprint"]] for row in shown), desk.silences)
    muted |= {row["fingerprint"]: GONE_WHILE_STALE for row in rows if row["fingerprint"] not in desk.signals}
    _record_mutes(desk, rows, muted)

    count_alarms(desk, rows)
    climb(desk, [row for row in rows if row["fingerprint"] not in muted])
    audible = [row for row in ledger.open_alerts(connection) if row["fingerprint"] not in muted]
    close_threads(desk)
    tell_of_escalations(desk)
    tell_first(desk, audible)
    told_now = tell_again(desk, audible)
    remind(desk, audible, told_now)
    tell_of_the_week(desk, audible, muted)
    return Telling(desk.written, len(muted))


def _record_mutes(desk: Desk, rows: Sequence[Row], muted: Mapping[str, str]) -> None:
    changed = [row for row in rows if row["muted_by"] != muted.get(row["fingerprint"])]
    ledger.change_alerts(
        desk.connection, [{"id": row["id"], "muted_by": muted.get(row["fingerprint"])} for row in changed]
    )
    by_reason: dict[str | None, list[Row]] = defaultdict(list)
    for row in changed:
        by_reason[muted.get(row["fingerprint"])].append(row)
    for reason, of_reason in by_reason.items():
        desk.record(of_reason, Change.MUTE if reason else Change.UNMUTE, reason=reason)
