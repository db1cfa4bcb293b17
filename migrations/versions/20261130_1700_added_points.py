"""Inspections: points that a technician added, which no template asks for."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_1700"
down_revision = "20261130_1600"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "inspection_items", sa.Column("is_added", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )


def downgrade() -> None:
    """Take back."""
    op.drop_column("inspection_items", "is_added")
