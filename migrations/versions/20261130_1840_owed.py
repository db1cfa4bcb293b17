"""What a visit owes on its invoice is kept beside what was paid, by the same triggers: what is open is found without its history."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_1840"
down_revision = "20261130_1830"
branch_labels = None
depends_on = None

_ENTERED = """
    CREATE OR REPLACE FUNCTION keytag_payment_entered() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE appointments SET paid_cents = paid_cents + NEW.amount_cents, owed_cents = owed_cents - NEW.amount_cents
         WHERE id = NEW.appointment_id;
        RETURN NULL;
    END $$
"""
_ENTERED_BEFORE = """
    CREATE OR REPLACE FUNCTION keytag_payment_entered() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE appointments SET paid_cents = paid_cents + NEW.amount_cents WHERE id = NEW.appointment_id;
        RETURN NULL;
    END $$
"""

FUNCTIONS_AND_TRIGGERS = (
    """
    CREATE FUNCTION keytag_invoice_posted() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_TABLE_NAME = 'invoice_versions' THEN
            UPDATE appointments SET owed_cents = owed_cents + NEW.total_cents WHERE id = NEW.appointment_id;
        ELSE
            UPDATE appointments a SET owed_cents = a.owed_cents - v.total_cents
              FROM invoice_versions v WHERE v.id = NEW.version_id AND a.id = v.appointment_id;
        END IF;
        RETURN NULL;
    END $$
    """,
    *(
        f"CREATE TRIGGER {table}_posted AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION keytag_invoice_posted()"
        for table in ("invoice_versions", "invoice_reversals")
    ),
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
    op.add_column("appointments", sa.Column("owed_cents", sa.BigInteger(), server_default="0", nullable=False))
    op.execute(
        """
        UPDATE appointments a SET owed_cents = standing.cents
          FROM (
              SELECT appointment_id, sum(cents)::bigint AS cents
                FROM (
                    SELECT appointment_id, total_cents AS cents FROM invoice_versions v
                     WHERE NOT EXISTS (SELECT FROM invoice_reversals r WHERE r.version_id = v.id)
                    UNION ALL SELECT appointment_id, -amount_cents FROM payments
                ) entries
               GROUP BY appointment_id HAVING sum(cents) <> 0
          ) standing
         WHERE a.id = standing.appointment_id
        """
    )
    op.execute(_ENTERED)
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
    for name, table in (
        ("appointments_begin_even", "appointments"),
        ("appointments_keep_sums", "appointments"),
        ("invoice_reversals_posted", "invoice_reversals"),
        ("invoice_versions_posted", "invoice_versions"),
    ):
        op.execute(f"DROP TRIGGER {name} ON {table}")
    op.execute("DROP FUNCTION keytag_keep_sums()")
    op.execute("DROP FUNCTION keytag_invoice_posted()")
    op.execute(_ENTERED_BEFORE)
    op.drop_column("appointments", "owed_cents")
