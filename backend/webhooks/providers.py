"""Ask the provider which texts customers sent: what it could not tell us is found this way."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from twilio.base.exceptions import TwilioException

from backend.sender.providers import CallError, Transport
from backend.settings import Settings
from backend.webhooks.rules import RECEIVED, Told, without_controls

PAGE_SIZE = 1000
MOST = 10_000


class UnreachableError(Exception):
    """The provider could not be asked."""


@dataclass(frozen=True, slots=True)
class Received:
    """A text that a customer sent, as the provider lists it, and when it had it."""

    told: Told
    sent_at: datetime


class Postbox:
    """Twilio's list of messages, or what speaks like it."""

    def __init__(self, settings: Settings) -> None:
        """Sign in with the settings' account; without one there is nothing to ask."""
        self._client = None
        self._account_sid = settings.twilio_account_sid
        if settings.twilio_account_sid is not None:
            # Here, because it takes a second that only those who ask should wait for.
            from twilio.rest import Client  # noqa: PLC0415

            transport = Transport(settings.twilio_api_url)
            self._client = Client(settings.twilio_account_sid, settings.twilio_auth_token, http_client=transport)

    def list_received(self, numbers: Sequence[str], since: datetime, *, until: float) -> list[Received]:
        """List the texts to our numbers since an instant in UTC, the newest first; without numbers, the whole account's.

        No page is asked for after `until` on the monotonic clock: what is older is found by a later run.

        Raises:
            UnreachableError: it did not answer, or not like itself.
        """
        found: list[Received] = []
        with self._asking() as client:
            for wanted in [{"to": number} for number in numbers] or [{}]:
                if time.monotonic() > until:
                    break
                listed = client.messages.stream(**wanted, date_sent_after=since, page_size=PAGE_SIZE, limit=MOST)
                for at, made in enumerate(listed, start=1):
                    if made.direction == "inbound":
                        found.append(self._received(made))
                    if at % PAGE_SIZE == 0 and time.monotonic() > until:
                        break
        return found

    def _received(self, made: Any) -> Received:
        sent_at = made.date_sent or made.date_created or datetime.now(UTC)  # noqa: TID251  it was listed just now
        payload = {
            "MessageSid": made.sid,
            "AccountSid": self._account_sid or "",
            "From": made.from_ or "",
            "To": made.to or "",
            "Body": without_controls(made.body or ""),
            "NumMedia": made.num_media or "0",
            "_sent_at": sent_at.isoformat(),
        }
        return Received(Told(made.sid, RECEIVED, "", payload), sent_at)

    @contextlib.contextmanager
    def _asking(self) -> Iterator[Any]:
        if self._client is None:
            raise UnreachableError("not_configured")
        try:
            yield self._client
        except (TwilioException, CallError) as error:
            raise UnreachableError(str(getattr(error, "code", "") or type(error).__name__)) from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise UnreachableError("no sense") from error
