"""A claim says which process has it, so that what a dead one held is looked for at once.

A column without a default: nothing is rewritten. What is being handed over while this runs has no name, and waits for its lease.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_1600"
down_revision = "20261130_1400"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("messages", sa.Column("claimed_by", sa.Uuid(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("messages", "claimed_by")
