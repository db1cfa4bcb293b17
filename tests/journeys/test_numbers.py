"""The owner's numbers, which open their own working, and the screen on the wall."""

import csv
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from backend.core.actor import Actor, ActorKind
from backend.core.clock import utc_now
from backend.devices import commands
from backend.devices.rules import COOKIE, DeviceKind
from tests.conftest import LiveServer, Screens
from tests.journeys.conftest import TABLET, Enter, Shop
from tests.journeys.pages import Screen, starting
from tests.stats.conftest import make_invoice

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
STALE_MS = 10_000


def _act(target: Locator, options: dict[str, Any]) -> None:
    target.tap() if options else target.press("Enter")


@pytest.fixture
def busy(shop: Shop) -> Shop:
    """Fill the shop: two invoiced cars, one that is late, one that is expected."""
    for number, (name, cents) in enumerate((("Ana Reyes", 41_280), ("Ben Ode", 120_000))):
        job = shop.job(name, "2019 Toyota Corolla", status="COMPLETED", at=f"{8 + number}:00", total_cents=cents)
        make_invoice(shop.session, job, 1042 + number, issued_on=shop.today, net_cents=cents)
    shop.job(
        "Cleo Vance",
        "2021 Honda Civic",
        status="IN_PROGRESS",
        at="7:00",
        promised_at=utc_now() - timedelta(minutes=40),
        key_tag="14",
        total_cents=80_000,
    )
    shop.job("Dan Wu", "2015 Ford F-150", at="23:00")
    return shop


@pytest.mark.parametrize("options", [{}, PHONE], ids=["keys", "finger"])
def test_each_tile_opens_the_rows_that_sum_to_it(busy: Shop, enter: Enter, options: dict[str, Any]) -> None:
    page = enter("Owner", **options)
    page.goto("/numbers")
    expect(page.get_by_text(re.compile(r"^As of (just now|\d+ s ago)$"))).to_be_visible()
    if options:
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
    for tile, rows in (("Revenue: $1,612.80", 2), ("Cars here: 1", 1), ("Jobs planned: 4", 4)):
        _act(page.get_by_role("button", name=starting(tile)), options)
        sheet = page.get_by_role("dialog")
        expect(sheet.get_by_text("How it is computed")).to_be_visible()
        # A head, the sum, and the rows.
        expect(sheet.get_by_role("row")).to_have_count(2 + rows)
        expect(sheet.get_by_role("row", name=starting("Sum of"))).to_contain_text(tile.split(": ")[1])
        assert _sum(sheet) == _number(tile.split(": ")[1])
        _act(sheet.get_by_role("button", name="Close"), options)
        expect(sheet).to_have_count(0)

    expect(
        page.get_by_role("button", name=starting("Give it to a technician 2021 Honda Civic · Cleo Vance"))
    ).to_be_visible()
    page.get_by_role("combobox", name="Days").select_option("yesterday")
    expect(page.get_by_role("button", name=starting("Revenue: $0.00"))).to_be_visible()
    assert "days=yesterday" in page.url


@pytest.mark.parametrize("options", [{}, PHONE], ids=["keys", "finger"])
def test_the_rows_of_a_tile_leave_as_a_file(busy: Shop, enter: Enter, tmp_path: Path, options: dict[str, Any]) -> None:
    page = enter("Owner", **options)
    page.goto("/numbers")
    _act(page.get_by_role("button", name=starting("Revenue: $1,612.80")), options)

    with page.expect_download() as coming:
        _act(page.get_by_role("dialog").get_by_role("button", name="Rows as CSV"), options)
    file = tmp_path / coming.value.suggested_filename
    coming.value.save_as(file)

    rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
    assert sorted(row["Adds"] for row in rows) == ["1200.00", "412.80"]
    expect(page.get_by_text("Revenue downloaded, 2 rows").first).to_be_visible()


def _number(text: str) -> float:
    return float(re.sub(r"[$,]", "", text))


def _sum(sheet: Locator) -> float:
    """Add up the last column of the sheet's own rows."""
    rows = sheet.get_by_role("row").all()[2:]
    return round(sum(_number(row.get_by_role("cell").last.inner_text()) for row in rows), 2)


