"""The tablet in gloves: PIN, now and next, by touch alone and by keyboard alone, nothing too small, nothing dragged."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import CDPSession, Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.permissions import Role
from backend.accounts.rules import hash_password
from backend.appointments.rules import Status
from backend.audit.models import AuditLog
from backend.core.events import EventType
from backend.devices.rules import COOKIE
from tests.conftest import PIN, LiveServer, Screens
from tests.factories.devices import make_tablet
from tests.factories.inspections import make_checklist, make_inspection_template
from tests.journeys.conftest import Enter, Shop
from tests.journeys.tablets import ALL_SAVED, SIZE, picture
from tests.journeys.test_accessibility import COLOURS, RUN, TAGS, axe

COROLLA, CIVIC = "2019 Toyota Corolla", "2021 Honda Civic"
# In CSS pixels: what a glove hits.
GLOVE = 56

pytestmark = pytest.mark.timeout(180)

# Everything that can be pressed and is smaller than a glove needs, by its words.
TOO_SMALL = """
(least) => [...document.querySelectorAll('button, a[href], summary, input, textarea, select, [role=menuitem], label:has(input)')]
  .filter((one) => {
    const {width, height} = one.getBoundingClientRect();
    const style = getComputedStyle(one);
    // What is drawn over by its label is as large as the label.
    if (width === 0 || style.visibility === 'hidden' || (one.matches('input') && one.closest('label'))) return false;
    if (one.matches('.sr-only')) return false;
    return width < least || height < least;
  })
  .map((one) => `${one.textContent || one.getAttribute('aria-label')}: ${one.getBoundingClientRect().width} x ${one.getBoundingClientRect().height}`)
"""

# Text is held to seven to one.
CONTRAST = """
async (root) => {
  const found = await axe.run(root, {runOnly: ['color-contrast-enhanced'], rules: {'color-contrast-enhanced': {enabled: true}}, preload: false});
  return found.violations.flatMap(({nodes}) => nodes.map((node) => `7:1: ${node.target.join(' ')}: ${node.failureSummary}`));
}
"""


@pytest.fixture
def paired(screens: Screens, shop: Shop) -> Callable[..., Page]:
    """Return `paired(**options)`: the page of the shop's own tablet, where nobody is in."""

    def open_page(**options: object) -> Page:
        owner = shop.person(Role.OWNER)
        token = make_tablet(shop.session, shop.location, created_by=owner)
        shop.commit()
        page = screens.open(**{**SIZE, **options})
        url = screens_url(page)
        page.context.add_cookies([{"name": COOKIE, "value": token, "url": f"{url}/api"}])
        page.goto("/tech")
        return page

    return open_page


def screens_url(page: Page) -> str:
    """Return the address of the server that a window looks at."""
    page.goto("/version")
    return page.evaluate("() => location.origin")  # type: ignore[no-any-return]


def with_pin(shop: Shop, name: str) -> None:
    """Let a technician open tablets by PIN."""
    technician = shop.person(Role.TECH, name)
    technician.pin_hash = hash_password(PIN)
    shop.commit()


def type_pin(page: Page, pin: str) -> None:
    """Tap a PIN on the keys."""
    for digit in pin:
        page.get_by_role("button", name=digit, exact=True).tap()
    page.get_by_role("button", name="Come in").tap()


def says(page: Page, words: str) -> None:
    """Wait for the words in the bar."""
    expect(page.locator('a[href="/tech/queue"]')).to_have_text(words)


