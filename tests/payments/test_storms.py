"""Many at once: one effect for each intent, and the ledger's sum is always what the visit says."""

from collections import Counter

import sqlalchemy as sa

from tests.payments.conftest import all_at_once, key, make_visit, paid


def test_one_of_32_refunds_of_everything_wins(app, session, visit, as_role, books):
    accountant = as_role("Accountant")
    entry = paid(accountant, visit, 100_00)
    path = f"/api/payments/{entry['id']}/refund"

    answers = all_at_once(app, accountant.token, [(path, {"reason": "storm"}, key()) for _ in range(32)], threads=32)

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 31}
    assert {answer.get_json()["code"] for answer in answers if answer.status_code == 409} == {"refund_too_large"}
    assert books() == [0]


def test_small_refunds_at_once_go_up_to_the_original(app, session, visit, as_role, books):
    accountant = as_role("Accountant")
    entry = paid(accountant, visit, 100_00)
    path = f"/api/payments/{entry['id']}/refund"
    calls = [(path, {"reason": "storm", "amountCents": 15_00}, key()) for _ in range(16)]

    answers = all_at_once(app, accountant.token, calls)

    assert Counter(answer.status_code for answer in answers) == {201: 6, 409: 10}
    assert books() == [10_00]


def test_the_same_key_64_times_is_one_row(app, session, visit, as_role, books):
    advisor = as_role("Advisor")
    session.commit()
    path, body, headers = f"/api/appointments/{visit.id}/payments", {"amountCents": 25_00, "method": "card"}, key()

    answers = all_at_once(app, advisor.token, [(path, body, headers)] * 64, threads=32)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.get_json()["id"] for answer in answers}) == 1
    assert books() == [25_00]


def test_a_void_and_refunds_race_and_one_kind_wins(app, session, location, as_role, books):
    accountant = as_role("Accountant")
    entries = [paid(accountant, make_visit(session, location), 100_00) for _ in range(8)]
    calls = [
        (f"/api/payments/{entry['id']}/{what}", {"reason": "race"}, key())
        for entry in entries
        for what in ("void", "refund", "void", "refund")
    ]

    answers = all_at_once(app, accountant.token, calls)

    assert Counter(answer.status_code for answer in answers) == {201: 8, 409: 24}
    assert books() == [0] * 8


def test_two_who_settle_at_once_pay_once_and_issue_one_invoice(app, session, visit, as_role, books):
    advisor = as_role("Advisor")
    session.commit()
    path, body = f"/api/appointments/{visit.id}/payments", {"amountCents": 100_00, "method": "card"}

    answers = all_at_once(app, advisor.token, [(path, body, key()) for _ in range(8)])

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
    assert books() == [100_00]
    assert session.scalar(sa.text("SELECT count(*) FROM invoice_versions")) == 1
