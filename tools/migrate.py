"""`./keytag migrate`: bring the database at DATABASE_URL to the newest migration, or run any alembic command on it."""

import os

import psycopg
from alembic import command
from alembic.config import CommandLine, Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from migrations import roles
from tools.console import Failure, step
from tools.paths import ROOT

CONFIGURATION = ROOT / "alembic.ini"


def run(arguments: list[str]) -> int:
    """Run alembic with these arguments, `upgrade head` with none."""
    if "DATABASE_URL" not in os.environ:
        raise Failure("set DATABASE_URL to the database that shall be migrated; `./keytag run` migrates its own.")
    os.chdir(ROOT)
    CommandLine(prog="keytag migrate").main(["--config", str(CONFIGURATION), *(arguments or ["upgrade", "head"])])
    return 0


def upgrade(database_url: str) -> None:
    """Bring a database to the newest migration, saying so only when there is something to do."""
    configuration = Config(CONFIGURATION)
    # Whatever the current folder is; a percent sign would begin an interpolation.
    configuration.set_main_option("script_location", str(ROOT / "migrations").replace("%", "%%"))
    heads = set(ScriptDirectory.from_config(configuration).get_heads())
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            current = set(MigrationContext.configure(connection).get_current_heads())
            if current == heads:
                # The migrations end with this; what it says may have changed without one.
                driver = connection.connection.driver_connection
                assert isinstance(driver, psycopg.Connection)
                roles.grant(driver)
                return
    finally:
        engine.dispose()
    os.environ["DATABASE_URL"] = database_url
    with step("Database migrations"):
        command.upgrade(configuration, "head")


def analyze(database_url: str) -> None:
    """Tell the planner of rows that were just filled in, which only an owner may; else it waits for autovacuum."""
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
    finally:
        engine.dispose()
