"""Fill an empty database with the demo shop, in one transaction."""

from collections import Counter
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.orm import Session

from backend.accounts.models import User
from backend.accounts.permissions import PERMISSION_MATRIX, Permission
from backend.accounts.rules import hash_password
from backend.appointments.models import Appointment
from backend.core.errors import ConflictError
from backend.core.locks import Fixed
from backend.demo import clocking, closing, estimating, invoicing, pictures
from backend.demo.rows import build_tables
from backend.demo.tables import Table
from backend.photos.providers import open_store
from backend.settings import Settings
from backend.shop.models import Location
from backend.stats import commands as stats

PIN = "508214"
PASSWORD = "keytag-demo"  # noqa: S105  public on purpose; the demo shop refuses to be made in production
_PHOTOS = sa.text(
    "SELECT p.storage_key, i.section FROM inspection_photos p JOIN inspection_items i ON i.id = p.item_id ORDER BY p.id"
)


class DemoRefusedError(ConflictError):
    """409: here the demo shop must not be made; nothing was written."""

    code = "demo_refused"


def seed_demo(session: Session, settings: Settings, *, now: datetime, only_if_empty: bool = False) -> dict[str, int]:
    """Make the demo shop as it stands at `now`; return the number of rows by table, nothing where nothing was to do.

    Raises:
        DemoRefusedError: production, or KEYTAG_DEMO is off, or there are locations and not `only_if_empty`.
    """
    if settings.is_production:
        raise DemoRefusedError("The demo shop and its known passwords are not for production.")
    if not settings.is_demo:
        raise DemoRefusedError("Set KEYTAG_DEMO=1 to say that this database is for the demo shop.")
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(Fixed.DEMO.value)))
    if session.scalar(sa.select(sa.exists().where(Location.id.is_not(None)))):
        if only_if_empty:
            return {}
        raise DemoRefusedError("This database holds a shop already; the demo shop needs an empty one.")
    # A slow machine takes its time: nobody waits behind these statements.
    session.execute(sa.text("SET LOCAL statement_timeout = 0"))
    # Of tables that are being filled the planner knows nothing, or what they held before: what reads them whole joins by hash.
    session.execute(sa.text("SET LOCAL enable_nestloop = off"))
    tables = build_tables(now, lambda: hash_password(PASSWORD))
    for table in tables:
        _write(session, table)
    # Everybody who fills inspections opens the tablets with the same PIN.
    may_fill = User.role.in_(PERMISSION_MATRIX[Permission.INSPECTION_FILL])
    session.execute(sa.update(User).where(may_fill).values(pin_hash=hash_password(PIN)))
    pictures.keep(open_store(settings), [(row.storage_key, row.section) for row in session.execute(_PHOTOS)])
    invoices = invoicing.build_tables(session)
    for table in invoices:
        _write(session, table)
    invoicing.lock_visits(session)
    tables += invoices
    estimates = estimating.build_tables(session, now)
    for table in estimates:
        _write(session, table)
    tables += estimates
    clocks = clocking.build_tables(session, now)
    for table in clocks:
        _write(session, table)
    tables += clocks
    # Last: a closed day takes no more entries.
    closes = closing.build_tables(session, now)
    for table in closes:
        _write(session, table)
    tables += closes
    # People's numbers go on after the demo's.
    session.execute(sa.text("SELECT setval('appointment_numbers', (SELECT max(number) FROM appointments))"))
    # The log came without events that anybody follows.
    stats.fill_spans(session, session.scalars(sa.select(Appointment.id)))
    counts: Counter[str] = Counter()
    for table in tables:
        counts[table.name] += len(table.rows)
    return dict(counts)


def midday(day: date) -> datetime:
    """Return 13:00 in New York on `day`: morning in Mesa, and `day` at both locations."""
    return datetime.combine(day, time(13), tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)


def _write(session: Session, table: Table) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, table.columns))
    )
    connection = session.connection().connection.driver_connection
    assert connection is not None
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in table.rows:
            copy.write_row(row)
