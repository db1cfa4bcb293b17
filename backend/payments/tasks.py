"""Ask the card processor, outside of every transaction: to open a page, how one stands, and what is in its books."""

import logging
import time
from datetime import datetime, timedelta
from uuid import UUID

from backend.core.clock import RUN_SECONDS, utc_now
from backend.core.db import in_transaction, reading, transaction
from backend.core.errors import DomainError
from backend.payments import commands, queries, rules
from backend.payments.providers import Processor
from backend.payments.rules import Difference, Entry, PageState, Told
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


def start_checkout(
    settings: Settings,
    appointment_id: UUID,
    *,
    link_visit_id: UUID | None,
    amount_cents: int | None,
    back_to: str,
    now: datetime,
) -> str:
    """Return the address of a page where a customer pays, in three steps: our row, the call, its answer.

    Killed between two of them, the next try goes on where this one ended.

    Raises:
        NotFoundError, NothingOwedError, OverpaymentError: see `commands.open_checkout`.
        ProcessorUnavailableError, ProcessorRefusedError: see there.
    """
    order = in_transaction(
        lambda session: commands.open_checkout(
            session, appointment_id, link_visit_id=link_visit_id, amount_cents=amount_cents, now=now
        )
    )
    if order.url is not None:
        return order.url
    page = Processor(settings).open_page(order, back_to=back_to)
    in_transaction(lambda session: commands.keep_page(session, order.checkout_id, page, now))
    return page.url


def settle(processor: Processor, session_id: str, now: datetime) -> Told:
    """Ask how a page stands, and follow the answer.

    Raises:
        ProcessorUnavailableError, ProcessorRefusedError: see there.
    """
    state = processor.fetch_page(session_id)
    return in_transaction(lambda session: commands.apply_page(session, state, is_certain=True, now=now))


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
            told = settle(processor, session_id, now)
        except DomainError as error:
            log.warning("checkout_not_looked_up", extra={"code": error.code})
            return
        if told is Told.OPEN:
            in_transaction(lambda session, key=checkout_id: commands.touch_checkout(session, key, now))  # type: ignore[misc]


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


def _processor() -> Processor | None:
    settings = _Process.settings
    return None if settings is None or settings.stripe_secret_key is None else Processor(settings)
