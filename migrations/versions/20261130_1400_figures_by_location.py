"""What the figures count knows its location: invoice versions, reversals, jobs and inspections have their visit's.

The database itself sets it, so that it can't say anything else, and a visit stays where it is. Versions also say how many
seconds of labor they sold.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_1400"
down_revision = "20261130_1200"
branch_labels = None
depends_on = None

DECLINED = sa.text("approval = 'declined' AND deleted_at IS NULL")
FIRST_SHOWN = sa.text("version_no = 1")
APPEND_ONLY = ("invoice_versions", "invoice_reversals")
OF_A_VISIT = ("appointment_jobs", "inspection_checklists")

# Who enters asks whether the day is open, and there finds the location.
CHECK_DAY = """
    CREATE OR REPLACE FUNCTION keytag_check_day_of_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        posted_on date;
    BEGIN
        IF TG_TABLE_NAME = 'invoice_versions' THEN
            posted_on := NEW.issued_on;
            SELECT location_id, appointment_id INTO NEW.location_id, NEW.appointment_id FROM invoices WHERE id = NEW.invoice_id;
        ELSE
            posted_on := NEW.reversed_on;
            SELECT location_id INTO NEW.location_id FROM invoice_versions WHERE id = NEW.version_id;
        END IF;
        PERFORM 1 FROM locations WHERE id = NEW.location_id FOR KEY SHARE;
        IF EXISTS (SELECT FROM day_closes WHERE location_id = NEW.location_id AND day >= posted_on) THEN
            RAISE EXCEPTION 'this day is closed' USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_invoice_versions_day_is_open';
        END IF;
        RETURN NEW;
    END $$
"""
CHECK_DAY_BEFORE = """
    CREATE OR REPLACE FUNCTION keytag_check_day_of_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        place uuid;
        posted_on date;
    BEGIN
        IF TG_TABLE_NAME = 'invoice_versions' THEN
            posted_on := NEW.issued_on;
            SELECT location_id INTO place FROM invoices WHERE id = NEW.invoice_id;
        ELSE
            posted_on := NEW.reversed_on;
            SELECT i.location_id INTO place FROM invoice_versions v JOIN invoices i ON i.id = v.invoice_id WHERE v.id = NEW.version_id;
        END IF;
        PERFORM 1 FROM locations WHERE id = place FOR KEY SHARE;
        IF EXISTS (SELECT FROM day_closes WHERE location_id = place AND day >= posted_on) THEN
            RAISE EXCEPTION 'this day is closed' USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_invoice_versions_day_is_open';
        END IF;
        RETURN NEW;
    END $$
"""
# What the frozen paper charges for labor: as `invoices.rules.labor_seconds` counts it.
LABOR_SECONDS = """
    SELECT coalesce(sum(round((line ->> 'hours')::numeric * (line ->> 'quantity')::numeric * 3600)), 0)::bigint
      FROM jsonb_array_elements(v.document -> 'jobs') job, jsonb_array_elements(job -> 'lines') line
     WHERE line ->> 'kind' = 'labor' AND (job ->> 'isChosen')::boolean AND job ->> 'approval' <> 'declined'
