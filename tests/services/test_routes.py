import pytest
import sqlalchemy as sa

from backend.audit.models import AuditLog
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.outbox.models import OutboxEvent
from backend.services.models import AppointmentJob, AppointmentService
from backend.services.rules import Approval
from tests.factories.appointments import make_appointment
from tests.factories.catalog import make_catalog_job
from tests.factories.services import make_job
from tests.factories.shop import make_location
from tests.services.conftest import check_sums

MONEY = {"unitPriceCents", "unitCostCents", "priceCents", "discountCents", "taxCents", "taxBp", "totals", "netCents"}


def _first(session, model):
    return session.scalars(sa.select(model).order_by(model.id)).first()


def _line(session, job):
    return session.scalars(sa.select(AppointmentService).where(AppointmentService.job_id == job.id)).first()


def test_a_canned_job_comes_with_its_lines_at_this_locations_rates_in_one_call(session, as_role, visit):
    canned = make_catalog_job(session)
    advisor = as_role("Advisor")

    answer = advisor.post(visit.jobs, json={"catalogId": str(canned.id)})

    assert answer.status_code == 201, answer.text
    job = answer.get_json()
    # 1.2 h at $145.00 and pads at $89.00: $263.00, each line taxed by itself.
    assert (job["name"], job["netCents"], job["taxCents"], job["totalCents"]) == (
        "Front brake pads",
        263_00,
        15_44 + 7_90,
        286_34,
    )
    sheet = advisor.get(visit.services).get_json()
    assert [(line["name"], line["hours"], line["priceCents"], line["taxCents"]) for line in sheet["items"]] == [
        ("Replace front pads", "1.2", 174_00, 15_44),
        ("Ceramic pads", None, 89_00, 7_90),
    ]
    assert sheet["totals"] == {
        "netCents": 263_00,
        "discountCents": 0,
        "taxCents": 23_34,
        "totalCents": 286_34,
        "costCents": 51_62,
        "marginBp": 8037,
        "unknownCosts": 0,
        "marginTargetBp": 5000,
    }
    assert check_sums(session, visit.appointment) == 286_34
    assert visit.appointment.services_summary == "Front brake pads"


def test_a_line_by_hand_is_a_job_of_its_own_and_labor_costs_the_rate(session, as_role, visit):
    advisor = as_role("Advisor")

    labor = advisor.post(visit.services, json={"kind": "labor", "name": "Find the noise", "hours": "0.5"}).get_json()
    part = advisor.post(
        visit.services,
        json={"kind": "part", "name": "Clip", "quantity": "2.5", "unitPriceCents": 3_33, "jobId": labor["jobId"]},
    ).get_json()

    assert (labor["unitPriceCents"], labor["priceCents"], labor["taxCents"]) == (145_00, 72_50, 6_43)
    assert (part["priceCents"], part["taxClass"], part["jobId"]) == (8_33, "parts", labor["jobId"])
    assert check_sums(session, visit.appointment) == 72_50 + 6_43 + 8_33 + 74
    assert visit.appointment.version == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"unitPriceCents": 12.0}, "unitPriceCents"),
        ({"unitPriceCents": True}, "unitPriceCents"),
        ({"unitPriceCents": "12"}, "unitPriceCents"),
        ({"unitPriceCents": "\u0661\u0662"}, "unitPriceCents"),
        ({"unitPriceCents": -1}, "unitPriceCents"),
        ({"unitPriceCents": 10**12}, "unitPriceCents"),
        ({"unitPriceCents": None}, "unitPriceCents"),
        ({"unitPriceCents": 1_000_000_00, "quantity": "99999"}, "unitPriceCents"),
        ({"quantity": 1.5}, "quantity"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "1e3"}, "quantity"),
        ({"hours": "1"}, "hours"),
        ({"discountCents": 500}, "discountReason"),
        ({"taxBp": "0"}, "taxBp"),
        ({"priceCents": 1}, "priceCents"),
    ],
)
def test_a_wrong_amount_names_its_field_and_changes_nothing(session, as_role, visit, body, field):
    answer = as_role("Advisor").post(
        visit.services, json={"kind": "part", "name": "Pads", "unitPriceCents": 100_00, **body}
    )

    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == [field]
    assert _first(session, AppointmentService) is None


@pytest.mark.parametrize("number", ["1e3", "1200.0", "NaN", "1E2"])
def test_what_is_no_json_integer_is_no_amount(as_role, visit, number):
    answer = as_role("Advisor").post(
        visit.services,
        data=f'{{"kind": "part", "name": "Pads", "unitPriceCents": {number}}}',
        content_type="application/json",
    )

    assert answer.status_code in (400, 422)


