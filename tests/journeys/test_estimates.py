"""An estimate from the advisor's desk to the customer's phone and back: sent, answered, signed, taken back, told by phone."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from backend.appointments.models import Appointment
from backend.core.ids import new_id
from tests.conftest import Screens
from tests.factories.services import make_job
from tests.journeys.conftest import TABLET, Enter, Phones, Shop
from tests.journeys.pages import FOLLOWS_MS, BoardPage

COROLLA = "2019 Toyota Corolla, Ana Reyes"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def job(shop: Shop) -> Appointment:
    """Have a car in the shop with a job, one that can wait, and pads of two kinds."""
    shop.location.phone = "+12125550100"
    job = shop.job("Ana Reyes", "2019 Toyota Corolla", status="IN_PROGRESS", at="9:00")
    make_job(shop.session, job, name="Oil change", lines=[{"name": "Oil and filter", "unit_price_cents": 60_00}])
    make_job(shop.session, job, name="Cabin filter", lines=[{"name": "Filter", "unit_price_cents": 40_00}])
    choice = new_id()
    make_job(
        shop.session,
        job,
        name="Ceramic pads",
        choice_id=choice,
        is_chosen=True,
        lines=[{"name": "Ceramic set", "unit_price_cents": 180_00}],
    )
    make_job(
        shop.session,
        job,
        name="Standard pads",
        choice_id=choice,
        is_chosen=False,
        lines=[{"name": "Standard set", "unit_price_cents": 120_00}],
    )
    return job


def open_services(page: Page, job: Appointment) -> Locator:
    page.goto(f"/board?open={job.id}&tab=services")
    drawer = page.get_by_role("dialog").first
    expect(drawer.get_by_role("region", name="Estimate", exact=True)).to_be_visible()
    return drawer


def panel(drawer: Locator) -> Locator:
    return drawer.get_by_role("region", name="Estimate", exact=True)


def make_link(board: BoardPage, drawer: Locator) -> str:
    """Show the estimate by a link to copy; return its path."""
    panel(drawer).get_by_role("button", name="Send").press("Enter")
    dialog = board.dialog_named("Send the estimate")
    dialog.get_by_role("button", name="Copy a link").press("Enter")
    expect(dialog).to_contain_text("What the customer will see")
    dialog.get_by_role("button", name="Make the link").press("Enter")
    field = board.dialog.get_by_role("textbox", name="Link for the customer")
    path = urlsplit(field.input_value()).path
    board.dialog.get_by_role("button", name="Close").last.press("Enter")
    expect(field).to_have_count(0)
    return path


def work(page: Page, name: str) -> Locator:
    """Return a job of the customer's page."""
    return page.get_by_role("article", name=name, exact=True)


def asks_why(phone: Page) -> None:
    """Expect the page to ask for the missing reason where it is given, and lead there."""
    why = phone.get_by_role("group", name="Why not?")
    expect(why).to_contain_text("Say why, in a few words.")
    expect(why).to_be_focused()


def thanks_no_more(phone: Page) -> None:
    """Expect no thanks for an answer that no longer stands, but a word about that."""
    expect(phone.get_by_role("region", name="Thank you")).to_have_count(0)
    expect(phone.get_by_role("alert")).to_contain_text("The shop changed something after your answer.")


def heights(found: Locator) -> list[float]:
    """Return how high each is drawn, in pixels."""
    drawn: list[float] = found.evaluate_all("all => all.map((one) => one.getBoundingClientRect().height)")
    return drawn