def test_a_technician_comes_in_by_pin_goes_from_now_to_next_in_two_taps_and_the_next_one_acts_under_their_own_name(  # noqa: PLR0915  one story
    shop: Shop, session: Session, paired: Callable[..., Page], record_property: Callable[[str, object], None]
) -> None:
    with_pin(shop, "Marcus Bell")
    with_pin(shop, "Luis Ortega")
    marcus = shop.person(Role.TECH, "Marcus Bell")
    for car, tag, hour in ((COROLLA, "27", "9:00"), (CIVIC, "31", "10:00")):
        shop.job("Ana Reyes", car, status=Status.IN_PROGRESS, tech_id=marcus.id, at=hour, key_tag=tag)
    luis = shop.person(Role.TECH, "Luis Ortega")
    shop.job("Ben Ode", "2015 Ford Focus", status=Status.IN_PROGRESS, tech_id=luis.id)
    page = paired()

    page.get_by_role("button", name="Marcus Bell").tap()
    type_pin(page, "000000")
    expect(page.get_by_role("alert")).to_have_text("That is not the PIN. 4 tries are left.")
    type_pin(page, PIN)
    next_jobs = page.get_by_role("region", name="Next")
    expect(next_jobs.get_by_role("link", name=f"Open {COROLLA}")).to_be_visible()
    expect(next_jobs.get_by_role("listitem")).to_have_count(2)
    expect(page.get_by_text("Key 27")).to_be_visible()
    # Neither another's jobs nor any price.
    expect(page.get_by_text("Ford Focus")).to_have_count(0)
    expect(page.get_by_text("$")).to_have_count(0)

    page.get_by_role("button", name=f"Start the clock on {COROLLA}").tap()
    now = page.get_by_role("region", name="Now")
    expect(now).to_contain_text(COROLLA)
    page.get_by_role("button", name=f"Start the clock on {CIVIC}").tap()
    page.get_by_role("dialog", name=re.compile("Why does .*Corolla stop")).get_by_role(
        "button", name="Needs a part"
    ).tap()
    page.get_by_role("button", name="Tell the desk").tap()
    expect(now).to_contain_text(CIVIC)
    expect(page.get_by_role("region", name="Waits")).to_contain_text(COROLLA)
    says(page, ALL_SAVED)

    # Somebody else takes the tablet: their jobs, under their name, not the page where the one before stood.
    now.get_by_role("link", name=f"Open {CIVIC}").tap()
    expect(page.get_by_role("heading", name=CIVIC)).to_be_visible()
    page.get_by_role("button", name="You: Marcus Bell").tap()
    page.get_by_role("dialog").get_by_role("button", name="Lock, let somebody else in").tap()
    began = time.monotonic()
    page.get_by_role("button", name="Luis Ortega").tap()
    type_pin(page, PIN)
    expect(page.get_by_role("link", name="Open 2015 Ford Focus")).to_be_visible()
    expect(page.get_by_role("heading", name="Now and next")).to_be_focused()
    record_property("seconds", time.monotonic() - began)
    expect(page.get_by_text(COROLLA)).to_have_count(0)
    page.get_by_role("button", name="Start the clock on 2015 Ford Focus").tap()
    expect(now).to_contain_text("2015 Ford Focus")
    says(page, ALL_SAVED)
    session.rollback()
    log = select(AuditLog.actor_name).where(AuditLog.action == EventType.WORK_STARTED).order_by(AuditLog.id)
    assert list(session.scalars(log)) == ["Marcus Bell", "Marcus Bell", "Luis Ortega"]


def test_five_wrong_pins_leave_only_the_password(shop: Shop, paired: Callable[..., Page]) -> None:
    with_pin(shop, "Marcus Bell")
    page = paired()
    page.get_by_role("button", name="Marcus Bell").tap()
    for _ in range(5):
        type_pin(page, "000000")
        expect(page.get_by_label("PIN of Marcus Bell").or_(page.get_by_label("Password"))).to_have_value("")
    expect(page.get_by_label("Email")).to_be_visible()


def test_leaving_while_something_waits_warns(shop: Shop, enter: Enter, live_server: LiveServer) -> None:
    technician = shop.person(Role.TECH)
    visit = shop.job("Ana Reyes", COROLLA, status=Status.IN_PROGRESS, tech_id=technician.id)
    make_checklist(shop.session, visit, title="Courtesy", items=[{"label": "Wipers"}], holder_id=technician.id)
    page = enter(Role.TECH, **SIZE)
    page.goto("/tech")
    says(page, ALL_SAVED)
    page.get_by_role("link", name=f"Open {COROLLA}").tap()
    page.get_by_role("button", name="Continue Courtesy").tap()
    page.context.set_offline(True)
    page.get_by_role("button", name="OK", exact=True).tap()
    says(page, "Offline, 1 waiting")
    page.get_by_role("button", name="You: Marcus Bell").tap()
    page.get_by_role("dialog").get_by_role("button", name="Sign out").tap()
    warning = page.get_by_role("dialog", name="1 change has not reached the shop")
    expect(warning).to_contain_text("Without the network nobody can come in again")
    warning.get_by_role("button", name="Stay").tap()
    page.context.set_offline(False)
    says(page, ALL_SAVED)

    # The application's own menu warns, too.
    page.context.set_offline(True)
    page.get_by_role("button", name="Attention", exact=True).tap()
    says(page, "Offline, 1 waiting")
    desk = page.context.new_page()
    page.close()
    desk.context.set_offline(False)
    desk.goto("/board")
    desk.get_by_role("button", name="Account: ").click()
    desk.get_by_role("menuitem", name="Sign out").or_(
        desk.get_by_role("dialog").get_by_role("button", name="Sign out")
    ).click()
    expect(desk.get_by_role("dialog", name="1 change has not reached the shop")).to_be_visible()


