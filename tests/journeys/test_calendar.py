"""The calendar: walked by keys, appointments moved by mouse, keys and finger, nothing booked twice unawares."""
# ruff: noqa: RUF001 - an en dash stands between two times

from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.conftest import TABLET, Enter, Shop
from tests.journeys.pages import FOLLOWS_MS, CalendarPage, starting

COROLLA = "2019 Toyota Corolla, Ana Reyes"
CIVIC = "2021 Honda Civic, Ben Ode"


@pytest.fixture
def day(shop: Shop) -> Shop:
    """Have a technician with two jobs, a colleague with none, and a canceled job."""
    marcus = shop.person("Tech")
    shop.person("Tech", "Mei Lin")
    shop.job("Ana Reyes", "2019 Toyota Corolla", at="9:00", tech_id=marcus.id)
    shop.job("Ben Ode", "2021 Honda Civic", at="11:00", tech_id=marcus.id)
    shop.job("Cleo Diaz", "2018 Kia Soul", at="10:00", status="CANCELED")
    return shop


def long_day(day: date) -> str:
    """Write a day as the page does."""
    return f"{day:%A, %B} {day.day}, {day.year}"


def test_days_weeks_months_and_technicians_are_reached_by_letters_and_arrows(day: Shop, enter: Enter) -> None:
    calendar = CalendarPage(enter("Advisor"))
    calendar.page.goto("/board")
    expect(calendar.menu).to_be_visible()
    calendar.press("g", "c")
    calendar.settles()
    title = calendar.page.get_by_role("heading", level=1)
    view = calendar.page.get_by_role("group", name="View")
    calendar.press("d")
    expect(title).to_contain_text(long_day(day.today))
    expect(view.get_by_role("button", name="Day", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(calendar.event(f"{COROLLA}, 9:00 – 10:00 AM, Marcus Bell, Scheduled")).to_be_visible()
    expect(calendar.event("2018 Kia Soul")).to_have_count(0)
    calendar.page.get_by_role("button", name="Show canceled and no-shows").click()
    expect(calendar.event("2018 Kia Soul")).to_be_visible()

    tomorrow = date.fromordinal(day.today.toordinal() + 1)
    calendar.press("ArrowRight")
    expect(title).to_contain_text(long_day(tomorrow))
    calendar.hears(f"{long_day(tomorrow)}, 0 appointments")
    expect(calendar.page.get_by_text("Nothing booked")).to_be_visible()
    calendar.press("ArrowLeft", "ArrowLeft", "t")
    expect(title).to_contain_text(long_day(day.today))
    calendar.press("m")
    expect(title).to_contain_text(f"{day.today:%B} {day.today.year}")
    expect(calendar.event(COROLLA)).to_be_visible()
    calendar.press("w")
    expect(calendar.event(COROLLA)).to_be_visible()
    expect(calendar.grid.get_by_role("row")).to_have_count(7)
    calendar.press("p")
    expect(calendar.grid.get_by_role("row", name="Mei Lin, 0 appointments")).to_be_visible()
    expect(calendar.grid.get_by_role("row", name="Marcus Bell, 2 appointments")).to_be_visible()
    calendar.page.reload()
    expect(view.get_by_role("button", name="Technicians")).to_have_attribute("aria-pressed", "true")


def test_an_appointment_is_moved_stretched_and_opened_by_keys_and_a_colleague_sees_it(day: Shop, enter: Enter) -> None:
    mine, theirs = CalendarPage(enter("Advisor")).open(), CalendarPage(enter("Owner")).open("technicians")
    mine.event(COROLLA).focus()
    mine.press("m")
    mine.hears(f"Moving {COROLLA}.")
    mine.press("ArrowDown", "ArrowDown")
    mine.hears("9:30 – 10:30 AM, Marcus Bell")
    mine.press("Enter")
    expect(mine.event(f"{COROLLA}, 9:30 – 10:30 AM")).to_be_focused()
    mine.says(f"{COROLLA}: ")
    expect(theirs.event(f"{COROLLA}, 9:30 – 10:30 AM")).to_be_visible(timeout=FOLLOWS_MS)

    mine.press("Shift+ArrowDown", "Enter")
    expect(mine.event(f"{COROLLA}, 9:30 – 10:45 AM")).to_be_focused()
    expect(theirs.event(f"{COROLLA}, 9:30 – 10:45 AM")).to_be_visible(timeout=FOLLOWS_MS)
    mine.says("9:30 – 10:45 AM")
    mine.press("m", "ArrowUp", "Escape")
    mine.hears(f"Not moved. {COROLLA} stays where it was.")
    expect(mine.event(f"{COROLLA}, 9:30 – 10:45 AM")).to_be_focused()

    mine.press("Enter")
    expect(mine.dialog.get_by_label("Start: time")).to_have_value("09:30")
    mine.press("Escape")
    expect(mine.event(COROLLA)).to_be_focused()
    mine.press("ArrowDown")
    expect(mine.event(CIVIC)).to_be_focused()
    mine.press("ArrowDown")
    slot = mine.grid.get_by_role("button", name="free. New appointment")
    expect(slot).to_be_focused()
    expect(slot).to_have_accessible_name(starting("12:00 PM"))
    mine.press("Enter")
    form = mine.dialog_named("New appointment")
    expect(form.get_by_label("Start")).to_have_value("12:00")
    expect(form.get_by_label("Length")).to_have_value("60")
    mine.type("Walter Quill")
    mine.press("Enter")
    expect(mine.event("Walter Quill, 12:00 – 1:00 PM")).to_be_visible()
    expect(theirs.event("Walter Quill, 12:00 – 1:00 PM")).to_be_visible(timeout=FOLLOWS_MS)


def test_an_appointment_is_dragged_to_another_time_and_back_by_undo(day: Shop, enter: Enter) -> None:
    mine, theirs = CalendarPage(enter("Advisor")).open(), CalendarPage(enter("Owner")).open()
    mine.drag(CIVIC, down=2 * mine.height(CIVIC))
    expect(mine.event(f"{CIVIC}, 1:00 – 2:00 PM")).to_be_visible()
    expect(theirs.event(f"{CIVIC}, 1:00 – 2:00 PM")).to_be_visible(timeout=FOLLOWS_MS)
    mine.messages.get_by_role("button", name="Undo").click()
    expect(mine.event(f"{CIVIC}, 11:00 AM – 12:00 PM")).to_be_visible()
    expect(theirs.event(f"{CIVIC}, 11:00 AM – 12:00 PM")).to_be_visible(timeout=FOLLOWS_MS)

    # Escape while it is in the air leaves it where it was.
    mine.drag(CIVIC, down=mine.height(CIVIC), release=False)
    mine.press("Escape")
    mine.page.mouse.up()
    expect(mine.event(f"{CIVIC}, 11:00 AM – 12:00 PM")).to_be_visible()
    mine.page.reload()
    expect(mine.event(f"{CIVIC}, 11:00 AM – 12:00 PM")).to_be_visible()


def test_what_a_move_would_collide_with_is_shown_before_it_is_dropped_and_asked_about_after(
    day: Shop, enter: Enter
) -> None:
    calendar = CalendarPage(enter("Advisor")).open("technicians")
    calendar.drag(CIVIC, down=-1.5 * calendar.height(CIVIC), release=False)
    expect(calendar.page.get_by_text(f"Marcus Bell has {COROLLA}, 9:00 – 10:00 AM")).to_be_visible()
    calendar.page.mouse.up()
    taken = calendar.dialog_named("This time is taken")
    expect(taken).to_contain_text(f"{CIVIC} on ")
    expect(taken).to_contain_text("Marcus Bell is busy 9:00 AM – 10:00 AM")
    expect(taken).to_contain_text("2019 Toyota Corolla · Ana Reyes")
    taken.get_by_role("button", name="Leave it where it was").click()
    expect(taken).to_have_count(0)
    expect(calendar.event(f"{CIVIC}, 11:00 AM – 12:00 PM")).to_be_focused()

    # By keys: six quarters of an hour up collide too; this time on purpose.
    calendar.press("m", *["ArrowUp"] * 6)
    calendar.hears(f"Marcus Bell has {COROLLA}")
    calendar.press("Enter")
    expect(taken.get_by_label("Reason")).to_be_focused()
    calendar.press("Enter")
    expect(taken).to_contain_text("Write the reason.")
    calendar.type("Ten minutes for a bulb")
    calendar.press("Enter")
    expect(taken).to_have_count(0)
    expect(calendar.event(f"{CIVIC}, 9:30 – 10:30 AM, Marcus Bell, Scheduled, overbooked")).to_be_visible()

    # To a colleague who is free it goes without a question.
    calendar.event(CIVIC).focus()
    calendar.press("m", "ArrowRight", "Enter")
    expect(calendar.event(f"{CIVIC}, 9:30 – 10:30 AM, Mei Lin")).to_be_visible()


class Month:
    """Two windows on the same month, in which two jobs of one technician stand two days apart."""

    def __init__(self, shop: Shop, enter: Enter) -> None:
        """Book the jobs on the second Wednesday of next month and the Friday after it, and look at them."""
        marcus = shop.person("Tech")
        first = (shop.today.replace(day=1) + timedelta(days=32)).replace(day=1)
        self.wednesday = first + timedelta(days=(2 - first.weekday()) % 7 + 7)
        away = (self.wednesday - shop.today).days
        shop.job("Ana Reyes", "2019 Toyota Corolla", at="9:00", day=away, tech_id=marcus.id)
        shop.job("Ben Ode", "2021 Honda Civic", at="9:30", day=away + 2, tech_id=marcus.id)
        self.mine, self.theirs = CalendarPage(enter("Advisor")), CalendarPage(enter("Owner"))
        for window in (self.mine, self.theirs):
            window.page.goto(f"/calendar?view=month&day={self.wednesday}")
            window.settles()

    def cell(self, window: CalendarPage, days: int) -> Locator:
        """Return the cell of so many days after that Wednesday."""
        name = starting(long_day(self.wednesday + timedelta(days=days)))
        return window.grid.get_by_role("gridcell").filter(has=window.page.get_by_role("button", name=name))

    def stands(self, days: int) -> None:
        """Check that the Corolla stands on that day alone, at its time, here and on the colleague's screen."""
        words = starting(f"{COROLLA}, 9:00 – 10:00 AM, Marcus Bell")
        for window in (self.mine, self.theirs):
            expect(self.cell(window, days).get_by_role("button", name=words)).to_be_visible(timeout=FOLLOWS_MS)
            expect(window.event(COROLLA)).to_have_count(1)


def test_in_the_month_an_appointment_is_dragged_to_another_day(shop: Shop, enter: Enter) -> None:
    month = Month(shop, enter)
    mine = month.mine
    month.stands(0)
    box = month.cell(mine, 0).bounding_box()
    assert box is not None
    # To the day after, in the week after.
    mine.drag(COROLLA, right=box["width"], down=box["height"], release=False)
    expect(mine.page.get_by_text("Free", exact=True)).to_be_visible()
    mine.page.mouse.up()
    month.stands(8)
    mine.messages.get_by_role("button", name="Undo").click()
    month.stands(0)
    # What is in the way is shown before it is dropped, and asked about after.
    mine.drag(COROLLA, right=2 * box["width"], release=False)
    expect(mine.page.get_by_text(f"Marcus Bell has {CIVIC}, 9:30 – 10:30 AM")).to_be_visible()
    mine.page.mouse.up()
    mine.dialog_named("This time is taken").get_by_role("button", name="Leave it where it was").click()
    month.stands(0)
    # Escape leaves it, so does its own day; letting go then opens nothing.
    mine.drag(COROLLA, right=box["width"], release=False)
    mine.press("Escape")
    mine.page.mouse.up()
    mine.drag(COROLLA, right=12, down=4)
    month.stands(0)
    expect(mine.page.get_by_role("dialog")).to_have_count(0)


def test_in_the_month_an_appointment_is_carried_to_another_day_by_keys(shop: Shop, enter: Enter) -> None:
    month = Month(shop, enter)
    mine = month.mine
    mine.event(COROLLA).focus()
    mine.press("m", "ArrowRight", "ArrowRight")
    mine.hears(f"Marcus Bell has {CIVIC}")
    mine.press("ArrowDown", "Enter")
    month.stands(9)
    expect(mine.event(COROLLA)).to_be_focused()
    # Over the month's edge the calendar follows; Escape leaves the appointment where it was.
    mine.press("m", *["ArrowDown"] * 4)
    expect(mine.page.get_by_role("heading", level=1)).to_contain_text(f"{month.wednesday + timedelta(days=37):%B}")
    mine.press("Escape")
    mine.hears(f"Not moved. {COROLLA} stays where it was.")
    mine.page.goto(f"/calendar?view=month&day={month.wednesday}")
    month.stands(9)


def test_by_finger_views_are_changed_a_job_opened_and_moved_after_a_long_press(day: Shop, enter: Enter) -> None:
    mine, theirs = CalendarPage(enter("Advisor", **TABLET)).open(), CalendarPage(enter("Owner")).open()
    mine.event(COROLLA).tap()
    expect(mine.dialog.get_by_label("Start: time")).to_have_value("09:00")
    mine.dialog.get_by_role("button", name="Close").tap()
    expect(mine.page.get_by_role("dialog")).to_have_count(0)

    # At night the day opens at its first hours, and eleven is below the fold; at the fold a drag would scroll.
    mine.event(CIVIC).evaluate("(event) => event.scrollIntoView({ block: 'center' })")
    box = mine.event(CIVIC).bounding_box()
    assert box is not None
    finger = mine.page.context.new_cdp_session(mine.page)
    point = {"x": box["x"] + 30, "y": box["y"] + 12}
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    # Held long enough, the appointment is lifted.
    expect(mine.page.get_by_text("Free", exact=True)).to_be_visible()
    for step in (0.5, 1.0):
        moved = {**point, "y": point["y"] + step * box["height"]}
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [moved]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(mine.event(f"{CIVIC}, 12:00 – 1:00 PM")).to_be_visible()
    expect(theirs.event(f"{CIVIC}, 12:00 – 1:00 PM")).to_be_visible(timeout=FOLLOWS_MS)


def test_a_technician_looks_and_changes_nothing(day: Shop, enter: Enter) -> None:
    calendar = CalendarPage(enter("Tech")).open()
    expect(calendar.page.get_by_role("button", name="New appointment")).to_have_count(0)
    calendar.drag(CIVIC, down=calendar.height(CIVIC))
    expect(calendar.event(f"{CIVIC}, 11:00 AM – 12:00 PM")).to_be_visible()
    calendar.event(COROLLA).focus()
    calendar.press("Enter")
    expect(calendar.dialog).to_contain_text("2019 Toyota Corolla")
