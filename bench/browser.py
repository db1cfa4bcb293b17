"""What a person waits for, in a real Chromium on the built interface: first paint, dragging, moving, the calendar's steps."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from backend.devices.rules import COOKIE
from bench import tablets
from bench.env import CROWD, PLANNER, Environment, Server
from bench.load import CROWD_CARDS
from bench.report import Goal, Row, attempted, value
from bench.requests import Requests
from bench.tablets import Tablet
from tools import browser as browsers
from tools import frontend

SCREEN = {"width": 1440, "height": 900}
TABLET = {"width": 1024, "height": 768}
SLOW = 4  # a cheap tablet's processor
WAIT_MS = 20_000
# What a technician may have done in a day without a network.
WAITING = 500
ALL_SAVED = "All saved in shop"
DRAG_SECONDS = 2.0

# From the navigation's start to the second frame after the first cards stand in the page.
_WATCH_PAINT = """
(() => {
  const look = () => {
    if (!document.querySelector('[data-card]')) { requestAnimationFrame(look); return; }
    requestAnimationFrame(() => requestAnimationFrame(() => { window.__painted = performance.now(); }));
  };
  requestAnimationFrame(look);
})();
"""

_WATCH_FRAMES = """
() => {
  const seen = { frames: [], tasks: [] };
  window.__seen = seen;
  const frame = (at) => { seen.frames.push(at); if (window.__seen === seen) requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map((task) => task.duration)))
    .observe({ type: 'longtask' });
}
"""

# A click is what people do; what they see is the second frame after the screen shows the new state.
_STEP = """
async ([selector, direction]) => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const buttons = [...document.querySelectorAll('header button[aria-label]')];
  const button = buttons.find((one) => one.getAttribute('aria-label').startsWith(direction));
  const title = () => document.querySelector(selector).textContent;
  const before = title();
  const started = performance.now();
  button.click();
  while (title() === before) await frame();
  await frame(); await frame();
  return performance.now() - started;
}
"""

# From the key that chooses the column to the first frame with the card in it.
_WATCH_MOVE = """
([id, status]) => {
  window.__moved = null;
  addEventListener('keydown', (event) => {
    const started = event.timeStamp;
    const look = () => {
      if (document.querySelector(`[data-column="${status}"] [data-card="${id}"]`)) window.__moved = performance.now() - started;
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { once: true, capture: true });
}
"""

# A technician and their day, as the tablet's page keeps them.
_KEEP_DAY = """
async (points) => {
  const db = await new Promise((resolve, reject) => {
    const opening = indexedDB.open('keytag-tablet');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => resolve(opening.result);
  });
  const me = { id: 'technician', name: 'Terry Technician' };
  const now = new Date();
  const items = Array.from({ length: points }, (_, index) => ({
    id: `item-${index}`, pointKey: `point_${index}`, section: `Section ${index % 6}`, label: `Point ${index}`, help: 'Look closely.',
    unit: index % 4 ? null : 'mm', limits: null, needsPhoto: false, result: null, reading: null, note: null, jobId: null, version: 1,
    photos: [],
  }));
  const checklist = {
    id: 'checklist', title: 'Inspection', status: 'open', version: 1, holderId: me.id, holderName: me.name, submittedAt: null, items,
  };
  const visit = {
    id: 'visit', number: 1, status: 'IN_PROGRESS', start: now.toISOString(), end: now.toISOString(), promisedAt: null, keyTag: '27',
    vehicle: { id: 'car', label: 'Car', plate: null, mileage: null, version: 1 }, customerName: null, title: null, notes: null,
    version: 1, jobs: [], needsPart: false, needsApproval: false, timers: [], checks: [], history: [], checklists: [checklist],
  };
  const day = {
    now: now.toISOString(), today: now.toISOString().slice(0, 10), timezone: 'UTC', me, timer: null, appointments: [visit],
    templates: [],
  };
  const tx = db.transaction(['people', 'days'], 'readwrite');
  tx.objectStore('people').put(me, 'now');
  tx.objectStore('days').put({ userId: me.id, day, keptAt: now.getTime() });
  await new Promise((resolve) => (tx.oncomplete = resolve));
  db.close();
}
"""

# From the tap to the frame after the one that shows the point.
_OPEN_INSPECTION = """
(button) => new Promise((resolve) => {
  const began = performance.now();
  const look = () => {
    if (!document.getElementById('point')) return requestAnimationFrame(look);
    requestAnimationFrame(() => resolve(performance.now() - began));
  };
  button.click();
  requestAnimationFrame(look);
})
"""


# As the tablet writes it down; five hundred taps take a while.
_ENQUEUE = """
async ({userId, visitId, checklistId, itemIds}) => {
  const db = await new Promise((resolve) => {
    const opening = indexedDB.open('keytag-tablet');
    opening.onsuccess = () => resolve(opening.result);
  });
  const tx = db.transaction('operations', 'readwrite');
  for (const [number, itemId] of itemIds.entries()) {
    tx.objectStore('operations').add({
      id: crypto.randomUUID(), userId, kind: 'item', method: 'PATCH', url: `/api/checklists/${checklistId}/items/${itemId}`,
      body: {result: 'pass', version: 1}, about: {appointmentId: visitId, checklistId, itemId},
      record: `${visitId}/${checklistId}/${itemId}`, base: {result: null}, label: `Point ${number}`, createdAt: Date.now(),
      tries: 0, error: null,
    });
  }
  await new Promise((resolve) => (tx.oncomplete = resolve));
  db.close();
}
"""


@dataclass(frozen=True)
class Drag:
    """What a two-second drag across the board felt like."""

    fps: float
    worst_ms: float
    long_tasks: int
    long_task_ms: float


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a browser on the built interface."""
    frontend.ensure_build()
    found = browsers.find()
    os.environ.update(found.environment)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.executable, args=browsers.launch_arguments())
        try:
            yield browser
        finally:
            browser.close()


def measure(environment: Environment, requests: Requests, loaded_on: date, *, paints: int, is_quick: bool) -> list[Row]:
    """Measure everything: `paints` first paints for each median; the small places' visits are around `loaded_on`."""
    server = requests.server
    with chromium() as browser:
        pieces: dict[str, Callable[[], list[Row]]] = {
            "first paint": lambda: _paints(browser, requests, paints),
            # Of seven the first are made by code that the browser has not compiled yet; the median is not.
            "board": lambda: _crowd(browser, server, loaded_on, moves=7),
            "calendar": lambda: _calendar(browser, server, loaded_on, steps=6 if is_quick else 12),
            "tablet offline": lambda: _tablet(browser, server.url),
            "shared tablet": lambda: _shared_tablet(browser, server.url, environment, requests.shop.database),
        }
        return [row for name, piece in pieces.items() for row in attempted(name, piece)]


# --- first paint ------------------------------------------------------------------------------


def _paints(browser: Browser, requests: Requests, paints: int) -> list[Row]:
    plain = median(_paint(browser, requests, 1) for _ in range(paints))
    slow = median(_paint(browser, requests, SLOW) for _ in range(paints))
    return [
        value("board: first paint, 200 cards", plain, "ms", Goal("≤", 600), is_noisy=True),
        value("board: first paint, 200 cards, 4x slower CPU", slow, "ms", Goal("≤", 1200), is_noisy=True),
    ]


def _paint(browser: Browser, requests: Requests, slowdown: int) -> float:
    """Open the board with nothing in the browser's cache; return ms from the navigation to the painted cards."""
    context = _context(browser, requests.server.url, requests.cookies)
    try:
        page = context.new_page()
        page.add_init_script(_WATCH_PAINT)
        _slow_down(page, slowdown)
        page.goto("/board", wait_until="commit")
        page.wait_for_function("() => window.__painted", timeout=WAIT_MS)
        painted: float = page.evaluate("() => window.__painted")
    finally:
        context.close()
    return painted


# --- two thousand cards -----------------------------------------------------------------------


def _crowd(browser: Browser, server: Server, day: date, *, moves: int) -> list[Row]:
    context = _context(browser, server.url, server.sign_in(CROWD).cookies)
    rows = []
    try:
        page = context.new_page()
        page.goto(f"/board?day={day}")
        page.wait_for_selector("[data-card]", timeout=WAIT_MS)
        page.wait_for_timeout(500)
        in_page = page.locator("[data-card]").count()
        rows.append(
            value(f"board: cards in the page, {CROWD_CARDS:,} on the board", in_page, "elements", Goal("≤", 100))
        )
        rows.append(
            value(
                "move: key to painted card",
                median(_move(page) for _ in range(moves)),
                "ms",
                Goal("≤", 50),
                is_noisy=True,
            )
        )
        drag = _drag(page)
        rows += [
            value("drag, 2,000 cards: frames per second", drag.fps, "fps", Goal("≥", 55), is_noisy=True),
            value("drag, 2,000 cards: long tasks", drag.long_tasks, "tasks", Goal("=", 0), is_noisy=True),
        ]
        _slow_down(page, SLOW)
        slow = _drag(page)
        rows += [
            value("drag, 2,000 cards, 4x slower CPU: frames per second", slow.fps, "fps", Goal("≥", 45), is_noisy=True),
            value("drag, 2,000 cards, 4x slower CPU: long tasks", slow.long_task_ms, "ms"),
        ]
    finally:
        context.close()
    return rows


def _move(page: Page) -> float:
    """Move the first scheduled card by keyboard; return ms from the last key to the painted card."""
    card = page.locator('[data-column="SCHEDULED"] [data-card]').first
    identifier = card.get_attribute("data-card")
    card.locator("[data-card-link]").focus()
    page.keyboard.press("m")
    page.get_by_role("menu").wait_for(timeout=WAIT_MS)
    page.evaluate(_WATCH_MOVE, [identifier, "IN_PROGRESS"])
    page.keyboard.press("i")
    page.wait_for_function("() => window.__moved !== null", timeout=WAIT_MS)
    took: float = page.evaluate("() => window.__moved")
    page.wait_for_timeout(300)
    return took


def _drag(page: Page) -> Drag:
    """Drag a card over the lanes for two seconds and drop it where it came from."""
    source = page.locator('[data-column="IN_PROGRESS"] [data-card]').nth(1)
    box = source.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + 12
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 8, y + 8, steps=3)
    page.evaluate(_WATCH_FRAMES)
    started: float = page.evaluate("() => performance.now()")
    now, turn = started, 0
    while now - started < DRAG_SECONDS * 1000:
        # There and back over three lanes, up and down in them.
        along = turn % 60
        offset = along if along < 30 else 60 - along
        page.mouse.move(200 + offset * 26, 260 + (turn * 17) % 480)
        turn += 1
        page.wait_for_timeout(12)
        now = page.evaluate("() => performance.now()")
    seen: dict[str, Any] = page.evaluate("() => { const seen = window.__seen; window.__seen = null; return seen; }")
    page.mouse.move(x, y, steps=4)
    page.mouse.up()
    page.wait_for_timeout(200)
    frames = seen["frames"]
    gaps = [later - earlier for earlier, later in pairwise(frames)]
    return Drag(
        fps=(len(frames) - 1) / (frames[-1] - frames[0]) * 1000,
        worst_ms=max(gaps),
        long_tasks=len(seen["tasks"]),
        long_task_ms=sum(seen["tasks"]),
    )


