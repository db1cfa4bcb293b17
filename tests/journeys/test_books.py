"""The accountant's morning: Saturday's drawer is counted, what is owed is looked through, the journal leaves as a file."""

import csv
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from backend.core.ids import new_id
from backend.payments.models import Payment
from tests.factories.services import make_job
from tests.journeys.conftest import TABLET, Enter, Shop
from tests.journeys.pages import starting


@pytest.fixture
def books(shop: Shop) -> Shop:
    """Return a shop where money came in on two days and an invoice is open."""
    maria = shop.customer("Maria Garcia", phone="+17185550177")
    visit = shop.job(maria, "2019 Honda CR-V", status="COMPLETED")
    make_job(shop.session, visit, lines=[{"unit_price_cents": 400_00, "tax_bp": 1000}])
    for cents, method, days in ((100_00, "cash", 2), (50_00, "card", 2), (30_00, "cash", 1)):
        shop.session.add(
            Payment(
                id=new_id(),
                location_id=shop.location.id,
                appointment_id=visit.id,
                kind="payment",
                method=method,
                amount_cents=cents,
                currency="USD",
                accounting_on=shop.today - timedelta(days=days),
                created_at=datetime.now(UTC) - timedelta(days=days),
            )
        )
    shop.session.flush()
    shop.visit = visit  # type: ignore[attr-defined]
    return shop


def act(page: Page, name: str, options: dict[str, object]) -> None:
    """Press a button by its name, with a key or a finger."""
    button = page.get_by_role("button", name=name, exact=True)
    button.tap() if options else button.press("Enter")


@pytest.mark.parametrize("options", [{}, TABLET], ids=["keys", "finger"])
def test_a_drawer_that_is_twenty_over_is_closed_with_a_note(
    books: Shop, enter: Enter, options: dict[str, object]
) -> None:
    page = enter("Accountant", **options)
    page.goto("/")
    expect(page.get_by_role("heading", name="Books")).to_be_visible()
    expect(page).to_have_url(starting(page.url.split("/books", maxsplit=1)[0] + "/books"))

    # Two earlier days are open; the older one comes first.
    earlier = page.get_by_role("region", name="2 earlier days are open")
    first = earlier.get_by_role("button").first
    first.tap() if options else first.press("Enter")
    day = (books.today - timedelta(days=2)).strftime("%a, %b %-d")
    cash = page.get_by_label("Counted: Cash")
    expect(page.get_by_role("row", name=starting("Cash"))).to_contain_text("$100.00")
    cash.fill("120")
    expect(page.get_by_role("row", name=starting("Cash"))).to_contain_text("$20.00 over")
    if options:
        page.get_by_label("Counted: Card").fill("50")
    else:
        page.keyboard.press("Enter")
        expect(page.get_by_label("Counted: Card")).to_be_focused()
        page.keyboard.type("50")
    expect(page.get_by_role("row", name=starting("Together"))).to_contain_text("$20.00 over")
    expect(page.get_by_text("Deposit slip").locator("..")).to_contain_text("$120.00")

    act(page, f"Close {day}", options)
    expect(page.get_by_text("Say what explains the difference.")).to_be_visible()
    expect(page.get_by_label("Note")).to_be_focused()
    page.get_by_label("Note").fill("A twenty lay under the tray.")
    act(page, f"Close {day}", options)

    expect(page.get_by_text(f"{day} is closed").first).to_be_visible()
    expect(page.get_by_text(starting("Priya Nair closed it"))).to_be_visible()
    closed = page.get_by_role("table", name="Closed days")
    expect(closed).to_contain_text("$20.00 over")
    expect(closed).to_contain_text("A twenty lay under the tray.")
    assert page.context.request.get(page.get_by_role("link", name="Print the sheet").get_attribute("href") or "").ok

    # A closed day takes no entry any more; it goes to an open one.
    late = page.context.request.post(
        f"/api/appointments/{books.visit.id}/payments",  # type: ignore[attr-defined]
        data={"amountCents": 500, "method": "cash", "accountingOn": str(books.today - timedelta(days=2))},
        headers={"Idempotency-Key": str(new_id()), "X-CSRF-TOKEN": _csrf(page)},
    )
    assert late.status == 409
    assert late.json()["code"] == "day_closed"


