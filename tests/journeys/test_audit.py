"""The accountant looks at what was voided and unlocked, and believes the record only after checking it with nothing of ours."""

import re
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect

from backend.audit import commands as audit
from backend.audit.models import AuditLog
from backend.core.actor import Actor, ActorKind
from backend.core.clock import utc_now
from backend.core.events import EventType
from tests.journeys.conftest import TABLET, Enter, Shop
from tests.journeys.pages import Screen


class AuditPage(Screen):
    """The audit log."""

    def open(self) -> "AuditPage":
        """Open it."""
        self.page.goto("/audit")
        expect(self.page.get_by_role("heading", name="Audit log")).to_be_visible()
        return self

    @property
    def chain(self) -> Locator:
        """What is said of the chain."""
        return self.page.get_by_role("region", name="State of the log")

    def entry(self, words: str) -> Locator:
        """The entries that say so."""
        return self.page.get_by_role("main").get_by_role("listitem").filter(has_text=words)


def tell(shop: Shop, event: EventType, changes: dict[str, tuple[object, object]], reason: str | None = None) -> None:
    """Write a row of the log as Sam does it, from the desk."""
    sam = shop.person("Advisor")
    agent = "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0"
    actor = Actor(ActorKind.USER, sam.id, sam.name, "Advisor", "10.0.0.7", agent, "of-the-test")
    about = shop.session.info.setdefault("job", shop.job("Ana Reyes", "2019 Toyota Corolla"))
    audit.record(
        shop.session,
        event,
        entity="appointment" if event.startswith("appointment") else "payment",
        entity_id=about.id,
        actor=actor,
        at=utc_now(),
        changes=changes,
        location_id=shop.location.id,
        reason=reason,
    )


@pytest.fixture
def record(shop: Shop) -> None:
    """Let a payment be voided and a job be unlocked, and seal it."""
    tell(shop, EventType.PAYMENT_RECORDED, {"amountCents": (None, 12_500), "method": (None, "cash")})
    tell(shop, EventType.PAYMENT_VOIDED, {"amountCents": (12_500, 0)}, "Typed twice")
    tell(shop, EventType.APPOINTMENT_UNLOCKED, {"lockedAt": (utc_now(), None)}, "Customer found a mistake")
    shop.commit()
    audit.seal(shop.session, now=utc_now(), since=UUID(int=0))
    shop.commit()


def test_each_line_says_who_what_why_and_from_where_by_keyboard(shop: Shop, record: None, enter: Enter) -> None:
    log = AuditPage(enter("Accountant")).open()
    assert "Audit log" in log.pages

    voided = log.entry("voided a payment")
    expect(voided).to_contain_text("Sam Rivera")
    expect(voided).to_contain_text(re.compile(r"Amount\s*Before: \$125\.00\s*→\s*After: \$0\.00"))
    expect(voided).to_contain_text("Because: Typed twice")
    expect(voided).to_contain_text("from 10.0.0.7 · Chrome, Linux")
    expect(voided).to_contain_text("Row 2")

    log.page.get_by_label("What was done").focus()
    log.page.keyboard.type("unlocked the")
    expect(log.entry("unlocked the job")).to_be_visible()
    expect(log.entry("voided a payment")).to_have_count(0)
    assert "what=appointment.unlocked" in log.page.url
    log.page.get_by_role("button", name="Clear").press("Enter")
    expect(log.entry("voided a payment")).to_be_visible()

    log.page.get_by_label("Who").fill("nobody")
    expect(log.page.get_by_text("No entry matches")).to_be_visible()
    log.page.get_by_role("button", name="Clear").first.press("Enter")
    expect(log.page.get_by_label("Who")).to_have_value("")

    log.entry("voided a payment").get_by_role("button", name=re.compile("Show all entries about this")).press("Enter")
    expect(log.entry("recorded a payment")).to_be_visible()
    expect(log.entry("signed in")).to_have_count(0)


def download(page: Page, name: str, folder: Path, *, taps: bool) -> Path:
    """Press a link and keep the file that comes."""
    link = page.get_by_role("dialog").get_by_role("link", name=name)
    with page.expect_download() as coming:
        link.tap() if taps else link.press("Enter")
    file = folder / coming.value.suggested_filename
    coming.value.save_as(file)
    return file


@pytest.mark.parametrize("options", [{}, TABLET], ids=["keys", "finger"])
def test_the_log_is_verified_here_and_with_the_supplied_script(
    shop: Shop, record: None, enter: Enter, tmp_path: Path, options: dict[str, object]
) -> None:
    log = AuditPage(enter("Accountant", **options)).open()
    expect(log.chain).to_contain_text("not verified yet")
    verify = log.chain.get_by_role("button", name="Verify now")
    verify.tap() if options else verify.press("Enter")
    expect(log.page.get_by_text("All 3 rows are as they were sealed").first).to_be_visible()
    expect(log.chain).to_contain_text(re.compile(r"Sealed to \d+:\d\d [AP]M, verified today at"))
    expect(log.chain).to_contain_text("3 rows were checked by Priya Nair")

    offline = log.page.get_by_role("button", name="Check it yourself")
    offline.tap() if options else offline.press("Enter")
    exported = download(log.page, "Download the log", tmp_path, taps=bool(options))
    script = download(log.page, "Download the script", tmp_path, taps=bool(options))
    heads = download(log.page, "Download where it ends", tmp_path, taps=bool(options))
    done = subprocess.run(
        [sys.executable, "-I", "-S", script, exported, "--heads", heads], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing was changed, taken out or added." in done.stdout


def test_a_touched_log_is_told_in_red_with_the_place(
    shop: Shop, record: None, enter: Enter, administrator_url: str
) -> None:
    log = AuditPage(enter("Owner")).open()
    engine = sa.create_engine(administrator_url)
    with engine.begin() as tampering:
        tampering.execute(sa.text("SET LOCAL session_replication_role = replica"))
        tampering.execute(sa.update(AuditLog).where(AuditLog.action == "payment.voided").values(reason="As agreed"))
    engine.dispose()

    log.chain.get_by_role("button", name="Verify now").press("Enter")

    expect(log.chain).to_contain_text("The log was touched at 1 place")
    expect(log.chain).to_contain_text("Keytag Auto: row 2 was changed after it was sealed.")
    log.page.reload()
    expect(log.chain).to_contain_text("Keytag Auto: row 2 was changed after it was sealed.")


def test_those_who_may_not_see_it_have_no_such_page(shop: Shop, enter: Enter) -> None:
    page = enter("Advisor")
    page.goto("/audit")

    expect(page.get_by_text("Audit log")).to_have_count(0)