def test_one_is_approved_one_declined_an_alternative_picked_and_a_cent_takes_one_approval_back(
    job: Appointment, enter: Enter, screens: Screens, phones: Phones
) -> None:
    owner = BoardPage(enter("Owner")).open()
    board = BoardPage(enter("Advisor"))
    drawer = open_services(board.page, job)
    expect(panel(drawer)).to_contain_text("Nobody has been shown an estimate yet.")
    path = make_link(board, drawer)
    expect(owner.item(COROLLA)).to_contain_text("Estimate sent", timeout=FOLLOWS_MS)

    phone = screens.open(**PHONE)
    phone.goto(path)
    expect(phone).to_have_url(re.compile("/visit$"))
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Toyota Corolla")
    expect(panel(drawer)).to_contain_text("Opened by the customer")
    assert phone.evaluate("() => document.documentElement.scrollWidth <= innerWidth")

    phone.get_by_role("button", name="Approve Oil change, $60.00").tap()
    work(phone, "Cabin filter").get_by_role("button", name="Decline Cabin filter").tap()
    work(phone, "Ceramic pads").get_by_role("radio", name="Standard pads").tap()
    phone.get_by_role("button", name="Approve Standard pads, $120.00").tap()
    expect(phone.get_by_text("You approve $180.00")).to_be_visible()
    phone.get_by_role("button", name="Review and sign").tap()
    sign = phone.get_by_role("region", name="Your answer")
    sign.get_by_role("button", name="Sign and send").tap()
    asks_why(phone)
    expect(sign).to_contain_text("Type your name to sign.")
    phone.get_by_role("radio", name="Too expensive").tap()
    sign.get_by_label("Your name, as your signature").fill("Ana Reyes")
    assert min(heights(phone.get_by_role("button"))) >= 44
    sign.get_by_role("button", name="Sign and send").tap()
    expect(phone.get_by_role("region", name="Thank you")).to_contain_text("Approved: $180.00")
    expect(phone.get_by_role("heading", name="Thank you")).to_be_focused()

    expect(owner.item(COROLLA)).to_contain_text("Approved 2 of 3", timeout=FOLLOWS_MS)
    for words in ("Standard pads approved · $120.00", "Cabin filter declined", "Reason: Too expensive"):
        expect(panel(drawer)).to_contain_text(words)

    drawer.get_by_role("button", name="Edit Oil and filter").press("Enter")
    price = drawer.get_by_label("Price each")
    price.fill("60.01")
    price.press("Enter")
    expect(panel(drawer)).to_contain_text("Oil change: approval no longer counts")
    expect(panel(drawer)).not_to_contain_text("Standard pads changed")
    expect(work(phone, "Oil change")).to_contain_text("That approval no longer counts.", timeout=FOLLOWS_MS)
    thanks_no_more(phone)
    expect(work(phone, "Oil change").get_by_role("button", name="Approve Oil change")).to_have_count(0)
    expect(work(phone, "Standard pads")).to_contain_text("You approved this")


def test_a_question_is_asked_and_answered_and_a_link_that_was_taken_back_says_whom_to_call(
    job: Appointment, enter: Enter, screens: Screens
) -> None:
    board = BoardPage(enter("Advisor", **TABLET))
    drawer = open_services(board.page, job)
    phone = screens.open(**PHONE)
    phone.goto(make_link(board, drawer))
    phone.get_by_role("button", name="Ask about Oil change").tap()
    phone.get_by_label("Your question").fill("Is it synthetic oil?")
    phone.get_by_role("button", name="Send question").tap()
    expect(work(phone, "Oil change")).to_contain_text("Your question is with the shop")

    expect(panel(drawer)).to_contain_text("Oil change: Is it synthetic oil?")
    panel(drawer).get_by_role("textbox", name="Your answer").fill("It is, and it lasts 10,000 miles.")
    panel(drawer).get_by_role("button", name="Answer", exact=True).tap()
    expect(work(phone, "Oil change")).to_contain_text("It is, and it lasts 10,000 miles.", timeout=FOLLOWS_MS)

    panel(drawer).get_by_role("button", name="Take back…").tap()
    board.dialog_named("Take this link back?").get_by_role("button", name="Take it back").tap()
    board.says("The link was taken back")
    phone.reload()
    expect(phone.get_by_role("heading", name="This link has ended")).to_be_visible()
    expect(phone.get_by_role("link", name="Call")).to_have_attribute("href", "tel:+12125550100")
    assert "Oil change" not in phone.locator("body").inner_text()


