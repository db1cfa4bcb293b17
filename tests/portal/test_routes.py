import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from backend.core.clock import utc_now
from backend.core.db import Model
from backend.estimates.models import ApprovalRecord
from backend.links import commands as links
from backend.links.models import LinkVisit, SignedLink
from backend.links.rules import Purpose
from backend.portal import rules
from backend.portal.rules import COOKIE, HEADER
from backend.services.models import AppointmentJob
from tests.conftest import SECRET_KEY
from tests.estimates.conftest import PHONE
from tests.factories.appointments import make_appointment
from tests.factories.services import make_job
from tests.factories.vehicles import make_vehicle


@pytest.fixture
def fingerprint(owner) -> Callable[[], str]:
    """Return what digests every row of every table, as committed."""

    def take() -> str:
        whole = hashlib.sha256()
        for table in Model.metadata.sorted_tables:
            rows = owner.execute(f"SELECT t::text FROM {table.name} t ORDER BY 1").fetchall()
            whole.update(json.dumps([table.name, rows]).encode())
        return whole.hexdigest()

    return take


def test_fetching_a_link_ten_times_changes_nothing(session, browse, token, fingerprint):
    before = fingerprint()
    for turn in range(10):
        one = browse()
        method = one.client.get if turn % 2 else one.client.head
        answer = method(f"/c/{token}", headers={"User-Agent": "Preview/1.0"})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/visit")
        one.client.get("/visit")
        one.page()
    assert fingerprint() == before


def test_the_address_is_left_at_once_and_told_to_nobody(browse, token):
    answer = browse().open(token)
    cookie = answer.headers["Set-Cookie"]
    assert token not in cookie
    assert token not in answer.text
    for word in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert word in cookie
    for told in (answer, browse().page()):
        assert told.headers.getlist("Referrer-Policy") == ["no-referrer"]
        assert told.headers["Cache-Control"] == "no-store"
        assert told.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_a_link_alone_shows_this_visits_estimate_and_nobodys_details(browser, offered, session):
    page = browser.page()
    assert page.status_code == 200
    body = page.get_json()
    assert [job["name"] for job in body["estimate"]["jobs"]] == [
        "Brake inspection",
        "Brake fluid",
        "Standard pads",
        "Ceramic pads",
    ]
    assert (body["visit"]["firstName"], body["money"], body["isKnown"]) == ("Ana", None, False)
    for secret in (PHONE, PHONE[-4:], "ana@example.com", "1HGCM82633A004352", "Reyes"):
        assert secret not in page.text
    for path in ("history", "papers/invoice.pdf", "papers/receipt.pdf", "papers/estimate.pdf"):
        answer = browser.client.get(f"/api/portal/{path}")
        assert (path, answer.status_code, answer.get_json()["code"]) == (path, 403, "step_up_required")


def test_opening_is_told_by_the_page_once(session, browser, offered):
    for _ in range(2):
        assert browser.send("opened").status_code == 204
    session.refresh(offered.visit)
    assert offered.visit.estimate_state == "opened"
    assert str(session.scalars(sa.select(LinkVisit)).one().ip) == "127.0.0.1"


def _decisions(page, *answers, name="Ana Reyes", **more):
    return {"documentHash": page["estimate"]["documentHash"], "name": name, "answers": list(answers), **more}


def _approve(job):
    return {"jobId": str(job.id), "decision": "approved"}


def _decline(job, reason="Not now"):
    return {"jobId": str(job.id), "decision": "declined", "reason": reason}


