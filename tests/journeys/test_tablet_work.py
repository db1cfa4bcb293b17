"""What a technician does around the inspection: whose clock runs on what, what the car shows, who looks at whose work."""

import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.permissions import Role
from backend.appointments.rules import Status
from backend.clocks.models import WorkCheck, WorkTimer
from backend.core.clock import utc_now
from backend.core.ids import new_id
from backend.services.rules import Approval
from tests.conftest import PIN
from tests.factories.inspections import make_checklist, make_inspection_template
from tests.factories.services import make_job
from tests.journeys.conftest import Enter, Shop
from tests.journeys.pages import eventually
from tests.journeys.tablets import ALL_SAVED, SIZE
from tests.journeys.test_tablet_hands import CIVIC, COROLLA, paired, says, type_pin, with_pin

__all__ = ["paired"]
# Long enough for the stream, shorter than the tablet's own round of questions.
AT_ONCE_MS = 10_000

pytestmark = pytest.mark.timeout(180)


def ask(page: Page, method: str, path: str, body: dict[str, object]) -> None:
    """Do something as the person of a window, past its screens."""
    csrf = next(str(one["value"]) for one in page.context.cookies() if one["name"] == "csrf_access_token")
    answer = page.context.request.fetch(path, method=method, data=body, headers={"X-CSRF-TOKEN": csrf})
    assert answer.ok, answer.text()


def kept(session: Session) -> list[WorkCheck]:
    """Read the checks of work anew."""
    session.rollback()
    return list(session.scalars(select(WorkCheck).order_by(WorkCheck.is_passed)))


def test_finished_work_is_looked_at_by_somebody_else_without_a_network_too(
    shop: Shop, session: Session, enter: Enter
) -> None:
    shop.location.is_checked_by_another = True
    luis, marcus = shop.person(Role.TECH, "Luis Ortega"), shop.person(Role.TECH, "Marcus Bell")
    visits = [
        shop.job("Ana Reyes", car, status=Status.READY, tech_id=luis.id, at=at, minutes=30)
        for car, at in ((COROLLA, "8:00"), (CIVIC, "9:00"))
    ]
    make_job(session, visits[0], name="Brakes", cause="Worn", correction="New pads")
    page = enter(Role.TECH, "Marcus Bell", **SIZE)
    page.goto("/tech")
    says(page, ALL_SAVED)
    waiting = page.get_by_role("region", name="To check")
    expect(waiting.get_by_role("listitem")).to_have_count(2)

    # By finger, offline.
    page.context.set_offline(True)
    waiting.get_by_role("link", name=f"Check {COROLLA}").tap()
    expect(page.get_by_role("region", name="What was done")).to_contain_text("Correction: New pads")
    page.get_by_role("button", name="Not good").tap()
    dialog = page.get_by_role("dialog", name="Not good")
    dialog.get_by_role("button", name="Save").tap()
    expect(dialog.get_by_text("Say what is not right.")).to_be_visible()
    dialog.get_by_label("What is not right?").fill("A wheel nut is loose")
    dialog.get_by_role("button", name="Save").tap()
    expect(waiting.get_by_role("listitem")).to_have_count(1)
    says(page, "Offline, 1 waiting")
    page.context.set_offline(False)
    says(page, ALL_SAVED)

    # By keyboard.
    waiting.get_by_role("link", name=f"Check {CIVIC}").press("Enter")
    expect(page.get_by_role("heading", name=CIVIC)).to_be_focused()
    page.get_by_role("button", name="All good").press("Enter")
    expect(waiting).to_have_count(0)
    eventually(lambda: kept(session), lambda found: len(found) == 2)
    says(page, ALL_SAVED)
    found = kept(session)
    assert [(one.kind, one.is_passed, one.note, one.checked_by) for one in found] == [
        ("quality", False, "A wheel nut is loose", marcus.id),
        ("quality", True, None, marcus.id),
    ]

    # Whoever did the work is not asked.
    other = enter(Role.TECH, "Luis Ortega", **SIZE)
    other.goto("/tech")
    says(other, ALL_SAVED)
    expect(other.get_by_role("region", name="To check")).to_have_count(0)


