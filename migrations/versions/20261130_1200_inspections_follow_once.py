"""Inspections: what findings know of a point, when one was first submitted, photos that are gone; keys that are asked for."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_1200"
down_revision = "20261130_0507"
branch_labels = None
depends_on = None

FOLLOWED = "followed_result IN ('pass', 'attention', 'fail', 'na')"
FIRST = "submitted_at IS NULL OR first_submitted_at IS NOT NULL"
REMOVED = "files_removed_at IS NULL OR deleted_at IS NOT NULL"


def upgrade() -> None:
    """Apply."""
    op.add_column("inspection_items", sa.Column("followed_result", sa.Text(), nullable=True))
    op.add_column("inspection_checklists", sa.Column("first_submitted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("inspection_photos", sa.Column("files_removed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE inspection_checklists SET first_submitted_at = submitted_at WHERE submitted_at IS NOT NULL")
    op.execute(
        "UPDATE inspection_items i SET followed_result = i.result FROM inspection_checklists c "
        "WHERE c.id = i.checklist_id AND c.submitted_at IS NOT NULL"
    )
    op.create_check_constraint(op.f("ck_inspection_items_followed_result_is_known"), "inspection_items", FOLLOWED)
    op.create_check_constraint(
        op.f("ck_inspection_checklists_first_submitted_comes_first"), "inspection_checklists", FIRST
    )
    op.create_check_constraint(op.f("ck_inspection_photos_files_of_what_is_deleted_go"), "inspection_photos", REMOVED)
    op.create_index(
        op.f("ix_inspection_items_job_id"),
        "inspection_items",
        ["job_id"],
        unique=False,
        postgresql_where=sa.text("job_id IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_findings_job_id"), "findings", ["job_id"], unique=False, postgresql_where=sa.text("job_id IS NOT NULL")
    )
    op.create_index(op.f("ix_findings_opened_item_id"), "findings", ["opened_item_id"], unique=False)
    op.create_index(
        op.f("ix_inspection_photos_created_by_created_at"),
        "inspection_photos",
        ["created_by", "created_at"],
        unique=False,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_inspection_photos_created_by_created_at"), table_name="inspection_photos")
    op.drop_index(op.f("ix_findings_opened_item_id"), table_name="findings")
    op.drop_index(op.f("ix_findings_job_id"), table_name="findings", postgresql_where=sa.text("job_id IS NOT NULL"))
    op.drop_index(
        op.f("ix_inspection_items_job_id"),
        table_name="inspection_items",
        postgresql_where=sa.text("job_id IS NOT NULL"),
    )
    op.execute("DELETE FROM inspection_photos WHERE files_removed_at IS NOT NULL")
    op.drop_constraint(op.f("ck_inspection_photos_files_of_what_is_deleted_go"), "inspection_photos", type_="check")
    op.drop_constraint(
        op.f("ck_inspection_checklists_first_submitted_comes_first"), "inspection_checklists", type_="check"
    )
    op.drop_constraint(op.f("ck_inspection_items_followed_result_is_known"), "inspection_items", type_="check")
    op.drop_column("inspection_photos", "files_removed_at")
    op.drop_column("inspection_checklists", "first_submitted_at")
    op.drop_column("inspection_items", "followed_result")
