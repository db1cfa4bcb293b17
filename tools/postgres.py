"""One PostgreSQL server of our own: made, started, watched and stopped.

It listens on a Unix socket only, so there is no port to collide on and nothing to reach from outside.
"""

import hashlib
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from tools import postgres_programs
from tools.console import Failure
from tools.processes import Child, User, as_user

# Who makes the server, its databases and the roles that the product works with (migrations/roles.py).
ADMINISTRATOR = "keytag"
DATABASE = "keytag"
# sun_path is 104 bytes on macOS and 108 on Linux, and the file is called `.s.PGSQL.5432`.
SOCKET_FOLDER_BYTES = 80
START_SECONDS = 30.0
STOP_SECONDS = 3.0
# Where root keeps data that `nobody` can't reach inside root's own folders.
SHARED_FOLDER = Path("/var/lib")

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %a ",
    "shared_preload_libraries": "pg_stat_statements",
    # Short queries only: compiling costs more than it saves.
    "jit": "off",
    "wal_compression": "on",
    # The supervisor is told of shutdowns by its child's end; a hung backend must not hold it.
    "client_connection_check_interval": "10s",
}
# For servers whose data may be lost: tests and benchmarks.
THROW_AWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "1min",
}


class PostgresServer:
    """A server with its data in a folder of ours, reached with a password over a Unix socket."""

    def __init__(
        self, folder: Path, password: str, *, throw_away: bool = False, settings: dict[str, str] | None = None
    ) -> None:
        """Describe a server with its data below `folder`; nothing is touched before `start`.

        Args:
            folder: where data, socket and log go.
            password: of the administrator, `keytag`; those of the other roles are made of it.
            throw_away: whether speed matters more than the data.
            settings: more of postgresql.conf's settings.
        """
        self._user = postgres_programs.account()
        self.folder = _reachable(folder, self._user)
        self._password = password
        self._settings = {**SETTINGS, **(THROW_AWAY_SETTINGS if throw_away else {}), **(settings or {})}
        self._is_throw_away = throw_away
        self._programs: postgres_programs.Programs | None = None
        self.log = self.folder / "postgres.log"
        self._data = self.folder / "data"
        self._sockets = self.folder / "socket"
        if len(os.fsencode(self._sockets)) > SOCKET_FOLDER_BYTES:
            name = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
            self._sockets = Path(tempfile.gettempdir()) / f"keytag-{name}"
        self.child: Child | None = None

    @property
    def description(self) -> str:
        """Which PostgreSQL this is."""
        return self._programs.description if self._programs else "PostgreSQL"

    def url(self, database: str = DATABASE, *, role: str = ADMINISTRATOR) -> str:
        """Return the address of one of its databases for a role, in SQLAlchemy's form."""
        host = quote(str(self._sockets), safe="/")
        return f"postgresql+psycopg://{role}:{quote(password_of(role, self._password))}@/{database}?host={host}"

    def launch(self) -> None:
        """Start the server without waiting for it; on the first time make its data folder."""
        self._programs = self._programs or postgres_programs.find(self.folder / "programs")
        for folder in (self.folder, self._sockets):
            folder.mkdir(parents=True, exist_ok=True)
            self._own(folder)
        self.folder.chmod(0o755 if self._user else 0o700)
        self._sockets.chmod(0o700 if self._user is None else 0o755)
        self._check_version()
        if not self._data.exists():
            self._create()
        self._wait_for_predecessor()
        options = [f"--{name}={value}" for name, value in self._settings.items()]
        self.child = Child(
            "PostgreSQL",
            [self._programs / "postgres", "-D", self._data, f"--unix_socket_directories={self._sockets}", *options],
            log=self.log,
            cwd=self.folder,
            user=self._user,
            # "Fast": running transactions are rolled back, the data is closed in order.
            stop_signal=signal.SIGINT,
        )

    def wait(self) -> None:
        """Wait until it accepts connections and the product's database exists.

        Raises:
            Failure: it ended or took longer than 30 s; the message has the end of its log.
        """
        assert self.child is not None
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if self.child.exit_status is not None or time.monotonic() > deadline:
                raise Failure(f"PostgreSQL did not start:\n{self.child.tail()}")
            time.sleep(0.02)
        self._ensure_database()

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.launch()
        self.wait()

    def stop(self) -> None:
        """Stop it in good order, by force after 3 s; a second call does nothing."""
        child, self.child = self.child, None
        if child is None:
            return
        child.stop(STOP_SECONDS)
        if self._sockets.parent != self.folder:
            shutil.rmtree(self._sockets, ignore_errors=True)

    def _own(self, path: Path) -> None:
        """Give a path to the account the server runs as."""
        if self._user:
            os.chown(path, self._user.uid, self._user.gid)

    def _check_version(self) -> None:
        """Refuse data of another major version in words instead of PostgreSQL's log."""
        assert self._programs is not None
        file = self._data / "PG_VERSION"
        if file.exists() and file.read_text().strip() != str(self._programs.major):
            raise Failure(
                f"{self._data} was made by PostgreSQL {file.read_text().strip()}, and this is {self._programs.description}. "
                "Point PG_BIN to that version's programs, or move the folder away to start afresh."
            )

    def _create(self) -> None:
        """Make the data folder beside its place and move it there when it is whole."""
        assert self._programs is not None
        fresh = self._data.with_name("data.new")
        shutil.rmtree(fresh, ignore_errors=True)
        # PostgreSQL 17 brought its own C.UTF-8, the same on every machine.
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            if self._programs.major >= 17
            else ["--locale=C.UTF-8"]
        )
        with tempfile.NamedTemporaryFile("w", dir=self.folder, prefix=".password-") as file:
            file.write(self._password)
            file.flush()
            self._own(Path(file.name))
            result = subprocess.run(
                [
                    self._programs / "initdb",
                    f"--pgdata={fresh}",
                    f"--username={ADMINISTRATOR}",
                    f"--pwfile={file.name}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--data-checksums",
                    *locale,
                    *(["--no-sync"] if self._is_throw_away else []),
                ],
                cwd=self.folder,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                **as_user(self._user),
            )
        if result.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise Failure(f"PostgreSQL could not make its data folder:\n{result.stdout}")
        fresh.rename(self._data)

    def _wait_for_predecessor(self) -> None:
        """Wait for a server of a killed run that is still closing the same data."""
        deadline = time.monotonic() + START_SECONDS
        while self._postmaster_runs():
            if time.monotonic() > deadline:
                raise Failure(f"another PostgreSQL still uses {self._data}")
            time.sleep(0.05)

    def _postmaster_runs(self) -> bool:
        """Whether the process named in postmaster.pid is alive and a PostgreSQL."""
        lines = self._pid_file()
        if not lines or not lines[0].strip().isdigit():
            return False
        pid = int(lines[0])
        if Path("/proc/self").exists():
            try:
                return b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()
            except OSError:
                return False
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True

    def _is_ready(self) -> bool:
        """Whether postmaster.pid is this child's and says that connections are accepted."""
        lines = self._pid_file()
        assert self.child is not None
        return len(lines) >= 8 and lines[0].strip() == str(self.child.pid) and lines[7].strip() == "ready"

    def _pid_file(self) -> list[str]:
        """Return the lines of postmaster.pid, none if it is not there."""
        try:
            return (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _ensure_database(self) -> None:
        """Create the product's database and the roles that work with it on the first start."""
        marker = self.folder / "roles-made"
        if marker.exists():
            return
        # Only the first start pays for these.
        import psycopg  # noqa: PLC0415

        from migrations import roles  # noqa: PLC0415

        with psycopg.connect(_plain(self.url("postgres")), autocommit=True) as connection:
            row = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if row is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")
        with psycopg.connect(_plain(self.url()), autocommit=True) as connection:
            roles.make(connection, {role: password_of(role, self._password) for role in roles.ROLES})
        marker.touch()


def password_of(role: str, password: str) -> str:
    """Return a role's password, made of the administrator's: who knows one of the others can't tell the next."""
    return password if role == ADMINISTRATOR else hashlib.sha256(f"{password} {role}".encode()).hexdigest()


def _plain(url: str) -> str:
    """Return an address in psycopg's form."""
    return url.replace("postgresql+psycopg://", "postgresql://")


def _reachable(folder: Path, user: User | None) -> Path:
    """Return `folder`, or a place below /var/lib if the server's account could not walk to it.

    Raises:
        Failure: neither works.
    """
    folder = folder.absolute()
    if user is None or _may_walk(folder):
        return folder
    if not os.access(SHARED_FOLDER, os.W_OK):
        raise Failure(
            f"PostgreSQL runs as `nobody` when you are root, and `nobody` can't reach {folder}. "
            "Set KEYTAG_STATE to a folder that everybody may enter, or run as an ordinary user."
        )
    return SHARED_FOLDER / f"keytag-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}"


def _may_walk(folder: Path) -> bool:
    """Whether every existing folder above lets strangers pass."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in folder.parents if parent.exists())
