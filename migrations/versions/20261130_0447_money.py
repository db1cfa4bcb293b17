"""Money: catalogue, jobs with their lines, links, estimates and approvals, invoices, day closes, devices, the audit chain."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261130_0447"
down_revision = "20261130_0140"
branch_labels = None
depends_on = None

LINE_CHECKS = {
    "tax_class_is_known": "tax_class IN ('labor', 'parts', 'fees', 'exempt')",
    "labor_has_hours": "(kind = 'labor') = (hours IS NOT NULL)",
    "quantity_is_positive": "quantity > 0",
    "prices_are_not_negative": "unit_price_cents >= 0 AND coalesce(unit_cost_cents, 0) >= 0",
    "price_is_unit_times_quantity": (
        "price_cents = round(unit_price_cents * quantity * CASE WHEN kind = 'labor' AND NOT is_flat THEN hours ELSE 1 END)"
    ),
    "discount_is_within_the_price": "discount_cents BETWEEN 0 AND price_cents",
    "a_discount_says_who_gave_it": "(discount_cents = 0) = (discounted_by IS NULL)",
    "tax_rate_is_plausible": "tax_bp BETWEEN 0 AND 10000",
    "tax_is_rate_times_net": "tax_cents = round((price_cents - discount_cents) * tax_bp / 10000)",
}

LOCATION_CHECKS = {
    "paper_is_known": "paper IN ('letter', 'a4')",
    "caps_are_plausible": "link_cap_cents >= 0 AND margin_target_bp BETWEEN 0 AND 10000",
}

# Until now a line was a job of its own, with one price.
JOBS_OF_LINES = (
    """
    INSERT INTO appointment_jobs (id, appointment_id, sort_order, name, category, approval, decided_at, created_at, updated_at, deleted_at)
    SELECT id, appointment_id, sort_order, name, category, approval, CASE WHEN approval <> 'pending' THEN created_at END,
           created_at, created_at, deleted_at
      FROM appointment_services
    """,
    """
    UPDATE appointment_services
       SET job_id = id, unit_price_cents = price_cents, is_flat = kind = 'labor', updated_at = created_at,
           hours = CASE WHEN kind = 'labor' THEN coalesce(hours, 0) END,
           tax_class = CASE kind WHEN 'labor' THEN 'labor' WHEN 'part' THEN 'parts' ELSE 'fees' END
    """,
)

# How long each visit stood in each status, from what the log says; `stats.commands` goes on from here.
SPANS_OF_THE_LOG = """
    INSERT INTO status_spans (appointment_id, position, status, entered_at, left_at)
    SELECT g.entity_id, row_number() OVER w, g.changes -> 'status' ->> 1, g.at, lead(g.at) OVER w
      FROM audit_logs g JOIN appointments a ON a.id = g.entity_id
     WHERE g.entity = 'appointment' AND g.changes ? 'status'
    WINDOW w AS (PARTITION BY g.entity_id ORDER BY g.at, g.id)
