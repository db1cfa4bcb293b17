"""How a visit's work stands, for its card: the check that it has not passed, and whether its technician is done with it."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_1702"
down_revision = "20261130_1701"
branch_labels = None
depends_on = None

FAILED = """
    UPDATE appointments a SET failed_check = last.kind
      FROM (SELECT DISTINCT ON (appointment_id) * FROM (
                SELECT DISTINCT ON (appointment_id, kind) appointment_id, kind, is_passed, checked_at FROM work_checks
                 ORDER BY appointment_id, kind, checked_at DESC, id DESC) newest
             WHERE NOT is_passed ORDER BY appointment_id, checked_at DESC) last
     WHERE last.appointment_id = a.id
"""
DONE = """
    UPDATE appointments a SET is_work_done = true
      FROM (SELECT DISTINCT ON (appointment_id) appointment_id, stopped_at, pause_reason FROM work_timers
             ORDER BY appointment_id, started_at DESC, id DESC) last
     WHERE last.appointment_id = a.id AND last.stopped_at IS NOT NULL AND last.pause_reason IS NULL
       AND a.status = 'IN_PROGRESS' AND NOT a.needs_part AND NOT a.needs_approval
       AND NOT EXISTS (SELECT FROM work_timers t WHERE t.appointment_id = a.id AND t.stopped_at IS NULL)
"""


def upgrade() -> None:
    """Apply."""
    op.add_column("appointments", sa.Column("failed_check", sa.Text(), nullable=True))
    op.add_column("appointments", sa.Column("is_work_done", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_check_constraint(
        op.f("ck_appointments_failed_check_is_known"), "appointments", "failed_check IN ('test_drive', 'quality')"
    )
    op.execute(FAILED)
    op.execute(DONE)


def downgrade() -> None:
    """Take back."""
    op.drop_constraint(op.f("ck_appointments_failed_check_is_known"), "appointments", type_="check")
    op.drop_column("appointments", "is_work_done")
    op.drop_column("appointments", "failed_check")
