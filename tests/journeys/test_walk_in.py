"""Somebody stands at the counter: a job is open within seconds, a known customer is found, nothing is booked twice unawares."""

import time

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import TABLET, Enter, Shop
from tests.journeys.pages import FOLLOWS_MS, BoardPage, eventually

# What an advisor has for a walk-in, phone ringing.
WALK_IN_SECONDS = 25
VIN = "1HGCM82633A004352"
NOON = 12


@pytest.fixture(autouse=True)
def noon(shop: Shop) -> None:
    """Have it be noon: a job opened now stands below the morning's, at whatever hour the tests run."""
    shop.move_to(NOON)


def test_a_name_alone_opens_a_job(shop: Shop, enter: Enter) -> None:
    shop.job("Ana Reyes", "2019 Toyota Corolla", at="9:00")
    board = BoardPage(enter("Advisor")).open()
    watching = BoardPage(enter("Tech")).open()

    started = time.monotonic()
    board.start_new()
    board.type("Walter Quill")
    board.press("Enter")
    board.shows("Scheduled", "2019 Toyota Corolla, Ana Reyes", "Walter Quill")
    assert time.monotonic() - started < WALK_IN_SECONDS
    expect(board.page.get_by_role("dialog")).to_have_count(0)
    expect(board.card("Walter Quill")).to_be_focused()
    board.hears("is open")
    watching.shows("Scheduled", "2019 Toyota Corolla, Ana Reyes", "Walter Quill", timeout=FOLLOWS_MS)


def test_a_plate_alone_opens_a_job(shop: Shop, enter: Enter) -> None:
    board = BoardPage(enter("Advisor"))
    board.page.goto("/board")
    expect(board.page.get_by_text("Nothing scheduled for Today")).to_be_visible()
    form = board.start_new()
    board.type("7xyz123")
    expect(form).to_contain_text("New vehicle with plate 7XYZ123")
    board.press("Enter")
    board.shows("Scheduled", "7XYZ123")
    expect(board.item("7XYZ123")).to_contain_text("No customer yet")
    expect(board.card("7XYZ123")).to_be_focused()


def test_by_finger_a_job_is_open_in_three_touches(shop: Shop, enter: Enter) -> None:
    shop.job("Ana Reyes", "2019 Toyota Corolla", at="9:00")
    board = BoardPage(enter("Advisor", **TABLET)).open()
    board.page.get_by_role("button", name="New appointment").tap()
    form = board.dialog_named("New appointment")
    form.get_by_role("combobox", name="Customer, phone or plate").fill("Walter Quill")
    form.get_by_role("switch", name="The car is here: check in now").tap()
    form.get_by_role("button", name="Open the job").tap()
    board.shows("In progress", "Walter Quill")


def test_a_form_without_anybody_says_what_is_missing_and_one_closed_by_mistake_comes_back(
    shop: Shop, enter: Enter
) -> None:
    shop.job("Ana Reyes", "2019 Toyota Corolla", at="9:00")
    board = BoardPage(enter("Advisor")).open()
    form = board.start_new()
    board.press("Enter")
    expect(form).to_contain_text("Type a name or a plate, or choose a customer.")
    expect(form.get_by_role("combobox", name="Customer, phone or plate")).to_be_focused()
    board.type("Half a nam")
    board.press("Escape")
    expect(form).to_have_count(0)
    board.start_new()
    expect(form.get_by_role("combobox", name="Customer, phone or plate")).to_have_value("Half a nam")


@pytest.fixture
def known(shop: Shop) -> Shop:
    """Have a customer with two cars among others, and a job that keeps the board from being empty."""
    rosa = shop.customer("Rosa Delgado", phone="+17185550142")
    shop.car("2003 Honda Accord", rosa, plate="7ABC123", vin=VIN)
    shop.car("2019 Subaru Outback", rosa, plate="KLM9087")
    for number, name in enumerate(("Robert Dalton", "Maria Salgado", "Ross Delaney")):
        shop.car("2018 Kia Soul", shop.customer(name, phone=f"+1718555018{number}"), plate=f"OTHER{number}")
    shop.job("Ana Reyes", "2019 Toyota Corolla", at="9:00")
    return shop


