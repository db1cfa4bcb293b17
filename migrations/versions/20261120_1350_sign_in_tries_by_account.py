"""Sign-in tries by account: guesses at one account are slowed down, whatever addresses they come from."""

import sqlalchemy as sa
from alembic import op

revision = "20261120_1350"
down_revision = "20261120_1240"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Tries are kept for a day, so the index is made within moments; those of before belong to no account."""
    op.add_column("login_attempts", sa.Column("account_hash", sa.LargeBinary(), nullable=True))
    op.create_index(
        op.f("ix_login_attempts_account_hash_attempted_at"), "login_attempts", ["account_hash", "attempted_at"]
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_login_attempts_account_hash_attempted_at"), table_name="login_attempts")
    op.drop_column("login_attempts", "account_hash")
