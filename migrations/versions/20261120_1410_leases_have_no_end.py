"""A period that a dispatcher has taken: nothing reads when it was done."""

import sqlalchemy as sa
from alembic import op

revision = "20261120_1410"
down_revision = "20261120_1350"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.drop_column("schedule_leases", "done_at")


def downgrade() -> None:
    """Take back; it was never set."""
    op.add_column("schedule_leases", sa.Column("done_at", sa.DateTime(timezone=True), nullable=True))
