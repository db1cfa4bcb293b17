import sqlalchemy as sa

from backend.audit.models import AuditLog
from backend.core.clock import utc_now
from backend.estimates.models import Estimate
from backend.inspections.rules import ChecklistStatus
from backend.messages.models import Message
from backend.services.rules import Approval
from tests.factories.inspections import make_checklist, make_photo
from tests.factories.messages import make_message
from tests.factories.services import make_job
from tests.factories.shop import make_location
from tests.factories.templates import make_template
from tests.reports.conftest import open_report, token_of


def _send(client, inspected, key="once", **body):
    return client.post(inspected.url, json=body, headers={"Idempotency-Key": key})


def test_a_report_that_is_not_submitted_is_shown_to_nobody(session, as_role, inspected):
    inspected.checklist.status, inspected.checklist.submitted_at = ChecklistStatus.OPEN, None
    advisor = as_role("Advisor")
    for answer in (
        _send(advisor, inspected, how="link"),
        advisor.post(f"{inspected.url}/preview", json={"how": "sms"}),
    ):
        assert (answer.status_code, answer.get_json()["code"]) == (409, "report_not_ready")


def test_the_customer_sees_plain_words_photos_and_the_urgent_first(session, as_role, inspected, browse):
    browser = open_report(browse, token_of(_send(as_role("Advisor"), inspected, how="link")))
    page = browser.page().get_json()
    report = page["report"]
    assert (page["purpose"], report["title"], report["by"]) == ("report", "Multi-point", "Ada")
    assert report["counts"] == {"pass": 1, "attention": 1, "fail": 1, "na": 1}
    assert [(item["label"], item["result"]) for item in report["items"]] == [
        ("Brake pads", "fail"),
        ("Wipers", "attention"),
        ("Lights", "pass"),
        ("Trailer hitch", "na"),
    ]
    brakes = report["items"][0]
    assert (brakes["note"], brakes["reading"], brakes["unit"]) == ("Metal on metal", "2", "mm")
    assert (brakes["limits"]["attentionBelow"], brakes["limits"]["failBelow"]) == ("5", "3")
    # The one that is still on its way is not shown; the other one's address is signed.
    (photo,) = brakes["photos"]
    assert photo["url"].startswith("/api/photos/files/")
    assert brakes["jobId"] == str(inspected.offered.brakes.id)
    jobs = {job["id"]: job for job in page["estimate"]["jobs"]}
    assert [one["id"] for one in jobs[brakes["jobId"]]["photos"]] == [photo["id"]]
    assert jobs[str(inspected.offered.flush.id)]["photos"] == []


def test_photos_of_a_deleted_inspection_stand_at_no_job(session, as_role, inspected, browse):
    brakes = inspected.offered.brakes
    _, (item, *_) = make_checklist(session, inspected.offered.visit, deleted_at=utc_now())
    item.job_id = brakes.id
    make_photo(session, item, stored_at=utc_now())
    browser = open_report(browse, token_of(_send(as_role("Advisor"), inspected, how="link")))

    jobs = {job["id"]: job for job in browser.page().get_json()["estimate"]["jobs"]}

    assert len(jobs[str(brakes.id)]["photos"]) == 1


def test_the_customer_approves_from_the_report(session, as_role, inspected, browse):
    browser = open_report(browse, token_of(_send(as_role("Advisor"), inspected, how="link")))
    page = browser.page().get_json()
    answer = browser.send(
        "decisions",
        {
            "documentHash": page["estimate"]["documentHash"],
            "name": "Ana Reyes",
            "answers": [{"jobId": str(inspected.offered.brakes.id), "decision": "approved"}],
        },
    )
    assert answer.status_code == 200, answer.text
    session.refresh(inspected.offered.brakes)
    assert inspected.offered.brakes.approval == Approval.APPROVED


def test_who_sends_a_report_is_told_which_work_goes_along_and_what_has_no_price(session, as_role, inspected):
    advisor, visit = as_role("Advisor"), inspected.offered.visit

    def along():
        answer = advisor.post(f"{inspected.url}/preview", json={"how": "link"})
        assert answer.status_code == 200, answer.text
        return answer.get_json()["estimate"]

    # Of the two sets of pads one is done.
    assert along() == {"versionNo": 1, "isNew": True, "jobs": 3, "unpriced": 0}
    _send(advisor, inspected, how="link")
    assert along() == {"versionNo": 1, "isNew": False, "jobs": 3, "unpriced": 0}
    make_job(session, visit, name="Heat shield", sort_order=9, lines=())
    session.commit()
    assert along() == {"versionNo": 2, "isNew": True, "jobs": 3, "unpriced": 1}
    _send(advisor, inspected, key="again", how="link")
    told = advisor.get(f"/api/appointments/{visit.id}/estimates").get_json()
    assert [(one["versionNo"], one["how"]) for one in told["versions"]] == [(1, "report"), (2, "report")]
    assert told["isOutdated"] is False


