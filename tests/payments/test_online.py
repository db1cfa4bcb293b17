"""Paying by card on the customer's page, against a processor over real HTTP."""

from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.audit.models import AuditLog
from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.core.ids import new_id
from backend.payments import commands, flows, tasks
from backend.payments.models import CardRefund, Payment
from backend.payments.providers import Processor
from backend.payments.rules import (
    NothingOwedError,
    OverpaymentError,
    ProcessorRefusedError,
    ProcessorUnavailableError,
    Told,
    read_refund,
)
from backend.settings import load_settings
from tests.factories.shop import make_location
from tests.payments.conftest import all_at_once, key, make_visit, paid

BACK = "http://127.0.0.1:8080/visit"


@pytest.fixture
def settings(environment, cards):
    return load_settings(environment)


@pytest.fixture
def checkout(settings, session):
    """Return `checkout(visit, cents=None)`: open a page where its customer pays."""

    def start(visit, cents=None):
        session.commit()
        return flows.start_checkout(
            settings, visit.id, link_visit_id=None, amount_cents=cents, back_to=BACK, now=utc_now()
        )

    return start


@pytest.fixture
def asked(settings, cards):
    """Return `asked()`: what becomes of the newest page when the processor is asked about it."""
    processor = Processor(settings)

    def ask():
        return flows.settle(processor, cards.ask("/control/state")["pages"][-1]["id"], utc_now())

    return ask


@pytest.fixture
def configured(settings):
    """Let this process's tasks ask the simulator."""
    tasks.configure(settings)
    yield
    tasks.configure(None)


def _pages(cards):
    return cards.ask("/control/state")["pages"]


def _pay(cards):
    page = _pages(cards)[-1]
    cards.tell("/control/pay", id=page["id"])
    return page


def test_a_page_is_opened_for_all_that_is_owed_and_paid_once(visit, checkout, cards, asked, as_role, books):
    paid(as_role("Advisor"), visit, 30_00)
    url = checkout(visit)
    assert url.startswith(cards.url)
    assert asked() is Told.OPEN
    page = _pay(cards)
    assert page["amount_total"] == 70_00
    assert page["success_url"] == BACK + "?paid=1"

    assert [asked() for _ in range(3)] == [Told.DONE, Told.KNOWN, Told.KNOWN]
    assert books() == [100_00]
    ledger = as_role("Advisor").get(f"/api/appointments/{visit.id}/payments").get_json()
    assert (ledger["items"][1]["isOnline"], ledger["items"][1]["method"]) == (True, "card")
    assert ledger["invoice"]["isLocked"]


def test_the_customer_pays_and_the_invoice_issues_itself(visit, checkout, cards, asked, session):
    checkout(visit)
    _pay(cards)
    asked()

    actions = ("payment.recorded", "invoice.issued")
    rows = session.execute(
        sa.select(AuditLog.action, AuditLog.actor_kind).where(AuditLog.action.in_(actions)).order_by(AuditLog.id)
    )
    assert [tuple(row) for row in rows] == [("payment.recorded", "customer"), ("invoice.issued", "system")]


def test_two_windows_are_one_page(visit, checkout, cards):
    assert checkout(visit) == checkout(visit)
    assert len(_pages(cards)) == 1


def _statuses(cards):
    return [page["status"] for page in _pages(cards)]


@pytest.mark.parametrize("why", ["an old page", "another amount"])
def test_of_two_pages_one_takes_money(visit, checkout, cards, session, why):
    first = checkout(visit)
    if why == "an old page":
        session.execute(sa.text("UPDATE checkouts SET created_at = created_at - interval '31 minutes'"))
        session.commit()
    second = checkout(visit, 100_00 if why == "an old page" else 60_00)

    assert first != second
    assert _statuses(cards) == ["expired", "open"]


def test_a_page_that_the_processor_does_not_know_stands_in_nobodys_way(visit, checkout, cards, session):
    checkout(visit, 60_00)
    session.execute(sa.text("UPDATE checkouts SET provider_session_id = 'cs_unknown'"))
    session.commit()

    assert checkout(visit).startswith(cards.url)
    states = session.execute(sa.text("SELECT status FROM checkouts ORDER BY created_at")).scalars().all()
    assert states == ["expired", "open"]


def test_what_an_older_page_took_is_not_asked_for_again(visit, checkout, cards, books):
    checkout(visit, 60_00)
    # Nobody told us yet.
    _pay(cards)
    checkout(visit)

    assert books() == [60_00]
    assert [page["amount_total"] for page in _pages(cards)] == [60_00, 40_00]


