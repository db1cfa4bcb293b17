from datetime import timedelta

import sqlalchemy as sa

from backend.audit.models import AuditLog
from backend.core.clock import utc_now
from backend.core.idempotency import KEEP_REQUIRED, IdempotencyKey
from backend.core.ids import new_id
from backend.inspections import queries
from backend.inspections.models import InspectionChecklist, InspectionItem, InspectionTemplateVersion
from tests.factories.inspections import make_photo
from tests.factories.shop import make_location
from tests.inspections.conftest import item_of

MINUTE = timedelta(minutes=1)


def _item_url(checklist, item):
    return f"/api/checklists/{checklist['id']}/items/{item['id']}"


def test_an_inspection_begins_with_the_points_of_its_template_and_a_holder(session, as_role, inspected):
    tech = as_role("Tech")
    checklist = inspected.start(tech)
    assert (checklist["status"], checklist["holderId"], checklist["holderName"]) == (
        "open",
        str(tech.user.id),
        tech.user.name,
    )
    assert [(item["pointKey"], item["section"], item["result"]) for item in checklist["items"]] == [
        ("front_brake_pads", "Brakes", None),
        ("tire_tread", "Tires", None),
        ("wipers", "Outside", None),
    ]
    assert checklist["items"][0]["limits"] == {
        "failBelow": "3",
        "attentionBelow": "5",
        "attentionAbove": None,
        "failAbove": None,
    }
    listed = tech.get(inspected.checklists).get_json()
    assert listed["items"] == [checklist]
    assert listed["templateId"] == str(inspected.template.id)
    with_session = queries.list_checklists(session, [inspected.visit.id], utc_now())
    assert [str(one["id"]) for one in with_session[inspected.visit.id]] == [checklist["id"]]


def test_the_same_id_again_is_the_same_inspection_and_a_device_names_its_items(session, as_role, inspected):
    tech = as_role("Tech")
    version = session.scalars(sa.select(InspectionTemplateVersion)).one()
    ids = {point["key"]: str(new_id()) for point in version.points}
    body = {
        "id": str(new_id()),
        "templateId": str(inspected.template.id),
        "versionId": str(version.id),
        "itemIds": ids,
    }
    first = inspected.start(tech, **body)
    assert {item["pointKey"]: item["id"] for item in first["items"]} == ids
    assert inspected.start(tech, **body) == first
    assert session.scalar(sa.select(sa.func.count()).select_from(InspectionItem)) == 3
    # Under another visit the id is not free, and neither are the items' under another inspection.
    other = inspected.later(starts_at=inspected.visit.ends_at)
    assert tech.post(other.checklists, json=body).get_json()["code"] == "id_taken"
    assert tech.post(other.checklists, json={**body, "id": str(new_id())}).get_json()["code"] == "id_taken"


def test_answers_are_kept_and_told_with_who_and_what(session, as_role, inspected):
    tech = as_role("Tech")
    checklist = inspected.start(tech)
    pads = item_of(checklist, "front_brake_pads")
    answer = tech.patch(
        _item_url(checklist, pads), json={"result": "fail", "reading": "2.50", "note": "Metal on metal", "version": 1}
    )
    assert answer.status_code == 200, answer.text
    kept = answer.get_json()
    assert (kept["result"], kept["reading"], kept["note"], kept["version"], kept["updatedByName"]) == (
        "fail",
        "2.5",
        "Metal on metal",
        2,
        tech.user.name,
    )
    row = session.scalars(sa.select(AuditLog).where(AuditLog.entity_id == kept["id"])).one()
    assert (row.action, row.version, row.actor_id) == ("inspection.item_changed", 2, tech.user.id)
    assert row.changes == {"result": [None, "fail"], "reading": [None, "2.5"], "note": [None, "Metal on metal"]}


