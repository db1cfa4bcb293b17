"""The owner's page: a helper is hired, changes role, loses the way in; one table says who may what."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import TABLET, Enter, Shop
from tests.journeys.pages import BoardPage, PeoplePage


def hire(people: PeoplePage, name: str, role: str, options: dict[str, object]) -> str:
    """Add a person and return their temporary password."""
    add = people.page.get_by_role("button", name="Add person")
    add.tap() if options else add.press("Enter")
    form = people.dialog_named("Add a person")
    expect(form.get_by_label("Name")).to_be_focused()
    people.press("Enter")
    expect(form).to_contain_text("Enter a name.")
    form.get_by_label("Name").fill(name)
    form.get_by_label("Email").fill(f"{name.split(maxsplit=1)[0].lower()}@keytag.test")
    form.get_by_role("radio", name=re.compile(f"^{role}")).check()
    save = form.get_by_role("button", name="Add person")
    save.tap() if options else save.press("Enter")
    shown = people.dialog_named(f"Temporary password of {name}")
    password = shown.get_by_role("code").inner_text()
    done = shown.get_by_role("button", name="I have handed it over")
    done.tap() if options else done.press("Enter")
    expect(people.row(name)).to_contain_text(role)
    return password


@pytest.mark.parametrize("options", [{}, TABLET], ids=["keys", "finger"])
def test_a_helper_is_hired_and_signs_in_with_the_temporary_password(
    shop: Shop, enter: Enter, page: Page, options: dict[str, object]
) -> None:
    people = PeoplePage(enter("Owner", **options)).open()
    password = hire(people, "Hanna Helper", "Advisor", options)

    page.goto("/")
    page.get_by_label("Email").fill("hanna@keytag.test")
    page.get_by_label("Password", exact=True).fill(password)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing scheduled for Today")).to_be_visible()
    assert BoardPage(page).pages == [
        "Board",
        "Calendar",
        "Inbox",
        "Books",
        "Customers",
        "Numbers",
        "Texts",
        "Catalogue",
        "Inspections",
    ]

    # The helper takes a password of their own; the temporary one is over.
    page.get_by_role("button", name="Account: Hanna Helper").press("Enter")
    page.get_by_role("menuitem", name="Change password…").press("Enter")
    dialog = page.get_by_role("dialog", name="Change your password")
    dialog.get_by_label("Present password").fill(password)
    dialog.get_by_label("New password").fill("short")
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("Use at least 10 characters.")
    dialog.get_by_label("New password").fill("a valve, a cloud, a spoon")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Password changed").first).to_be_visible()
    answer = page.context.request.post("/api/auth/token", data={"email": "hanna@keytag.test", "password": password})
    assert answer.status == 401


def test_a_new_role_acts_at_once_in_the_helpers_open_window(shop: Shop, enter: Enter) -> None:
    shop.person("Advisor", "Hanna Helper")
    shop.job("Ana Reyes", "2019 Toyota Corolla", status="READY")
    people = PeoplePage(enter("Owner")).open()
    board = BoardPage(enter("Advisor", "Hanna Helper")).open()

    people.row("Hanna Helper").get_by_role("button", name="Edit Hanna Helper").press("Enter")
    form = people.dialog_named("Edit Hanna Helper")
    form.get_by_role("radio", name=re.compile("^Accountant")).check()
    form.get_by_role("button", name="Save changes").press("Enter")
    people.says("Hanna Helper saved")

    # The server refuses from this moment on; the page follows by itself, without a new sign-in.
    answer = board.page.context.request.get("/api/admin/appointments/board")
    assert (answer.status, answer.json()["code"]) == (403, "forbidden")
    expect(board.page.get_by_text("Not for your role")).to_be_visible()
    assert board.pages == ["Books", "Customers", "Numbers", "Audit log"]


def test_whoever_is_switched_off_is_out_at_once_and_the_last_owner_stays(shop: Shop, enter: Enter) -> None:
    shop.person("Tech")
    shop.job("Ana Reyes", "2019 Toyota Corolla")
    people = PeoplePage(enter("Owner")).open()
    board = BoardPage(enter("Tech")).open()

    people.row("Marcus Bell").get_by_role("button", name="More for Marcus Bell").press("Enter")
    people.page.get_by_role("menuitem", name="Switch off…").press("Enter")
    people.dialog_named("Switch Marcus Bell off?").get_by_role("button", name="Switch off").press("Enter")
    expect(people.row("Marcus Bell")).to_have_count(0)
    assert board.page.context.request.get("/api/me").status == 401
    expect(board.page.get_by_role("heading", name="Sign in")).to_be_visible()

    people.row("Olivia Park").get_by_role("button", name="Edit Olivia Park").press("Enter")
    form = people.dialog_named("Edit Olivia Park")
    expect(form).to_contain_text("Olivia Park is the only active Owner.")
    expect(form.get_by_role("radio", name=re.compile("^Tech"))).to_be_disabled()


def test_the_table_of_permissions_is_the_one_the_server_uses(shop: Shop, enter: Enter) -> None:
    page = enter("Owner")
    page.goto("/users/roles")
    table = page.get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(["Permission", "Owner", "Advisor", "Tech", "Accountant"])
    answer = page.context.request.get("/api/permissions").json()
    rows = table.get_by_role("row").filter(has=page.get_by_role("cell"))
    expect(rows).to_have_count(len(answer["permissions"]))
    shown = {tuple(cell.strip() for cell in row.get_by_role("cell").all_inner_texts()) for row in rows.all()}
    assert shown == {
        tuple("Yes" if role in permission["roles"] else "No" for role in answer["roles"])
        for permission in answer["permissions"]
    }
    counts = [
        sum(row.get_by_role("cell").nth(column).inner_text().strip() == "Yes" for row in rows.all())
        for column in range(len(answer["roles"]))
    ]
    assert counts == [
        sum(role in permission["roles"] for permission in answer["permissions"]) for role in answer["roles"]
    ]


def test_only_the_owner_has_the_people_page(shop: Shop, enter: Enter) -> None:
    shop.job("Ana Reyes", "2019 Toyota Corolla")
    board = BoardPage(enter("Advisor")).open()
    assert board.pages == [
        "Board",
        "Calendar",
        "Inbox",
        "Books",
        "Customers",
        "Numbers",
        "Texts",
        "Catalogue",
        "Inspections",
    ]
    for address in ("/users", "/users/roles"):
        board.page.goto(address)
        expect(board.page.get_by_text("Not for your role")).to_be_visible()
    csrf = next(cookie["value"] for cookie in board.page.context.cookies() if cookie["name"] == "csrf_access_token")
    answer = board.page.context.request.post("/api/users", data={}, headers={"X-CSRF-TOKEN": csrf})
    assert (answer.status, answer.json()["code"]) == (403, "forbidden")
    owner = enter("Owner")
    owner.goto("/")
    assert BoardPage(owner).pages == [
        *("Board", "Calendar", "Inbox", "Books", "Customers", "Numbers", "Texts", "Catalogue", "Inspections"),
        *("Switches", "Audit log", "Devices", "People"),
    ]
