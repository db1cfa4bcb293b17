"""The drawer over HTTP: its shape, who sees what of it, what is switched off."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from backend.appointments.rules import Status
from backend.audit import commands as audit
from backend.core.actor import Actor, ActorKind
from backend.core.clock import utc_now
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.drawer.schemas import DrawerHistorySchema, DrawerSchema
from backend.inspections.models import InspectionChecklist, InspectionItem
from backend.payments.models import Payment
from backend.services.models import AppointmentJob, AppointmentService
from tests.factories.appointments import make_appointment
from tests.factories.inspections import make_inspection_template, make_photo
from tests.factories.messages import make_message
from tests.factories.shop import make_location
from tests.factories.vehicles import make_vehicle


@pytest.fixture
def location(session):
    return make_location(session, name="Brooklyn")


@pytest.fixture
def full(session, location, as_role):
    """Make an appointment that has something in every list, and a change in its history."""
    appointment = make_appointment(session, location, total_cents=12_500, notes="Call +1 718 555 0100")
    now = utc_now()
    key = appointment.id
    job = AppointmentJob(
        id=new_id(),
        appointment_id=key,
        name="Oil change",
        approval="approved",
        decided_at=now,
        created_at=now,
        updated_at=now,
    )
    session.add(job)
    session.flush()
    session.add(
        AppointmentService(
            appointment_id=key,
            job_id=job.id,
            kind="labor",
            name="Oil change",
            hours="0.50",
            is_flat=True,
            unit_price_cents=12_500,
            price_cents=12_500,
            tax_class="labor",
            created_at=now,
            updated_at=now,
        )
    )
    session.add(
        Payment(
            location_id=location.id,
            appointment_id=key,
            kind="payment",
            method="cash",
            amount_cents=2_500,
            currency="USD",
            accounting_on=now.date(),
            created_at=now,
        )
    )
    for number in range(55):
        make_message(session, appointment, body=f"Text {number}", created_at=now + timedelta(seconds=number))
    checklist = InspectionChecklist(
        id=new_id(), appointment_id=key, title="Multi-point", created_at=now, updated_at=now
    )
    session.add(checklist)
    session.flush()
    session.add(InspectionItem(checklist_id=checklist.id, label="Front pads", result="attention", note="4 mm"))
    body = {"status": "IN_PROGRESS", "afterId": None}
    assert as_role("Advisor").patch(f"/api/admin/appointments/{key}/move", json=body).status_code == 200
    return appointment


def test_one_answer_holds_everything_as_documented(full, as_role):
    drawer = as_role("Advisor").get(f"/api/appointments/{full.id}").get_json()

    assert DrawerSchema().validate(drawer) == {}
    assert drawer["appointment"]["totalCents"] == 12_500
    assert drawer["appointment"]["paidCents"] == 2_500
    assert drawer["services"][0]["priceCents"] == 12_500
    assert drawer["services"][0]["hours"] == 0.5
    assert [message["body"] for message in drawer["messages"]] == [f"Text {number}" for number in range(5, 55)]
    assert drawer["checklists"][0]["items"][0]["result"] == "attention"
    assert drawer["vehicle"]["label"] == "2019 Toyota Corolla"
    # The visit's own; what was done with its work and money has a request of its own.
    assert [change["action"] for change in drawer["history"]] == ["appointment.status_changed"]
    assert drawer["customer"] is None
    assert drawer["appointment"]["start"].endswith("00Z")


def test_a_technician_sees_no_money_in_it(full, as_role):
    answer = as_role("Tech").get(f"/api/appointments/{full.id}")

    assert answer.status_code == 200
    assert "Cents" not in answer.text
    assert answer.get_json()["payments"] == []
    assert DrawerSchema().validate(answer.get_json()) == {}


def test_an_accountant_and_a_stranger_do_not_see_it(full, as_role, session):
    elsewhere = make_location(session, name="Mesa")

    for path in (f"/api/appointments/{full.id}", f"/api/appointments/{full.id}/history"):
        assert as_role("Accountant").get(path).status_code == 403
        assert as_role("Advisor", [elsewhere]).get(path).status_code == 404


@pytest.mark.parametrize("missing", ["no-such-id", "01900000-0000-7000-8000-000000000000"])
def test_what_does_not_exist_is_a_404(as_role, location, missing):
    assert as_role("Advisor").get(f"/api/appointments/{missing}").status_code == 404


def test_an_unchanged_drawer_is_a_304(full, as_role, session):
    advisor = as_role("Advisor")
    path = f"/api/appointments/{full.id}"
    etag = advisor.get(path).headers["ETag"]

    assert advisor.get(path, headers={"If-None-Match": etag}).status_code == 304
    later = utc_now() + timedelta(minutes=5)
    make_message(session, full, body="New", created_at=later)
    assert advisor.get(path, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize(
    ("flag", "emptied"), [("messaging", "messages"), ("payments", "payments"), ("inspections", "checklists")]
)
def test_what_is_switched_off_is_not_in_it(app, full, as_role, flag, emptied, monkeypatch):
    advisor = as_role("Advisor")
    monkeypatch.setitem(app.config, "KEYTAG_FLAGS", replace(app.config["KEYTAG_FLAGS"], **{flag: False}))
    drawer = advisor.get(f"/api/appointments/{full.id}").get_json()

    assert drawer[emptied] == []
    kept = {"messages", "payments", "checklists"} - {emptied}
    assert all(drawer[name] for name in kept)


def test_the_history_tells_what_was_done_with_the_car(session, location, as_role):
    tech, advisor = as_role("Tech", [location]), as_role("Advisor", [location])
    vehicle = make_vehicle(session)
    visit = make_appointment(
        session,
        location,
        vehicle_id=vehicle.id,
        tech_id=tech.user.id,
        status=Status.IN_PROGRESS,
        check_in_at=utc_now() - timedelta(minutes=5),
    )
    template = make_inspection_template(session, points=[{"label": "Wipers"}])
    session.commit()
    base, key = f"/api/appointments/{visit.id}", lambda: {"Idempotency-Key": str(new_id())}
    timer_id = str(new_id())

    def done(client, method, path, body):
        answer = getattr(client, method)(path, json=body, headers=key())
        assert answer.status_code in {200, 201}, answer.text
        return answer.get_json()

    started = {"id": timer_id, "appointmentId": str(visit.id), "startedAt": utc_now().isoformat()}
    done(tech, "post", "/api/tech/timers", started)
    checklist = done(tech, "post", f"{base}/checklists", {"templateId": str(template.id)})
    (item,) = checklist["items"]
    path = f"/api/checklists/{checklist['id']}"
    done(tech, "patch", f"{path}/items/{item['id']}", {"result": "pass", "version": 1})
    done(tech, "patch", path, {"status": "submitted"})
    done(advisor, "patch", path, {"holderId": str(advisor.user.id)})
    done(advisor, "patch", path, {"status": "open"})
    done(tech, "patch", f"/api/tech{base.removeprefix('/api')}/odometer", {"mileage": 161_200, "version": 1})
    done(tech, "post", f"/api/tech/timers/{timer_id}/stop", {"stoppedAt": utc_now().isoformat()})
    done(tech, "post", f"{base}/checks", {"id": str(new_id()), "kind": "test_drive", "isPassed": True})
    for _ in range(3):
        photo = make_photo(session, session.get_one(InspectionItem, UUID(item["id"])), stored_at=utc_now())
        actor = Actor(ActorKind.USER, tech.user.id, tech.user.name, "Tech")
        audit.record(
            session, EventType.PHOTO_STORED, entity="photo", entity_id=photo.id, actor=actor, at=utc_now(), changes={}
        )
    session.commit()

    answer = advisor.get(f"{base}/history").get_json()
    told = [(one["action"], one["subject"], one["actorName"]) for one in reversed(answer["changes"])]

    by_tech, by_advisor = tech.user.name, advisor.user.name
    assert not DrawerHistorySchema().validate(answer)
    photos = [one for one in told if one[0] == "photo.stored"]
    assert [one for one in told if one not in photos] == [
        ("work.started", None, by_tech),
        ("inspection.started", template.name, by_tech),
        ("inspection.submitted", template.name, by_tech),
        ("inspection.changed", template.name, by_advisor),
        ("inspection.changed", template.name, by_advisor),
        ("vehicle.odometer", None, by_tech),
        ("work.stopped", None, by_tech),
        ("work.checked", None, by_tech),
    ]
    # Those of an hour are one; the hour may turn while this runs.
    assert set(photos) == {("photo.stored", template.name, by_tech)}
    counts = [one["changes"]["photos"][1] for one in answer["changes"] if one["action"] == "photo.stored"]
    assert sum(counts) == 3
    assert len(counts) <= 2


def test_the_history_tells_of_the_work_and_the_money_too(session, location, as_role):
    visit = make_appointment(session, location)
    advisor = as_role("Advisor", [location])
    made = advisor.post(
        f"/api/appointments/{visit.id}/jobs",
        json={"name": "Front pads", "lines": [{"kind": "part", "name": "Pads", "unitPriceCents": 89_00}]},
    )
    line = {"jobId": made.get_json()["id"], "kind": "fee", "name": "Disposal", "unitPriceCents": 3_00}
    assert advisor.post(f"/api/appointments/{visit.id}/services", json=line).status_code == 201
    paid = advisor.post(
        f"/api/appointments/{visit.id}/payments",
        json={"amountCents": 40_00, "method": "card"},
        headers={"Idempotency-Key": str(new_id())},
    )
    assert paid.status_code == 201, paid.text

    told = advisor.get(f"/api/appointments/{visit.id}/history").get_json()["changes"]
    by_tech = as_role("Tech", [location]).get(f"/api/appointments/{visit.id}/history").get_json()["changes"]

    assert [one["id"] for one in told] == sorted((one["id"] for one in told), reverse=True)
    assert {(one["entity"], one["action"], one["subject"]) for one in told} == {
        ("payment", "payment.recorded", None),
        ("job", "job.created", "Front pads"),
        ("line", "line.created", "Disposal"),
    }
    assert next(one for one in told if one["entity"] == "payment")["changes"]["amountCents"] == [None, 40_00]
    assert {one["entity"] for one in by_tech} == {"job", "line"}
    assert not any(name.endswith("Cents") for one in by_tech for name in one["changes"])
