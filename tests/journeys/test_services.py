"""The work of a visit: built by keyboard with the margin in view, by touch, by two people at once, and without prices."""

import pytest
from playwright.sync_api import Locator, expect

from backend.appointments.models import Appointment
from backend.services.rules import Approval
from tests.factories.catalog import make_catalog_job, make_rates
from tests.factories.services import make_job
from tests.journeys.conftest import TABLET, Enter, Shop
from tests.journeys.pages import FOLLOWS_MS, BoardPage, starting

COROLLA = "2019 Toyota Corolla, Ana Reyes"


@pytest.fixture
def job(shop: Shop) -> Appointment:
    """Have a car on the board that was declined new wipers in March, and a catalogue."""
    make_rates(shop.session, shop.location)
    make_catalog_job(shop.session)
    make_catalog_job(shop.session, name="Rear brake pads")
    make_catalog_job(shop.session, name="Oil change", category="Maintenance")
    job = shop.job("Ana Reyes", "2019 Toyota Corolla", at="9:00")
    assert job.customer_id is not None
    earlier = shop.job(
        shop.customer("Ana Reyes"), "2019 Toyota Corolla", day=-40, vehicle_id=job.vehicle_id, status="COMPLETED"
    )
    make_job(
        shop.session,
        earlier,
        name="Wiper blades",
        approval=Approval.DECLINED,
        decline_reason="Waits for the next paycheck",
        lines=[{"name": "Beam blades", "unit_price_cents": 40_00}],
    )
    return job


def services(board: BoardPage) -> Locator:
    """Open the job's work by keys and return the drawer."""
    drawer = board.open_job(COROLLA)
    board.press("Alt+2")
    expect(drawer.get_by_label("Add a job")).to_be_visible()
    return drawer


def named(drawer: Locator, name: str) -> Locator:
    """Return a job of the list."""
    return drawer.get_by_role("region", name=name, exact=True)


def test_work_is_built_by_keyboard_with_total_tax_and_margin_in_view_and_every_screen_follows(
    job: Appointment, enter: Enter
) -> None:
    board = BoardPage(enter("Advisor")).open()
    owner = BoardPage(enter("Owner")).open()
    drawer = services(board)
    expect(drawer).to_contain_text("No work listed yet")
    drawer.get_by_label("Add a job").focus()
    board.type("front br")
    expect(board.page.get_by_role("option", name="Front brake pads").first).to_be_visible()
    board.press("ArrowDown", "Enter")
    board.says("Front brake pads was added")

    # 1.2 h at $145.00 and pads at $89.00, each taxed at 8.875 %.
    brakes = named(drawer, "Front brake pads")
    expect(brakes).to_contain_text("$286.34")
    expect(brakes).to_contain_text("Needs approval")
    sums = drawer.get_by_role("region", name="Sums")
    for words in ("$263.00", "$23.34", "$286.34", "80.4 %", "Target 50 %"):
        expect(sums).to_contain_text(words)
    expect(owner.item(COROLLA)).to_contain_text("Front brake pads", timeout=FOLLOWS_MS)

    # What the catalogue does not have is typed.
    drawer.get_by_label("Add a job").focus()
    board.type("Find the rattle")
    board.press("Enter")
    board.says("Find the rattle was added")
    form = drawer.get_by_role("form", name="New line of Find the rattle")
    form.get_by_label("Name").fill("Diagnosis")
    form.get_by_label("Kind").select_option("Labor")
    form.get_by_label("Hours").fill("0.5")
    form.get_by_label("Hours").press("Enter")
    expect(named(drawer, "Find the rattle")).to_contain_text("0.5 h at $145.00")


def test_a_line_is_edited_where_it_stands_and_alternatives_are_a_choice(
    shop: Shop, job: Appointment, enter: Enter
) -> None:
    make_job(
        shop.session,
        job,
        name="Front brake pads",
        lines=[{"name": "Ceramic pads", "unit_price_cents": 89_00, "unit_cost_cents": 51_62}],
    )
    board = BoardPage(enter("Advisor")).open()
    owner = BoardPage(enter("Owner")).open()
    drawer = services(board)
    brakes = named(drawer, "Front brake pads")
    sums = drawer.get_by_role("region", name="Sums")

    # A price that is none says so.
    brakes.get_by_role("button", name="Edit Ceramic pads").press("Enter")
    price = brakes.get_by_label("Price each")
    price.fill("1e3")
    price.press("Enter")
    expect(brakes).to_contain_text("Write it in digits, such as 120 or 1,250.50.")
    price.fill("60")
    price.press("Enter")
    expect(brakes).to_contain_text("$60.00")
    cost = brakes.get_by_label("Cost each")
    cost.fill("45")
    cost.press("Tab")
    expect(sums).to_contain_text("Below the target of 50 %")

    # An alternative counts only when it is chosen.
    brakes.get_by_role("button", name="More about Front brake pads").press("Enter")
    board.press("o", "Enter")
    board.type("Standard pads")
    board.press("Enter")
    board.says("Standard pads was added")
    # The keyboard goes on at what was added: its first line.
    expect(named(drawer, "Standard pads").locator("input[name=name]")).to_be_focused()
    expect(drawer.get_by_role("group", name="One of these is done")).to_be_visible()
    expect(drawer.get_by_role("radio", name="Front brake pads counts")).to_be_checked()
    drawer.get_by_role("radio", name="Standard pads counts").press("Space")
    expect(drawer.get_by_role("radio", name="Standard pads counts")).to_be_checked()
    expect(sums).to_contain_text("$0.00")
    expect(owner.item(COROLLA)).to_contain_text("Standard pads", timeout=FOLLOWS_MS)