def test_a_job_without_a_price_is_shown_as_such_and_not_approved(session, offered, as_role, browse):
    shield = make_job(session, offered.visit, name="Heat shield", sort_order=9, lines=())
    session.commit()
    advisor = as_role("Advisor", [offered.location])
    shown = advisor.post(f"/api/appointments/{offered.visit.id}/estimates/preview", json={"how": "link"}).get_json()
    assert shown["unpricedJobIds"] == [str(shield.id)]
    made = advisor.post(
        f"/api/appointments/{offered.visit.id}/estimates", json={"how": "link"}, headers={"Idempotency-Key": "one"}
    ).get_json()
    browser = browse()
    browser.open(made["url"].rpartition("/")[2])
    page = browser.page().get_json()
    assert [job["isPriced"] for job in page["estimate"]["jobs"]] == [True] * 4 + [False]
    answer = browser.send("decisions", _decisions(page, _approve(shield)))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "not_priced")
    assert session.scalars(sa.select(ApprovalRecord)).all() == []


def test_a_customer_decides_with_a_typed_name(session, browser, offered):
    body = _decisions(
        browser.page().get_json(), _approve(offered.brakes), _decline(offered.flush), spendingCapCents=400_00
    )
    for _ in range(2):
        answer = browser.send("decisions", body, key="one-tap")
        assert answer.status_code == 200, answer.text
    jobs = {job["name"]: job for job in answer.get_json()["estimate"]["jobs"]}
    assert jobs["Brake inspection"]["approval"] == "approved"
    assert jobs["Brake fluid"]["declineReason"] == "Not now"
    kept = session.scalars(sa.select(ApprovalRecord).order_by(ApprovalRecord.id)).all()
    assert [(one.method, one.person, str(one.ip), one.spending_cap_cents) for one in kept] == [
        ("link", "Ana Reyes", "127.0.0.1", 400_00)
    ] * 2
    assert {one.link_visit_id for one in kept} == {session.scalars(sa.select(LinkVisit.id)).one()}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"answers": []}, "answers"),
        ({"documentHash": "x"}, "documentHash"),
        ({"spendingCapCents": 1.5}, "spendingCapCents"),
        ({"spendingCapCents": -1}, "spendingCapCents"),
        ({"spendingCapCents": "٣"}, "spendingCapCents"),
        ({"approveAll": True}, "approveAll"),
    ],
)
def test_what_is_not_signed_or_not_understood_is_refused(session, browser, offered, change, field):
    body = _decisions(browser.page().get_json(), _approve(offered.brakes)) | change
    answer = browser.send("decisions", body)
    assert answer.status_code == 422
    assert field in answer.get_json()["errors"]
    assert session.scalars(sa.select(ApprovalRecord)).all() == []


def test_a_refusal_needs_its_reason(browser, offered):
    answer = browser.send(
        "decisions", _decisions(browser.page().get_json(), {**_approve(offered.flush), "decision": "declined"})
    )
    assert answer.get_json()["errors"] == {"answers.0.reason": ["Say why, in a few words."]}


def test_a_forwarded_link_approves_up_to_the_cap_and_the_digits_lift_it(session, browse, browser, offered, token):
    page = browser.page().get_json()
    assert (
        browser.send("decisions", _decisions(page, _approve(offered.brakes), _approve(offered.flush))).status_code
        == 200
    )
    refused = browser.send("decisions", _decisions(page, _approve(offered.ceramic)))
    assert (refused.status_code, refused.get_json()["code"]) == (403, "step_up_required")
    assert refused.get_json()["capCents"] == 250_00
    known = browser.send("step-up", {"digits": PHONE[-4:]})
    assert known.get_json()["isKnown"] is True
    assert known.get_json()["money"]["totalCents"] == 120_00 + 90_00, "what was approved"
    assert browser.send("decisions", _decisions(page, _approve(offered.ceramic))).status_code == 200
    # Known is this browser, not whoever has the link too.
    other = browse()
    other.open(token)
    assert other.page().get_json()["isKnown"] is False
    assert other.client.get("/api/portal/history").status_code == 403


def test_who_opens_the_link_again_has_given_the_digits_once(session, browse, browser, token):
    browser.send("step-up", {"digits": PHONE[-4:]})
    for _ in range(2):
        browser.open(token)
        assert browser.page().get_json()["isKnown"] is True
    assert len(session.scalars(sa.select(LinkVisit)).all()) == 1
    other = browse()
    other.open(token)
    assert other.page().get_json()["isKnown"] is False


