"""Several at one thread, a move that tells its customer, a CANCEL that meant the visit, and texting switched off."""

import time

import pytest
from playwright.sync_api import expect

from backend.accounts.queries import SWITCHES_FOR_SECONDS
from backend.appointments.models import Appointment
from backend.notices.rules import Trigger
from tests.factories.messages import make_consent, make_message
from tests.factories.notices import make_rule
from tests.journeys.conftest import TABLET, Enter, Phones, Shop
from tests.journeys.pages import BoardPage, InboxPage, TextingPage, starting

# Toll-free: the shop's clock alone decides the hours.
ANA = "+18885550142"
COROLLA = "2019 Toyota Corolla, Ana Reyes"

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def job(shop: Shop) -> Appointment:
    """Have it be noon, and a job of this afternoon whose customer agreed to texts."""
    shop.move_to(12)
    ana = shop.customer("Ana Reyes", phone=ANA)
    make_consent(shop.session, ANA)
    job = shop.job(ana, "2019 Toyota Corolla", at="18:00")
    shop.commit()
    return job


def test_two_at_one_thread_see_each_other_and_the_second_is_asked(
    job: Appointment, enter: Enter, phones: Phones
) -> None:
    phones.write(ANA, "When can I pick it up?")
    mine = InboxPage(enter("Advisor")).open()
    theirs = TextingPage(enter("Advisor", "Dana Cole"))
    theirs.page.goto(f"/board?open={job.id}&tab=messages")
    expect(theirs.bubble("When can I")).to_be_visible()
    mine.row("Ana Reyes").click()
    # Who looks on is not answering; who has the cursor in the field is.
    expect(theirs.page.locator("[data-answering]")).to_have_count(0)
    mine.field.click()
    theirs.field.click()
    expect(mine.page.get_by_text("Dana Cole is answering…")).to_be_visible(timeout=10_000)
    expect(theirs.page.get_by_text("Sam Rivera is answering…")).to_be_visible()

    mine.say("Any time after 4.")
    theirs.field.fill("At 5, please.")
    theirs.field.press("Control+Enter")
    asked = theirs.dialog_named("Sam Rivera has answered already")
    expect(asked).to_contain_text("Any time after 4.")
    expect(asked).to_contain_text("At 5, please.")
    asked.get_by_role("button", name="Don’t send").press("Enter")  # noqa: RUF001 - as printed
    expect(theirs.field).to_have_value("At 5, please.")
    theirs.field.press("Control+Enter")
    expect(theirs.field).to_have_value("")
    phones.gets(ANA, "At 5, please.")
    assert len(phones.shows(ANA)) == 2


def test_a_loud_move_shows_what_leaves_and_is_taken_back_with_its_text(
    shop: Shop, job: Appointment, enter: Enter, phones: Phones
) -> None:
    make_rule(shop.session, shop.location, Trigger.IN_PROGRESS, body="We have your {vehicle|car}.")
    shop.commit()
    board = BoardPage(enter("Advisor", **TABLET)).open()
    board.move_menu(COROLLA).tap()
    board.dialog_named(f"Move or assign {COROLLA}").get_by_role("button", name="In progress", exact=True).tap()
    told = board.messages.filter(has_text="The customer gets:")
    expect(told).to_contain_text("Keytag Auto: We have your 2019 Toyota Corolla.")
    told.get_by_role("button", name="Undo").tap()
    board.shows("Scheduled", COROLLA)
    # Longer than any text is held back.
    time.sleep(13)
    assert phones.shows(ANA) == []

    board.move_menu(COROLLA).tap()
    board.dialog_named(f"Move or assign {COROLLA}").get_by_role("button", name="In progress", exact=True).tap()
    phones.gets(ANA, "Keytag Auto: We have your 2019 Toyota Corolla.")


def test_a_cancel_that_meant_the_visit_cancels_it_in_one_step(job: Appointment, enter: Enter, phones: Phones) -> None:
    board = BoardPage(enter("Owner")).open()
    texting = TextingPage(enter("Advisor"))
    phones.write(ANA, "CANCEL")
    expect(board.item(COROLLA)).to_contain_text("Reply to decide", timeout=10_000)
    texting.page.goto(f"/board?open={job.id}")
    expect(texting.page.get_by_text("A reply waits for a decision")).to_be_visible()
    texting.page.get_by_role("button", name="Decide").press("Enter")
    expect(texting.verdict).to_contain_text("by CANCEL")
    expect(texting.question).to_contain_text(f"Appointment #{job.number}")
    expect(texting.question.get_by_role("button", name="Keep the appointment")).to_be_visible()
    texting.question.get_by_role("button", name="Cancel the appointment").press("Enter")
    texting.says("The appointment is canceled")
    expect(texting.question).to_have_count(0)
    expect(texting.page.get_by_role("button", name=starting("State: Canceled"))).to_be_visible()


def test_a_landline_is_called_or_written_an_email(shop: Shop, job: Appointment, enter: Enter) -> None:
    make_message(shop.session, job, direction="out", phone=ANA, status="failed", error_code="30006")
    shop.commit()
    texting = TextingPage(enter("Advisor"))
    texting.page.goto(f"/board?open={job.id}&tab=messages")

    expect(texting.verdict).to_have_text("Can’t: the number is a landline")  # noqa: RUF001 - as printed
    expect(texting.composer.get_by_role("link", name=starting("Call"))).to_have_attribute("href", f"tel:{ANA}")
    texting.composer.get_by_role("button", name="Write an email").press("Enter")
    expect(texting.composer.get_by_role("textbox", name="Subject")).to_be_visible()


def test_the_owner_switches_texting_off_and_on(job: Appointment, enter: Enter, phones: Phones) -> None:
    theirs = TextingPage(enter("Advisor"))
    theirs.page.goto(f"/board?open={job.id}&tab=messages")
    expect(theirs.verdict).to_have_text("Sends now")
    board = BoardPage(enter("Owner")).open()
    board.menu.get_by_role("link", name="Switches").click()
    switch = board.page.get_by_role("switch", name="Texting and email")
    switch.press("Space")
    board.dialog.get_by_role("textbox", name="Reason").fill("The texts say the wrong street.")
    board.press("Enter")
    expect(board.page.get_by_text("The texts say the wrong street.")).to_be_visible()
    expect(board.menu.get_by_role("link", name=starting("Inbox"))).to_have_count(0)
    # Every other open screen follows by itself.
    messages = theirs.page.get_by_role("tab", name=starting("Messages"))
    expect(messages).to_have_count(0)
    expect(theirs.verdict).to_have_count(0)
    time.sleep(SWITCHES_FOR_SECONDS)
    # What comes in is taken in; nothing goes out.
    phones.write(ANA, "HELP")
    assert phones.shows(ANA) == []

    switch.press("Space")
    expect(messages).to_be_visible()
    expect(board.menu.get_by_role("link", name=starting("Inbox"))).to_be_visible()