"""


def upgrade() -> None:
    """Apply."""
    for table in (*APPEND_ONLY, *OF_A_VISIT):
        op.add_column(table, sa.Column("location_id", sa.Uuid(), nullable=True))
    op.add_column("invoice_versions", sa.Column("appointment_id", sa.Uuid(), nullable=True))
    op.add_column("invoice_versions", sa.Column("labor_seconds", sa.BigInteger(), server_default="0", nullable=False))
    for table in APPEND_ONLY:
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only")
    op.execute(
        f"""
        UPDATE invoice_versions v SET location_id = i.location_id, appointment_id = i.appointment_id,
               labor_seconds = CASE WHEN v.document ? 'jobs' THEN ({LABOR_SECONDS}) ELSE 0 END
          FROM invoices i WHERE i.id = v.invoice_id
        """
    )
    op.execute(
        "UPDATE invoice_reversals r SET location_id = v.location_id FROM invoice_versions v WHERE v.id = r.version_id"
    )
    for table in OF_A_VISIT:
        op.execute(
            f"UPDATE {table} t SET location_id = a.location_id FROM appointments a WHERE a.id = t.appointment_id"
        )
    for table in APPEND_ONLY:
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_append_only")
    for table in (*APPEND_ONLY, *OF_A_VISIT):
        op.alter_column(table, "location_id", nullable=False)
    op.alter_column("invoice_versions", "appointment_id", nullable=False)
    op.create_check_constraint(
        op.f("ck_invoice_versions_labor_seconds_are_not_negative"), "invoice_versions", "labor_seconds >= 0"
    )
    _keep_locations()
    _index_by_location()


def _keep_locations() -> None:
    op.execute(CHECK_DAY)
    op.execute(
        """
        CREATE FUNCTION keytag_set_location_of_visit() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            SELECT location_id INTO NEW.location_id FROM appointments WHERE id = NEW.appointment_id;
            RETURN NEW;
        END $$
        """
    )
    for table in OF_A_VISIT:
        op.execute(
            f"CREATE TRIGGER {table}_location BEFORE INSERT OR UPDATE OF location_id, appointment_id ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION keytag_set_location_of_visit()"
        )
    op.execute(
        """
        CREATE FUNCTION keytag_refuse_relocation() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'a visit stays at its location' USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER appointments_stay BEFORE UPDATE OF location_id ON appointments FOR EACH ROW
        WHEN (NEW.location_id IS DISTINCT FROM OLD.location_id) EXECUTE FUNCTION keytag_refuse_relocation()
        """
    )


def _index_by_location() -> None:
    op.create_index(
        "ix_invoice_versions_location_id_issued_on",
        "invoice_versions",
        ["location_id", "issued_on"],
        postgresql_include=[
            *("id", "appointment_id", "labor_net_cents", "parts_net_cents", "fees_net_cents", "labor_seconds")
        ],
    )
    op.create_index(
        "ix_invoice_reversals_location_id_reversed_on",
        "invoice_reversals",
        ["location_id", "reversed_on"],
        postgresql_include=["version_id"],
    )
    op.create_index(
        "ix_appointment_jobs_location_id_decided_at",
        "appointment_jobs",
        ["location_id", "decided_at"],
        postgresql_where=DECLINED,
    )
    op.create_index(
        op.f("ix_inspection_checklists_location_id_submitted_at"),
        "inspection_checklists",
        ["location_id", "submitted_at"],
    )
    op.create_index(
        "ix_estimates_first_shown",
        "estimates",
        ["location_id", "created_at"],
        postgresql_include=["appointment_id"],
        postgresql_where=FIRST_SHOWN,
    )
    # Alembic has no word for what a key includes.
    op.execute(
        "ALTER TABLE status_spans DROP CONSTRAINT pk_status_spans, ADD CONSTRAINT pk_status_spans "
        "PRIMARY KEY (appointment_id, position) INCLUDE (status, entered_at, left_at)"
    )
    op.drop_index(op.f("ix_invoice_versions_issued_on"), table_name="invoice_versions")
    op.drop_index(op.f("ix_invoice_reversals_reversed_on"), table_name="invoice_reversals")
    op.drop_index("ix_appointment_jobs_declined", table_name="appointment_jobs", postgresql_where=DECLINED)
    op.drop_index(op.f("ix_inspection_checklists_submitted_at"), table_name="inspection_checklists")


def downgrade() -> None:
    """Take back."""
    op.execute("DROP TRIGGER appointments_stay ON appointments")
    for table in OF_A_VISIT:
        op.execute(f"DROP TRIGGER {table}_location ON {table}")
    op.execute("DROP FUNCTION keytag_refuse_relocation()")
    op.execute("DROP FUNCTION keytag_set_location_of_visit()")
    op.execute(CHECK_DAY_BEFORE)
    op.create_index(op.f("ix_inspection_checklists_submitted_at"), "inspection_checklists", ["submitted_at"])
    op.create_index("ix_appointment_jobs_declined", "appointment_jobs", ["decided_at"], postgresql_where=DECLINED)
    op.create_index(op.f("ix_invoice_reversals_reversed_on"), "invoice_reversals", ["reversed_on"])
    op.create_index(op.f("ix_invoice_versions_issued_on"), "invoice_versions", ["issued_on"])
    op.drop_index("ix_estimates_first_shown", table_name="estimates", postgresql_where=FIRST_SHOWN)
    op.drop_constraint(op.f("pk_status_spans"), "status_spans", type_="primary")
    op.create_primary_key(op.f("pk_status_spans"), "status_spans", ["appointment_id", "position"])
    # The indexes with a column go with it.
    op.drop_column("invoice_versions", "labor_seconds")
    op.drop_column("invoice_versions", "appointment_id")
    for table in (*OF_A_VISIT, *reversed(APPEND_ONLY)):
        op.drop_column(table, "location_id")
