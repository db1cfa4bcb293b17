"""The database: one engine per process, one transaction per entry point.

Routes, tasks and commands of the shell open `transaction()` or `reading()`;
everything below receives the session and never commits (a test enforces it).
"""

import atexit
import itertools
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Self, TypeVar
from uuid import UUID

import psycopg
import sqlalchemy as sa
from psycopg import Cursor
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus, Format
from psycopg.rows import TupleRow
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session, sessionmaker

from backend.core.errors import ConflictError, DomainError, RuleViolationError, UnavailableError
from backend.core.ids import new_id

log = logging.getLogger(__name__)

T = TypeVar("T")
M = TypeVar("M", bound="Model")

STATEMENT_TIMEOUT_MS = 15_000
LOCK_TIMEOUT_MS = 5_000
# Who waits longer for a connection is told to come back: a queue of waiting threads would take all of them.
POOL_WAIT_SECONDS = 2
CONNECT_TIMEOUT_SECONDS = 5
KEEPALIVE_SECONDS = 15
# So many long answers a process sends at once; a client of one may rest so long.
SNAPSHOTS = 2
SNAPSHOT_IDLE_MS = 60_000
ROWS_AT_ONCE = 1000

SessionFactory = sessionmaker(expire_on_commit=False, autoflush=True)


