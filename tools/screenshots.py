"""Make the pictures of the README: a demonstration shop of its own, looked at by a real browser.

The shop and the browser's clock stand at one moment, so that the same code makes the same pictures on any day.
"""

import contextlib
import os
import re
import secrets
import signal
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import URLError

from playwright.sync_api import Browser, Page, sync_playwright

from tools import browser as browsers
from tools import frontend, migrate
from tools.console import Failure, say, step
from tools.paths import ROOT, VENV_BIN, VENV_PYTHON
from tools.ports import free_port
from tools.processes import Child, interrupt_on_stop_signals
from tools.secret_store import Secrets
from tools.services import Services

PICTURES = ROOT / "docs" / "pictures"
# A reader's patience and the repository's size.
MAXIMUM_BYTES = 250_000
START_SECONDS = 60.0
# `seed-demo --today` makes the shop as of one in the afternoon in New York.
TODAY = "2026-11-20"
NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
# The server's clock goes on; the page, which compares the two, is told that it stands too.
SAME_CLOCK = """
const get = Headers.prototype.get;
Headers.prototype.get = function (name) {
  return name.toLowerCase() === 'date' ? new Date().toUTCString() : get.call(this, name);
};
"""
# Chromium draws a page in parts as they come; drawn whole, the same page has the same pixels.
DRAWN_WHOLE = ("--disable-partial-raster", "--disable-skia-runtime-opts")


@dataclass(frozen=True)
class Picture:
    """One picture: who looks at what, how wide, in which theme, and what to press first."""

    name: str
    path: str
    theme: str = "light"
    size: tuple[int, int] = (1280, 800)
    touch: bool = False
    role: str = "advisor"
    opens_a_job: bool = False
    # What the page has once it is there.
    shows: str = "[data-card], [data-customer], [data-event-box]"


ALL = (
    Picture("board-light", f"/board?day={TODAY}"),
    Picture("board-dark", f"/board?day={TODAY}", theme="dark"),
    Picture("board-tablet", f"/board?day={TODAY}", size=(1024, 768), touch=True),
    Picture("drawer-dark", f"/board?day={TODAY}", theme="dark", opens_a_job=True),
    Picture("calendar-light", f"/calendar?view=technicians&day={TODAY}"),
    Picture("customers-light", "/customers?q=ford"),
    Picture("inbox-light", "/inbox", shows="main li a"),
    Picture("numbers-light", "/numbers", role="owner", shows="main h2"),
    Picture("tablet-light", "/tech", role="tech", size=(1180, 820), touch=True, shows="main h2"),
    Picture("books-light", "/books", role="accountant", shows="main table"),
)


def run(_arguments: list[str]) -> int:
    """Start a shop, take every picture, stop it."""
    interrupt_on_stop_signals()
    PICTURES.mkdir(parents=True, exist_ok=True)
    frontend.ensure_build()
    with tempfile.TemporaryDirectory(prefix="keytag-pictures-") as folder, _shop(Path(folder)) as url:
        _take_all(url)
    return 0


@contextmanager
def _shop(folder: Path) -> Iterator[str]:
    """Run a shop with servers and data of its own; give its address."""
    services = Services(folder, Secrets(folder / "secrets.json"), throw_away=True, embedded_only=True)
    web: Child | None = None
    try:
        services.start()
        migrate.upgrade(services.owner_url)
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        environment = {
            "PATH": os.environ["PATH"],
            "PORT": str(port),
            "KEYTAG_ENV": "development",
            "KEYTAG_DEMO": "1",
            "KEYTAG_PUBLIC_URL": url,
            "KEYTAG_SECRET_KEY": secrets.token_hex(32),
            "DATABASE_URL": services.database_url,
            "REDIS_URL": services.redis_url,
        }
        with step(f"Demo shop of {TODAY}"):
            _seed(environment)
            migrate.analyze(services.owner_url)
        web = Child(
            "web",
            [VENV_BIN / "gunicorn", "-c", ROOT / "backend" / "gunicorn_conf.py", "backend.app:create_app()"],
            log=folder / "web.log",
            cwd=ROOT,
            environment={**environment, "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics")},
            stop_signal=signal.SIGTERM,
        )
        _wait_for(url, web)
        yield url
    finally:
        if web is not None:
            web.stop(3)
        services.stop()


def _seed(environment: dict[str, str]) -> None:
    """Fill the shop as it stands at `NOW`."""
    result = subprocess.run(
        [VENV_PYTHON, "-m", "backend.cli", "seed-demo", "--today", TODAY],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise Failure(f"the demo shop could not be made:\n{result.stdout}{result.stderr}")


def _wait_for(url: str, web: Child) -> None:
    """Wait until the server answers."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        with contextlib.suppress(URLError, OSError), urllib.request.urlopen(f"{url}/healthz", timeout=2):
            return
        if web.exit_status is not None or time.monotonic() > deadline:
            raise Failure(f"the shop for the pictures did not start:\n{web.tail()}")
        time.sleep(0.05)


def _take_all(url: str) -> None:
    found = browsers.find()
    os.environ.update(found.environment)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.executable, args=[*browsers.launch_arguments(), *DRAWN_WHOLE]
        )
        for picture in ALL:
            _take(browser, url, picture)
            say(f"  docs/pictures/{picture.name}.png")
        browser.close()


def _take(browser: Browser, url: str, picture: Picture) -> None:
    width, height = picture.size
    context = browser.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        color_scheme="dark" if picture.theme == "dark" else "light",
        has_touch=picture.touch,
        locale="en-US",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.clock.set_fixed_time(NOW)
    page.add_init_script(SAME_CLOCK)
    credentials = {"email": f"{picture.role}@keytag.test", "password": "keytag-demo"}
    answer = context.request.post("/api/auth/login", data=credentials)
    if not answer.ok:
        raise Failure(f"Could not sign in for {picture.name}: {answer.status}")
    page.goto(picture.path)
    page.locator(picture.shows).first.wait_for()
    _settle(page)
    if picture.opens_a_job:
        # A car that is ready has everything: work, texts, money, an inspection, a history.
        page.get_by_role("region", name=re.compile("^Ready")).get_by_role("link").first.click()
        page.get_by_role("tabpanel").wait_for()
        _settle(page)
    data = page.screenshot(animations="disabled", caret="hide")
    if len(data) > MAXIMUM_BYTES:
        raise Failure(f"{picture.name} has {len(data):,} bytes; make it smaller, {MAXIMUM_BYTES:,} is the limit.")
    (PICTURES / f"{picture.name}.png").write_bytes(data)
    context.close()


def _settle(page: Page) -> None:
    """Wait until the page has what it asked for and has drawn it; the event stream never ends, so not for silence."""
    page.wait_for_function("() => document.querySelector('[aria-busy=true]') === null")
    page.evaluate(
        "() => document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))"
    )
