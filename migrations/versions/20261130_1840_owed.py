"""What was paid and is owed follows from the entries alone, and few visits are open: an index has them."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_1840"
down_revision = "20261130_1839"
branch_labels = None
depends_on = None

FUNCTIONS_AND_TRIGGERS = (
    # An entry changes these sums, and nothing else does: the update of an entry's trigger comes from one level below.
    """
    CREATE FUNCTION keytag_keep_sums() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF pg_trigger_depth() < 2 THEN
            RAISE EXCEPTION 'what was paid and is owed follows from the entries'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_appointments_sums_follow_the_entries';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER appointments_keep_sums BEFORE UPDATE OF paid_cents, owed_cents ON appointments FOR EACH ROW
    WHEN (OLD.paid_cents <> NEW.paid_cents OR OLD.owed_cents <> NEW.owed_cents) EXECUTE FUNCTION keytag_keep_sums()
    """,
    """
    CREATE TRIGGER appointments_begin_even BEFORE INSERT ON appointments FOR EACH ROW
    WHEN (NEW.owed_cents <> 0) EXECUTE FUNCTION keytag_keep_sums()
    """,
)


def upgrade() -> None:
    """Apply."""
    for statement in FUNCTIONS_AND_TRIGGERS:
        op.execute(statement)
    op.create_index(
        "ix_appointments_unsettled", "appointments", ["location_id"], postgresql_where=sa.text("owed_cents <> 0")
    )
    # Without it the planner takes nearly all visits to be unsettled, and reads whole tables.
    op.execute("ANALYZE appointments (owed_cents)")


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_appointments_unsettled", table_name="appointments")
    for name in ("appointments_begin_even", "appointments_keep_sums"):
        op.execute(f"DROP TRIGGER {name} ON appointments")
    op.execute("DROP FUNCTION keytag_keep_sums()")
