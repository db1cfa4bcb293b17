"""A technician's tablet: a browser with a profile of its own, which can lose its network and be killed."""

import contextlib
import io
import os
import random
import signal
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import BrowserContext, Error, Locator, Page, Playwright, expect

from tests.journeys.pages import LISTEN
from tools import browser as browsers

SIZE: dict[str, Any] = {"viewport": {"width": 1024, "height": 768}, "has_touch": True}
ALL_SAVED = "All saved in shop"
# What waits on the tablet, as its own database has it.
READ_STORE = """
(store) => new Promise((resolve, reject) => {
  const opening = indexedDB.open('keytag-tablet');
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const db = opening.result;
    const all = db.transaction(store).objectStore(store).getAll();
    all.onsuccess = () => { db.close(); resolve(all.result); };
  };
})
"""
HASH_PHOTOS = """
async () => {
  const db = await new Promise((resolve) => {
    const opening = indexedDB.open('keytag-tablet');
    opening.onsuccess = () => resolve(opening.result);
  });
  const photos = await new Promise((resolve) => {
    const all = db.transaction('photos').objectStore('photos').getAll();
    all.onsuccess = () => resolve(all.result);
  });
  db.close();
  const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return Promise.all(photos.map(async ({id, bytes}) => [id, hex(await crypto.subtle.digest('SHA-256', bytes))]));
}
"""


def picture(seed: int, width: int = 900, height: int = 700) -> dict[str, Any]:
    """Return a JPEG as a file to choose: noise, so that it is as large as a camera's and like no other."""
    noise = random.Random(seed).randbytes(width * height * 3)
    file = io.BytesIO()
    Image.frombytes("RGB", (width, height), noise).save(file, "JPEG", quality=80)
    return {"name": f"photo-{seed}.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


class Tablet:
    """One tablet. What it keeps is in `folder`, and survives `kill`."""

    def __init__(self, playwright: Playwright, found: browsers.Browser, folder: Path, url: str) -> None:
        """Have a tablet for the shop's server at `url`, switched off."""
        self._playwright = playwright
        self._found = found
        self._folder = folder
        self.url = url
        self._context: BrowserContext | None = None

    @property
    def context(self) -> BrowserContext:
        """The running browser."""
        assert self._context is not None, "the tablet is off"
        return self._context

    @property
    def page(self) -> Page:
        """The page that it shows."""
        return self.context.pages[0]

    def switch_on(self, *, offline: bool = False, **options: Any) -> Page:
        """Start the browser, with or without a network."""
        self._context = self._playwright.chromium.launch_persistent_context(
            self._folder,
            executable_path=self._found.executable,
            args=browsers.launch_arguments(),
            base_url=self.url,
            locale="en-US",
            reduced_motion="reduce",
            **{**SIZE, **options},
        )
        self._context.set_default_timeout(15_000)
        self._context.set_offline(offline)
        self.page.add_init_script(LISTEN)
        return self.page

    def kill(self) -> None:
        """End the browser as an empty battery would."""
        os.kill(self._browser_process(), signal.SIGKILL)
        with contextlib.suppress(Error):
            self.context.close()
        self._context = None

    def switch_off(self) -> None:
        """Close the browser in good order."""
        if self._context is not None:
            self._context.close()
            self._context = None

    def cut(self) -> None:
        """Take the network away."""
        self.context.set_offline(True)

    def restore(self) -> None:
        """Give the network back."""
        self.context.set_offline(False)

    def _browser_process(self) -> int:
        """Find the browser that has this tablet's folder; its helpers say what they are."""
        wanted = f"--user-data-dir={self._folder}".encode()
        for process in Path("/proc").iterdir():
            if not process.name.isdigit():
                continue
            try:
                command = (process / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if wanted in command and not any(part.startswith(b"--type=") for part in command):
                return int(process.name)
        raise AssertionError("the tablet's browser does not run")

    # --- what stands on it ----------------------------------------------------------------------

    def open(self, path: str = "/tech") -> Page:
        """Open the tablet's page and wait until its worker keeps it."""
        self.page.goto(path)
        self.page.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)")
        return self.page

    @property
    def pill(self) -> Locator:
        """The words that say whether the shop has everything."""
        return self.page.locator('a[href="/tech/queue"]')

    def says(self, words: str, *, seconds: float = 15) -> None:
        """Wait until the bar says this of the connection and what waits."""
        expect(self.pill).to_have_text(words, timeout=seconds * 1000)

    def button(self, name: str) -> Locator:
        """A button by its whole name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def link(self, name: str) -> Locator:
        """A link by its whole name."""
        return self.page.get_by_role("link", name=name, exact=True)

    def answer(self, result: str) -> None:
        """Answer the point that is shown and wait until the tablet has it."""
        self.button(result).click()
        expect(self.button(result)).to_have_attribute("aria-pressed", "true")

    def photograph(self, seed: int) -> None:
        """Take a photo of the point that is shown and wait until the tablet has it."""
        tiles = self.page.get_by_role("button", name="Open photo ")
        before = tiles.count()
        self.page.locator('input[type="file"]').set_input_files(picture(seed))
        expect(tiles).to_have_count(before + 1)

    def next(self) -> None:
        """Go on to the next point."""
        heading = self.page.locator("#point")
        present = heading.text_content()
        self.page.get_by_role("link", name="Next").or_(self.page.get_by_role("link", name="Finish", exact=True)).click()
        expect(heading.filter(has_text=present)).to_have_count(0)

    def kept(self, store: str) -> list[dict[str, Any]]:
        """Return what a store of the tablet's database holds."""
        found: list[dict[str, Any]] = self.page.evaluate(READ_STORE, store)
        return found

    def photo_hashes(self) -> dict[str, str]:
        """Return the SHA-256 of each photo that the tablet keeps, by its id."""
        return dict(self.page.evaluate(HASH_PHOTOS))
