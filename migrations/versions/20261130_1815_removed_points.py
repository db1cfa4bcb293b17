"""Inspections: points that were added and are taken away again; what was done to them stays, for who brings them back."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_1815"
down_revision = "20261130_1710"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "inspection_items", sa.Column("is_removed", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_inspection_items_only_added_points_are_removed"), "inspection_items", "is_added OR NOT is_removed"
    )


def downgrade() -> None:
    """Take back."""
    op.drop_column("inspection_items", "is_removed")
