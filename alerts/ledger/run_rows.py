"""What was taken in so far: companies, publications, weeks."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from alerts.ledger.tables import company, evaluation, weekly_digest


def known_companies(connection: Connection) -> frozenset[str]:
    """Companies whose first load was taken in."""
    return frozenset(connection.scalars(select(company.c.connection_id)))


def latest_as_of(connection: Connection, stream: str) -> datetime | None:
    """The greatest as-of that the ledger took in for a stream."""
    return connection.scalar(select(func.max(evaluation.c.as_of)).where(evaluation.c.stream == stream))


def last_digest(connection: Connection) -> Row[Any] | None:
    """The last week whose digests were written: ``period_start`` and ``as_of``."""
    return connection.execute(select(weekly_digest).order_by(weekly_digest.c.period_start.desc()).limit(1)).first()


def record_evaluation(connection: Connection, **values: Any) -> None:
    """Note what was taken in; the same publication at the same as-of is noted once."""
    same = select(evaluation.c.id).where(
        evaluation.c.stream == values["stream"],
        evaluation.c.as_of == values["as_of"],
        evaluation.c.build_id == values["build_id"],
    )
    if connection.scalar(same) is None:
        connection.execute(insert(evaluation).values(**values))
