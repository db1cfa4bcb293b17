"""Paying by card on the customer's page, against a processor over real HTTP."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.core.clock import utc_now
from backend.payments import tasks
from backend.payments.providers import Processor
from backend.payments.rules import (
    NothingOwedError,
    OverpaymentError,
    ProcessorRefusedError,
    ProcessorUnavailableError,
    Told,
)
from backend.settings import load_settings
from tests.payments.conftest import key, make_visit, paid

BACK = "http://127.0.0.1:8080/visit"


@pytest.fixture
def settings(environment, cards):
    return load_settings(environment)


@pytest.fixture
def checkout(settings, session):
    """Return `checkout(visit, cents=None)`: open a page where its customer pays."""

    def start(visit, cents=None):
        session.commit()
        return tasks.start_checkout(
            settings, visit.id, link_visit_id=None, amount_cents=cents, back_to=BACK, now=utc_now()
        )

    return start


@pytest.fixture
def asked(settings, cards):
    """Return `asked()`: what becomes of the newest page when the processor is asked about it."""
    processor = Processor(settings)

    def ask():
        return tasks.settle(processor, cards.ask("/control/state")["pages"][-1]["id"], utc_now())

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


def test_two_windows_are_one_page(visit, checkout, cards):
    assert checkout(visit) == checkout(visit)
    assert len(_pages(cards)) == 1


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


def test_money_that_was_taken_is_entered_whatever_became_of_the_visit(
    visit, checkout, cards, asked, session, as_role, books
):
    advisor = as_role("Advisor")
    checkout(visit)
    paid(advisor, visit, 100_00)
    session.execute(sa.text("UPDATE appointments SET status = 'CANCELED', deleted_at = now()"))
    session.commit()
    _pay(cards)

    assert asked() is Told.DONE
    assert books() == [200_00]


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


def test_a_refund_made_at_the_processor_itself_is_entered(online, cards, configured, books, monkeypatch):
    payment = cards.ask("/control/state")["payments"][0]
    cards.tell("/control/refund", payment_intent=payment["id"], amount=25_00)
    real = tasks.utc_now
    monkeypatch.setattr(tasks, "utc_now", lambda: real() + timedelta(minutes=5))

    tasks.reconcile_hourly()

    assert books() == [75_00]