def test_a_row_opens_its_job_and_a_move_changes_the_numbers(busy: Shop, enter: Enter) -> None:
    page = enter("Owner")
    page.goto("/numbers")
    page.get_by_role("button", name=starting("Ready: 0")).wait_for()
    page.get_by_role("button", name=starting("Cars here: 1")).press("Enter")
    page.get_by_role("dialog").get_by_role("button", name=starting("Cleo Vance")).press("Enter")
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("tab", name="Overview")).to_be_visible()
    page.keyboard.press("Escape")

    board = page.context.request.get("/api/admin/appointments/board").json()
    card = next(card for card in board["cards"] if card["customerName"] == "Cleo Vance")
    csrf = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "csrf_access_token")
    moved = page.context.request.patch(
        f"/api/admin/appointments/{card['id']}/move",
        data={"status": "READY", "position": 1},
        headers={"X-CSRF-TOKEN": csrf},
    )
    assert moved.ok
    expect(page.get_by_role("button", name=starting("Ready: 1"))).to_be_visible()


def test_an_advisor_sees_numbers_and_a_technician_none(busy: Shop, enter: Enter) -> None:
    tech = enter("Tech")
    tech.goto("/numbers")

    expect(tech.get_by_text("Not for your role")).to_be_visible()
    assert "Numbers" not in Screen(tech).pages


# --- the screen on the wall -------------------------------------------------------------------


def test_the_owner_pairs_a_screen_and_revokes_it(busy: Shop, enter: Enter, screens: Screens) -> None:
    owner, wall = enter("Owner", **TABLET), screens.open()
    owner.goto("/settings/devices")
    expect(owner.get_by_text("No devices yet")).to_be_visible()
    owner.get_by_role("button", name="Add device").first.tap()
    form = owner.get_by_role("dialog", name="Add a device")
    form.get_by_role("button", name="Get a code").tap()
    expect(form.get_by_text("Enter a name.")).to_be_visible()
    form.get_by_label("Name").fill("Bay wall")
    form.get_by_label("Kind").select_option("wallboard")
    form.get_by_role("button", name="Get a code").tap()
    shown = owner.get_by_role("dialog", name="Code for Bay wall").get_by_text(starting("Code, letter by letter"))
    code = shown.inner_text().rpartition(":")[2].replace(" ", "")
    assert len(code) == 8

    wall.goto("/wall")
    wall.get_by_label("Code").fill(code.lower())
    wall.keyboard.press("Enter")
    expect(wall.get_by_role("heading", name="Keytag Auto")).to_be_visible()
    expect(wall.get_by_text("Live", exact=True)).to_be_visible()
    expect(owner.get_by_text("Bay wall is paired").first).to_be_visible()

    owner.get_by_role("button", name="More for Bay wall").tap()
    owner.get_by_role("button", name="Revoke…").tap()
    owner.get_by_role("dialog", name="Revoke Bay wall?").get_by_role("button", name="Revoke").tap()
    expect(owner.get_by_text("No devices yet")).to_be_visible()
    expect(wall.get_by_role("heading", name="Pair this screen")).to_be_visible()


def _paired(shop: Shop, page: Page, url: str) -> Page:
    """Make a window the shop's wallboard, without typing a code."""
    owner, now = shop.person("Owner"), utc_now()
    told = commands.create_device(
        shop.session,
        location_id=shop.location.id,
        kind=DeviceKind.WALLBOARD,
        name="Bay wall",
        actor=Actor(ActorKind.USER, owner.id, owner.name),
        location_ids=[shop.location.id],
        now=now,
    )
    paired = commands.pair(shop.session, told.code, kind=DeviceKind.WALLBOARD, ip="127.0.0.1", user_agent=None, now=now)
    assert paired is not None
    shop.commit()
    page.context.add_cookies([{"name": COOKIE, "value": paired[1], "url": f"{url}/api", "httpOnly": True}])
    page.goto("/wall")
    return page