def test_an_approval_by_phone_lacks_nothing(job: Appointment, enter: Enter) -> None:
    board = BoardPage(enter("Advisor"))
    drawer = open_services(board.page, job)
    panel(drawer).get_by_role("button", name="Record approval…").press("Enter")
    dialog = board.dialog_named("Record what the customer said")
    dialog.get_by_label("Name of who said so").fill("")
    dialog.get_by_label("Number called").fill("")
    dialog.get_by_label("Date").fill("")
    dialog.get_by_role("button", name="Record", exact=True).press("Enter")
    for words in (
        "Say for at least one job what the customer said.",
        "Please fill this in.",
        "Give the date and time when it was said.",
    ):
        expect(dialog).to_contain_text(words)
    dialog.get_by_label("Oil change").select_option(label="Approved")
    dialog.get_by_role("button", name="Record", exact=True).press("Enter")
    expect(dialog.get_by_text("Enter an amount, such as 12.50.")).to_have_count(3)
    expect(dialog).to_contain_text("It comes to $60.00 in parts, $0.00 in labor, and a new total of $60.00 with tax.")
    dialog.get_by_label("Parts added").fill("60")
    dialog.get_by_label("Labor added").fill("0")
    dialog.get_by_label("New total, with tax").fill("61")
    dialog.get_by_label("Name of who said so").fill("Ana Reyes")
    dialog.get_by_label("Number called").fill("(212) 555-0142")
    dialog.get_by_label("Date").fill(job.starts_at.astimezone().date().isoformat())
    dialog.get_by_role("button", name="Record", exact=True).press("Enter")
    expect(dialog).to_contain_text("The new total: it is $60.00 by now. Say that.")
    dialog.get_by_label("New total, with tax").fill("60")
    dialog.get_by_label("New total, with tax").press("Enter")
    board.says("The answer was recorded")
    expect(panel(drawer)).to_contain_text("Ana Reyes, by phone at (212) 555-0142")


def test_of_alternatives_one_is_approved_by_phone_and_the_limit_is_in_view(job: Appointment, enter: Enter) -> None:
    board = BoardPage(enter("Advisor"))
    drawer = open_services(board.page, job)
    panel(drawer).get_by_role("button", name="Record approval…").press("Enter")
    dialog = board.dialog_named("Record what the customer said")
    pads = dialog.get_by_label("One of: Ceramic pads, Standard pads")
    expect(pads.get_by_role("option")).to_have_text(
        ["Not said", "Approved: Ceramic pads · $180.00", "Approved: Standard pads · $120.00", "Declined"]
    )
    pads.select_option("Approved: Standard pads · $120.00")
    expect(dialog).to_contain_text("a new total of $120.00 with tax")
    dialog.get_by_label("limit without asking again (optional)").fill("100")
    expect(dialog).to_contain_text("New total $120.00 is $20.00 above the customer")
    dialog.get_by_role("button", name="Record", exact=True).press("Enter")
    expect(dialog.get_by_text("Enter an amount, such as 12.50.")).to_have_count(3)
    dialog.get_by_role("button", name="Fill in").press("Enter")
    expect(dialog.get_by_text("Enter an amount, such as 12.50.")).to_have_count(0)
    dialog.get_by_label("Name of who said so").fill("Ana Reyes")
    dialog.get_by_label("Number called").fill("(212) 555-0142")
    dialog.get_by_role("button", name="Record", exact=True).press("Enter")
    expect(dialog).to_contain_text("$120.00 is approved with this. The limit can't be below that.")
    dialog.get_by_label("limit without asking again (optional)").fill("150")
    dialog.get_by_role("button", name="Record", exact=True).press("Enter")
    board.says("The answer was recorded")
    expect(panel(drawer)).to_contain_text("Standard pads approved · $120.00")
    expect(panel(drawer)).to_contain_text("Kept with a spoken answer")
    expect(panel(drawer)).not_to_contain_text("Shown on paper")


def test_a_technician_prints_the_work_order(job: Appointment, enter: Enter) -> None:
    page = enter("Tech")
    page.goto(f"/board?open={job.id}&tab=services")
    link = page.get_by_role("dialog").first.get_by_role("link", name="Work order as PDF, without prices")
    answer = page.request.get(str(link.get_attribute("href")))
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"


def test_an_alternative_by_hand_begins_with_its_first_line(job: Appointment, enter: Enter) -> None:
    board = BoardPage(enter("Advisor"))
    drawer = open_services(board.page, job)
    drawer.get_by_role("button", name="More about Oil change").press("Enter")
    board.page.get_by_role("menuitem", name="Offer an alternative").press("Enter")
    field = board.dialog.get_by_role("combobox").last
    field.fill("Synthetic oil")
    field.press("Enter")
    name = drawer.get_by_role("form", name="New line of Synthetic oil").get_by_label("Name")
    expect(name).to_be_focused()
    expect(name).to_be_in_viewport()
