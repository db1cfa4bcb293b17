from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.appointments.rules import Status
from backend.core.clock import utc_now
from backend.findings import queries, tasks
from backend.findings.models import Finding
from backend.inspections.models import InspectionItem
from backend.services.models import AppointmentJob
from backend.services.rules import Approval
from tests.factories.appointments import make_appointment
from tests.factories.catalog import make_catalog_job
from tests.factories.inspections import make_photo
from tests.factories.services import add_line, make_job
from tests.inspections.conftest import item_of
from tests.services.conftest import check_sums


def _open(client, inspected):
    return [(found["label"], found["severity"]) for found in client.get(inspected.findings).get_json()["items"]]


@pytest.fixture
def tech(as_role, inspected):
    return as_role("Tech")


def _done(inspected, client, **answers):
    checklist = inspected.start(client)
    inspected.fill(client, checklist, **answers)
    answer = inspected.submit(client, checklist)
    assert answer.status_code == 200, answer.text
    return checklist


def test_submitting_opens_findings_and_nothing_before(session, tech, inspected):
    checklist = inspected.start(tech)
    inspected.fill(tech, checklist, front_brake_pads="fail", wipers="attention")
    assert _open(tech, inspected) == []
    inspected.submit(tech, checklist)
    assert _open(tech, inspected) == [("Front brake pads", "fail"), ("Wipers", "attention")]


def test_a_finding_lives_until_a_later_inspection_passes_its_point(session, tech, inspected):
    _done(inspected, tech, front_brake_pads="attention", wipers="fail")
    august = inspected.later(starts_at=inspected.visit.starts_at + timedelta(days=150))
    assert _open(tech, august) == [("Wipers", "fail"), ("Front brake pads", "attention")]
    _done(august, tech, front_brake_pads="fail")
    (found,) = tech.get(august.findings).get_json()["items"]
    # The pads are worse and still one finding; the wipers passed.
    assert (found["label"], found["severity"]) == ("Front brake pads", "fail")
    assert (found["openedNumber"], found["seenNumber"]) == (inspected.visit.number, august.visit.number)
    resolved = session.scalars(sa.select(Finding).where(Finding.point_key == "wipers")).one()
    assert resolved.resolution == f"Passed at #{august.visit.number} on Apr 19, 2027."


def test_a_correction_takes_its_finding_back(session, tech, inspected):
    checklist = _done(inspected, tech, wipers="fail")
    wipers = item_of(checklist, "wipers")
    tech.patch(f"/api/checklists/{checklist['id']}/items/{wipers['id']}", json={"result": "pass", "version": 2})
    assert _open(tech, inspected) == []


def test_what_a_later_inspection_saw_is_not_undone_by_an_earlier_one(session, tech, inspected):
    first = _done(inspected, tech, wipers="attention")
    august = inspected.later(starts_at=inspected.visit.starts_at + timedelta(days=150))
    _done(august, tech, wipers="fail")
    wipers = item_of(first, "wipers")
    tech.patch(f"/api/checklists/{first['id']}/items/{wipers['id']}", json={"result": "pass", "version": 2})
    assert _open(tech, august) == [("Wipers", "fail")]


def _correct(client, checklist, key, **body):
    item = item_of(checklist, key)
    answer = client.patch(f"/api/checklists/{checklist['id']}/items/{item['id']}", json=body)
    assert answer.status_code == 200, answer.text


def _again(client, checklist, key, result):
    """Open an inspection again, correct a point and submit it."""
    url = f"/api/checklists/{checklist['id']}"
    for wish in ("open", "submitted"):
        assert client.patch(url, json={"status": wish}).status_code == 200
        if wish == "open":
            _correct(client, checklist, key, result=result)


