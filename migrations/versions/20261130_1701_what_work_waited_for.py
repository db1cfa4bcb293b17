"""Work: which part it waits for, and when what it waited for came."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_1701"
down_revision = "20261130_1700"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("appointments", sa.Column("wanted_part", sa.Text(), nullable=True))
    op.add_column("appointments", sa.Column("part_here_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("appointments", sa.Column("approval_here_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_appointments_a_wanted_part_is_needed"), "appointments", "wanted_part IS NULL OR needs_part"
    )
    op.create_check_constraint(
        op.f("ck_appointments_what_is_here_is_not_waited_for"),
        "appointments",
        "NOT (needs_part AND part_here_at IS NOT NULL) AND NOT (needs_approval AND approval_here_at IS NOT NULL)",
    )


def downgrade() -> None:
    """Take back."""
    op.drop_constraint(op.f("ck_appointments_what_is_here_is_not_waited_for"), "appointments", type_="check")
    op.drop_constraint(op.f("ck_appointments_a_wanted_part_is_needed"), "appointments", type_="check")
    op.drop_column("appointments", "approval_here_at")
    op.drop_column("appointments", "part_here_at")
    op.drop_column("appointments", "wanted_part")