class Model(orm.DeclarativeBase):
    """Base of all tables: naming convention, bigint integers, aware instants, text without limits."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads this attribute
        int: sa.BigInteger,
        str: sa.Text,
        datetime: sa.DateTime(timezone=True),
        UUID: sa.Uuid,
        dict[str, Any]: postgresql.JSONB,
    }


def id_column() -> orm.Mapped[UUID]:
    """Declare the primary key that every table has."""
    return orm.mapped_column(sa.Uuid, primary_key=True, default=new_id)


def enum_check(column: str, members: type[StrEnum], name: str) -> sa.CheckConstraint:
    """Declare that a text column holds a member's value.

    Text and CHECK rather than a native enum: a native one can't be taken back by a
    down migration that then goes up again.
    """
    values = ", ".join(f"'{member.value}'" for member in members)
    return sa.CheckConstraint(f"{column} IN ({values})", name=name)


def create_engine(url: str, *, pool_size: int, application_name: str) -> sa.Engine:
    """Build the process's engine; parameters never appear in its errors, they hold people's data.

    Half of the connections are for hot statements: they stay in autocommit, because switching a
    connection there and back costs more than such a statement does, and plan each statement once:
    planning a move anew costs as much as doing it, and its plan never depends on the values.
    """
    for_statements = max(1, pool_size // 2)
    engine = _create_engine(url, max(1, pool_size - for_statements), application_name)
    statements = _create_engine(
        url,
        for_statements,
        application_name,
        # Not in parallel either: starting a helper takes longer than any of them runs.
        "-c plan_cache_mode=force_generic_plan -c max_parallel_workers_per_gather=0",
        isolation_level="AUTOCOMMIT",
        pool_reset_on_return=None,
    )
    _statement_engines[engine] = statements
    snapshots = _create_engine(
        url,
        SNAPSHOTS,
        application_name,
        # Who stops reading in the middle is let go.
        f"-c idle_in_transaction_session_timeout={SNAPSHOT_IDLE_MS}",
        isolation_level="REPEATABLE READ",
    )
    _snapshot_engines[engine] = snapshots
    # Left open they would be reported as forgotten when the interpreter takes itself down.
    atexit.register(statements.dispose)
    atexit.register(snapshots.dispose)
    return engine


def _create_engine(
    url: str, pool_size: int, application_name: str, server_options: str = "", **options: Any
) -> sa.Engine:
    return sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        # The connection used last is the one whose plans and pages PostgreSQL's process still has at hand.
        pool_use_lifo=True,
        pool_timeout=POOL_WAIT_SECONDS,
        pool_pre_ping=False,
        pool_recycle=1800,
        hide_parameters=True,
        connect_args={
            "application_name": application_name,
            "connect_timeout": CONNECT_TIMEOUT_SECONDS,
            # A server whose network is gone says nothing: without these a request would wait a quarter of an hour.
            "keepalives_idle": KEEPALIVE_SECONDS,
            "keepalives_interval": KEEPALIVE_SECONDS // 3,
            "keepalives_count": 3,
            "tcp_user_timeout": 2 * KEEPALIVE_SECONDS * 1000,
            "prepare_threshold": 2,
            "options": f"-c timezone=UTC -c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={LOCK_TIMEOUT_MS} {server_options}",
        },
        **options,
    )


# An engine -> the one beside it whose connections are in autocommit, and the one for long answers.
_statement_engines: dict[sa.Engine, sa.Engine] = {}
_snapshot_engines: dict[sa.Engine, sa.Engine] = {}


def bind(engine: sa.Engine) -> None:
    """Make `engine` the one that sessions of this process use."""
    SessionFactory.configure(bind=engine)


@contextmanager
def transaction() -> Iterator[Session]:
    """Open a unit of work: commit on success, roll back on any exception.

    Callbacks given to `after_commit` run once, in order, after the commit; one that
    fails is logged and does not stop the others.

    Raises:
        ConflictError: a constraint that people can run into refused the change.
        UnavailableError: the database is away or too busy; nothing was written, or, as its message
            says, nobody can know because the connection broke during the commit.
    """
    with SessionFactory() as session:
        work = _Work()
        with _translated(work), session.begin():
            yield session
            work.may_be_done = True
        callbacks = session.info.pop("after_commit", ())
    for callback in callbacks:
        try:
            callback()
        except Exception:  # a lost effect heals by itself; a lost answer would be a lie
            log.exception("after_commit_failed", extra={"callback": getattr(callback, "__qualname__", "?")})


@contextmanager
def reading() -> Iterator[Session]:
    """Open a read-only transaction: a forgotten write fails in PostgreSQL itself."""
    with SessionFactory() as session, _translated(), session.begin():
        session.execute(sa.text("SET TRANSACTION READ ONLY"))
        yield session


@contextmanager
def snapshot() -> Iterator[Session]:
    """Open a read-only view of one moment for a long answer, which is sent while it is read.

    On a connection apart from those of requests: who downloads slowly takes none from them.
    """
    with SessionFactory(bind=_snapshot_engines[_engine()]) as session, _translated(), session.begin():
        session.execute(sa.text("SET TRANSACTION READ ONLY"))
        yield session


class _Prepared:
    """A hot statement on one connection, for as long as that lives: planned there once, asked in one call.

    A cursor of the driver does the same in a dozen steps, and sends, waits and reads in turns between which other threads run:
    with a short statement that is most of what the process does for it. Only for connections in autocommit, which nobody else
    uses: on a rollback the driver has the server forget all that was prepared.
    """

    def __init__(self, driver: "psycopg.Connection[Any]", statement: str) -> None:
        """Ask nothing yet."""
        self._driver = driver
        self._text, self._names = _numbered(statement)
        self._values = Transformer(driver)
        self._formats = [PyFormat.AUTO] * len(self._names)
        # By the types of its values, which a number's size and a missing value decide.
        self._known: dict[tuple[int, ...], bytes] = {}

    def run(self, values: Mapping[str, Any]) -> list[TupleRow]:
        """Run it with its values by name and return its rows."""
        connection, transformer = self._driver.pgconn, self._values
        given = transformer.dump_sequence([values[name] for name in self._names], self._formats)
        types = tuple(transformer.types or ())
        name = self._known.get(types)
        if name is None:
            name = f"keytag_{next(_numbers)}".encode()
            self._check(connection.prepare(name, self._text, types))
            self._known[types] = name
        # None is a missing value, which the driver's types don't know.
        result = connection.exec_prepared(name, given, transformer.formats, Format.BINARY)  # type: ignore[arg-type]
        if result.status != ExecStatus.TUPLES_OK:
            self._check(result)
            return []
        transformer.set_pgresult(result)
        return transformer.load_rows(0, result.ntuples, tuple)

    def _check(self, result: "psycopg.pq.abc.PGresult") -> None:
        if result.status == ExecStatus.COMMAND_OK:
            return
        if self._driver.closed:
            raise psycopg.OperationalError("the connection to the server broke")
        raise psycopg.errors.error_from_result(result, encoding=self._driver.info.encoding)


_numbers = itertools.count()


class _StatementCursor(psycopg.RawCursor[TupleRow]):
    """A cursor for long statements with %(named)s values.

    The driver's own reads a statement of more than 4 KB anew each time, which costs more than sending it.
    """

    def execute(
        self, query: Any, params: Any = None, *, prepare: bool | None = None, binary: bool | None = None
    ) -> Self:
        """Run a statement, with its values by name."""
        if isinstance(query, str) and isinstance(params, Mapping):
            text, names = _numbered(query)
            return super().execute(text, [params[name] for name in names], prepare=prepare, binary=binary)
        return super().execute(query, params, prepare=prepare, binary=binary)


@lru_cache(maxsize=128)
def _numbered(statement: str) -> tuple[bytes, tuple[str, ...]]:
    """Rewrite %(name)s as PostgreSQL's own $1, $2, ...; return the names in that order."""
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        name = found[1]
        return f"${names.setdefault(name, len(names) + 1)}" if name else "%"

    text = re.sub(r"%(?:\((\w+)\)s|%)", number, statement)
    return text.encode(), tuple(names)


