import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
import sqlalchemy as sa

from backend.audit.models import AuditLog
from backend.books.models import DayClose
from backend.core.ids import new_id
from tests.documents.conftest import Read
from tests.factories.appointments import make_appointment
from tests.factories.shop import make_location


def show(client, day, **query):
    return client.get(f"/api/books/days/{day}", query_string=query)


def close(client, day, counted, **more):
    return client.post(f"/api/books/days/{day}/close", json={"counted": counted, **more})


def test_a_day_expects_by_method_what_came_less_what_went_back(as_role, location, entry, today):
    first = entry(100_00, today)
    entry(-100_00, today, reverses=first, kind="void")
    entry(50_00, today)
    card = entry(80_00, today, method="card")
    entry(-30_00, today, method="card", reverses=card, kind="refund")

    shown = show(as_role("Advisor"), today).get_json()

    methods = {one["method"]: one for one in shown["methods"]}
    assert [one["method"] for one in shown["methods"]] == ["cash", "card", "check", "ach", "other"]
    assert (methods["cash"]["receivedCents"], methods["cash"]["returnedCents"], methods["cash"]["expectedCents"]) == (
        150_00,
        100_00,
        50_00,
    )
    assert methods["card"]["expectedCents"] == 50_00
    assert methods["card"]["countedCents"] is None
    assert shown["slipCents"] == 50_00
    assert shown["isClosed"] is False
    assert shown["entries"] == 5
    assert shown["today"] == today.isoformat()


def test_a_day_says_what_may_still_bring_money(as_role, session, location, today):
    now = datetime.now(UTC)
    make_appointment(session, location, starts_at=now)
    make_appointment(session, location, starts_at=now, status="CANCELED")
    make_appointment(session, location, starts_at=now, deleted_at=now)
    make_appointment(session, location, starts_at=now + timedelta(days=1))
    make_appointment(session, make_location(session), starts_at=now)
    # Of cars that stay for days, that one which is promised for this day.
    came = {"starts_at": now - timedelta(days=3), "check_in_at": now - timedelta(days=3), "status": "IN_PROGRESS"}
    for promised_at in (None, now + timedelta(days=2), now):
        make_appointment(session, location, promised_at=promised_at, **came)

    shown = show(as_role("Advisor", [location]), today).get_json()

    assert shown["openVisits"] == 2
    closes = datetime.fromisoformat(shown["shopClosesAt"]).astimezone(ZoneInfo(location.timezone))
    assert (closes.date(), closes.time()) == (today, location.closes_at)


def test_a_difference_needs_a_note_and_is_kept_with_who_and_when(as_role, session, location, entry, today):
    entry(100_00, today)
    accountant = as_role("Accountant")

    refused = close(accountant, today, {"cash": 120_00})
    assert refused.status_code == 422
    assert "note" in refused.get_json()["errors"]

    closed = close(accountant, today, {"cash": 120_00}, note="A twenty lay under the till.")

    assert closed.status_code == 201, closed.text
    shown = closed.get_json()
    assert shown["isClosed"]
    assert shown["close"]["overShortCents"] == 20_00
    assert shown["close"]["closedBy"] == accountant.user.name
    cash = shown["methods"][0]
    assert (cash["expectedCents"], cash["countedCents"], cash["differenceCents"]) == (100_00, 120_00, 20_00)
    assert shown["slipCents"] == 120_00
    row = session.scalars(sa.select(AuditLog).where(AuditLog.action == "day.closed")).one()
    assert row.changes["overShortCents"] == [None, 20_00]
    assert row.reason == "A twenty lay under the till."
    assert row.location_id == location.id


def test_differences_that_cancel_each_other_need_a_note_too(as_role, entry, today):
    entry(100_00, today)
    entry(100_00, today, method="card")

    assert close(as_role("Owner"), today, {"cash": 120_00, "card": 80_00}).status_code == 422


def test_what_has_entries_must_be_counted(as_role, entry, today):
    entry(100_00, today)
    entry(10_00, today, method="check")

    answer = close(as_role("Owner"), today, {"cash": 100_00})

    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == ["counted.check"]


@pytest.mark.parametrize("amount", [1.5, "100", True, 1e3, 10**12, None])
def test_amounts_are_whole_cents(as_role, location, today, amount):
    assert close(as_role("Owner"), today, {"cash": amount}).status_code in {400, 422}


