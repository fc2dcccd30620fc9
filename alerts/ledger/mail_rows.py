"""The outbox: mails, letters and posts that were written."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select

from alerts.ledger.tables import DIGESTS, alert_event, outbox, outbox_left_out
from ecosystem.clock import current_time


def thread_of(connection: Connection, alert_ids: Sequence[int], route: str) -> tuple[str, ...]:
    """Message-IDs of the mails that told a route of these alerts so far, oldest first; digests are no thread."""
    found: dict[int, str] = {}
    for start in range(0, len(alert_ids), 500):
        rows = connection.execute(
            select(outbox.c.id, outbox.c.message_id)
            .join(alert_event, alert_event.c.outbox_id == outbox.c.id)
            .where(
                alert_event.c.alert_id.in_(alert_ids[start : start + 500]),
                outbox.c.route == route,
                outbox.c.kind.not_in(DIGESTS),
            )
            .distinct()
        )
        found.update({row.id: row.message_id for row in rows})
    return tuple(message_id for _, message_id in sorted(found.items()))


def add_mail(connection: Connection, **values: Any) -> int:
    """Put a mail into the outbox; gives its id.

    Raises:
        sqlalchemy.exc.IntegrityError: a mail with this Message-ID is there already.
    """
    result = connection.execute(insert(outbox).values(state="pending", attempts=0, written_at=current_time(), **values))
    key = result.inserted_primary_key
    if key is None:
        raise RuntimeError("the database gave no key for the outbox row")
    return int(key[0])


def recipients_left_out(connection: Connection, outbox_ids: Sequence[int]) -> Mapping[int, set[str]]:
    """Recipients of the team that each of these mails does not go to."""
    found: dict[int, set[str]] = {outbox_id: set() for outbox_id in outbox_ids}
    for start in range(0, len(outbox_ids), 500):
        chosen = outbox_left_out.c.outbox_id.in_(outbox_ids[start : start + 500])
        for row in connection.execute(select(outbox_left_out).where(chosen)):
            found[row.outbox_id].add(row.address)
    return found