@pytest.mark.parametrize(
    "said", ["0142", "7abc 123", VIN[-6:].lower(), "Roza Delgato"], ids=["phone", "plate", "vin", "misspelt"]
)
def test_a_known_customer_is_found_by_whatever_they_say(known: Shop, enter: Enter, said: str) -> None:
    board = BoardPage(enter("Advisor")).open()
    form = board.start_new()
    board.type(said)
    found = form.get_by_role("option", name="Rosa Delgado")
    expect(found).to_be_visible()
    assert "Rosa Delgado" in form.get_by_role("option").first.inner_text()
    board.press("ArrowDown", "Enter")
    expect(form).to_contain_text("(718) 555-0142")
    outback = form.get_by_role("radio", name="2019 Subaru Outback KLM9087")
    outback.check(force=True)
    outback.press("Control+Enter")
    board.shows("Scheduled", "2019 Toyota Corolla, Ana Reyes", "2019 Subaru Outback, Rosa Delgado")


def test_a_key_tag_in_use_is_refused_in_words(shop: Shop, enter: Enter) -> None:
    shop.job("Ana Reyes", "2019 Toyota Corolla", status="IN_PROGRESS", at="9:00", key_tag="14", number=4711)
    shop.job("Ben Ode", "2021 Honda Civic", at="10:00")
    board = BoardPage(enter("Advisor")).open()
    form = board.start_new()
    board.type("Walter Quill")
    form.get_by_text("Promise, key tag, bay, notes").click()
    form.get_by_label("Key tag").fill("14")
    board.press("Enter")
    expect(form.get_by_role("alert")).to_contain_text("What you typed is kept.")
    expect(form.get_by_label("Key tag")).to_have_accessible_description("In use on #4711.")
    form.get_by_label("Key tag").fill("15")
    board.press("Enter")
    board.shows("Scheduled", "2021 Honda Civic, Ben Ode", "Walter Quill")

    # In the drawer of another job the field names the job that holds the tag.
    board.card("Ben Ode").press("Enter")
    tag = board.dialog.get_by_label("Key tag", exact=True)
    tag.fill("14")
    tag.press("Enter")
    expect(tag).to_have_accessible_description("That tag hangs on job #4711.")
    expect(tag).to_have_value("14")


def test_overbooking_shows_what_collides_and_takes_a_reason(shop: Shop, enter: Enter) -> None:
    marcus = shop.person("Tech")
    shop.job("Ana Reyes", "2019 Toyota Corolla", at="9:00", tech_id=marcus.id, bay_id=shop.bays[0].id)
    board = BoardPage(enter("Advisor")).open()
    form = board.start_new()
    board.type("Walter Quill")
    form.get_by_label("Start").fill("09:30")
    form.get_by_label("Technician").select_option("Marcus Bell")
    form.get_by_text("Promise, key tag, bay, notes").click()
    form.get_by_label("Bay", exact=True).select_option("Bay 1")
    form.get_by_label("Start").press("Enter")

    taken = board.dialog_named("This time is taken")
    expect(taken).to_contain_text("Marcus Bell is busy 9:00 AM – 10:00 AM")  # noqa: RUF001 - an en dash between two times
    expect(taken).to_contain_text("Bay 1 is in use 9:00 AM – 10:00 AM")  # noqa: RUF001 - likewise
    expect(taken).to_contain_text("2019 Toyota Corolla · Ana Reyes")
    expect(taken.get_by_label("Reason")).to_be_focused()
    board.press("Control+Enter")
    expect(taken).to_contain_text("Write the reason.")
    # Thinking again loses nothing.
    board.press("Escape")
    expect(taken).to_have_count(0)
    expect(form.get_by_role("combobox", name="Customer, phone or plate")).to_have_value("Walter Quill")
    form.get_by_role("button", name="Open the job").click()
    taken.get_by_label("Reason").fill("Flat tire, ten minutes")
    board.press("Control+Enter")

    board.shows("Scheduled", "2019 Toyota Corolla, Ana Reyes", "Walter Quill")
    expect(board.item("Walter Quill")).to_contain_text("Overbooked")
    board.card("Walter Quill").press("Enter")
    expect(board.dialog).to_contain_text("Overbooked on purpose by Sam Rivera")
    expect(board.dialog).to_contain_text("Flat tire, ten minutes")


def test_two_presses_open_one_job(shop: Shop, enter: Enter) -> None:
    shop.job("Ana Reyes", "2019 Toyota Corolla", at="9:00")
    board = BoardPage(enter("Advisor")).open()
    board.start_new()
    board.type("Walter Quill")
    board.press("Enter", "Enter", "Enter")
    board.shows("Scheduled", "2019 Toyota Corolla, Ana Reyes", "Walter Quill")
    board.page.reload()
    eventually(lambda: board.cards("Scheduled"), lambda cards: len(cards) == 2)