def test_the_odometer_that_the_advisor_changed_meanwhile_is_the_one_field_in_the_sheet(
    shop: Shop, session: Session, enter: Enter
) -> None:
    technician = shop.person(Role.TECH)
    owner = shop.customer("Ana Reyes")
    car = shop.car(COROLLA, owner, mileage=41_000)
    visit = shop.job(owner, car, status=Status.IN_PROGRESS, tech_id=technician.id)
    desk = enter(Role.ADVISOR)
    page = enter(Role.TECH, **SIZE)
    page.goto(f"/tech/jobs/{visit.id}")
    says(page, ALL_SAVED)
    odometer = page.get_by_role("region", name="Odometer")
    expect(odometer).to_contain_text("Last read: 41,000 miles")

    page.context.set_offline(True)
    says(page, "Offline")
    field = odometer.get_by_label("Odometer, miles")
    field.fill("a lot")
    odometer.get_by_role("button", name="Save").tap()
    expect(odometer.get_by_text("Type what the car shows")).to_be_visible()
    expect(field).to_be_focused()
    field.fill("41,250")
    field.press("Enter")
    expect(odometer).to_contain_text("Last read: 41,250 miles")
    says(page, "Offline, 1 waiting")
    ask(desk, "PATCH", f"/api/vehicles/{car.id}", {"mileage": 41_200, "color": "Red", "version": 1})
    page.context.set_offline(False)
    says(page, "1 needs you")

    odometer.get_by_role("button", name="Choose").tap()
    sheet = page.get_by_role("dialog", name="Somebody changed this too")
    expect(sheet.get_by_role("group")).to_have_count(1)
    expect(sheet.get_by_role("group", name="Odometer")).to_be_visible()
    expect(sheet.get_by_role("radio")).to_have_count(2)
    expect(sheet).to_contain_text("Sam Rivera")
    expect(sheet).to_contain_text("You, ")
    expect(sheet).to_contain_text(COROLLA)
    expect(sheet.get_by_text("41,200 miles")).to_be_visible()
    sheet.get_by_text("41,250 miles").tap()
    sheet.get_by_role("button", name="Save my choice").tap()
    says(page, ALL_SAVED)
    session.rollback()
    session.refresh(car)
    assert (car.mileage, car.color, car.version) == (41_250, "Red", 3)


def test_what_was_waited_for_is_told_at_once_to_whoever_waits(
    shop: Shop,
    session: Session,
    enter: Enter,
    paired: Callable[..., Page],
    record_property: Callable[[str, object], None],
) -> None:
    with_pin(shop, "Marcus Bell")
    with_pin(shop, "Luis Ortega")
    marcus = shop.person(Role.TECH, "Marcus Bell")
    visit = shop.job("Ana Reyes", COROLLA, status=Status.IN_PROGRESS, tech_id=marcus.id, needs_part=True)
    job = make_job(session, visit, name="Front brakes")
    desk = enter(Role.ADVISOR)
    page, other = paired(), paired()
    for one, name in ((page, "Marcus Bell"), (other, "Luis Ortega")):
        one.get_by_role("button", name=name).tap()
        type_pin(one, PIN)
        says(one, ALL_SAVED)
    expect(page.get_by_role("region", name="Waits")).to_contain_text(COROLLA)

    began = time.monotonic()
    ask(desk, "PATCH", f"/api/appointments/{visit.id}/needs", {"needsPart": False})
    expect(page.get_by_text(f"The part for {COROLLA} is here").first).to_be_visible(timeout=AT_ONCE_MS)
    record_property("seconds", time.monotonic() - began)
    expect(page.get_by_role("region", name="Next")).to_contain_text(COROLLA)

    said = {"method": "in_person", "person": "Ana Reyes", "saidAt": utc_now().isoformat()}
    answers = [{"jobId": str(job.id), "decision": "approved"}]
    ask(desk, "POST", f"/api/appointments/{visit.id}/approvals", {**said, "answers": answers})
    expect(page.get_by_text(f"Approved: Front brakes, {COROLLA}").first).to_be_visible(timeout=AT_ONCE_MS)
    expect(other.get_by_text(COROLLA)).to_have_count(0)


