from datetime import timedelta

import sqlalchemy as sa

from backend.core.clock import utc_now
from backend.core.ids import new_id
from backend.inspections.models import InspectionTemplateVersion
from tests.factories.appointments import make_appointment
from tests.factories.catalog import make_catalog_job
from tests.factories.inspections import make_inspection_template
from tests.factories.shop import make_location
from tests.inspections.conftest import item_of

URL = "/api/inspection-templates"
POINT = {
    "label": "Brake pads, front",
    "section": "Brakes",
    "help": "Measure the thinner one.",
    "reading": {"unit": "mm", "failBelow": "3", "attentionBelow": "5"},
    "needsPhoto": True,
}


def test_an_advisor_makes_a_template_and_its_limits_come_back_as_text(session, as_role):
    make_location(session)
    answer = as_role("Advisor").post(
        URL, json={"name": "Brakes", "visitType": "brakes", "fromAge": 3, "points": [POINT]}
    )

    assert answer.status_code == 201, answer.text
    made = answer.get_json()
    assert (made["name"], made["fromAge"], made["version"], made["versionNo"]) == ("Brakes", 3, 1, 1)
    assert made["points"] == [
        {
            **POINT,
            "key": "brake_pads_front",
            "catalogId": None,
            "reading": {
                "unit": "mm",
                "failBelow": "3",
                "attentionBelow": "5",
                "attentionAbove": None,
                "failAbove": None,
            },
        }
    ]


def test_a_technician_reads_templates_and_changes_none(session, as_role):
    make_inspection_template(session)
    tech = as_role("Tech")
    assert [found["name"] for found in tech.get(URL).get_json()["items"]] == ["Multi-point"]
    assert tech.post(URL, json={"name": "Mine", "points": [POINT]}).status_code == 403
    assert as_role("Accountant").get(URL).status_code == 403


def test_new_points_are_a_new_version_and_a_running_inspection_keeps_its_own(session, as_role, inspected):
    advisor = as_role("Advisor")
    running = inspected.start(advisor)
    template = advisor.get(URL).get_json()["items"][0]
    points = [{**template["points"][0], "label": "Pads in front", "reading": None}]

    changed = advisor.patch(f"{URL}/{template['id']}", json={"points": points, "version": template["version"]})

    assert changed.status_code == 200, changed.text
    assert (changed.get_json()["version"], changed.get_json()["versionNo"]) == (2, 2)
    # The key stays, so that a finding is known again.
    assert changed.get_json()["points"][0]["key"] == "front_brake_pads"
    kept = advisor.get(f"/api/checklists/{running['id']}").get_json()
    assert len(kept["items"]) == 3
    assert item_of(kept, "front_brake_pads")["unit"] == "mm"
    assert item_of(inspected.start(advisor), "front_brake_pads")["unit"] is None
    assert session.scalar(sa.select(sa.func.count()).select_from(InspectionTemplateVersion)) == 2


def test_two_editors_of_one_template_lose_nothing(session, as_role):
    template = make_inspection_template(session)
    ada, ben = as_role("Advisor"), as_role("Owner")
    url = f"{URL}/{template.id}"
    assert ada.patch(url, json={"name": "Full check", "version": 1}).status_code == 200
    # Another field: both are kept.
    assert ben.patch(url, json={"fromMileage": 30_000, "version": 1}).status_code == 200
    refused = ben.patch(url, json={"name": "Big check", "version": 1})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "edit_conflict")
    (conflict,) = refused.get_json()["conflicts"]
    assert (conflict["field"], conflict["yours"], conflict["theirs"]) == ("name", "Big check", "Full check")


def test_a_deleted_template_is_not_offered_and_its_inspections_go_on(session, as_role, inspected):
    advisor = as_role("Advisor")
    running = inspected.start(advisor)
    assert advisor.delete(f"{URL}/{inspected.template.id}").status_code == 204
    assert advisor.get(URL).get_json()["items"] == []
    assert advisor.get(f"/api/checklists/{running['id']}").status_code == 200
    refused = advisor.post(inspected.checklists, json={})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "no_template")


