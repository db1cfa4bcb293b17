import pytest
import sqlalchemy as sa

from backend.audit.models import AuditLog
from backend.core.events import EventType
from backend.services.models import AppointmentService
from tests.factories.appointments import make_appointment
from tests.factories.catalog import make_catalog_job, make_rates
from tests.factories.shop import make_location

JOBS = "/api/catalog/jobs"
RATES = "/api/catalog/rates"
FLUSH = {
    "name": "Brake fluid flush",
    "category": "Fluids",
    "durationMinutes": 45,
    "lines": [
        {"kind": "labor", "name": "Flush", "hours": "0.7", "taxClass": "labor"},
        {"kind": "part", "name": "DOT 4", "unitPriceCents": 24_00, "unitCostCents": 9_00, "taxClass": "parts"},
    ],
}


def test_a_canned_job_is_made_found_by_words_changed_and_taken_away(session, as_role):
    location = make_location(session)
    make_rates(session, location)
    advisor = as_role("Advisor")

    made = advisor.post(JOBS, json=FLUSH)
    assert made.status_code == 201, made.text
    (found,) = advisor.get(f"{JOBS}?q=fluid+brake").get_json()["items"]
    assert (found["name"], found["priceCents"], found["lines"][0]["hours"]) == ("Brake fluid flush", 125_50, "0.7")
    assert advisor.get(f"{JOBS}?q=rotor").get_json()["items"] == []

    path = f"{JOBS}/{found['id']}"
    lines = [{**FLUSH["lines"][0], "hours": "1"}]
    changed = advisor.patch(path, json={"lines": lines, "isActive": False, "version": 1}).get_json()
    assert (changed["version"], changed["isActive"], [line["hours"] for line in changed["lines"]]) == (2, False, ["1"])
    assert advisor.get(JOBS).get_json()["items"] == []
    assert len(advisor.get(f"{JOBS}?all=true").get_json()["items"]) == 1
    told = session.scalars(sa.select(AuditLog).where(AuditLog.action == EventType.CATALOG_JOB_CHANGED)).one()
    assert [line["name"] for line in told.changes["lines"][0]] == ["Flush", "DOT 4"]

    assert advisor.delete(path, headers={"If-Match": '"1"'}).status_code == 409
    assert advisor.delete(path, headers={"If-Match": '"2"'}).status_code == 204
    assert advisor.patch(path, json={"name": "x"}).status_code == 404
    assert advisor.post(JOBS, json=FLUSH).status_code == 201


def test_two_jobs_of_one_name_are_refused_and_two_editors_see_both_values(session, as_role):
    make_location(session)
    job = make_catalog_job(session)
    advisor, other = as_role("Advisor"), as_role("Owner")

    taken = advisor.post(JOBS, json={**FLUSH, "name": "front BRAKE pads"})
    assert (taken.status_code, taken.get_json()["code"]) == (409, "catalog_name_taken")
    assert other.patch(f"{JOBS}/{job.id}", json={"durationMinutes": 60, "version": 1}).status_code == 200
    assert advisor.patch(f"{JOBS}/{job.id}", json={"category": "Safety", "version": 1}).status_code == 200
    clash = advisor.patch(f"{JOBS}/{job.id}", json={"durationMinutes": 75, "version": 1})
    assert clash.status_code == 409
    (conflict,) = clash.get_json()["conflicts"]
    assert (conflict["field"], conflict["yours"], conflict["theirs"]) == ("durationMinutes", 75, 60)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"kind": "labor", "name": "x", "taxClass": "labor"}, "lines.0.hours"),
        ({"kind": "part", "name": "x", "taxClass": "parts"}, "lines.0.unitPriceCents"),
        ({"kind": "part", "name": "x", "taxClass": "parts", "unitPriceCents": 1.5}, "lines.0.unitPriceCents"),
        ({"kind": "labor", "name": "x", "hours": "1", "isFlat": True, "taxClass": "labor"}, "lines.0.unitPriceCents"),
        ({"kind": "fee", "name": "x", "taxClass": "none", "unitPriceCents": 1}, "lines.0.taxClass"),
    ],
)
def test_a_line_that_could_not_be_sold_is_named(session, as_role, line, field):
    make_location(session)
    answer = as_role("Advisor").post(JOBS, json={**FLUSH, "lines": [line]})

    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == [field]