def test_a_correction_elsewhere_brings_back_nothing_that_was_resolved(as_role, tech, inspected):
    advisor = as_role("Advisor")
    checklist = _done(inspected, tech, front_brake_pads="fail", wipers="attention")
    pads = advisor.get(inspected.findings).get_json()["items"][0]
    assert advisor.post(f"/api/findings/{pads['id']}/resolve", json={"resolution": "Done at home"}).status_code == 204

    _correct(tech, checklist, "wipers", note="Streaks")
    assert _open(tech, inspected) == [("Wipers", "attention")]
    _again(tech, checklist, "wipers", "fail")
    assert _open(tech, inspected) == [("Wipers", "fail")]
    # How bad it was is no news of the car; that it passed and failed since is.
    _correct(tech, checklist, "front_brake_pads", result="attention")
    assert _open(tech, inspected) == [("Wipers", "fail")]
    _correct(tech, checklist, "front_brake_pads", result="pass")
    _correct(tech, checklist, "front_brake_pads", result="fail")
    assert _open(tech, inspected) == [("Wipers", "fail"), ("Front brake pads", "fail")]


def test_a_correction_leaves_the_job_that_a_later_visit_offers(session, as_role, tech, inspected):
    make_catalog_job(session)
    advisor = as_role("Advisor")
    march = _done(inspected, tech, front_brake_pads="fail")
    pads = item_of(march, "front_brake_pads")
    url = f"/api/checklists/{march['id']}/items/{pads['id']}/findings/job"
    job = session.get(AppointmentJob, advisor.post(url, json={}).get_json()["jobId"])
    job.approval, job.decided_at, job.decline_reason = Approval.DECLINED, utc_now(), "Not today"
    august = inspected.later(starts_at=inspected.visit.starts_at + timedelta(days=150))
    (found,) = advisor.get(august.findings).get_json()["items"]
    offered = advisor.post(f"{august.findings}/{found['id']}/job", json={}).get_json()["jobId"]

    _correct(tech, march, "front_brake_pads", result="attention")

    (found,) = advisor.get(august.findings).get_json()["items"]
    assert (found["severity"], found["jobId"]) == ("attention", offered)


def test_submitting_an_earlier_inspection_again_leaves_what_a_later_one_saw(tech, inspected):
    march = _done(inspected, tech, wipers="attention")
    august = inspected.later(starts_at=inspected.visit.starts_at + timedelta(days=150))
    _done(august, tech, wipers="fail")

    _again(tech, march, "wipers", "pass")

    assert _open(tech, august) == [("Wipers", "fail")]


def test_what_is_corrected_to_not_applicable_was_never_found(session, tech, inspected):
    checklist = _done(inspected, tech, wipers="fail")
    _correct(tech, checklist, "wipers", result="na")
    assert _open(tech, inspected) == []
    assert session.scalars(sa.select(Finding.resolution)).one() == "Taken back: it does not apply."


def test_a_red_finding_is_a_priced_job_in_one_request(session, as_role, tech, inspected):
    canned = make_catalog_job(session)
    make_catalog_job(session, name="Rear brake pads")
    checklist = inspected.start(tech)
    pads = item_of(checklist, "front_brake_pads")
    url = f"/api/checklists/{checklist['id']}/items/{pads['id']}"
    tech.patch(url, json={"result": "fail", "reading": "2", "note": "Metal on metal", "version": 1})
    advisor = as_role("Advisor")
    assert advisor.get(f"{url}/findings/job").get_json() == {
        "items": [{"catalogId": str(canned.id), "name": "Front brake pads", "priceCents": 263_00}]
    }

    made = advisor.post(f"{url}/findings/job", json={})

    assert made.status_code == 201, made.text
    job = session.get(AppointmentJob, made.get_json()["jobId"])
    assert (job.name, job.urgency, job.description) == (
        "Front brake pads",
        "now",
        "Front brake pads: 2 mm. Metal on metal",
    )
    assert check_sums(session, inspected.visit) == 286_34
    again = advisor.post(f"{url}/findings/job", json={})
    assert (again.status_code, again.get_json()["code"], again.get_json()["jobId"]) == (
        409,
        "finding_has_job",
        str(job.id),
    )
    assert tech.post(f"{url}/findings/job", json={}).status_code == 403
    wipers = item_of(checklist, "wipers")
    assert (
        advisor.post(f"/api/checklists/{checklist['id']}/items/{wipers['id']}/findings/job", json={}).status_code == 422
    )


