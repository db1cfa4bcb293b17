import copy
import io
import time
from datetime import date

import pytest
from pypdf import PdfReader

from backend.documents import queries
from backend.documents.rules import (
    Authorization,
    Decision,
    Entry,
    PaperKind,
    PaperSize,
    estimate_content,
    invoice_content,
    receipt_content,
    work_order_content,
)
from tests.documents.conftest import BRAND, FROZEN, NOW, document, every_paper, job, line
from tools.paths import ROOT


@pytest.mark.parametrize("kind", PaperKind)
@pytest.mark.parametrize("size", PaperSize)
def test_every_paper_is_tagged_pdf_with_its_fonts_inside_and_names_itself_on_each_page(printed, kind, size):
    content = every_paper(document())[kind]

    read = printed(kind, content, size)

    root = read.reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        for page in read.reader.pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert fonts
    assert all(any(name.startswith("/FontFile") for name in font) for font in fonts)
    for number, text in enumerate(read.pages, start=1):
        assert content["reference"] in text
        assert f"Page {number} of {len(read.pages)}" in text
    width = float(read.reader.pages[0].mediabox.width)
    assert width == pytest.approx(612 if size is PaperSize.LETTER else 595.28, abs=0.1)


@pytest.mark.parametrize("kind", PaperKind)
def test_a_paper_is_set_within_300_ms(kind):
    content = every_paper(document([job(str(number), lines=[line(), line()]) for number in range(8)]))[kind]
    queries.render(kind, content, PaperSize.LETTER, BRAND)
    taken = []
    for total in range(3):
        changed = {**content, "footnote": f"{content['footnote']} {total}"}
        started = time.perf_counter()
        queries.render(kind, changed, PaperSize.LETTER, BRAND)
        taken.append(time.perf_counter() - started)

    assert min(taken) < 0.3


def test_sixty_lines_go_over_pages_that_all_say_which_order_and_version_they_are_of(printed):
    lines = [line(name=f"Part number {number:02}") for number in range(60)]
    content = invoice_content(document([job(lines=lines)]), FROZEN, number=1042, payments=[], now=NOW)

    read = printed(PaperKind.INVOICE, content)

    assert len(read.pages) >= 2
    assert all("Invoice 1042 · Order 1234 · version 2" in page for page in read.pages)
    # The table's head too; the last page may hold the sums alone.
    assert all("WORK AND PARTS" in page for page in read.pages[:-1])
    assert all(f"Part number {number:02}" in read.text for number in range(60))


ODD = [
    "a\0b",
    "\x1b[31mred\x07",
    "שלום עולם",
    "مرحبا بالعالم",
    "🚗💨 👩‍🔧",
    "漢字テスト",
    "e\u0301\u0302\u0303",
    "\u202e00.1$\u202c",
    '#import "@preview/cetz:0.3.0": *',
    '#panic("x") #read("/etc/passwd") $ sum $ *b* _i_ `c` <label> @ref // no',
    "\\ \" ' \u2028 \u2029 \ufffe",
    "Y" * 5000,
    "Rhabarberbarbarabarbarbarenbartbarbier" * 6,
]


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_break_no_paper(text):
    shown = document([job(name=text, description=text, lines=[line(name=text, discountReason=text, discountCents=1)])])
    shown = {
        **shown,
        "shop": {**shown["shop"], "name": text, "address": text, "warrantyTerms": text},
        "visit": {**shown["visit"], "title": text, "techName": text, "keyTag": text[:20]},
        "customer": {**shown["customer"], "name": text, "company": text},
        "vehicle": {**shown["vehicle"], "label": text, "plate": text[:20]},
    }
    for kind, content in every_paper(shown).items():
        # Their words are not looked for, and taking five thousand of one letter out again takes seconds.
        assert len(PdfReader(io.BytesIO(queries.render(kind, content, PaperSize.LETTER, BRAND))).pages) > 0


def test_markup_is_printed_and_never_run(printed):
    words = '#import "@preview/x:1.0.0" #read("a") *not bold*'
    content = every_paper(document([job(name=words)]))[PaperKind.ESTIMATE]

    assert words in printed(PaperKind.ESTIMATE, content).text.replace("\n", " ")


def test_templates_import_nothing_but_each_other():
    for template in (ROOT / "backend/documents/templates").glob("*.typ"):
        text = template.read_text()
        assert "@" not in text
        assert "eval" not in text
        assert all(name in {'"paper.typ"', '"work.typ"'} for name in _imported(text)), template.name


def _imported(text):
    return [row.split()[1].rstrip(":") for row in text.splitlines() if row.startswith("#import")]


def test_an_amount_can_not_be_turned_around():
    """A right-to-left override would make $0.10 read $01.0."""
    content = every_paper(document([job(name="\u202e$1\u202c \u2066x\u2069")]))[PaperKind.WORK_ORDER]
    made = queries.rules.printable(content)

    assert made["jobs"][0]["name"] == "$1 x"


