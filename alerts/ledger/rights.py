"""What the database user of the page may do: less than the program that mails, for the page is what others reach.

It reads alerts, their history and silences, and who a mail went to, but no mail; it records what people do. It sends
nothing, deletes nothing, and makes no table.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, text

from alerts.ledger.tables import alert, alert_event, outbox, silence, silence_condition
from alerts.migrate import VERSION_TABLE
from ecosystem.errors import UsageError

PAGE_RIGHTS: Mapping[str, tuple[str, ...]] = {
    alert.name: (
        "SELECT",
        "UPDATE (state, changed_at, closed_at, acknowledged_at, reason_code, verdict, is_held, is_closing_untold,"
        " muted_by)",
    ),
    alert_event.name: ("SELECT", "INSERT"),
    outbox.name: ("SELECT (id, message_id, route, medium, target, beside_id)",),
    silence.name: ("SELECT", "INSERT"),
    silence_condition.name: ("SELECT", "INSERT"),
    VERSION_TABLE: ("SELECT",),
}
_NUMBERED = (alert_event.name, silence.name)


def grant_page_rights(connection: Connection, role: str) -> None:
    """Give the role exactly the rights of the page, in the connection's transaction; what it had beyond them it loses.

    Raises:
        UsageError: the ledger is not on PostgreSQL, or there is no such role.
    """
    if connection.dialect.name != "postgresql":
        raise UsageError("Roles are PostgreSQL's: a ledger on SQLite has no users to tell apart.")
    if connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}) is None:
        raise UsageError(f"There is no role '{role}' in the database: create it first (CREATE ROLE ... LOGIN).")
    quote = connection.dialect.identifier_preparer.quote
    schema, to = quote(str(connection.scalar(text("SELECT current_schema()")))), quote(role)
    for what in ("TABLES", "SEQUENCES"):
        connection.execute(text(f"REVOKE ALL ON ALL {what} IN SCHEMA {schema} FROM {to}"))
    connection.execute(text(f"GRANT USAGE ON SCHEMA {schema} TO {to}"))
    for table, rights in PAGE_RIGHTS.items():
        connection.execute(text(f"GRANT {', '.join(rights)} ON {schema}.{quote(table)} TO {to}"))
    for table in _NUMBERED:
        sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": table})
        connection.execute(text(f"GRANT USAGE ON SEQUENCE {sequence} TO {to}"))
