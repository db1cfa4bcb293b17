"""Texts between customers and the shop, in a thread."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.demo.shop import Colleague
from backend.messages.rules import Channel, Direction, MessageClass, MessageStatus, Origin, Reason
from backend.notices.rules import REMINDERS, Trigger

# Between two messages of a thread there is at least this much.
LEAST_GAP = timedelta(seconds=40)


@dataclass(slots=True)
class Text:
    """One message; `by` is None for those that the system sends and for the customer's."""

    direction: Direction
    body: str
    at: datetime
    by: Colleague | None = None
    channel: Channel = Channel.SMS
    status: MessageStatus = MessageStatus.DELIVERED
    is_unread: bool = False
    trigger: Trigger | None = None
    template: str | None = None
    subject: str | None = None
    is_keyword_reply: bool = False
    reason: Reason | None = None
    error_code: str | None = None
    due_at: datetime | None = None

    @property
    def origin(self) -> Origin:
        """What made it."""
        if self.direction is Direction.IN:
            return Origin.CUSTOMER
        if self.is_keyword_reply:
            return Origin.KEYWORD
        if self.trigger in REMINDERS:
            return Origin.REMINDER
        if self.trigger in {Trigger.BOOKED, Trigger.RESCHEDULED}:
            return Origin.CONFIRMATION
        return Origin.STAFF if self.by else Origin.STAGE

    @property
    def message_class(self) -> MessageClass:
        """Which rules it is under."""
        if self.is_keyword_reply:
            return MessageClass.KEYWORD_REPLY
        is_talk = self.direction is Direction.IN or self.by is not None
        return MessageClass.CONVERSATION if is_talk else MessageClass.INFORMATIONAL

    @property
    def has_left(self) -> bool:
        """Whether the provider got it, so that a consent allowed it."""
        return self.direction is Direction.OUT and self.status in {MessageStatus.DELIVERED, MessageStatus.UNDELIVERED}


def reply(body: str, at: datetime, *, is_unread: bool = False) -> Text:
    """Return a text from the customer."""
    return Text(Direction.IN, body, at, status=MessageStatus.RECEIVED, is_unread=is_unread)


def settle(texts: list[Text], latest: datetime) -> None:
    """Put the thread in order: no text after `latest`, and a gap between two."""
    texts.sort(key=lambda text: text.at)
    for text in reversed(texts):
        text.at = min(text.at, latest)
        latest = text.at - LEAST_GAP


def dollars(cents: int) -> str:
    """Return an amount as a text says it, "$1,204.50"."""
    return f"${cents // 100:,}.{cents % 100:02d}"
