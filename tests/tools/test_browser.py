"""The browser of the tests: it is a real one, with fonts, on the product as people get it."""

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Screens
from tools import browser
from tools.console import Failure


def test_the_sign_in_page_is_drawn_with_real_letters(page: Page) -> None:
    page.goto("/")
    heading = page.get_by_role("heading").first
    expect(heading).to_be_visible()
    box = heading.bounding_box()
    assert box is not None
    # Without any font every letter is zero pixels wide.
    assert box["width"] > 20
    width = page.evaluate("() => document.createElement('canvas').getContext('2d').measureText('Keytag').width")
    assert width > 10


def test_what_a_page_says_in_its_console_is_held_against_it(screens: Screens) -> None:
    page = screens.open()
    page.goto("/")
    page.evaluate("() => console.error('a broken promise')")
    page.evaluate("() => setTimeout(() => { throw new Error('a thrown stone') })")
    page.wait_for_timeout(100)
    assert [complaint.splitlines()[0] for complaint in screens.complaints] == ["a broken promise", "a thrown stone"]
    screens.complaints.clear()


def test_two_windows_are_two_people(screens: Screens) -> None:
    first, second = screens.open(), screens.open()
    first.goto("/")
    first.evaluate("() => localStorage.setItem('whose', 'mine')")
    second.goto("/")
    assert second.evaluate("() => localStorage.getItem('whose')") is None


def test_a_browser_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM_EXE", "/nowhere/chromium")
    with pytest.raises(Failure, match="CHROMIUM_EXE=/nowhere/chromium is not a program"):
        browser.find()