def test_what_a_device_began_before_its_template_was_deleted_is_kept(session, as_role, inspected):
    advisor = as_role("Advisor")
    (template,) = advisor.get(URL).get_json()["items"]
    began = {"id": str(new_id()), "templateId": template["id"], "versionId": template["versionId"]}
    assert advisor.delete(f"{URL}/{template['id']}").status_code == 204

    assert inspected.start(advisor, **began)["id"] == began["id"]
    refused = advisor.post(inspected.checklists, json={"templateId": template["id"]})
    assert (refused.status_code, refused.get_json()["code"]) == (404, "not_found")


def test_limits_out_of_order_and_foreign_locations_are_refused(session, as_role):
    make_location(session)
    advisor = as_role("Advisor")
    wrong = {**POINT, "reading": {"unit": "mm", "failBelow": "5", "attentionBelow": "3"}}
    assert advisor.post(URL, json={"name": "X", "points": [wrong]}).status_code == 422
    assert advisor.post(URL, json={"name": "X", "fromAge": 5, "toAge": 3, "points": [POINT]}).status_code == 422
    assert advisor.post(URL, json={"name": "X", "locationId": str(new_id()), "points": [POINT]}).status_code == 404


def test_a_point_names_a_canned_job_that_there_is(session, as_role):
    advisor = as_role("Advisor")
    canned = make_catalog_job(session)
    named = [POINT, {**POINT, "label": "Rotors", "catalogId": str(canned.id)}]
    template = advisor.post(URL, json={"name": "X", "points": named}).get_json()
    wrong = [POINT, {**POINT, "label": "Rotors", "catalogId": str(new_id())}]

    for refused in (
        advisor.post(URL, json={"name": "Y", "points": wrong}),
        advisor.patch(f"{URL}/{template['id']}", json={"points": wrong}),
    ):
        assert refused.status_code == 422, refused.text
        assert refused.get_json()["errors"] == {"points.1.catalogId": ["Rotors: there is no such canned job."]}
    # One that the shop has deleted since does not stand in the way of another edit.
    canned.deleted_at = utc_now()
    more = [*named, {**POINT, "label": "Wipers"}]
    assert advisor.patch(f"{URL}/{template['id']}", json={"points": more}).status_code == 200


def test_the_best_template_is_chosen_by_kind_age_and_mileage(session, as_role, inspected):
    make_inspection_template(session, name="Old cars", from_age=5)
    make_inspection_template(session, name="New cars", to_age=3)
    make_inspection_template(session, name="Brakes", visit_type="brakes")
    make_inspection_template(session, name="Off", visit_type="brakes", from_age=1, is_active=False)
    advisor = as_role("Advisor")
    assert inspected.start(advisor)["title"] == "Old cars"
    inspected.visit.visit_type = "brakes"
    assert inspected.start(advisor)["title"] == "Brakes"
    chosen = inspected.start(advisor, templateId=str(inspected.template.id))
    assert chosen["title"] == "Multi-point"


def test_a_template_of_another_location_is_not_there(session, as_role, inspected):
    elsewhere = make_location(session)
    other = make_inspection_template(session, name="Theirs", location_id=elsewhere.id, from_age=1)
    advisor = as_role("Advisor", [inspected.location])
    assert [found["name"] for found in advisor.get(URL).get_json()["items"]] == ["Multi-point"]
    assert inspected.start(advisor)["title"] == "Multi-point"
    assert advisor.post(inspected.checklists, json={"templateId": str(other.id)}).status_code == 404
    assert advisor.patch(f"{URL}/{other.id}", json={"name": "Ours"}).status_code == 404


def test_the_kinds_in_use_are_offered_once_each_as_a_template_spells_them(session, as_role):
    here, elsewhere = make_location(session), make_location(session)
    make_inspection_template(session, visit_type="Brakes", location_id=here.id)
    make_inspection_template(session, visit_type="Fleet", location_id=elsewhere.id)
    now = utc_now()
    for kind, place, at in (
        ("brakes", here, now),
        ("Tires", here, now),
        ("Tires", here, now),
        (None, here, now),
        ("Long ago", here, now - timedelta(days=200)),
        ("Elsewhere", elsewhere, now),
    ):
        make_appointment(session, place, starts_at=at, visit_type=kind)
    session.commit()

    answer = as_role("Advisor", [here]).get("/api/visit-types", query_string={"locationId": str(here.id)})

    assert answer.get_json() == {"items": ["Brakes", "Tires"]}
