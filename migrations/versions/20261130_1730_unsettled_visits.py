"""What is owed is found by what is open: visits whose invoice and payments differ, however long a location's history is."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_1730"
down_revision = "20261130_1710"
branch_labels = None
depends_on = None

UNSETTLED_CENTS = "paid_cents - CASE WHEN locked_at IS NULL THEN 0 ELSE total_cents END"


def upgrade() -> None:
    """Apply."""
    op.create_index(
        "ix_appointments_unsettled",
        "appointments",
        ["location_id"],
        postgresql_where=sa.text(f"{UNSETTLED_CENTS} <> 0"),
    )
    # Without them the planner takes nearly all visits to be unsettled, and reads whole tables.
    op.execute(f"CREATE STATISTICS appointments_unsettled ON ({UNSETTLED_CENTS}) FROM appointments")
    op.execute("ANALYZE appointments")


def downgrade() -> None:
    """Take back."""
    op.execute("DROP STATISTICS appointments_unsettled")
    op.drop_index("ix_appointments_unsettled", table_name="appointments")
