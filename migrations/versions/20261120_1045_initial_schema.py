"""The first schema: accounts, shop, customers, appointments, what hangs on them, audit, outbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261120_1045"
down_revision = None
branch_labels = None
depends_on = None

# btree_gist: equality beside ranges in the no-double-booking constraints; pg_trgm: search.
# They stay on the way down: other schemas of the database may use them.
EXTENSIONS = ("btree_gist", "pg_trgm")

FUNCTIONS = (
    "keytag_refuse_change()",
    "keytag_bump_rev()",
    "keytag_fill_appointment_names()",
    "keytag_customer_renamed()",
    "keytag_vehicle_relabeled()",
    "keytag_user_renamed()",
    "keytag_bay_renamed()",
    "keytag_payment_entered()",
    "keytag_vehicle_label(bigint, text, text)",
)

FUNCTIONS_AND_TRIGGERS = (
    # Append-only tables. TRUNCATE has its own trigger: the row trigger does not see it.
    """
    CREATE FUNCTION keytag_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $$
    """,
    *(
        f"CREATE TRIGGER {table}_append_only{suffix} BEFORE {event} ON {table} {level} EXECUTE FUNCTION keytag_refuse_change()"
        for table in ("audit_logs", "payments")
        for suffix, event, level in (
            ("", "UPDATE OR DELETE", "FOR EACH ROW"),
            ("_truncate", "TRUNCATE", "FOR EACH STATEMENT"),
        )
    ),
    # The board's digest is made of ids and revs: every change of a row must show in its rev.
    """
    CREATE FUNCTION keytag_bump_rev() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.rev := OLD.rev + 1;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER appointments_bump_rev BEFORE UPDATE ON appointments FOR EACH ROW EXECUTE FUNCTION keytag_bump_rev()",
    """
    CREATE FUNCTION keytag_vehicle_label(year bigint, make text, model text) RETURNS text
    LANGUAGE sql IMMUTABLE RETURN nullif(concat_ws(' ', year, make, model), '')
    """,
    # The card carries copies of names so that the board needs no join; these keep them true.
    """
    CREATE FUNCTION keytag_fill_appointment_names() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        SELECT name, phone INTO NEW.customer_name, NEW.customer_phone FROM customers WHERE id = NEW.customer_id;
        SELECT keytag_vehicle_label(year, make, model), plate INTO NEW.vehicle_label, NEW.plate
          FROM vehicles WHERE id = NEW.vehicle_id;
        SELECT name INTO NEW.tech_name FROM users WHERE id = NEW.tech_id;
        SELECT name INTO NEW.bay_name FROM bays WHERE id = NEW.bay_id;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER appointments_fill_names BEFORE INSERT OR UPDATE OF customer_id, vehicle_id, tech_id, bay_id
    ON appointments FOR EACH ROW EXECUTE FUNCTION keytag_fill_appointment_names()
    """,
    """
    CREATE FUNCTION keytag_customer_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE appointments SET customer_name = NEW.name, customer_phone = NEW.phone WHERE customer_id = NEW.id;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER customers_renamed AFTER UPDATE OF name, phone ON customers FOR EACH ROW
    WHEN ((OLD.name, OLD.phone) IS DISTINCT FROM (NEW.name, NEW.phone)) EXECUTE FUNCTION keytag_customer_renamed()
    """,
    """
    CREATE FUNCTION keytag_vehicle_relabeled() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE appointments SET vehicle_label = keytag_vehicle_label(NEW.year, NEW.make, NEW.model), plate = NEW.plate
         WHERE vehicle_id = NEW.id;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER vehicles_relabeled AFTER UPDATE OF year, make, model, plate ON vehicles FOR EACH ROW
    WHEN ((OLD.year, OLD.make, OLD.model, OLD.plate) IS DISTINCT FROM (NEW.year, NEW.make, NEW.model, NEW.plate))
    EXECUTE FUNCTION keytag_vehicle_relabeled()
    """,
    # A technician has thousands of past jobs: those still open follow at once, the outbox does the rest.
    """
    CREATE FUNCTION keytag_user_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE appointments SET tech_name = NEW.name WHERE tech_id = NEW.id AND is_open;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER users_renamed AFTER UPDATE OF name ON users FOR EACH ROW
    WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION keytag_user_renamed()
    """,
    """
    CREATE FUNCTION keytag_bay_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE appointments SET bay_name = NEW.name WHERE bay_id = NEW.id AND is_open;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER bays_renamed AFTER UPDATE OF name ON bays FOR EACH ROW
    WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION keytag_bay_renamed()
    """,
    # paid_cents always equals the ledger.
    """
    CREATE FUNCTION keytag_payment_entered() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE appointments SET paid_cents = paid_cents + NEW.amount_cents WHERE id = NEW.appointment_id;
        RETURN NULL;
    END $$
    """,
    "CREATE TRIGGER payments_entered AFTER INSERT ON payments FOR EACH ROW EXECUTE FUNCTION keytag_payment_entered()",
)


