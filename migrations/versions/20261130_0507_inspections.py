"""Inspections: templates with versions, who fills and submitted, readings, photos, findings; technicians' clocks and PINs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261130_0507"
down_revision = "20261130_0447"
branch_labels = None
depends_on = None

CHECKS = {
    ("inspection_checklists", "status_is_known"): "status IN ('open', 'submitted')",
    ("inspection_checklists", "submitted_has_its_time"): "(status = 'submitted') = (submitted_at IS NOT NULL)",
    ("inspection_items", "a_reading_has_a_unit"): "reading IS NULL OR unit IS NOT NULL",
}
RESULTS = "result IN ('pass', 'attention', 'fail', 'na')"
CATEGORIES = "category IN ('appointment', 'status', 'inspection', 'estimate', 'payment', 'general', 'marketing')"
OLD_CATEGORIES = "category IN ('appointment', 'status', 'estimate', 'payment', 'general', 'marketing')"
OLD_RESULTS = "result IN ('pass', 'attention', 'fail')"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "inspection_templates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("visit_type", sa.Text(), nullable=True),
        sa.Column("from_age", sa.BigInteger(), nullable=True),
        sa.Column("to_age", sa.BigInteger(), nullable=True),
        sa.Column("from_mileage", sa.BigInteger(), nullable=True),
        sa.Column("to_mileage", sa.BigInteger(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "from_age <= to_age AND from_mileage <= to_mileage",
            name=op.f("ck_inspection_templates_limits_are_in_order"),
        ),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_inspection_templates_location_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_templates")),
    )
    op.create_table(
        "inspection_template_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("version_no", sa.BigInteger(), nullable=False),
        sa.Column("points", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_inspection_template_versions_created_by")),
        sa.ForeignKeyConstraint(
            ["template_id"], ["inspection_templates.id"], name=op.f("fk_inspection_template_versions_template_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_template_versions")),
        sa.UniqueConstraint(
            "template_id", "version_no", name=op.f("uq_inspection_template_versions_template_id_version_no")
        ),
    )
    op.create_table(
        "work_timers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pause_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "pause_reason IN ('needs_part', 'needs_approval', 'break', 'helps_elsewhere', 'other')",
            name=op.f("ck_work_timers_pause_reason_is_known"),
        ),
        sa.CheckConstraint(
            "pause_reason IS NULL OR stopped_at IS NOT NULL", name=op.f("ck_work_timers_a_running_clock_has_no_reason")
        ),
        sa.CheckConstraint("stopped_at >= started_at", name=op.f("ck_work_timers_stops_after_it_starts")),
        postgresql.ExcludeConstraint(
            (sa.column("user_id"), "="),
            (sa.text("tstzrange(started_at, stopped_at)"), "&&"),
            using="gist",
            name=op.f("ex_work_timers_one_at_a_time"),
        ),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name=op.f("fk_work_timers_appointment_id")),
        sa.ForeignKeyConstraint(["job_id"], ["appointment_jobs.id"], name=op.f("fk_work_timers_job_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_work_timers_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_timers")),
    )
    op.create_index(op.f("ix_work_timers_appointment_id"), "work_timers", ["appointment_id"], unique=False)
    op.create_index(op.f("ix_work_timers_user_id_started_at"), "work_timers", ["user_id", "started_at"], unique=False)
    op.create_index(
        "uq_work_timers_running",
        "work_timers",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("stopped_at IS NULL"),
    )
    op.create_table(
        "work_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("is_passed", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('test_drive', 'quality')", name=op.f("ck_work_checks_kind_is_known")),
        sa.CheckConstraint("is_passed OR note IS NOT NULL", name=op.f("ck_work_checks_what_is_not_passed_says_why")),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name=op.f("fk_work_checks_appointment_id")),
        sa.ForeignKeyConstraint(["checked_by"], ["users.id"], name=op.f("fk_work_checks_checked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_checks")),
    )
    op.create_index(op.f("ix_work_checks_appointment_id"), "work_checks", ["appointment_id"], unique=False)
    op.create_table(
        "findings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("point_key", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("opened_item_id", sa.Uuid(), nullable=False),
        sa.Column("latest_item_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.CheckConstraint("severity IN ('attention', 'fail')", name=op.f("ck_findings_severity_is_known")),
        sa.CheckConstraint(
            "(resolved_at IS NULL) = (resolution IS NULL)", name=op.f("ck_findings_a_resolution_says_how")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["appointment_jobs.id"], name=op.f("fk_findings_job_id")),
        sa.ForeignKeyConstraint(["latest_item_id"], ["inspection_items.id"], name=op.f("fk_findings_latest_item_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_findings_location_id")),
        sa.ForeignKeyConstraint(["opened_item_id"], ["inspection_items.id"], name=op.f("fk_findings_opened_item_id")),
        sa.ForeignKeyConstraint(["resolved_by"], ["users.id"], name=op.f("fk_findings_resolved_by")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicles.id"], name=op.f("fk_findings_vehicle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    op.create_index(op.f("ix_findings_vehicle_id"), "findings", ["vehicle_id"], unique=False)
    op.create_index(
        "uq_findings_open",
        "findings",
        ["vehicle_id", "point_key"],
        unique=True,
        postgresql_where=sa.text("resolved_at IS NULL AND point_key IS NOT NULL"),
    )
    op.create_table(
        "inspection_photos",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("byte_count", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("storage_key", sa.Text(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=True),
        sa.Column("height", sa.BigInteger(), nullable=True),
        sa.Column("annotations", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("content_hash ~ '^[0-9a-f]{64}$'", name=op.f("ck_inspection_photos_hash_is_sha256")),
        sa.CheckConstraint(
            "(stored_at IS NULL) = (width IS NULL) AND (stored_at IS NULL) = (height IS NULL)",
            name=op.f("ck_inspection_photos_stored_has_its_size"),
        ),
        sa.CheckConstraint(
            "byte_count BETWEEN 1 AND 10485760", name=op.f("ck_inspection_photos_size_is_at_most_10_mib")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_inspection_photos_created_by")),
        sa.ForeignKeyConstraint(["item_id"], ["inspection_items.id"], name=op.f("fk_inspection_photos_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_photos")),
    )
    op.create_index(op.f("ix_inspection_photos_item_id"), "inspection_photos", ["item_id"], unique=False)
    op.create_table(
        "photo_chunks",
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "start >= 0 AND octet_length(content) BETWEEN 1 AND 262144", name=op.f("ck_photo_chunks_chunk_is_small")
        ),
        sa.ForeignKeyConstraint(["photo_id"], ["inspection_photos.id"], name=op.f("fk_photo_chunks_photo_id")),
        sa.PrimaryKeyConstraint("photo_id", "start", name=op.f("pk_photo_chunks")),
    )
    op.add_column(
        "appointments", sa.Column("needs_part", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column(
        "appointments", sa.Column("needs_approval", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("appointments", sa.Column("visit_type", sa.Text(), nullable=True))
    op.add_column("inspection_checklists", sa.Column("template_version_id", sa.Uuid(), nullable=True))
    op.add_column("inspection_checklists", sa.Column("status", sa.Text(), server_default="open", nullable=False))
    op.add_column("inspection_checklists", sa.Column("holder_id", sa.Uuid(), nullable=True))
    op.add_column("inspection_checklists", sa.Column("started_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("inspection_checklists", sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("inspection_checklists", sa.Column("submitted_by", sa.Uuid(), nullable=True))
    op.add_column("inspection_checklists", sa.Column("link_id", sa.Uuid(), nullable=True))
    op.add_column("inspection_checklists", sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("inspection_checklists", sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column("inspection_checklists", sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE inspection_checklists SET updated_at = created_at, started_at = created_at, holder_id = created_by"
    )
    op.alter_column("inspection_checklists", "updated_at", nullable=False)
    op.add_column("inspection_checklists", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        op.f("ix_inspection_checklists_submitted_at"), "inspection_checklists", ["submitted_at"], unique=False
    )
    op.create_foreign_key(
        op.f("fk_inspection_checklists_template_version_id"),
        "inspection_checklists",
        "inspection_template_versions",
        ["template_version_id"],
        ["id"],
    )
    op.create_foreign_key(
        op.f("fk_inspection_checklists_submitted_by"), "inspection_checklists", "users", ["submitted_by"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_inspection_checklists_holder_id"), "inspection_checklists", "users", ["holder_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_inspection_checklists_link_id"), "inspection_checklists", "signed_links", ["link_id"], ["id"]
    )
    op.add_column("inspection_items", sa.Column("point_key", sa.Text(), nullable=True))
    op.add_column("inspection_items", sa.Column("section", sa.Text(), nullable=True))
    op.add_column("inspection_items", sa.Column("help", sa.Text(), nullable=True))
    op.add_column("inspection_items", sa.Column("unit", sa.Text(), nullable=True))
    op.add_column("inspection_items", sa.Column("limits", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column(
        "inspection_items", sa.Column("needs_photo", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("inspection_items", sa.Column("catalog_id", sa.Uuid(), nullable=True))
    op.add_column("inspection_items", sa.Column("reading", sa.Numeric(precision=10, scale=2), nullable=True))
    op.add_column("inspection_items", sa.Column("job_id", sa.Uuid(), nullable=True))
    op.add_column("inspection_items", sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column("inspection_items", sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("inspection_items", sa.Column("updated_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_inspection_items_updated_by"), "inspection_items", "users", ["updated_by"], ["id"])
    op.create_foreign_key(
        op.f("fk_inspection_items_catalog_id"), "inspection_items", "service_catalog", ["catalog_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_inspection_items_job_id"), "inspection_items", "appointment_jobs", ["job_id"], ["id"]
    )
    op.add_column("appointment_jobs", sa.Column("cause", sa.Text(), nullable=True))
    op.add_column("appointment_jobs", sa.Column("correction", sa.Text(), nullable=True))
    op.add_column(
        "locations", sa.Column("is_checked_by_another", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("sessions", sa.Column("device_id", sa.Uuid(), nullable=True))
    op.add_column("users", sa.Column("pin_hash", sa.Text(), nullable=True))
    op.add_column("users", sa.Column("pin_failures", sa.BigInteger(), server_default="0", nullable=False))
    for (table, name), condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
    op.drop_constraint(op.f("ck_inspection_items_result_is_known"), "inspection_items", type_="check")
    op.create_check_constraint(op.f("ck_inspection_items_result_is_known"), "inspection_items", RESULTS)
    op.drop_constraint(op.f("ck_message_templates_category_is_known"), "message_templates", type_="check")
    op.create_check_constraint(op.f("ck_message_templates_category_is_known"), "message_templates", CATEGORIES)
    for suffix, event, level in (
        ("", "UPDATE OR DELETE", "FOR EACH ROW"),
        ("_truncate", "TRUNCATE", "FOR EACH STATEMENT"),
    ):
        for table in ("inspection_template_versions", "work_checks"):
            op.execute(
                f"CREATE TRIGGER {table}_append_only{suffix} BEFORE {event} ON {table} "
                f"{level} EXECUTE FUNCTION keytag_refuse_change()"
            )


def downgrade() -> None:
    """Take back."""
    op.execute("UPDATE message_templates SET category = 'general' WHERE category = 'inspection'")
    op.drop_constraint(op.f("ck_message_templates_category_is_known"), "message_templates", type_="check")
    op.create_check_constraint(op.f("ck_message_templates_category_is_known"), "message_templates", OLD_CATEGORIES)
    op.execute("UPDATE inspection_items SET result = NULL WHERE result = 'na'")
    op.drop_constraint(op.f("ck_inspection_items_result_is_known"), "inspection_items", type_="check")
    op.create_check_constraint(op.f("ck_inspection_items_result_is_known"), "inspection_items", OLD_RESULTS)
    for table, name in CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.drop_column("users", "pin_failures")
    op.drop_column("users", "pin_hash")
    op.drop_column("sessions", "device_id")
    op.drop_column("locations", "is_checked_by_another")
    op.drop_column("appointment_jobs", "correction")
    op.drop_column("appointment_jobs", "cause")
    op.drop_constraint(op.f("fk_inspection_items_job_id"), "inspection_items", type_="foreignkey")
    op.drop_constraint(op.f("fk_inspection_items_catalog_id"), "inspection_items", type_="foreignkey")
    op.drop_constraint(op.f("fk_inspection_items_updated_by"), "inspection_items", type_="foreignkey")
    op.drop_column("inspection_items", "updated_by")
    op.drop_column("inspection_items", "updated_at")
    op.drop_column("inspection_items", "version")
    op.drop_column("inspection_items", "job_id")
    op.drop_column("inspection_items", "reading")
    op.drop_column("inspection_items", "catalog_id")
    op.drop_column("inspection_items", "needs_photo")
    op.drop_column("inspection_items", "limits")
    op.drop_column("inspection_items", "unit")
    op.drop_column("inspection_items", "help")
    op.drop_column("inspection_items", "section")
    op.drop_column("inspection_items", "point_key")
    op.drop_constraint(op.f("fk_inspection_checklists_link_id"), "inspection_checklists", type_="foreignkey")
    op.drop_constraint(op.f("fk_inspection_checklists_holder_id"), "inspection_checklists", type_="foreignkey")
    op.drop_constraint(op.f("fk_inspection_checklists_submitted_by"), "inspection_checklists", type_="foreignkey")
    op.drop_constraint(
        op.f("fk_inspection_checklists_template_version_id"), "inspection_checklists", type_="foreignkey"
    )
    op.drop_column("inspection_checklists", "deleted_at")
    op.drop_column("inspection_checklists", "updated_at")
    op.drop_column("inspection_checklists", "version")
    op.drop_column("inspection_checklists", "sent_at")
    op.drop_column("inspection_checklists", "link_id")
    op.drop_column("inspection_checklists", "submitted_by")
    op.drop_column("inspection_checklists", "submitted_at")
    op.drop_column("inspection_checklists", "started_at")
    op.drop_column("inspection_checklists", "holder_id")
    op.drop_column("inspection_checklists", "status")
    op.drop_column("inspection_checklists", "template_version_id")
    op.drop_column("appointments", "visit_type")
    op.drop_column("appointments", "needs_approval")
    op.drop_column("appointments", "needs_part")
    op.drop_table("photo_chunks")
    op.drop_index(op.f("ix_inspection_photos_item_id"), table_name="inspection_photos")
    op.drop_table("inspection_photos")
    op.drop_index(
        "uq_findings_open",
        table_name="findings",
        postgresql_where=sa.text("resolved_at IS NULL AND point_key IS NOT NULL"),
    )
    op.drop_index(op.f("ix_findings_vehicle_id"), table_name="findings")
    op.drop_table("findings")
    op.drop_index(op.f("ix_work_checks_appointment_id"), table_name="work_checks")
    op.drop_table("work_checks")
    op.drop_index("uq_work_timers_running", table_name="work_timers", postgresql_where=sa.text("stopped_at IS NULL"))
    op.drop_index(op.f("ix_work_timers_user_id_started_at"), table_name="work_timers")
    op.drop_index(op.f("ix_work_timers_appointment_id"), table_name="work_timers")
    op.drop_table("work_timers")
    op.drop_table("inspection_template_versions")
    op.drop_table("inspection_templates")
