"""What customers and the shop text each other, by what the job has come to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from backend.demo.shop import Colleague
from backend.messages.models import Channel, Direction, MessageStatus

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


BOOKED = "Keytag Auto: you're booked for {when} with your {car}. Reply C to confirm. Reply STOP to opt out."
BOOKED_REPLIES = ("C", "C", "Confirmed, thanks", "c", "Yes, see you then", "👍")
CHECKED_IN = (
    "Hi {name}, we have your {car}. We'll text you when {tech} has looked at it.",
    "Hi {name}, your {car} is checked in. Expect news from us by {promised}.",
)
CHECKED_IN_REPLIES = (
    "Thanks! Could you also look at the wipers?",
    "Ok. How long will it take roughly?",
    "Thank you. Is it ok if I pick up after 5?",
    "There is a child seat in the back, please leave it in",
    "Great. The noise is worst when turning left btw",
)
# what the shop found, what customers answer to it
FINDINGS = (
    (
        "{tech} found the cabin filter is due as well, $35 plus 0.2 h labor. Shall we do it while it's here?",
        ("Yes please go ahead", "Go for it", "Not today, thanks", "How much would that be in total?", "ok do it"),
    ),
    (
        "Rear pads are at 3 mm. No rush, but we'd plan them for the next visit.",
        ("Thanks for letting me know", "Ok, next time then", "How many miles will they last?"),
    ),
    (
        "Washer fluid was empty; we filled it up, no charge.",
        ("You're the best", "Thank you!!", "👍"),
    ),
)
READY = (
    "Good news: your {car} is ready. Total {total}. We're open until {closes}.",
    "Hi {name}, your {car} is done and parked out front. Total is {total}, see you soon!",
)
READY_REPLIES = (
    "Wonderful, be there in 30 min",
    "Can my wife pick it up? Her name is on the account",
    "Do you take American Express?",
    "Running late, can you leave the key in the box?",
    "Thanks! On my way",
)
THANKS = ("Thanks for coming in, {name}. Drive safely!", "Thank you, {name}! Your invoice is in your email.")
THANKS_REPLIES = ("Thank you!", "Drives like new, thanks", "Thanks, great service as always")
RUNNING_LATE = (
    "Sorry, stuck in traffic. Be there in 20",
    "Hi, can I come at {later} instead?",
    "Is it ok if I drop the key tonight already?",
)


def reply(random: Random, options: tuple[str, ...], at: datetime, *, is_unread: bool = False) -> Text:
    """Return a text from the customer."""
    return Text(Direction.IN, random.choice(options), at, status=MessageStatus.RECEIVED, is_unread=is_unread)


def settle(texts: list[Text], latest: datetime) -> None:
    """Put the thread in order: no text after `latest`, and a gap between two."""
    texts.sort(key=lambda text: text.at)
    for text in reversed(texts):
        text.at = min(text.at, latest)
        latest = text.at - LEAST_GAP


def dollars(cents: int) -> str:
    """Return an amount as a text says it, "$1,204.50"."""
    return f"${cents // 100:,}.{cents % 100:02d}"