def upgrade() -> None:
    """Apply."""
    for extension in EXTENSIONS:
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    op.execute("CREATE SEQUENCE appointment_numbers AS bigint START 1001")
    op.create_table(
        "audit_logs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=True),
        sa.Column("actor_role", sa.Text(), nullable=True),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ip", postgresql.INET(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_logs")),
    )
    op.create_index("ix_audit_logs_entity_id_id", "audit_logs", ["entity_id", "id"], unique=False)
    op.create_table(
        "customers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("phone ~ '^\\+[1-9][0-9]{6,14}$'", name=op.f("ck_customers_phone_is_e164")),
        sa.ForeignKeyConstraint(
            ["merged_into_id"],
            ["customers.id"],
            name=op.f("fk_customers_merged_into_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
    )
    op.create_index("ix_customers_email", "customers", ["email"], unique=False)
    op.create_index(
        "ix_customers_name_key_trigram",
        "customers",
        ["name_key"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name_key": "gin_trgm_ops"},
    )
    op.create_index(
        "ix_customers_phone_trigram",
        "customers",
        ["phone"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"phone": "gin_trgm_ops"},
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(
        op.f("ix_idempotency_keys_created_at"),
        "idempotency_keys",
        ["created_at"],
        unique=False,
    )
    op.create_table(
        "locations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), server_default="USD", nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("opens_at", sa.Time(), nullable=False),
        sa.Column("closes_at", sa.Time(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_locations_currency_is_iso_4217")),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_locations_opens_before_it_closes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locations")),
        sa.UniqueConstraint("name", name=op.f("uq_locations_name")),
    )
    op.create_table(
        "login_attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ip", postgresql.INET(), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempts")),
    )
    op.create_index(
        op.f("ix_login_attempts_attempted_at"),
        "login_attempts",
        ["attempted_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_login_attempts_ip_attempted_at"),
        "login_attempts",
        ["ip", "attempted_at"],
        unique=False,
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_published_at", "outbox", ["published_at"], unique=False)
    op.create_index(
        "ix_outbox_unpublished",
        "outbox",
        ["id"],
        unique=False,
        postgresql_where=sa.text("published_at IS NULL"),
    )
    op.create_table(
        "schedule_leases",
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("period", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("task", "period", name=op.f("pk_schedule_leases")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("color", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('Owner', 'Advisor', 'Tech', 'Accountant')",
            name=op.f("ck_users_role_is_known"),
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_users_email_is_lower_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "bays",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_order", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_bays_location_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bays")),
        sa.UniqueConstraint("location_id", "name", name=op.f("uq_bays_location_id_name")),
    )
    op.create_table(
        "outbox_deliveries",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["outbox.id"],
            name=op.f("fk_outbox_deliveries_event_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", "task", name=op.f("pk_outbox_deliveries")),
    )
    op.create_index(
        "ix_outbox_deliveries_due",
        "outbox_deliveries",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL AND failed_at IS NULL"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("ip", postgresql.INET(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"], unique=False)
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)
    op.create_table(
        "user_locations",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"],
            ["locations.id"],
            name=op.f("fk_user_locations_location_id"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_locations_user_id")),
        sa.PrimaryKeyConstraint("user_id", "location_id", name=op.f("pk_user_locations")),
    )
    op.create_index(
        op.f("ix_user_locations_location_id"),
        "user_locations",
        ["location_id"],
        unique=False,
    )
    op.create_table(
        "vehicles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("year", sa.BigInteger(), nullable=True),
        sa.Column("make", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("trim", sa.Text(), nullable=True),
        sa.Column("engine", sa.Text(), nullable=True),
        sa.Column("color", sa.Text(), nullable=True),
        sa.Column("plate", sa.Text(), nullable=True),
        sa.Column("plate_key", sa.Text(), nullable=True),
        sa.Column("plate_state", sa.Text(), nullable=True),
        sa.Column("vin", sa.Text(), nullable=True),
        sa.Column("mileage", sa.BigInteger(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "vin ~ '^[A-HJ-NPR-Z0-9]{17}$'",
            name=op.f("ck_vehicles_vin_has_17_characters"),
        ),
        sa.CheckConstraint(
            "mileage BETWEEN 0 AND 9999999",
            name=op.f("ck_vehicles_mileage_is_plausible"),
        ),
        sa.CheckConstraint("year BETWEEN 1886 AND 2100", name=op.f("ck_vehicles_year_is_plausible")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_vehicles_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicles")),
    )
    op.create_index(op.f("ix_vehicles_customer_id"), "vehicles", ["customer_id"], unique=False)
    op.create_index(
        "ix_vehicles_plate_key_trigram",
        "vehicles",
        ["plate_key"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"plate_key": "gin_trgm_ops"},
    )
    op.create_index(
        "ix_vehicles_vin_trigram",
        "vehicles",
        ["vin"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"vin": "gin_trgm_ops"},
    )
    op.create_index(
        "uq_vehicles_vin",
        "vehicles",
        ["vin"],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "appointments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "number",
            sa.BigInteger(),
            server_default=sa.text("nextval('appointment_numbers')"),
            nullable=False,
        ),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "during",
            postgresql.TSTZRANGE(),
            sa.Computed("tstzrange(starts_at, ends_at, '[)')", persisted=True),
            nullable=False,
        ),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("order_key", sa.Double(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("rev", sa.BigInteger(), server_default="1", nullable=False),
        # Beside the others that every move changes: PostgreSQL logs what lies between the first and the last of them.
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("vehicle_id", sa.Uuid(), nullable=True),
        sa.Column("tech_id", sa.Uuid(), nullable=True),
        sa.Column("bay_id", sa.Uuid(), nullable=True),
        sa.Column("key_tag", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("is_waiting", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("overbook_reason", sa.Text(), nullable=True),
        sa.Column("overbooked_by", sa.Uuid(), nullable=True),
        sa.Column("overbooked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("total_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("paid_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("unread_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("customer_name", sa.Text(), nullable=True),
        sa.Column("customer_phone", sa.Text(), nullable=True),
        sa.Column("vehicle_label", sa.Text(), nullable=True),
        sa.Column("plate", sa.Text(), nullable=True),
        sa.Column("tech_name", sa.Text(), nullable=True),
        sa.Column("bay_name", sa.Text(), nullable=True),
        sa.Column("services_summary", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "blocks",
            sa.Boolean(),
            sa.Computed(
                "status NOT IN ('CANCELED', 'NO_SHOW') AND deleted_at IS NULL AND overbook_reason IS NULL",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "is_open",
            sa.Boolean(),
            sa.Computed(
                "status IN ('IN_PROGRESS', 'READY', 'SCHEDULED') AND deleted_at IS NULL",
                persisted=True,
            ),
            nullable=False,
        ),
        postgresql.ExcludeConstraint(
            (sa.column("bay_id"), "="),
            (sa.column("during"), "&&"),
            where=sa.text("blocks"),
            using="gist",
            name="ex_appointments_bay",
        ),
        postgresql.ExcludeConstraint(
            (sa.column("tech_id"), "="),
            (sa.column("during"), "&&"),
            where=sa.text("blocks"),
            using="gist",
            name="ex_appointments_technician",
        ),
        sa.CheckConstraint(
            "ends_at - starts_at <= interval '31 days'",
            name=op.f("ck_appointments_lasts_at_most_31_days"),
        ),
        sa.CheckConstraint(
            "status IN ('SCHEDULED', 'IN_PROGRESS', 'READY', 'COMPLETED', 'NO_SHOW', 'CANCELED')",
            name=op.f("ck_appointments_status_is_known"),
        ),
        sa.CheckConstraint(
            "(overbook_reason IS NULL) = (overbooked_by IS NULL) AND (overbook_reason IS NULL) = (overbooked_at IS NULL)",
            name=op.f("ck_appointments_overbooking_says_who_when_why"),
        ),
        sa.CheckConstraint(
            "check_out_at >= check_in_at",
            name=op.f("ck_appointments_checks_in_before_out"),
        ),
        sa.CheckConstraint(
            "customer_id IS NOT NULL OR vehicle_id IS NOT NULL",
            name=op.f("ck_appointments_names_a_customer_or_a_vehicle"),
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_appointments_starts_before_it_ends")),
        sa.ForeignKeyConstraint(["bay_id"], ["bays.id"], name=op.f("fk_appointments_bay_id")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_appointments_created_by")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_appointments_customer_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_appointments_location_id")),
        sa.ForeignKeyConstraint(["overbooked_by"], ["users.id"], name=op.f("fk_appointments_overbooked_by")),
        sa.ForeignKeyConstraint(["tech_id"], ["users.id"], name=op.f("fk_appointments_tech_id")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicles.id"], name=op.f("fk_appointments_vehicle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
        postgresql_with={"fillfactor": "85"},
    )
    op.create_index(
        "ix_appointments_customer_id_starts_at",
        "appointments",
        ["customer_id", "starts_at"],
        unique=False,
    )
    op.create_index(
        "ix_appointments_location_id_day",
        "appointments",
        ["location_id", "day"],
        unique=False,
    )
    op.create_index(
        "ix_appointments_on_premises",
        "appointments",
        ["location_id"],
        unique=False,
        postgresql_where=sa.text("check_in_at IS NOT NULL AND check_out_at IS NULL"),
    )
    op.create_index("ix_appointments_tech_id_day", "appointments", ["tech_id", "day"], unique=False)
    op.create_index(
        "ix_appointments_vehicle_id_starts_at",
        "appointments",
        ["vehicle_id", "starts_at"],
        unique=False,
    )
    op.create_index(
        "uq_appointments_key_tag",
        "appointments",
        ["location_id", "key_tag"],
        unique=True,
        postgresql_where=sa.text("is_open"),
    )
    op.create_index("uq_appointments_number", "appointments", ["number"], unique=True)
    op.create_table(
        "refresh_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sessions.id"],
            name=op.f("fk_refresh_tokens_session_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_tokens")),
    )
    op.create_index(
        op.f("ix_refresh_tokens_session_id"),
        "refresh_tokens",
        ["session_id"],
        unique=False,
    )
    op.create_table(
        "appointment_services",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("sort_order", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("hours", sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column("price_cents", sa.BigInteger(), nullable=False),
        sa.Column("approval", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "approval IN ('pending', 'approved', 'declined')",
            name=op.f("ck_appointment_services_approval_is_known"),
        ),
        sa.CheckConstraint(
            "kind IN ('labor', 'part', 'fee')",
            name=op.f("ck_appointment_services_kind_is_known"),
        ),
        sa.CheckConstraint("hours >= 0", name=op.f("ck_appointment_services_hours_are_not_negative")),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_appointment_services_appointment_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_services")),
    )
    op.create_index(
        op.f("ix_appointment_services_appointment_id"),
        "appointment_services",
        ["appointment_id"],
        unique=False,
    )
    op.create_table(
        "inspection_checklists",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_inspection_checklists_appointment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["users.id"],
            name=op.f("fk_inspection_checklists_created_by"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_checklists")),
    )
    op.create_index(
        op.f("ix_inspection_checklists_appointment_id"),
        "inspection_checklists",
        ["appointment_id"],
        unique=False,
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("channel IN ('sms', 'email')", name=op.f("ck_messages_channel_is_known")),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_messages_direction_is_known")),
        sa.CheckConstraint(
            "status IN ('queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed', 'received')",
            name=op.f("ck_messages_status_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_messages_appointment_id"),
        ),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_messages_created_by")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_messages_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index(
        "ix_messages_appointment_id_created_at",
        "messages",
        ["appointment_id", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_messages_unread",
        "messages",
        ["appointment_id"],
        unique=False,
        postgresql_where=sa.text("direction = 'in' AND read_at IS NULL"),
    )
    op.create_table(
        "payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("accounting_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'payment' AND amount_cents > 0 AND reverses_id IS NULL) OR (kind <> 'payment' AND amount_cents < 0 AND reverses_id IS NOT NULL)",
            name=op.f("ck_payments_sign_follows_kind"),
        ),
        sa.CheckConstraint(
            "kind IN ('payment', 'void', 'refund')",
            name=op.f("ck_payments_kind_is_known"),
        ),
        sa.CheckConstraint(
            "method IN ('cash', 'card', 'check', 'ach', 'other')",
            name=op.f("ck_payments_method_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_payments_appointment_id"),
        ),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_payments_created_by")),
        sa.ForeignKeyConstraint(["reverses_id"], ["payments.id"], name=op.f("fk_payments_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
    )
    op.create_index(op.f("ix_payments_appointment_id"), "payments", ["appointment_id"], unique=False)
    op.create_table(
        "inspection_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("checklist_id", sa.Uuid(), nullable=False),
        sa.Column("sort_order", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "result IN ('pass', 'attention', 'fail')",
            name=op.f("ck_inspection_items_result_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["checklist_id"],
            ["inspection_checklists.id"],
            name=op.f("fk_inspection_items_checklist_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_items")),
    )
    op.create_index(
        op.f("ix_inspection_items_checklist_id"),
        "inspection_items",
        ["checklist_id"],
        unique=False,
    )
    for statement in FUNCTIONS_AND_TRIGGERS:
        op.execute(statement)


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_inspection_items_checklist_id"), table_name="inspection_items")
    op.drop_table("inspection_items")
    op.drop_index(op.f("ix_payments_appointment_id"), table_name="payments")
    op.drop_table("payments")
    op.drop_index(
        "ix_messages_unread",
        table_name="messages",
        postgresql_where=sa.text("direction = 'in' AND read_at IS NULL"),
    )
    op.drop_index("ix_messages_appointment_id_created_at", table_name="messages")
    op.drop_table("messages")
    op.drop_index(
        op.f("ix_inspection_checklists_appointment_id"),
        table_name="inspection_checklists",
    )
    op.drop_table("inspection_checklists")
    op.drop_index(
        op.f("ix_appointment_services_appointment_id"),
        table_name="appointment_services",
    )
    op.drop_table("appointment_services")
    op.drop_index(op.f("ix_refresh_tokens_session_id"), table_name="refresh_tokens")
    op.drop_table("refresh_tokens")
    op.drop_index("uq_appointments_number", table_name="appointments")
    op.drop_index(
        "uq_appointments_key_tag",
        table_name="appointments",
        postgresql_where=sa.text("is_open"),
    )
    op.drop_index("ix_appointments_vehicle_id_starts_at", table_name="appointments")
    op.drop_index("ix_appointments_tech_id_day", table_name="appointments")
    op.drop_index(
        "ix_appointments_on_premises",
        table_name="appointments",
        postgresql_where=sa.text("check_in_at IS NOT NULL AND check_out_at IS NULL"),
    )
    op.drop_index("ix_appointments_location_id_day", table_name="appointments")
    op.drop_index("ix_appointments_customer_id_starts_at", table_name="appointments")
    op.drop_table("appointments")
    op.drop_index(
        "uq_vehicles_vin",
        table_name="vehicles",
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.drop_index(
        "ix_vehicles_vin_trigram",
        table_name="vehicles",
        postgresql_using="gin",
        postgresql_ops={"vin": "gin_trgm_ops"},
    )
    op.drop_index(
        "ix_vehicles_plate_key_trigram",
        table_name="vehicles",
        postgresql_using="gin",
        postgresql_ops={"plate_key": "gin_trgm_ops"},
    )
    op.drop_index(op.f("ix_vehicles_customer_id"), table_name="vehicles")
    op.drop_table("vehicles")
    op.drop_index(op.f("ix_user_locations_location_id"), table_name="user_locations")
    op.drop_table("user_locations")
    op.drop_index(op.f("ix_sessions_user_id"), table_name="sessions")
    op.drop_index(op.f("ix_sessions_expires_at"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_index(
        "ix_outbox_deliveries_due",
        table_name="outbox_deliveries",
        postgresql_where=sa.text("done_at IS NULL AND failed_at IS NULL"),
    )
    op.drop_table("outbox_deliveries")
    op.drop_table("bays")
    op.drop_table("users")
    op.drop_table("schedule_leases")
    op.drop_index(
        "ix_outbox_unpublished",
        table_name="outbox",
        postgresql_where=sa.text("published_at IS NULL"),
    )
    op.drop_index("ix_outbox_published_at", table_name="outbox")
    op.drop_table("outbox")
    op.drop_index(op.f("ix_login_attempts_ip_attempted_at"), table_name="login_attempts")
    op.drop_index(op.f("ix_login_attempts_attempted_at"), table_name="login_attempts")
    op.drop_table("login_attempts")
    op.drop_table("locations")
    op.drop_index(op.f("ix_idempotency_keys_created_at"), table_name="idempotency_keys")
    op.drop_table("idempotency_keys")
    op.drop_index(
        "ix_customers_phone_trigram",
        table_name="customers",
        postgresql_using="gin",
        postgresql_ops={"phone": "gin_trgm_ops"},
    )
    op.drop_index(
        "ix_customers_name_key_trigram",
        table_name="customers",
        postgresql_using="gin",
        postgresql_ops={"name_key": "gin_trgm_ops"},
    )
    op.drop_index("ix_customers_email", table_name="customers")
    op.drop_table("customers")
    op.drop_index("ix_audit_logs_entity_id_id", table_name="audit_logs")
    op.drop_table("audit_logs")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    op.execute("DROP SEQUENCE appointment_numbers")