def statement_row(statement: str, values: Mapping[str, Any]) -> TupleRow | None:
    """Run a hot statement that is its own transaction and return its first row, None without one.

    One round trip, values in binary. What it wrote is durable when this returns.
    """
    rows = statement_rows(statement, values)
    return rows[0] if rows else None


def statement_rows(statement: str, values: Mapping[str, Any]) -> list[TupleRow]:
    """Run a hot statement like `statement_row` and return all its rows."""
    work = _Work()
    with _translated(work), closing(_statement_engines[_engine()].raw_connection()) as connection:
        work.may_be_done = True
        try:
            return _prepared(connection, statement).run(values)
        except psycopg.Error:
            driver = connection.driver_connection
            assert driver is not None
            if driver.closed:
                connection.invalidate()
            raise


def session_row(session: Session, statement: str, values: Mapping[str, Any]) -> TupleRow | None:
    """Run a hot statement in the session's own transaction and return its first row, None without one.

    It does not see what the session has not flushed.
    """
    connection = session.connection().connection
    cursor = _cursor_of(connection, statement)
    cursor.execute(statement, values, prepare=True)
    # Not its `description`, which is made anew for each column.
    has_rows = cursor.pgresult is not None and cursor.pgresult.status == ExecStatus.TUPLES_OK
    return cursor.fetchone() if has_rows else None


def session_rows(session: Session, statement: str, values: Mapping[str, Any]) -> Iterator[TupleRow]:
    """Yield the rows of a statement with %(named)s values in the session's own transaction, read while they are taken."""
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    with driver.cursor(name="rows") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        yield from cursor.execute(statement, values)


def _prepared(connection: sa.PoolProxiedConnection, statement: str) -> _Prepared:
    prepared: _Prepared | None = connection.info.get(statement)
    if prepared is None:
        driver = connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        prepared = connection.info[statement] = _Prepared(driver, statement)
    return prepared


def _cursor_of(connection: sa.PoolProxiedConnection, statement: str) -> _StatementCursor:
    """Return a connection's cursor for a statement.

    One for as long as the connection lives: a new one looks up anew how each value is written and each column is read.
    """
    cursor: _StatementCursor | None = connection.info.get(statement)
    if cursor is None:
        driver = connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        cursor = connection.info[statement] = _StatementCursor(driver)
        cursor.format = Format.BINARY
    return cursor


def loaded(model: type[M], values: Mapping[str, Any]) -> M:
    """Return an object with its columns' values as a query would, whose setting nobody is told of; no session knows it."""
    instance = sa.inspect(model).class_manager.new_instance()
    assert isinstance(instance, model)
    orm.attributes.instance_dict(instance).update(values)
    return instance


def in_transaction(work: Callable[[Session], T]) -> T:
    """Run `work` in a transaction of its own, a second time if PostgreSQL broke a deadlock with it.

    The first try left nothing behind, so `work` must do all its effects through the session.
    """
    try:
        with transaction() as session:
            return work(session)
    except UnavailableError as error:
        if _sqlstate(error.__cause__) != DEADLOCK:
            raise
    with transaction() as session:
        return work(session)