# --- calendar ---------------------------------------------------------------------------------


def _calendar(browser: Browser, server: Server, day: date, *, steps: int) -> list[Row]:
    context = _context(browser, server.url, server.sign_in(PLANNER).cookies)
    rows = []
    try:
        page = context.new_page()
        for slowdown, bound in ((1, 100), (SLOW, 300)):
            worst: dict[str, float] = {}
            for view in ("day", "week", "month"):
                _slow_down(page, 1)
                page.goto(f"/calendar?view={view}&day={day}")
                page.wait_for_selector("[data-calendar]", timeout=WAIT_MS)
                page.wait_for_load_state("networkidle")
                # Once there and back: what is measured is drawing, with the data at hand.
                for direction in ["Next"] * (steps // 2) + ["Previous"] * (steps // 2):
                    page.evaluate(_STEP, ["h1", direction])
                    page.wait_for_timeout(150)
                page.wait_for_load_state("networkidle")
                _slow_down(page, slowdown)
                taken = []
                for direction in ["Next"] * (steps // 2) + ["Previous"] * (steps // 2):
                    taken.append(page.evaluate(_STEP, ["h1", direction]))
                    page.wait_for_timeout(100)
                worst[view] = max(taken)
            name = "calendar: slowest step" + (", 4x slower CPU" if slowdown > 1 else "")
            slowest = max(worst, key=lambda view: worst[view])
            rows.append(value(f"{name} ({slowest})", worst[slowest], "ms", Goal("≤", bound), is_noisy=True))
    finally:
        context.close()
    return rows


# --- tablet -----------------------------------------------------------------------------------


def _tablet(browser: Browser, url: str, points: int = 40) -> list[Row]:
    """Open an inspection on a tablet that has no network: nothing of it may wait for one."""
    context = browser.new_context(base_url=url, viewport=TABLET, locale="en-US")
    try:
        page = context.new_page()
        page.goto("/tech")
        page.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)")
        page.evaluate(_KEEP_DAY, points)
        context.set_offline(True)
        _slow_down(page, SLOW)
        taken = []
        # The first is made by code that the browser has not compiled yet; the median is not.
        for _ in range(7):
            page.goto("/tech")
            page.get_by_role("link", name="Open Car", exact=True).click(timeout=WAIT_MS)
            button = page.get_by_role("button", name="Continue Inspection")
            button.wait_for(timeout=WAIT_MS)
            taken.append(button.evaluate(_OPEN_INSPECTION))
    finally:
        context.close()
    name = f"tablet: inspection of {points} points opens offline, 4x slower CPU"
    return [value(name, median(taken), "ms", Goal("≤", 300), is_noisy=True)]


def _shared_tablet(browser: Browser, url: str, environment: Environment, database: str) -> list[Row]:
    """Let two people change places at a tablet by PIN, then send what one of them did without a network."""
    with tablets.paired(environment, database, WAITING) as tablet:
        context = browser.new_context(base_url=url, viewport=TABLET, has_touch=True, locale="en-US")
        context.add_cookies([{"name": COOKIE, "value": tablet.token, "url": f"{url}/api"}])
        try:
            page = context.new_page()
            page.goto("/tech")
            page.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)")
            switches = _switch(page)
            drained = _drain(page, tablet)
        finally:
            context.close()
    return [
        value("tablet: another person by PIN, to their jobs", median(switches), "ms", Goal("≤", 3000), is_noisy=True),
        value(f"tablet: {WAITING} changes sent", drained, "s", Goal("≤", 30), is_noisy=True),
    ]