def test_a_page_that_can_not_be_ended_now_keeps_another_from_opening(visit, checkout, cards):
    checkout(visit)
    cards.tell("/control/mood", answer="500", times=2)
    with pytest.raises(ProcessorUnavailableError):
        checkout(visit, 60_00)

    assert _statuses(cards) == ["open"]


def test_a_window_that_was_overtaken_shows_no_page_that_takes_money(visit, checkout, cards, monkeypatch):
    real = flows.Processor.open_page
    overtaking = []

    def open_page(self, order, *, back_to):
        if not overtaking:
            overtaking.append(order)
            overtaking.append(checkout(visit, 60_00))
        return real(self, order, back_to=back_to)

    monkeypatch.setattr(flows.Processor, "open_page", open_page)
    checkout(visit)

    assert _statuses(cards).count("open") == 1


def test_cash_at_the_counter_ends_the_page(visit, checkout, cards, configured, as_role):
    checkout(visit)
    entry = paid(as_role("Advisor"), visit, 1_00)
    tasks.close_pages(entry["id"])

    assert _statuses(cards) == ["expired"]


@pytest.mark.parametrize("change", ["status = 'CANCELED'", "deleted_at = now()", "total_cents = 9999"])
def test_a_page_of_a_visit_that_changed_is_ended(visit, checkout, cards, configured, session, change):
    checkout(visit)
    tasks.close_pages()
    assert _statuses(cards) == ["open"]
    session.execute(sa.text(f"UPDATE appointments SET {change}"))
    session.commit()
    tasks.close_pages()

    assert _statuses(cards) == ["expired"]
    assert session.scalar(sa.text("SELECT status FROM checkouts")) == "expired"


def test_nothing_is_opened_for_what_is_not_owed(session, location, visit, checkout):
    with pytest.raises(OverpaymentError):
        checkout(visit, 100_01)
    with pytest.raises(NothingOwedError):
        checkout(make_visit(session, location, status="CANCELED"))
    assert session.scalar(sa.text("SELECT count(*) FROM checkouts")) == 0


@pytest.mark.parametrize("answer", ["500", "reset", "lose_response"])
def test_a_failed_call_is_made_again_and_opens_one_page(visit, checkout, cards, answer):
    cards.tell("/control/mood", answer=answer, times=1)

    assert checkout(visit) == _pages(cards)[0]["url"]
    assert len(_pages(cards)) == 1


def test_a_processor_that_stays_away_is_said_so_and_the_next_try_goes_on(visit, checkout, cards, session):
    cards.tell("/control/mood", answer="500", times=2)
    with pytest.raises(ProcessorUnavailableError, match="nothing is charged or given back twice"):
        checkout(visit)
    cards.tell("/control/mood", answer="refuse", times=1)
    with pytest.raises(ProcessorRefusedError, match="refused by the simulator"):
        checkout(visit)

    checkout(visit)
    assert session.scalar(sa.text("SELECT count(*) FROM checkouts")) == 1


@pytest.mark.parametrize(
    "fate", ["status = 'CANCELED'", "deleted_at = now()", "status = 'CANCELED', deleted_at = now()"]
)
@pytest.mark.parametrize("is_invoiced", [True, False])
def test_money_that_was_taken_is_entered_whatever_became_of_the_visit(
    visit, checkout, cards, asked, session, as_role, books, fate, is_invoiced
):
    checkout(visit)
    if is_invoiced:
        paid(as_role("Advisor"), visit, 100_00)
    session.execute(sa.text(f"UPDATE appointments SET {fate}"))
    session.commit()
    _pay(cards)

    assert asked() is Told.DONE
    assert books() == [200_00 if is_invoiced else 100_00]
    assert session.scalar(sa.text("SELECT count(*) FROM invoice_versions")) == int(is_invoiced)


def test_a_page_that_can_not_be_followed_does_not_keep_the_others_from_being_looked_up(
    session, location, checkout, cards, configured, books
):
    for _ in range(2):
        checkout(make_visit(session, location))
        _pay(cards)
    session.execute(sa.text("UPDATE checkouts SET updated_at = updated_at - interval '1 hour'"))
    # The processor knows nothing of the oldest.
    session.execute(
        sa.text(
            "UPDATE checkouts SET provider_session_id = 'cs_unknown', updated_at = updated_at - interval '1 hour' "
            "WHERE id = (SELECT min(id::text)::uuid FROM checkouts)"
        )
    )
    session.commit()
    tasks.look_up_open()

    assert books() == [0, 100_00]


