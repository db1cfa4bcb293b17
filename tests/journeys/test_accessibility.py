"""axe finds nothing on any page, in light and dark, at a desk and on a tablet."""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy.orm import Session

from backend.appointments.models import Appointment
from backend.appointments.rules import Status
from backend.demo.seed import PASSWORD, midday
from backend.notices.rules import Trigger
from tests.conftest import Screens
from tests.factories.messages import make_consent
from tests.factories.notices import make_rule
from tests.journeys.conftest import TABLET, Enter, Phones, Shop, sign_in
from tests.journeys.pages import BoardPage, CalendarPage, CustomersPage, InboxPage, PeoplePage, Screen, starting
from tools import frontend
from tools.paths import FRONTEND

TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
# In the other theme only colours are others.
COLOURS = ["color-contrast"]
# Colours on their way from one theme to the other are nobody's: the page is still first.
RUN = """
async (root, {type, values}) => {
  const drawn = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const moving = () => document.getAnimations().some((one) => one.playState === 'running' && one.effect.getComputedTiming().iterations !== Infinity);
  do await drawn(); while (moving());
  const found = await axe.run(root, {runOnly: {type, values}, resultTypes: ['violations'], preload: false});
  return found.violations.flatMap(({id, nodes}) => nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary}`));
}
"""
# A board without cards: the checker reads the whole page, also where only a layer over it is looked at.
EMPTY_BOARD = "/board?day=2020-01-01"
DRAWER_TABS = ("Overview", "Services", "Messages", "Inspection", "Payments", "History")

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def demo(session: Session, demo_shop: Callable[[datetime], None]) -> Session:
    """Fill the shop with the demo data as it stands at midday: with cards in every column, whatever time it is."""
    demo_shop(midday(datetime.now(ZoneInfo("America/New_York")).date()))
    return session


@functools.cache
def axe() -> str:
    """Return the checker's code, from the frontend's packages."""
    frontend.ensure_packages()
    return (FRONTEND / "node_modules" / "axe-core" / "axe.min.js").read_text()


@dataclass
class Inspector:
    """Looks at pages with axe and keeps what it finds."""

    device: str
    findings: list[str] = field(default_factory=list)
    looks: int = 0

    def look(self, page: Page, name: str, within: Locator | None = None) -> None:
        """Check what the page shows now: at a desk in both themes, on a tablet in turns in one and the other.

        A layer over a page that was looked at before is all that is new: `within` says so.
        """
        if not page.evaluate("() => 'axe' in window"):
            # Not as a script element: our own content security policy would refuse it, as it should.
            page.evaluate(axe())
        themes = ("light", "dark") if self.device == "desk" else (("light", "dark")[self.looks % 2],)
        self.looks += 1
        root = page.locator("html") if within is None else within.last
        expect(root).to_be_visible()
        for number, theme in enumerate(themes):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            rules = {"type": "rule", "values": COLOURS} if number else {"type": "tag", "values": TAGS}
            found = root.evaluate(RUN, rules)
            self.findings += [f"{name}, {self.device}, {theme}: {finding}" for finding in found]


Window = Callable[[str], Page]
DEVICES: dict[str, dict[str, Any]] = {"desk": {}, "tablet": TABLET}


@pytest.fixture
def inspect(demo: Session, screens: Screens) -> Callable[[Callable[[Window, Inspector], None]], None]:
    """Return `inspect(walk)`: let somebody walk through pages at a desk and on a tablet; axe may find nothing anywhere.

    The walk gets `window(name)`, which opens a window of a person of the demo shop, and the inspector.
    """

    def inspect(walk: Callable[[Window, Inspector], None]) -> None:
        findings = []
        for device, options in DEVICES.items():

            def window(name: str, options: dict[str, Any] = options) -> Page:
                page = screens.open(**options)
                if name:
                    sign_in(page, f"{name}@keytag.test", PASSWORD)
                return page

            inspector = Inspector(device)
            walk(window, inspector)
            findings += inspector.findings
            screens.close()
        assert findings == [], "\n\n".join(findings)

    return inspect


def cards(page: Page) -> list[dict[str, Any]]:
    """Return the cards of today's board."""
    found: list[dict[str, Any]] = page.context.request.get("/api/admin/appointments/board").json()["cards"]
    return found


