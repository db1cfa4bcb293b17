"""Consent over HTTP: what is shown, what staff may record, and that nobody at the shop undoes a STOP."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from backend.appointments.rules import Status
from backend.audit.models import AuditLog
from backend.consent import commands, queries
from backend.consent.commands import Evidence
from backend.consent.rules import ConsentKind, ConsentMethod, ReviewKind
from backend.core.actor import Actor, ActorKind
from backend.core.clock import utc_now
from tests.factories.appointments import make_appointment
from tests.factories.messages import PHONE, make_consent, make_message
from tests.factories.shop import make_location

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
CUSTOMER = Actor(ActorKind.CUSTOMER)
ASKED = {"phone": PHONE}

SAID = {
    "phone": PHONE,
    "kind": "express",
    "purpose": "informational",
    "wording": "Texts about my car.",
    "method": "counter",
}


def _stop(session):
    make_consent(session)
    commands.revoke(session, PHONE, ConsentMethod.STOP_KEYWORD, evidence=Evidence("STOP"), actor=CUSTOMER, now=NOW)


def _kinds(session):
    return [event.kind for event in queries.list_events(session, PHONE)]


def test_a_number_of_which_nothing_is_known_denies(as_role):
    answer = as_role("Tech").get("/api/consent", query_string=ASKED)

    assert answer.status_code == 200
    assert answer.get_json() == {
        "phone": PHONE,
        "informational": "unknown",
        "marketing": "unknown",
        "since": None,
        "method": None,
        "wording": None,
        "events": [],
        "reviews": [],
    }


def test_an_opted_out_number_says_since_when_and_by_what(session, as_role):
    _stop(session)

    shown = as_role("Advisor").get("/api/consent", query_string=ASKED).get_json()

    assert (shown["informational"], shown["marketing"]) == ("revoked", "revoked")
    assert (shown["since"], shown["method"], shown["wording"]) == ("2026-11-20T15:00:00Z", "stop_keyword", "STOP")
    assert [event["kind"] for event in shown["events"]] == ["revoked", "express"]


def test_staff_record_what_a_customer_said(session, as_role):
    advisor = as_role("Advisor")

    answer = advisor.post(
        "/api/consent",
        json={**SAID, "phone": "718 555 0142", "method": "phone_call", "note": "asked for texts"},
    )

    assert answer.status_code == 201
    shown = answer.get_json()
    assert (shown["phone"], shown["informational"], shown["method"]) == (PHONE, "express", "phone_call")
    assert shown["events"][0]["by"] == advisor.user.name
    assert shown["events"][0]["note"] == "asked for texts"


def test_what_was_said_at_another_location_is_shown_without_its_words(session, as_role):
    here, elsewhere = make_location(session), make_location(session)
    nobody = as_role("Advisor", locations=[here]).user
    said = {"wording": "I agree to texts", "note": "at the counter", "actor_id": nobody.id, "actor_name": "Ed"}
    make_consent(session, location_id=elsewhere.id, **said)

    def shown(location):
        return as_role("Advisor", locations=[location]).get("/api/consent", query_string=ASKED).get_json()

    theirs, others = shown(elsewhere), shown(here)
    assert (theirs["wording"], theirs["events"][0]["note"], theirs["events"][0]["by"]) == (
        "I agree to texts",
        "at the counter",
        "Ed",
    )
    assert (others["informational"], others["method"], others["wording"]) == ("express", "web_form", None)
    [event] = others["events"]
    assert (event["wording"], event["note"], event["by"]) == (None, None, None)


def test_staff_record_a_revocation_that_came_by_other_means(session, as_role):
    make_consent(session)

    answer = as_role("Advisor").post("/api/consent", json={"phone": PHONE, "kind": "revoked", "method": "phone_call"})

    assert answer.status_code == 201
    assert answer.get_json()["informational"] == "revoked"


@pytest.mark.parametrize("kind", ["express", "express_written"])
@pytest.mark.parametrize("method", ["signed_form", "counter", "phone_call", "email", "staff"])
@pytest.mark.parametrize("role", ["Owner", "Advisor"])
def test_no_staff_action_undoes_a_stop(session, as_role, role, method, kind):
    _stop(session)
    body = {**SAID, "kind": kind, "method": method}

    answer = as_role(role).post("/api/consent", json=body)

    assert answer.status_code == 409
    problem = answer.get_json()
    assert (problem["code"], problem["at"], problem["method"]) == ("opted_out", "2026-11-20T15:00:00Z", "stop_keyword")
    assert "START" in problem["detail"]
    assert _kinds(session) == ["revoked", "express"]


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "restored"},
        {"kind": "conversational"},
        {"kind": "provider_blocked"},
        {"method": "start_keyword"},
        {"method": "stop_keyword"},
        {"method": "web_form"},
        {"method": "inbound_text"},
        {"phone": "12"},
        {"kind": "express_written", "wording": None},
        {"purpose": "everything"},
        {"at": "2026-01-01T00:00:00Z"},
    ],
)
def test_what_staff_can_not_record(session, as_role, changes):
    _stop(session)
    body = {**SAID, **changes}

    answer = as_role("Owner").post("/api/consent", json=body)

    assert answer.status_code == 422
    assert _kinds(session) == ["revoked", "express"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"purpose": None}, "purpose"), ({"purpose": "marketing"}, "purpose"), ({"wording": None}, "wording")],
)
def test_consent_says_what_it_is_for_and_its_words_or_is_refused(session, as_role, changes, field):
    answer = as_role("Advisor").post("/api/consent", json={**SAID, **changes})

    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field])
    assert _kinds(session) == []


@pytest.mark.parametrize("role", ["Tech", "Accountant"])
def test_who_may_not_send_records_nothing(session, as_role, role):
    answer = as_role(role).post("/api/consent", json=SAID)

    assert answer.status_code == 403
    assert _kinds(session) == []


# --- reviews ----------------------------------------------------------------------------------------


@pytest.fixture
def asked(session):
    """Two locations, each with a question about a reply; returns the locations."""
    locations = []
    for number in ("+17185550101", "+17185550102"):
        location = make_location(session)
        message = make_message(session, make_appointment(session, location), phone=number, body="please stop the work")
        commands.open_review(
            session,
            number,
            ReviewKind.OPT_OUT_OR_JOB,
            message_id=message.id,
            location_id=location.id,
            actor=CUSTOMER,
            now=NOW,
        )
        locations.append(location)
    return locations


def test_reviews_are_listed_where_one_works(session, as_role, asked):
    here, elsewhere = asked
    advisor = as_role("Advisor", locations=[here])

    [item] = advisor.get("/api/consent/reviews").get_json()["items"]

    assert (item["phone"], item["text"], item["kind"]) == ("+17185550101", "please stop the work", "opt_out_or_job")
    assert item["dueAt"] == "2026-12-08T05:00:00Z"
    assert advisor.get("/api/consent/reviews", query_string={"locationId": str(elsewhere.id)}).status_code == 404
    assert len(as_role("Owner").get("/api/consent/reviews").get_json()["items"]) == 2


def test_a_review_of_elsewhere_is_not_there(session, as_role, asked):
    here, elsewhere = asked
    [review] = queries.list_open_reviews(session, (elsewhere.id,))

    answer = as_role("Advisor", locations=[here]).post(
        f"/api/consent/reviews/{review.id}/decide", json={"decision": "opt_out"}
    )

    assert answer.status_code == 404
    assert queries.has_open_review(session, review.phone)
    assert queries.find_consent(session, review.phone) is None


@pytest.fixture
def canceled(session):
    """A visit to come whose customer texted CANCEL; returns it and what is asked."""
    location = make_location(session)
    visit = make_appointment(session, location, starts_at=utc_now() + timedelta(days=1))
    message = make_message(session, visit, phone=PHONE, body="CANCEL")
    how = {"message_id": message.id, "location_id": location.id, "actor": CUSTOMER, "now": NOW}
    commands.open_review(session, PHONE, ReviewKind.CANCEL_APPOINTMENT, **how)
    [review] = queries.list_open_reviews(session, (location.id,))
    return visit, review


def _decide(client, review, decision="both", reason="The customer texted CANCEL."):
    body = {"decision": decision, **({"cancelAppointment": {"reason": reason}} if reason else {})}
    return client.post(f"/api/consent/reviews/{review.id}/decide", json=body)


def test_a_cancel_that_meant_the_visit_cancels_it_in_one_step(session, as_role, canceled):
    visit, review = canceled
    advisor = as_role("Advisor")
    [shown] = advisor.get("/api/consent/reviews").get_json()["items"]
    assert (shown["appointmentNumber"], shown["appointmentStatus"]) == (visit.number, "SCHEDULED")

    answer = _decide(advisor, review)

    assert (answer.status_code, answer.get_json()["decision"]) == (200, "both")
    session.expire_all()
    assert visit.status == "CANCELED"
    row = session.scalars(sa.select(AuditLog).where(AuditLog.action == "appointment.status_changed")).one()
    assert (row.reason, row.actor_id) == ("The customer texted CANCEL.", advisor.user.id)


def test_kept_visits_stay(session, as_role, canceled):
    visit, review = canceled

    assert _decide(as_role("Advisor"), review, "opt_out", reason=None).status_code == 200
    session.expire_all()
    assert visit.status == "SCHEDULED"


def test_a_visit_that_has_begun_is_not_canceled_by_the_way(session, as_role, canceled):
    visit, review = canceled
    visit.status, visit.check_in_at = Status.IN_PROGRESS, NOW

    answer = _decide(as_role("Advisor"), review)

    assert (answer.status_code, answer.get_json()["code"]) == (409, "visit_begun")
    session.expire_all()
    assert queries.get_review(session, review.id).decided_at is None


def test_only_what_meant_both_cancels_a_visit(session, as_role, canceled, asked):
    _, review = canceled
    advisor = as_role("Advisor")
    [other] = queries.list_open_reviews(session, (asked[0].id,))

    for one, decision in ((review, "opt_out"), (other, "both")):
        answer = _decide(advisor, one, decision)
        assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["cancelAppointment"])
    assert queries.find_consent(session, other.phone) is None


def test_of_two_who_decide_the_second_is_told_who_was_first(session, as_role, asked):
    [review] = queries.list_open_reviews(session, (asked[0].id,))
    first, second = as_role("Advisor"), as_role("Owner")
    path = f"/api/consent/reviews/{review.id}/decide"

    decided = first.post(path, json={"decision": "about_the_job"})
    refused = second.post(path, json={"decision": "opt_out"})

    assert (decided.status_code, decided.get_json()["decidedBy"]) == (200, first.user.name)
    assert refused.status_code == 409
    assert (refused.get_json()["code"], refused.get_json()["decision"]) == ("review_decided", "about_the_job")
    assert first.user.name in refused.get_json()["detail"]
    assert queries.find_consent(session, review.phone) is None


def test_with_messaging_switched_off_none_of_it_is_there(session, app, as_role, monkeypatch):
    monkeypatch.setitem(app.config, "KEYTAG_FLAGS", replace(app.config["KEYTAG_FLAGS"], messaging=False))

    owner = as_role("Owner")
    assert owner.get("/api/consent", query_string=ASKED).get_json()["code"] == "feature_off"
    assert owner.get("/api/consent/reviews").get_json()["code"] == "feature_off"


def test_what_is_recorded_is_audited(session, as_role):
    as_role("Advisor").post("/api/consent", json=SAID)

    row = session.execute(sa.text("SELECT action, changes FROM audit_logs WHERE entity = 'consent'")).one()
    assert row.action == "consent.changed"
    assert row.changes["informational"] == ["unknown", "express"]
    assert ConsentKind.EXPRESS.value in session.scalar(sa.text("SELECT reason FROM audit_logs WHERE entity='consent'"))