def test_a_clock_on_a_job_that_was_given_away_is_stopped_and_another_one_started(
    shop: Shop, session: Session, enter: Enter
) -> None:
    marcus, luis = shop.person(Role.TECH, "Marcus Bell"), shop.person(Role.TECH, "Luis Ortega")
    gone = shop.job("Ana Reyes", COROLLA, status=Status.IN_PROGRESS, tech_id=luis.id)
    shop.job("Ben Ode", CIVIC, status=Status.IN_PROGRESS, tech_id=marcus.id, at="10:00")
    started = utc_now() - timedelta(minutes=30)
    timer = WorkTimer(id=new_id(), user_id=marcus.id, appointment_id=gone.id, started_at=started)
    session.add(timer)
    page = enter(Role.TECH, "Marcus Bell", **SIZE)
    page.goto("/tech")
    says(page, ALL_SAVED)
    now = page.get_by_role("region", name="Now")
    expect(now).to_contain_text("Your clock runs on a job that is no longer yours")

    page.get_by_role("button", name=f"Start the clock on {CIVIC}").press("Enter")
    sheet = page.get_by_role("dialog", name="Why does A job that is not here stop?")
    sheet.get_by_role("button", name="Helping elsewhere").press("Enter")
    expect(now).to_contain_text(CIVIC)
    # The row that had the keyboard is gone; it goes on where the job runs now.
    expect(now.get_by_role("link", name=f"Open {CIVIC}")).to_be_focused()
    says(page, ALL_SAVED)
    session.rollback()
    session.refresh(timer)
    assert timer.stopped_at is not None
    assert timer.pause_reason == "helps_elsewhere"


def test_jobs_of_one_car_are_clocked_one_by_one_and_ones_own_hours_stand_apart(
    shop: Shop, session: Session, enter: Enter
) -> None:
    marcus, luis = shop.person(Role.TECH, "Marcus Bell"), shop.person(Role.TECH, "Luis Ortega")
    visit = shop.job("Ana Reyes", COROLLA, status=Status.IN_PROGRESS, tech_id=marcus.id)
    hours = [{"kind": "labor", "hours": Decimal(2)}]
    pads, oil = (
        make_job(session, visit, name=name, lines=hours, approval=Approval.APPROVED) for name in ("Pads", "Oil")
    )
    stretch = {"started_at": utc_now() - timedelta(hours=5), "stopped_at": utc_now() - timedelta(hours=2)}
    session.add(WorkTimer(id=new_id(), user_id=luis.id, appointment_id=visit.id, job_id=pads.id, **stretch))
    page = enter(Role.TECH, "Marcus Bell", **SIZE)
    page.goto(f"/tech/jobs/{visit.id}")
    says(page, ALL_SAVED)
    expect(page.get_by_text("You worked 0.0 h")).to_be_visible()
    expect(page.get_by_text("Everybody worked 3.0 of 4.0 h sold")).to_be_visible()

    page.get_by_role("button", name="Start the clock on Pads").tap()
    # What Luis has worked does not run on this clock.
    expect(page.get_by_role("button", name=f"Pause the clock on {COROLLA}")).not_to_contain_text("3 h")
    page.get_by_role("button", name="Start the clock on Oil").tap()
    expect(page.get_by_role("button", name="Start the clock on Pads")).to_be_visible()
    page.get_by_role("button", name=f"Pause the clock on {COROLLA}").tap()
    page.get_by_role("dialog").get_by_role("button", name="Done with it").tap()
    # Only once the act is written down do the words in the bar speak of it.
    expect(page.get_by_role("button", name="Start the clock on Oil")).to_be_visible()
    says(page, ALL_SAVED)
    session.rollback()
    own = select(WorkTimer).where(WorkTimer.user_id == marcus.id).order_by(WorkTimer.started_at, WorkTimer.id)
    assert {(one.job_id, one.stopped_at is None) for one in session.scalars(own)} == {(pads.id, False), (oil.id, False)}

    page.get_by_role("link", name="Back").tap()
    expect(page.get_by_role("region", name="Finished by you")).to_contain_text(COROLLA)
    expect(page.get_by_role("region", name="Next")).to_contain_text("Nothing else today.")