"""

FUNCTIONS = (
    "keytag_check_reversal()",
    "keytag_check_day_of_payment()",
    "keytag_check_day_of_invoice()",
    "keytag_refuse_locked()",
    "keytag_refuse_refreezing()",
)

_APPEND_ONLY = (
    "approvals",
    "audit_anchors",
    "audit_seals",
    "day_closes",
    "invoice_reversals",
    "invoice_versions",
    "invoices",
)

FUNCTIONS_AND_TRIGGERS = (
    *(
        f"CREATE TRIGGER {table}_append_only{suffix} BEFORE {event} ON {table} {level} EXECUTE FUNCTION keytag_refuse_change()"
        for table in _APPEND_ONLY
        for suffix, event, level in (
            ("", "UPDATE OR DELETE", "FOR EACH ROW"),
            ("_truncate", "TRUNCATE", "FOR EACH STATEMENT"),
        )
    ),
    # An entry takes its visit's lock first, so that many at once take turns; what reverses one never takes back more than it was.
    """
    CREATE FUNCTION keytag_check_reversal() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        original payments%ROWTYPE;
        reversed bigint;
    BEGIN
        PERFORM 1 FROM appointments WHERE id = NEW.appointment_id FOR NO KEY UPDATE;
        IF NEW.kind = 'payment' THEN
            RETURN NEW;
        END IF;
        SELECT * INTO original FROM payments WHERE id = NEW.reverses_id;
        IF original.kind <> 'payment' OR original.appointment_id <> NEW.appointment_id
            OR original.currency <> NEW.currency OR original.method <> NEW.method THEN
            RAISE EXCEPTION 'only a payment of the same visit, method and currency can be reversed'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_payments_reverses_a_payment';
        END IF;
        SELECT coalesce(-sum(amount_cents), 0) INTO reversed FROM payments WHERE reverses_id = NEW.reverses_id;
        IF reversed - NEW.amount_cents > original.amount_cents
            OR (NEW.kind = 'void' AND (reversed > 0 OR -NEW.amount_cents <> original.amount_cents)) THEN
            RAISE EXCEPTION 'reversals can not exceed the original'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_payments_reversals_within_the_original';
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER payments_check_reversal BEFORE INSERT ON payments FOR EACH ROW EXECUTE FUNCTION keytag_check_reversal()",
    # A closed day takes no more entries. The location's row is shared with who enters, exclusive to who closes.
    """
    CREATE FUNCTION keytag_check_day_of_payment() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM 1 FROM locations WHERE id = NEW.location_id FOR KEY SHARE;
        IF EXISTS (SELECT FROM day_closes WHERE location_id = NEW.location_id AND day >= NEW.accounting_on) THEN
            RAISE EXCEPTION 'this day is closed' USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_payments_day_is_open';
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER payments_check_day BEFORE INSERT ON payments FOR EACH ROW EXECUTE FUNCTION keytag_check_day_of_payment()",
    """
    CREATE FUNCTION keytag_check_day_of_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
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
    """,
    *(
        f"CREATE TRIGGER {table}_check_day BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION keytag_check_day_of_invoice()"
        for table in ("invoice_versions", "invoice_reversals")
    ),
    # What an invoice charges stays as it is while the invoice stands; notes stay open.
    """
    CREATE FUNCTION keytag_refuse_locked() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        visit uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.appointment_id ELSE NEW.appointment_id END;
    BEGIN
        IF EXISTS (SELECT FROM appointments WHERE id = visit AND locked_at IS NOT NULL) THEN
            RAISE EXCEPTION 'invoiced work can not be changed' USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_appointments_is_not_locked';
        END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END $$
    """,
    """
    CREATE TRIGGER appointment_services_refuse_locked BEFORE INSERT OR DELETE OR UPDATE OF job_id, kind, name, hours, is_flat, quantity,
        unit_price_cents, price_cents, discount_cents, tax_class, tax_bp, tax_cents, deleted_at
    ON appointment_services FOR EACH ROW EXECUTE FUNCTION keytag_refuse_locked()
    """,
    """
    CREATE TRIGGER appointment_jobs_refuse_locked BEFORE INSERT OR DELETE OR UPDATE OF name, choice_id, is_chosen, approval, deleted_at
    ON appointment_jobs FOR EACH ROW EXECUTE FUNCTION keytag_refuse_locked()
    """,
    # What a customer was shown stays what it was.
    """
    CREATE FUNCTION keytag_refuse_refreezing() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'an estimate that was shown can not be changed' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE TRIGGER estimates_frozen BEFORE DELETE OR UPDATE OF appointment_id, version_no, document, document_hash, total_cents, created_at
    ON estimates FOR EACH ROW EXECUTE FUNCTION keytag_refuse_refreezing()
    """,
    "CREATE TRIGGER estimates_frozen_truncate BEFORE TRUNCATE ON estimates FOR EACH STATEMENT EXECUTE FUNCTION keytag_refuse_refreezing()",
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "audit_anchors",
        sa.Column("chain", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("row_hash", sa.LargeBinary(), nullable=False),
        sa.Column("anchored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chain", "position", name=op.f("pk_audit_anchors")),
    )
    op.create_table(
        "audit_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chain", sa.Uuid(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("rows_checked", sa.BigInteger(), nullable=False),
        sa.Column("rows_total", sa.BigInteger(), nullable=False),
        sa.Column("late_count", sa.BigInteger(), nullable=False),
        sa.Column("fault_count", sa.BigInteger(), nullable=False),
        sa.Column("faults", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_checks")),
    )
    op.create_index(op.f("ix_audit_checks_finished_at"), "audit_checks", ["finished_at"], unique=False)
    op.create_table(
        "audit_seals",
        sa.Column("chain", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("row_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audit_logs.id"], name=op.f("fk_audit_seals_audit_id")),
        sa.PrimaryKeyConstraint("chain", "position", name=op.f("pk_audit_seals")),
        sa.UniqueConstraint("audit_id", name=op.f("uq_audit_seals_audit_id")),
    )
    op.create_table(
        "day_closes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("expected", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("counted", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("over_short_cents", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "over_short_cents = 0 OR note IS NOT NULL", name=op.f("ck_day_closes_a_difference_has_a_note")
        ),
        sa.ForeignKeyConstraint(["closed_by"], ["users.id"], name=op.f("fk_day_closes_closed_by")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_day_closes_location_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_closes")),
        sa.UniqueConstraint("location_id", "day", name=op.f("uq_day_closes_location_id_day")),
    )
    op.create_table(
        "devices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("code_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("paired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('wallboard', 'tablet')", name=op.f("ck_devices_kind_is_known")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_devices_created_by")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_devices_location_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_devices_code_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_devices_token_hash")),
    )
    op.create_table(
        "export_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_export_runs_location_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_export_runs_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_runs")),
    )
    op.create_index(op.f("ix_export_runs_user_id_started_at"), "export_runs", ["user_id", "started_at"], unique=False)
    op.create_table(
        "invoice_counters",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("next_number", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_invoice_counters_location_id")),
        sa.PrimaryKeyConstraint("location_id", name=op.f("pk_invoice_counters")),
    )
    op.create_table(
        "labor_rates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("from_hours", sa.Numeric(precision=6, scale=2), server_default="0", nullable=False),
        sa.Column("hour_cents", sa.BigInteger(), nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("from_hours >= 0 AND hour_cents >= 0", name=op.f("ck_labor_rates_rate_is_not_negative")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_labor_rates_location_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_labor_rates")),
        sa.UniqueConstraint(
            "location_id", "name", "from_hours", name=op.f("uq_labor_rates_location_id_name_from_hours")
        ),
    )
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("matched", sa.BigInteger(), nullable=False),
        sa.Column("matched_cents", sa.BigInteger(), nullable=False),
        sa.Column("differences", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
    )
    op.create_table(
        "pairing_tries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ip", postgresql.INET(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairing_tries")),
    )
    op.create_index(op.f("ix_pairing_tries_ip_tried_at"), "pairing_tries", ["ip", "tried_at"], unique=False)
    op.create_table(
        "service_catalog",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("duration_minutes", sa.BigInteger(), nullable=False),
        sa.Column("is_online", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("sort_order", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "duration_minutes BETWEEN 5 AND 2880", name=op.f("ck_service_catalog_duration_is_plausible")
        ),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_service_catalog_location_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_catalog")),
    )
    op.create_index(
        "uq_service_catalog_name",
        "service_catalog",
        [
            sa.literal_column("coalesce(location_id, '00000000-0000-0000-0000-000000000000'::uuid)"),
            sa.literal_column("lower(name)"),
        ],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "status_spans",
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name=op.f("fk_status_spans_appointment_id")),
        sa.PrimaryKeyConstraint("appointment_id", "position", name=op.f("pk_status_spans")),
    )
    op.create_table(
        "tax_rates",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("tax_class", sa.Text(), nullable=False),
        sa.Column("rate_bp", sa.Numeric(precision=7, scale=3), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "tax_class <> 'exempt' AND rate_bp BETWEEN 0 AND 10000", name=op.f("ck_tax_rates_rate_is_plausible")
        ),
        sa.CheckConstraint(
            "tax_class IN ('labor', 'parts', 'fees', 'exempt')", name=op.f("ck_tax_rates_tax_class_is_known")
        ),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_tax_rates_location_id")),
        sa.PrimaryKeyConstraint("location_id", "tax_class", name=op.f("pk_tax_rates")),
    )
    op.create_table(
        "service_catalog_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("catalog_id", sa.Uuid(), nullable=False),
        sa.Column("sort_order", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hours", sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column("is_flat", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=10, scale=3), server_default="1", nullable=False),
        sa.Column("unit_price_cents", sa.BigInteger(), nullable=True),
        sa.Column("unit_cost_cents", sa.BigInteger(), nullable=True),
        sa.Column("labor_rate", sa.Text(), nullable=True),
        sa.Column("tax_class", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'labor') = (hours IS NOT NULL)", name=op.f("ck_service_catalog_lines_labor_has_hours")
        ),
        sa.CheckConstraint(
            "kind = 'labor' OR unit_price_cents IS NOT NULL",
            name=op.f("ck_service_catalog_lines_only_labor_goes_by_rate"),
        ),
        sa.CheckConstraint("kind IN ('labor', 'part', 'fee')", name=op.f("ck_service_catalog_lines_kind_is_known")),
        sa.CheckConstraint(
            "tax_class IN ('labor', 'parts', 'fees', 'exempt')",
            name=op.f("ck_service_catalog_lines_tax_class_is_known"),
        ),
        sa.CheckConstraint(
            "coalesce(unit_price_cents, 0) >= 0 AND coalesce(unit_cost_cents, 0) >= 0",
            name=op.f("ck_service_catalog_lines_prices_are_not_negative"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_service_catalog_lines_quantity_is_positive")),
        sa.ForeignKeyConstraint(
            ["catalog_id"], ["service_catalog.id"], name=op.f("fk_service_catalog_lines_catalog_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_catalog_lines")),
    )
    op.create_index(op.f("ix_service_catalog_lines_catalog_id"), "service_catalog_lines", ["catalog_id"], unique=False)
    op.create_table(
        "appointment_jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("sort_order", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("catalog_id", sa.Uuid(), nullable=True),
        sa.Column("choice_id", sa.Uuid(), nullable=True),
        sa.Column("is_chosen", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=True),
        sa.Column("approval", sa.Text(), server_default="pending", nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decline_reason", sa.Text(), nullable=True),
        sa.Column("deferred_until", sa.Date(), nullable=True),
        sa.Column("revived_from_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(approval = 'pending') = (decided_at IS NULL)", name=op.f("ck_appointment_jobs_a_decision_has_its_time")
        ),
        sa.CheckConstraint(
            "approval IN ('pending', 'approved', 'declined')", name=op.f("ck_appointment_jobs_approval_is_known")
        ),
        sa.CheckConstraint("urgency IN ('now', 'soon', 'later')", name=op.f("ck_appointment_jobs_urgency_is_known")),
        sa.CheckConstraint(
            "is_chosen OR choice_id IS NOT NULL", name=op.f("ck_appointment_jobs_only_an_alternative_is_not_chosen")
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_appointment_jobs_appointment_id")
        ),
        sa.ForeignKeyConstraint(["catalog_id"], ["service_catalog.id"], name=op.f("fk_appointment_jobs_catalog_id")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_appointment_jobs_created_by")),
        sa.ForeignKeyConstraint(
            ["revived_from_id"], ["appointment_jobs.id"], name=op.f("fk_appointment_jobs_revived_from_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_jobs")),
    )
    op.create_index(op.f("ix_appointment_jobs_appointment_id"), "appointment_jobs", ["appointment_id"], unique=False)
    op.create_index(
        "ix_appointment_jobs_declined",
        "appointment_jobs",
        ["decided_at"],
        unique=False,
        postgresql_where=sa.text("approval = 'declined' AND deleted_at IS NULL"),
    )
    op.create_index(
        op.f("ix_appointment_jobs_revived_from_id"),
        "appointment_jobs",
        ["revived_from_id"],
        unique=False,
        postgresql_where=sa.text("revived_from_id IS NOT NULL"),
    )
    op.create_index(
        "uq_appointment_jobs_chosen",
        "appointment_jobs",
        ["choice_id"],
        unique=True,
        postgresql_where=sa.text("choice_id IS NOT NULL AND is_chosen AND deleted_at IS NULL"),
    )
    op.create_table(
        "invoices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name=op.f("fk_invoices_appointment_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_invoices_location_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("appointment_id", name=op.f("uq_invoices_appointment_id")),
        sa.UniqueConstraint("location_id", "number", name=op.f("uq_invoices_location_id_number")),
    )
    op.create_table(
        "signed_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_step_ups", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "expires_at > created_at AND expires_at <= created_at + interval '7 days'",
            name=op.f("ck_signed_links_lasts_at_most_seven_days"),
        ),
        sa.CheckConstraint(
            "purpose IN ('estimate', 'invoice', 'report')", name=op.f("ck_signed_links_purpose_is_known")
        ),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name=op.f("fk_signed_links_appointment_id")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_signed_links_created_by")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_signed_links_location_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_signed_links_token_hash")),
    )
    op.create_index(op.f("ix_signed_links_appointment_id"), "signed_links", ["appointment_id"], unique=False)
    op.create_table(
        "estimates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("version_no", sa.BigInteger(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("document_hash", sa.Text(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("link_cap_cents", sa.BigInteger(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("document_hash ~ '^[0-9a-f]{64}$'", name=op.f("ck_estimates_hash_is_sha256")),
        sa.CheckConstraint("link_cap_cents >= 0", name=op.f("ck_estimates_cap_is_not_negative")),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name=op.f("fk_estimates_appointment_id")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_estimates_created_by")),
        sa.ForeignKeyConstraint(["link_id"], ["signed_links.id"], name=op.f("fk_estimates_link_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_estimates_location_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_estimates_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_estimates")),
        sa.UniqueConstraint("appointment_id", "version_no", name=op.f("uq_estimates_appointment_id_version_no")),
    )
    op.create_table(
        "invoice_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("version_no", sa.BigInteger(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("document_hash", sa.Text(), nullable=False),
        sa.Column("labor_net_cents", sa.BigInteger(), nullable=False),
        sa.Column("parts_net_cents", sa.BigInteger(), nullable=False),
        sa.Column("fees_net_cents", sa.BigInteger(), nullable=False),
        sa.Column("tax_cents", sa.BigInteger(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "total_cents = labor_net_cents + parts_net_cents + fees_net_cents + tax_cents",
            name=op.f("ck_invoice_versions_total_is_the_sum"),
        ),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_invoice_versions_invoice_id")),
        sa.ForeignKeyConstraint(["issued_by"], ["users.id"], name=op.f("fk_invoice_versions_issued_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_versions")),
        sa.UniqueConstraint("invoice_id", "version_no", name=op.f("uq_invoice_versions_invoice_id_version_no")),
    )
    op.create_index(op.f("ix_invoice_versions_issued_on"), "invoice_versions", ["issued_on"], unique=False)
    op.create_table(
        "link_visits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stepped_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ip", postgresql.INET(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["link_id"], ["signed_links.id"], name=op.f("fk_link_visits_link_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_visits")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_link_visits_secret_hash")),
    )
    op.create_index(op.f("ix_link_visits_link_id"), "link_visits", ["link_id"], unique=False)
    op.create_table(
        "approvals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("estimate_id", sa.Uuid(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("job_name", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("document_hash", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("spending_cap_cents", sa.BigInteger(), nullable=True),
        sa.Column("added_parts_cents", sa.BigInteger(), nullable=True),
        sa.Column("added_labor_cents", sa.BigInteger(), nullable=True),
        sa.Column("new_total_cents", sa.BigInteger(), nullable=True),
        sa.Column("link_visit_id", sa.Uuid(), nullable=True),
        sa.Column("ip", postgresql.INET(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("decision <> 'asked' OR words IS NOT NULL", name=op.f("ck_approvals_a_question_has_words")),
        sa.CheckConstraint(
            "decision <> 'declined' OR reason IS NOT NULL", name=op.f("ck_approvals_a_refusal_has_a_reason")
        ),
        sa.CheckConstraint(
            "decision IN ('approved', 'declined', 'asked', 'answered', 'revoked')",
            name=op.f("ck_approvals_decision_is_known"),
        ),
        sa.CheckConstraint(
            "method <> 'link' OR decision <> 'approved' OR (person IS NOT NULL AND document_hash IS NOT NULL)",
            name=op.f("ck_approvals_an_approval_by_link_is_signed"),
        ),
        sa.CheckConstraint(
            "method <> 'phone' OR decision <> 'approved' OR (person IS NOT NULL AND phone IS NOT NULL AND added_parts_cents IS NOT NULL AND added_labor_cents IS NOT NULL AND new_total_cents IS NOT NULL)",
            name=op.f("ck_approvals_an_approval_by_phone_says_who_and_how_much"),
        ),
        sa.CheckConstraint(
            "method IN ('link', 'in_person', 'phone', 'shop')", name=op.f("ck_approvals_method_is_known")
        ),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name=op.f("fk_approvals_appointment_id")),
        sa.ForeignKeyConstraint(["estimate_id"], ["estimates.id"], name=op.f("fk_approvals_estimate_id")),
        sa.ForeignKeyConstraint(["job_id"], ["appointment_jobs.id"], name=op.f("fk_approvals_job_id")),
        sa.ForeignKeyConstraint(["link_visit_id"], ["link_visits.id"], name=op.f("fk_approvals_link_visit_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_approvals_location_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["users.id"], name=op.f("fk_approvals_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
    )
    op.create_index(op.f("ix_approvals_appointment_id"), "approvals", ["appointment_id"], unique=False)
    op.create_index(op.f("ix_approvals_job_id"), "approvals", ["job_id"], unique=False)
    op.create_table(
        "checkouts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("link_visit_id", sa.Uuid(), nullable=True),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("provider_session_id", sa.Text(), nullable=True),
        sa.Column("provider_payment_id", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'paid') = (payment_id IS NOT NULL)", name=op.f("ck_checkouts_paid_has_its_entry")
        ),
        sa.CheckConstraint(
            "status IN ('open', 'paid', 'expired', 'failed')", name=op.f("ck_checkouts_status_is_known")
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_checkouts_amount_is_positive")),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name=op.f("fk_checkouts_appointment_id")),
        sa.ForeignKeyConstraint(["link_visit_id"], ["link_visits.id"], name=op.f("fk_checkouts_link_visit_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_checkouts_location_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_checkouts_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkouts")),
        sa.UniqueConstraint("provider_session_id", name=op.f("uq_checkouts_provider_session_id")),
    )
    op.create_index(op.f("ix_checkouts_appointment_id"), "checkouts", ["appointment_id"], unique=False)
    op.create_index(op.f("ix_checkouts_updated_at"), "checkouts", ["updated_at"], unique=False)
    op.create_table(
        "invoice_reversals",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("reversed_on", sa.Date(), nullable=False),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reversed_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["reversed_by"], ["users.id"], name=op.f("fk_invoice_reversals_reversed_by")),
        sa.ForeignKeyConstraint(["version_id"], ["invoice_versions.id"], name=op.f("fk_invoice_reversals_version_id")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_invoice_reversals")),
    )
    op.create_index(op.f("ix_invoice_reversals_reversed_on"), "invoice_reversals", ["reversed_on"], unique=False)
    op.create_table(
        "switches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("is_on OR reason IS NOT NULL", name=op.f("ck_switches_off_says_why")),
        sa.CheckConstraint("name IN ('messaging')", name=op.f("ck_switches_name_is_known")),
        sa.ForeignKeyConstraint(["changed_by"], ["users.id"], name=op.f("fk_switches_changed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_switches")),
        sa.UniqueConstraint("name", name=op.f("uq_switches_name")),
    )
    op.add_column("appointment_services", sa.Column("job_id", sa.Uuid(), nullable=True))
    op.add_column(
        "appointment_services", sa.Column("is_flat", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column(
        "appointment_services",
        sa.Column("quantity", sa.Numeric(precision=10, scale=3), server_default="1", nullable=False),
    )
    op.add_column("appointment_services", sa.Column("unit_price_cents", sa.BigInteger(), nullable=True))
    op.add_column("appointment_services", sa.Column("unit_cost_cents", sa.BigInteger(), nullable=True))
    op.add_column(
        "appointment_services", sa.Column("discount_cents", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.add_column("appointment_services", sa.Column("discount_reason", sa.Text(), nullable=True))
    op.add_column("appointment_services", sa.Column("discounted_by", sa.Uuid(), nullable=True))
    op.add_column("appointment_services", sa.Column("tax_class", sa.Text(), nullable=True))
    op.add_column(
        "appointment_services",
        sa.Column("tax_bp", sa.Numeric(precision=7, scale=3), server_default="0", nullable=False),
    )
    op.add_column("appointment_services", sa.Column("tax_cents", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("appointment_services", sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column("appointment_services", sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_appointment_services_job_id"), "appointment_services", ["job_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_appointment_services_discounted_by"), "appointment_services", "users", ["discounted_by"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_appointment_services_job_id"), "appointment_services", "appointment_jobs", ["job_id"], ["id"]
    )
    for statement in JOBS_OF_LINES:
        op.execute(statement)
    for column in ("job_id", "unit_price_cents", "tax_class", "updated_at"):
        op.alter_column("appointment_services", column, nullable=False)
    for name, condition in LINE_CHECKS.items():
        op.create_check_constraint(op.f(f"ck_appointment_services_{name}"), "appointment_services", condition)
    op.drop_constraint(op.f("ck_appointment_services_approval_is_known"), "appointment_services", type_="check")
    op.drop_column("appointment_services", "category")
    op.drop_column("appointment_services", "approval")
    op.add_column("appointments", sa.Column("estimate_state", sa.Text(), nullable=True))
    op.add_column("appointments", sa.Column("jobs_approved", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("appointments", sa.Column("jobs_offered", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("appointments", sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("locations", sa.Column("registration_number", sa.Text(), nullable=True))
    op.add_column("locations", sa.Column("warranty_terms", sa.Text(), nullable=True))
    op.add_column("locations", sa.Column("paper", sa.Text(), server_default="letter", nullable=False))
    op.add_column("locations", sa.Column("state", sa.Text(), nullable=True))
    op.add_column("locations", sa.Column("link_cap_cents", sa.BigInteger(), server_default="25000", nullable=False))
    op.add_column("locations", sa.Column("margin_target_bp", sa.BigInteger(), server_default="5000", nullable=False))
    op.add_column("locations", sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column("payments", sa.Column("location_id", sa.Uuid(), nullable=True))
    op.execute("ALTER TABLE payments DISABLE TRIGGER payments_append_only")
    op.execute("UPDATE payments p SET location_id = a.location_id FROM appointments a WHERE a.id = p.appointment_id")
    op.execute("ALTER TABLE payments ENABLE TRIGGER payments_append_only")
    op.alter_column("payments", "location_id", nullable=False)
    op.add_column("payments", sa.Column("reference", sa.Text(), nullable=True))
    op.add_column("payments", sa.Column("is_deposit", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("payments", sa.Column("provider_id", sa.Text(), nullable=True))
    op.add_column("payments", sa.Column("for_day", sa.Date(), nullable=True))
    op.create_index(
        op.f("ix_payments_location_id_accounting_on"), "payments", ["location_id", "accounting_on"], unique=False
    )
    op.create_index(
        op.f("ix_payments_reverses_id"),
        "payments",
        ["reverses_id"],
        unique=False,
        postgresql_where=sa.text("reverses_id IS NOT NULL"),
    )
    op.create_index(
        "uq_payments_provider_id",
        "payments",
        ["provider_id"],
        unique=True,
        postgresql_where=sa.text("provider_id IS NOT NULL"),
    )
    op.create_index(
        "uq_payments_void", "payments", ["reverses_id"], unique=True, postgresql_where=sa.text("kind = 'void'")
    )
    op.create_foreign_key(op.f("fk_payments_location_id"), "payments", "locations", ["location_id"], ["id"])
    for name, condition in LOCATION_CHECKS.items():
        op.create_check_constraint(op.f(f"ck_locations_{name}"), "locations", condition)
    op.drop_constraint(op.f("ck_provider_events_kind_is_known"), "provider_events", type_="check")
    op.create_check_constraint(
        op.f("ck_provider_events_kind_is_known"), "provider_events", "kind IN ('status', 'inbound', 'payment')"
    )
    _let_messages_come_by("sms", "email", "page")
    for statement in FUNCTIONS_AND_TRIGGERS:
        op.execute(statement)
    op.execute(SPANS_OF_THE_LOG)


def _let_messages_come_by(*channels: str) -> None:
    listed = ", ".join(f"'{channel}'" for channel in channels)
    op.drop_constraint(op.f("ck_messages_channel_is_known"), "messages", type_="check")
    op.create_check_constraint(op.f("ck_messages_channel_is_known"), "messages", f"channel IN ({listed})")


def downgrade() -> None:
    """Take back."""
    op.execute("DELETE FROM messages WHERE channel = 'page'")
    _let_messages_come_by("sms", "email")
    for table, names in (
        ("payments", ("check_reversal", "check_day")),
        ("appointment_jobs", ("refuse_locked",)),
        ("appointment_services", ("refuse_locked",)),
    ):
        for name in names:
            op.execute(f"DROP TRIGGER {table}_{name} ON {table}")
    op.execute("DELETE FROM provider_events WHERE kind = 'payment'")
    op.drop_constraint(op.f("ck_provider_events_kind_is_known"), "provider_events", type_="check")
    op.create_check_constraint(
        op.f("ck_provider_events_kind_is_known"), "provider_events", "kind IN ('status', 'inbound')"
    )
    for name in LOCATION_CHECKS:
        op.drop_constraint(op.f(f"ck_locations_{name}"), "locations", type_="check")
    op.drop_constraint(op.f("fk_payments_location_id"), "payments", type_="foreignkey")
    op.drop_index("uq_payments_void", table_name="payments", postgresql_where=sa.text("kind = 'void'"))
    op.drop_index("uq_payments_provider_id", table_name="payments", postgresql_where=sa.text("provider_id IS NOT NULL"))
    op.drop_index(
        op.f("ix_payments_reverses_id"), table_name="payments", postgresql_where=sa.text("reverses_id IS NOT NULL")
    )
    op.drop_index(op.f("ix_payments_location_id_accounting_on"), table_name="payments")
    op.drop_column("payments", "for_day")
    op.drop_column("payments", "provider_id")
    op.drop_column("payments", "is_deposit")
    op.drop_column("payments", "reference")
    op.drop_column("payments", "location_id")
    op.drop_column("locations", "version")
    op.drop_column("locations", "margin_target_bp")
    op.drop_column("locations", "link_cap_cents")
    op.drop_column("locations", "state")
    op.drop_column("locations", "paper")
    op.drop_column("locations", "warranty_terms")
    op.drop_column("locations", "registration_number")
    op.drop_column("appointments", "locked_at")
    op.drop_column("appointments", "jobs_offered")
    op.drop_column("appointments", "jobs_approved")
    op.drop_column("appointments", "estimate_state")
    op.add_column("appointment_services", sa.Column("approval", sa.TEXT(), nullable=True))
    op.add_column("appointment_services", sa.Column("category", sa.TEXT(), nullable=True))
    op.execute(
        "UPDATE appointment_services s SET approval = j.approval, category = j.category FROM appointment_jobs j WHERE j.id = s.job_id"
    )
    op.alter_column("appointment_services", "approval", nullable=False)
    op.create_check_constraint(
        op.f("ck_appointment_services_approval_is_known"),
        "appointment_services",
        "approval IN ('pending', 'approved', 'declined')",
    )
    for name in LINE_CHECKS:
        op.drop_constraint(op.f(f"ck_appointment_services_{name}"), "appointment_services", type_="check")
    op.drop_constraint(op.f("fk_appointment_services_job_id"), "appointment_services", type_="foreignkey")
    op.drop_constraint(op.f("fk_appointment_services_discounted_by"), "appointment_services", type_="foreignkey")
    op.drop_index(op.f("ix_appointment_services_job_id"), table_name="appointment_services")
    op.drop_column("appointment_services", "updated_at")
    op.drop_column("appointment_services", "version")
    op.drop_column("appointment_services", "tax_cents")
    op.drop_column("appointment_services", "tax_bp")
    op.drop_column("appointment_services", "tax_class")
    op.drop_column("appointment_services", "discounted_by")
    op.drop_column("appointment_services", "discount_reason")
    op.drop_column("appointment_services", "discount_cents")
    op.drop_column("appointment_services", "unit_cost_cents")
    op.drop_column("appointment_services", "unit_price_cents")
    op.drop_column("appointment_services", "quantity")
    op.drop_column("appointment_services", "is_flat")
    op.drop_column("appointment_services", "job_id")
    op.drop_index(op.f("ix_invoice_reversals_reversed_on"), table_name="invoice_reversals")
    op.drop_table("switches")
    op.drop_table("invoice_reversals")
    op.drop_index(op.f("ix_checkouts_updated_at"), table_name="checkouts")
    op.drop_index(op.f("ix_checkouts_appointment_id"), table_name="checkouts")
    op.drop_table("checkouts")
    op.drop_index(op.f("ix_approvals_job_id"), table_name="approvals")
    op.drop_index(op.f("ix_approvals_appointment_id"), table_name="approvals")
    op.drop_table("approvals")
    op.drop_index(op.f("ix_link_visits_link_id"), table_name="link_visits")
    op.drop_table("link_visits")
    op.drop_index(op.f("ix_invoice_versions_issued_on"), table_name="invoice_versions")
    op.drop_table("invoice_versions")
    op.drop_table("estimates")
    op.drop_index(op.f("ix_signed_links_appointment_id"), table_name="signed_links")
    op.drop_table("signed_links")
    op.drop_table("invoices")
    op.drop_index(
        "uq_appointment_jobs_chosen",
        table_name="appointment_jobs",
        postgresql_where=sa.text("choice_id IS NOT NULL AND is_chosen AND deleted_at IS NULL"),
    )
    op.drop_index(
        op.f("ix_appointment_jobs_revived_from_id"),
        table_name="appointment_jobs",
        postgresql_where=sa.text("revived_from_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_appointment_jobs_declined",
        table_name="appointment_jobs",
        postgresql_where=sa.text("approval = 'declined' AND deleted_at IS NULL"),
    )
    op.drop_index(op.f("ix_appointment_jobs_appointment_id"), table_name="appointment_jobs")
    op.drop_table("appointment_jobs")
    op.drop_index(op.f("ix_service_catalog_lines_catalog_id"), table_name="service_catalog_lines")
    op.drop_table("service_catalog_lines")
    op.drop_table("tax_rates")
    op.drop_index(
        "uq_service_catalog_name", table_name="service_catalog", postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.drop_table("service_catalog")
    op.drop_table("reconciliations")
    op.drop_table("labor_rates")
    op.drop_table("invoice_counters")
    op.drop_index(op.f("ix_export_runs_user_id_started_at"), table_name="export_runs")
    op.drop_table("export_runs")
    op.drop_table("devices")
    op.drop_index(op.f("ix_pairing_tries_ip_tried_at"), table_name="pairing_tries")
    op.drop_table("pairing_tries")
    op.drop_table("status_spans")
    op.drop_table("day_closes")
    op.drop_table("audit_seals")
    op.drop_index(op.f("ix_audit_checks_finished_at"), table_name="audit_checks")
    op.drop_table("audit_checks")
    op.drop_table("audit_anchors")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
