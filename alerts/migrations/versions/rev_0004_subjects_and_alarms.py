"""Alerts about something else than a vendor, and how many alarms of an episode were told."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add columns; all that is there is about vendors or about data, and its alarms were not counted."""
    op.add_column(
        "alert",
        sa.Column(
            "subject_kind",
            sa.String(20),
            nullable=False,
            server_default="vendor",
            comment="what subject_key names: vendor, metric or pipeline",
        ),
    )
    op.add_column(
        "alert",
        sa.Column(
            "alarms_told",
            sa.Integer,
            comment="alarms of the episode that people were told of; null where none are counted, "
            "or were not when it was told",
        ),
    )
    alert = sa.table("alert", sa.column("stream"), sa.column("subject_kind"))
    op.execute(sa.update(alert).where(alert.c.stream == "data").values(subject_kind="pipeline"))
    # SQLite keeps no comments.
    if op.get_context().dialect.name == "postgresql":
        op.alter_column(
            "alert",
            "subject_key",
            existing_type=sa.String(300),
            existing_nullable=False,
            comment="vendor_key or metric_id; of a data alert the feed, check or step",
        )
