"""The embedded PostgreSQL and Redis: they start, keep what they were told, and never outlive their supervisor."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis

from tools.console import Failure
from tools.paths import ROOT
from tools.postgres import PostgresServer
from tools.redis_server import RedisServer
from tools.secret_store import Secrets
from tools.services import Services

# A supervisor of its own, so that it can be killed: starts both servers, names their processes, waits.
SUPERVISOR = """
import sys, time
from pathlib import Path
from tools.secret_store import Secrets
from tools.services import Services
folder = Path(sys.argv[1])
with Services(folder, Secrets(folder / "secrets.json"), throw_away=True, embedded_only=True) as services:
    print(services.postgres.child.pid, services.redis.child.pid, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def folder(worker_folder: Path, request: pytest.FixtureRequest) -> Path:
    """Return an empty folder that PostgreSQL's account may reach (pytest's own tmp_path is for its owner only)."""
    path = worker_folder / request.node.name
    path.mkdir()
    path.chmod(0o711)
    return path


def _services(folder: Path) -> Services:
    return Services(folder, Secrets(folder / "secrets.json"), throw_away=True, embedded_only=True)


def _connect(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True)


def _runs(pid: int) -> bool:
    """Whether a process runs; one that only waits to be noticed as ended does not."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def _eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_both_keep_what_they_were_told_over_a_restart(folder: Path) -> None:
    postgres = PostgresServer(folder / "postgres", "secret")
    redis_server = RedisServer(folder / "redis", "secret")
    for server in (postgres, redis_server):
        server.start()
    with _connect(postgres.url()) as connection:
        connection.execute("CREATE TABLE told (what text); INSERT INTO told VALUES ('door code')")
    redis.Redis.from_url(redis_server.url()).set("told", "door code")
    for server in (postgres, redis_server):
        server.stop()
        server.start()
    try:
        with _connect(postgres.url()) as connection:
            assert connection.execute("SELECT what FROM told").fetchall() == [("door code",)]
        assert redis.Redis.from_url(redis_server.url()).get("told") == b"door code"
    finally:
        for server in (postgres, redis_server):
            server.stop()


def test_redis_keeps_its_word_when_killed(folder: Path) -> None:
    server = RedisServer(folder / "redis", "secret")
    server.start()
    redis.Redis.from_url(server.url()).set("told", "door code")
    assert server.child is not None
    time.sleep(1.1)  # its log reaches the disk each second
    os.kill(server.child.pid, signal.SIGKILL)
    server.stop()
    server.start()
    try:
        assert redis.Redis.from_url(server.url()).get("told") == b"door code"
    finally:
        server.stop()


def test_the_database_is_made_for_every_language_and_checks_its_pages(folder: Path) -> None:
    with _services(folder) as services:
        assert services.postgres is not None
        # Only an administrator adds pg_stat_statements.
        connection = _connect(services.postgres.url())
        row = connection.execute("SELECT lower('ÉÑ'), current_setting('data_checksums'), current_setting('timezone')")
        assert row.fetchone() == ("éñ", "on", "UTC")
        for extension in ("btree_gist", "pg_trgm", "pg_stat_statements"):
            connection.execute(f"CREATE EXTENSION {extension}")
        connection.close()


def test_both_ask_for_a_password(folder: Path) -> None:
    with _services(folder) as services:
        assert services.postgres is not None
        assert services.redis is not None
        wrong_database = services.database_url.replace(services.database_url.split(":")[2].split("@")[0], "guess")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            _connect(wrong_database)
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(
                services.redis_url.replace(services.redis_url.split(":")[2].split("@")[0], "guess")
            ).ping()


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["kill -9", "kill"])
def test_a_killed_supervisor_leaves_nothing_and_the_next_start_works(how: signal.Signals, folder: Path) -> None:
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout is not None
    pids = [int(word) for word in supervisor.stdout.readline().split()]
    assert [_runs(pid) for pid in pids] == [True, True]
    supervisor.send_signal(how)
    supervisor.wait()
    supervisor.stdout.close()
    # The next start comes at once, while the old servers may still be closing.
    with _services(folder) as services, _connect(services.database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert _eventually(lambda: not any(_runs(pid) for pid in pids))


def test_a_long_path_gets_a_short_socket(folder: Path) -> None:
    deep = folder / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    with _services(deep) as services, _connect(services.database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_failed_start_says_why_and_leaves_no_server(folder: Path) -> None:
    server = PostgresServer(folder / "postgres", "secret", throw_away=True, settings={"shared_buffers": "nonsense"})
    with pytest.raises(Failure, match='invalid value for parameter "shared_buffers"'):
        server.start()
    assert server.child is not None
    assert server.child.exit_status == 1
    server.stop()


def test_data_of_another_major_version_is_refused_in_words(folder: Path) -> None:
    server = PostgresServer(folder / "postgres", "secret", throw_away=True)
    server.start()
    server.stop()
    (server.folder / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(Failure, match=r"was made by PostgreSQL 9, and this is PostgreSQL \d+"):
        server.start()


def test_servers_of_yours_are_used_and_not_started(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://shop@db.example/shop")
    monkeypatch.setenv("REDIS_URL", "redis://cache.example/0")
    with Services(folder, Secrets(folder / "secrets.json")) as services:
        assert (services.postgres, services.redis) == (None, None)
        assert services.database_url == "postgresql://shop@db.example/shop"
        assert services.redis_url == "redis://cache.example/0"
    assert list(folder.iterdir()) == []


def test_secrets_are_made_once_and_for_their_owner_only(folder: Path) -> None:
    file = folder / "secrets.json"
    first = Secrets(file).get("secret_key")
    assert len(bytes.fromhex(first)) == 32
    assert Secrets(file).get("secret_key") == first
    assert Secrets(file).get("other") != first
    assert file.stat().st_mode & 0o777 == 0o600
