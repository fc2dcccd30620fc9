"""What goes out besides a team's mail: posts in channels, letters to vendors."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add columns; everything that waits or was sent is a mail to a team."""
    for column in (
        sa.Column(
            "medium",
            sa.String(10),
            nullable=False,
            server_default="mail",
            comment="mail to a team, letter to a vendor, or post in a channel",
        ),
        sa.Column("target", sa.String(300), comment="of a letter the vendor_key, of a post the channel's key"),
        sa.Column("beside_id", sa.Integer, comment="id of the team's mail that a letter or post goes beside"),
        sa.Column(
            "written_at", sa.DateTime(timezone=True), comment="wall clock when it was put in: links are valid from then"
        ),
    ):
        op.add_column("outbox", column)
