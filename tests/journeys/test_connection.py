"""When the connection fails: the screen says since when, keeps what it has, and catches up by itself."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.conftest import LiveServer
from tests.journeys.conftest import Enter, Shop
from tests.journeys.pages import BoardPage

COROLLA = "2019 Toyota Corolla, Ana Reyes"
CIVIC = "2021 Honda Civic, Ben Ode"
# A window asks every two seconds while nothing is told to it.
POLLED_MS = 4_000
# Tries to get back come after 1, 2, 4, 8 … seconds.
BACK_MS = 25_000


def test_a_stopped_server_is_shown_as_offline_and_a_started_one_is_caught_up_with(
    shop: Shop, enter: Enter, start_server: Callable[..., LiveServer]
) -> None:
    shop.job("Ana Reyes", "2019 Toyota Corolla", at="9:00")
    shop.job("Ben Ode", "2021 Honda Civic", at="10:00")
    server = start_server(grace=0)
    mine = BoardPage(enter("Advisor", base_url=server.url)).open()
    mine.shows("Scheduled", COROLLA, CIVIC)
    # The colleague's server goes on.
    theirs = BoardPage(enter("Owner")).open()

    server.child.stop(0)
    offline = mine.page.get_by_text(re.compile(r"^Offline since \d{1,2}:\d\d [AP]M What you see may be out of date"))
    expect(offline).to_be_visible(timeout=BACK_MS)
    mine.hears("Offline since")
    mine.shows("Scheduled", COROLLA, CIVIC)

    # What can't be sent is not pretended to be done.
    mine.drag(COROLLA, "In progress")
    mine.says(f"{COROLLA} went back to Scheduled")
    mine.shows("Scheduled", COROLLA, CIVIC)
    theirs.drag(CIVIC, "In progress")
    theirs.shows("In progress", CIVIC)
    mine.shows("Scheduled", COROLLA, CIVIC)

    start_server(port=urlsplit(server.url).port)
    mine.shows("In progress", CIVIC, timeout=BACK_MS)
    mine.shows("Scheduled", COROLLA)
    expect(offline).to_have_count(0, timeout=BACK_MS)
    mine.says("Back online. Everything is up to date.")


def test_without_redis_the_windows_ask_and_stay_in_step(
    shop: Shop, enter: Enter, start_server: Callable[..., LiveServer]
) -> None:
    shop.job("Ana Reyes", "2019 Toyota Corolla", at="9:00")
    shop.job("Ben Ode", "2021 Honda Civic", at="10:00")
    server = start_server(REDIS_URL="")
    mine = BoardPage(enter("Advisor", base_url=server.url)).open()
    theirs = BoardPage(enter("Owner", base_url=server.url)).open()
    expect(mine.page.get_by_text("Live updates are slow. Checking every few seconds.")).to_be_visible()

    mine.drag(COROLLA, "In progress")
    mine.shows("In progress", COROLLA)
    theirs.shows("In progress", COROLLA, timeout=POLLED_MS)
    theirs.open_job(CIVIC).get_by_role("button", name="Check in and start").press("Enter")
    mine.shows("In progress", COROLLA, CIVIC, timeout=POLLED_MS)


def test_words_typed_while_the_server_is_away_are_kept_and_saved_when_it_is_back(
    shop: Shop, enter: Enter, start_server: Callable[..., LiveServer]
) -> None:
    shop.job("Ana Reyes", "2019 Toyota Corolla", at="9:00")
    shop.job("Ben Ode", "2021 Honda Civic", at="10:00")
    server = start_server(grace=0)
    mine = BoardPage(enter("Advisor", base_url=server.url)).open()
    theirs = BoardPage(enter("Owner")).open()
    drawer = mine.open_job(COROLLA)
    server.child.stop(0)

    drawer.get_by_label("Notes", exact=True).fill("precious words")
    drawer.get_by_label("Key tag", exact=True).fill("27")
    drawer.get_by_label("What is it about?").focus()
    expect(drawer.get_by_text("Not saved yet", exact=True)).to_have_count(2)
    mine.hears("kept on this device")
    mine.press("Escape")
    expect(drawer).to_have_count(0)
    # Closed, they are named on the page; opened again, they stand in their fields.
    left = mine.page.get_by_text("Not saved yet, kept on this device: Notes, Key tag of job")
    expect(left).to_be_visible()
    expect(mine.open_job(COROLLA).get_by_label("Notes", exact=True)).to_have_value("precious words")
    mine.press("Escape")
    expect(left).to_be_visible()
    mine.hears("Offline since")

    start_server(port=urlsplit(server.url).port)
    expect(left).to_have_count(0, timeout=BACK_MS)
    mine.hears("Saved: Notes, Key tag of job")
    mine.says("Back online. Everything is up to date.")
    expect(theirs.item(COROLLA)).to_contain_text("27")
    expect(theirs.open_job(COROLLA).get_by_label("Notes", exact=True)).to_have_value("precious words")
    mine.page.reload()
    expect(mine.open_job(COROLLA).get_by_label("Notes", exact=True)).to_have_value("precious words")


def test_an_open_drawer_saves_its_words_by_itself_when_the_server_is_back(
    shop: Shop, enter: Enter, start_server: Callable[..., LiveServer]
) -> None:
    shop.job("Ana Reyes", "2019 Toyota Corolla", at="9:00")
    server = start_server(grace=0)
    mine = BoardPage(enter("Advisor", base_url=server.url)).open()
    theirs = BoardPage(enter("Owner")).open()
    drawer = mine.open_job(COROLLA)
    server.child.stop(0)
    drawer.get_by_label("Notes", exact=True).fill("precious words")
    drawer.get_by_label("Notes", exact=True).press("Control+Enter")
    expect(drawer.get_by_text("Not saved yet", exact=True)).to_be_visible()

    start_server(port=urlsplit(server.url).port)
    saved = drawer.get_by_role("tabpanel").get_by_text("Saved", exact=True)
    expect(saved).to_be_visible(timeout=BACK_MS)
    expect(drawer.get_by_text("Not saved yet", exact=True)).to_have_count(0)
    expect(theirs.open_job(COROLLA).get_by_label("Notes", exact=True)).to_have_value("precious words")