def test_five_wrong_digits_end_it_for_everybody(browse, browser, token):
    for left in (4, 3, 2, 1):
        answer = browser.send("step-up", {"digits": "0000"})
        assert (answer.status_code, answer.get_json()["left"]) == (422, left)
    other = browse()
    other.open(token)
    ended = other.send("step-up", {"digits": "0000"})
    assert (ended.status_code, ended.get_json()["code"]) == (403, "step_up_ended")
    assert ended.get_json()["shop"]["spokenPhone"] == "(718) 555-0100"
    assert browser.send("step-up", {"digits": PHONE[-4:]}).status_code == 403
    assert browser.page().get_json()["triesLeft"] == 0


def test_a_changed_estimate_is_shown_instead_of_taken(session, browser, offered):
    page = browser.page().get_json()
    line = session.execute(
        sa.text("SELECT id FROM appointment_services WHERE job_id = :id"), {"id": offered.flush.id}
    ).scalar()
    session.execute(
        sa.text("UPDATE appointment_services SET unit_price_cents = 9001, price_cents = 9001 WHERE id = :id"),
        {"id": line},
    )
    refused = browser.send("decisions", _decisions(page, _approve(offered.flush)))
    assert (refused.status_code, refused.get_json()["code"]) == (409, "estimate_changed")
    shown = {job["name"]: job["isChanged"] for job in refused.get_json()["page"]["estimate"]["jobs"]}
    assert shown["Brake fluid"] is True
    assert shown["Brake inspection"] is False
    assert browser.send("decisions", _decisions(page, _approve(offered.brakes))).status_code == 200


def test_a_question_is_asked_once_and_answered_on_the_page(session, browser, offered, as_role):
    for _ in range(2):
        asked = browser.send("questions", {"jobId": str(offered.flush.id), "words": "Can it wait?"}, key="one-tap")
        assert asked.status_code == 200, asked.text
    session.refresh(offered.visit)
    assert (offered.visit.estimate_state, offered.visit.unread_count) == ("question", 1)
    answered = as_role("Advisor").post(
        f"/api/appointments/{offered.visit.id}/jobs/{offered.flush.id}/answer", json={"words": "Until spring."}
    )
    assert answered.status_code == 200, answered.text
    talk = next(job["talk"] for job in browser.page().get_json()["estimate"]["jobs"] if job["name"] == "Brake fluid")
    assert [(one["isOurs"], one["words"]) for one in talk] == [(False, "Can it wait?"), (True, "Until spring.")]


def test_a_question_waits_for_its_answer_whatever_is_decided_meanwhile(session, browser, offered, as_role):
    def flush():
        jobs = browser.page().get_json()["estimate"]["jobs"]
        return next(job for job in jobs if job["name"] == "Brake fluid")

    assert flush()["isWaiting"] is False
    browser.send("questions", {"jobId": str(offered.flush.id), "words": "Can it wait?"})
    assert flush()["isWaiting"] is True
    assert browser.send("decisions", _decisions(browser.page().get_json(), _decline(offered.flush))).status_code == 200
    assert (flush()["approval"], flush()["isWaiting"]) == ("declined", True)
    session.refresh(offered.visit)
    assert offered.visit.estimate_state == "question"
    advisor = as_role("Advisor")
    sheet = advisor.get(f"/api/appointments/{offered.visit.id}/services").get_json()
    assert [job["name"] for job in sheet["jobs"] if job["askedAt"]] == ["Brake fluid"]

    answered = advisor.post(
        f"/api/appointments/{offered.visit.id}/jobs/{offered.flush.id}/answer", json={"words": "Until spring."}
    )

    assert answered.status_code == 200, answered.text
    assert (flush()["isWaiting"], flush()["talk"][-1]["words"]) == (False, "Until spring.")
    session.refresh(offered.visit)
    assert offered.visit.estimate_state == "partly"


