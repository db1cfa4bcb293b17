"""What is not allowed: the card goes back and the page says why, and what a role may not do is not offered."""

from collections.abc import Callable

from playwright.sync_api import Route, expect

from tests.journeys.conftest import TABLET, Enter, Shop
from tests.journeys.pages import FOLLOWS_MS, BoardPage

COROLLA = "2019 Toyota Corolla, Ana Reyes"
CIVIC = "2021 Honda Civic, Ben Ode"


def test_a_card_that_a_colleague_canceled_meanwhile_goes_where_it_is_and_the_page_says_why(
    shop: Shop, enter: Enter, as_role: Callable[..., object]
) -> None:
    job = shop.job("Ana Reyes", "2019 Toyota Corolla")
    shop.job("Ben Ode", "2021 Honda Civic")
    board = BoardPage(enter("Advisor", viewport={"width": 1800, "height": 900})).open()
    colleague = as_role("Owner")

    def overtake(route: Route) -> None:
        answer = colleague.patch(f"/api/admin/appointments/{job.id}/move", json={"status": "CANCELED", "position": 1})
        assert answer.status_code == 200, answer.text
        route.continue_()

    board.page.route("**/move", overtake)
    board.drag(COROLLA, "In progress")

    board.shows("Canceled", COROLLA)
    board.shows("Scheduled", CIVIC)
    board.shows("In progress")
    board.says(f"Somebody moved {COROLLA} to Canceled meanwhile")
    # One message about the move, not two that contradict each other.
    expect(board.messages).to_contain_text(["Somebody changed this job"])
    board.hears(f"Move undone. {COROLLA} is back in Canceled.")
    expect(board.card(COROLLA)).to_be_focused()


def test_a_state_that_a_card_cannot_go_to_is_refused_in_words_by_mouse_and_by_key(shop: Shop, enter: Enter) -> None:
    shop.job("Ana Reyes", "2019 Toyota Corolla")
    shop.job("Ben Ode", "2021 Honda Civic", status="READY", at="8:00")
    board = BoardPage(enter("Advisor")).open()
    sent: list[str] = []
    board.page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/move") else None)

    reason = "Not possible from Scheduled. Move it to In progress first."
    board.drag(COROLLA, "Completed")
    board.says(f"{COROLLA} stays in Scheduled")
    expect(board.messages).to_contain_text([reason])
    board.hears(f"{COROLLA} stays in Scheduled. {reason}")
    # A card that stands there is no way around it.
    board.drag_above(COROLLA, CIVIC)
    board.shows("Scheduled", COROLLA)
    board.shows("Ready", CIVIC)
    expect(board.messages).to_have_count(1)
    board.messages.get_by_role("button", name="Dismiss").click()
    expect(board.messages).to_have_count(0)

    heard = len(board.heard())
    board.card(COROLLA).focus()
    board.press("m", "r")
    expect(board.messages).to_contain_text([reason])
    assert f"{COROLLA} stays in Scheduled. {reason}" in board.heard()[heard:]
    board.press("Escape")
    expect(board.card(COROLLA)).to_be_focused()
    assert sent == []


def test_a_canceled_job_is_not_revived_into_a_time_that_was_given_away(shop: Shop, enter: Enter) -> None:
    marcus = shop.person("Tech")
    shop.job("Ana Reyes", "2019 Toyota Corolla", status="CANCELED", at="9:00", tech_id=marcus.id)
    shop.job("Ben Ode", "2021 Honda Civic", at="9:30", tech_id=marcus.id)
    board = BoardPage(enter("Advisor", viewport={"width": 1800, "height": 900})).open()

    board.drag(COROLLA, "Scheduled")
    board.says(f"{COROLLA} went back to Canceled")
    board.shows("Canceled", COROLLA)
    board.shows("Scheduled", CIVIC)
    board.hears(f"Move undone. {COROLLA} is back in Canceled.")

    # The drawer shows with what it collides and lets an advisor overbook, with a reason.
    board.card(COROLLA).press("Enter")
    drawer = board.dialog_named("2019 Toyota Corolla")
    drawer.get_by_role("button", name="Schedule again").click()
    taken = board.dialog_named("This time is taken")
    expect(taken).to_contain_text("Marcus Bell is busy 9:30 AM")
    expect(taken).to_contain_text("2021 Honda Civic · Ben Ode")
    taken.get_by_role("button", name="Overbook").press("Enter")
    expect(taken).to_contain_text("Write the reason.")
    taken.get_by_label("Reason").fill("Five minutes for a bulb")
    taken.get_by_role("button", name="Overbook").press("Enter")
    expect(drawer.get_by_role("button", name="State: Scheduled. Change it")).to_be_visible()
    board.press("Escape")
    # It comes back where its time puts it.
    board.shows("Scheduled", COROLLA, CIVIC)
    expect(board.item(COROLLA)).to_contain_text("Overbooked")