def first(page: Page, status: Status) -> dict[str, Any]:
    """Return a card of today's board that stands like this."""
    return next(card for card in cards(page) if card["status"] == status)


def alone(card: dict[str, Any]) -> str:
    """Return the query of a board that shows this card and no other."""
    return f"?q=%23{card['number']}"


def choose(screen: Screen, name: str) -> None:
    """Choose an entry of the menu that is open, or of the sheet that it is on a tablet."""
    entry = screen.page.get_by_role("menuitem", name=starting(name))
    entry.or_(screen.dialog.get_by_role("button", name=starting(name))).click()


def test_sign_in_board_drawer_and_forms(inspect: Callable[..., None]) -> None:
    inspect(_walk_the_board)


def _walk_the_board(window: Window, inspector: Inspector) -> None:
    page = window("")
    page.goto("/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Enter your email.")).to_be_visible()
    inspector.look(page, "sign-in")

    board = BoardPage(window("owner")).open()
    inspector.look(board.page, "board")
    _menus(board, inspector)
    job = first(board.page, Status.COMPLETED)
    board.page.goto(EMPTY_BOARD)
    expect(board.page.get_by_text("Nothing scheduled for")).to_be_visible()
    inspector.look(board.page, "board, empty")
    _palette(board, inspector)
    _form(board, inspector)
    board.page.goto(f"{EMPTY_BOARD}&open={job['id']}")
    _drawer(board, inspector)
    _odd_boards(board, inspector)

    tech = BoardPage(window("tech"))
    me = tech.page.context.request.get("/api/me").json()["user"]["id"]
    tech.open(f"?tech={me}")
    inspector.look(tech.page, "board of a technician")
    tech.column("In progress").get_by_role("link").first.press("Enter")
    drawer = tech.drawer()
    inspector.look(tech.page, "drawer of a technician", drawer)
    expect(drawer.get_by_role("tab", name="Payments")).to_have_count(0)


def _menus(board: BoardPage, inspector: Inspector) -> None:
    page = board.page
    menu = page.get_by_role("menu").or_(page.get_by_role("dialog"))
    board.open(alone(first(page, Status.READY)))
    board.column("Ready").get_by_role("link").first.focus()
    for key, name in (("m", "Move to…"), ("a", "assign"), ("?", "keyboard shortcuts")):
        board.press(key)
        inspector.look(page, name, menu)
        board.press("Escape")
        expect(menu).to_have_count(0)
    board.open(alone(first(page, Status.COMPLETED)))
    board.column("Completed").get_by_role("link").first.focus()
    board.press("m")
    choose(board, "Ready")
    inspector.look(page, "reason", board.dialog_named("Take back finished work"))
    board.press("Escape")


def _palette(board: BoardPage, inspector: Inspector) -> None:
    board.press("Control+k")
    expect(board.dialog.get_by_role("combobox")).to_be_focused()
    board.type("de")
    expect(board.dialog.get_by_role("group", name="Customers").get_by_role("option").first).to_be_visible()
    # While results come in, the library names an item that is gone; the next key mends it.
    board.press("ArrowDown")
    inspector.look(board.page, "command palette", board.dialog)
    board.press("Escape")


def _form(board: BoardPage, inspector: Inspector) -> None:
    form = board.start_new()
    board.press("Enter")
    expect(form).to_contain_text("Type a name or a plate, or choose a customer.")
    form.get_by_text("Promise, key tag, bay, notes").click()
    inspector.look(board.page, "new appointment", form)
    form.get_by_role("combobox", name="Customer, phone or plate").fill("garcia")
    expect(form.get_by_role("option").first).to_be_visible()
    inspector.look(board.page, "new appointment, suggestions", form)
    board.press("ArrowDown", "Enter")
    expect(form.get_by_role("button", name="Change")).to_be_visible()
    inspector.look(board.page, "new appointment, customer chosen", form)
    form.get_by_role("button", name="Cancel").click()


def _drawer(board: BoardPage, inspector: Inspector) -> None:
    drawer = board.drawer()
    for tab in DRAWER_TABS:
        drawer.get_by_role("tab", name=tab).click()
        expect(drawer.get_by_role("tabpanel", name=tab)).to_be_visible()
        inspector.look(board.page, f"drawer, {tab}", drawer)
    drawer.get_by_role("button", name=starting("More for job")).click()
    board.page.get_by_text("Delete the job…").click()
    inspector.look(board.page, "delete", board.dialog_named("Delete job"))


