"""Rows and amounts from the files to the marts."""

from expectations.check import Suite, no_rows

SUITE = Suite(
    table="reconciliation",
    key=("system", "connection_id", "entity"),
    checks=(
        no_rows(
            "keys_add_up",
            "each key of an entity is in its fact or left out by a rule",
            """
            select system, connection_id, entity, staged_keys, mart_rows from {batch}
            where
                fact is not null
                and staged_keys
                <> mart_rows + unreadable_keys + deleted_keys + keys_without_parent + keys_of_no_order
            """,
        ),
    ),
)