def test_the_same_answer_again_changes_nothing(session, as_role, inspected):
    tech = as_role("Tech")
    checklist = inspected.start(tech)
    wipers = item_of(checklist, "wipers")
    body = {"result": "attention", "version": 1}
    first = tech.patch(_item_url(checklist, wipers), json=body, headers={"Idempotency-Key": "op-1"})
    # A colleague corrects it; the device sends its first operation once more, as its answer was lost.
    as_role("Tech").patch(_item_url(checklist, wipers), json={"result": "pass", "version": 2})
    again = tech.patch(_item_url(checklist, wipers), json=body, headers={"Idempotency-Key": "op-1"})
    assert (again.status_code, again.get_json()) == (200, first.get_json())
    assert tech.get(f"/api/checklists/{checklist['id']}/items").get_json()["items"][2]["result"] == "pass"


def test_different_fields_meet_and_the_same_field_is_told_while_the_rest_is_kept(session, as_role, inspected):
    ada, ben = as_role("Advisor"), as_role("Tech")
    checklist = inspected.start(ben)
    pads = item_of(checklist, "front_brake_pads")
    url = _item_url(checklist, pads)
    assert ada.patch(url, json={"note": "Squeals", "result": "attention", "version": 1}).status_code == 200

    late = ben.patch(
        url, json={"result": "fail", "reading": "2", "version": 1}, headers={"Idempotency-Key": "offline-1"}
    )

    assert (late.status_code, late.get_json()["code"]) == (409, "edit_conflict")
    (conflict,) = late.get_json()["conflicts"]
    assert (conflict["field"], conflict["yours"], conflict["theirs"], conflict["base"], conflict["changedBy"]) == (
        "result",
        "fail",
        "attention",
        None,
        ada.user.name,
    )
    item = late.get_json()["item"]
    assert (item["result"], item["reading"], item["note"], item["version"]) == ("attention", "2", "Squeals", 3)
    # Whoever chose says it again, with what they saw, and the same key is free.
    chosen = ben.patch(
        url, json={"result": "fail", "reading": "2", "version": 1}, headers={"Idempotency-Key": "offline-1"}
    )
    assert chosen.status_code == 409
    assert ben.patch(url, json={"result": "fail", "version": 3}).get_json()["result"] == "fail"


def test_a_reading_where_none_is_asked_for_is_refused(as_role, inspected):
    tech = as_role("Tech")
    checklist = inspected.start(tech)
    refused = tech.patch(_item_url(checklist, item_of(checklist, "wipers")), json={"reading": "3"})
    assert refused.status_code == 422
    assert "reading" in refused.get_json()["errors"]


def test_what_is_missing_blocks_submitting_by_name_and_not_saving(session, as_role, inspected):
    tech = as_role("Tech")
    checklist = inspected.start(tech)
    tread = item_of(checklist, "tire_tread")
    refused = inspected.submit(tech, checklist)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "inspection_incomplete")
    assert [one["what"] for one in refused.get_json()["missing"]] == ["answer"] * 3

    inspected.fill(tech, checklist, tire_tread="fail")
    refused = inspected.submit(tech, checklist)
    assert refused.get_json()["missing"] == [{"itemId": tread["id"], "label": "Tire tread", "what": "photo"}]
    assert "Tire tread (no photo)" in refused.get_json()["detail"]

    photo = make_photo(session, session.get(InspectionItem, tread["id"]))
    # One that is on its way does not count.
    assert inspected.submit(tech, checklist).status_code == 422
    photo.stored_at, photo.width, photo.height = utc_now(), 1600, 1200
    answer = inspected.submit(tech, checklist)
    assert answer.status_code == 200, answer.text
    done = answer.get_json()
    assert (done["status"], done["submittedByName"]) == ("submitted", tech.user.name)
    assert [photo["id"] for photo in item_of(done, "tire_tread")["photos"]] == [str(photo.id)]
    assert inspected.submit(tech, checklist).get_json() == done