def session_cursor(session: Session) -> Cursor[TupleRow]:
    """Return a binary psycopg cursor on the session's own connection and transaction."""
    driver = session.connection().connection.driver_connection
    assert driver is not None
    cursor: Cursor[TupleRow] = driver.cursor(binary=True)
    return cursor


def after_commit(session: Session, callback: Callable[[], object]) -> None:
    """Run `callback` once the session's transaction is durable; for effects that may be lost."""
    session.info.setdefault("after_commit", []).append(callback)


# --- constraints that a person can run into --------------------------------------------------

_CONSTRAINT_ERRORS: dict[str, Callable[[], DomainError]] = {}


def explain_constraint(name: str, error: Callable[[], DomainError]) -> None:
    """Say which refusal a constraint's violation means; called from a domain's models."""
    _CONSTRAINT_ERRORS[name] = error


def constraint_of(error: sa.exc.DBAPIError | psycopg.Error) -> str | None:
    """Return the name of the violated constraint, None where none was."""
    original = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    diagnostics = getattr(original, "diag", None)
    return getattr(diagnostics, "constraint_name", None)


RETRY_LATER_SECONDS = 2
DEADLOCK = "40P01"
# SQLSTATE classes and codes after which nothing is written and trying again is right:
# 08 connection, 53 resources (disk full, too many connections), 57P shutdown/crash, 40P01 deadlock,
# 40001 serialization, 55P03 lock not available, 57014 statement timeout.
_TRANSIENT = ("08", "53", "57P", "40P01", "40001", "55P03", "57014")
# Of these, those that end the connection: shut down, crashed, not yet up again.
_SERVER_GONE = ("08", "57P")
# 22001 too long, 22003 out of range, 22007/22008 date, 22021 bad character, 22P05 untranslatable.
_BAD_VALUE = frozenset({"22001", "22003", "22007", "22008", "22021", "22P05"})


@dataclass(slots=True)
class _Work:
    """Whether PostgreSQL was told to commit: if the connection breaks then, it may have done so."""

    may_be_done: bool = False


@contextmanager
def _translated(work: _Work | None = None) -> Iterator[None]:
    """Turn the driver's and SQLAlchemy's errors into the refusals that people can act on."""
    try:
        yield
    except (sa.exc.InterfaceError, sa.exc.TimeoutError) as error:
        raise _unavailable() from error
    except (sa.exc.DBAPIError, psycopg.Error) as error:
        original = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        state = _sqlstate(error)
        if isinstance(original, psycopg.OperationalError) and (not state or state.startswith(_SERVER_GONE)):
            # The server went away: every pooled connection is as dead as this one, so the next
            # request starts with fresh ones.
            _engine().dispose()
            _statement_engines[_engine()].dispose()
            _snapshot_engines[_engine()].dispose()
            raise _unavailable(work) from error
        if state.startswith(_TRANSIENT):
            raise _unavailable() from error
        explain = _CONSTRAINT_ERRORS.get(constraint_of(error) or "")
        if explain is not None:
            raise explain() from error
        # Without a state it was the driver that refused, for example a NUL inside a text.
        if state in _BAD_VALUE or (not state and isinstance(original, psycopg.DataError)):
            raise RuleViolationError(
                "A value does not fit its field; please check the numbers, dates and text."
            ) from error
        raise


def _sqlstate(error: BaseException | None) -> str:
    original = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    return getattr(original, "sqlstate", None) or ""


def _engine() -> sa.Engine:
    engine = SessionFactory.kw["bind"]
    assert isinstance(engine, sa.Engine)
    return engine


def _unavailable(work: _Work | None = None) -> UnavailableError:
    message = (
        "The connection to the shop's database broke. If you changed something, look whether it is there before you try again."
        if work is not None and work.may_be_done
        else "The shop's database is not answering. Nothing was changed; please try again in a moment."
    )
    return UnavailableError(message, retry_after=RETRY_LATER_SECONDS)


class StaleVersionError(ConflictError):
    """409: somebody changed it after you read it."""

    code = "stale_version"
