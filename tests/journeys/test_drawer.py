"""One job in its drawer: edited field by field, by two people at once, deleted and brought back."""

import re

import pytest
from playwright.sync_api import Locator, expect

from backend.appointments.models import Appointment
from tests.journeys.conftest import TABLET, Enter, Shop
from tests.journeys.pages import FOLLOWS_MS, BoardPage, starting

COROLLA = "2019 Toyota Corolla, Ana Reyes"
CIVIC = "2021 Honda Civic, Ben Ode"


@pytest.fixture
def job(shop: Shop) -> Appointment:
    """Have two jobs on the board and return the first."""
    job = shop.job("Ana Reyes", "2019 Toyota Corolla", at="9:00", title="Squeals when braking")
    shop.job("Ben Ode", "2021 Honda Civic", at="10:00")
    return job


def holds_focus(layer: Locator) -> None:
    """Check that what has the focus is inside the layer."""
    assert layer.evaluate("layer => layer.contains(document.activeElement)"), "the focus left the drawer"


def test_it_opens_by_key_holds_the_focus_steps_to_the_neighbor_and_gives_the_focus_back(
    job: Appointment, enter: Enter
) -> None:
    board = BoardPage(enter("Advisor")).open()
    board.press("j")
    board.press("Enter")
    drawer = board.drawer()
    expect(drawer).to_have_accessible_name("2019 Toyota Corolla")
    holds_focus(drawer)
    for key in ("Tab", "Shift+Tab"):
        for _ in range(30):
            board.press(key)
            holds_focus(drawer)

    drawer.get_by_role("heading", level=2).focus()
    board.press("]")
    expect(drawer).to_have_accessible_name("2021 Honda Civic")
    board.press("]")
    expect(drawer).to_have_accessible_name("2021 Honda Civic")
    board.press("[")
    expect(drawer).to_have_accessible_name("2019 Toyota Corolla")
    board.press("]")
    expect(drawer).to_have_accessible_name("2021 Honda Civic")
    for number, tab in enumerate(("Overview", "Services", "Messages", "Inspection", "Payments", "History"), start=1):
        board.press(f"Alt+{number}")
        expect(drawer.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
        expect(drawer.get_by_role("tabpanel")).to_have_accessible_name(tab)
    board.press("Escape")
    expect(drawer).to_have_count(0)
    expect(board.card(CIVIC)).to_be_focused()


def test_it_opens_by_its_address_at_its_tab(job: Appointment, enter: Enter) -> None:
    board = BoardPage(enter("Advisor"))
    board.page.goto(f"/board?open={job.id}&tab=history")
    drawer = board.drawer()
    expect(drawer.get_by_role("tab", name="History")).to_have_attribute("aria-selected", "true")
    board.press("Escape")
    board.shows("Scheduled", COROLLA, CIVIC)
    expect(board.card(COROLLA)).to_be_focused()

    board.page.goto("/board?open=0198c000-0000-7000-8000-000000000000")
    expect(board.dialog).to_contain_text("This job is not here any more")


def test_fields_save_by_themselves_the_board_follows_and_the_history_tells_it(
    shop: Shop, job: Appointment, enter: Enter
) -> None:
    mine = BoardPage(enter("Advisor")).open()
    theirs = BoardPage(enter("Owner")).open()
    drawer = mine.open_job(COROLLA)

    tag = drawer.get_by_label("Key tag", exact=True)
    tag.fill("27")
    tag.press("Tab")
    expect(drawer.get_by_text("Saved").first).to_be_visible()
    mine.hears("Saved")
    expect(theirs.item(COROLLA)).to_contain_text("27", timeout=FOLLOWS_MS)

    notes = drawer.get_by_label("Notes")
    notes.fill("Wheel lock key\nin the glove box")
    notes.press("Control+Enter")
    drawer.get_by_role("switch", name="The customer waits here").press("Space")
    expect(theirs.item(COROLLA)).to_contain_text("Waiting here", timeout=FOLLOWS_MS)
    drawer.get_by_label("Promised for: time").fill("16:30")
    drawer.get_by_label("Promised for: time").press("Enter")
    drawer.get_by_label("Start: time").fill("13:15")
    drawer.get_by_label("Start: time").press("Enter")
    expect(drawer.get_by_label("End: time")).to_have_value("14:15")

    mine.press("Alt+6")
    panel = drawer.get_by_role("tabpanel")
    day = f"{shop.today:%a, %b} {shop.today.day}"
    expect(panel).to_contain_text(f"Start changed from {day} at 9:00 AM to {day} at 1:15 PM")
    expect(panel).to_contain_text(f"Promised for set to {day} at 4:30 PM")
    expect(panel).to_contain_text("Key tag set to 27")
    expect(panel.get_by_role("listitem").filter(has_text="changed the job").first).to_contain_text("Sam Rivera")
    mine.press("Escape")
    # Closing goes back in the browser's history, which takes a moment.
    expect(drawer).to_have_count(0)
    mine.page.reload()
    drawer = mine.open_job(COROLLA)
    expect(drawer.get_by_label("Notes")).to_have_value("Wheel lock key\nin the glove box")
    # What is taken back with Escape is not saved.
    drawer.get_by_label("Key tag", exact=True).fill("99")
    mine.press("Escape")
    expect(drawer.get_by_label("Key tag", exact=True)).to_have_value("27")
    mine.hears("Key tag: what you typed is taken back")
    mine.page.get_by_role("button", name="Undo").click()
    expect(drawer.get_by_label("Key tag", exact=True)).to_have_value("99")


def test_two_people_editing_two_fields_keep_both(job: Appointment, enter: Enter) -> None:
    mine, theirs = BoardPage(enter("Advisor")).open(), BoardPage(enter("Owner")).open()
    my_drawer, their_drawer = mine.open_job(COROLLA), theirs.open_job(COROLLA)
    my_drawer.get_by_label("What is it about?").fill("Grinds when braking")
    notes = their_drawer.get_by_label("Notes")
    notes.fill("Calls back at noon")
    notes.press("Control+Enter")
    # What a colleague saved appears under my hands, my own half-typed field stays.
    expect(my_drawer.get_by_label("Notes")).to_have_value("Calls back at noon", timeout=FOLLOWS_MS)
    expect(my_drawer.get_by_label("What is it about?")).to_have_value("Grinds when braking")
    my_drawer.get_by_label("What is it about?").press("Enter")
    expect(their_drawer.get_by_label("What is it about?")).to_have_value("Grinds when braking", timeout=FOLLOWS_MS)
    expect(their_drawer.get_by_label("Notes")).to_have_value("Calls back at noon")
    assert mine.page.get_by_role("dialog").count() == 1


@pytest.mark.parametrize("keeps", ["mine", "theirs"])
def test_two_people_editing_one_field_see_both_values_and_one_chooses(
    job: Appointment, enter: Enter, keeps: str
) -> None:
    mine, theirs = BoardPage(enter("Advisor")).open(), BoardPage(enter("Owner")).open()
    my_drawer, their_drawer = mine.open_job(COROLLA), theirs.open_job(COROLLA)
    about, their_about = (one.get_by_label("What is it about?") for one in (my_drawer, their_drawer))
    about.fill("Grinds when braking")
    their_about.fill("Brakes pull to the left")
    their_about.press("Enter")
    expect(their_drawer.get_by_text("Saved").first).to_be_visible()
    about.press("Enter")

    sheet = mine.dialog_named("Somebody changed this too")
    expect(sheet).to_contain_text("Olivia Park")
    expect(sheet.get_by_role("group", name="What is it about?")).to_be_visible()
    # Nothing is chosen beforehand: a quick Enter loses nobody's words.
    mine.press("Enter")
    sheet.get_by_role("button", name="Save my choice").click()
    expect(sheet).to_contain_text("Choose one value for each field.")
    choice = {"mine": "Grinds when braking", "theirs": "Brakes pull to the left"}
    radio = sheet.get_by_role("radio", name=choice[keeps])
    radio.focus()
    mine.press("Space", "Enter")
    expect(sheet).to_have_count(0)
    expect(about).to_have_value(choice[keeps])
    expect(about).to_be_focused()
    expect(their_about).to_have_value(choice[keeps], timeout=FOLLOWS_MS)
    mine.page.reload()
    expect(mine.drawer().get_by_label("What is it about?")).to_have_value(choice[keeps])


def test_a_job_is_deleted_and_brought_back(job: Appointment, enter: Enter) -> None:
    mine, theirs = BoardPage(enter("Advisor")).open(), BoardPage(enter("Owner")).open()
    drawer = mine.open_job(COROLLA)
    drawer.get_by_role("button", name=starting("More for job")).press("Enter")
    mine.page.get_by_role("menuitem", name="Delete the job…").press("Enter")
    asked = mine.dialog_named("Delete job")
    expect(asked.get_by_role("button", name="Cancel")).to_be_focused()
    asked.get_by_role("button", name="Delete").press("Enter")
    mine.shows("Scheduled", CIVIC)
    theirs.shows("Scheduled", CIVIC, timeout=FOLLOWS_MS)
    expect(mine.page.get_by_role("dialog")).to_have_count(0)
    mine.messages.get_by_role("button", name="Undo").press("Enter")
    # What comes back stands where it stood.
    mine.shows("Scheduled", COROLLA, CIVIC)
    theirs.shows("Scheduled", COROLLA, CIVIC, timeout=FOLLOWS_MS)
    drawer = mine.open_job(COROLLA)
    mine.press("Alt+6")
    expect(drawer.get_by_role("tabpanel")).to_contain_text("brought the job back")
    expect(drawer.get_by_role("tabpanel")).to_contain_text("deleted the job")


def test_by_finger_it_is_opened_edited_moved_and_closed(job: Appointment, enter: Enter) -> None:
    mine, theirs = BoardPage(enter("Advisor", **TABLET)).open(), BoardPage(enter("Owner")).open()
    mine.card(COROLLA).tap()
    drawer = mine.drawer()
    drawer.get_by_label("Notes").fill("Wash it, please")
    drawer.get_by_role("switch", name="The customer waits here").tap()
    expect(theirs.item(COROLLA)).to_contain_text("Waiting here", timeout=FOLLOWS_MS)
    drawer.get_by_role("button", name="Check in and start").tap()
    expect(drawer.get_by_role("button", name="State: In progress. Change it")).to_be_visible()
    theirs.shows("In progress", COROLLA, timeout=FOLLOWS_MS)
    drawer.get_by_role("tab", name="History").tap()
    expect(drawer.get_by_role("tabpanel")).to_contain_text("moved it from Scheduled to In progress")
    for control in drawer.get_by_role("button").or_(drawer.get_by_role("tab")).all():
        box = control.bounding_box()
        assert box is not None
        assert box["height"] >= 44, f"too low for a finger: {control.text_content()!r}"
    drawer.get_by_role("button", name="Close").tap()
    expect(drawer).to_have_count(0)
    mine.page.reload()
    expect(mine.open_job(COROLLA).get_by_label("Notes")).to_have_value("Wash it, please")


def test_a_technician_reads_it_without_money_and_writes_notes_on_their_own_job_only(shop: Shop, enter: Enter) -> None:
    marcus = shop.person("Tech")
    shop.job("Ana Reyes", "2019 Toyota Corolla", at="9:00", tech_id=marcus.id, total_cents=45_600)
    shop.job("Ben Ode", "2021 Honda Civic", at="10:00", total_cents=9_900, notes="Mind the alarm")
    board = BoardPage(enter("Tech")).open()
    drawer = board.open_job(COROLLA)
    drawer.get_by_label("Notes").fill("Pads at 2 mm")
    drawer.get_by_label("Notes").press("Control+Enter")
    expect(drawer.get_by_text("Saved").first).to_be_visible()
    expect(drawer.get_by_role("textbox")).to_have_count(1)
    # Money is nothing to them, so neither is its tab.
    expect(drawer.get_by_role("tab")).to_have_text(["Overview", "Services", "Messages", "Inspection", "History"])
    expect(drawer).not_to_contain_text("$")
    board.press("Escape")
    drawer = board.open_job(CIVIC)
    expect(drawer).to_contain_text("Mind the alarm")
    expect(drawer.get_by_role("textbox")).to_have_count(0)


def test_closing_leaves_no_second_entry_so_that_back_goes_where_one_came_from(job: Appointment, enter: Enter) -> None:
    board = BoardPage(enter("Advisor"))
    board.page.goto("/customers")
    expect(board.menu).to_be_visible()
    board.press("g", "b")
    expect(board.card(COROLLA)).to_be_visible()
    entries = board.page.evaluate("() => history.length")
    # By key, by a press on the card, and the form for a new job: each opened and closed.
    board.card(COROLLA).focus()
    drawer = board.open_job(COROLLA)
    drawer.get_by_role("tab", name="History").click()
    board.press("Escape")
    expect(drawer).to_have_count(0)
    board.card(CIVIC).click()
    board.drawer().get_by_role("button", name="Close").click()
    expect(drawer).to_have_count(0)
    board.start_new()
    board.press("Escape")
    expect(board.page.get_by_role("dialog")).to_have_count(0)
    assert board.page.evaluate("() => history.length") <= entries + 1
    board.page.go_back()
    expect(board.page).to_have_url(re.compile("/customers$"))

    # Forward again, and a job that a link brought: closing it stays on the board.
    board.open(f"?open={job.id}")
    drawer = board.drawer()
    board.press("Escape")
    expect(drawer).to_have_count(0)
    expect(board.card(COROLLA)).to_be_visible()
    expect(board.page).to_have_url(re.compile("/board$"))