def test_the_wall_tells_no_price_no_phone_and_no_name_and_follows(
    busy: Shop, enter: Enter, screens: Screens, live_server: LiveServer
) -> None:
    wall = _paired(busy, screens.open(viewport={"width": 1920, "height": 1080}), live_server.url)

    expect(wall.get_by_text("Key 14")).to_be_visible()
    expect(wall.get_by_text("40 min late")).to_be_visible()
    everything = wall.locator("body").inner_text()
    for secret in ("$", "800", "Cleo", "Vance", "Reyes", "Dan Wu", "+1"):
        assert secret not in everything, secret
    sizes = wall.evaluate(
        "() => [...document.querySelectorAll('li p, li span')].map((e) => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 28
    assert wall.evaluate("document.documentElement.scrollHeight") <= 1080

    page = enter("Advisor")
    board = page.context.request.get("/api/admin/appointments/board").json()
    card = next(card for card in board["cards"] if card["keyTag"] == "14")
    csrf = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "csrf_access_token")
    page.context.request.patch(
        f"/api/admin/appointments/{card['id']}/move",
        data={"status": "READY", "position": 1},
        headers={"X-CSRF-TOKEN": csrf},
    )
    expect(wall.get_by_role("region", name=starting("Ready"))).to_contain_text("Key 14")


_SHOWN = """() => {
    const main = document.querySelector('main');
    const cars = [...main.querySelectorAll('li')];
    const late = document.querySelector('section[aria-label="Late cars"]').innerText;
    const said = [...main.querySelectorAll('h2')].every((heading) => heading.innerText.trim() !== '');
    return [main.ariaLabel, main.innerText, late, said && cars.every((car) => car.getBoundingClientRect().bottom <= innerHeight)];
}"""


def _undated(route: Route) -> None:
    """Hand over the wall without the server's clock, which the screen goes by."""
    answer = route.fetch()
    headers = {name: value for name, value in answer.headers.items() if name != "date"}
    route.fulfill(response=answer, headers=headers)


def test_more_cars_than_fit_come_in_turn_also_for_who_minds_motion_and_a_late_one_stays_in_sight(
    shop: Shop, screens: Screens, live_server: LiveServer
) -> None:
    for number in range(20):
        promised = utc_now() - timedelta(minutes=40) if number == 19 else None
        car: dict[str, Any] = {"status": "IN_PROGRESS", "at": "8:00", "key_tag": str(number), "promised_at": promised}
        shop.job(f"Person {number}", "2019 Toyota Corolla", **car)
    page = screens.open(viewport={"width": 1920, "height": 1080}, reduced_motion="reduce")
    page.clock.install()
    page.route("**/api/wall", _undated)
    wall = _paired(shop, page, live_server.url)
    expect(wall.get_by_role("main").get_by_role("listitem").first).to_be_visible()
    wanted = {"Cars by stage", "Cars by technician", "Today in order"}, {str(number) for number in range(20)}

    views, tags = set(), set()
    for _ in range(30):
        # At one moment: the screen goes on turning.
        view, text, late, fits = wall.evaluate(_SHOWN)
        assert "Key 19" in late
        views.add(view)
        tags |= set(re.findall(r"Key (\d+)", text))
        assert fits
        if (views, tags) == wanted:
            break
        wall.clock.fast_forward(12_000)

    assert (views, tags) == wanted
    assert "Person" not in wall.locator("body").inner_text()


def test_a_wall_that_is_cut_off_says_so_within_ten_seconds(
    busy: Shop, screens: Screens, start_server: Callable[..., LiveServer]
) -> None:
    server = start_server(grace=0)
    wall = _paired(busy, screens.open(base_url=server.url), server.url)
    expect(wall.get_by_text("Live", exact=True)).to_be_visible()

    server.child.stop(0)

    lost = wall.get_by_role("alert")
    expect(lost).to_have_text(re.compile(r"^DISCONNECTED since \d{1,2}:\d\d [AP]M$"), timeout=STALE_MS)
    # The whole header says it, and still names the shop.
    header = wall.get_by_role("banner")
    expect(header).to_contain_text(busy.location.name)
    box = header.bounding_box()
    assert box is not None
    assert box["width"] == 1440
    expect(wall.get_by_text("Key 14")).to_be_visible()
