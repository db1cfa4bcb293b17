"""What the customer's page asks for and takes: what stands invoiced, or what they approved."""

import sqlalchemy as sa

from backend.audit.models import AuditLog
from backend.core.clock import utc_now
from backend.core.events import EventType
from backend.links import commands as links
from backend.links.rules import Purpose
from backend.portal.rules import HEADER
from backend.portal.schemas import InvoiceLinkMade, VisitorPageSchema
from tests.estimates.conftest import PHONE
from tests.factories.templates import make_template
from tests.payments.conftest import key, make_visit, paid
from tests.portal.test_routes import _approve, _decisions


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


def test_what_stands_invoiced_is_asked_for_whole_and_the_log_says_what_nobody_approved(
    browser, offered, as_role, session
):
    advisor = as_role("Advisor")
    path = f"/api/appointments/{offered.visit.id}/invoice"
    refused = advisor.post(path)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "unapproved_work")
    assert refused.get_json()["jobs"] == ["Brake inspection", "Brake fluid", "Standard pads"]
    assert advisor.post(path, json={"allowUnapproved": True}).status_code == 201
    charged = session.scalars(
        sa.select(AuditLog.changes["unapprovedJobs"]).where(
            AuditLog.action.in_((EventType.INVOICE_ISSUED, EventType.APPOINTMENT_LOCKED))
        )
    )
    assert list(charged) == [[None, ["Brake inspection", "Brake fluid", "Standard pads"]]] * 2

    assert _known(browser)["money"]["balanceCents"] == 318_88


def test_a_payment_of_everything_invoices_no_work_that_waits_for_approval(browser, offered, as_role, session):
    browser.send("decisions", _decisions(browser.page().get_json(), _approve(offered.brakes), _approve(offered.flush)))
    entry = paid(as_role("Advisor"), offered.visit, 318_88)

    assert (entry["invoice"], entry["balanceCents"]) == (None, 0)
    assert session.scalar(sa.text("SELECT count(*) FROM invoices")) == 0


def test_where_no_estimate_was_shown_nobody_is_asked(offered, as_role):
    assert paid(as_role("Advisor"), offered.visit, 318_88)["invoice"]["isLocked"]


def test_what_a_tab_shows_is_what_it_pays(session, browser, offered, cards):
    """Two cars, two links, one browser: the link that was opened last holds the cookie."""
    _known(browser)
    other = make_visit(session, offered.location)
    _, token = links.create_link(
        session,
        purpose=Purpose.INVOICE,
        appointment_id=other.id,
        location_id=other.location_id,
        phone=PHONE,
        actor=offered.advisor,
        now=utc_now(),
    )
    session.commit()
    browser.open(token)
    _known(browser)

    mine = {HEADER: str(offered.visit.number)}
    for act, body in (("checkout", {}), ("opened", None), ("step-up", {"digits": PHONE[-4:]})):
        refused = browser.send(act, body, **mine)
        assert (refused.status_code, refused.get_json()["code"]) == (409, "other_visit"), act
    assert cards.ask("/control/state")["pages"] == []
    assert browser.send("checkout", {}, **{HEADER: str(other.number)}).status_code == 200


def test_an_invoice_is_no_paper_before_it_is_issued(browser, offered, as_role):
    _known(browser)
    paper = "/api/portal/papers/{}.pdf".format
    assert [browser.client.get(paper(kind)).status_code for kind in ("invoice", "receipt")] == [404, 404]
    advisor = as_role("Advisor")
    advisor.post(f"/api/appointments/{offered.visit.id}/invoice", json={"allowUnapproved": True})
    assert [browser.client.get(paper(kind)).status_code for kind in ("invoice", "receipt")] == [200, 404]
    paid(advisor, offered.visit, 10_00)
    assert browser.client.get(paper("receipt")).status_code == 200


# --- a link to the invoice ----------------------------------------------------------------------


def _link(client, visit, **body):
    return client.post(f"/api/appointments/{visit.id}/invoice-links", json={"how": "link", **body}, headers=key())


def _invoice(client, visit):
    made = client.post(f"/api/appointments/{visit.id}/invoice", json={"allowUnapproved": True})
    assert made.status_code == 201, made.text
    return made.get_json()


def test_an_invoiced_customer_pays_by_a_link_of_its_own(browse, offered, as_role, cards):
    accountant, visit = as_role("Accountant"), offered.visit
    assert _link(accountant, visit).get_json()["code"] == "not_issued"
    number = _invoice(accountant, visit)["number"]
    made = _link(accountant, visit).get_json()
    assert InvoiceLinkMade().validate(made) == {}

    one = browse()
    one.open(made["url"].rpartition("/")[2])
    page = one.page().get_json()
    assert (page["purpose"], page["invoice"], page["money"], page["estimate"]) == ("invoice", None, None, None)
    assert one.send("checkout", {}).status_code == 403
    assert "318" not in one.page().text, "no amount before the digits"
    page = _known(one)
    assert VisitorPageSchema().validate(page) == {}
    invoice = page["invoice"]
    assert (invoice["number"], invoice["totalCents"]) == (number, 318_88)
    assert [job["name"] for job in invoice["jobs"]] == ["Brake inspection", "Brake fluid", "Standard pads"]
    assert page["money"]["canPay"]
    assert one.client.get("/api/portal/papers/invoice.pdf").status_code == 200
    assert one.send("checkout", {}).status_code == 200
    assert cards.ask("/control/state")["pages"][-1]["amount_total"] == 318_88
    one.send("opened")
    [link] = accountant.get(f"/api/appointments/{visit.id}/invoice-links").get_json()["items"]
    assert link["openedAt"] is not None
    taken = accountant.post(f"/api/appointments/{visit.id}/invoice-links/{link['id']}/revoke")
    assert taken.get_json()["items"][0]["isOpen"] is False
    assert one.page().status_code == 410


def test_the_link_goes_by_text_once(session, offered, as_role):
    make_template(
        session, name="Pay", category="payment", body="{shop_name}: look at your invoice and pay it here: {link}"
    )
    advisor, visit = as_role("Advisor"), offered.visit
    _invoice(advisor, visit)
    shown = advisor.post(f"/api/appointments/{visit.id}/invoice-links/preview", json={"how": "sms"}).get_json()
    assert "/c/…" in shown["message"]["text"]
    headers = key()
    path = f"/api/appointments/{visit.id}/invoice-links"
    answers = [advisor.post(path, json={"how": "sms"}, headers=headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201], answers[0].text
    assert answers[0].get_json()["url"] is None
    assert session.scalar(sa.text("SELECT count(*) FROM signed_links WHERE purpose = 'invoice'")) == 1
    body = session.scalar(sa.text("SELECT body FROM messages ORDER BY id DESC LIMIT 1"))
    assert "/c/" in body


def test_who_may_send_the_link(offered, as_role):
    _invoice(as_role("Owner"), offered.visit)
    assert _link(as_role("Tech"), offered.visit).status_code == 403
    assert _link(as_role("Accountant"), offered.visit, how="sms").status_code == 403
    assert _link(as_role("Advisor"), offered.visit, how="sms").get_json()["errors"]["templateId"]


def test_a_link_of_another_visit_is_not_taken_back_here(session, offered, as_role):
    advisor = as_role("Advisor")
    _invoice(advisor, offered.visit)
    [link] = _link(advisor, offered.visit).get_json()["items"]
    other = make_visit(session, offered.location)
    session.commit()
    assert advisor.post(f"/api/appointments/{other.id}/invoice-links/{link['id']}/revoke").status_code == 404
