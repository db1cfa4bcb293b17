from dataclasses import replace

import pytest
import sqlalchemy as sa

from backend.templates.models import MessageTemplate
from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.shop import make_location
from tests.factories.templates import make_template

PATH = "/api/message-templates"
READY = {"name": "Ready", "category": "status", "channel": "sms", "body": "Your {vehicle|car} is ready."}


def test_a_template_is_created_changed_and_deleted(session, as_role):
    advisor = as_role("Advisor")

    created = advisor.post(PATH, json=READY)
    path = f"{PATH}/{created.get_json()['id']}"
    changed = advisor.patch(path, json={"body": "Ready!"}, headers={"If-Match": '"1"'})
    listed = advisor.get(PATH).get_json()
    deleted = advisor.delete(path, headers={"If-Match": '"2"'})

    assert created.status_code == 201
    body = created.get_json()
    assert {name: body[name] for name in ("locationId", "purpose", "subject", "version", "useCount", "lastUsedAt")} == {
        "locationId": None,
        "purpose": "informational",
        "subject": None,
        "version": 1,
        "useCount": 0,
        "lastUsedAt": None,
    }
    assert (changed.status_code, changed.get_json()["body"], changed.get_json()["version"]) == (200, "Ready!", 2)
    assert listed == {"items": [changed.get_json()], "nextCursor": None}
    assert (deleted.status_code, advisor.get(PATH).get_json()["items"]) == (204, [])