# How far the list was scrolled at most.
FOLLOW = """
() => {
  const main = document.getElementById('main');
  window.furthest = 0;
  main.addEventListener('scroll', () => (window.furthest = Math.max(window.furthest, main.scrollTop)));
}
"""


def swipe(devtools: CDPSession, *, up: bool) -> None:
    """Draw a finger over the list, from a card to another."""
    path = [620 - step * 45 for step in range(10)]
    if not up:
        path.reverse()

    def touch(kind: str, points: list[dict[str, int]]) -> None:
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", [{"x": 640, "y": path[0]}])
    for y in path[1:]:
        touch("touchMove", [{"x": 640, "y": y}])
    touch("touchEnd", [])


def test_a_long_list_scrolled_with_a_glove_drags_and_opens_nothing(shop: Shop, enter: Enter) -> None:
    technician = shop.person(Role.TECH)
    for number in range(30):
        shop.job(
            "Ana Reyes",
            f"20{10 + number % 10} Make Model{number}",
            status=Status.IN_PROGRESS,
            tech_id=technician.id,
            at=f"{8 + number // 6}:{number % 6}0",
            minutes=10,
        )
    page = enter(Role.TECH, **SIZE)
    page.goto("/tech")
    says(page, ALL_SAVED)
    expect(page.get_by_role("region", name="Next").get_by_role("listitem")).to_have_count(30)
    page.evaluate(FOLLOW)
    devtools = page.context.new_cdp_session(page)
    for number in range(20):
        swipe(devtools, up=number % 4 < 3)
    assert page.evaluate("() => window.furthest") > 300
    expect(page).to_have_url(re.compile("/tech$"))
    says(page, ALL_SAVED)


def test_an_inspection_is_filled_by_keyboard_alone(shop: Shop, session: Session, enter: Enter) -> None:
    make_inspection_template(session, name="Courtesy")
    technician = shop.person(Role.TECH)
    shop.job("Ana Reyes", COROLLA, status=Status.IN_PROGRESS, tech_id=technician.id)
    page = enter(Role.TECH)
    page.goto("/tech")
    says(page, ALL_SAVED)

    def press_on(role: str, name: str) -> None:
        """Go there with Tab and press Enter."""
        target = page.get_by_role(role, name=name).first  # type: ignore[arg-type]
        expect(target).to_be_visible()
        for _ in range(60):
            if target.evaluate("(one) => one === document.activeElement"):
                page.keyboard.press("Enter")
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"Tab never came to {name}")

    press_on("link", f"Open {COROLLA}")
    press_on("button", "Start Courtesy")
    expect(page.locator("#point")).to_have_text("Front brake pads")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.get_by_label("Reading in mm").evaluate("(one) => one === document.activeElement"):
            break
    page.keyboard.type("7,5")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="OK", exact=True)).to_have_attribute("aria-pressed", "true")
    press_on("link", "Next")
    expect(page.locator("#point")).to_be_focused()
    press_on("button", "OK")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#point")).to_have_text("Wipers")
    press_on("button", "Not on this car")
    press_on("link", "Finish")
    press_on("button", "Submit the inspection")
    expect(page.get_by_text("Submitted").first).to_be_visible()
    says(page, ALL_SAVED)


Look = Callable[[Page, str], None]


@pytest.fixture
def look() -> Iterator[Look]:
    """Return `look(page, name)`: measures every control that is shown and lets axe look, in light and dark; told at the end."""
    findings: list[str] = []

    def look(page: Page, name: str) -> None:
        found = page.evaluate(TOO_SMALL, GLOVE)
        findings.extend(f"{name}: {one}" for one in found)
        if not page.evaluate("() => 'axe' in window"):
            page.evaluate(axe())
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            expect(page.locator("html")).to_have_attribute("data-theme", theme)
            rules = {"type": "rule", "values": COLOURS} if theme == "dark" else {"type": "tag", "values": TAGS}
            found = page.locator("html").evaluate(RUN, rules)
            findings.extend(f"{name}, {theme}: {one}" for one in found)
            findings.extend(f"{name}, {theme}: {one}" for one in page.locator("html").evaluate(CONTRAST))

    yield look
    assert findings == [], "\n\n".join(findings)