def test_no_invoice_is_issued_by_itself_for_a_canceled_visit(session, location, as_role, books):
    visit = make_visit(session, location, status="CANCELED")
    session.commit()

    entry = paid(as_role("Advisor"), visit, allowOverpayment=True)
    assert (entry["invoice"], books()) == (None, [100_00])


def test_a_page_that_was_left_is_over(visit, checkout, cards, asked, session):
    checkout(visit)
    cards.tell("/control/expire", id=_pages(cards)[0]["id"])

    assert asked() is Told.OPEN
    assert session.scalar(sa.text("SELECT status FROM checkouts")) == "expired"


def test_what_nobody_told_is_found_by_asking(visit, checkout, cards, configured, session, books):
    checkout(visit)
    _pay(cards)
    tasks.look_up_open()
    assert books() == [0]
    session.execute(sa.text("UPDATE checkouts SET updated_at = updated_at - interval '3 minutes'"))
    session.commit()
    tasks.look_up_open()

    assert books() == [100_00]


# --- refunds ----------------------------------------------------------------------------------------


@pytest.fixture
def online(visit, checkout, cards, asked, as_role):
    """Return the entry of a visit that was paid online."""
    checkout(visit)
    _pay(cards)
    assert asked() is Told.DONE
    return as_role("Accountant").get(f"/api/appointments/{visit.id}/payments").get_json()["items"][0]


def _refund(client, entry, headers=None, **body):
    return client.post(
        f"/api/payments/{entry['id']}/refund", json={"reason": "Goodwill", **body}, headers=headers or key()
    )


def test_an_online_payment_goes_back_by_the_processor_once(online, cards, as_role, books, session):
    accountant = as_role("Accountant")
    headers = key()
    first = _refund(accountant, online, headers, amountCents=40_00)
    again = _refund(accountant, online, headers, amountCents=40_00)

    assert (first.status_code, first.get_json()) == (201, again.get_json())
    assert [refund["amount"] for refund in cards.ask("/control/state")["refunds"]] == [40_00]
    assert cards.ask("/control/state")["refunds"][0]["metadata"]["reason"] == "Goodwill"
    assert books() == [60_00]
    assert _refund(accountant, online, amountCents=60_01).get_json()["code"] == "refund_too_large"
    void = accountant.post(f"/api/payments/{online['id']}/void", json={"reason": "x"}, headers=key())
    assert void.get_json()["code"] == "paid_online"
    assert session.scalar(sa.text("SELECT count(*) FROM payments WHERE provider_id IS NOT NULL")) == 2


@pytest.mark.parametrize("answer", ["lose_response", "500"])
def test_a_refund_whose_answer_was_lost_goes_back_once(online, cards, as_role, books, answer):
    accountant = as_role("Accountant")
    headers = key()
    cards.tell("/control/mood", answer=answer, times=2)
    lost = _refund(accountant, online, headers)
    assert (lost.status_code, lost.get_json()["code"]) == (503, "processor_unavailable")
    assert books() == [100_00]

    assert _refund(accountant, online, headers).status_code == 201
    assert len(cards.ask("/control/state")["refunds"]) == 1
    assert books() == [0]


def test_without_a_key_no_money_goes_back(online, cards, as_role):
    answer = as_role("Accountant").post(f"/api/payments/{online['id']}/refund", json={"reason": "x"})

    assert answer.status_code == 400
    assert cards.ask("/control/state")["refunds"] == []


@pytest.mark.parametrize("bad", ["my key", "naïve", "k" * 201])
def test_a_key_that_is_none_is_refused_before_money_goes_back(online, cards, as_role, books, bad):
    answer = _refund(
        as_role("Accountant"), online, {"Idempotency-Key": bad.encode().decode("latin-1")}, amountCents=40_00
    )

    assert answer.status_code == 422
    assert cards.ask("/control/state")["refunds"] == []


def test_the_longest_key_is_good_for_a_refund(online, as_role, books):
    assert _refund(as_role("Accountant"), online, {"Idempotency-Key": "k" * 200}).status_code == 201
    assert books() == [0]