def _csrf(page: Page) -> str:
    return next(str(cookie["value"]) for cookie in page.context.cookies() if cookie["name"] == "csrf_access_token")


def test_what_is_owed_leads_to_its_customer_order_and_statement_and_the_journal_leaves_as_a_file(
    books: Shop, enter: Enter
) -> None:
    page = enter("Accountant")
    page.goto("/books/unpaid")
    expect(page.get_by_text("Nothing is owed")).to_be_visible()
    issued = page.context.request.post(
        f"/api/appointments/{books.visit.id}/invoice",  # type: ignore[attr-defined]
        headers={"Idempotency-Key": str(new_id()), "X-CSRF-TOKEN": _csrf(page)},
    )
    assert issued.status == 201, issued.text()
    page.reload()
    owed = page.get_by_role("table", name="Open invoices by customer")
    expect(owed).to_contain_text("$260.00")
    expect(page.get_by_role("img", name=starting("What is owed by age: 0 to 30 days $260.00"))).to_be_visible()
    statement = page.get_by_role("link", name="Statement of Maria Garcia as PDF, in a new tab").get_attribute("href")
    assert page.context.request.get(statement or "").body().startswith(b"%PDF")
    owed.get_by_role("button", name="Invoice 1, open its order").press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Maria Garcia")
    page.keyboard.press("Escape")

    tab = page.get_by_role("navigation", name="Parts of the books")
    tab.get_by_role("link", name="Tax").press("Enter")
    expect(page.get_by_role("row", name=starting("Parts"))).to_contain_text("10%")
    expect(page.get_by_text("rounded to the cent, halves away from zero")).to_be_visible()

    tab.get_by_role("link", name="Journal").press("Enter")
    expect(page.get_by_text("Everything ties out")).to_be_visible()
    expect(page.get_by_role("table", name="Accounts")).to_contain_text("Receivables")

    tab.get_by_role("link", name="Exports").press("Enter")
    expect(page.get_by_text("5 of 5 exports left this hour")).to_be_visible()
    page.get_by_label("From").fill(str(books.today - timedelta(days=5)))
    with page.expect_download() as caught:
        page.get_by_role("button", name="Journal as CSV").press("Enter")
    with caught.value.path().open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    assert caught.value.suggested_filename.startswith("journal_")
    assert sum(float(row["Debit"]) for row in rows) == sum(float(row["Credit"]) for row in rows) == 620.0
    expect(page.get_by_text("4 of 5 exports left this hour")).to_be_visible()


def test_an_advisor_sees_the_books_and_closes_nothing_and_a_technician_has_none(books: Shop, enter: Enter) -> None:
    advisor = enter("Advisor")
    advisor.goto("/books")
    expect(advisor.get_by_text("Only the owner and the accountant close days.")).to_be_visible()
    expect(advisor.get_by_label("Counted: Cash")).to_have_count(0)
    advisor.goto("/books/exports")
    expect(advisor.get_by_role("button", name="Payments as CSV")).to_be_visible()
    expect(advisor.get_by_role("button", name="Audit log as CSV")).to_have_count(0)
    tech = enter("Tech")
    tech.goto("/books")
    expect(tech.get_by_role("heading", level=1)).to_contain_text("Not for your role")


@pytest.mark.parametrize("options", [{}, TABLET], ids=["keys", "finger"])
def test_today_is_not_closed_by_one_press(books: Shop, enter: Enter, options: dict[str, object]) -> None:
    books.job("Dan Wu", "2015 Ford F-150", at="23:00")
    page = enter("Accountant", **options)
    page.goto("/books")
    day = books.today.strftime("%a, %b %-d")
    page.get_by_role("switch", name=f"Count them together with {day}").click()
    act(page, "All as expected", options)
    act(page, f"Close {day}", options)
    asked = page.get_by_role("dialog", name=f"Close {day} already?")
    expect(asked).to_contain_text("1 job planned or promised for today is not finished.")
    expect(asked).to_contain_text("A close can’t be taken back.")  # noqa: RUF001  an apostrophe of the page
    expect(asked.get_by_role("button", name="Keep it open")).to_be_focused()
    act(page, "Keep it open", options)
    expect(asked).to_have_count(0)
    act(page, f"Close {day}", options)
    act(page, "Close it now", options)
    expect(page.get_by_text(f"{day} is closed").first).to_be_visible()
