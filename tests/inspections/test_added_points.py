"""A point that the template does not ask for: a torn belt, a loose shield."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from backend.audit.models import AuditLog
from backend.core.clock import utc_now
from backend.core.ids import new_id
from backend.findings.models import Finding
from backend.inspections import rules
from backend.inspections.models import InspectionChecklist, InspectionItem, InspectionTemplateVersion
from backend.reports.rules import shown_items
from tests.factories.inspections import make_photo
from tests.inspections.conftest import item_of

BELT = {"label": "Torn drive belt", "result": "fail", "note": "Cracked all around"}


@pytest.fixture
def tech(as_role, inspected):
    return as_role("Tech")


def _items(checklist):
    return f"/api/checklists/{checklist['id']}/items"


def test_a_point_is_added_after_the_others_and_the_template_stays(session, tech, inspected):
    points = session.scalars(sa.select(InspectionTemplateVersion.points)).one()
    checklist = inspected.start(tech)

    answer = tech.post(_items(checklist), json={"label": "Loose heat shield"})

    assert answer.status_code == 201, answer.text
    added = answer.get_json()
    assert (added["label"], added["result"], added["isAdded"], added["pointKey"], added["version"]) == (
        "Loose heat shield",
        "attention",
        True,
        "loose_heat_shield",
        1,
    )
    shown = tech.get(f"/api/checklists/{checklist['id']}").get_json()
    assert [item["isAdded"] for item in shown["items"]] == [False, False, False, True]
    assert shown["items"][-1] == added
    row = session.scalars(sa.select(AuditLog).where(AuditLog.entity_id == UUID(added["id"]))).one()
    assert (row.action, row.actor_id) == ("inspection.item_added", tech.user.id)
    assert row.changes == {"label": [None, "Loose heat shield"], "result": [None, "attention"]}
    assert session.scalars(sa.select(InspectionTemplateVersion.points)).all() == [points]
    # The next inspection asks what the template asks.
    assert len(inspected.start(tech)["items"]) == 3


def test_a_tablet_that_missed_the_answer_adds_it_once(session, tech, inspected):
    checklist = inspected.start(tech)
    body = {**BELT, "id": str(new_id())}

    first = tech.post(_items(checklist), json=body, headers={"Idempotency-Key": "belt"})
    again = tech.post(_items(checklist), json=body, headers={"Idempotency-Key": "belt"})
    # Its key is long forgotten; the id is not, nor what was answered since.
    tech.patch(f"{_items(checklist)}/{body['id']}", json={"result": "attention", "version": 1})
    late = tech.post(_items(checklist), json=body)

    assert (first.status_code, again.status_code, late.status_code) == (201, 201, 201)
    assert first.get_json() == again.get_json()
    assert (late.get_json()["id"], late.get_json()["result"]) == (body["id"], "attention")
    added = sa.select(sa.func.count()).select_from(InspectionItem).where(InspectionItem.is_added)
    assert session.scalar(added) == 1
    # Under another inspection that id is not free.
    other = inspected.start(tech)
    assert tech.post(_items(other), json=body).get_json()["code"] == "id_taken"


def test_it_is_answered_photographed_and_becomes_a_job_as_any_other(session, as_role, tech, inspected):
    checklist = inspected.start(tech)
    inspected.fill(tech, checklist)
    added = tech.post(_items(checklist), json=BELT).get_json()
    make_photo(session, session.get_one(InspectionItem, UUID(added["id"])), stored_at=utc_now())
    session.commit()
    answer = inspected.submit(tech, checklist)
    assert answer.status_code == 200, answer.text

    advisor = as_role("Advisor")
    (found,) = advisor.get(inspected.findings).get_json()["items"]
    assert (found["label"], found["severity"], found["note"], len(found["photos"])) == (
        "Torn drive belt",
        "fail",
        "Cracked all around",
        1,
    )
    made = advisor.post(f"{_items(checklist)}/{added['id']}/findings/job", json={})
    assert made.status_code == 201, made.text
    assert advisor.get(inspected.findings).get_json()["items"][0]["jobId"] == made.get_json()["jobId"]
    # The customer reads it first: it is the urgent one.
    assert shown_items(answer.get_json()["items"])[0]["label"] == "Torn drive belt"


def test_what_it_found_is_known_again_at_the_next_visit(session, tech, inspected):
    checklist = inspected.start(tech)
    inspected.fill(tech, checklist)
    tech.post(_items(checklist), json={**BELT, "result": "attention"})
    inspected.submit(tech, checklist)

    august = inspected.later(starts_at=inspected.visit.starts_at + timedelta(days=150))
    second = august.start(tech)
    august.fill(tech, second)
    # Nobody looked at the belt: it is what it was.
    august.submit(tech, second)
    (found,) = tech.get(august.findings).get_json()["items"]
    assert (found["severity"], found["seenNumber"]) == ("attention", inspected.visit.number)

    # Added again it is the same finding, worse now; added as mended it passes.
    tech.post(_items(second), json={**BELT, "label": "torn drive BELT"})
    (found,) = tech.get(august.findings).get_json()["items"]
    assert (found["severity"], found["openedNumber"], found["seenNumber"]) == (
        "fail",
        inspected.visit.number,
        august.visit.number,
    )
    third = inspected.later(starts_at=inspected.visit.starts_at + timedelta(days=300))
    last = third.start(tech)
    third.fill(tech, last)
    tech.post(_items(last), json={**BELT, "result": "pass"})
    third.submit(tech, last)
    assert tech.get(third.findings).get_json()["items"] == []
    assert session.scalar(sa.select(sa.func.count()).select_from(Finding)) == 1


def test_it_is_kept_although_somebody_took_over_and_submitted_meanwhile(tech, as_role, inspected):
    checklist = inspected.start(tech)
    inspected.fill(tech, checklist)
    other = as_role("Advisor")
    url = f"/api/checklists/{checklist['id']}"
    assert other.patch(url, json={"holderId": str(other.user.id), "status": "submitted"}).status_code == 200

    assert tech.post(_items(checklist), json=BELT).status_code == 201

    assert tech.get(url).get_json()["status"] == "submitted"
    assert [one["label"] for one in tech.get(inspected.findings).get_json()["items"]] == ["Torn drive belt"]


def test_a_label_that_the_template_has_is_another_point(session, tech, inspected):
    checklist = inspected.start(tech)
    inspected.fill(tech, checklist, wipers="fail")
    added = tech.post(_items(checklist), json={"label": "Wipers"}).get_json()
    assert added["pointKey"] == "wipers_2"
    assert item_of(checklist, "wipers")["id"] != added["id"]
    assert inspected.submit(tech, checklist).status_code == 200
    assert session.scalar(sa.select(sa.func.count()).select_from(Finding)) == 2


@pytest.mark.parametrize(
    "body", [{}, {"label": " "}, {"label": "x" * 121}, {**BELT, "result": "maybe"}, {**BELT, "result": None}]
)
def test_what_is_no_point_is_refused(tech, inspected, body):
    assert tech.post(_items(inspected.start(tech)), json=body).status_code == 422


def test_an_inspection_has_room_for_so_many(tech, inspected, monkeypatch):
    monkeypatch.setattr(rules, "MOST_ADDED", 1)
    checklist = inspected.start(tech)
    assert tech.post(_items(checklist), json=BELT).status_code == 201
    refused = tech.post(_items(checklist), json=BELT)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "invalid_request")


def _add(tech, checklist, **fields):
    return tech.post(_items(checklist), json={**BELT, **fields}).get_json()


def _patch(client, checklist, item, **body):
    return client.patch(f"{_items(checklist)}/{item['id']}", json=body)


def _labels(client, checklist):
    return [item["label"] for item in client.get(f"/api/checklists/{checklist['id']}").get_json()["items"]][3:]


def test_it_gets_another_name_and_is_known_again_by_that(tech, inspected):
    checklist = inspected.start(tech)
    inspected.fill(tech, checklist)
    added = _add(tech, checklist, label="Tron belt")

    answer = _patch(tech, checklist, added, label="Torn belt", version=1)

    assert answer.status_code == 200, answer.text
    assert (answer.get_json()["label"], answer.get_json()["pointKey"]) == ("Torn belt", "torn_belt")
    inspected.submit(tech, checklist)
    # The finding is called as the point is from then on, and is the same one.
    (found,) = tech.get(inspected.findings).get_json()["items"]
    renamed = _patch(tech, checklist, added, label="Torn drive belt").get_json()
    (after,) = tech.get(inspected.findings).get_json()["items"]
    assert (found["label"], after["label"], after["id"]) == ("Torn belt", "Torn drive belt", found["id"])
    assert renamed["pointKey"] == "torn_belt"


def test_it_is_taken_away_and_brought_back_as_it_was(tech, inspected):
    checklist = inspected.start(tech)
    added = _add(tech, checklist)

    removed = _patch(tech, checklist, added, isRemoved=True, version=1).get_json()

    assert (removed["isRemoved"], removed["version"]) == (True, 2)
    assert _labels(tech, checklist) == []
    # Whoever took it away by mistake names no version: there is nothing to have seen.
    back = _patch(tech, checklist, added, isRemoved=False).get_json()
    assert {**back, "version": 0, "updatedAt": 0} == {**added, "version": 0, "updatedAt": 0}
    assert _labels(tech, checklist) == ["Torn drive belt"]


def test_what_it_found_goes_and_comes_with_it(tech, inspected):
    checklist = inspected.start(tech)
    inspected.fill(tech, checklist)
    added = _add(tech, checklist)
    inspected.submit(tech, checklist)
    assert len(tech.get(inspected.findings).get_json()["items"]) == 1

    _patch(tech, checklist, added, isRemoved=True)
    assert tech.get(inspected.findings).get_json()["items"] == []

    _patch(tech, checklist, added, isRemoved=False)
    assert [one["label"] for one in tech.get(inspected.findings).get_json()["items"]] == ["Torn drive belt"]


def test_one_without_its_answer_that_is_taken_away_is_not_waited_for(tech, inspected):
    checklist = inspected.start(tech)
    inspected.fill(tech, checklist)
    added = _add(tech, checklist)
    _patch(tech, checklist, added, result=None, version=1)
    assert inspected.submit(tech, checklist).status_code == 422

    _patch(tech, checklist, added, isRemoved=True)

    assert inspected.submit(tech, checklist).status_code == 200


def test_who_takes_away_what_another_has_changed_is_asked(tech, as_role, inspected):
    checklist = inspected.start(tech)
    added = _add(tech, checklist)
    advisor = as_role("Advisor")
    _patch(advisor, checklist, added, note="Customer was told", version=1)

    refused = _patch(tech, checklist, added, isRemoved=True, version=1)

    assert (refused.status_code, refused.get_json()["code"]) == (409, "edit_conflict")
    (conflict,) = refused.get_json()["conflicts"]
    assert (conflict["field"], conflict["yours"], conflict["theirs"]) == ("isRemoved", True, False)
    assert conflict["changedBy"] == advisor.user.name
    assert _labels(tech, checklist) == ["Torn drive belt"]
    # They have seen it now.
    assert _patch(tech, checklist, added, isRemoved=True, version=2).status_code == 200


def test_who_changes_what_another_has_taken_away_is_asked_and_their_words_are_kept(tech, as_role, inspected):
    checklist = inspected.start(tech)
    added = _add(tech, checklist)
    advisor = as_role("Advisor")
    _patch(advisor, checklist, added, isRemoved=True, version=1)

    refused = _patch(tech, checklist, added, note="Worse than it looked", version=1)

    (conflict,) = refused.get_json()["conflicts"]
    assert (conflict["field"], conflict["yours"], conflict["theirs"]) == ("isRemoved", False, True)
    assert _labels(tech, checklist) == []
    back = _patch(tech, checklist, added, isRemoved=False, version=refused.get_json()["item"]["version"]).get_json()
    assert (back["isRemoved"], back["note"]) == (False, "Worse than it looked")


def test_two_names_at_once_are_shown_with_who_gave_them(tech, as_role, inspected):
    checklist = inspected.start(tech)
    added = _add(tech, checklist)
    _patch(as_role("Advisor"), checklist, added, label="Fan belt", version=1)

    refused = _patch(tech, checklist, added, label="Drive belt", version=1)

    (conflict,) = refused.get_json()["conflicts"]
    assert (conflict["field"], conflict["yours"], conflict["theirs"]) == ("label", "Drive belt", "Fan belt")


def test_what_became_a_job_stays(tech, as_role, inspected):
    checklist = inspected.start(tech)
    added = _add(tech, checklist)
    as_role("Advisor").post(f"{_items(checklist)}/{added['id']}/findings/job", json={})

    refused = _patch(tech, checklist, added, isRemoved=True)

    assert (refused.status_code, refused.get_json()["code"]) == (409, "point_stays")
    assert _labels(tech, checklist) == ["Torn drive belt"]


def test_what_the_customer_got_stays(session, tech, inspected):
    checklist = inspected.start(tech)
    added = _add(tech, checklist)
    session.get_one(InspectionChecklist, UUID(checklist["id"])).sent_at = utc_now()
    session.commit()

    assert _patch(tech, checklist, added, isRemoved=True).get_json()["code"] == "point_stays"


@pytest.mark.parametrize("body", [{"label": "Blades"}, {"isRemoved": True}])
def test_the_template_s_own_points_keep_their_names_and_places(tech, inspected, body):
    checklist = inspected.start(tech)
    refused = _patch(tech, checklist, item_of(checklist, "wipers"), **body)
    assert (refused.status_code, list(refused.get_json()["errors"])) == (422, list(body))