def test_a_work_order_tells_no_price_and_leaves_out_what_was_declined(printed):
    jobs = [
        job(
            "1", "Front brakes", [line("labor", "Fit pads", 145_00), line(cents=98_76), line("fee", "Supplies", 12_50)]
        ),
        job("2", "Wipers", approval="declined"),
        job("3", "Cabin filter, standard", choiceId="c", isChosen=False),
        job("4", "Cabin filter, charcoal", choiceId="c", approval="approved"),
    ]
    content = work_order_content(document(jobs), notes="Customer waits.", version=7, now=NOW)

    read = printed(PaperKind.WORK_ORDER, content)

    assert "$" not in read.text
    for amount in ("145", "98.76", "12.50", "Supplies", "Cents"):
        assert amount not in read.text
        assert amount not in str(content)
    for words in (
        "17",
        "Grinding noise when braking",
        "Customer waits.",
        "Fit pads",
        "1.5 h",
        "Cabin filter, charcoal",
    ):
        assert words in read.text
    assert "Wipers" not in read.text
    assert "standard" not in read.text
    assert read.text.count("NOT APPROVED: ASK FIRST") == 1
    assert "Nov 20, 2026, 4:00 PM CST" in read.text


def test_an_estimate_shows_alternatives_taxes_by_rate_and_what_was_declined_when(printed):
    jobs = [
        job("1", "Brakes", [line(cents=100_00, taxCents=8_88)], urgency="now"),
        job("2", "Filter, standard", choiceId="c", isChosen=False),
        job("3", "Filter, charcoal", choiceId="c"),
        job("4", "Heat shield", []),
    ]
    decisions = [
        Decision("Brakes", "approved", NOW, None, None, 108_88, "Maria Garcia", "phone"),
        Decision("Wipers", "declined", NOW, "Does it herself", date(2027, 2, 1), 39_20),
    ]
    content = estimate_content(document(jobs), FROZEN, opened_at=NOW, decisions=decisions, now=NOW)

    text = printed(PaperKind.ESTIMATE, content).text

    for words in (
        "CHOOSE ONE OF 2",
        "Option A",
        "Option B, in the total",
        "Price to come",
        "Tax on parts, 8.875\u00a0% of $100.00",
        "rounded to the cent, halves up",
        "Declined: Wipers",
        "Declined on Nov 30, 2026",
        "Reason: Does it herself",
        "Look again Feb 1, 2027",
        "Approved by the customer",
        "As it stood on Nov 30, 2026, 9:12 AM CST",
        "Nov 30, 2026 · Maria Garcia · by phone",
        "Approved in all",
        "Opened by the customer Nov 30, 2026, 9:12 AM CST",
        "…ab12ab12ab12",
        "Riverside Group",
    ):
        assert words in text
    assert "DRAFT" not in text


def test_what_was_not_sent_or_issued_says_draft_and_what_was_unlocked_says_reversed(printed):
    draft = estimate_content(document(), None, opened_at=None, decisions=[], now=NOW)
    unissued = invoice_content(document(), None, number=1042, next_version=2, payments=[], now=NOW)
    unlocked = invoice_content(document(), FROZEN, number=1042, reversed_on=date(2026, 12, 1), payments=[], now=NOW)

    assert "DRAFT" in printed(PaperKind.ESTIMATE, draft).text
    text = printed(PaperKind.INVOICE, unissued).text
    assert "DRAFT · Invoice 1042 · Order 1234 · draft of version 2" in text
    assert "this is not an invoice yet" in text
    text = printed(PaperKind.INVOICE, unlocked).text
    assert "REVERSED · Invoice 1042" in text
    assert "Unlocked on Dec 1, 2026" in text


def test_an_invoice_has_number_version_hash_payments_balance_warranty_and_registration(printed):
    payments = [
        Entry("payment", "card", 60_00, True, "4242", date(2026, 11, 20)),
        Entry("refund", "card", -10_00, False, None, date(2026, 11, 21)),
    ]
    content = invoice_content(document(), FROZEN, number=1042, payments=payments, now=NOW)

    text = printed(PaperKind.INVOICE, content).text

    for words in (
        "Invoice 1042 · Order 1234 · version 2",
        "Card 4242, deposit on Nov 20, 2026",
        "\u2212$60.00",
        "Refund of card on Nov 21, 2026",
        "Balance due",
        "$50.00",
        "24 months or 24,000 miles.",
        "Registration no. ARD 00123456 (TX)",
        "ab12ab12ab12ab12 ab12ab12ab12ab12",
    ):
        assert words in text
    # Once each: what stands twice is compared twice.
    assert text.count("Registration no.") == text.count("SHA-256") == 1


