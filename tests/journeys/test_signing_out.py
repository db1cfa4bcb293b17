"""Signing out on a shared screen: nothing of the session can be seen afterwards, by Back or in another window."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Enter, Shop
from tests.journeys.pages import BoardPage

COROLLA = "2019 Toyota Corolla"
# Keeps whether anything of the board was ever drawn, be it for one frame.
WATCH = """
window.seen = [];
new MutationObserver(() => {
  if (document.querySelector('[data-card]')) window.seen.push(location.pathname);
}).observe(document, {subtree: true, childList: true});
"""


@pytest.fixture
def board(shop: Shop, enter: Enter) -> BoardPage:
    """Have a board with a job on it, come to by way of other pages."""
    shop.job("Ana Reyes", COROLLA, at="9:00")
    board = BoardPage(enter("Advisor"))
    board.open()
    expect(board.card(COROLLA)).to_be_visible()
    board.press("g", "c")
    expect(board.page).to_have_url(re.compile("/calendar"))
    board.press("g", "b")
    expect(board.card(COROLLA)).to_be_visible()
    return board


def stays_out(page: Page) -> None:
    """Check that the sign-in page stands there and no card is, or was for a moment."""
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_text(COROLLA)).to_have_count(0)
    assert page.evaluate("() => window.seen ?? []") == []


def test_after_signing_out_back_never_shows_the_board(board: BoardPage) -> None:
    board.page.get_by_role("button", name="Account: ").click()
    board.page.get_by_role("menuitem", name="Sign out").click()
    expect(board.page.get_by_role("heading", name="Sign in")).to_be_visible()
    board.page.evaluate(WATCH)
    for _ in range(2):
        board.page.go_back()
        stays_out(board.page)
    board.page.add_init_script(WATCH)
    board.page.goto("/version")
    board.page.go_back()
    stays_out(board.page)
    board.page.goto("/board")
    stays_out(board.page)


def test_a_window_that_one_comes_back_to_after_signing_out_in_another_shows_nothing(board: BoardPage) -> None:
    other = board.page.context.new_page()
    other.goto("/board")
    other.get_by_role("button", name="Account: ").click()
    other.get_by_role("menuitem", name="Sign out").click()
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
    board.page.bring_to_front()
    board.page.evaluate("() => window.dispatchEvent(new Event('focus'))")
    expect(board.page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=1_000)
    expect(board.page.get_by_text(COROLLA)).to_have_count(0)
