"""The database keeps that what a customer approved has a price: an approved job has a line. What was said before stays."""

from alembic import op

revision = "20261130_1841"
down_revision = "20261130_1840"
branch_labels = None
depends_on = None

# Looked at when a transaction ends: a job may come before its lines, and an edit takes the approval back with the line. The
# job's row is locked whatever it says, and read then, so that of an approval and the end of its last line at once one waits for the other.
FUNCTIONS_AND_TRIGGERS = (
    """
    CREATE FUNCTION keytag_check_approved_is_priced() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        job uuid;
        approval text;
        deleted_at timestamptz;
    BEGIN
        IF TG_TABLE_NAME = 'appointment_jobs' THEN
            job := NEW.id;
        ELSE
            job := OLD.job_id;
        END IF;
        SELECT j.approval, j.deleted_at INTO approval, deleted_at FROM appointment_jobs j WHERE j.id = job FOR NO KEY UPDATE;
        IF approval = 'approved' AND deleted_at IS NULL AND NOT EXISTS (SELECT FROM appointment_services s WHERE s.job_id = job AND s.deleted_at IS NULL) THEN
            RAISE EXCEPTION 'an approved job has a price'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_appointment_jobs_approved_is_priced';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE CONSTRAINT TRIGGER appointment_jobs_approved_is_priced AFTER INSERT OR UPDATE OF approval, deleted_at ON appointment_jobs
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.approval = 'approved' AND NEW.deleted_at IS NULL)
    EXECUTE FUNCTION keytag_check_approved_is_priced()
    """,
    """
    CREATE CONSTRAINT TRIGGER appointment_services_approved_is_priced AFTER DELETE OR UPDATE OF deleted_at, job_id ON appointment_services
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION keytag_check_approved_is_priced()
    """,
)


def upgrade() -> None:
    """Apply."""
    for statement in FUNCTIONS_AND_TRIGGERS:
        op.execute(statement)


def downgrade() -> None:
    """Take back."""
    for table in ("appointment_services", "appointment_jobs"):
        op.execute(f"DROP TRIGGER {table}_approved_is_priced ON {table}")
    op.execute("DROP FUNCTION keytag_check_approved_is_priced()")
