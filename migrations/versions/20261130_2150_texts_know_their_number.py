"""Messages: the location's number that the last attempt was made from, so that it is looked for there whatever became of it."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_2150"
down_revision = "20261130_1841"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. What is on its way at this moment was sent from the number of now."""
    op.add_column("messages", sa.Column("sent_from", sa.Text(), nullable=True))
    op.execute(
        """
        UPDATE messages SET sent_from = locations.sms_number FROM locations
         WHERE locations.id = messages.location_id AND messages.status = 'sending' AND messages.accepted_at IS NULL
        """
    )


def downgrade() -> None:
    """Take back."""
    op.drop_column("messages", "sent_from")
