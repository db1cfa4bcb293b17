"""Previews over HTTP."""

from datetime import timedelta

import pytest

from tests.factories.appointments import START, make_appointment

ADDRESS = "/api/appointments"


def test_a_preview_says_what_a_drag_would_hit_and_changes_nothing(session, shop, advisor, technician, everything):
    dragged = make_appointment(session, shop.here, tech_id=technician.id, bay_id=shop.bay.id)
    other = make_appointment(session, shop.here, tech_id=technician.id, starts_at=START + timedelta(hours=2))
    session.commit()
    before = everything()

    def preview(**body):
        answer = advisor.post(f"{ADDRESS}/preview", json=body)
        assert answer.status_code == 200, answer.text
        return [(item["number"], item["kind"]) for item in answer.get_json()["collisions"]]

    moved = {"start": "2026-11-20T12:30", "end": "2026-11-20T13:30"}
    assert preview(appointmentId=str(dragged.id), **moved) == [(other.number, "technician")]
    assert preview(appointmentId=str(dragged.id), start="2026-11-20T10:30", end="2026-11-20T11:30") == []
    assert preview(appointmentId=str(dragged.id), techId=None, **moved) == []
    assert preview(locationId=str(shop.here.id), techId=str(technician.id), **moved) == [(other.number, "technician")]
    assert preview(locationId=str(shop.here.id), **moved) == []
    assert everything() == before


@pytest.mark.parametrize(
    "body",
    [
        {"start": "2026-11-20T10:00", "end": "2026-11-20T10:00"},
        {"start": "2026-03-08T02:30", "end": "2026-03-08T04:00"},
        {"start": "2026-11-20T10:00"},
        {"start": "2026-11-20T10:00", "end": "2027-11-20T10:00"},
    ],
)
def test_a_preview_of_an_impossible_time_is_422(shop, advisor, body):
    assert advisor.post(f"{ADDRESS}/preview", json={"locationId": str(shop.here.id), **body}).status_code == 422
