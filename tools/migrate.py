"""`./keytag migrate`: bring the database at DATABASE_URL to the newest migration, or run any alembic command on it."""

import os

from alembic import command
from alembic.config import CommandLine, Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

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
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            current = set(MigrationContext.configure(connection).get_current_heads())
    finally:
        engine.dispose()
    if current == heads:
        return
    os.environ["DATABASE_URL"] = database_url
    with step("Database migrations"):
        command.upgrade(configuration, "head")
