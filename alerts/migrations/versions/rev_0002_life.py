"""The life of an alert: what people did, what muted it, reminders, escalations, digests, budgets."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add columns and tables; nothing that was recorded changes."""
    instant = sa.DateTime(timezone=True)
    for column in (
        sa.Column(
            "muted_by",
            sa.String(700),
            comment="why nobody is mailed of it now: a silence, or the alert that inhibits it",
        ),
        sa.Column("told_at", instant, comment="clock of the run that wrote the first mail of this opening"),
        sa.Column("reminded_at", instant, comment="clock of the run that wrote the last reminder"),
        _number("reminder_count", "reminders of this opening"),
        _number("escalation_level", "rungs of the ladder it reached"),
        _number("escalation_told", "rungs that were mailed"),
        sa.Column("acknowledged_at", instant, comment="when a person took this opening on"),
        sa.Column("reason_code", sa.String(20), comment="vendor, us, carrier or data: what a person found"),
        sa.Column("verdict", sa.String(10), comment="true or false: whether the alert was right"),
        _flag("is_held", "closed by a person while its signal lasts: it stays closed until the signal ended"),
        _flag("is_closing_untold", "the mail that closes its thread is still to be written"),
    ):
        op.add_column("alert", column)
    for column in (
        sa.Column("cycle", sa.Integer, comment="the opening it belongs to; null in a ledger of the first version"),
        sa.Column("reason_code", sa.String(20)),
        sa.Column("verdict", sa.String(10)),
    ):
        op.add_column("alert_event", column)
    op.create_table(
        "outbox_left_out",
        sa.Column("outbox_id", sa.Integer, nullable=False),
        sa.Column("address", sa.String(320), nullable=False),
        sa.PrimaryKeyConstraint("outbox_id", "address", name="pk_outbox_left_out"),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name="fk_outbox_left_out_outbox_id"),
        comment="Recipients of the team that a mail does not go to: their budget of the week is used up.",
    )
    op.create_table(
        "silence",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("expires_at", instant, nullable=False),
        sa.Column("ended_at", instant, comment="when a person ended it before it expired"),
        sa.Column("ended_by", sa.String(200)),
        sa.PrimaryKeyConstraint("id", name="pk_silence"),
        comment="What people do not want to be mailed about for a while.",
    )
    op.create_table(
        "silence_condition",
        sa.Column("silence_id", sa.Integer, nullable=False),
        sa.Column("field", sa.String(30), nullable=False),
        sa.Column("value", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("silence_id", "field", "value", name="pk_silence_condition"),
        sa.ForeignKeyConstraint(["silence_id"], ["silence.id"], name="fk_silence_condition_silence_id"),
        comment="What a silence matches: any value of a field, and every field.",
    )
    op.create_table(
        "weekly_digest",
        sa.Column("period_start", sa.Date, nullable=False, comment="the day of the week that digests are due on"),
        sa.Column("as_of", instant, nullable=False, comment="clock of the run that wrote the digests"),
        sa.PrimaryKeyConstraint("period_start", name="pk_weekly_digest"),
        comment="Weeks whose digests were written, or had nothing to tell.",
    )


def _number(name: str, comment: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default="0", comment=comment)


def _flag(name: str, comment: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false(), comment=comment)
