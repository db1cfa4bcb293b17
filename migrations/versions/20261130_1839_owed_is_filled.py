"""What visits of before owe is filled in, some thousands at a time: nobody waits longer for one than for a payment."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_1839"
down_revision = "20261130_1838"
branch_labels = None
depends_on = None

# Visits in one transaction.
BATCH = 2_000
_ENTRIES = """
    SELECT appointment_id, total_cents AS cents FROM invoice_versions v
     WHERE NOT EXISTS (SELECT FROM invoice_reversals r WHERE r.version_id = v.id)
    UNION ALL SELECT appointment_id, -amount_cents FROM payments
"""
_UNSETTLED = (
    f"SELECT appointment_id FROM ({_ENTRIES}) entries GROUP BY appointment_id HAVING sum(cents) <> 0 ORDER BY 1"
)
# Locked first and summed then: what is entered meanwhile is in the sum or waits and adds itself.
_FILL = f"""
    DO $$ BEGIN
        PERFORM 1 FROM appointments WHERE id = ANY ('[ids]'::uuid[]) ORDER BY id FOR NO KEY UPDATE;
        UPDATE appointments a SET owed_cents = standing.cents
          FROM (
              SELECT appointment_id, sum(cents)::bigint AS cents FROM ({_ENTRIES}) entries
               WHERE appointment_id = ANY ('[ids]'::uuid[]) GROUP BY appointment_id
          ) standing
         WHERE a.id = standing.appointment_id;
    END $$
"""


def upgrade() -> None:
    """Apply."""
    ids = [str(row[0]) for row in op.get_bind().execute(sa.text(_UNSETTLED))]
    with op.get_context().autocommit_block():
        for start in range(0, len(ids), BATCH):
            listed = ",".join(ids[start : start + BATCH])
            op.get_bind().exec_driver_sql(_FILL.replace("[ids]", f"{{{listed}}}"))


def downgrade() -> None:
    """Leave it: the column goes with the step before."""
