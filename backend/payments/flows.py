"""What takes three steps: our row is committed, the card processor called with no session open, its answer followed.

Killed between two of them, the next try goes on where the last one ended.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from backend.core.actor import Actor
from backend.core.db import in_transaction
from backend.core.idempotency import KeyReusedError
from backend.payments import commands
from backend.payments.providers import Processor
from backend.payments.rules import (
    CheckoutBusyError,
    OpenPage,
    ProcessorRefusedError,
    RefundFailedError,
    RefundOrder,
    RefundState,
    Told,
)
from backend.settings import Settings

# So often a page is opened anew because another window came between.
OPENINGS = 3


def start_checkout(
    settings: Settings,
    appointment_id: UUID,
    *,
    link_visit_id: UUID | None,
    amount_cents: int | None,
    back_to: str,
    now: datetime,
) -> str:
    """Return the address of a page where a customer pays; every other page of the visit is ended first.

    Raises:
        NotFoundError, NothingOwedError, OverpaymentError: see `commands.open_checkout`.
        CheckoutBusyError: other windows ask for other amounts at the same time.
        ProcessorUnavailableError, ProcessorRefusedError: see there.
    """
    processor = Processor(settings)
    for _ in range(OPENINGS):
        order = in_transaction(
            lambda session: commands.open_checkout(
                session, appointment_id, link_visit_id=link_visit_id, amount_cents=amount_cents, now=now
            )
        )
        # What another page took meanwhile is not owed any more.
        if Told.DONE in {close_page(processor, one, now) for one in order.others}:
            continue
        if order.url is not None:
            return order.url
        page = processor.open_page(order, back_to=back_to)
        if in_transaction(lambda session: commands.keep_page(session, order.checkout_id, page, now)):  # noqa: B023  at once
            return page.url
        # Another window has opened a page for another amount since: one of the two takes money.
        processor.expire_page(page.session_id)
    raise CheckoutBusyError("This is being paid in another window. Close it and try again.")


def close_page(processor: Processor, page: OpenPage, now: datetime) -> Told:
    """End a page so that it takes no money; what it has taken already is entered (`Told.DONE`).

    Raises:
        ProcessorUnavailableError: it may still take money.
    """
    try:
        state = processor.expire_page(page.session_id)
    except ProcessorRefusedError:
        # It is over by itself, or paid.
        try:
            state = processor.fetch_page(page.session_id)
        except ProcessorRefusedError:
            # It knows of none such: nobody pays there.
            in_transaction(lambda session: commands.end_checkout(session, page.checkout_id, now))
            return Told.OPEN
    return in_transaction(lambda session: commands.apply_page(session, state, is_certain=True, now=now))


def settle(processor: Processor, session_id: str, now: datetime) -> Told:
    """Ask how a page stands, and follow the answer.

    Raises:
        ProcessorUnavailableError, ProcessorRefusedError: see there.
    """
    state = processor.fetch_page(session_id)
    return in_transaction(lambda session: commands.apply_page(session, state, is_certain=True, now=now))


def refund(
    settings: Settings,
    payment_id: UUID,
    amount_cents: int | None,
    reason: str,
    *,
    request_key: str,
    actor: Actor,
    location_ids: Iterable[UUID],
    now: datetime,
) -> UUID:
    """Give back what was paid online, or a part of it, once for each `request_key`; return the id of the refund.

    Raises:
        NotFoundError, RefundTooLargeError, NotReversibleError: see `commands.open_refund`; nothing was asked for then.
        KeyReusedError: the same key stood for another amount or reason.
        RefundFailedError: the processor could not give it.
        ProcessorUnavailableError, ProcessorRefusedError: see there.
    """
    order = in_transaction(
        lambda session: commands.open_refund(
            session,
            payment_id,
            amount_cents,
            reason,
            request_key=request_key,
            actor=actor,
            location_ids=location_ids,
            now=now,
        )
    )
    if amount_cents not in {None, order.amount_cents} or reason != order.reason:
        raise KeyReusedError("This Idempotency-Key was used for another refund. Use a new key for a new request.")
    if order.entry_id is not None:
        return order.refund_id
    processor = Processor(settings)
    # An earlier try may have reached it, longer ago than it remembers keys.
    state = (None if order.is_new else processor.find_refund(order)) or _ask_for(processor, order, now)
    told = in_transaction(lambda session: commands.apply_refund(session, state, actor=actor, now=now))
    if told is Told.FAILED:
        raise RefundFailedError(
            "The card processor could not give this back, and nothing was entered. Pay it out by hand."
        )
    if told is Told.OPEN:
        raise RefundFailedError(
            "The card processor waits for something before it gives this back. Look at its dashboard; it is entered once it went."
        )
    return order.refund_id


def _ask_for(processor: Processor, order: RefundOrder, now: datetime) -> RefundState:
    try:
        return processor.refund(order)
    except ProcessorRefusedError:
        # Where another try of the same is under way, that one says how it ends.
        if order.is_new:
            in_transaction(lambda session: commands.give_up_refund(session, order.refund_id, now))
        raise


def follow_refund(processor: Processor, order: RefundOrder, now: datetime) -> Told:
    """Find out what became of a refund whose answer was lost; one that never arrived is given up (`Told.FAILED`).

    Raises:
        ProcessorUnavailableError, ProcessorRefusedError: see there.
    """
    state = processor.find_refund(order)
    if state is None:
        in_transaction(lambda session: commands.give_up_refund(session, order.refund_id, now))
        return Told.FAILED
    return in_transaction(lambda session: commands.apply_refund(session, state, now=now))
