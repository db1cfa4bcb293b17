"""The local day on which a car left: a car of an earlier day is on the board of the day that it left."""

import sqlalchemy as sa
from alembic import op

revision = "20261120_1440"
down_revision = "20261120_1420"
branch_labels = None
depends_on = None

LEFT_LATER = sa.text("left_on > day")


def upgrade() -> None:
    """Apply."""
    op.add_column("appointments", sa.Column("left_on", sa.Date(), nullable=True))
    op.execute(
        """
        CREATE FUNCTION keytag_set_left_on() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            SELECT (NEW.check_out_at AT TIME ZONE timezone)::date INTO NEW.left_on FROM locations WHERE id = NEW.location_id;
            RETURN NEW;
        END $$
        """
    )
    for event, condition in (
        ("INSERT", "NEW.check_out_at IS NOT NULL"),
        ("UPDATE", "NEW.check_out_at IS DISTINCT FROM OLD.check_out_at"),
    ):
        op.execute(
            f"""
            CREATE TRIGGER appointments_left_on_{event.lower()} BEFORE {event} ON appointments FOR EACH ROW
            WHEN ({condition}) EXECUTE FUNCTION keytag_set_left_on()
            """
        )
    op.execute(
        """
        UPDATE appointments a SET left_on = (a.check_out_at AT TIME ZONE l.timezone)::date
          FROM locations l WHERE l.id = a.location_id AND a.check_out_at IS NOT NULL
        """
    )
    op.create_index(
        "ix_appointments_left_later", "appointments", ["location_id", "left_on"], postgresql_where=LEFT_LATER
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_appointments_left_later", table_name="appointments", postgresql_where=LEFT_LATER)
    for event in ("insert", "update"):
        op.execute(f"DROP TRIGGER appointments_left_on_{event} ON appointments")
    op.execute("DROP FUNCTION keytag_set_left_on()")
    op.drop_column("appointments", "left_on")