def test_without_a_canned_job_the_point_s_name_is_the_job_s_and_others_may_be_chosen(session, as_role, inspected):
    advisor = as_role("Advisor")
    checklist = inspected.start(advisor)
    inspected.fill(advisor, checklist, wipers="attention", front_brake_pads="fail")
    base = f"/api/checklists/{checklist['id']}/items"
    plain = advisor.post(f"{base}/{item_of(checklist, 'wipers')['id']}/findings/job", json={}).get_json()
    assert session.get(AppointmentJob, plain["jobId"]).name == "Wipers"
    assert session.get(AppointmentJob, plain["jobId"]).urgency == "soon"
    other = make_catalog_job(session, name="Brake overhaul")
    chosen = advisor.post(
        f"{base}/{item_of(checklist, 'front_brake_pads')['id']}/findings/job", json={"catalogId": str(other.id)}
    ).get_json()
    assert session.get(AppointmentJob, chosen["jobId"]).name == "Brake overhaul"


def test_a_finding_is_linked_to_a_job_that_is_on_the_visit_already(session, as_role, tech, inspected):
    advisor = as_role("Advisor")
    rotors = make_job(session, inspected.visit, name="Front rotors")
    elsewhere = make_job(session, make_appointment(session, inspected.location), name="Front rotors")
    session.commit()
    checklist = _done(inspected, tech, front_brake_pads="fail")
    pads = item_of(checklist, "front_brake_pads")
    url = f"/api/checklists/{checklist['id']}/items/{pads['id']}/findings/job"

    assert advisor.post(url, json={"jobId": str(elsewhere.id)}).status_code == 404
    made = advisor.post(url, json={"jobId": str(rotors.id)})

    assert (made.status_code, made.get_json()) == (201, {"jobId": str(rotors.id)})
    (found,) = advisor.get(inspected.findings).get_json()["items"]
    assert found["jobId"] == str(rotors.id)
    on_it = sa.select(AppointmentJob.name).where(AppointmentJob.appointment_id == inspected.visit.id)
    assert session.scalars(on_it).all() == ["Front rotors"]


def test_a_point_s_own_canned_job_is_offered_first_however_many_there_are(session, as_role, monkeypatch, inspected):
    make_catalog_job(session, name="Aaa front brake pads")
    own = make_catalog_job(session, name="Zzz special")
    monkeypatch.setattr(queries, "_MOST_CANNED", 1)
    checklist = inspected.start(as_role("Tech"))
    pads = item_of(checklist, "front_brake_pads")
    session.get(InspectionItem, pads["id"]).catalog_id = own.id
    session.commit()

    offers = as_role("Advisor").get(f"/api/checklists/{checklist['id']}/items/{pads['id']}/findings/job").get_json()

    assert [one["name"] for one in offers["items"]] == ["Zzz special", "Aaa front brake pads"]


def test_what_was_declined_in_march_is_offered_in_august_with_its_photo(session, as_role, tech, inspected):
    make_catalog_job(session)
    advisor = as_role("Advisor")
    checklist = _done(inspected, tech, front_brake_pads="fail")
    pads = item_of(checklist, "front_brake_pads")
    photo = make_photo(session, session.get(InspectionItem, pads["id"]), stored_at=utc_now())
    url = f"/api/checklists/{checklist['id']}/items/{pads['id']}/findings/job"
    job = session.get(AppointmentJob, advisor.post(url, json={}).get_json()["jobId"])
    job.approval, job.decided_at, job.decline_reason = Approval.DECLINED, utc_now(), "Not today"
    august = inspected.later(starts_at=inspected.visit.starts_at + timedelta(days=150))

    (found,) = advisor.get(august.findings).get_json()["items"]
    assert (found["approval"], found["declineReason"]) == ("declined", "Not today")
    assert [one["id"] for one in found["photos"]] == [str(photo.id)]
    made = advisor.post(f"{august.findings}/{found['id']}/job", json={})

    assert made.status_code == 201, made.text
    revived = session.get(AppointmentJob, made.get_json()["jobId"])
    assert (revived.appointment_id, revived.revived_from_id) == (august.visit.id, job.id)
    assert advisor.post(f"{august.findings}/{found['id']}/job", json={}).get_json()["code"] == "finding_has_job"


def _job_of(answer):
    """Return the job that an answer names, made or there before."""
    assert answer.status_code in {201, 409}, answer.text
    return answer.get_json()["jobId"]