def _odd_boards(board: BoardPage, inspector: Inspector) -> None:
    page = board.page
    page.goto("/board?q=nothing+of+this+name")
    expect(page.get_by_text("No jobs match")).to_be_visible()
    inspector.look(page, "board, nothing found")
    page.route("**/api/admin/appointments/board*", lambda route: route.abort())
    page.goto("/board?day=2020-01-02")
    expect(page.get_by_role("alert")).to_contain_text("The shop’s server can’t be reached.")  # noqa: RUF001 - as printed
    inspector.look(page, "board, failed")


def test_work_and_catalogue(inspect: Callable[..., None]) -> None:
    inspect(_walk_the_work)


def _walk_the_work(window: Window, inspector: Inspector) -> None:
    board = BoardPage(window("advisor"))
    page = board.page
    page.goto(f"{EMPTY_BOARD}&open={first(page, Status.IN_PROGRESS)['id']}&tab=services")
    drawer = board.drawer()
    drawer.get_by_label("Add a job").fill("brake")
    expect(drawer.get_by_role("option").first).to_be_visible()
    inspector.look(page, "services, catalogue", drawer)
    drawer.get_by_label("Add a job").fill("")
    job = drawer.get_by_role("list", name="Jobs", exact=True).get_by_role("region").first
    job.get_by_role("button", name=starting("Edit ")).first.click()
    inspector.look(page, "services, line", drawer)
    for entry in ("Discount", "Offer an alternative", "Name and words"):
        job.get_by_role("button", name=starting("More about")).click()
        choose(board, entry)
        inspector.look(page, entry, board.dialog)
        board.press("Escape")
    job.get_by_role("button", name=starting("More about")).click()
    choose(board, "Add a line")
    inspector.look(page, "services, new line", drawer)
    page.goto("/settings/catalog")
    expect(page.get_by_role("table", name="Jobs of the catalogue")).to_be_visible()
    inspector.look(page, "catalogue")
    page.get_by_role("button", name=starting("Edit ")).first.click()
    inspector.look(page, "canned job", board.dialog)
    owner = window("owner")
    for path, words in (("labor", "Save the rates"), ("taxes", "Save the taxes"), ("papers", "Save")):
        owner.goto(f"/settings/catalog/{path}")
        expect(owner.get_by_role("button", name=words)).to_be_visible()
        inspector.look(owner, path)


def test_estimates_and_the_customers_page(inspect: Callable[..., None]) -> None:
    inspect(_walk_the_estimates)


def _walk_the_estimates(window: Window, inspector: Inspector) -> None:
    board = BoardPage(window("advisor"))
    page = board.page
    for state in ("approved", "question"):
        page.goto(f"{EMPTY_BOARD}&open={_with_estimate(page, state)}")
        drawer = board.drawer()
        drawer.get_by_role("tab", name="Services").click()
        panel = drawer.get_by_role("region", name="Estimate", exact=True)
        expect(panel).to_contain_text("What happened")
        inspector.look(page, f"estimate, {state}", panel)
    panel.get_by_role("button", name="Record approval…").click()
    record = board.dialog_named("Record what the customer said")
    record.get_by_role("combobox").first.select_option(index=1)
    record.get_by_role("combobox").last.select_option("declined")
    record.get_by_role("button", name="Record", exact=True).click()
    expect(record).to_contain_text("Please fill this in.")
    inspector.look(page, "approval by phone", record)
    board.press("Escape")
    expect(record).to_contain_text("What you typed here is not saved.")
    inspector.look(page, "what was typed would be lost", record)
    record.get_by_role("button", name="Discard it").click()
    panel.get_by_role("button", name="Send again…").click()
    send = board.dialog_named("Send the estimate")
    expect(send).to_contain_text("The exact text")
    inspector.look(page, "send estimate", send)
    send.get_by_role("button", name="Copy a link").click()
    send.get_by_role("button", name="Make the link").click()
    link = board.dialog.get_by_role("textbox", name="Link for the customer")
    expect(link).to_be_visible()
    inspector.look(page, "link", board.dialog)
    _customers_page(window(""), inspector, urlsplit(link.input_value()).path)
    board.dialog.get_by_role("button", name="Close").last.click()
    panel.get_by_role("button", name="Take back…").first.click()
    inspector.look(page, "take back", board.dialog)