def test_a_day_is_closed_once(as_role, entry, today):
    owner = as_role("Owner")
    assert close(owner, today, {}).status_code == 201

    again = close(owner, today, {})

    assert again.status_code == 409
    assert again.get_json()["code"] == "already_closed"
    assert owner.user.name in again.get_json()["detail"]


def test_who_may_see_and_who_may_close(as_role, location, today):
    assert [show(as_role(role), today).status_code for role in ("Owner", "Advisor", "Accountant", "Tech")] == [
        200,
        200,
        200,
        403,
    ]
    assert close(as_role("Advisor"), today, {}).status_code == 403
    assert close(as_role("Tech"), today, {}).status_code == 403
    assert close(as_role("Accountant"), today, {}).status_code == 201


def test_another_locations_day_is_not_there(as_role, session, location, today):
    stranger = as_role("Owner", [make_location(session)])

    assert show(stranger, today, locationId=location.id).status_code == 404
    assert (
        stranger.post(
            f"/api/books/days/{today}/close", query_string={"locationId": location.id}, json={"counted": {}}
        ).status_code
        == 404
    )


def test_a_day_that_has_not_come_or_is_none_can_not_be_closed(as_role, location, today):
    assert close(as_role("Owner"), today + timedelta(days=1), {}).status_code == 422
    assert show(as_role("Owner"), "2026-02-30").status_code == 422
    assert show(as_role("Owner"), "yesterday").status_code == 422


def test_earlier_open_days_are_listed_and_not_jumped_over(as_role, session, entry, today):
    owner = as_role("Owner")
    entry(30_00, today - timedelta(days=3))
    entry(20_00, today - timedelta(days=1), method="card")
    entry(100_00, today)

    shown = show(owner, today).get_json()
    refused = close(owner, today, {"cash": 100_00})

    assert [(one["day"], one["expectedCents"], one["entries"]) for one in shown["earlierDays"]] == [
        ((today - timedelta(days=3)).isoformat(), 30_00, 1),
        ((today - timedelta(days=1)).isoformat(), 20_00, 1),
    ]
    assert refused.status_code == 409
    assert refused.get_json()["code"] == "earlier_days_open"
    assert refused.get_json()["days"] == [one["day"] for one in shown["earlierDays"]]

    closed = close(owner, today, {"cash": 130_00, "card": 20_00}, withEarlier=True)

    assert closed.status_code == 201, closed.text
    assert closed.get_json()["close"]["expected"] == {"cash": 130_00, "card": 20_00}
    earlier = show(owner, today - timedelta(days=3)).get_json()
    assert earlier["isClosed"]
    assert earlier["close"]["day"] == today.isoformat()


def test_a_close_that_was_looked_at_before_an_entry_came_in_is_refused(as_role, entry, today):
    owner = as_role("Owner")
    entry(100_00, today)
    seen = {"cash": 100_00, "card": 0}
    entry(5_00, today)

    answer = close(owner, today, {"cash": 100_00}, expected=seen, note="x")

    assert answer.status_code == 409
    assert answer.get_json()["code"] == "figures_changed"
    assert answer.get_json()["expected"] == {"cash": 105_00}
    assert close(owner, today, {"cash": 105_00}, expected={"cash": 105_00}).status_code == 201


def test_a_closed_day_takes_no_entry_and_can_not_be_changed(as_role, session, entry, visit, today):
    yesterday = today - timedelta(days=1)
    entry(100_00, yesterday)
    owner = as_role("Owner")
    assert close(owner, yesterday, {"cash": 100_00}).status_code == 201

    for day in (yesterday, yesterday - timedelta(days=30)):
        with pytest.raises(sa.exc.IntegrityError) as refused:
            entry(1_00, day)
        assert refused.value.orig.diag.constraint_name == "ck_payments_day_is_open"
        session.rollback()
    for statement in ("UPDATE day_closes SET note = 'x'", "DELETE FROM day_closes"):
        with pytest.raises(sa.exc.DBAPIError):
            session.execute(sa.text(statement))
        session.rollback()
    late = owner.post(
        f"/api/appointments/{visit.id}/payments",
        json={"amountCents": 5_00, "method": "cash", "accountingOn": yesterday.isoformat()},
        headers={"Idempotency-Key": str(new_id())},
    )
    assert late.status_code == 409
    assert late.get_json()["code"] == "day_closed"
    assert late.get_json()["openDay"] == today.isoformat()


