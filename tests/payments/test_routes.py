"""The ledger over HTTP: what is taken, what is refused and in which words, and who may give it back."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from backend.accounts import guards
from backend.accounts.models import User
from backend.audit.models import AuditLog
from backend.books.models import DayClose
from backend.core.clock import local_day, utc_now
from backend.outbox.models import OutboxEvent
from backend.payments.schemas import EnteredSchema, LedgerSchema
from tests.factories.shop import make_location
from tests.payments.conftest import key, make_visit, paid, pay

NEW_YORK = ZoneInfo("America/New_York")


def today():
    return local_day(utc_now(), NEW_YORK)


def close(session, location, day):
    user = session.scalars(sa.select(User).limit(1)).one()
    session.add(
        DayClose(
            location_id=location.id,
            day=day,
            expected={},
            counted={},
            over_short_cents=0,
            closed_at=utc_now(),
            closed_by=user.id,
        )
    )
    session.commit()


def _reverse(client, entry, what, headers=None, **body):
    return client.post(
        f"/api/payments/{entry['id']}/{what}", json={"reason": "wrong car", **body}, headers=headers or key()
    )


# --- finding the visit ----------------------------------------------------------------------------


def test_who_keeps_the_books_finds_a_visit_by_its_number(visit, as_role, session):
    accountant, elsewhere = as_role("Accountant"), as_role("Accountant", [make_location(session)])
    path = f"/api/payments/visits?number={visit.number}"

    (found,) = accountant.get(path).get_json()["items"]

    assert (found["id"], found["number"], found["status"]) == (str(visit.id), visit.number, visit.status)
    assert accountant.get(f"/api/appointments/{found['id']}/payments").status_code == 200
    assert accountant.get("/api/payments/visits?number=99999999").get_json() == {"items": [], "nextCursor": None}
    assert elsewhere.get(path).get_json()["items"] == []
    assert as_role("Tech").get(path).status_code == 403


# --- taking money -----------------------------------------------------------------------------------


def test_a_payment_is_entered_with_its_visit_and_told_to_everybody(visit, as_role, session, books):
    advisor = as_role("Advisor")
    entry = paid(advisor, visit, 40_00, method="check", note="For the pads", reference="No. 1042")

    assert EnteredSchema().validate(entry) == {}
    assert (entry["kind"], entry["method"], entry["amountCents"]) == ("payment", "check", 40_00)
    assert (entry["paidCents"], entry["balanceCents"], entry["invoice"]) == (40_00, 60_00, None)
    assert (entry["reference"], entry["by"]) == ("No. 1042", "Advisor of the test")
    assert entry["accountingOn"] == today().isoformat()
    assert books() == [40_00]
    audited = session.scalars(sa.select(AuditLog).where(AuditLog.action == "payment.recorded")).one()
    assert audited.changes["amountCents"] == [None, 40_00]
    assert session.scalar(sa.select(sa.func.count()).where(OutboxEvent.event == "payment.recorded")) == 1


def test_the_ledger_shows_everything_in_order(visit, as_role):
    accountant = as_role("Accountant")
    first = paid(accountant, visit, 40_00)
    assert _reverse(accountant, first, "void").status_code == 201
    ledger = accountant.get(f"/api/appointments/{visit.id}/payments").get_json()

    assert LedgerSchema().validate(ledger) == {}
    assert [entry["amountCents"] for entry in ledger["items"]] == [40_00, -40_00]
    assert ledger["items"][0]["reversal"] == "void"
    assert ledger["items"][1]["reversesId"] == first["id"]
    assert ledger["appointment"]["balanceCents"] == 100_00
    assert ledger["nextCursor"] is None


def test_without_a_key_nothing_is_entered_and_the_words_say_what_to_do(visit, as_role, books):
    advisor = as_role("Advisor")
    answer = advisor.post(f"/api/appointments/{visit.id}/payments", json={"amountCents": 1, "method": "cash"})

    assert answer.status_code == 400
    assert answer.get_json()["code"] == "idempotency_key_required"
    assert "Idempotency-Key" in answer.get_json()["errors"]
    assert books() == [0]


def test_a_key_stands_for_one_request(visit, as_role, books):
    advisor = as_role("Advisor")
    headers = key()
    first = pay(advisor, visit, 40_00, headers=headers)
    again = pay(advisor, visit, 40_00, headers=headers)
    other = pay(advisor, visit, 50_00, headers=headers)

    assert first.get_json() == again.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency_key_reused")
    assert books() == [40_00]


@pytest.mark.parametrize(
    "raw",
    [
        "12.5",
        "100.0",
        "1e2",
        "NaN",
        "Infinity",
        "1e400",
        '"100"',
        '"١٢"',
        "-5",
        "0",
        "100000001",
        "9" * 40,
        "true",
        "null",
    ],
)
def test_what_is_no_amount_is_refused_with_its_field(visit, as_role, books, raw):
    answer = as_role("Advisor").post(
        f"/api/appointments/{visit.id}/payments",
        data=f'{{"amountCents": {raw}, "method": "cash"}}',
        content_type="application/json",
        headers=key(),
    )

    # What is no JSON at all has no field to mark.
    assert answer.status_code == (400 if raw in {"NaN", "Infinity", "1e400"} else 422), answer.text
    if answer.status_code == 422:
        assert list(answer.get_json()["errors"]) == ["amountCents"]
    assert books() == [0]


def test_more_than_is_owed_is_taken_only_on_purpose(visit, as_role, books):
    advisor = as_role("Advisor")
    refused = pay(advisor, visit, 130_00).get_json()

    assert (refused["code"], refused["balanceCents"]) == ("overpayment", 100_00)
    assert refused["detail"] == "$100.00 is owed, this is $30.00 more. Enter $100.00, or confirm the overpayment."
    assert books() == [0]
    assert paid(advisor, visit, 130_00, allowOverpayment=True)["balanceCents"] == -30_00
    assert pay(advisor, visit, 1).get_json()["detail"].startswith("Nothing is owed on this visit.")


def test_a_canceled_visit_takes_money_only_on_purpose(session, location, as_role):
    visit = make_visit(session, location, status="CANCELED")
    advisor = as_role("Advisor")

    assert pay(advisor, visit, 20_00).get_json()["code"] == "visit_canceled"
    assert paid(advisor, visit, 20_00, allowOverpayment=True)["paidCents"] == 20_00


def test_who_may_do_what(session, visit, as_role, location):
    people = {role: as_role(role) for role in ("Owner", "Advisor", "Tech", "Accountant")}
    entry = paid(people["Advisor"], visit, 10_00)

    for role, may_pay, may_reverse in (
        ("Owner", True, True),
        ("Advisor", True, False),
        ("Tech", False, False),
        ("Accountant", True, True),
    ):
        assert (pay(people[role], visit, 5_00).status_code == 201) is may_pay, role
        assert (_reverse(people[role], entry, "refund", amountCents=1_00).status_code == 201) is may_reverse, role
        seen = people[role].get(f"/api/appointments/{visit.id}/payments").status_code
        assert seen == (403 if role == "Tech" else 200), role
    stranger = as_role("Owner", [make_location(session, name="Mesa")])
    assert pay(stranger, visit, 5_00).status_code == 404
    assert _reverse(stranger, entry, "void").status_code == 404


# --- giving it back -----------------------------------------------------------------------------------


def test_a_void_takes_a_payment_back_whole_and_once(visit, as_role, books, session):
    accountant = as_role("Accountant")
    entry = paid(accountant, visit, 40_00, method="card")
    void = _reverse(accountant, entry, "void").get_json()

    assert (void["kind"], void["method"], void["amountCents"], void["note"]) == ("void", "card", -40_00, "wrong car")
    assert _reverse(accountant, entry, "void").get_json()["code"] == "already_voided"
    assert _reverse(accountant, entry, "refund").get_json()["code"] == "already_voided"
    assert _reverse(accountant, void, "void").get_json()["code"] == "not_reversible"
    assert _reverse(accountant, void, "refund").get_json()["code"] == "not_reversible"
    assert books() == [0]
    assert session.scalars(sa.select(AuditLog.reason).where(AuditLog.action == "payment.voided")).one() == "wrong car"


def test_refunds_go_up_to_what_is_left(visit, as_role, books):
    accountant = as_role("Accountant")
    entry = paid(accountant, visit, 40_00)
    assert _reverse(accountant, entry, "refund", amountCents=15_00).status_code == 201
    too_large = _reverse(accountant, entry, "refund", amountCents=25_01).get_json()

    assert (too_large["code"], too_large["leftCents"]) == ("refund_too_large", 25_00)
    assert too_large["detail"] == "Only $25.00 of this payment is left to refund."
    assert _reverse(accountant, entry, "void").get_json()["code"] == "not_reversible"
    assert _reverse(accountant, entry, "refund").get_json()["amountCents"] == -25_00
    assert _reverse(accountant, entry, "refund").get_json()["detail"] == "It was refunded already."
    assert books() == [0]


def test_a_reason_is_asked_for(visit, as_role):
    accountant = as_role("Accountant")
    entry = paid(accountant, visit, 40_00)

    assert list(_reverse(accountant, entry, "void", reason=" ").get_json()["errors"]) == ["reason"]


# --- days -----------------------------------------------------------------------------------------------


def test_an_entry_stands_in_the_books_of_the_open_day(session, visit, location, as_role):
    accountant = as_role("Accountant")
    yesterday = today() - timedelta(days=1)
    assert paid(accountant, visit, 1_00, accountingOn=yesterday.isoformat())["accountingOn"] == yesterday.isoformat()
    close(session, location, yesterday)

    refused = pay(accountant, visit, 1_00, accountingOn=yesterday.isoformat()).get_json()
    assert (refused["code"], refused["openDay"]) == ("day_closed", today().isoformat())
    late = paid(accountant, visit, 1_00, forDay=yesterday.isoformat())
    assert (late["accountingOn"], late["forDay"]) == (today().isoformat(), yesterday.isoformat())
    tomorrow = (today() + timedelta(days=1)).isoformat()
    for field in ("accountingOn", "forDay"):
        assert list(pay(accountant, visit, 1_00, **{field: tomorrow}).get_json()["errors"]) == [field]


def test_before_the_first_close_an_entry_is_at_most_a_month_old(session, visit, location, as_role):
    advisor = as_role("Advisor")
    oldest = today() - timedelta(days=31)
    assert paid(advisor, visit, 1_00, accountingOn=oldest.isoformat())["accountingOn"] == oldest.isoformat()
    for day in (oldest - timedelta(days=1), date(2000, 1, 1)):
        refused = pay(advisor, visit, 1_00, accountingOn=day.isoformat())
        assert (refused.status_code, list(refused.get_json()["errors"])) == (422, ["accountingOn"])


def test_only_a_closed_day_has_late_entries(session, visit, location, as_role):
    advisor = as_role("Advisor")
    yesterday = today() - timedelta(days=1)
    refused = pay(advisor, visit, 1_00, forDay=yesterday.isoformat()).get_json()
    assert "are open" in refused["errors"]["forDay"][0]
    close(session, location, yesterday)

    assert paid(advisor, visit, 1_00, forDay=yesterday.isoformat())["forDay"] == yesterday.isoformat()
    assert list(pay(advisor, visit, 1_00, forDay=today().isoformat()).get_json()["errors"]) == ["forDay"]


def test_after_the_close_of_today_it_is_tomorrows(session, visit, location, as_role):
    accountant = as_role("Accountant")
    entry = paid(accountant, visit, 40_00)
    close(session, location, today())
    tomorrow = (today() + timedelta(days=1)).isoformat()

    assert paid(accountant, visit, 1_00)["accountingOn"] == tomorrow
    assert _reverse(accountant, entry, "void").get_json()["accountingOn"] == tomorrow


def test_the_day_is_the_locations(session, as_role, monkeypatch):
    # 23:30 in Phoenix is the next day in New York.
    monkeypatch.setattr(guards, "utc_now", lambda: datetime(2026, 11, 21, 6, 30, tzinfo=UTC))
    visit = make_visit(session, make_location(session, name="Mesa", timezone="America/Phoenix"))

    assert paid(as_role("Advisor"), visit, 1_00)["accountingOn"] == "2026-11-20"


@pytest.mark.parametrize(("days", "is_replayed"), [(6, True), (8, False)])
def test_the_key_of_a_payment_is_good_for_seven_days(visit, as_role, books, session, days, is_replayed):
    advisor, headers = as_role("Advisor"), key()
    first = paid(advisor, visit, 10_00, headers=headers)
    session.execute(
        sa.text("UPDATE idempotency_keys SET kept_until = kept_until - :gone"), {"gone": timedelta(days=days)}
    )
    again = paid(advisor, visit, 10_00, headers=headers)

    assert (again["id"] == first["id"]) is is_replayed
    assert books() == [10_00 if is_replayed else 20_00]


# --- a visit that is deleted ---------------------------------------------------------------------------


def test_a_visit_with_money_is_not_deleted(visit, as_role, session):
    owner = as_role("Owner")
    deposit = paid(owner, visit, 40_00)
    refused = owner.delete(f"/api/appointments/{visit.id}")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "has_money")

    assert _reverse(owner, deposit, "void").status_code == 201
    assert owner.delete(f"/api/appointments/{visit.id}").status_code == 204


def test_an_invoiced_visit_is_not_deleted(visit, as_role):
    owner = as_role("Owner")
    invoice = owner.post(f"/api/appointments/{visit.id}/invoice").get_json()
    assert owner.delete(f"/api/appointments/{visit.id}").get_json()["code"] == "has_money"

    assert owner.post(f"/api/invoices/{invoice['id']}/unlock", json={"reason": "Not his"}).status_code == 200
    assert owner.delete(f"/api/appointments/{visit.id}").status_code == 204


def test_what_was_taken_for_a_deleted_visit_goes_back(visit, as_role, session, books):
    """The card processor may tell of money after the visit is gone, and older rows may have both."""
    accountant = as_role("Accountant")
    first, second = paid(accountant, visit, 40_00), paid(accountant, visit, 60_00)
    session.execute(sa.text("UPDATE appointments SET deleted_at = now()"))
    session.commit()

    ledger = accountant.get(f"/api/appointments/{visit.id}/payments").get_json()
    assert [entry["amountCents"] for entry in ledger["items"]] == [40_00, 60_00]
    assert _reverse(accountant, first, "void").status_code == 201
    assert _reverse(accountant, second, "refund").get_json()["paidCents"] == 0
    unlocked = accountant.post(f"/api/invoices/{ledger['invoice']['id']}/unlock", json={"reason": "Deleted"})
    assert unlocked.status_code == 200, unlocked.text
    assert books() == [0]


# --- what the database itself refuses ------------------------------------------------------------------

TOO_MUCH_BACK = """
    INSERT INTO payments (id, location_id, appointment_id, kind, method, amount_cents, currency, reverses_id, accounting_on, created_at)
    SELECT gen_random_uuid(), location_id, appointment_id, 'refund', method, -amount_cents - 1, currency, id, accounting_on, created_at
      FROM payments
"""


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE payments SET amount_cents = 1", None),
        ("DELETE FROM payments", None),
        ("TRUNCATE payments CASCADE", None),
        (
            TOO_MUCH_BACK,
            "ck_payments_reversals_within_the_original",
        ),
    ],
    ids=["update", "delete", "truncate", "too much back"],
)
def test_the_ledger_only_grows(visit, as_role, session, books, statement, constraint):
    paid(as_role("Advisor"), visit, 40_00)

    with pytest.raises(sa.exc.DBAPIError) as refused:
        session.execute(sa.text(statement))
    assert constraint is None or constraint == refused.value.orig.diag.constraint_name
    session.rollback()
    assert books() == [40_00]


def test_the_ledger_says_in_whose_books_money_goes_now(visit, location, as_role, session):
    advisor = as_role("Advisor")

    def books_day():
        return advisor.get(f"/api/appointments/{visit.id}/payments").get_json()["appointment"]["booksDay"]

    assert books_day() == today().isoformat()
    close(session, location, today())
    assert books_day() == paid(advisor, visit)["accountingOn"] == (today() + timedelta(days=1)).isoformat()