def _with_estimate(page: Page, state: str) -> str:
    """Return the id of a job whose estimate stands like this, wherever its card is."""
    return next(str(card["id"]) for card in cards(page) if card.get("estimate", {}).get("state") == state)


def _customers_page(page: Page, inspector: Inspector, path: str) -> None:
    page.goto("/visit")
    expect(page.get_by_role("heading", name="This link has ended")).to_be_visible()
    inspector.look(page, "ended link")
    page.goto(path)
    work = page.get_by_role("article")
    expect(work.first).to_be_visible()
    inspector.look(page, "customer's page")
    work.first.get_by_text("What is in this price").click()
    work.first.get_by_role("button", name=starting("Ask about")).click()
    work.first.get_by_role("button", name="Send question").click()
    page.get_by_role("button", name=starting("Decline")).first.click()
    page.get_by_role("button", name="See what is owed").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Sign and send").click()
    expect(page.get_by_text("Type your name to sign.")).to_be_visible()
    inspector.look(page, "customer's page, what is missing")
    if inspector.device == "desk":
        # The next device finds the question unanswered.
        return
    page.get_by_role("radio", name="Not now").first.click()
    page.get_by_label("Your name, as your signature").fill("Ana Reyes")
    page.get_by_role("button", name="Sign and send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    inspector.look(page, "customer's page, answered")


def test_inspections_and_their_report(inspect: Callable[..., None]) -> None:
    inspect(_walk_the_inspections)


def _walk_the_inspections(window: Window, inspector: Inspector) -> None:
    board = BoardPage(window("advisor"))
    page = board.page
    page.goto(f"{EMPTY_BOARD}&open={_with_inspection(page)}&tab=inspection")
    drawer = board.drawer()
    checked = drawer.get_by_role("region", name="Multi-point inspection")
    expect(checked).to_be_visible()
    inspector.look(page, "inspection", drawer)
    checked.get_by_role("button", name="Correct").click()
    expect(drawer.get_by_role("group", name=starting("Result of")).first).to_be_visible()
    inspector.look(page, "inspection, filling", drawer)
    checked.get_by_role("button", name=starting("Send report")).click()
    send = board.dialog_named("Send the report")
    expect(send).to_contain_text("The text")
    inspector.look(page, "send report", send)
    send.get_by_role("button", name="Copy a link").click()
    send.get_by_role("button", name="Make the link").click()
    link = board.dialog.get_by_role("textbox", name="Link to the report")
    path = urlsplit(link.input_value()).path
    customer = window("")
    customer.goto(path)
    expect(customer.get_by_role("heading", name="What we found")).to_be_visible()
    inspector.look(customer, "report")
    page.goto("/settings/inspections")
    page.get_by_role("button", name=starting("Edit Multi-point")).click()
    board.dialog.get_by_role("button", name=starting("Edit Brake pads, front")).click()
    inspector.look(page, "inspection template", board.dialog)
    board.press("Escape")
    inspector.look(page, "inspection templates")


def _with_inspection(page: Page) -> str:
    """Return the id of a job whose multi-point inspection is submitted."""
    for card in cards(page):
        lists = page.context.request.get(f"/api/appointments/{card['id']}/checklists").json()["items"]
        if lists and lists[0]["status"] == "submitted":
            return str(card["id"])
    raise AssertionError("no inspection is submitted")


def test_calendar_customers_people_and_the_rest(inspect: Callable[..., None]) -> None:
    inspect(_walk_the_rest)


def _walk_the_rest(window: Window, inspector: Inspector) -> None:
    page = window("owner")
    _calendar(CalendarPage(page), inspector)
    _customers(CustomersPage(page), inspector)
    _people(PeoplePage(page), inspector)

    accountant = window("accountant")
    accountant.goto("/board")
    expect(accountant.get_by_text("Not for your role")).to_be_visible()
    inspector.look(accountant, "no permission")
    accountant.goto("/audit")
    expect(accountant.get_by_text("Because:").first).to_be_visible()
    inspector.look(accountant, "audit log")
    accountant.get_by_role("button", name="Check it yourself").click()
    inspector.look(accountant, "audit log, offline", accountant.get_by_role("dialog"))
    _money(accountant, window("owner"), inspector)


def _money(accountant: Page, owner: Page, inspector: Inspector) -> None:
    invoice = accountant.request.get("/api/invoices?limit=1").json()["items"][0]
    accountant.goto(f"/customers?open={invoice['appointmentId']}")
    ledger = accountant.get_by_role("dialog")
    expect(ledger.get_by_role("region", name=starting("Invoice"))).to_be_visible()
    inspector.look(accountant, "ledger", ledger)
    for button, title in (("Refund the payment", "Refund a payment"), ("Unlock", "Unlock invoice")):
        ledger.get_by_role("button", name=starting(button)).first.click()
        inspector.look(accountant, title, Screen(accountant).dialog_named(title))
        accountant.keyboard.press("Escape")

    owner.goto(f"{EMPTY_BOARD}&open={invoice['appointmentId']}&tab=payments")
    drawer = owner.get_by_role("dialog")
    drawer.get_by_role("textbox", name="Amount").fill("5")
    drawer.get_by_role("button", name="Reference, note, day").click()
    drawer.get_by_role("textbox", name="Amount").press("Enter")
    expect(drawer.get_by_role("alert")).to_contain_text("Nothing was recorded")
    inspector.look(owner, "payment, refused", drawer)


def _calendar(calendar: CalendarPage, inspector: Inspector) -> None:
    for view in ("day", "week", "month", "technicians"):
        calendar.open(view)
        inspector.look(calendar.page, f"calendar, {view}")
    calendar.grid.get_by_role("button", name=re.compile("Scheduled$")).first.focus()
    calendar.press("m")
    expect(calendar.page.get_by_role("button", name="Save")).to_be_visible()
    inspector.look(calendar.page, "calendar, moving")


def _customers(customers: CustomersPage, inspector: Inspector) -> None:
    page = customers.open().page
    inspector.look(page, "customers")
    customers.search.fill("nobody of this name")
    expect(page.get_by_text("Nobody matches")).to_be_visible()
    inspector.look(page, "customers, nobody")
    page.get_by_role("button", name="New customer").first.click()
    customers.dialog.get_by_label("Name").fill("Maria Garcia")
    inspector.look(page, "new customer", customers.dialog)

    page.goto(f"/customers/{_somebody_twice(page)}")
    expect(page.get_by_text("This may be on file twice")).to_be_visible()
    inspector.look(page, "customer")
    page.get_by_role("button", name=starting("Compare with")).click()
    expect(page.get_by_role("button", name=starting("Merge into"))).to_be_visible()
    inspector.look(page, "merge", customers.dialog)
    customers.press("Escape")
    page.get_by_role("button", name="Add vehicle").click()
    customers.dialog.get_by_label("VIN").fill("1HGCM82643A004352")
    expect(customers.dialog).to_contain_text("One character is probably mistyped.")
    inspector.look(page, "vehicle", customers.dialog)


def _people(people: PeoplePage, inspector: Inspector) -> None:
    page = people.open().page
    inspector.look(page, "people")
    page.get_by_role("button", name="Add person").click()
    people.press("Enter")
    expect(people.dialog).to_contain_text("Enter a name.")
    inspector.look(page, "person", people.dialog)
    page.goto("/users/roles")
    expect(page.get_by_role("table")).to_be_visible()
    inspector.look(page, "permissions")

    page.goto("/settings/switches")
    page.get_by_role("switch").press("Space")
    expect(people.dialog).to_contain_text("Switch off texting")
    inspector.look(page, "switching off", people.dialog)
    people.press("Escape")
    inspector.look(page, "switches")

    page.goto("/nowhere")
    expect(page.get_by_text("There is nothing at this address")).to_be_visible()
    inspector.look(page, "not found")
    page.get_by_role("button", name=starting("Account:")).click()
    inspector.look(page, "account menu", page.get_by_role("menu").or_(page.get_by_role("dialog")))
    page.get_by_text("Change password…").click()
    inspector.look(page, "password", people.dialog_named("Change your password"))


@pytest.mark.parametrize("device", DEVICES)
def test_threads_inbox_desk_and_texts(shop: Shop, enter: Enter, phones: Phones, device: str) -> None:
    shop.move_to(2)
    ana = shop.customer("Ana Reyes", phone="+18885550142")
    make_consent(shop.session, "+18885550142")
    make_rule(shop.session, shop.location, Trigger.REMINDER_24H, body="{shop_name}: see you {appointment_day}.")
    job = shop.job(ana, "2019 Toyota Corolla", at="18:00", day=1)
    shop.commit()
    phones.write("+18885550142", "please stop the work")
    inspector = Inspector(device)
    inbox = InboxPage(enter("Owner", **DEVICES[device]))
    _threads(inbox, inspector, job)
    _desk_and_texts(inbox, inspector)
    assert inspector.findings == [], "\n\n".join(inspector.findings)


def _threads(inbox: InboxPage, inspector: Inspector, job: Appointment) -> None:
    page = inbox.open().page
    expect(inbox.row("Ana Reyes")).to_be_visible()
    inspector.look(page, "inbox")
    inbox.row("Ana Reyes").click()
    expect(inbox.question).to_be_visible()
    inbox.say("We stopped. Call us when you can.")
    expect(inbox.bubble("We stopped.")).to_contain_text("Held until")
    inspector.look(page, "conversation with a question")
    page.get_by_role("button", name="Owner: You. Assign").click()
    inspector.look(page, "assign", page.get_by_role("menu").or_(page.get_by_role("dialog")))
    inbox.press("Escape")

    page.goto(f"{EMPTY_BOARD}&open={job.id}")
    drawer = page.get_by_role("dialog").first
    expect(drawer).to_contain_text("A reply waits for a decision")
    inspector.look(page, "drawer with a question", drawer)
    page.goto(f"{EMPTY_BOARD}&open={job.id}&tab=messages")
    inbox.field.fill("Reply CANCEL to cancel {promised_time}")
    expect(inbox.composer).to_contain_text("Missing: Promised time.")
    inspector.look(page, "drawer, Messages with findings", drawer)
    for opener, name in (
        ("Planned texts", "planned texts"),
        ("Consent to texts", "consent"),
        ("Template", "template picker"),
        ("Why?", "why"),
    ):
        page.get_by_role("button", name=starting(opener)).first.click()
        expect(page.get_by_role("dialog")).to_have_count(2)
        expect(inbox.dialog.get_by_role("status", name=re.compile("^(Loading|Asking|Working)"))).to_have_count(0)
        inspector.look(page, name, inbox.dialog)
        inbox.press("Escape")


def _desk_and_texts(inbox: InboxPage, inspector: Inspector) -> None:
    page = inbox.open("/desk").page
    inspector.look(page, "desk, empty")
    page.get_by_role("button", name="Held").click()
    expect(page.get_by_role("list", name="Texts that wait")).to_be_visible()
    inspector.look(page, "desk")
    page.goto("/settings/texts")
    expect(page.get_by_role("table", name="Templates")).to_be_visible()
    inspector.look(page, "templates")
    page.get_by_role("button", name=starting("Edit ")).first.click()
    expect(inbox.dialog).to_contain_text("1 part")
    inspector.look(page, "template", inbox.dialog)
    page.goto("/settings/texts/stages")
    expect(page.get_by_role("table", name="Stage texts")).to_be_visible()
    inspector.look(page, "stage texts")
    page.route("**/api/inbox?*", lambda route: route.abort())
    page.goto("/inbox")
    expect(page.get_by_role("alert")).to_be_visible(timeout=15_000)
    inspector.look(page, "inbox, failed")


def test_numbers_devices_and_the_wall(inspect: Callable[..., None]) -> None:
    inspect(_walk_the_numbers)


def _walk_the_numbers(window: Window, inspector: Inspector) -> None:
    page = window("owner")
    _numbers(page, inspector)
    _books(window("accountant"), inspector)
    _devices(page, window, inspector)


def _numbers(page: Page, inspector: Inspector) -> None:
    page.goto("/numbers?days=month")
    expect(page.get_by_text(re.compile("^As of"))).to_be_visible()
    expect(page.get_by_role("status", name="Looking for stuck cars")).to_have_count(0)
    inspector.look(page, "numbers")
    page.get_by_role("button", name=starting("Jobs planned")).click()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_role("row", name=starting("Sum of"))).to_be_visible()
    inspector.look(page, "rows of a number", sheet)
    page.keyboard.press("Escape")
    page.get_by_role("combobox", name="Days").select_option("custom")
    page.get_by_label("Last day").fill("2020-01-01")
    expect(page.get_by_text("The last day is before the first.")).to_be_visible()
    inspector.look(page, "numbers, wrong days")
    page.route("**/api/admin/dashboard/stats?*", lambda route: route.abort())
    page.goto("/numbers?days=yesterday")
    expect(page.get_by_role("alert")).to_be_visible(timeout=15_000)
    inspector.look(page, "numbers, failed")


