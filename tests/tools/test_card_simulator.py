"""The card simulator from outside: its page by keyboard, and the processor's own library against it."""

import pytest
from playwright.sync_api import Browser, expect
from stripe import InvalidRequestError, RequestsClient, StripeClient

from tools.card_simulator.process import CardSimulator


@pytest.fixture
def library(cards: CardSimulator) -> StripeClient:
    return StripeClient(cards.secret_key, base_addresses={"api": cards.url}, http_client=RequestsClient(timeout=5))


def _open(library, key, cents="12345", url="http://127.0.0.1"):
    line = {
        "price_data": {"currency": "usd", "unit_amount": cents, "product_data": {"name": "Visit 1042"}},
        "quantity": 1,
    }
    wanted = {
        "mode": "payment",
        "line_items": [line],
        "success_url": f"{url}/",
        "cancel_url": f"{url}/",
    }
    return library.v1.checkout.sessions.create(wanted, {"idempotency_key": key})


def test_a_key_opens_one_page_and_refuses_another_body(cards, library):
    first, again = _open(library, "a"), _open(library, "a")

    assert first.id == again.id
    with pytest.raises(Exception, match="same parameters"):
        _open(library, "a", cents="1")
    with pytest.raises(InvalidRequestError, match="No such object"):
        library.v1.checkout.sessions.retrieve("cs_unknown")


def test_more_than_was_paid_is_not_refunded(cards, library):
    page = _open(library, "a")
    cards.tell("/control/pay", id=page.id)
    payment = library.v1.checkout.sessions.retrieve(page.id).payment_intent
    library.v1.refunds.create({"payment_intent": payment, "amount": 10000})

    with pytest.raises(InvalidRequestError, match="greater than unrefunded amount"):
        library.v1.refunds.create({"payment_intent": payment, "amount": 2346})
    assert [one.amount for one in library.v1.refunds.list({"limit": 1}).auto_paging_iter()] == [10000]


def test_a_customer_is_declined_and_then_pays(cards, library, browser: Browser):
    page = browser.new_context().new_page()
    url = _open(library, "a", url=cards.url).url
    page.goto(url)
    expect(page.get_by_role("heading", name="USD 123.45")).to_be_visible()
    page.get_by_role("button", name="declined").click()
    expect(page.get_by_role("status")).to_have_text("Your card was declined. Try another one.")
    page.get_by_role("button", name="Pay").press("Enter")
    expect(page.get_by_text("What customers were asked to pay online")).to_be_visible()
    page.goto(url)

    expect(page.get_by_role("status")).to_have_text("This was paid. Thank you.")
    expect(page.get_by_role("button")).to_have_count(0)
    page.context.close()