def test_a_double_click_makes_one_template(session, as_role):
    advisor = as_role("Advisor")

    first, second = (advisor.post(PATH, json=READY, headers={"Idempotency-Key": "twice"}) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_json() == second.get_json()
    assert session.scalar(sa.select(sa.func.count()).select_from(MessageTemplate)) == 1


def test_a_taken_name_is_a_conflict_that_names_the_field(session, as_role):
    advisor = as_role("Advisor")
    advisor.post(PATH, json=READY)

    answer = advisor.post(PATH, json=READY)

    assert (answer.status_code, answer.get_json()["code"]) == (409, "template_name_taken")
    assert list(answer.get_json()["errors"]) == ["name"]
    assert session.scalar(sa.select(sa.func.count()).select_from(MessageTemplate)) == 1


def test_the_linters_findings_come_with_the_refusal(session, as_role):
    answer = as_role("Advisor").post(PATH, json={**READY, "body": "Reply CANCEL to cancel."})

    assert (answer.status_code, answer.get_json()["code"]) == (422, "template_refused")
    assert answer.get_json()["findings"] == [
        {"code": "invites_keyword", "found": "CANCEL", "hint": "CANCEL", "start": 6, "end": 12, "field": "body"}
    ]
    assert session.scalar(sa.select(sa.func.count()).select_from(MessageTemplate)) == 0


def test_pages_follow_each_other(session, as_role):
    for name in ("A", "B", "C"):
        make_template(session, name=name)
    tech = as_role("Tech")

    first = tech.get(f"{PATH}?limit=2").get_json()
    second = tech.get(f"{PATH}?limit=2&cursor={first['nextCursor']}").get_json()

    assert [item["name"] for item in first["items"]] == ["A", "B"]
    assert ([item["name"] for item in second["items"]], second["nextCursor"]) == (["C"], None)


def test_another_locations_template_is_neither_seen_nor_changed(session, as_role):
    here, there = make_location(session), make_location(session)
    theirs = make_template(session, location_id=there.id)
    advisor = as_role("Advisor", locations=[here])

    assert advisor.get(PATH).get_json()["items"] == []
    assert advisor.get(f"{PATH}?locationId={there.id}").status_code == 404
    assert advisor.patch(f"{PATH}/{theirs.id}", json={"name": "Mine"}).status_code == 404
    assert advisor.delete(f"{PATH}/{theirs.id}").status_code == 404
    assert (theirs.name, theirs.deleted_at) == ("Ready", None)


def test_a_technician_reads_and_does_not_write(session, as_role):
    template = make_template(session)
    tech = as_role("Tech")

    assert len(tech.get(PATH).get_json()["items"]) == 1
    assert tech.post(PATH, json=READY).status_code == 403
    assert tech.patch(f"{PATH}/{template.id}", json={"name": "Mine"}).status_code == 403
    assert template.name == "Ready"


def test_the_variables_are_listed_with_examples(as_role):
    items = as_role("Tech").get(f"{PATH}/variables").get_json()["items"]

    assert items[0] == {
        "name": "customer_first_name",
        "words": "the customer's first name",
        "example": "Christopher",
        "isMoney": False,
    }
    assert [item["name"] for item in items if item["isMoney"]] == ["total", "balance"]


def test_the_example_speaks_as_the_location_that_it_is_for(session, as_role):
    shop = make_location(session, name="Canal Street Garage", phone="+17185550123")
    body = {"body": "Hi {customer_first_name}, call {shop_phone}.", "locationId": str(shop.id)}

    text = as_role("Advisor").post(f"{PATH}/check", json=body).get_json()["text"]

    assert text == "Canal Street Garage: Hi Christopher, call (718) 555-0123.\nReply STOP to opt out"


def test_a_check_shows_the_text_with_examples_its_name_and_its_footer(as_role):
    answer = as_role("Advisor").post(f"{PATH}/check", json={"body": "Hi {customer_first_name}… it’s ready"})

    assert answer.status_code == 200
    assert answer.get_json() == {
        "text": "Harbor Auto Brooklyn: Hi Christopher... it's ready\nReply STOP to opt out",
        "subject": None,
        "encoding": "gsm7",
        "characters": 72,
        "segments": 1,
        "forcedBy": [],
        "footer": True,
        "replaced": [{"sign": "…", "instead": "..."}, {"sign": "’", "instead": "'"}],
        "missing": [],
        "withheld": [],
        "findings": [],
    }


def test_a_check_with_a_job_says_its_values_and_what_is_missing(session, as_role):
    ana = make_customer(session, name="Zoë Flores")
    job = make_appointment(session, make_location(session, name="Harbor"), customer_id=ana.id, total_cents=1234)
    body = {"body": "{customer_first_name}: {plate}, {total}", "appointmentId": str(job.id)}

    answer = as_role("Advisor").post(f"{PATH}/check", json=body).get_json()

    assert answer["text"] == "Harbor: Zoë: {plate}, $12.34\nReply STOP to opt out"
    assert (answer["missing"], answer["encoding"], answer["forcedBy"]) == (["plate"], "ucs2", ["ë"])


def test_a_technician_sees_no_money_in_a_check(session, as_role):
    job = make_appointment(session, make_location(session, name="Harbor"), total_cents=1234)
    body = {"body": "Total {total}", "appointmentId": str(job.id)}

    answer = as_role("Tech").post(f"{PATH}/check", json=body).get_json()

    assert answer["text"] == "Harbor: Total [total]\nReply STOP to opt out"
    assert (answer["withheld"], answer["missing"]) == (["total"], [])
    assert "12.34" not in str(answer)


def test_a_check_of_an_email_has_no_footer(as_role):
    body = {"channel": "email", "subject": "{shop_name}", "body": "Reply YES – please"}

    answer = as_role("Advisor").post(f"{PATH}/check", json=body).get_json()

    assert (answer["subject"], answer["text"], answer["footer"]) == (
        "Harbor Auto Brooklyn",
        "Reply YES – please",
        False,
    )
    assert (answer["findings"], answer["replaced"]) == ([], [])


def test_another_locations_job_is_unknown_to_a_check(session, as_role):
    here, there = make_location(session), make_location(session)
    job = make_appointment(session, there)

    answer = as_role("Advisor", locations=[here]).post(
        f"{PATH}/check", json={"body": "{plate}", "appointmentId": str(job.id)}
    )

    assert answer.status_code == 404


@pytest.mark.parametrize(("method", "path"), [("GET", PATH), ("POST", PATH), ("POST", f"{PATH}/check")])
def test_without_the_feature_nothing_answers(app, as_role, monkeypatch, method, path):
    monkeypatch.setitem(app.config, "KEYTAG_FLAGS", replace(app.config["KEYTAG_FLAGS"], messaging=False))

    answer = as_role("Owner").open(path, method=method, **({} if method == "GET" else {"json": {}}))

    assert (answer.status_code, answer.get_json()["code"]) == (403, "feature_off")
