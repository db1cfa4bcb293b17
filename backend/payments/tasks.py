"""Ask the card processor, outside of every transaction: to open a page, how one stands, and what is in its books."""

import logging
import time
from datetime import datetime, timedelta
from uuid import UUID

from backend.core.clock import RUN_SECONDS, utc_now
from backend.core.db import in_transaction, reading, transaction
from backend.core.errors import DomainError
from backend.payments import commands, flows, queries, rules
from backend.payments.providers import Processor
from backend.payments.rules import Difference, Entry, PageState, ProcessorUnavailableError, Told
from backend.settings import Settings

log = logging.getLogger(__name__)

HOURLY_BACK = timedelta(hours=3)
DAILY_BACK = timedelta(days=3)
# An entry is made here up to so long after the processor's: it tells again and again when we were away.
LATE = timedelta(days=1)
# What is younger may be told any moment.
IN_FLIGHT = timedelta(minutes=2)
BATCH = 50


class _Process:
    """What this process was told by its environment; set once where it starts."""

    settings: Settings | None = None


def configure(settings: Settings | None) -> None:
    """Set up this process; without it the card processor is not asked."""
    _Process.settings = settings


def look_up_open() -> None:
    """Ask about pages of which nothing was heard for two minutes: what we were not told is found."""
    processor = _processor()
    if processor is None:
        return
    now = utc_now()
    deadline = time.monotonic() + RUN_SECONDS
    with reading() as session:
        stale = queries.list_stale_checkouts(session, now - IN_FLIGHT, limit=BATCH)
    for checkout_id, session_id in stale:
        if time.monotonic() > deadline:
            return
        try:
            told = flows.settle(processor, session_id, now)
        except ProcessorUnavailableError as error:
            log.warning("checkout_not_looked_up", extra={"code": error.code})
            return
        except DomainError as error:
            # This one alone can't be followed: the others have their turn, and it again after them.
            log.exception("checkout_not_followed", extra={"code": error.code, "checkout_id": str(checkout_id)})
            told = Told.OPEN
        if told not in {Told.DONE, Told.KNOWN}:
            in_transaction(lambda session, key=checkout_id: commands.touch_checkout(session, key, now))  # type: ignore[misc]


def close_pages(payment_id: str | None = None) -> None:
    """End pages that would take more than is owed: of a payment's visit at once, of all each minute."""
    processor = _processor()
    if processor is None:
        return
    now = utc_now()
    deadline = time.monotonic() + RUN_SECONDS
    with reading() as session:
        visit_id = None if payment_id is None else queries.get_view(session, UUID(payment_id)).appointment_id
        pages = queries.list_unfit_pages(session, visit_id, limit=BATCH)
    for page in pages:
        if time.monotonic() > deadline:
            return
        try:
            flows.close_page(processor, page, now)
        except ProcessorUnavailableError as error:
            log.warning("page_not_closed", extra={"code": error.code})
            return
        except DomainError as error:
            log.exception("page_not_closed", extra={"code": error.code, "checkout_id": str(page.checkout_id)})


def look_up_refunds() -> None:
    """Ask about refunds whose answer was lost: each is entered, or given up as if it had never been asked for."""
    processor = _processor()
    if processor is None:
        return
    now = utc_now()
    deadline = time.monotonic() + RUN_SECONDS
    with reading() as session:
        waiting = queries.list_open_refunds(session, now - IN_FLIGHT, limit=BATCH)
    for order in waiting:
        if time.monotonic() > deadline:
            return
        try:
            told = flows.follow_refund(processor, order, now)
        except ProcessorUnavailableError as error:
            log.warning("refund_not_looked_up", extra={"code": error.code})
            return
        except DomainError as error:
            # As with pages: it again after the others.
            log.exception("refund_not_followed", extra={"code": error.code, "refund_id": str(order.refund_id)})
            told = Told.OPEN
        if told not in {Told.DONE, Told.KNOWN, Told.FAILED}:
            in_transaction(lambda session, key=order.refund_id: commands.touch_refund(session, key, now))  # type: ignore[misc]


