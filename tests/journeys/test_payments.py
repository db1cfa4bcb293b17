"""Money at the counter and in the office: taken by keyboard and by touch, given back, invoiced, unlocked."""

import io
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from backend.appointments.models import Appointment
from tests.conftest import LiveServer, Screens
from tests.factories.services import make_job
from tests.journeys.conftest import TABLET, Enter, Shop
from tests.journeys.pages import FOLLOWS_MS, BoardPage, Screen
from tools.card_simulator.process import CardSimulator

COROLLA = "2019 Toyota Corolla, Ana Reyes"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def job(shop: Shop) -> Appointment:
    """Have a car ready to be picked up: $180.00."""
    ana = shop.customer("Ana Reyes", phone="+17185550142")
    job = shop.job(ana, "2019 Toyota Corolla", status="READY", at="9:00")
    make_job(shop.session, job, lines=({"unit_price_cents": 180_00},))
    return job


def balance(panel: Locator) -> Locator:
    return panel.get_by_role("region", name="Balance")


def amount(panel: Locator) -> Locator:
    return panel.get_by_role("textbox", name="Amount")


def method(panel: Locator, name: str) -> Locator:
    return panel.locator("label").filter(has_text=name)


def ledger(panel: Locator) -> Locator:
    return panel.get_by_role("region", name="Ledger").get_by_role("listitem")


def open_payments(page: Page, job: Appointment) -> Locator:
    page.goto(f"/board?open={job.id}&tab=payments")
    drawer = page.get_by_role("dialog").first
    expect(amount(drawer)).to_be_visible()
    return drawer


def test_part_by_card_the_rest_in_cash_by_keys_alone(job: Appointment, enter: Enter) -> None:
    board = BoardPage(enter("Advisor")).open()
    board.press("j", "Enter")
    drawer = board.drawer()
    expect(drawer.get_by_role("tab", name="Payments")).to_be_visible()
    board.press("Alt+5")
    expect(balance(drawer)).to_contain_text("$180.00")
    for _ in range(15):
        if amount(drawer).evaluate("field => field === document.activeElement"):
            break
        board.press("Tab")
    expect(amount(drawer)).to_be_focused()
    expect(amount(drawer)).to_have_value("180.00")

    board.type("60d")
    board.press("Enter")
    board.says("$60.00 recorded")
    board.hears("$120.00 is still owed.")
    expect(amount(drawer)).to_be_focused()
    expect(balance(drawer)).to_contain_text("$120.00")
    # A second Enter is no second payment.
    expect(amount(drawer)).to_have_value("")
    board.press("Enter")
    board.type("c")
    expect(drawer.get_by_role("radio", name="Cash")).to_be_checked()
    expect(amount(drawer)).to_have_value("120.00")
    board.press("Enter")

    board.hears("The visit is settled. Invoice 1 is issued.")
    expect(balance(drawer)).to_contain_text("$0.00")
    expect(balance(drawer)).to_contain_text("Settled")
    expect(ledger(drawer).nth(0)).to_contain_text("+$60.00")
    expect(ledger(drawer).nth(1)).to_contain_text("+$120.00")
    invoice = drawer.get_by_role("region", name="Invoice 1, version 1")
    expect(invoice).to_contain_text("Locked")
    expect(invoice.get_by_role("link", name="Invoice (PDF")).to_have_attribute(
        "href", f"/api/appointments/{job.id}/papers/invoice.pdf"
    )
    # An advisor gives nothing back, and takes no lock off.
    for name in ("Void", "Refund", "Unlock"):
        expect(drawer.get_by_role("button", name=name)).to_have_count(0)

    board.press("Alt+1")
    notes = drawer.get_by_role("textbox", name="Notes")
    notes.fill("Left the keys at the desk")
    notes.blur()
    expect(drawer.get_by_text("Saved").first).to_be_visible()
    board.press("Alt+6")
    expect(drawer.get_by_text("issued invoice 1").first).to_be_visible()