def test_open_visits_keep_their_lines_whatever_the_catalogue_and_the_rates_say_later(session, as_role):
    location = make_location(session)
    make_rates(session, location)
    visit = make_appointment(session, location)
    canned = make_catalog_job(session)
    advisor = as_role("Advisor")
    advisor.post(f"/api/appointments/{visit.id}/jobs", json={"catalogId": str(canned.id)})
    before = session.execute(sa.select(AppointmentService.price_cents, AppointmentService.tax_cents)).all()

    dearer = [{"kind": "labor", "name": "Pads", "hours": "5", "taxClass": "labor"}]
    assert advisor.patch(f"{JOBS}/{canned.id}", json={"lines": dearer}).status_code == 200
    rates = {
        "laborRates": [{"name": "Standard", "hourCents": 200_00, "isDefault": True}],
        "taxRates": {"labor": "1000"},
    }
    changed = advisor.put(RATES, json=rates)
    assert changed.status_code == 200, changed.text

    assert session.execute(sa.select(AppointmentService.price_cents, AppointmentService.tax_cents)).all() == before
    session.refresh(visit)
    assert visit.total_cents == sum(price + tax for price, tax in before)


def test_rates_are_replaced_as_a_whole_and_two_editors_are_told(session, as_role):
    location = make_location(session)
    make_rates(session, location)
    advisor, owner = as_role("Advisor"), as_role("Owner")
    seen = advisor.get(RATES).get_json()
    assert (seen["version"], seen["taxRates"]["labor"], seen["laborRates"][0]["hourCents"]) == (1, "887.5", 145_00)

    matrix = [
        {"name": "Standard", "hourCents": 150_00, "isDefault": True},
        {"name": "Standard", "fromHours": "3", "hourCents": 140_00, "isDefault": True},
        {"name": "Diesel", "hourCents": 180_00},
    ]
    assert owner.put(RATES, json={"laborRates": matrix, "version": 1}).get_json()["version"] == 2
    taxes = advisor.put(RATES, json={"taxRates": {"parts": "830"}, "version": 1})
    assert (taxes.status_code, taxes.get_json()["taxRates"], len(taxes.get_json()["laborRates"])) == (
        200,
        {"parts": "830"},
        3,
    )
    clash = advisor.put(RATES, json={"laborRates": matrix[:1], "version": 1})
    assert (clash.status_code, clash.get_json()["conflicts"][0]["field"]) == (409, "laborRates")
    told = session.scalars(sa.select(AuditLog).where(AuditLog.action == EventType.CATALOG_RATES_CHANGED)).all()
    assert {field for row in told for field in row.changes} == {"laborRates", "taxRates"}


@pytest.mark.parametrize(
    "matrix",
    [
        [{"name": "Standard", "hourCents": 1}],
        [{"name": "Standard", "hourCents": 1, "isDefault": True, "fromHours": "2"}],
        [{"name": "A", "hourCents": 1, "isDefault": True}, {"name": "A", "hourCents": 2, "isDefault": True}],
        [{"name": "A", "hourCents": 1, "isDefault": True}, {"name": "B", "hourCents": 2, "isDefault": True}],
    ],
)
def test_a_matrix_that_leaves_a_price_open_is_refused(session, as_role, matrix):
    make_location(session)
    answer = as_role("Advisor").put(RATES, json={"laborRates": matrix})

    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["laborRates"])


@pytest.mark.parametrize("role", ["Tech", "Accountant"])
def test_who_sells_nothing_reads_no_catalogue(session, as_role, role):
    make_location(session)
    person = as_role(role)

    for answer in (person.get(JOBS), person.get(RATES), person.post(JOBS, json=FLUSH), person.put(RATES, json={})):
        assert answer.status_code == 403
