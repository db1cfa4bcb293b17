"""What a shared tablet tells late: done while the job or the inspection still was that person's."""

from tests.factories.appointments import make_appointment


def _give(owner, appointment, technician):
    answer = owner.patch(f"/api/appointments/{appointment.id}", json={"techId": str(technician.id)})
    assert answer.status_code == 200, answer.text


def test_an_inspection_that_was_begun_before_the_job_went_to_another_is_kept(as_role, on_tablet, session, inspected):
    owner, other = as_role("Owner", [inspected.location]), as_role("Tech", [inspected.location])
    tablet = on_tablet(inspected.location)
    _give(owner, inspected.visit, tablet.user)
    _give(owner, inspected.visit, other.user)
    assert tablet.get(inspected.checklists).status_code == 404

    checklist = inspected.start(tablet)

    inspected.fill(tablet, checklist, wipers="fail")
    assert inspected.submit(tablet, checklist).status_code == 200
    never = make_appointment(session, inspected.location, tech_id=other.user.id, starts_at=inspected.visit.ends_at)
    assert tablet.post(f"/api/appointments/{never.id}/checklists", json={}).status_code == 404


def test_answers_of_who_held_it_before_are_kept_and_nothing_is_shown_to_them(as_role, on_tablet, inspected):
    owner, other = as_role("Owner", [inspected.location]), as_role("Tech", [inspected.location])
    tablet = on_tablet(inspected.location)
    _give(owner, inspected.visit, tablet.user)
    checklist = inspected.start(tablet)
    _give(owner, inspected.visit, other.user)
    url = f"/api/checklists/{checklist['id']}"
    assert other.patch(url, json={"holderId": str(other.user.id)}).status_code == 200

    inspected.fill(tablet, checklist)

    assert tablet.get(url).status_code == 404
    assert {item["result"] for item in other.get(url).get_json()["items"]} == {"pass"}
