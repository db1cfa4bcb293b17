"""Two at the same moment: an inspection is begun once, loses no answer, and becomes one job."""

import threading
from collections import Counter
from uuid import UUID

import pytest
import sqlalchemy as sa

from backend.core.ids import new_id
from backend.inspections.models import InspectionChecklist, InspectionItem, InspectionTemplateVersion
from backend.services.models import AppointmentJob
from tests.inspections.conftest import item_of


@pytest.fixture
def at_once(app, session):
    """Return `at_once((client, method, path, body), …)`: say it all at the same moment, and return the answers in order."""

    def run(*calls):
        session.commit()
        gate, answers = threading.Barrier(len(calls)), [None] * len(calls)

        def say(place, client, method, path, body):
            gate.wait()
            answers[place] = app.test_client().open(
                path, method=method, json=body, headers={"Authorization": f"Bearer {client.token}"}
            )

        threads = [threading.Thread(target=say, args=(place, *call)) for place, call in enumerate(calls)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    return run


@pytest.fixture
def tech(as_role, inspected):
    return as_role("Tech")


def _began(session, inspected):
    version = session.scalars(sa.select(InspectionTemplateVersion)).one()
    return {
        "id": str(new_id()),
        "templateId": str(inspected.template.id),
        "versionId": str(version.id),
        "itemIds": {point["key"]: str(new_id()) for point in version.points},
    }


def test_begun_four_times_it_is_one(session, tech, inspected, at_once):
    body = _began(session, inspected)

    answers = at_once(*[(tech, "POST", inspected.checklists, body)] * 4)

    assert [answer.status_code for answer in answers] == [201] * 4
    assert {answer.get_json()["id"] for answer in answers} == {body["id"]}
    assert session.scalar(sa.select(sa.func.count()).select_from(InspectionItem)) == 3


@pytest.mark.parametrize("same", ["id", "itemIds"])
def test_one_id_under_two_visits_is_one_s(session, tech, inspected, at_once, same):
    other = inspected.later(starts_at=inspected.visit.ends_at)
    first = _began(session, inspected)
    second = {**_began(session, inspected), same: first[same]}

    answers = at_once((tech, "POST", inspected.checklists, first), (tech, "POST", other.checklists, second))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 1}
    assert next(one for one in answers if one.status_code == 409).get_json()["code"] == "id_taken"
    assert session.scalar(sa.select(sa.func.count()).select_from(InspectionChecklist)) == 1


def test_two_fields_of_one_point_meet(session, tech, inspected, at_once):
    checklist = inspected.start(tech)
    pads = item_of(checklist, "front_brake_pads")
    url = f"/api/checklists/{checklist['id']}/items/{pads['id']}"

    answers = at_once(
        (tech, "PATCH", url, {"result": "fail", "version": 1}), (tech, "PATCH", url, {"note": "Worn", "version": 1})
    )

    assert [answer.status_code for answer in answers] == [200, 200]
    kept = session.get_one(InspectionItem, UUID(pads["id"]), populate_existing=True)
    assert (kept.result, kept.note, kept.version) == ("fail", "Worn", 3)


def test_submitted_and_incomplete_it_never_is(tech, inspected, at_once):
    checklist = inspected.start(tech)
    inspected.fill(tech, checklist)
    url = f"/api/checklists/{checklist['id']}"
    failed = f"{url}/items/{item_of(checklist, 'tire_tread')['id']}"

    submitted, answered = at_once(
        (tech, "PATCH", url, {"status": "submitted"}), (tech, "PATCH", failed, {"result": "fail"})
    )

    assert answered.status_code == 200
    assert submitted.status_code in {200, 422}
    assert tech.get(url).get_json()["status"] == "open"


def test_a_point_that_is_added_twice_with_one_id_is_one(session, tech, inspected, at_once):
    checklist = inspected.start(tech)
    body = {"id": str(new_id()), "label": "Torn drive belt"}

    answers = at_once(*[(tech, "POST", f"/api/checklists/{checklist['id']}/items", body)] * 3)

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert session.scalar(sa.select(sa.func.count()).select_from(InspectionItem)) == 4


def test_a_point_becomes_one_job(session, as_role, tech, inspected, at_once):
    advisor = as_role("Advisor")
    checklist = inspected.start(tech)
    inspected.fill(tech, checklist, wipers="fail")
    url = f"/api/checklists/{checklist['id']}/items/{item_of(checklist, 'wipers')['id']}/findings/job"

    answers = at_once(*[(advisor, "POST", url, {})] * 3)

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 2}
    assert len({answer.get_json()["jobId"] for answer in answers}) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(AppointmentJob)) == 1


def test_of_two_who_take_it_over_one_is_told(as_role, tech, inspected, at_once):
    checklist = inspected.start(tech)
    url = f"/api/checklists/{checklist['id']}"
    people = [as_role("Tech"), as_role("Advisor")]

    answers = at_once(
        *((one, "PATCH", url, {"holderId": str(one.user.id), "version": checklist["version"]}) for one in people)
    )

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 1}
