"""Clocks, PINs and what a job waits for, at the screens of those who plan and of those who work."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from backend.clocks.models import WorkTimer
from backend.core.clock import utc_now
from backend.core.ids import new_id
from tests.factories.services import make_job
from tests.journeys.conftest import PASSWORD, PEOPLE, TABLET, Enter, Shop
from tests.journeys.pages import BoardPage, starting

TECH = PEOPLE["Tech"]  # type: ignore[index]


def _act(target: Locator, options: dict[str, Any]) -> None:
    target.tap() if options else target.press("Enter")


def _open_work(page: Page, name: str, options: dict[str, Any]) -> Locator:
    """Open a job's tab of work and return its panel of times and checks."""
    _act(BoardPage(page).card(name), options)
    _act(page.get_by_role("tab", name=starting("Services")), options)
    return page.get_by_role("region", name="Time and checks")


@pytest.mark.parametrize("options", [{}, TABLET], ids=["keys", "finger"])
def test_a_part_that_arrives_is_told_to_its_technician_alone(shop: Shop, enter: Enter, options: dict[str, Any]) -> None:
    tech = shop.person("Tech")
    shop.job("Ana Reyes", "2019 Toyota Corolla", status="IN_PROGRESS", at="7:00", tech_id=tech.id)
    board, other = BoardPage(enter("Tech")), BoardPage(enter("Tech", "Mei Lin"))
    for one in (board, other):
        one.open()
    advisor = BoardPage(enter("Advisor", **options))
    advisor.open()

    panel = _open_work(advisor.page, "Ana Reyes", options)
    part = panel.get_by_role("switch", name="A part")
    part.tap() if options else part.press("Space")

    expect(part).to_have_attribute("aria-checked", "true")
    for one in (board, other):
        expect(one.page.get_by_text("Needs a part").first).to_be_visible()
    part.tap() if options else part.press("Space")
    expect(board.page.get_by_text(re.compile(r"The part for #\d+ is here")).first).to_be_visible()
    expect(board.page.get_by_text("Needs a part")).to_have_count(0)
    expect(other.page.get_by_text("Needs a part")).to_have_count(0)
    expect(other.page.get_by_text(re.compile("is here"))).to_have_count(0)


def test_hours_worked_stand_beside_hours_sold_and_a_forgotten_clock_is_stopped(shop: Shop, enter: Enter) -> None:
    tech = shop.person("Tech")
    job = shop.job("Ana Reyes", "2019 Toyota Corolla", status="IN_PROGRESS", at="7:00", tech_id=tech.id)
    work = make_job(shop.session, job, approval="approved", lines=[{"kind": "labor", "hours": Decimal(2)}])
    started = utc_now() - timedelta(minutes=90)
    shop.session.add(WorkTimer(id=new_id(), user_id=tech.id, appointment_id=job.id, job_id=work.id, started_at=started))
    board = BoardPage(enter("Advisor"))
    board.open()

    panel = _open_work(board.page, "Ana Reyes", {})
    expect(panel.get_by_text("75 % of the sold hours")).to_be_visible()
    panel.get_by_role("button", name=f"Stop the clock of {TECH}").press("Enter")

    expect(panel.get_by_text("Clock runs")).to_have_count(0)
    panel.get_by_role("button", name=starting("Cause and correction")).press("Enter")
    page = board.page
    page.get_by_label("Cause", exact=True).fill("Pads worn to the plate")
    page.get_by_label("Correction", exact=True).fill("New pads and discs")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(panel.get_by_text("New pads and discs")).to_be_visible()
    panel.get_by_role("button", name=starting("Write down a check")).press("Enter")
    page.get_by_label("Result").select_option("failed")
    page.get_by_role("button", name="Save check").press("Enter")
    expect(page.get_by_text("Say what is not right.")).to_be_visible()
    page.get_by_label("Note").fill("Squeals")
    page.get_by_role("button", name="Save check").press("Enter")
    expect(panel.get_by_text("Test drive: Not right")).to_be_visible()


def test_a_person_sets_their_own_pin_and_the_owner_takes_it_away(shop: Shop, enter: Enter) -> None:
    tech = enter("Tech")
    tech.goto("/board")
    _open_pin(tech)
    tech.get_by_label("Your password").fill(PASSWORD)
    tech.get_by_label("New PIN").fill("123456")
    tech.get_by_role("button", name="Save PIN").press("Enter")
    expect(tech.get_by_text("This PIN is too easy to guess. Mix the digits.")).to_be_visible()
    tech.get_by_label("New PIN").fill("508214")
    tech.get_by_role("button", name="Save PIN").press("Enter")
    expect(tech.get_by_text("Your tablet PIN is saved").first).to_be_visible()

    owner = enter("Owner")
    owner.goto("/users")
    owner.get_by_role("button", name=f"More for {TECH}").press("Enter")
    owner.get_by_role("menuitem", name=starting("Remove tablet PIN")).press("Enter")
    owner.get_by_role("button", name="Remove PIN").press("Enter")
    expect(owner.get_by_text(f"The PIN of {TECH} is removed").first).to_be_visible()
    tech.reload()
    _open_pin(tech)
    expect(tech.get_by_role("heading", name="Set a tablet PIN")).to_be_visible()


def _open_pin(page: Page) -> None:
    page.get_by_role("button", name=f"Account: {TECH}").press("Enter")
    page.get_by_role("menuitem", name=starting("Tablet PIN")).press("Enter")


def test_a_tablet_is_added_with_its_own_address(shop: Shop, enter: Enter) -> None:
    owner = enter("Owner")
    owner.goto("/settings/devices")
    owner.get_by_role("button", name="Add device").first.press("Enter")
    owner.get_by_label("Name").fill("Bay tablet")
    owner.get_by_label("Kind").select_option("tablet")
    owner.get_by_role("button", name="Get a code").press("Enter")

    expect(owner.get_by_text(re.compile(r"open http.*/tech and type"))).to_be_visible()
