"""The shop's own name and colour, on the page where one signs in and in the menu."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.conftest import LiveServer, Screens
from tests.journeys.conftest import Enter, Shop
from tests.journeys.pages import BoardPage

YELLOW = "#ffe600"


def tile(page: Page) -> str:
    """Return the colour of the mark's tile."""
    color: str = page.locator("[data-brand] rect").get_attribute("fill") or ""
    return color


def test_the_shops_name_and_colour_stand_where_one_signs_in_and_in_the_menu(
    shop: Shop, enter: Enter, screens: Screens, start_server: Callable[..., LiveServer]
) -> None:
    shop.job("Ana Reyes", "2019 Toyota Corolla", at="9:00")
    server = start_server(BRAND_NAME="Maple Motors", BRAND_COLOR=YELLOW)
    page = screens.open(base_url=server.url, color_scheme="dark")
    page.goto("/login")
    expect(page.get_by_text("Maple Motors")).to_be_visible()
    expect(page).to_have_title("Sign in · Maple Motors")
    assert tile(page) == YELLOW

    board = BoardPage(enter("Advisor", base_url=server.url, color_scheme="dark")).open()
    expect(board.menu.get_by_role("img", name="Maple Motors")).to_be_visible()
    assert tile(board.page) == YELLOW
    board.menu.get_by_role("button", name="Expand menu").click()
    expect(board.menu.get_by_text("Maple Motors")).to_be_visible()
    # On white, yellow would not be seen: it is darkened there, and only as far as needed.
    board.page.emulate_media(color_scheme="light")
    expect(board.page.locator("html")).to_have_attribute("data-theme", "light")
    assert tile(board.page) not in (YELLOW, "#1d4ed8")