def check_ledger() -> None:
    """Compare what visits say was paid with their ledgers; the metric and the log tell what differs."""
    with transaction() as session:
        found = commands.check_ledger(session, utc_now())
    if found:
        log.error("ledger_mismatch", extra={"rows": len(found), "numbers": [one["number"] for one in found[:20]]})


def reconcile_hourly() -> None:
    """Compare the card processor's books of the last three hours with ours."""
    reconcile(HOURLY_BACK)


def reconcile_daily() -> None:
    """Compare the card processor's books of the last three days with ours."""
    reconcile(DAILY_BACK)


def reconcile(back: timedelta) -> None:
    """Compare the books, enter what is missing here, and keep what was found."""
    processor = _processor()
    if processor is None:
        return
    now = utc_now()
    since = now - back
    try:
        theirs = processor.list_entries(since - LATE)
    except DomainError as error:
        log.warning("processor_not_listed", extra={"code": error.code})
        return
    origins = [entry.origin for entry in theirs if entry.origin is not None]
    with reading() as session:
        known = {entry.provider_id for entry in queries.list_by_provider(session, origins)}
        known |= {entry.provider_id for entry in theirs}
        # The account may be used by others as well: what they refund is theirs.
        theirs = [entry for entry in theirs if entry.origin is None or entry.origin in known]
        recent = queries.list_online(session, since)
        named = queries.list_by_provider(session, [entry.provider_id for entry in theirs])
    ours = {entry.provider_id: entry for entry in [*recent, *named]}
    found = rules.compare(
        [entry for entry in ours.values() if entry.at >= since],
        [
            entry
            for entry in theirs
            if (ours[entry.provider_id].at if entry.provider_id in ours else entry.at) >= since
            and (entry.provider_id in ours or entry.at < now - IN_FLIGHT)
        ],
    )
    listed = {entry.provider_id: entry for entry in theirs}
    missing = [listed[one.provider_id] for one in found.findings if one.kind is Difference.MISSING_HERE]
    settled = {entry.provider_id for entry in missing if _take_in(processor, entry, now)}
    gone = [
        one.provider_id for one in found.findings if one.kind is Difference.MISSING_THERE and (one.ours_cents or 0) < 0
    ]
    settled |= {provider_id for provider_id in gone if _has_failed(processor, provider_id, now)}
    with transaction() as session:
        commands.keep_comparison(session, found, settled, since=since, now=now)
    log.info("card_books_compared", extra={"matched": found.matched, "differences": len(found.findings)})


def _take_in(processor: Processor, entry: Entry, now: datetime) -> bool:
    """Enter what the processor has and we don't, as if it had been told; False where that failed."""
    try:
        if entry.origin is not None:
            refund = processor.fetch_refund(entry.provider_id)
            told = in_transaction(lambda session: commands.apply_refund(session, refund, now=now))
        else:
            page = PageState("", entry.checkout_id, True, False, entry.amount_cents, entry.currency, entry.provider_id)
            told = in_transaction(lambda session: commands.apply_page(session, page, is_certain=True, now=now))
    except DomainError as error:
        log.warning("card_entry_not_taken_in", extra={"code": error.code})
        return False
    return told in {Told.DONE, Told.KNOWN}


def _has_failed(processor: Processor, provider_id: str, now: datetime) -> bool:
    """Take back a refund of ours that the processor says has failed; True where it has."""
    try:
        refund = processor.fetch_refund(provider_id)
        told = in_transaction(lambda session: commands.apply_refund(session, refund, now=now))
    except DomainError as error:
        log.warning("card_refund_not_found", extra={"code": error.code})
        return False
    return told is Told.FAILED


def _processor() -> Processor | None:
    settings = _Process.settings
    return None if settings is None or settings.stripe_secret_key is None else Processor(settings)