def _books(page: Page, inspector: Inspector) -> None:
    page.goto("/books")
    expect(page.get_by_role("table", name="Closed days")).to_be_visible()
    inspector.look(page, "day close")
    page.get_by_label("Counted: Cash").fill("much")
    page.get_by_role("button", name=starting("Close ")).click()
    expect(page.get_by_label("Counted: Cash")).to_have_attribute("aria-invalid", "true")
    inspector.look(page, "day close, refused")
    for path, words in (
        ("unpaid", "Held for customers"),
        ("taxes", "Rounding"),
        ("journal", "Everything ties out"),
        ("exports", "exports left this hour"),
    ):
        page.goto(f"/books/{path}")
        expect(page.get_by_text(words).first).to_be_visible()
        inspector.look(page, f"books, {path}")


def _devices(page: Page, window: Window, inspector: Inspector) -> None:
    page.goto("/settings/devices")
    expect(page.get_by_text("No devices yet")).to_be_visible()
    inspector.look(page, "devices, none")
    page.get_by_role("button", name="Add device").first.click()
    form = page.get_by_role("dialog")
    form.get_by_role("button", name="Get a code").click()
    inspector.look(page, "new device", form)
    form.get_by_label("Name").fill(f"Wall, {inspector.device}")
    form.get_by_label("Kind").select_option("wallboard")
    form.get_by_role("button", name="Get a code").click()
    shown = page.get_by_text(starting("Code, letter by letter"))
    code = shown.inner_text().rpartition(":")[2].replace(" ", "")
    inspector.look(page, "code", page.get_by_role("dialog"))

    wall = window("")
    wall.goto("/wall")
    wall.get_by_label("Code").fill("ABCD")
    wall.keyboard.press("Enter")
    expect(wall.get_by_role("alert")).to_be_visible()
    inspector.look(wall, "pairing")
    wall.get_by_label("Code").fill(code)
    wall.keyboard.press("Enter")
    expect(wall.get_by_text("Live", exact=True)).to_be_visible()
    inspector.look(wall, "wall")
    page.keyboard.press("Escape")
    expect(page.get_by_role("table", name="Devices of the shop")).to_be_visible()
    inspector.look(page, "devices")
    page.get_by_role("button", name=starting("More for")).click()
    choose(Screen(page), "Revoke")
    inspector.look(page, "revoke", page.get_by_role("dialog"))
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("No devices yet")).to_be_visible()


def test_when_the_connection_fails(shop: Shop, enter: Enter) -> None:
    shop.job("Ana Reyes", "2019 Toyota Corolla")
    board = BoardPage(enter("Advisor")).open()
    inspector = Inspector("desk")
    board.page.evaluate(axe())
    board.page.context.set_offline(True)
    expect(board.page.get_by_text("Offline since").first).to_be_visible(timeout=20_000)
    inspector.look(board.page, "offline")
    assert inspector.findings == []


def _somebody_twice(page: Page) -> str:
    """Return the id of a customer whose phone another record has too."""
    cursor: str | None = None
    phones: dict[str, str] = {}
    while True:
        query = "&cursor=" + cursor if cursor else ""
        answer = page.context.request.get(f"/api/customers?limit=200{query}").json()
        for customer in answer["items"]:
            if customer["phone"] and customer["phone"] in phones:
                return str(customer["id"])
            phones[customer["phone"]] = customer["id"]
        cursor = answer["nextCursor"]
        assert cursor, "the demo shop has nobody twice"
