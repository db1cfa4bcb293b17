"""Run migrations one transaction each, under a lock, giving up early rather than blocking the shop."""

import os
from importlib import import_module
from pathlib import Path

import sqlalchemy as sa
from alembic import context

# Only to compare models with the database (`alembic check`, autogenerate); migrations import no models.
from backend.core import idempotency  # noqa: F401
from backend.core.db import Model
from backend.settings import database_url
from migrations import roles

for models in sorted((Path(__file__).parents[1] / "backend").glob("*/models.py")):
    import_module(f"backend.{models.parent.name}.models")

LOCK_TIMEOUT = "4s"
STATEMENT_TIMEOUT = "60s"
# Any fixed number: two deployments that migrate at once take turns.
ADVISORY_LOCK = 7_215_300_811


def run() -> None:
    """Migrate the database that DATABASE_URL names, or print the SQL with --sql."""
    url = database_url(os.environ["DATABASE_URL"])  # noqa: TID251  a command line tool's edge
    if context.is_offline_mode():
        context.configure(url=url, target_metadata=Model.metadata, literal_binds=True)
        with context.begin_transaction():
            context.run_migrations()
        return
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"application_name": "keytag-migrate"})
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
        connection.execute(sa.text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.execute(sa.text(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Model.metadata,
            transaction_per_migration=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        roles.grant(connection.connection.driver_connection)
        connection.commit()
        connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK})
        connection.commit()
    engine.dispose()


run()
