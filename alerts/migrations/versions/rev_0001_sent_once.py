"""The tables of the first version: alerts, their history, and mails that are sent once."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=20), nullable=False),
        sa.Column("fingerprint", sa.String(length=500), nullable=False),
        sa.Column("rule_id", sa.String(length=100), nullable=False),
        sa.Column("kpi_family", sa.String(length=50), nullable=False),
        sa.Column("severity", sa.String(length=20), nullable=False),
        sa.Column(
            "subject_key",
            sa.String(length=300),
            nullable=False,
            comment="vendor_key; of a data alert the feed, check or step",
        ),
        sa.Column("purchase_order", sa.String(length=200), nullable=True),
        sa.Column("purchase_order_line", sa.String(length=200), nullable=True),
        sa.Column("schedule_line", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("announced", sa.String(length=20), nullable=False),
        sa.Column(
            "route",
            sa.String(length=100),
            nullable=True,
            comment="the route that was mailed, or will be; null while nobody is",
        ),
        sa.Column("cycle", sa.Integer(), nullable=False, comment="1, and one more each time it opens again"),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "facts",
            sa.JSON(),
            nullable=False,
            comment="what was known when it opened: a withdrawn signal is gone from the mart",
        ),
        sa.CheckConstraint("stream IN ('vendor', 'data')", name=op.f("ck_alert_stream")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_alert_fingerprint")),
        comment="One row per fingerprint.",
    )
    op.create_index(op.f("ix_alert_stream_subject_key"), "alert", ["stream", "subject_key"], unique=False)
    op.create_table(
        "company",
        sa.Column("connection_id", sa.String(length=100), nullable=False),
        sa.Column("first_build_id", sa.String(length=100), nullable=False),
        sa.Column("first_as_of", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("connection_id", name=op.f("pk_company")),
        comment="ERP connections whose first load was taken in silently.",
    )
    op.create_table(
        "evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=200), nullable=False, comment="vendor, or data/<scope>"),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("build_id", sa.String(length=100), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("resolved", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Integer(), nullable=False),
        sa.Column("muted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
        sa.UniqueConstraint("stream", "as_of", "build_id", name=op.f("uq_evaluation_stream_as_of_build_id")),
        comment="What was taken in, and when: the clock of the ledger never goes back.",
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("route", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=500), nullable=False),
        sa.Column(
            "content",
            sa.LargeBinary(),
            nullable=False,
            comment="MIME, without From and To: they are set when it is sent",
        ),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False, comment="pending or sent"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'sent')", name=op.f("ck_outbox_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_id")),
        comment="Mails, written in the same transaction as the alert's change and before anything is sent.",
    )
    op.create_index(op.f("ix_outbox_state_id"), "outbox", ["state", "id"], unique=False)
    op.create_table(
        "alert_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(length=30), nullable=False),
        sa.Column("from_state", sa.String(length=20), nullable=True),
        sa.Column("to_state", sa.String(length=20), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="as-of of the publication, or when a person did it",
        ),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("build_id", sa.String(length=100), nullable=True),
        sa.Column("outbox_id", sa.Integer(), nullable=True, comment="the mail that tells it; null where none does"),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_event_alert_id")),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_alert_event_outbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_event")),
        sa.UniqueConstraint("alert_id", "sequence", name=op.f("uq_alert_event_alert_id_sequence")),
        comment="The history of every alert; never changed.",
    )
    op.create_table(
        "outbox_recipient",
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False, comment="accepted, or refused for good"),
        sa.Column("smtp_code", sa.Integer(), nullable=False),
        sa.CheckConstraint("outcome IN ('accepted', 'refused')", name=op.f("ck_outbox_recipient_outcome")),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_outbox_recipient_outbox_id")),
        sa.PrimaryKeyConstraint("outbox_id", "address", name=op.f("pk_outbox_recipient")),
        comment="What the mail server said of each recipient.",
    )
