"""What the customer's page asks for and takes: what stands invoiced, or what they approved."""

import sqlalchemy as sa

from tests.estimates.conftest import PHONE, offered
from tests.payments.conftest import paid
from tests.portal.conftest import browse, browser, shown, token
from tests.portal.test_routes import _approve, _decisions

__all__ = ["browse", "browser", "offered", "shown", "token"]


def _known(browser):
    answer = browser.send("step-up", {"digits": PHONE[-4:]})
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def _money(browser):
    return browser.page().get_json()["money"]


def test_only_approved_work_is_asked_for(browser, offered, as_role, cards):
    assert _known(browser)["money"]["balanceCents"] == 0
    assert browser.send("checkout", {}).get_json()["code"] == "nothing_owed"
    browser.send("decisions", _decisions(browser.page().get_json(), _approve(offered.brakes)))

    money = _money(browser)
    assert (money["totalCents"], money["balanceCents"], money["canPay"]) == (120_00, 120_00, True)
    assert browser.send("checkout", {"amountCents": 120_01}).get_json()["code"] == "overpayment"
    assert browser.send("checkout", {}).status_code == 200
    assert cards.ask("/control/state")["pages"][-1]["amount_total"] == 120_00


def test_what_stands_invoiced_is_asked_for_whole(browser, offered, as_role):
    advisor = as_role("Advisor")
    path = f"/api/appointments/{offered.visit.id}/invoice"
    refused = advisor.post(path)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "unapproved_work")
    assert refused.get_json()["jobs"] == ["Brake inspection", "Brake fluid", "Standard pads"]
    assert advisor.post(path, json={"allowUnapproved": True}).status_code == 201

    assert _known(browser)["money"]["balanceCents"] == 318_88


def test_a_payment_of_everything_invoices_no_work_that_waits_for_approval(browser, offered, as_role, session):
    browser.send("decisions", _decisions(browser.page().get_json(), _approve(offered.brakes), _approve(offered.flush)))
    entry = paid(as_role("Advisor"), offered.visit, 318_88)

    assert (entry["invoice"], entry["balanceCents"]) == (None, 0)
    assert session.scalar(sa.text("SELECT count(*) FROM invoices")) == 0


def test_where_no_estimate_was_shown_nobody_is_asked(offered, as_role):
    assert paid(as_role("Advisor"), offered.visit, 318_88)["invoice"]["isLocked"]