def test_no_control_is_too_small_for_a_glove_and_axe_finds_nothing(
    shop: Shop, session: Session, enter: Enter, paired: Callable[..., Page], look: Look
) -> None:
    make_inspection_template(session, name="Courtesy")
    with_pin(shop, "Marcus Bell")
    technician = shop.person(Role.TECH, "Marcus Bell")
    visit = shop.job(
        "Ana Reyes", COROLLA, status=Status.IN_PROGRESS, tech_id=technician.id, key_tag="27", needs_part=True
    )
    points = [
        {
            "label": "Front brake pads",
            "section": "Brakes",
            "unit": "mm",
            "limits": {"failBelow": "3"},
            "result": "fail",
            "needs_photo": True,
        },
        {"label": "Wipers", "help": "Look at both edges."},
    ]
    checklist, _ = make_checklist(session, visit, title="Forty", items=points, holder_id=technician.id)
    shop.commit()
    stranger = paired()
    expect(stranger.get_by_role("button", name="Marcus Bell")).to_be_visible()
    look(stranger, "names")
    stranger.get_by_role("button", name="Marcus Bell").tap()
    expect(stranger.get_by_label("PIN of Marcus Bell")).to_be_visible()
    look(stranger, "PIN")
    page = enter(Role.TECH, "Marcus Bell", **SIZE)
    for path, sign in (
        ("/tech", "Now"),
        (f"/tech/jobs/{visit.id}", "In the customer\u2019s words"),
        (f"/tech/checks/{checklist.id}/1", "Front brake pads"),
        (f"/tech/checks/{checklist.id}/2", "Wipers"),
        (f"/tech/checks/{checklist.id}/3", "are missing"),
        ("/tech/queue", "Queue"),
    ):
        page.goto(path)
        expect(page.get_by_role("heading", name=sign).first).to_be_visible()
        says(page, ALL_SAVED)
        look(page, path)


def test_neither_is_any_in_what_opens_before_the_page(  # noqa: PLR0915  one story
    shop: Shop, session: Session, enter: Enter, look: Look
) -> None:
    technician = shop.person(Role.TECH)
    visit = shop.job("Ana Reyes", COROLLA, status=Status.IN_PROGRESS, tech_id=technician.id)
    points = [{"label": "Front brake pads", "result": "pass"}, {"label": "Wipers"}]
    checklist, items = make_checklist(session, visit, title="Two", items=points, holder_id=technician.id)
    desk = enter(Role.ADVISOR)
    page = enter(Role.TECH, **SIZE)
    page.goto(f"/tech/jobs/{visit.id}")
    says(page, ALL_SAVED)

    def dialog(name: str | re.Pattern[str]) -> Locator:
        found = page.get_by_role("dialog", name=name).last
        expect(found).to_be_visible()
        return found

    page.get_by_role("button", name=f"Start the clock on {COROLLA}").tap()
    page.get_by_role("button", name=f"Pause the clock on {COROLLA}").tap()
    dialog("Why does the clock stop?")
    look(page, "pause")
    page.get_by_role("dialog").get_by_role("button", name="Needs a part").tap()
    dialog("Needs a part")
    look(page, "which part")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Test drive: not good").tap()
    dialog("Test drive: not good")
    look(page, "not good")
    page.keyboard.press("Escape")
    says(page, ALL_SAVED)

    page.goto(f"/tech/checks/{checklist.id}/1")
    says(page, ALL_SAVED)
    page.locator('input[type="file"]').set_input_files(picture(1))
    says(page, ALL_SAVED)
    page.get_by_role("button", name="Open photo 1").tap()
    viewer = dialog(re.compile("photo 1 of 1"))
    look(page, "viewer")
    viewer.get_by_role("button", name="Draw on it").tap()
    viewer.get_by_role("button", name="Arrow", exact=True).tap()
    look(page, "drawing")
    viewer.get_by_role("button", name="Done").tap()
    viewer.get_by_role("button", name="Close").tap()
    says(page, ALL_SAVED)

    # Two answers meet, and a person who leaves while one waits.
    page.context.set_offline(True)
    page.get_by_role("button", name="Attention", exact=True).tap()
    says(page, "Offline, 1 waiting")
    page.get_by_role("button", name="You: ").tap()
    dialog(re.compile("^You: ")).get_by_role("button", name="Sign out").tap()
    leaving = dialog("1 change has not reached the shop")
    look(page, "leaving")
    leaving.get_by_role("button", name="Stay").tap()
    csrf = next(str(one["value"]) for one in desk.context.cookies() if one["name"] == "csrf_access_token")
    path = f"/api/checklists/{checklist.id}/items/{items[0].id}"
    change = {"result": "fail", "version": 1}
    answer = desk.context.request.patch(path, data=change, headers={"X-CSRF-TOKEN": csrf})
    assert answer.ok, answer.text()
    page.context.set_offline(False)
    says(page, "1 needs you")
    page.goto("/tech/queue")
    page.get_by_role("button", name="Choose").tap()
    dialog("Somebody changed this too")
    look(page, "conflict")