def test_a_correction_of_a_submitted_inspection_stays_visible_and_may_open_it_again(session, as_role, inspected):
    tech = as_role("Tech")
    checklist = inspected.start(tech)
    inspected.fill(tech, checklist)
    assert inspected.submit(tech, checklist).status_code == 200
    wipers, tread = item_of(checklist, "wipers"), item_of(checklist, "tire_tread")
    assert tech.patch(_item_url(checklist, wipers), json={"result": "attention", "version": 2}).status_code == 200
    assert tech.get(f"/api/checklists/{checklist['id']}").get_json()["status"] == "submitted"
    # Failed, and its photo is missing: not complete any more.
    assert tech.patch(_item_url(checklist, tread), json={"result": "fail", "version": 2}).status_code == 200
    now = tech.get(f"/api/checklists/{checklist['id']}").get_json()
    assert (now["status"], now["submittedAt"]) == ("open", None)


def test_somebody_else_takes_it_over_and_late_answers_of_the_first_are_still_kept(session, as_role, inspected):
    first, second = as_role("Tech"), as_role("Advisor")
    checklist = inspected.start(first)
    url = f"/api/checklists/{checklist['id']}"
    taken = second.patch(url, json={"holderId": str(second.user.id)})
    assert (taken.status_code, taken.get_json()["holderName"]) == (200, second.user.name)
    row = session.scalars(
        sa.select(AuditLog).where(AuditLog.entity_id == checklist["id"], AuditLog.action == "inspection.changed")
    ).one()
    assert row.changes == {"holder": [first.user.name, second.user.name]}
    # The first one's tablet was offline.
    wipers = item_of(checklist, "wipers")
    assert first.patch(_item_url(checklist, wipers), json={"result": "fail", "version": 1}).status_code == 200
    assert second.patch(url, json={"holderId": str(first.user.id)}).status_code == 422


def test_a_late_wish_does_not_override_what_somebody_did_meanwhile(as_role, inspected):
    ada, ben, late = as_role("Tech"), as_role("Advisor"), as_role("Tech")
    checklist = inspected.start(ada)
    url, seen = f"/api/checklists/{checklist['id']}", checklist["version"]
    inspected.fill(ada, checklist)
    assert ben.patch(url, json={"holderId": str(ben.user.id), "version": seen}).status_code == 200

    refused = late.patch(url, json={"holderId": str(late.user.id), "version": seen})

    assert (refused.status_code, refused.get_json()["code"]) == (409, "edit_conflict")
    (conflict,) = refused.get_json()["conflicts"]
    assert (conflict["field"], conflict["yours"], conflict["theirs"]) == ("holderId", late.user.name, ben.user.name)
    assert refused.get_json()["inspection"]["holderId"] == str(ben.user.id)
    # Nor is it submitted by who has not heard that somebody else fills it now.
    late_end = ada.patch(url, json={"status": "submitted", "version": seen})
    assert (late_end.status_code, late_end.get_json()["code"]) == (409, "edit_conflict")
    (conflict,) = late_end.get_json()["conflicts"]
    assert (conflict["field"], conflict["yours"], conflict["theirs"], conflict["changedBy"]) == (
        "status",
        "submitted",
        "open",
        ben.user.name,
    )
    assert ada.get(url).get_json()["status"] == "open"
    taken = refused.get_json()["inspection"]["version"]
    assert ben.patch(url, json={"status": "submitted", "version": taken}).status_code == 200
    # Another matter is no conflict, and who says nothing of what they saw has seen what is.
    assert ada.patch(url, json={"holderId": str(ada.user.id), "version": taken}).status_code == 200
    assert late.patch(url, json={"holderId": str(late.user.id)}).status_code == 200


def test_what_one_person_does_in_a_row_is_no_conflict_with_itself(as_role, inspected):
    ada, ben = as_role("Tech"), as_role("Tech")
    checklist = inspected.start(ada)
    url, seen = f"/api/checklists/{checklist['id']}", checklist["version"]
    inspected.fill(ada, checklist)

    # A tablet without a network: taken over, submitted, corrected so that a photo is missing, and submitted once more.
    for body in ({"holderId": str(ben.user.id)}, {"status": "submitted"}):
        assert ben.patch(url, json={**body, "version": seen}).status_code == 200
    tread = _item_url(checklist, item_of(checklist, "tire_tread"))
    assert ben.patch(tread, json={"result": "fail", "version": 2}).status_code == 200
    assert ben.get(url).get_json()["status"] == "open"
    assert ben.patch(tread, json={"result": "attention", "version": 3}).status_code == 200
    again = ben.patch(url, json={"status": "submitted", "version": seen})
    assert (again.status_code, again.get_json()["status"]) == (200, "submitted")
    # For anybody else it is.
    assert ada.patch(url, json={"status": "open", "version": seen}).status_code == 409