def test_a_technician_is_not_offered_completed_and_the_server_refuses_it_too(
    shop: Shop, enter: Enter, as_role: Callable[..., object]
) -> None:
    job = shop.job("Ana Reyes", "2019 Toyota Corolla", status="READY", total_cents=12_300)
    for options in ({}, TABLET):
        board = BoardPage(enter("Tech", **options)).open()
        expect(board.page.get_by_role("button", name="New appointment")).to_have_count(0)
        expect(board.page.get_by_text("$")).to_have_count(0)
        board.move_menu(COROLLA).click()
        role = "button" if options else "menuitem"
        completed = board.page.get_by_role(role, name="Completed")
        expect(completed).to_be_disabled()
        expect(completed).to_contain_text("An advisor or the owner completes jobs.")
        board.press("c")
        board.press("Escape")
        board.shows("Ready", COROLLA)
        board.page.context.close()

    board = BoardPage(enter("Tech")).open()
    board.drag(COROLLA, "Completed")
    board.shows("Ready", COROLLA)
    answer = as_role("Tech").patch(
        f"/api/admin/appointments/{job.id}/move", json={"status": "COMPLETED", "position": 1}
    )
    assert (answer.status_code, answer.get_json()["code"]) == (403, "forbidden")


def test_a_window_that_offers_too_much_is_refused_and_puts_the_card_back(shop: Shop, enter: Enter) -> None:
    shop.job("Ana Reyes", "2019 Toyota Corolla", status="READY")
    sam = shop.person("Advisor")
    board = BoardPage(enter("Advisor")).open()
    # The page still believes what it was told at its start.
    sam.role = "Tech"
    shop.commit()

    board.move_menu(COROLLA).press("Enter")
    board.press("c")
    board.says(f"{COROLLA} went back to Ready")
    board.shows("Ready", COROLLA)
    board.shows("Completed")
    expect(board.card(COROLLA)).to_be_focused()


def test_finished_work_is_taken_back_only_with_a_reason(shop: Shop, enter: Enter) -> None:
    shop.job("Ana Reyes", "2019 Toyota Corolla", status="COMPLETED")
    board = BoardPage(enter("Advisor")).open()
    watching = BoardPage(enter("Tech")).open()
    board.press("j", "m", "r")
    asked = board.dialog_named("Take back finished work")
    expect(asked.get_by_label("Reason")).to_be_focused()
    board.press("Control+Enter")
    expect(asked).to_contain_text("Write the reason.")
    board.press("Escape")
    expect(asked).to_have_count(0)
    board.shows("Completed", COROLLA)
    expect(board.card(COROLLA)).to_be_focused()

    board.press("m", "r")
    board.type("The noise is still there")
    board.press("Control+Enter")
    board.shows("Ready", COROLLA)
    expect(board.card(COROLLA)).to_be_focused()
    watching.shows("Ready", COROLLA, timeout=FOLLOWS_MS)
    board.press("Enter")
    expect(board.dialog.get_by_role("tab", name="Overview")).to_be_visible()
    board.press("Alt+6")
    expect(board.dialog).to_contain_text("Because: The noise is still there")


def test_an_accountant_has_no_board(shop: Shop, enter: Enter) -> None:
    job = shop.job("Ana Reyes", "2019 Toyota Corolla")
    page = enter("Accountant")
    page.goto("/")
    screen = BoardPage(page)
    expect(page.get_by_role("heading", name="Books")).to_be_visible()
    assert screen.pages == ["Books", "Customers", "Numbers", "Audit log"]
    for address in ("/board", "/calendar", "/users", f"/board?open={job.id}"):
        page.goto(address)
        expect(page.get_by_text("Not for your role")).to_be_visible()
        expect(page.get_by_text("You are signed in as Accountant.")).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="Go to the start page").press("Enter")
    expect(page.get_by_role("heading", name="Books")).to_be_visible()
    for address in ("/api/admin/appointments/board", f"/api/appointments/{job.id}", "/api/appointments"):
        answer = page.context.request.get(address)
        assert (answer.status, answer.json()["code"]) == (403, "forbidden"), address