@pytest.mark.parametrize("order", ["offered first", "seen first", "two inspections"])
def test_what_one_visit_finds_twice_is_one_job(session, as_role, tech, inspected, order):
    make_catalog_job(session)
    advisor = as_role("Advisor")
    visit = inspected
    if order != "two inspections":
        _done(inspected, tech, front_brake_pads="fail")
        visit = inspected.later(starts_at=inspected.visit.starts_at + timedelta(days=150))
        (found,) = advisor.get(visit.findings).get_json()["items"]
    checklist = visit.start(tech)
    visit.fill(tech, checklist, front_brake_pads="fail")

    def make_of(one):
        item = item_of(one, "front_brake_pads")
        return advisor.post(f"/api/checklists/{one['id']}/items/{item['id']}/findings/job", json={})

    def offer():
        return advisor.post(f"{visit.findings}/{found['id']}/job", json={})

    if order == "offered first":
        first, second = offer(), make_of(checklist)
    elif order == "seen first":
        first, second = make_of(checklist), offer()
    else:
        again = visit.start(tech)
        visit.fill(tech, again, front_brake_pads="attention")
        first, second = make_of(checklist), make_of(again)

    assert (first.status_code, second.status_code) == (201, 409)
    assert second.get_json()["code"] == "finding_has_job"
    assert _job_of(first) == _job_of(second)
    assert session.scalar(sa.select(sa.func.count()).select_from(AppointmentJob)) == 1
    # From now on every one of the points shows it, and what the car needs.
    shown = [item_of(one, "front_brake_pads")["jobId"] for one in tech.get(visit.checklists).get_json()["items"]]
    assert set(shown) == {_job_of(first)}
    (needed,) = tech.get(visit.findings).get_json()["items"] or [{"jobId": _job_of(first)}]
    assert needed["jobId"] == _job_of(first)


def test_a_completed_visit_resolves_what_its_approved_job_mended(session, as_role, tech, inspected):
    advisor = as_role("Advisor")
    checklist = _done(inspected, tech, front_brake_pads="fail", wipers="fail")
    base = f"/api/checklists/{checklist['id']}/items"
    jobs = [
        session.get(
            AppointmentJob,
            advisor.post(f"{base}/{item_of(checklist, key)['id']}/findings/job", json={}).get_json()["jobId"],
        )
        for key in ("front_brake_pads", "wipers")
    ]
    add_line(session, jobs[0], 0, {})
    jobs[0].approval, jobs[0].decided_at = Approval.APPROVED, utc_now()
    session.commit()
    tasks.after_step(str(inspected.visit.id))
    assert len(_open(advisor, inspected)) == 2
    inspected.visit.status, inspected.visit.check_in_at = Status.COMPLETED, inspected.visit.starts_at
    inspected.visit.check_out_at = inspected.visit.ends_at
    session.commit()
    for _ in range(2):
        tasks.after_step(str(inspected.visit.id))
    session.expire_all()
    assert _open(advisor, inspected) == [("Wipers", "fail")]
    mended = session.scalars(sa.select(Finding).where(Finding.resolved_at.is_not(None))).one()
    assert mended.resolution == f"Repaired at #{inspected.visit.number} on Nov 20, 2026."


def test_an_advisor_resolves_a_finding_in_words_once(session, as_role, tech, inspected):
    _done(inspected, tech, wipers="fail")
    advisor = as_role("Advisor")
    (found,) = advisor.get(inspected.findings).get_json()["items"]
    url = f"/api/findings/{found['id']}/resolve"
    assert tech.post(url, json={"resolution": "Done at home"}).status_code == 403
    assert advisor.post(url, json={}).status_code == 422
    assert advisor.post(url, json={"resolution": "Done at home"}).status_code == 204
    assert advisor.post(url, json={"resolution": "Done at home"}).get_json()["code"] == "finding_resolved"
    assert _open(advisor, inspected) == []


def test_a_deleted_inspection_takes_its_own_findings_along(session, as_role, tech, inspected):
    checklist = _done(inspected, tech, wipers="fail")
    advisor = as_role("Advisor")
    assert advisor.delete(f"/api/checklists/{checklist['id']}").status_code == 204
    assert _open(advisor, inspected) == []
