"""Cars on the premises by day: a board asks for those from before its first day, not for today's hundred."""

import sqlalchemy as sa
from alembic import op

revision = "20261120_1240"
down_revision = "20261120_1102"
branch_labels = None
depends_on = None

NAME = "ix_appointments_on_premises"
ON_PREMISES = sa.text("check_in_at IS NOT NULL AND check_out_at IS NULL")


def upgrade() -> None:
    """Apply. The index holds only the cars that are here, so it is made anew within moments."""
    op.drop_index(NAME, table_name="appointments", postgresql_where=ON_PREMISES)
    op.create_index(NAME, "appointments", ["location_id", "day"], postgresql_where=ON_PREMISES)


def downgrade() -> None:
    """Take back."""
    op.drop_index(NAME, table_name="appointments", postgresql_where=ON_PREMISES)
    op.create_index(NAME, "appointments", ["location_id"], postgresql_where=ON_PREMISES)