def test_by_touch_too_much_is_asked_about_and_two_taps_are_one_payment(job: Appointment, enter: Enter) -> None:
    page = enter("Advisor", **TABLET)
    drawer = open_payments(page, job)
    screen = Screen(page)
    method(drawer, "Check").tap()
    amount(drawer).fill("200")
    drawer.get_by_role("button", name="Record $200.00").tap()
    refusal = drawer.get_by_role("alert")
    expect(refusal).to_contain_text("$180.00 is owed, this is $20.00 more.")
    for button in refusal.get_by_role("button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    refusal.get_by_role("button", name="Enter $180.00").evaluate("button => (button.click(), button.click())")

    screen.says("$180.00 recorded")
    expect(ledger(drawer)).to_have_count(1)
    expect(ledger(drawer).first).to_contain_text("Payment · Check")
    expect(balance(drawer)).to_contain_text("Settled")


def test_cash_and_the_rest_by_card_are_two_entries_and_others_see_them(job: Appointment, enter: Enter) -> None:
    mine, theirs = enter("Advisor"), enter("Owner")
    drawer, other = open_payments(mine, job), open_payments(theirs, job)
    amount(drawer).fill("50")
    method(drawer, "Cash").click()
    drawer.get_by_role("button", name="And the rest, $130.00, by card").click()

    expect(ledger(drawer)).to_have_count(2)
    expect(ledger(other)).to_have_count(2, timeout=FOLLOWS_MS)
    expect(balance(other)).to_contain_text("Settled", timeout=FOLLOWS_MS)


def test_a_lost_answer_is_asked_for_again_and_the_money_is_there_once(job: Appointment, enter: Enter) -> None:
    page = enter("Advisor")
    drawer = open_payments(page, job)
    path = f"**/api/appointments/{job.id}/payments"

    def lose(route):
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route(path, lose)
    amount(drawer).fill("30")
    amount(drawer).press("Enter")
    expect(drawer.get_by_role("alert")).to_contain_text("it is entered once")
    page.unroute(path)
    amount(drawer).press("Enter")

    Screen(page).says("$30.00 recorded")
    expect(ledger(drawer)).to_have_count(1)
    expect(balance(drawer)).to_contain_text("$150.00")


def test_the_accountant_refunds_and_voids_on_a_laptop(job: Appointment, enter: Enter) -> None:
    advisor = open_payments(enter("Advisor"), job)
    amount(advisor).fill("60")
    amount(advisor).press("Enter")
    expect(advisor.get_by_role("button", name="The rest, $120.00")).to_be_visible()
    amount(advisor).press("c")
    amount(advisor).press("Enter")
    expect(amount(advisor)).to_have_value("")
    page = enter("Accountant", viewport={"width": 1280, "height": 720})
    page.goto(f"/customers/{job.customer_id}")
    page.get_by_role("button", name=f"No. {job.number}").click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_have_accessible_name("Ana Reyes")
    screen = Screen(page)

    drawer.get_by_role("button", name="Refund the payment of $60.00").click()
    dialog = screen.dialog_named("Refund a payment of $60.00")
    dialog.get_by_role("textbox", name="Amount, at most $60.00").fill("70")
    dialog.get_by_role("textbox", name="Reason").fill("Charged for a part that was not fitted")
    screen.press("Enter")
    expect(dialog).to_contain_text("Too much: at most $60.00.")
    dialog.get_by_role("textbox", name="Amount, at most $60.00").fill("20")
    dialog.get_by_role("button", name="Refund").click()
    screen.says("$20.00 refunded")
    expect(ledger(drawer).nth(2)).to_contain_text("−$20.00")  # noqa: RUF001  a minus sign
    expect(ledger(drawer).nth(0)).to_contain_text("$20.00 refunded")
    expect(balance(drawer)).to_contain_text("$20.00")

    drawer.get_by_role("button", name="Void the payment of $120.00").click()
    dialog = screen.dialog_named("Void $120.00")
    dialog.get_by_role("textbox", name="Reason").fill("Entered twice")
    screen.press("Enter")
    screen.says("$120.00 voided")
    expect(ledger(drawer).nth(1)).to_contain_text("Voided")
    expect(balance(drawer)).to_contain_text("$140.00")
    expect(balance(advisor)).to_contain_text("$140.00", timeout=FOLLOWS_MS)


def test_the_accountant_takes_the_lock_off_and_the_next_version_is_issued(job: Appointment, enter: Enter) -> None:
    page = enter("Accountant")
    page.goto(f"/customers?open={job.id}")
    drawer, screen = page.get_by_role("dialog").first, Screen(page)
    drawer.get_by_role("button", name="Issue the invoice").click()
    screen.says("Invoice 1 is issued")
    drawer.get_by_role("button", name="Unlock").click()
    dialog = screen.dialog_named("Unlock invoice 1")
    dialog.get_by_role("textbox", name="Reason").fill("The part comes off")
    screen.press("Enter")
    screen.says("Invoice 1 is unlocked")
    expect(drawer.get_by_role("region", name="Invoice 1, version 1")).to_contain_text("The part comes off")
    drawer.get_by_role("button", name="Issue version 2").click()
    issued = drawer.get_by_role("region", name="Invoice 1, version 2")
    expect(issued).to_contain_text("Locked")
    fallen = issued.get_by_role("link", name="Invoice, version 1 (PDF, opens in a new tab)")
    assert "REVERSED" in _pdf(page, fallen)


def test_the_customer_pays_by_link_and_a_refund_is_a_line_of_its_own(
    job: Appointment, enter: Enter, screens: Screens, cards: CardSimulator, live_server: LiveServer
) -> None:
    cards.tell("/control/webhook", url=f"{live_server.url}/api/webhooks/payments")
    page = enter("Owner", **TABLET)
    drawer, screen = open_payments(page, job), Screen(page)
    path = _link_to_the_invoice(page, drawer)
    phone = screens.open(**PHONE)
    phone.goto(path)
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Toyota Corolla")
    assert "$180" not in phone.inner_text("main")
    phone.get_by_role("textbox", name="Last four digits").fill("0142")
    phone.get_by_role("button", name="Continue").tap()
    invoice = phone.get_by_role("region", name="Invoice 1")
    expect(invoice).to_contain_text("$180.00")
    phone.get_by_role("button", name="Pay $180.00").tap()
    phone.get_by_role("button", name="Pay USD 180.00").tap()

    expect(phone).to_have_url(re.compile(r"/visit(\?paid=1)?$"))
    # What became of it stands on top and has the focus, while the bank's word is on its way and after.
    came = phone.get_by_role("region", name="Your card payment").get_by_role("heading")
    expect(came).to_have_text(re.compile(r"Your payment is on its way\.|We received \$180\.00\."))
    money = phone.get_by_role("region", name="Payment", exact=True)
    expect(money.get_by_role("button", name=re.compile("Pay"))).to_have_count(0)
    expect(money).to_contain_text("All paid. Thank you.", timeout=20_000)
    expect(came).to_have_text("We received $180.00.")
    expect(came).to_be_focused()
    papers = {kind: _pdf(phone, money.get_by_role("link", name=f"{kind} as PDF")) for kind in ("Invoice", "Receipt")}
    assert "$180.00" in papers["Invoice"]
    assert papers["Receipt"].count("$180.00") >= 2
    assert "Paid in full" in papers["Receipt"]

    expect(ledger(drawer).first).to_contain_text("Payment · Card", timeout=FOLLOWS_MS)
    expect(balance(drawer)).to_contain_text("Settled")
    drawer.get_by_role("button", name="Refund the payment of $180.00").tap()
    dialog = screen.dialog_named("Refund a payment of $180.00")
    dialog.get_by_role("textbox", name="Amount, at most $180.00").fill("25")
    dialog.get_by_role("textbox", name="Reason").fill("Waited too long")
    dialog.get_by_role("button", name="Refund").tap()
    screen.says("$25.00 refunded")
    expect(ledger(drawer).nth(1)).to_contain_text("−$25.00")  # noqa: RUF001  a minus sign
    expect(money).to_contain_text("$155.00", timeout=20_000)
    expect(came).to_have_text("We received $180.00.")
    receipt = _pdf(phone, money.get_by_role("link", name="Receipt as PDF"))
    assert all(words in receipt for words in ("Refund of card", "25.00")), receipt
    assert [refund["amount"] for refund in cards.ask("/control/state")["refunds"]] == [25_00]


def _link_to_the_invoice(page: Page, drawer: Locator) -> str:
    """Issue the invoice and make a link to it by touch; return the link's path."""
    drawer.get_by_role("button", name="Issue the invoice").tap()
    Screen(page).says("Invoice 1 is issued")
    drawer.get_by_role("button", name="Send a link to pay").tap()
    dialog = Screen(page).dialog_named("Send the invoice")
    dialog.get_by_role("button", name="Copy a link").tap()
    dialog.get_by_role("button", name="Make the link").tap()
    field = page.get_by_role("textbox", name="Link for the customer")
    path = urlsplit(field.input_value()).path
    page.get_by_role("button", name="Close").last.tap()
    expect(field).to_have_count(0)
    expect(drawer).to_contain_text("not opened yet")
    return path


def _pdf(page: Page, link: Locator) -> str:
    """Return the words of the paper that a link leads to."""
    answer = page.request.get(str(link.get_attribute("href")))
    assert answer.status == 200, answer.text()
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.body())).pages)


def test_a_technician_sees_no_money(job: Appointment, enter: Enter) -> None:
    page = enter("Tech")
    page.goto(f"/board?open={job.id}&tab=payments")
    drawer = page.get_by_role("dialog")

    expect(drawer.get_by_role("tab", name="Overview")).to_be_visible()
    expect(drawer.get_by_role("tab", name="Payments")).to_have_count(0)
    assert "$" not in drawer.inner_text()
