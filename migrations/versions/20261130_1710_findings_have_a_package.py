"""What follows a visit's step for its findings is another task by name; what waits for the old one would not be found."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_1710"
down_revision = "20261130_1702"
branch_labels = None
depends_on = None

OLD, NEW = "backend.inspections.tasks.after_step", "backend.findings.tasks.after_step"
RENAME = sa.text("UPDATE outbox_deliveries SET task = :new WHERE task = :old")


def upgrade() -> None:
    """Apply."""
    op.execute(RENAME.bindparams(new=NEW, old=OLD))


def downgrade() -> None:
    """Take back."""
    op.execute(RENAME.bindparams(new=OLD, old=NEW))
