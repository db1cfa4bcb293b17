"""What a visit owes on its invoice is kept beside what was paid, by the same triggers: what is open is found without its history.

In three steps, so that the shop works on: from now on entries are kept, then those of before are filled in, then nobody else may.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_1838"
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
)


def upgrade() -> None:
    """Apply."""
    op.add_column("appointments", sa.Column("owed_cents", sa.BigInteger(), server_default="0", nullable=False))
    op.execute(_ENTERED)
    for statement in FUNCTIONS_AND_TRIGGERS:
        op.execute(statement)


def downgrade() -> None:
    """Take back."""
    for table in ("invoice_reversals", "invoice_versions"):
        op.execute(f"DROP TRIGGER {table}_posted ON {table}")
    op.execute("DROP FUNCTION keytag_invoice_posted()")
    op.execute(_ENTERED_BEFORE)
    op.drop_column("appointments", "owed_cents")