def test_questions_have_an_end(session, browser, offered, as_role):
    def ask(job) -> int:
        return browser.send("questions", {"jobId": str(job.id), "words": "And now?"}).status_code

    assert [ask(offered.flush) for _ in range(4)] == [200, 200, 200, 429]
    assert ask(offered.brakes) == 200
    advisor = as_role("Advisor")
    path = f"/api/appointments/{offered.visit.id}/jobs/{offered.flush.id}/answer"
    assert advisor.post(path, json={"words": "Yes."}).status_code == 200
    assert ask(offered.flush) == 200
    for _ in range(5):
        assert advisor.post(path, json={"words": "Yes."}).status_code == 200
        for _ in range(3):
            ask(offered.flush)
    assert advisor.post(path, json={"words": "Yes."}).status_code == 200
    refused = browser.send("questions", {"jobId": str(offered.pads.id), "words": "Still there?"})
    assert (refused.status_code, refused.get_json()["code"]) == (429, "too_many_questions")
    asked = session.scalars(sa.select(ApprovalRecord).where(ApprovalRecord.decision == "asked")).all()
    assert len(asked) == 20


@pytest.mark.parametrize("change", [{"status": "COMPLETED"}, {"status": "CANCELED"}, {"locked_at": utc_now()}])
def test_nothing_is_asked_of_a_visit_that_is_over(session, browser, offered, change):
    for name, value in change.items():
        setattr(offered.visit, name, value)
    refused = browser.send("questions", {"jobId": str(offered.flush.id), "words": "Hello?"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "estimate_closed")
    session.refresh(offered.visit)
    assert offered.visit.unread_count == 0


def test_known_browsers_see_this_cars_other_visits_of_this_customer_alone(session, browser, offered):
    visit = offered.visit
    mine = make_appointment(session, offered.location, customer_id=visit.customer_id, vehicle_id=visit.vehicle_id)
    make_job(session, mine, name="Cabin filter", approval="declined", decline_reason="Later")
    before_me = make_appointment(session, offered.location, vehicle_id=visit.vehicle_id)
    make_job(session, before_me, name="Somebody else's", approval="declined", decline_reason="No")
    other_car = make_vehicle(session)
    make_appointment(session, offered.location, customer_id=visit.customer_id, vehicle_id=other_car.id)
    browser.send("step-up", {"digits": PHONE[-4:]})
    history = browser.client.get("/api/portal/history").get_json()
    assert [past["number"] for past in history["visits"]] == [mine.number]
    assert [(job["name"], job["priceThenCents"]) for job in history["declined"]] == [("Cabin filter", 100_00)]


# --- links that must do nothing ---------------------------------------------------------------


def _nothing(fingerprint, one, offered, status: int) -> None:
    """Check that a browser sees nothing and changes nothing, whatever it tries."""
    before = fingerprint()
    approve = {"documentHash": "0" * 64, "name": "Eve", "answers": [_approve(offered.brakes)]}
    tries = [
        one.page(),
        one.client.get("/api/portal/history"),
        one.client.get("/api/portal/papers/estimate.pdf"),
        one.send("opened"),
        one.send("step-up", {"digits": PHONE[-4:]}),
        one.send("decisions", approve),
        one.send("questions", {"jobId": str(offered.brakes.id), "words": "Hello?"}),
    ]
    assert [answer.status_code for answer in tries] == [status] * len(tries)
    assert all("Brake" not in answer.text for answer in tries)
    assert all("This link has ended. Call" in answer.get_json()["detail"] for answer in tries)
    assert fingerprint() == before


def test_no_link_does_nothing(session, browse, offered, fingerprint):
    session.commit()
    _nothing(fingerprint, browse(), offered, 404)


@pytest.mark.parametrize("at", [0, 20, 42])
def test_an_altered_link_does_nothing(session, browse, offered, token, at, fingerprint):
    one = browse()
    altered = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
    for wrong in (altered, token[:at], f"{token}x"):
        assert one.open(wrong or "x").status_code == 303
    _nothing(fingerprint, one, offered, 404)


@pytest.mark.parametrize("at", [0, 30, -1])
def test_an_altered_cookie_does_nothing(session, browser, offered, at, fingerprint):
    sealed = browser.client.get_cookie(COOKIE).value
    at %= len(sealed)
    other = "A" if sealed[at] != "A" else "B"
    browser.client.set_cookie(COOKIE, sealed[:at] + other + sealed[at + 1 :])
    _nothing(fingerprint, browser, offered, 404)


def test_an_expired_link_says_whom_to_call_and_does_nothing(session, browser, offered, token, fingerprint):
    session.execute(sa.update(SignedLink).values(expires_at=SignedLink.created_at + timedelta(days=7)))
    session.commit()
    made = session.scalars(sa.select(SignedLink.created_at)).one()
    with time_machine.travel(made + timedelta(days=7) - timedelta(seconds=2), tick=False):
        assert browser.page().status_code == 200
    with time_machine.travel(made + timedelta(days=7, seconds=1), tick=False):
        # Opened anew: the cookie of the first time is over too.
        browser.open(token)
        assert "(718) 555-0100" in browser.page().get_json()["detail"]
        _nothing(fingerprint, browser, offered, 410)


def test_a_revoked_link_does_nothing(session, browser, offered, as_role, fingerprint):
    link = session.scalars(sa.select(SignedLink)).one()
    advisor = as_role("Advisor")
    answer = advisor.post(f"/api/appointments/{offered.visit.id}/links/{link.id}/revoke")
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["links"][0]["isOpen"] is False
    _nothing(fingerprint, browser, offered, 410)


def test_a_link_of_another_purpose_approves_nothing(session, browse, offered, shown, fingerprint):
    link_id, token = links.create_link(
        session,
        purpose=Purpose.INVOICE,
        appointment_id=offered.visit.id,
        location_id=offered.location.id,
        phone=PHONE,
        actor=offered.advisor,
        now=utc_now(),
    )
    session.commit()
    one = browse()
    one.open(token)
    page = one.page().get_json()
    assert (page["estimate"], page["money"]) == (None, None)
    approve = {"documentHash": shown.estimate.document_hash, "name": "Eve", "answers": [_approve(offered.brakes)]}
    assert one.send("decisions", approve).status_code == 404
    assert session.get(AppointmentJob, offered.brakes.id).approval == "pending"
    # A cookie that says another purpose than its link's.
    forged = rules.seal(rules.new_secret(link_id, Purpose.ESTIMATE), SECRET_KEY)
    one.client.set_cookie(COOKIE, forged)
    _nothing(fingerprint, one, offered, 404)


def test_another_page_can_not_act_for_a_customer(session, browser, offered, fingerprint):
    before = fingerprint()
    body = _decisions(browser.page().get_json(), _approve(offered.brakes))
    for headers in ({}, {"Origin": "https://evil.test"}):
        answer = browser.client.post("/api/portal/decisions", json=body, headers={"Idempotency-Key": "k", **headers})
        assert (answer.status_code, answer.get_json()["code"]) == (403, "csrf")
    asked_first = browser.client.options(
        "/api/portal/decisions",
        headers={"Origin": "https://evil.test", "Access-Control-Request-Headers": HEADER},
    )
    assert "Access-Control-Allow-Origin" not in asked_first.headers
    assert fingerprint() == before


def test_another_visits_jobs_are_no_answer(session, browser, offered):
    other = make_appointment(session, offered.location, starts_at=datetime(2026, 11, 25, 15, tzinfo=UTC))
    job = make_job(session, other, name="Not yours")
    answer = browser.send("decisions", _decisions(browser.page().get_json(), _approve(job)))
    assert answer.status_code == 422
    session.refresh(job)
    assert job.approval == "pending"