def test_of_a_deleted_visit_a_payment_goes_back_once(online, cards, as_role, books, session):
    session.execute(sa.text("UPDATE appointments SET deleted_at = now()"))
    session.commit()

    assert _refund(as_role("Accountant"), online, amountCents=40_00).status_code == 201
    assert [refund["amount"] for refund in cards.ask("/control/state")["refunds"]] == [40_00]
    assert books() == [60_00]


@pytest.mark.parametrize("is_told_first", [True, False])
def test_a_refund_that_was_cut_off_after_the_money_went_is_answered_when_asked_again(
    online, cards, as_role, books, session, monkeypatch, is_told_first
):
    accountant, headers = as_role("Accountant"), key()
    with monkeypatch.context() as cut:
        cut.setattr("backend.payments.commands.apply_refund", _killed)
        with pytest.raises(KeyboardInterrupt):
            _refund(accountant, online, headers)
    gone = cards.ask("/control/state")["refunds"]
    assert len(gone) == 1
    if is_told_first:
        with transaction() as told:
            commands.apply_refund(told, read_refund(gone[0]), now=utc_now())

    answer = _refund(accountant, online, headers)
    assert (answer.status_code, answer.get_json()["amountCents"]) == (201, -100_00)
    assert len(cards.ask("/control/state")["refunds"]) == 1
    assert books() == [0]
    other = _refund(accountant, online, headers, amountCents=1_00)
    assert other.get_json()["code"] == "idempotency_key_reused"


def _killed(*_args, **_options):
    raise KeyboardInterrupt


def test_what_is_on_its_way_back_is_not_given_once_more(online, cards, as_role, books):
    accountant = as_role("Accountant")
    cards.tell("/control/mood", answer="lose_response", times=2)
    assert _refund(accountant, online, amountCents=80_00).status_code == 503

    refused = _refund(accountant, online, amountCents=30_00)
    assert (refused.status_code, refused.get_json()["leftCents"]) == (409, 20_00)
    assert len(cards.ask("/control/state")["refunds"]) == 1
    assert books() == [100_00]


@pytest.mark.parametrize(("answer", "left"), [("lose_response", 20_00), ("500", 100_00)])
def test_a_refund_whose_answer_was_lost_is_looked_up(online, cards, as_role, books, configured, session, answer, left):
    accountant = as_role("Accountant")
    cards.tell("/control/mood", answer=answer, times=2)
    assert _refund(accountant, online, amountCents=80_00).status_code == 503
    session.execute(sa.text("UPDATE card_refunds SET updated_at = updated_at - interval '3 minutes'"))
    session.commit()
    tasks.look_up_refunds()

    assert books() == [left]
    assert _refund(accountant, online).get_json()["amountCents"] == -left
    assert books() == [0]


def test_a_refund_that_goes_on_waiting_leaves_the_others_their_turn(online, configured, session, monkeypatch):
    session.add_all(
        CardRefund(
            id=new_id(),
            location_id=session.scalars(sa.select(Payment.location_id)).first(),
            payment_id=online["id"],
            amount_cents=10_00,
            currency="USD",
            reason="Goodwill",
            request_key=str(number),
            created_at=utc_now(),
            updated_at=utc_now() - timedelta(minutes=10 - number),
        )
        for number in range(2)
    )
    session.commit()
    asked_about = []
    monkeypatch.setattr(tasks, "BATCH", 1)
    monkeypatch.setattr(
        tasks.flows, "follow_refund", lambda _, order, __: asked_about.append(order.refund_id) or Told.OPEN
    )

    tasks.look_up_refunds()
    tasks.look_up_refunds()

    assert len(set(asked_about)) == 2


def test_a_refund_that_the_processor_can_not_give_is_not_entered(online, cards, as_role, books):
    accountant, headers = as_role("Accountant"), key()
    cards.tell("/control/refunds", fail=True)
    failed = _refund(accountant, online, headers, amountCents=40_00)
    assert (failed.status_code, failed.get_json()["code"]) == (422, "refund_failed")
    assert books() == [100_00]

    # The same again is another try.
    cards.tell("/control/refunds", fail=False)
    assert _refund(accountant, online, headers, amountCents=40_00).status_code == 201
    assert books() == [60_00]