def test_a_technician_writes_notes_and_never_sees_an_amount(session, as_role, visit):
    job = make_job(session, visit.appointment)
    line = _line(session, job)
    tech = as_role("Tech")

    noted = tech.patch(f"{visit.services}/{line.id}", json={"notes": "Left one is worn unevenly"})
    refused = tech.patch(f"{visit.services}/{line.id}", json={"notes": "x", "unitPriceCents": 1})
    sheet = tech.get(visit.services)

    assert (noted.status_code, noted.get_json()["notes"]) == (200, "Left one is worn unevenly")
    assert refused.status_code == 403
    assert not MONEY & {
        *noted.get_json(),
        *sheet.get_json(),
        *sheet.get_json()["jobs"][0],
        *sheet.get_json()["items"][0],
    }
    session.refresh(line)
    assert (line.notes, line.unit_price_cents) == ("Left one is worn unevenly", 100_00)
    for path in ("/jobs/declined",):
        assert tech.get(f"/api/appointments/{visit.appointment.id}{path}").status_code == 403
    assert tech.post(visit.jobs, json={"name": "Brakes"}).status_code == 403


def test_a_technicians_conflict_shows_no_amount(session, as_role, visit):
    job = make_job(session, visit.appointment)
    path = f"{visit.services}/{_line(session, job).id}"
    tech, advisor = as_role("Tech"), as_role("Advisor")
    assert advisor.patch(path, json={"notes": "Theirs"}).status_code == 200

    answer = tech.patch(path, json={"notes": "Mine", "version": 1})

    assert answer.status_code == 409
    assert answer.get_json()["conflicts"][0] | {"changedAt": ""} == {
        "field": "notes",
        "yours": "Mine",
        "theirs": "Theirs",
        "base": None,
        "changedBy": advisor.user.name,
        "changedAt": "",
    }
    assert not MONEY & answer.get_json()["service"].keys()


def test_people_at_another_location_know_of_nothing(session, as_role, visit):
    job = make_job(session, visit.appointment)
    elsewhere = make_location(session)
    stranger = as_role("Owner", [elsewhere])

    for answer in (
        stranger.get(visit.services),
        stranger.post(visit.services, json={"kind": "fee", "name": "Fee", "unitPriceCents": 1}),
        stranger.patch(f"{visit.jobs}/{job.id}", json={"name": "x"}),
        stranger.delete(f"{visit.jobs}/{job.id}"),
        stranger.post(f"{visit.jobs}/{job.id}/offer-again"),
        stranger.get(f"{visit.jobs}/declined"),
    ):
        assert answer.status_code == 404, answer.text


def test_an_approved_line_that_changes_by_a_cent_revokes_that_job_alone(session, as_role, visit):
    brakes = make_job(session, visit.appointment, approval=Approval.APPROVED)
    wipers = make_job(session, visit.appointment, name="Wipers", approval=Approval.APPROVED)
    advisor = as_role("Advisor")
    path = f"{visit.services}/{_line(session, brakes).id}"

    advisor.patch(path, json={"notes": "Only a note"})
    advisor.patch(path, json={"unitCostCents": 40_00})
    session.refresh(brakes)
    assert brakes.approval == Approval.APPROVED

    assert advisor.patch(path, json={"unitPriceCents": 100_01}).status_code == 200

    session.refresh(brakes)
    session.refresh(wipers)
    assert (brakes.approval, brakes.decided_at, wipers.approval) == (Approval.PENDING, None, Approval.APPROVED)
    assert check_sums(session, visit.appointment) == 200_01
    assert visit.appointment.jobs_approved == 1
    event = session.scalars(sa.select(OutboxEvent).where(OutboxEvent.event == EventType.APPROVAL_REVOKED)).one()
    assert event.subject_id == brakes.id
    told = session.scalars(sa.select(AuditLog).where(AuditLog.action == EventType.APPROVAL_REVOKED)).one()
    assert (told.entity_id, told.changes["approval"], told.actor_name) == (
        brakes.id,
        ["approved", "pending"],
        advisor.user.name,
    )


def test_a_declined_job_stays_as_it_was_offered_until_it_is_offered_again(session, as_role, visit):
    job = make_job(session, visit.appointment, approval=Approval.DECLINED, decline_reason="Too dear")
    advisor = as_role("Advisor")
    path = f"{visit.services}/{_line(session, job).id}"

    refused = advisor.patch(path, json={"unitPriceCents": 80_00})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "job_declined")

    assert advisor.post(f"{visit.jobs}/{job.id}/offer-again").get_json()["approval"] == "pending"
    assert advisor.post(f"{visit.jobs}/{job.id}/offer-again").get_json()["approval"] == "pending"
    assert advisor.patch(path, json={"unitPriceCents": 80_00}).status_code == 200
    assert check_sums(session, visit.appointment) == 80_00


