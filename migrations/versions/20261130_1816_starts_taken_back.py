"""Clocks: whether a start brought its visit into progress, so that one by mistake can be taken back whole."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_1816"
down_revision = "20261130_1815"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "work_timers", sa.Column("began_visit", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )


def downgrade() -> None:
    """Take back."""
    op.drop_column("work_timers", "began_visit")