def test_a_refund_that_comes_back_is_an_entry_of_its_own(
    online, cards, as_role, books, session, configured, monkeypatch
):
    accountant = as_role("Accountant")
    assert _refund(accountant, online, amountCents=40_00).status_code == 201
    cards.tell("/control/fail", id=cards.ask("/control/state")["refunds"][0]["id"])
    real = tasks.utc_now
    monkeypatch.setattr(tasks, "utc_now", lambda: real() + timedelta(minutes=5))

    # Nobody told of it: it is found when the books are compared, once.
    tasks.reconcile_daily()
    tasks.reconcile_daily()

    assert books() == [100_00]
    ledger = accountant.get(f"/api/appointments/{online['appointmentId']}/payments").get_json()["items"]
    assert [(entry["kind"], entry["amountCents"]) for entry in ledger] == [
        ("payment", 100_00),
        ("refund", -40_00),
        ("adjustment", 40_00),
    ]
    assert (ledger[0]["leftCents"], ledger[0]["reversal"]) == (100_00, None)
    later, first = as_role("Owner").get("/api/admin/payments/reconciliation").get_json()["items"]
    assert [one["isSettled"] for one in first["differences"]] == [True]
    assert later["differences"] == []
    assert session.scalar(sa.text("SELECT count(*) FROM audit_logs WHERE action = 'payment.refund_failed'")) == 1
    # All of it can be given back again.
    assert _refund(accountant, online).get_json()["amountCents"] == -100_00


def test_one_of_32_online_refunds_of_everything_wins(app, online, cards, as_role, books):
    accountant = as_role("Accountant")
    path = f"/api/payments/{online['id']}/refund"

    answers = all_at_once(app, accountant.token, [(path, {"reason": "storm"}, key()) for _ in range(32)], threads=32)

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 31}
    assert [refund["amount"] for refund in cards.ask("/control/state")["refunds"]] == [100_00]
    assert books() == [0]


def test_the_same_online_refund_32_times_at_once_goes_back_once(app, online, cards, as_role, books):
    accountant, headers = as_role("Accountant"), key()
    path = f"/api/payments/{online['id']}/refund"

    answers = all_at_once(
        app, accountant.token, [(path, {"reason": "storm", "amountCents": 30_00}, headers)] * 32, threads=32
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.get_json()["id"] for answer in answers}) == 1
    assert len(cards.ask("/control/state")["refunds"]) == 1
    assert books() == [70_00]


# --- comparing the books ------------------------------------------------------------------------------


def test_the_books_are_compared_and_what_is_missing_here_is_entered(
    session, location, checkout, cards, asked, configured, as_role, books, monkeypatch, unguarded
):
    matched, unheard = (make_visit(session, location) for _ in range(2))
    checkout(matched)
    _pay(cards)
    assert asked() is Told.DONE
    checkout(unheard)
    _pay(cards)
    # An entry of ours that the processor knows nothing of, and one of another amount.
    unguarded(
        "INSERT INTO payments SELECT gen_random_uuid(), appointment_id, kind, method, amount_cents, currency, note, "
        "reverses_id, accounting_on, created_at, created_by, location_id, reference, is_deposit, 'pi_unknown' FROM payments"
    )
    unguarded("UPDATE appointments SET paid_cents = paid_cents * 2")
    real = tasks.utc_now
    monkeypatch.setattr(tasks, "utc_now", lambda: real() + timedelta(minutes=5))

    tasks.reconcile_hourly()
    tasks.reconcile_daily()

    owner = as_role("Owner")
    newest, first = owner.get("/api/admin/payments/reconciliation").get_json()["items"]
    told = {(one["kind"], one["isSettled"]) for one in first["differences"]}
    assert told == {("missing_there", False), ("missing_here", True)}
    assert (first["matched"], first["matchedCents"]) == (1, 100_00)
    assert (newest["matched"], [one["kind"] for one in newest["differences"]]) == (2, ["missing_there"])
    assert all(one["locationId"] == str(location.id) for one in newest["differences"])
    assert books() == [200_00, 100_00]
    assert as_role("Tech").get("/api/admin/payments/reconciliation").status_code == 403
    # What matched is of the whole business.
    elsewhere = as_role("Accountant", [make_location(session)])
    newest, _ = elsewhere.get("/api/admin/payments/reconciliation").get_json()["items"]
    assert (newest["matched"], newest["matchedCents"], newest["differences"]) == (None, None, [])


def test_a_refund_made_at_the_processor_itself_is_entered(online, cards, configured, books, monkeypatch):
    payment = cards.ask("/control/state")["payments"][0]
    cards.tell("/control/refund", payment_intent=payment["id"], amount=25_00)
    real = tasks.utc_now
    monkeypatch.setattr(tasks, "utc_now", lambda: real() + timedelta(minutes=5))

    tasks.reconcile_hourly()

    assert books() == [75_00]
