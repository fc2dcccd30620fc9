"""What people do not want to be mailed about."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import Connection, select

from alerts.ledger.tables import silence, silence_condition
from alerts.muting import Silence


def active_silences(connection: Connection, clock: datetime) -> tuple[Silence, ...]:
    """Silences that nobody has ended and that have not expired, the oldest first."""
    chosen = select(silence).where(silence.c.ended_at.is_(None), silence.c.expires_at > clock).order_by(silence.c.id)
    rows = connection.execute(chosen).mappings().all()
    conditions: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in connection.execute(select(silence_condition)):
        conditions[one.silence_id][one.field].add(one.value)
    return tuple(
        Silence(
            number=row["id"],
            author=row["author"],
            reason=row["reason"],
            created_at=row["created_at"],
            expires_at=row["expires_at"],
            conditions={field: frozenset(values) for field, values in conditions[row["id"]].items()},
        )
        for row in rows
    )