def test_an_approved_job_is_not_offered_again_behind_the_customers_back(session, as_role, visit):
    job = make_job(session, visit.appointment, approval=Approval.APPROVED)
    refused = as_role("Advisor").post(f"{visit.jobs}/{job.id}/offer-again")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "job_not_declined")
    session.refresh(job)
    assert job.approval == Approval.APPROVED


def test_invoiced_work_is_locked_but_for_its_notes(session, as_role, visit):
    job = make_job(session, visit.appointment)
    line = _line(session, job)
    session.flush()
    visit.appointment.locked_at = visit.appointment.created_at
    advisor = as_role("Advisor")

    for answer in (
        advisor.patch(f"{visit.services}/{line.id}", json={"unitPriceCents": 1}),
        advisor.post(visit.services, json={"kind": "fee", "name": "Fee", "unitPriceCents": 1}),
        advisor.delete(f"{visit.services}/{line.id}"),
        advisor.post(visit.jobs, json={"name": "More"}),
        advisor.delete(f"{visit.jobs}/{job.id}"),
    ):
        assert (answer.status_code, answer.get_json()["code"]) == (409, "invoice_locked")
        assert "stands. The owner or the accountant can unlock it." in answer.get_json()["detail"]
    assert advisor.patch(f"{visit.services}/{line.id}", json={"notes": "Kept the old part"}).status_code == 200


def test_discounts_have_a_limit_by_role_and_are_spread_to_the_cent(session, as_role, visit):
    job = make_job(session, visit.appointment, lines=[{"unit_price_cents": 33_33} for _ in range(3)])
    advisor, owner = as_role("Advisor"), as_role("Owner")
    path = f"{visit.jobs}/{job.id}/discount"

    refused = advisor.post(path, json={"percent": "10.5", "reason": "Regular"})
    assert (refused.status_code, refused.get_json()["code"], refused.get_json()["mostCents"]) == (
        403,
        "discount_limit",
        10_00,
    )
    unreasoned = advisor.post(path, json={"percent": "10"})
    assert list(unreasoned.get_json()["errors"]) == ["reason"]
    given = advisor.post(path, json={"percent": "10", "reason": "Regular"})
    assert (given.status_code, given.get_json()["discountCents"]) == (200, 10_00)
    lines = session.scalars(sa.select(AppointmentService)).all()
    assert sorted(line.discount_cents for line in lines) == [3_33, 3_33, 3_34]
    assert {line.discounted_by for line in lines} == {advisor.user.id}
    assert check_sums(session, visit.appointment) == 99_99 - 10_00

    assert owner.post(path, json={"amountCents": 60_00, "reason": "Our mistake"}).status_code == 200
    assert check_sums(session, visit.appointment) == 39_99
    # An advisor may not raise what the owner gave, nor lower a price under it.
    line = session.scalars(sa.select(AppointmentService)).first()
    assert advisor.patch(f"{visit.services}/{line.id}", json={"unitPriceCents": 30_00}).status_code == 403
    assert advisor.post(path, json={"amountCents": 0}).status_code == 200
    assert check_sums(session, visit.appointment) == 99_99
    assert advisor.post(path, json={"percent": "1", "amountCents": 5, "reason": "x"}).status_code == 422


def test_of_alternatives_one_counts_and_the_next_takes_its_place(session, as_role, visit):
    canned = make_catalog_job(session)
    advisor = as_role("Advisor")
    standard = advisor.post(visit.jobs, json={"catalogId": str(canned.id), "name": "Standard pads"}).get_json()
    others = [
        advisor.post(
            visit.jobs,
            json={
                "name": name,
                "alternativeTo": standard["id"],
                "lines": [{"kind": "part", "name": name, "unitPriceCents": cents}],
            },
        ).get_json()
        for name, cents in (("Ceramic pads", 150_00), ("Racing pads", 300_00))
    ]

    assert [job["isChosen"] for job in (standard, *others)] == [True, False, False]
    assert {job["choiceId"] for job in others} == {others[0]["choiceId"]}
    assert check_sums(session, visit.appointment) == standard["totalCents"]
    assert advisor.post(f"{visit.jobs}/{others[1]['id']}/choose").get_json()["isChosen"] is True
    assert check_sums(session, visit.appointment) == others[1]["totalCents"]
    assert visit.appointment.services_summary == "Racing pads"
    assert [job["name"] for job in advisor.get(visit.services).get_json()["jobs"]] == [
        "Standard pads",
        "Ceramic pads",
        "Racing pads",
    ]

    assert advisor.delete(f"{visit.jobs}/{others[1]['id']}").status_code == 204
    assert check_sums(session, visit.appointment) == standard["totalCents"]
    assert advisor.delete(f"{visit.jobs}/{standard['id']}").status_code == 204
    assert check_sums(session, visit.appointment) == others[0]["totalCents"]
    (left,) = advisor.get(visit.services).get_json()["jobs"]
    assert (left["name"], left["choiceId"], left["isChosen"]) == ("Ceramic pads", None, True)