def test_inspections_for_the_car_come_first_and_a_submitted_one_is_corrected_on_purpose(
    shop: Shop, session: Session, enter: Enter
) -> None:
    technician = shop.person(Role.TECH)
    make_inspection_template(session, name="Winter", visit_type="seasonal")
    make_inspection_template(session, name="Courtesy")
    visit = shop.job("Ana Reyes", COROLLA, status=Status.IN_PROGRESS, tech_id=technician.id)
    make_checklist(
        session,
        visit,
        title="Brakes",
        items=[{"label": "Pads", "result": "pass"}],
        status="submitted",
        submitted_at=utc_now(),
        holder_id=technician.id,
    )
    page = enter(Role.TECH, **SIZE)
    page.goto(f"/tech/jobs/{visit.id}")
    says(page, ALL_SAVED)
    inspections = page.get_by_role("region", name="Inspection")
    expect(inspections.get_by_role("button", name="Start Courtesy")).to_be_visible()
    expect(inspections.get_by_role("button", name="Start Winter")).to_be_hidden()
    inspections.get_by_text("1 other inspection").tap()
    expect(inspections.get_by_role("button", name="Start Winter")).to_be_visible()

    inspections.get_by_role("button", name="Look at Brakes").tap()
    page.get_by_role("link", name="Pads").tap()
    expect(page.locator("#point")).to_have_text("Pads")
    expect(page.get_by_role("button", name="OK", exact=True)).to_have_count(0)
    expect(page.get_by_label("Note")).to_be_disabled()
    page.get_by_role("button", name="Correct it").press("Enter")
    expect(page.get_by_role("button", name="OK", exact=True)).to_be_focused()
    page.get_by_role("button", name="Attention", exact=True).tap()
    says(page, ALL_SAVED)
    expect(page.get_by_text("You correct a submitted inspection.")).to_be_visible()


def test_nothing_moves_when_the_network_goes(shop: Shop, session: Session, enter: Enter) -> None:
    technician = shop.person(Role.TECH)
    visit = shop.job("Ana Reyes", COROLLA, status=Status.IN_PROGRESS, tech_id=technician.id)
    checklist, _ = make_checklist(session, visit, title="Courtesy", holder_id=technician.id)
    page = enter(Role.TECH, **SIZE)
    page.goto(f"/tech/checks/{checklist.id}/1")
    says(page, ALL_SAVED)
    controls = [page.get_by_role("button", name=name, exact=True) for name in ("OK", "Attention", "Urgent")]
    before = [one.bounding_box() for one in [*controls, page.get_by_role("link", name="Next")]]
    page.context.set_offline(True)
    says(page, "Offline")
    assert [one.bounding_box() for one in [*controls, page.get_by_role("link", name="Next")]] == before


def test_a_finished_job_stands_in_next_again_once_its_part_is_here(shop: Shop, session: Session, enter: Enter) -> None:
    technician = shop.person(Role.TECH)
    visit = shop.job("Ana Reyes", COROLLA, status=Status.IN_PROGRESS, tech_id=technician.id)
    stretch = {"started_at": utc_now() - timedelta(minutes=30), "stopped_at": utc_now() - timedelta(minutes=5)}
    session.add(WorkTimer(id=new_id(), user_id=technician.id, appointment_id=visit.id, **stretch))
    desk = enter(Role.ADVISOR)
    page = enter(Role.TECH, **SIZE)
    page.goto("/tech")
    says(page, ALL_SAVED)
    expect(page.get_by_role("region", name="Finished by you")).to_contain_text(COROLLA)
    path = f"/api/appointments/{visit.id}/needs"

    ask(desk, "PATCH", path, {"needsPart": True, "wantedPart": "Front pads"})
    expect(page.get_by_role("region", name="Waits")).to_contain_text("Needs part: Front pads", timeout=AT_ONCE_MS)
    ask(desk, "PATCH", path, {"needsPart": False})
    again = page.get_by_role("region", name="Next")
    expect(again).to_contain_text("Part is here", timeout=AT_ONCE_MS)

    again.get_by_role("button", name=f"Start the clock on {COROLLA}").tap()
    expect(page.get_by_role("region", name="Now")).to_contain_text(COROLLA)
    expect(page.get_by_role("main").get_by_text("Part is here")).to_have_count(0)