def test_the_sheet_is_to_count_by_and_later_what_was_counted(as_role, entry, today):
    entry(100_00, today)
    accountant = as_role("Accountant")
    path = f"/api/books/days/{today}/sheet.pdf"

    before = Read(accountant.get(path).data).text
    assert "Not closed yet" in before
    assert "$100.00" in before

    close(accountant, today, {"cash": 120_00}, note="A twenty lay under the till.")

    after = Read(accountant.get(path).data).text
    assert f"Closed by {accountant.user.name}" in after
    assert "A twenty lay under the till." in after
    assert "$20.00" in after
    assert accountant.get(path, query_string={"paper": "a4"}).status_code == 200


def test_closes_are_listed_the_newest_first(as_role, today):
    owner = as_role("Owner")
    for days in (3, 2, 1):
        assert close(owner, today - timedelta(days=days), {}).status_code == 201

    page = owner.get("/api/books/days", query_string={"limit": 2}).get_json()
    rest = owner.get("/api/books/days", query_string={"limit": 2, "cursor": page["nextCursor"]}).get_json()

    assert [one["day"] for one in page["items"] + rest["items"]] == [
        (today - timedelta(days=days)).isoformat() for days in (1, 2, 3)
    ]
    assert rest["nextCursor"] is None


def test_a_payment_is_before_the_close_or_refused(as_role, app, session, database_url, location, visit, entry, today):
    """Twelve payments and a close at once: what the close expects is exactly what got in."""
    owner = as_role("Owner")
    entry(1_00, today)
    session.commit()
    gate = threading.Barrier(13)
    answers: list[int] = []

    def pay():
        client = app.test_client()
        gate.wait()
        answer = client.post(
            f"/api/appointments/{visit.id}/payments",
            json={"amountCents": 10_00, "method": "cash", "accountingOn": today.isoformat()},
            headers={"Authorization": f"Bearer {owner.token}", "Idempotency-Key": str(new_id())},
        )
        answers.append(answer.status_code)

    workers = [threading.Thread(target=pay) for _ in range(12)]
    for worker in workers:
        worker.start()
    gate.wait()
    closed = close(owner, today, {"cash": 0}, note="The test does not count.")
    for worker in workers:
        worker.join()

    assert closed.status_code == 201, closed.text
    session.expire_all()
    expected = session.scalars(sa.select(DayClose)).one().expected
    inside = answers.count(201)
    assert inside + answers.count(409) == 12
    ledger = session.scalar(
        sa.text("SELECT sum(amount_cents) FROM payments WHERE accounting_on = :day"), {"day": today}
    )
    assert expected == {"cash": 1_00 + 10_00 * inside}
    assert ledger == expected["cash"]


def test_an_entry_that_is_not_committed_yet_makes_the_close_wait_and_is_counted(
    as_role, session, database_url, location, visit, today
):
    owner = as_role("Owner")
    session.commit()
    connection = psycopg.connect(database_url.replace("+psycopg", ""))
    connection.execute(
        "INSERT INTO payments (id, location_id, appointment_id, kind, method, amount_cents, currency, accounting_on, created_at) "
        "VALUES (%s, %s, %s, 'payment', 'cash', 700, 'USD', %s, now())",
        (new_id(), location.id, visit.id, today),
    )
    answers = []
    closing = threading.Thread(target=lambda: answers.append(close(owner, today, {"cash": 7_00})))
    closing.start()
    closing.join(0.3)
    assert closing.is_alive()
    connection.commit()
    connection.close()
    closing.join(10)

    assert answers[0].status_code == 201, answers[0].text
    assert answers[0].get_json()["close"]["expected"] == {"cash": 7_00}


def test_eight_closes_at_once_are_one(as_role, app, session, location, entry, today):
    owner = as_role("Owner")
    entry(1_00, today)
    session.commit()
    gate = threading.Barrier(8)
    answers: list[int] = []

    def run():
        client = app.test_client()
        gate.wait()
        answer = client.post(
            f"/api/books/days/{today}/close",
            json={"counted": {"cash": 1_00}},
            headers={"Authorization": f"Bearer {owner.token}"},
        )
        answers.append(answer.status_code)

    workers = [threading.Thread(target=run) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(answers) == [201] + [409] * 7
