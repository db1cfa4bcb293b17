"""Texting with customers: from a template to the phone and back, at night, after STOP, and when a text fails."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from backend.appointments.models import Appointment
from backend.consent.rules import ConsentKind, ConsentMethod
from backend.notices.rules import Trigger
from tests.conftest import LiveServer
from tests.factories.messages import make_consent
from tests.factories.notices import make_rule
from tests.factories.templates import make_template
from tests.journeys.conftest import TABLET, Enter, Phones, Shop
from tests.journeys.pages import BoardPage, InboxPage, TextingPage, eventually, starting

# Toll-free: the shop's clock alone decides the hours.
ANA, BEN = "+18885550142", "+18885550143"
COROLLA = "2019 Toyota Corolla, Ana Reyes"
NOON, NIGHT = 12, 2

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def job(shop: Shop) -> Appointment:
    """Have it be noon, and a job whose customer agreed to texts, with a template to say that it is ready."""
    shop.move_to(NOON)
    ana = shop.customer("Ana Reyes", phone=ANA)
    make_consent(shop.session, ANA)
    make_template(
        shop.session, name="Ready for pickup", body="Hi {customer_first_name|there}, your {vehicle} is ready."
    )
    make_template(shop.session, name="Promised", body="It will be ready {promised_time}.")
    job = shop.job(ana, "2019 Toyota Corolla", at="10:00")
    shop.commit()
    return job


READY = "Hi Ana, your 2019 Toyota Corolla is ready."


def test_an_advisor_texts_from_a_template_by_keyboard_and_sees_it_arrive(
    job: Appointment, enter: Enter, phones: Phones
) -> None:
    board = BoardPage(enter("Advisor")).open()
    watching = TextingPage(enter("Owner"))
    watching.page.goto(f"/board?open={job.id}&tab=messages")
    expect(watching.page.get_by_text("No messages yet")).to_be_visible()

    board.press("j", "t")
    texting = TextingPage(board.page)
    expect(texting.field).to_be_focused()
    expect(texting.verdict).to_have_text("Sends now")
    board.press("Shift+Tab", "Enter")
    expect(board.dialog.get_by_role("combobox", name="Search templates")).to_be_focused()
    board.type("ready f")
    board.press("Enter")
    expect(texting.composer).to_contain_text(READY)
    expect(texting.composer).to_contain_text("Reply STOP to opt out")
    expect(texting.composer).to_contain_text("1 part · ")
    board.press("Control+Enter")

    for screen in (texting, watching):
        expect(screen.bubble(READY)).to_contain_text("Delivered", timeout=20_000)
    board.hears("Delivered: Keytag Auto: Hi Ana")
    phones.gets(ANA, READY)
    assert len(phones.shows(ANA)) == 1
    # The list of templates knows that it was used.
    used = texting.page.context.request.get("/api/message-templates").json()["items"]
    assert {template["name"]: template["useCount"] for template in used} == {"Ready for pickup": 1, "Promised": 0}


def test_an_advisor_texts_from_a_template_by_touch(job: Appointment, enter: Enter, phones: Phones) -> None:
    board = BoardPage(enter("Advisor", **TABLET)).open()
    board.card(COROLLA).tap()
    board.drawer().get_by_role("tab", name="Messages").tap()
    texting = TextingPage(board.page)
    texting.composer.get_by_role("button", name="Template").tap()
    board.dialog.get_by_role("option", name="Ready for pickup").tap()
    expect(texting.composer).to_contain_text(READY)
    send = texting.composer.get_by_role("button", name="Send")
    box = send.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    send.tap()
    expect(texting.bubble(READY)).to_contain_text("Delivered", timeout=20_000)
    phones.gets(ANA, READY)


def test_a_missing_value_is_named_and_filled_and_a_draft_is_kept(
    job: Appointment, enter: Enter, phones: Phones
) -> None:
    board = BoardPage(enter("Advisor")).open()
    board.press("j", "t")
    texting = TextingPage(board.page)
    texting.field.fill("Hello {promised_time}")
    expect(texting.composer).to_contain_text("Missing: Promised time.")
    board.press("Control+Enter")
    assert phones.shows(ANA) == []
    board.press("Escape")
    expect(board.page.get_by_role("dialog")).to_have_count(0)
    board.page.reload()
    expect(board.card(COROLLA)).to_be_visible()
    board.press("j", "t")
    expect(texting.field).to_have_value("Hello {promised_time}")
    texting.composer.get_by_role("button", name="Fill in").click()
    drawer = board.drawer()
    time = drawer.get_by_label("Promised for: time")
    time.fill("16:30")
    time.press("Enter")
    expect(drawer.get_by_text("Saved").first).to_be_visible()
    board.press("Alt+3")
    expect(texting.composer).not_to_contain_text("Missing")
    expect(texting.composer).to_contain_text("4:30 PM")


def test_a_reply_is_a_task_for_everybody_until_it_is_done(
    shop: Shop, job: Appointment, enter: Enter, phones: Phones
) -> None:
    mine = InboxPage(enter("Advisor"))
    theirs = InboxPage(enter("Advisor", "Dana Cole"))
    board = BoardPage(enter("Owner")).open()
    for inbox in (mine, theirs):
        inbox.open()
        expect(inbox.page.get_by_text("Nobody waits for an answer")).to_be_visible()

    phones.write(ANA, "Is it ready? I get off at 5")
    for inbox in (mine, theirs):
        inbox.unread(1)
        expect(inbox.row("Ana Reyes")).to_contain_text("Is it ready? I get off at 5")
        expect(inbox.row("Ana Reyes")).to_contain_text("1 unread")
    expect(board.item(COROLLA)).to_contain_text("1 unread text")

    mine.press("j")
    expect(mine.page.get_by_role("heading", level=1, name="Ana Reyes")).to_be_visible()
    expect(mine.bubble("I get off at 5")).to_be_visible()
    # Seen is not answered.
    for inbox in (mine, theirs):
        inbox.unread(1)
    expect(board.item(COROLLA)).to_contain_text("1 unread text")

    # Two who look at one conversation know who answers.
    theirs.row("Ana Reyes").click()
    mine.press("r")
    mine.type("Almost")
    expect(mine.field).to_have_value("Almost")
    expect(theirs.page.get_by_text("Sam Rivera is answering…")).to_be_visible()
    mine.say("Almost, by 4.")
    expect(theirs.bubble("Almost, by 4.")).to_contain_text("Delivered", timeout=20_000)
    for inbox in (mine, theirs):
        inbox.unread(0)
    expect(board.item(COROLLA)).not_to_contain_text("unread")
    # Whoever answers has it.
    expect(theirs.page.get_by_role("button", name="Owner: Sam Rivera. Assign")).to_be_visible()

    mine.page.get_by_role("heading", level=1).click()
    mine.press("Escape")
    mine.page.get_by_role("heading", level=1).focus()
    mine.press("e")
    mine.says("Ana Reyes is done")
    for inbox in (mine, theirs):
        expect(inbox.row("Ana Reyes")).to_have_count(0)
    phones.write(ANA, "Thanks!")
    expect(theirs.row("Ana Reyes")).to_contain_text("Thanks!")


def test_a_text_that_was_only_seen_in_the_drawer_waits_until_somebody_calls_it_done(
    job: Appointment, enter: Enter, phones: Phones
) -> None:
    phones.write(ANA, "Thanks, see you at 5")
    inbox = InboxPage(enter("Owner")).open()
    inbox.unread(1)
    texting = TextingPage(enter("Advisor"))
    texting.page.goto(f"/board?open={job.id}&tab=messages")
    expect(texting.bubble("Thanks, see you at 5")).to_be_visible()
    texting.page.reload()
    expect(texting.bubble("Thanks, see you at 5")).to_contain_text("New")
    inbox.unread(1)
    texting.page.get_by_role("button", name="Done").press("Enter")
    texting.says("Nothing of this customer waits for an answer")
    inbox.unread(0)
    expect(inbox.row("Ana Reyes")).to_have_count(0)
    expect(texting.page.get_by_role("button", name="Done")).to_have_count(0)


def test_the_inbox_by_touch_assigns_snoozes_and_finishes(job: Appointment, enter: Enter, phones: Phones) -> None:
    phones.write(ANA, "Is it ready?")
    inbox = InboxPage(enter("Advisor", **TABLET)).open()
    inbox.row("Ana Reyes").tap()
    # On a tablet the thread stands in the list's place.
    expect(inbox.page.get_by_role("list", name="Conversations")).to_have_count(0)
    inbox.page.get_by_role("button", name="Owner: Nobody. Assign").tap()
    inbox.dialog.get_by_role("button", name="You").tap()
    inbox.says("Ana Reyes is with Sam Rivera")
    inbox.page.get_by_role("button", name="Snooze").tap()
    inbox.dialog.get_by_role("button", name=starting("Tomorrow")).tap()
    expect(inbox.page.get_by_text("Nobody waits for an answer")).to_be_visible()
    inbox.page.get_by_role("link", name="Snoozed").tap()
    inbox.row("Ana Reyes").tap()
    inbox.page.get_by_role("button", name="Wake it").tap()
    inbox.page.get_by_role("link", name=starting("Open")).tap()
    inbox.row("Ana Reyes").tap()
    inbox.page.get_by_role("button", name="Done").tap()
    expect(inbox.page.get_by_text("Nobody waits for an answer")).to_be_visible()


def test_at_night_a_text_waits_for_the_morning_and_only_the_owner_sends_it_at_once(
    shop: Shop, job: Appointment, enter: Enter, phones: Phones
) -> None:
    shop.move_to(NIGHT)
    board = BoardPage(enter("Advisor"))
    board.page.goto(f"/board?open={job.id}&tab=messages")
    texting = TextingPage(board.page)
    expect(texting.verdict).to_have_text(re.compile(r"^Held until (today|tomorrow) 8:00 AM \S+ \(customer’s time\)$"))  # noqa: RUF001 - as printed
    texting.say("Your car is ready.")
    held = texting.bubble("Your car is ready.")
    expect(held).to_contain_text("Held until 8:00 AM")
    expect(held.get_by_role("button", name=starting("Send now"))).to_have_count(0)
    held.get_by_role("button", name=starting("Why?")).click()
    expect(board.dialog).to_contain_text("Hours where the customer is: stopped it")
    board.press("Escape")

    # Each kind of task is counted by itself.
    phones.write(BEN, "Are you open?")
    inbox = InboxPage(enter("Owner")).open("/desk")
    inbox.unread(1)
    inbox.page.get_by_role("button", name="Held").click()
    row = inbox.page.get_by_role("list", name="Texts that wait").get_by_role("listitem")
    expect(row).to_contain_text("Ana Reyes")
    assert phones.shows(ANA) == []
    row.get_by_role("button", name=starting("Send now")).click()
    inbox.dialog.get_by_role("textbox", name="Reason").fill("She asked me to")
    inbox.press("Enter")
    expect(inbox.page.get_by_text("No text is held")).to_be_visible()
    expect(held).to_contain_text("Delivered", timeout=20_000)
    phones.gets(ANA, "Your car is ready.")


def test_a_held_text_is_taken_back(shop: Shop, enter: Enter, phones: Phones) -> None:
    shop.move_to(NIGHT)
    ana = shop.customer("Ana Reyes", phone=ANA)
    make_consent(shop.session, ANA)
    shop.job(ana, "2019 Toyota Corolla", at="10:00")
    shop.commit()
    board = BoardPage(enter("Advisor")).open()
    board.open_job("Ana Reyes")
    board.press("Alt+3")
    texting = TextingPage(board.page)
    texting.say("Your car is ready.")
    texting.bubble("Your car").get_by_role("button", name=starting("Don’t send")).click()  # noqa: RUF001 - as printed
    expect(texting.bubble("Your car")).to_contain_text("Canceled")
    board.press("Escape")
    expect(board.item("Ana Reyes")).not_to_contain_text("Text held")


def test_stop_ends_texts_at_once_with_one_confirmation_and_the_shop_sees_that_it_must_call(
    shop: Shop, enter: Enter, phones: Phones
) -> None:
    shop.move_to(NOON)
    ana = shop.customer("Ana Reyes", phone=ANA)
    make_consent(shop.session, ANA)
    make_rule(shop.session, shop.location, Trigger.REMINDER_24H, body="{shop_name}: see you {appointment_day}.")
    job = shop.job(ana, "2019 Toyota Corolla", at="18:00", day=1)
    texting = TextingPage(enter("Advisor"))
    texting.page.goto(f"/board?open={job.id}&tab=messages")
    expect(texting.verdict).to_have_text("Sends now")
    texting.page.get_by_role("button", name="Planned texts").click()
    reminder = texting.dialog.get_by_role("listitem").filter(has_text="Reminder, 24 hours before")
    expect(reminder).to_contain_text("Planned")
    texting.press("Escape")

    phones.write(ANA, "STOP")
    expect(texting.verdict).to_contain_text("Can’t: opted out on", timeout=10_000)  # noqa: RUF001 - as printed
    expect(texting.verdict).to_contain_text("by STOP")
    expect(texting.page.get_by_text("The customer has opted out of texts: call them.")).to_be_visible()
    expect(texting.page.get_by_role("link", name="(888) 555-0142").last).to_have_attribute("href", f"tel:{ANA}")
    phones.gets(ANA, "opted out")
    assert len(phones.shows(ANA)) == 1

    texting.field.fill("Your car is ready.")
    texting.field.press("Control+Enter")
    texting.hears("opted out")
    expect(texting.field).to_have_value("Your car is ready.")
    texting.page.get_by_role("button", name="Planned texts").click()
    expect(reminder).to_contain_text("Would not be sent")
    texting.press("Escape")
    # Nobody at the shop can undo it.
    texting.page.get_by_role("button", name="Consent to texts: Opted out. Show").click()
    expect(texting.dialog).to_contain_text("Only the customer can undo it, by texting START")
    expect(texting.dialog.get_by_role("button", name="Record consent")).to_have_count(0)
    texting.press("Escape")
    assert len(phones.shows(ANA)) == 1

    phones.write(ANA, "START")
    expect(texting.verdict).to_have_text("Sends now", timeout=10_000)


def test_a_wordy_reply_goes_to_a_person_who_decides(job: Appointment, enter: Enter, phones: Phones) -> None:
    texting = TextingPage(enter("Advisor"))
    texting.page.goto(f"/board?open={job.id}&tab=messages")
    watching = InboxPage(enter("Owner")).open()
    phones.write(ANA, "please stop the work")

    expect(texting.question).to_contain_text("please stop the work", timeout=10_000)
    expect(texting.question).to_contain_text("Automated texts to this number wait meanwhile.")
    expect(texting.question).to_contain_text("Decide by")
    expect(watching.row("Ana Reyes")).to_contain_text("Decide")
    # A person's own words still go, and nobody was opted out.
    expect(texting.verdict).to_have_text("Sends now")
    assert phones.shows(ANA) == []
    texting.question.get_by_role("button", name="About the job").press("Enter")
    texting.says("It is about the job")
    expect(texting.question).to_have_count(0)
    expect(watching.row("Ana Reyes")).not_to_contain_text("Decide")
    expect(texting.page.get_by_role("button", name=starting("Consent to texts: Agreed"))).to_be_visible()


def test_a_wordy_reply_is_decided_by_touch(job: Appointment, enter: Enter, phones: Phones) -> None:
    phones.write(ANA, "please stop the work")
    inbox = InboxPage(enter("Advisor", **TABLET)).open()
    inbox.row("Ana Reyes").tap()
    inbox.question.get_by_role("button", name="Opt out").tap()
    inbox.says("Opted out")
    expect(inbox.verdict).to_contain_text("opted out on")


def test_a_text_that_failed_says_why_and_goes_by_retry(job: Appointment, enter: Enter, phones: Phones) -> None:
    board = BoardPage(enter("Advisor")).open()
    watching = BoardPage(enter("Owner")).open()
    phones.simulator.tell("/control/mode", answer="refuse", errorCode=30007)
    board.open_job("Ana Reyes")
    board.press("Alt+3")
    texting = TextingPage(board.page)
    texting.say("Your car is ready.")
    failed = texting.bubble("Your car is ready.")
    expect(failed).to_contain_text("Not sent: the phone company took it for spam", timeout=20_000)
    board.hears("Not delivered")
    expect(watching.item("Ana Reyes")).to_contain_text("Text not sent")

    phones.simulator.tell("/control/mode", answer="ok")
    failed.get_by_role("button", name=starting("Retry")).press("Enter")
    expect(failed).to_contain_text("Delivered", timeout=20_000)
    eventually(lambda: phones.shows(ANA), lambda texts: len(texts) == 1)
    expect(watching.item("Ana Reyes")).not_to_contain_text("Text not sent")


def test_consent_is_recorded_at_the_counter_and_by_the_new_job_form(shop: Shop, enter: Enter, phones: Phones) -> None:
    shop.move_to(NOON)
    ben = shop.customer("Ben Ode", phone=BEN)
    job = shop.job(ben, "2021 Honda Civic", at="10:00")
    texting = TextingPage(enter("Advisor"))
    texting.page.goto(f"/board?open={job.id}&tab=messages")
    expect(texting.verdict).to_have_text("Can’t: no consent to texts is on record")  # noqa: RUF001 - as printed
    texting.page.get_by_role("button", name="Consent to texts: No consent yet. Show").click()
    texting.dialog.get_by_role("button", name="Record consent").click()
    expect(texting.dialog).to_contain_text("I agree to get texts from")
    texting.dialog.get_by_role("button", name="They agree").click()
    texting.says("Consent is recorded")
    expect(texting.verdict).to_have_text("Sends now")

    board = BoardPage(texting.page).open()
    form = board.start_new()
    board.type("Walter Quill")
    form.get_by_role("textbox", name="Phone", exact=True).fill("(888) 555-0177")
    box = form.get_by_role("checkbox", name="The customer was told or shown this and agrees:")
    expect(box).not_to_be_checked()
    box.check()
    form.get_by_role("button", name="Open the job").click()
    board.open_job("Walter Quill")
    board.press("Alt+3")
    expect(texting.page.get_by_role("button", name=starting("Consent to texts: Agreed"))).to_contain_text(
        "at the counter"
    )


def test_an_opt_out_is_recorded_in_the_customers_words(job: Appointment, enter: Enter, phones: Phones) -> None:
    texting = TextingPage(enter("Advisor"))
    texting.page.goto(f"/customers/{job.customer_id}")
    texting.page.get_by_role("button", name=starting("Consent to texts: Agreed")).click()
    texting.dialog.get_by_role("button", name="Record an opt-out").click()
    texting.dialog.get_by_label("How did they say it?").select_option("By phone")
    texting.dialog.get_by_label("In their words").fill("Quit texting me")
    texting.dialog.get_by_role("button", name="Opt out").click()
    texting.says("have ended")
    expect(texting.page.get_by_role("button", name="Consent to texts: Opted out. Show")).to_contain_text("by phone")


def test_a_technician_reads_and_takes_nobodys_task_away(job: Appointment, enter: Enter, phones: Phones) -> None:
    phones.write(ANA, "Is it ready?")
    tech = TextingPage(enter("Tech"))
    tech.page.goto(f"/board?open={job.id}&tab=messages")
    expect(tech.bubble("Is it ready?")).to_be_visible()
    expect(tech.page.get_by_text("Advisors and the owner write to customers.")).to_be_visible()
    expect(tech.composer).to_have_count(0)
    expect(tech.page.get_by_role("button", name="Planned texts")).to_be_visible()
    inbox = InboxPage(enter("Advisor")).open()
    inbox.unread(1)


def test_a_provider_block_is_said_before_anything_is_written(
    shop: Shop, job: Appointment, enter: Enter, phones: Phones
) -> None:
    make_consent(shop.session, ANA, kind=ConsentKind.PROVIDER_BLOCKED, method=ConsentMethod.PROVIDER)
    texting = TextingPage(enter("Advisor"))
    texting.page.goto(f"/board?open={job.id}&tab=messages")
    expect(texting.verdict).to_have_text("Can’t: the phone company blocks texts to this number")  # noqa: RUF001
    expect(texting.page.get_by_text("The customer has opted out of texts: call them.")).to_be_visible()


def test_a_shop_that_does_not_text_has_no_inbox_no_texts_and_no_tab(
    shop: Shop, enter: Enter, start_server: Callable[..., LiveServer]
) -> None:
    shop.job("Ana Reyes", "2019 Toyota Corolla")
    quiet = start_server(FF_MESSAGING="off")
    board = BoardPage(enter("Owner", base_url=quiet.url)).open()
    assert board.pages == [
        *("Board", "Calendar", "Books", "Customers", "Numbers", "Catalogue", "Inspections"),
        *("Switches", "Audit log", "Devices", "People"),
    ]
    drawer = board.open_job("Ana Reyes")
    expect(drawer.get_by_role("tab", name="Messages")).to_have_count(0)
    for address in ("/inbox", "/settings/texts"):
        board.page.goto(address)
        expect(board.page.get_by_text("This is switched off")).to_be_visible()
