"""Two advisors at one visit: different lines are both kept, of one field both see both values, and the total is right."""

import threading

import sqlalchemy as sa

from backend.services.models import AppointmentJob, AppointmentService
from backend.services.rules import Approval
from tests.factories.appointments import make_appointment
from tests.factories.services import make_job
from tests.services.conftest import check_sums


def _all_at_once(app, session, people):
    """Send each person's requests, as (token, method, path, body), at one moment on connections of their own."""
    session.commit()
    gate = threading.Barrier(len(people))
    answers = [None] * len(people)

    def run(place, token, method, path, body):
        client = app.test_client()
        gate.wait()
        answers[place] = client.open(path, method=method, json=body, headers={"Authorization": f"Bearer {token}"})

    threads = [threading.Thread(target=run, args=(place, *person)) for place, person in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.expire_all()
    return answers


def test_edits_of_different_lines_and_fields_are_all_kept(app, session, as_role, visit):
    jobs = [make_job(session, visit.appointment, lines=[{}, {}]) for _ in range(4)]
    lines = session.scalars(sa.select(AppointmentService).order_by(AppointmentService.id)).all()
    tokens = [as_role("Advisor").token for _ in range(2)]
    people = [
        (tokens[place % 2], "PATCH", f"{visit.services}/{line.id}", {"unitPriceCents": 10_00 + place, "version": 1})
        for place, line in enumerate(lines)
    ]
    people += [(tokens[0], "PATCH", f"{visit.services}/{line.id}", {"notes": "Seen", "version": 1}) for line in lines]
    people += [(tokens[1], "PATCH", f"{visit.jobs}/{job.id}", {"description": "Worn", "version": 1}) for job in jobs]

    answers = _all_at_once(app, session, people)

    assert [answer.status_code for answer in answers] == [200] * len(people)
    assert [line.unit_price_cents for line in lines] == [10_00 + place for place in range(8)]
    assert {line.notes for line in lines} == {"Seen"}
    assert check_sums(session, visit.appointment) == sum(10_00 + place for place in range(8))


def test_of_one_field_one_edit_wins_and_the_other_sees_both_values(app, session, as_role, visit):
    job = make_job(session, visit.appointment)
    (line,) = session.scalars(sa.select(AppointmentService).where(AppointmentService.job_id == job.id))
    advisors = [as_role("Advisor") for _ in range(2)]
    people = [
        (advisor.token, "PATCH", f"{visit.services}/{line.id}", {"unitPriceCents": cents, "version": 1})
        for advisor, cents in zip(advisors, (70_00, 80_00), strict=True)
    ]

    answers = _all_at_once(app, session, people)

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    loser = answers[0] if answers[0].status_code == 409 else answers[1]
    (conflict,) = loser.get_json()["conflicts"]
    assert {conflict["yours"], conflict["theirs"]} == {70_00, 80_00}
    assert conflict["base"] == 100_00
    assert check_sums(session, visit.appointment) == line.unit_price_cents == conflict["theirs"]


def test_twenty_lines_added_at_once_are_all_there_and_summed(app, session, as_role, visit):
    token = as_role("Advisor").token
    body = {"kind": "fee", "name": "Fee", "unitPriceCents": 1_25}

    answers = _all_at_once(app, session, [(token, "POST", visit.services, body)] * 20)

    assert [answer.status_code for answer in answers] == [201] * 20
    assert check_sums(session, visit.appointment) == 20 * 1_25
    assert len(set(session.scalars(sa.select(AppointmentJob.sort_order)))) == 20


def test_a_declined_job_is_taken_up_by_one_of_many_visits(app, session, as_role, visit):
    earlier = make_appointment(
        session,
        visit.location,
        vehicle_id=visit.appointment.vehicle_id,
        starts_at=visit.appointment.starts_at.replace(month=4),
    )
    declined = make_job(session, earlier, approval=Approval.DECLINED)
    visits = [
        make_appointment(
            session,
            visit.location,
            vehicle_id=visit.appointment.vehicle_id,
            starts_at=visit.appointment.starts_at.replace(day=day),
        )
        for day in range(1, 7)
    ]
    token = as_role("Advisor").token
    people = [(token, "POST", f"/api/appointments/{one.id}/jobs/revive", {"jobId": str(declined.id)}) for one in visits]

    answers = _all_at_once(app, session, people)

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
