"""What was given up of the outbox is counted without reading what is done."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_1830"
down_revision = "20261130_1816"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index(
        "ix_outbox_deliveries_given_up",
        "outbox_deliveries",
        ["failed_at"],
        postgresql_where=sa.text("failed_at IS NOT NULL"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_outbox_deliveries_given_up", table_name="outbox_deliveries")