def test_jobs_are_put_in_order_and_lines_go_from_one_to_another(session, as_role, visit):
    jobs = [make_job(session, visit.appointment, name=name, sort_order=order) for order, name in enumerate("ABC")]
    advisor = as_role("Advisor")

    assert advisor.put(f"{visit.jobs}/order", json={"jobIds": [str(jobs[2].id), str(jobs[0].id)]}).status_code == 204
    assert [job["name"] for job in advisor.get(visit.services).get_json()["jobs"]] == ["C", "A", "B"]
    assert visit.appointment.services_summary == "C +2"
    strange = advisor.put(f"{visit.jobs}/order", json={"jobIds": [str(new_id())]})
    assert list(strange.get_json()["errors"]) == ["jobIds"]

    moved = advisor.patch(f"{visit.services}/{_line(session, jobs[1]).id}", json={"jobId": str(jobs[0].id)})
    assert moved.get_json()["jobId"] == str(jobs[0].id)
    assert check_sums(session, visit.appointment) == 300_00


def test_what_the_car_was_declined_comes_back_with_both_prices_and_is_taken_up_once(session, as_role, visit):
    canned = make_catalog_job(session)
    earlier = make_appointment(
        session,
        make_location(session),
        vehicle_id=visit.appointment.vehicle_id,
        starts_at=visit.appointment.starts_at.replace(month=3),
    )
    declined = make_job(
        session,
        earlier,
        approval=Approval.DECLINED,
        decline_reason="Waits for payday",
        catalog_id=canned.id,
        lines=[{"unit_price_cents": 200_00}],
    )
    by_hand = make_job(session, earlier, name="Wipers", approval=Approval.DECLINED, lines=[{"unit_price_cents": 40_00}])
    advisor = as_role("Advisor")

    listed = advisor.get(f"{visit.jobs}/declined").get_json()["items"]
    assert {(job["name"], job["declineReason"], job["priceThenCents"], job["priceNowCents"]) for job in listed} == {
        ("Front brake pads", "Waits for payday", 200_00, 286_34),
        ("Wipers", None, 40_00, 43_55),
    }
    assert {job["number"] for job in listed} == {earlier.number}

    revived = advisor.post(f"{visit.jobs}/revive", json={"jobId": str(declined.id)})
    assert (revived.status_code, revived.get_json()["revivedFromId"]) == (201, str(declined.id))
    assert check_sums(session, visit.appointment) == 286_34
    again = advisor.post(f"{visit.jobs}/revive", json={"jobId": str(declined.id)})
    assert (again.status_code, again.get_json()["code"]) == (409, "already_revived")
    assert [job["name"] for job in advisor.get(f"{visit.jobs}/declined").get_json()["items"]] == ["Wipers"]
    assert session.scalars(sa.select(AuditLog).where(AuditLog.action == EventType.JOB_REVIVED)).one()

    # Taken off again, it is declined work as before.
    advisor.delete(f"{visit.jobs}/{revived.get_json()['id']}")
    assert len(advisor.get(f"{visit.jobs}/declined").get_json()["items"]) == 2
    other_car = make_appointment(session, visit.location, starts_at=visit.appointment.starts_at.replace(day=3))
    strange = advisor.post(f"/api/appointments/{other_car.id}/jobs/revive", json={"jobId": str(by_hand.id)})
    assert strange.status_code == 404


def test_the_same_key_adds_a_job_once(session, as_role, visit):
    advisor = as_role("Advisor")
    answers = [advisor.post(visit.jobs, json={"name": "Brakes"}, headers={"Idempotency-Key": "one"}) for _ in range(2)]

    assert answers[0].get_json() == answers[1].get_json()
    assert session.scalar(sa.select(sa.func.count()).select_from(AppointmentJob)) == 1


def test_a_stale_delete_is_refused(session, as_role, visit):
    job = make_job(session, visit.appointment)
    line = _line(session, job)
    advisor = as_role("Advisor")
    advisor.patch(f"{visit.services}/{line.id}", json={"name": "Other pads"})
    advisor.patch(f"{visit.jobs}/{job.id}", json={"name": "Other brakes"})

    for path in (f"{visit.services}/{line.id}", f"{visit.jobs}/{job.id}"):
        assert advisor.delete(path, headers={"If-Match": '"1"'}).status_code == 409
        assert advisor.delete(path, headers={"If-Match": '"2"'}).status_code == 204
    assert check_sums(session, visit.appointment) == 0