def test_opening_is_told_to_the_shop_by_the_page_and_not_by_a_preview(session, as_role, inspected, browse):
    advisor = as_role("Advisor")
    url = f"/api/checklists/{inspected.checklist.id}"
    token = token_of(_send(advisor, inspected, how="link"))
    sent = advisor.get(url).get_json()
    assert sent["sentAt"] is not None
    browser = open_report(browse, token)
    browser.page()
    assert advisor.get(url).get_json()["openedAt"] is None
    assert browser.send("opened").status_code == 204
    assert advisor.get(url).get_json()["openedAt"] is not None
    session.refresh(inspected.offered.visit)
    assert inspected.offered.visit.estimate_state == "opened"


def test_one_that_was_opened_again_is_shown_to_nobody_until_it_is_submitted(session, as_role, inspected, browse):
    advisor = as_role("Advisor")
    browser = open_report(browse, token_of(_send(advisor, inspected, how="link")))
    url = f"/api/checklists/{inspected.checklist.id}"
    assert advisor.patch(url, json={"status": "open"}).status_code == 200

    page = browser.page()

    assert (page.status_code, page.get_json()["report"]) == (200, None)
    assert page.get_json()["estimate"] is not None
    assert advisor.patch(url, json={"status": "submitted"}).status_code == 200
    assert browser.page().get_json()["report"]["submittedAt"] is not None


def test_it_goes_by_text_once_with_the_usual_words_or_the_shops_own(session, as_role, inspected):
    advisor = as_role("Advisor")
    preview = advisor.post(f"{inspected.url}/preview", json={"how": "sms"}).get_json()
    assert "was looked over" in preview["message"]["text"]
    assert "/c/…" in preview["message"]["text"]
    assert preview["report"]["counts"]["fail"] == 1
    make_template(session, name="Report", category="inspection", body="Look: {link}")
    first = _send(advisor, inspected, how="sms")
    assert first.status_code == 201, first.text
    assert first.get_json()["url"] is None
    assert _send(advisor, inspected, how="sms").get_json() == first.get_json()
    (message,) = session.scalars(sa.select(Message)).all()
    assert "Look: http" in message.body
    row = session.scalars(sa.select(AuditLog).where(AuditLog.action == "inspection.sent")).one()
    assert row.changes["how"] == [None, "sms"]


def test_what_the_customer_wrote_stays_unread_when_a_report_goes_out(session, as_role, inspected):
    visit = inspected.offered.visit
    message = make_message(session, visit, body="Please stop the work")
    visit.unread_count = 1
    session.commit()

    assert _send(as_role("Advisor"), inspected, how="sms").status_code == 201

    session.refresh(visit)
    session.refresh(message)
    assert (visit.unread_count, message.read_at) == (1, None)


def test_the_estimate_in_force_is_kept_where_it_says_the_same(session, as_role, inspected):
    advisor = as_role("Advisor")
    _send(advisor, inspected, how="link")
    _send(advisor, inspected, key="twice", how="link")
    assert session.scalar(sa.select(sa.func.count()).select_from(Estimate)) == 1


def test_without_work_the_report_stands_alone(session, as_role, inspected, browse):
    for job in (inspected.offered.brakes, inspected.offered.flush, inspected.offered.pads, inspected.offered.ceramic):
        job.deleted_at = inspected.checklist.created_at
    browser = open_report(browse, token_of(_send(as_role("Advisor"), inspected, how="link")))
    page = browser.page().get_json()
    assert page["estimate"] is None
    assert len(page["report"]["items"]) == 4


def test_who_may_not_text_sends_no_report_and_other_locations_know_of_none(session, as_role, inspected):
    assert _send(as_role("Tech"), inspected, how="link").status_code == 403
    foreign = as_role("Owner", [make_location(session)])
    assert _send(foreign, inspected, how="link").status_code == 404
    assert foreign.post(f"{inspected.url}/preview", json={"how": "link"}).status_code == 404


def test_a_link_to_an_estimate_shows_no_report(session, as_role, inspected, browse):
    answer = as_role("Advisor").post(
        f"/api/appointments/{inspected.offered.visit.id}/estimates",
        json={"how": "link"},
        headers={"Idempotency-Key": "estimate"},
    )
    page = open_report(browse, token_of(answer)).page().get_json()
    assert page["report"] is None
    assert page["estimate"] is not None
