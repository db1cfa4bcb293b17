"""The card processor: Stripe by its own library, or what speaks like it. No session of the database is open meanwhile.

Each call that moves money has a key of ours, so asking again after a lost answer moves it once.
"""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.payments.rules import (
    PAGE_LASTS,
    Entry,
    Order,
    Page,
    PageState,
    ProcessorRefusedError,
    ProcessorUnavailableError,
    RefundState,
    read_page,
    read_payment,
    read_refund,
    read_refund_entry,
)
from backend.settings import Settings

CONNECT_SECONDS, READ_SECONDS = 3.0, 10.0
TRIES_AGAIN = 1
PAGE_SIZE = 100
RETRY_AFTER_SECONDS = 5
# What the processor says at more than this length it has cut itself.
LONGEST_REASON = 480


class Processor:
    """The account that the settings name."""

    def __init__(self, settings: Settings) -> None:
        """Sign in; without an account every call is refused."""
        self._client: Any = None
        if settings.stripe_secret_key is not None:
            # Here, because they take a second that only those who pay should wait for.
            import requests  # noqa: PLC0415, TID251  its settings only; the timeouts are below
            import stripe  # noqa: PLC0415

            way_out = requests.Session()
            # As for texts: no proxy that happens to be in the environment.
            way_out.trust_env = False
            self._client = stripe.StripeClient(
                settings.stripe_secret_key,
                base_addresses={"api": settings.stripe_api_url},
                max_network_retries=TRIES_AGAIN,
                http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS), session=way_out),
            )

    def open_page(self, order: Order, *, back_to: str) -> Page:
        """Open a page where a customer pays; a second call for the same checkout returns the same page.

        The page leads back to `back_to` with `?paid=1`, or `?paid=0` where the customer turned round.

        Raises:
            ProcessorUnavailableError, ProcessorRefusedError: see there.
        """
        ours = {"checkout": str(order.checkout_id)}
        wanted: dict[str, Any] = {
            "mode": "payment",
            "client_reference_id": str(order.checkout_id),
            "metadata": ours,
            "payment_intent_data": {"metadata": ours, "description": order.description},
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": order.currency.lower(),
                        "unit_amount": order.amount_cents,
                        "product_data": {"name": order.description},
                    },
                }
            ],
            "payment_method_types": ["card"],
            "success_url": f"{back_to}?paid=1",
            "cancel_url": f"{back_to}?paid=0",
            "expires_at": int((order.made_at + PAGE_LASTS).timestamp()),
        }
        with self._said() as client:
            page = client.v1.checkout.sessions.create(wanted, {"idempotency_key": f"checkout {order.checkout_id}"})
        return Page(page.id, page.url)

    def fetch_page(self, session_id: str) -> PageState:
        """Return how a page stands now.

        Raises:
            ProcessorUnavailableError, ProcessorRefusedError: see there.
        """
        with self._said() as client:
            return read_page(client.v1.checkout.sessions.retrieve(session_id).to_dict())

    def refund(
        self, provider_payment_id: str, amount_cents: int, *, reason: str, recorded_by: UUID, key: str
    ) -> RefundState:
        """Give money back; a second call with the same key gives it back once.

        Raises:
            ProcessorUnavailableError, ProcessorRefusedError: see there.
        """
        wanted = {
            "payment_intent": provider_payment_id,
            "amount": amount_cents,
            "metadata": {"recordedBy": str(recorded_by), "reason": reason[:LONGEST_REASON]},
        }
        with self._said() as client:
            return read_refund(client.v1.refunds.create(wanted, {"idempotency_key": f"refund {key}"}).to_dict())

    def fetch_refund(self, provider_id: str) -> RefundState:
        """Return how a refund stands now.

        Raises:
            ProcessorUnavailableError, ProcessorRefusedError: see there.
        """
        with self._said() as client:
            return read_refund(client.v1.refunds.retrieve(provider_id).to_dict())

    def list_entries(self, since: datetime) -> list[Entry]:
        """List what was paid by pages of ours, and what was refunded of anything, made since then.

        Raises:
            ProcessorUnavailableError, ProcessorRefusedError: see there.
        """
        wanted = {"created": {"gte": int(since.timestamp())}, "limit": PAGE_SIZE}
        with self._said() as client:
            payments = [
                read_payment(made.to_dict()) for made in client.v1.payment_intents.list(wanted).auto_paging_iter()
            ]
            refunds = [read_refund_entry(made.to_dict()) for made in client.v1.refunds.list(wanted).auto_paging_iter()]
        return [entry for entry in (*payments, *refunds) if entry is not None]

    @contextlib.contextmanager
    def _said(self) -> Iterator[Any]:
        """Turn what the library raises into what it means for who asked."""
        if self._client is None:
            raise ProcessorRefusedError("This shop takes no cards online. Record the payment by hand.")
        import stripe  # noqa: PLC0415  as above

        try:
            yield self._client
        except (stripe.InvalidRequestError, stripe.CardError, stripe.IdempotencyError) as error:
            said = error.user_message or "no reason given"
            raise ProcessorRefusedError(f"The card processor refused this: {said}") from error
        except stripe.StripeError as error:
            raise ProcessorUnavailableError(
                "The card processor does not answer. Try again in a moment: nothing is charged or given back twice.",
                retry_after=RETRY_AFTER_SECONDS,
            ) from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # An answer that is not the one we asked for.
            raise ProcessorUnavailableError(
                "The card processor's answer made no sense. Try again in a moment: nothing is charged or given back twice.",
                retry_after=RETRY_AFTER_SECONDS,
            ) from error
