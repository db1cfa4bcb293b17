"""The day on the board: read it, move a card by mouse, keys and finger, and take it back."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PASSWORD, TABLET, Enter, Shop
from tests.journeys.pages import FOLLOWS_MS, BoardPage

COROLLA = "2019 Toyota Corolla, Ana Reyes"
CIVIC = "2021 Honda Civic, Ben Ode"
SOUL = "2018 Kia Soul, Cleo Diaz"
FIESTA = "2016 Ford Fiesta, Dan Fox"


@pytest.fixture
def day(shop: Shop) -> Shop:
    """Fill the day: three booked cars, one in work, and one that stayed overnight."""
    shop.job("Ana Reyes", "2019 Toyota Corolla", at="9:00")
    shop.job("Ben Ode", "2021 Honda Civic", at="10:00")
    shop.job("Cleo Diaz", "2018 Kia Soul", at="11:00")
    shop.job("Dan Fox", "2016 Ford Fiesta", status="IN_PROGRESS", day=-1, at="15:00", key_tag="14")
    shop.job("Eve Gray", "2020 Mazda CX-5", day=1)
    return shop


def test_an_advisor_signs_in_and_sees_today_with_the_cars_that_stayed_overnight(day: Shop, page: Page) -> None:
    email = day.person("Advisor").email
    day.commit()
    page.goto("/board")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()

    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill("not this one")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Email or password is wrong.")
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")

    board = BoardPage(page)
    board.shows("Scheduled", COROLLA, CIVIC, SOUL)
    board.shows("In progress", FIESTA)
    expect(page.get_by_role("heading", name="Board Today")).to_be_visible()
    expect(board.item(FIESTA)).to_contain_text("Carried over")
    expect(board.item(FIESTA)).to_contain_text("14")
    expect(board.item(COROLLA)).not_to_contain_text("Carried over")
    expect(board.card("2020 Mazda CX-5")).to_have_count(0)
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


def test_a_card_dragged_by_mouse_lands_where_it_was_dropped_and_a_colleague_sees_it(day: Shop, enter: Enter) -> None:
    mine = BoardPage(enter("Advisor")).open()
    theirs = BoardPage(enter("Owner")).open()

    mine.drag(COROLLA, "In progress")
    mine.shows("In progress", FIESTA, COROLLA)
    theirs.shows("In progress", FIESTA, COROLLA, timeout=FOLLOWS_MS)

    mine.drag_above(SOUL, CIVIC)
    mine.shows("Scheduled", SOUL, CIVIC)
    theirs.shows("Scheduled", SOUL, CIVIC, timeout=FOLLOWS_MS)

    mine.page.reload()
    mine.shows("Scheduled", SOUL, CIVIC)
    mine.shows("In progress", FIESTA, COROLLA)


def test_a_card_is_moved_put_in_order_and_taken_back_by_keys_alone(day: Shop, enter: Enter) -> None:
    mine = BoardPage(enter("Advisor")).open()
    theirs = BoardPage(enter("Tech")).open()
    mine.press("j")
    expect(mine.card(COROLLA)).to_be_focused()
    mine.press("ArrowDown")
    expect(mine.card(CIVIC)).to_be_focused()

    mine.press("m")
    expect(mine.page.get_by_role("menu", name=f"Move or assign {CIVIC}")).to_be_visible()
    mine.press("i")
    mine.shows("In progress", FIESTA, CIVIC)
    mine.hears(f"{CIVIC} moved from Scheduled to In progress, place 2 of 2.")
    expect(mine.card(CIVIC)).to_be_focused()
    theirs.shows("In progress", FIESTA, CIVIC, timeout=FOLLOWS_MS)

    mine.press("Shift+ArrowUp")
    mine.shows("In progress", CIVIC, FIESTA)
    mine.hears(f"{CIVIC} moved to place 1 of 2 in In progress.")
    expect(mine.card(CIVIC)).to_be_focused()
    theirs.shows("In progress", CIVIC, FIESTA, timeout=FOLLOWS_MS)

    # The first entry that can be chosen has the focus: Scheduled, the present state, Ready.
    mine.press("m", "ArrowDown", "ArrowDown", "Enter")
    mine.shows("Ready", CIVIC)
    mine.press("Control+z")
    mine.shows("Ready")
    mine.shows("In progress", CIVIC, FIESTA)
    expect(mine.card(CIVIC)).to_be_focused()
    theirs.shows("In progress", CIVIC, FIESTA, timeout=FOLLOWS_MS)

    mine.press("h")
    expect(mine.card(COROLLA)).to_be_focused()
    mine.press("m", "Escape")
    expect(mine.page.get_by_role("menu")).to_have_count(0)
    expect(mine.card(COROLLA)).to_be_focused()


def test_a_card_is_carried_by_keys_and_the_palette_acts_on_it(day: Shop, enter: Enter) -> None:
    mine = BoardPage(enter("Advisor")).open()
    theirs = BoardPage(enter("Tech")).open()
    mine.press("j")
    expect(mine.card(COROLLA)).to_be_focused()

    # In the hand it stands where it would land; until it is dropped nobody else sees any of it.
    mine.press("Space", "ArrowDown", "ArrowRight")
    mine.hears("In progress, place 2 of 2.")
    mine.shows("In progress", FIESTA, COROLLA)
    expect(mine.card(COROLLA)).to_be_focused()
    mine.press("ArrowRight")
    mine.hears("Ready: Not possible from Scheduled. Move it to In progress first.")
    mine.press("Escape")
    mine.hears(f"{COROLLA} is back in Scheduled, place 1 of 3.")
    mine.shows("Scheduled", COROLLA, CIVIC, SOUL)
    mine.press("Space")
    mine.hears(
        f"{COROLLA} picked up from Scheduled, place 1 of 3. Arrow keys carry it, Space drops it, Escape puts it back."
    )
    mine.press("ArrowRight", "Space")
    mine.hears(f"{COROLLA} moved from Scheduled to In progress, place 1 of 2.")
    mine.shows("In progress", COROLLA, FIESTA)
    expect(mine.card(COROLLA)).to_be_focused()
    theirs.shows("In progress", COROLLA, FIESTA, timeout=FOLLOWS_MS)

    # The palette means the card that had the focus.
    mine.press("Control+k")
    mine.page.get_by_role("combobox", name="Command palette").fill("move")
    mine.press("Enter", "s")
    mine.shows("Scheduled", CIVIC, SOUL, COROLLA)
    expect(mine.card(COROLLA)).to_be_focused()


def test_a_card_is_moved_by_finger_from_the_sheet_and_taken_back_from_the_message(day: Shop, enter: Enter) -> None:
    mine = BoardPage(enter("Advisor", **TABLET)).open()
    theirs = BoardPage(enter("Owner")).open()

    mine.move_menu(SOUL).tap()
    sheet = mine.dialog_named(f"Move or assign {SOUL}")
    expect(sheet).to_be_visible()
    for row in sheet.get_by_role("listitem").get_by_role("button").all():
        box = row.bounding_box()
        assert box is not None
        assert box["height"] >= 56, "a row is too low for a thumb"
    sheet.get_by_role("button", name="In progress", exact=True).tap()
    expect(sheet).to_have_count(0)
    mine.shows("In progress", FIESTA, SOUL)
    mine.hears(f"{SOUL} moved from Scheduled to In progress, place 2 of 2.")
    expect(mine.card(SOUL)).to_be_focused()
    theirs.shows("In progress", FIESTA, SOUL, timeout=FOLLOWS_MS)

    mine.messages.get_by_role("button", name="Undo").tap()
    mine.shows("Scheduled", COROLLA, CIVIC, SOUL)
    expect(mine.card(SOUL)).to_be_focused()
    theirs.shows("Scheduled", COROLLA, CIVIC, SOUL, timeout=FOLLOWS_MS)


def test_the_board_is_searched_filtered_and_paged_by_day(day: Shop, enter: Enter) -> None:
    board = BoardPage(enter("Advisor")).open()
    board.press("/")
    board.type("civic")
    board.shows("Scheduled", CIVIC)
    expect(board.column("Scheduled")).to_have_accessible_name("Scheduled 1 job")
    board.type(" nothing like it")
    expect(board.page.get_by_text("No jobs match")).to_be_visible()
    board.page.get_by_role("button", name="Clear filters").last.click()
    board.shows("Scheduled", COROLLA, CIVIC, SOUL)

    board.page.get_by_role("button", name="Next day").click()
    board.shows("Scheduled", "2020 Mazda CX-5, Eve Gray")
    expect(board.page.get_by_role("heading", name="Board Tomorrow")).to_be_visible()
    board.page.reload()
    board.shows("Scheduled", "2020 Mazda CX-5, Eve Gray")
    # A car that is still here tomorrow is on tomorrow's board too.
    board.shows("In progress", FIESTA)

    board.page.get_by_role("button", name="Today", exact=True).click()
    board.shows("Scheduled", COROLLA, CIVIC, SOUL)
    for _ in range(2):
        board.page.get_by_role("button", name="Previous day").click()
    expect(board.page.get_by_text("Nothing scheduled for")).to_be_visible()


# Words that are cut, and what leaves its card or stands on its neighbor, on the last line of every card.
CUT = """
() => [...document.querySelectorAll('[data-card]')].flatMap((card) => {
  const found = [];
  const line = card.querySelector('[data-mark]').parentElement;
  for (const mark of line.querySelectorAll('[data-mark]')) {
    for (const part of mark.querySelectorAll('span')) {
      if (part.scrollWidth > part.clientWidth && getComputedStyle(part).overflow === 'hidden' && !part.matches('.sr-only')) {
        found.push(`cut: ${mark.textContent}`);
      }
    }
  }
  const edges = [...line.children, line.nextElementSibling].map((part) => part.getBoundingClientRect());
  edges.slice(1).forEach((box, index) => {
    if (box.left < edges[index].right - 0.5) found.push(`on its neighbor: ${card.innerText}`);
  });
  if (edges.at(-1).right > card.getBoundingClientRect().right) found.push(`outside: ${card.innerText}`);
  return found;
})
"""


@pytest.mark.parametrize("width", [1440, 1280, 1024, 768])
def test_marks_on_narrow_cards_are_whole_words_or_signs_with_a_name(shop: Shop, enter: Enter, width: int) -> None:
    tech, advisor = shop.person("Tech"), shop.person("Advisor")
    for number, name in enumerate(("Ana Reyes", "Ben Ode", "Cleo Diaz", "Dan Roe")):
        shop.job(
            name,
            "2019 Toyota Corolla",
            status=("SCHEDULED", "IN_PROGRESS", "READY", "IN_PROGRESS")[number],
            at=f"{9 + number}:00",
            day=-number,
            promised_at=shop.at(f"{9 + number}:00", -1) if number else None,
            is_waiting=True,
            overbook_reason="Ten minutes",
            overbooked_by=advisor.id,
            overbooked_at=shop.at("8:00", -number),
            tech_id=tech.id if number else None,
        )
    board = BoardPage(enter("Advisor", viewport={"width": width, "height": 900})).open()
    expect(board.page.locator("[data-card]")).to_have_count(4)
    signs = board.page.locator("[data-mark=sign]")
    for density in ("comfortable", "compact"):
        assert board.page.evaluate(CUT) == [], density
        for sign in signs.all():
            assert sign.get_attribute("title") == sign.inner_text().strip() != ""
        if density == "comfortable":
            board.page.get_by_role("button", name="Compact cards").click()
    expect(signs.first).to_be_visible()