def test_an_invoice_says_by_whose_word_it_was_done_and_what_was_declined(printed):
    jobs = [job("1", "Front brakes"), job("2", "Wipers", approval="declined", declineReason="Does it herself")]
    by_phone = Authorization("Front brakes", 108_88, "phone", NOW, "Maria Garcia", "+15125550177", 100_00, 0, 108_88)
    content = invoice_content(document(jobs), FROZEN, number=1042, payments=[], authorizations=[by_phone], now=NOW)

    text = printed(PaperKind.INVOICE, content).text

    for words in (
        "Authorized by the customer",
        "Nov 30, 2026, 9:12 AM CST, by phone · Maria Garcia · at (512) 555-0177",
        "parts added $100.00 · labor added $0.00 · new total $108.88",
        "YOU DECLINED, AND IT WAS NOT DONE",
        "Does it herself",
    ):
        assert words in text


def test_a_receipt_names_its_invoice(printed):
    paid = [Entry("payment", "cash", 100_00, False, None, date(2026, 11, 20))]
    content = receipt_content(document(), payments=paid, charged_cents=100_00, invoice_number=1042, now=NOW)
    assert "For invoice 1042" in printed(PaperKind.RECEIPT, content).text


def test_a_receipt_and_a_paid_invoice_say_that_nothing_is_open(printed):
    paid = [Entry("payment", "cash", 100_00, False, None, date(2026, 11, 20))]
    content = invoice_content(document(), FROZEN, number=1042, payments=paid, now=NOW)

    assert "Paid in full" in printed(PaperKind.INVOICE, content).text


def test_evidence_says_who_when_how_and_exactly_what_was_shown(printed):
    shown = document([job("1", "Front brakes", [line(name="Ceramic pads")])])
    text = printed(PaperKind.EVIDENCE, every_paper(shown)[PaperKind.EVIDENCE]).text

    for words in (
        "Approved: Front brakes",
        "Said Nov 30, 2026, 9:12 AM CST, by phone · Maria Garcia · at (512) 555-0177",
        "Parts added $100.00 · Labor added $0.00 · New total $108.88",
        "Not above $150.00 without asking",
        "by Ana Advisor",
        "What was shown: version 1",
        "Ceramic pads",
        "never opened",
        "Here is what we found.",
        "cd34cd34cd34cd34",
        "$120.00",
    ):
        assert words in text


def test_evidence_shows_prices_with_tax_as_the_page_did(printed):
    shown = document([job("1", "Front brakes", [line(cents=174_00, taxCents=15_44)])])
    text = printed(PaperKind.EVIDENCE, every_paper(shown)[PaperKind.EVIDENCE]).text

    shown_part = text.partition("What was shown")[2]
    for words in ("$174.00", "Tax", "$15.44", "$189.44"):
        assert words in shown_part


def test_evidence_calls_nothing_shown_that_was_only_spoken_of(printed):
    content = every_paper(document())[PaperKind.EVIDENCE]
    evidence = {**content["estimates"][0], "isSpoken": True}
    text = printed(PaperKind.EVIDENCE, {**content, "estimates": [evidence]}).text

    assert "What was spoken of: version 1" in text
    assert "nothing was sent" in text
    assert "about document" in text
    for words in ("What was shown", "shown document", "never opened"):
        assert words not in text


@pytest.mark.parametrize(("opened", "intro"), [(None, None), (NOW, "Here is what we found.")])
def test_words_carried_over_to_a_spoken_version_count_as_shown_once_it_was_opened(opened, intro):
    version = {
        "versionNo": 2,
        "createdAt": NOW,
        "openedAt": opened,
        "totalCents": 1_00,
        "documentHash": "cd34" * 16,
        "isSpoken": True,
        "intro": "Here is what we found.",
        "document": document(),
    }
    evidence = {"document": document(), "estimates": [version], "records": [], "changesSince": []}
    assert queries.rules.evidence_content(evidence, now=NOW)["estimates"][0]["intro"] == intro


def test_evidence_says_whether_the_digits_were_given_and_who_ended_an_approval_and_why(printed):
    content = every_paper(document())[PaperKind.EVIDENCE]
    said = {**content["records"][0], "method": "link", "phone": None, "userAgent": "Somebody's phone"}
    ended = {**said, "decision": "revoked", "isKnown": True, "reason": "An alternative was chosen instead."}
    content = {
        **content,
        "records": [said, ended],
        "changes": [{"jobName": "Rear brakes", "thenName": "Front brakes", "thenCents": 5_00, "nowCents": 5_00}],
    }
    text = printed(PaperKind.EVIDENCE, content).text
    assert "By the link alone: no digits" in text
    assert "had been given in this browser" in text
    assert "Somebody" in text
    assert "Approval ended: Front brakes" in text
    assert "An alternative was chosen instead." in text
    assert "by the shop" not in text
    assert "the job was changed" not in text
    assert "Rear brakes (then: Front brakes)" in text
    assert "the same, for other words or lines" in text


def test_the_same_document_prints_the_same_words_twice(printed):
    content = every_paper(document())[PaperKind.INVOICE]

    assert printed(PaperKind.INVOICE, content).text == printed(PaperKind.INVOICE, copy.deepcopy(content)).text