def test_what_was_opened_again_on_purpose_is_not_submitted_by_a_late_wish(session, as_role, inspected):
    tech, advisor = as_role("Tech"), as_role("Advisor")
    checklist = inspected.start(tech)
    url = f"/api/checklists/{checklist['id']}"
    inspected.fill(tech, checklist)
    submit = {"status": "submitted", "version": checklist["version"]}
    assert tech.patch(url, json=submit, headers={"Idempotency-Key": "over-the-weekend"}).status_code == 200
    assert advisor.patch(url, json={"status": "open"}).status_code == 200

    kept = sa.select(IdempotencyKey.kept_until - IdempotencyKey.created_at)
    assert session.scalars(kept.where(IdempotencyKey.key == "over-the-weekend")).one() == KEEP_REQUIRED
    assert tech.patch(url, json=submit).get_json()["code"] == "edit_conflict"
    assert advisor.get(url).get_json()["status"] == "open"


def test_a_device_says_when_it_was_begun_and_submitted(session, as_role, inspected):
    tech, now = as_role("Tech"), utc_now()
    began = {"startedAt": (now - 40 * MINUTE).isoformat(), "sentAt": now.isoformat()}
    checklist = inspected.start(tech, **began)
    url = f"/api/checklists/{checklist['id']}"
    inspected.fill(tech, checklist)
    done = {"status": "submitted", "submittedAt": (now - 15 * MINUTE).isoformat(), "sentAt": now.isoformat()}
    assert tech.patch(url, json=done).status_code == 200

    def took():
        session.expire_all()
        row = session.get_one(InspectionChecklist, checklist["id"])
        return round((row.first_submitted_at - row.started_at) / MINUTE)

    assert took() == 25
    # Corrected days later it took no days.
    assert tech.patch(url, json={"status": "open"}).status_code == 200
    assert tech.patch(url, json={"status": "submitted"}).status_code == 200
    assert took() == 25
    # A clock of another month refuses nobody's inspection.
    odd = inspected.start(tech, startedAt="2020-01-01T10:00:00Z", sentAt="2020-01-01T10:05:00Z")
    assert odd["startedAt"] >= now.isoformat()[:19]


def test_other_locations_and_roles_see_nothing(session, as_role, inspected):
    checklist = inspected.start(as_role("Tech"))
    elsewhere = make_location(session)
    foreign = as_role("Owner", [elsewhere])
    item = checklist["items"][0]
    for answer in (
        foreign.get(inspected.checklists),
        foreign.get(f"/api/checklists/{checklist['id']}"),
        foreign.post(inspected.checklists, json={}),
        foreign.patch(f"/api/checklists/{checklist['id']}", json={"status": "submitted"}),
        foreign.patch(_item_url(checklist, item), json={"result": "pass"}),
        foreign.post(f"{_item_url(checklist, item)}/findings/job", json={}),
        foreign.delete(f"/api/checklists/{checklist['id']}"),
    ):
        assert answer.status_code == 404, answer.text
    assert as_role("Accountant").get(inspected.checklists).status_code == 403


def test_one_that_was_begun_by_mistake_is_taken_away(as_role, inspected):
    advisor = as_role("Advisor")
    checklist = inspected.start(advisor)
    assert as_role("Tech").delete(f"/api/checklists/{checklist['id']}").status_code == 403
    assert advisor.delete(f"/api/checklists/{checklist['id']}").status_code == 204
    assert advisor.get(inspected.checklists).get_json()["items"] == []
    assert advisor.get(f"/api/checklists/{checklist['id']}").status_code == 404
    assert advisor.get(f"/api/appointments/{inspected.visit.id}").get_json()["checklists"] == []
