"""Make the pictures of the README: a demonstration shop of its own, looked at by a real browser."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tools import browser as browsers
from tools.console import Failure
from tools.paths import ROOT
from tools.ports import free_port

PICTURES = ROOT / "docs" / "pictures"
START_SECONDS = 180
STOP_SECONDS = 15
# Which link of the board the drawer's picture shows: one with a conversation and money.
OPENED_JOB = 8


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


ALL = (
    Picture("board-light", "/board"),
    Picture("board-dark", "/board", theme="dark"),
    Picture("board-tablet", "/board", size=(1024, 768), touch=True),
    Picture("drawer-dark", "/board", theme="dark", opens_a_job=True),
    Picture("calendar-light", "/calendar?view=technicians"),
    Picture("customers-light", "/customers?q=ford"),
)


def run(_arguments: list[str]) -> int:
    """Start a shop, take every picture, stop it."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="keytag-pictures-") as folder:
        url = f"http://127.0.0.1:{free_port()}"
        shop = _start(url, Path(folder))
        try:
            _take_all(url)
        finally:
            shop.send_signal(signal.SIGINT)
            shop.wait(STOP_SECONDS)
    return 0


def _start(url: str, folder: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "PORT": url.rsplit(":", 1)[1], "KEYTAG_STATE": str(folder)}
    shop = subprocess.Popen(
        [sys.executable, ROOT / "keytag", "run"], env=environment, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert shop.stdout is not None
    deadline = time.monotonic() + START_SECONDS
    for line in shop.stdout:
        if "Ctrl-C stops everything" in line:
            return shop
        if time.monotonic() > deadline:
            break
    shop.kill()
    raise Failure("The shop for the pictures did not start.")


def _take_all(url: str) -> None:
    found = browsers.find()
    os.environ.update(found.environment)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.executable, args=browsers.launch_arguments())
        for picture in ALL:
            _take(browser, url, picture)
            print(f"  docs/pictures/{picture.name}.png")
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
    credentials = {"email": f"{picture.role}@keytag.test", "password": "keytag-demo"}
    answer = context.request.post("/api/auth/login", data=credentials)
    if not answer.ok:
        raise Failure(f"Could not sign in for {picture.name}: {answer.status}")
    page.goto(picture.path)
    _settle(page)
    if picture.opens_a_job:
        page.get_by_role("link", name=re.compile(r", job \d")).nth(OPENED_JOB).click()
        page.get_by_role("dialog").wait_for()
        _settle(page)
    page.screenshot(path=PICTURES / f"{picture.name}.png")
    context.close()


def _settle(page: Page) -> None:
    """Wait until the page has what it asked for and has drawn it; the event stream never ends, so not for silence."""
    page.get_by_role("heading").first.wait_for()
    page.wait_for_function("() => document.querySelector('[aria-busy=true]') === null")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 700)))")
