"""Customers and their cars: found by anything, edited in place, two records made one."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import TABLET, Enter, Shop
from tests.journeys.pages import FOLLOWS_MS, BoardPage, CustomersPage, eventually

VIN = "1HGCM82633A004352"


@pytest.fixture
def files(shop: Shop) -> Shop:
    """Have a customer who is on file twice, among others."""
    rosa = shop.customer("Rosa Delgado", phone="+17185550142", email="rosa@example.com")
    accord = shop.car("2003 Honda Accord", rosa, plate="7ABC123", vin=VIN)
    shop.job(rosa, accord, status="COMPLETED", day=-40, title="Timing belt", total_cents=81_000)
    again = shop.customer("R. Delgado", phone="+17185550142", notes="Prefers texts over calls.")
    shop.job(again, shop.car("2019 Subaru Outback", again, plate="KLM9087"), status="COMPLETED", day=-3)
    for number, name in enumerate(("Ana Reyes", "Ben Ode", "Zoë Nuñez")):
        shop.customer(name, phone=f"+1718555018{number}")
    return shop


def test_everybody_is_listed_and_found_by_what_they_say_with_keys_alone(files: Shop, enter: Enter) -> None:
    customers = CustomersPage(enter("Advisor"))
    customers.page.goto("/board")
    expect(customers.menu).to_be_visible()
    customers.press("g", "u")
    expect(customers.page.get_by_role("heading", name="Customers")).to_be_visible()
    eventually(customers.names, lambda names: len(names) == 5)

    customers.press("/")
    expect(customers.search).to_be_focused()
    for said in (VIN[-5:], "7abc", "Roza Delgato"):
        customers.search.fill(said)
        eventually(customers.names, lambda names: names[:1] == ["Rosa Delgado"])
    for said, expected in (("0181", ["Ben Ode"]), ("zoe nunez", ["Zoë Nuñez"])):
        customers.search.fill(said)
        eventually(customers.names, lambda names, expected=expected: names[:1] == expected)
    customers.search.fill("nobody of this name")
    expect(customers.page.get_by_text("Nobody matches “nobody of this name”")).to_be_visible()

    customers.search.fill("delgado")
    eventually(customers.names, lambda names: sorted(names) == ["R. Delgado", "Rosa Delgado"])
    customers.press("ArrowDown")
    expect(customers.page.get_by_role("list", name="Customers found").get_by_role("link").first).to_be_focused()
    customers.row("Rosa Delgado").press("Enter")
    customers.customer("Rosa Delgado")
    expect(customers.page.get_by_role("heading", level=1)).to_be_focused()
    expect(customers.page.get_by_text("Timing belt")).to_be_visible()


def test_a_field_is_edited_in_place_and_a_colleague_sees_it_on_their_board(files: Shop, enter: Enter) -> None:
    customer = files.customer("Dan Fox", phone="+17185550199")
    files.job(customer, "2016 Ford Fiesta")
    customers = CustomersPage(enter("Advisor"))
    files.commit()
    customers.page.goto(f"/customers/{customer.id}")
    board = BoardPage(enter("Owner")).open()

    name = customers.page.get_by_label("Name", exact=True)
    name.fill("Daniel Fox")
    name.press("Enter")
    customers.hears("Name saved")
    customers.customer("Daniel Fox")
    board.shows("Scheduled", "2016 Ford Fiesta, Daniel Fox", timeout=FOLLOWS_MS)

    phone = customers.page.get_by_label("Phone", exact=True)
    phone.fill("12")
    phone.press("Enter")
    expect(phone).to_have_attribute("aria-invalid", "true")
    expect(phone).to_have_value("12")
    phone.press("Escape")
    expect(phone).to_have_value("(718) 555-0199")


def test_two_people_editing_one_customer(files: Shop, enter: Enter) -> None:
    customer = files.customer("Dan Fox")
    files.commit()
    mine, theirs = CustomersPage(enter("Advisor")), CustomersPage(enter("Owner"))
    for window in (mine, theirs):
        window.page.goto(f"/customers/{customer.id}")
        window.customer("Dan Fox")
    notes, their_notes = (window.page.get_by_label("Notes", exact=True) for window in (mine, theirs))
    email = theirs.page.get_by_label("Email", exact=True)
    notes.fill("Call before any work")
    their_notes.fill("Wants the old parts back")
    their_notes.press("Control+Enter")
    theirs.hears("Notes saved")
    email.fill("dan@example.com")
    email.press("Enter")
    expect(mine.page.get_by_label("Email", exact=True)).to_have_value("dan@example.com", timeout=FOLLOWS_MS)
    expect(notes).to_have_value("Call before any work")
    notes.press("Control+Enter")
    sheet = mine.dialog_named("Somebody changed this too")
    expect(sheet).to_contain_text("Olivia Park")
    sheet.get_by_role("radio", name="Wants the old parts back").focus()
    mine.press("Space", "Enter")
    expect(sheet).to_have_count(0)
    expect(notes).to_have_value("Wants the old parts back")


@pytest.mark.parametrize("options", [{}, TABLET], ids=["keys", "finger"])
def test_two_records_of_one_person_become_one(files: Shop, enter: Enter, options: dict[str, object]) -> None:
    customers = CustomersPage(enter("Advisor", **options)).open("/customers?q=delgado")
    act = "tap" if options else "press"

    def do(name: str) -> None:
        button = customers.page.get_by_role("button", name=name)
        button.tap() if act == "tap" else button.press("Enter")

    customers.row("Rosa Delgado").tap() if act == "tap" else customers.row("Rosa Delgado").press("Enter")
    customers.customer("Rosa Delgado")
    expect(customers.page.get_by_text("This may be on file twice")).to_be_visible()
    expect(customers.page.get_by_text("same phone")).to_be_visible()
    do("Compare with R. Delgado")
    merge = customers.dialog_named("Merge two customers")
    expect(merge).to_contain_text("1 vehicle and 1 visit of R. Delgado move to Rosa Delgado.")
    merge.get_by_role("radiogroup", name="Name").get_by_role("radio", name="Rosa Delgado").check(force=True)
    do("Merge into Rosa Delgado")
    customers.says("Merged. Everything is with Rosa Delgado now.")
    expect(merge).to_have_count(0)
    expect(customers.page.get_by_text("2019 Subaru Outback").first).to_be_visible()
    expect(customers.page.get_by_text("2003 Honda Accord").first).to_be_visible()
    expect(customers.page.get_by_label("Notes", exact=True)).to_have_value("Prefers texts over calls.")
    customers.open("/customers?q=delgado")
    eventually(customers.names, lambda names: names == ["Rosa Delgado"])


def test_a_vin_is_read_while_it_is_typed_and_a_slip_is_named(files: Shop, enter: Enter) -> None:
    customer = files.customer("Dan Fox")
    files.commit()
    customers = CustomersPage(enter("Advisor"))
    customers.page.goto(f"/customers/{customer.id}")
    customers.page.get_by_role("button", name="Add vehicle").press("Enter")
    form = customers.dialog_named("Add vehicle")
    vin = form.get_by_label("VIN")
    expect(vin).to_be_focused()
    vin.fill("1HGCM82633A0O4352")
    expect(form).to_contain_text("A VIN never contains O. Look for 1 or 0 instead.")
    vin.fill(VIN)
    expect(form.get_by_label("Year")).to_have_value("2003")
    expect(form.get_by_label("Make")).to_have_value("Honda")
    expect(form.get_by_label("Year")).to_have_accessible_description("From the VIN")
    expect(form).to_contain_text("Check digit 3 is right.")
    vin.fill("1HGCM82643A004352")
    expect(form).to_contain_text("Check digit is 4, expected 3. One character is probably mistyped.")
    vin.fill(VIN)
    form.get_by_label("Model").fill("Accord")
    form.get_by_label("Model").press("Enter")
    # The car is on file with somebody else: the form says with whom.
    expect(form).to_contain_text("Already on file: 2003 Honda Accord of Rosa Delgado.")
    vin.fill("")
    form.get_by_label("Plate").fill("new 123")
    form.get_by_label("Plate").press("Enter")
    customers.says("2003 Honda Accord added")
    expect(customers.page.get_by_text("NEW123").or_(customers.page.get_by_text("NEW 123")).first).to_be_visible()


def test_a_job_is_opened_from_the_customers_page_and_shows_in_its_history(files: Shop, enter: Enter) -> None:
    customers = CustomersPage(enter("Advisor")).open("/customers?q=7abc123")
    customers.row("Rosa Delgado").press("Enter")
    customers.customer("Rosa Delgado")
    customers.page.get_by_role("button", name="New appointment").press("Enter")
    form = customers.dialog_named("New appointment")
    expect(form).to_contain_text("Rosa Delgado")
    expect(form.get_by_role("radio", name="2003 Honda Accord 7ABC123")).to_be_checked()
    form.get_by_label("What is it about?").fill("Oil light is on")
    form.get_by_label("What is it about?").press("Enter")
    customers.messages.get_by_role("button", name="Show").press("Enter")
    expect(customers.dialog.get_by_label("What is it about?")).to_have_value("Oil light is on")
    customers.press("Escape")
    expect(customers.page.get_by_text("Oil light is on")).to_be_visible()


def test_a_technician_and_an_accountant_read_customers_and_change_nothing(files: Shop, enter: Enter) -> None:
    for role in ("Tech", "Accountant"):
        customers = CustomersPage(enter(role)).open("/customers?q=rosa")
        expect(customers.page.get_by_role("button", name="New customer")).to_have_count(0)
        customers.row("Rosa Delgado").press("Enter")
        customers.customer("Rosa Delgado")
        expect(customers.page.get_by_text("Timing belt")).to_be_visible()
        expect(customers.page.get_by_label("Name", exact=True)).to_have_count(0)
        for name in ("Add vehicle", "New appointment", "More for Rosa Delgado"):
            expect(customers.page.get_by_role("button", name=name)).to_have_count(0)
        money = customers.page.get_by_text("$810.00")
        if role == "Tech":
            expect(money).to_have_count(0)
        else:
            expect(money.first).to_be_visible()


def test_the_palette_takes_the_first_customer_found_by_enter(files: Shop, enter: Enter) -> None:
    files.job("Yara Haddad", "2019 Toyota Corolla")
    files.job("Ashley Day", "2020 Hyundai Elantra")
    board = BoardPage(enter("Advisor")).open()
    expect(board.card("Yara Haddad")).to_be_visible()
    board.press("ControlOrMeta+k")
    palette = board.dialog_named("Command palette")
    palette.get_by_role("combobox").fill("rosa delga")
    option = palette.get_by_role("option", name="Rosa Delgado")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(palette.get_by_text("Nothing matches.")).to_have_count(0)
    # Letters that merely occur somewhere are no match.
    palette.get_by_role("combobox").fill("yara")
    expect(palette.get_by_role("option", name="Yara Haddad").last).to_be_visible()
    expect(palette.get_by_role("option", name="Hyundai")).to_have_count(0)
    palette.get_by_role("combobox").fill("rosa delga")
    expect(option).to_have_attribute("aria-selected", "true")
    board.press("Enter")
    CustomersPage(board.page).customer("Rosa Delgado")