def test_by_touch_declined_work_is_taken_up_and_a_discount_has_its_limit_and_reason(
    shop: Shop, job: Appointment, enter: Enter
) -> None:
    board = BoardPage(enter("Advisor", **TABLET))
    board.page.goto(f"/board?open={job.id}&tab=services")
    drawer = board.drawer()
    expect(drawer).to_contain_text("1 job declined before")
    for words in ("“Waits for the next paycheck”", "Then $40.00, now $43.55"):
        expect(drawer).to_contain_text(words)
    drawer.get_by_role("button", name="Take up again: Wiper blades").tap()
    wipers = named(drawer, "Wiper blades")
    expect(wipers).to_contain_text("From declined work")
    expect(drawer).not_to_contain_text("declined before")

    def discount(percent: str) -> Locator:
        wipers.get_by_role("button", name="More about Wiper blades").tap()
        board.dialog.get_by_role("button", name=starting("Discount")).tap()
        dialog = board.dialog_named("Discount on Wiper blades")
        dialog.get_by_label("Take off").fill(percent)
        dialog.get_by_label("Reason").fill("Returning customer")
        dialog.get_by_role("button", name="Give the discount").tap()
        return dialog

    dialog = discount("50")
    expect(dialog).to_contain_text("Your role (Advisor) can take off a tenth of the price at most")
    dialog.get_by_label("Take off").fill("10")
    dialog.get_by_role("button", name="Give the discount").tap()
    expect(wipers).to_contain_text("$4.00 off: Returning customer")
    expect(wipers).to_contain_text("$39.20")


def test_two_advisors_at_one_line_see_both_prices(shop: Shop, job: Appointment, enter: Enter) -> None:
    make_job(shop.session, job, name="Brakes", lines=[{"name": "Pads"}])
    mine = BoardPage(enter("Advisor"))
    theirs = BoardPage(enter("Owner"))
    fields = []
    for board in (mine, theirs):
        board.page.goto(f"/board?open={job.id}&tab=services")
        board.drawer().get_by_role("button", name="Edit Pads").click()
        fields.append(board.drawer().get_by_label("Price each"))
    fields[0].fill("80")
    fields[1].fill("90")
    fields[1].press("Enter")
    expect(named(theirs.drawer(), "Brakes")).to_contain_text("$90.00")
    fields[0].press("Enter")

    sheet = mine.dialog_named("Somebody changed this too")
    expect(sheet).to_contain_text("$90.00")
    sheet.get_by_role("radio", name="$80.00").check()
    sheet.get_by_role("button", name=starting("Save")).click()
    for board in (mine, theirs):
        expect(named(board.drawer(), "Brakes")).to_contain_text("$80.00", timeout=FOLLOWS_MS)


def test_a_technician_writes_notes_and_sees_no_price(shop: Shop, job: Appointment, enter: Enter) -> None:
    make_job(shop.session, job, name="Brakes", lines=[{"name": "Pads", "unit_price_cents": 123_45}])
    board = BoardPage(enter("Tech", **TABLET))
    board.page.goto(f"/board?open={job.id}&tab=services")
    drawer = board.drawer()
    drawer.get_by_role("button", name="Edit Pads").tap()
    notes = drawer.get_by_label("Notes for the shop")
    notes.fill("Left one is worn unevenly")
    notes.blur()
    expect(drawer.get_by_text("Saved")).to_be_visible()
    expect(named(drawer, "Brakes")).to_contain_text("Left one is worn unevenly")
    expect(drawer).not_to_contain_text("$")
    expect(drawer.get_by_label("Add a job")).to_have_count(0)
    expect(drawer).not_to_contain_text("declined before")


def test_the_catalogue_and_its_rates_are_kept_by_keyboard_and_open_visits_keep_their_prices(
    shop: Shop, job: Appointment, enter: Enter
) -> None:
    board = BoardPage(enter("Owner"))
    page = board.page
    page.goto("/settings/catalog")
    row = page.get_by_role("row", name=starting("Oil change"))
    expect(row).to_contain_text("$263.00")
    row.get_by_role("button", name="Edit Oil change").press("Enter")
    dialog = board.dialog_named("Edit job")
    dialog.get_by_label("Minutes on the calendar").fill("30")
    dialog.get_by_label("Price each").fill("49.50")
    dialog.get_by_label("Price each").press("Enter")
    board.says("“Oil change” is saved. Open visits keep their prices.")
    expect(row).to_contain_text("$223.50")

    page.get_by_role("link", name="Labor rates").press("Enter")
    hour = page.get_by_label("Row 1: Price per hour")
    hour.fill("200")
    hour.press("Enter")
    board.says("The labor rates are saved")
    page.get_by_role("link", name="Taxes").press("Enter")
    tax = page.get_by_label("Labor", exact=True)
    expect(tax).to_have_value("8.875")
    tax.fill("9")
    tax.press("Enter")
    board.says("The taxes are saved")
    page.get_by_role("link", name="Papers and limits").press("Enter")
    page.get_by_label("State").fill("ca")
    page.get_by_label("Margin target in percent").fill("62.5")
    page.get_by_role("button", name="Save").press("Enter")
    board.says("The settings are saved")
    expect(page.get_by_label("State")).to_have_value("CA")
    page.get_by_role("link", name="Jobs", exact=True).press("Enter")
    expect(row).to_contain_text("$289.50")