def _switch(page: Page) -> list[float]:
    """Let one person after the other come in, from the lock on; who fills the inspection is the last, and stays. In milliseconds."""
    taken: list[float] = []
    _come_in(page, tablets.OTHER)
    here = tablets.OTHER
    for name in (tablets.FILLS, tablets.OTHER, tablets.FILLS):
        page.get_by_role("button", name=f"You: {here}").tap(timeout=WAIT_MS)
        began = time.perf_counter()
        page.get_by_role("dialog").get_by_role("button", name="Lock, let somebody else in").tap()
        _come_in(page, name)
        taken.append((time.perf_counter() - began) * 1000)
        here = name
    return taken


def _come_in(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).tap(timeout=WAIT_MS)
    for digit in tablets.PIN:
        page.get_by_role("button", name=digit, exact=True).tap()
    page.get_by_role("button", name="Come in").tap()
    page.get_by_role("link", name="Open #").first.wait_for(timeout=WAIT_MS)


def _drain(page: Page, tablet: Tablet) -> float:
    """Send what waits, from the network's return until the shop has everything; in seconds."""
    bar = page.locator('a[href="/tech/queue"]')
    bar.get_by_text(ALL_SAVED).wait_for(timeout=WAIT_MS)
    page.context.set_offline(True)
    made = {
        "userId": str(tablet.fills_id),
        "visitId": str(tablet.visit_id),
        "checklistId": str(tablet.checklist_id),
        "itemIds": [str(item_id) for item_id in tablet.item_ids],
    }
    page.evaluate(_ENQUEUE, made)
    page.reload()
    bar.get_by_text(f"Offline, {WAITING} waiting").wait_for(timeout=WAIT_MS)
    began = time.perf_counter()
    page.context.set_offline(False)
    bar.get_by_text(ALL_SAVED).wait_for(timeout=3 * WAIT_MS)
    return time.perf_counter() - began


# --- helpers ----------------------------------------------------------------------------------


def _context(browser: Browser, url: str, cookies: dict[str, str]) -> BrowserContext:
    context = browser.new_context(base_url=url, viewport=SCREEN, locale="en-US")
    context.add_cookies(
        [{"name": name, "value": text, "url": url} for name, text in cookies.items() if name != "keytag_refresh"]
    )
    return context


def _slow_down(page: Page, rate: int) -> None:
    session: CDPSession = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
