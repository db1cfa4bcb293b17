"""What makes an inbox: reminders, texts that wait, that were not delivered or not allowed, and replies a person must read.

Everything stands as the product itself would have left it: held texts have the instant at which the hours of the law
let them go, and no text that is due lies in the past, so that a demo shop sends nothing by itself when it starts.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from backend.appointments.rules import Status
from backend.consent.rules import ConsentMethod, ReviewKind
from backend.core.phone import time_zones
from backend.demo import sayings, stories, threads
from backend.demo.desk import Desk
from backend.demo.randomness import stream
from backend.demo.sayings import Moment
from backend.demo.threads import Text
from backend.demo.visits import Said, Visit, shortly_after
from backend.hours.rules import FEDERAL, candidate_zones, next_opening
from backend.messages.rules import Direction, MessageStatus, Reason
from backend.notices.rules import LOOKAHEAD, Trigger, reads_as_confirmation, reminder_at
from backend.templates.rules import transliterate

# Where three of a location's customers are for a while; at any hour of a shop at least one of them sleeps.
AWAY = ("Pacific/Honolulu", "Asia/Tokyo", "Europe/London")
# Customers who are away come in so many working days, well after everybody who is reminded now.
AWAY_DAYS = 5
PROPOSALS = 2
# Twilio's code for a number that takes no texts.
LANDLINE = "21614"
# The schedule that writes reminders down turns every five minutes.
TURN = timedelta(minutes=5)
SENT_WITHIN = timedelta(seconds=4)
OPTED_OUT = (
    "{shop}: you are opted out and will get no more texts from us. Reply START to get texts about your car again."
)


def play(desk: Desk, taken: Iterable[Visit], latest: datetime) -> None:
    """Add the scenes to a location's present; those `taken` have a story already. `latest` is when the shop last texted."""
    cast = _Cast(desk, taken)
    away = [cast.pick(lambda visit: _comes_in(desk, visit, AWAY_DAYS)) for _ in AWAY]
    for visit, zone in zip(away, AWAY, strict=True):
        if visit and visit.customer:
            visit.customer.timezone = zone
    _hold_for_the_morning(desk, [visit for visit in away if visit], latest)
    stopped = cast.pick(lambda visit: _comes_in(desk, visit, 1) and bool(visit.texts))
    canceled = cast.pick(lambda visit: _comes_in(desk, visit, 2) and bool(visit.texts))
    if stopped:
        _opt_out(desk, stopped, "STOP", 95, latest)
    if canceled:
        _opt_out(desk, canceled, "Cancel", 20, latest, review=ReviewKind.CANCEL_APPOINTMENT)
    at_work = cast.pick(_is_at_work) or next(filter(_is_at_work, desk.visits), None)
    if at_work:
        _ask_to_stop(desk, at_work, latest)
    others = [cast.pick(_is_at_work) for _ in range(PROPOSALS)]
    for proposed in [visit for visit in others if visit] or ([at_work] if at_work else []):
        _propose(proposed)
    landline = cast.pick(lambda visit: _comes_in(desk, visit, 2) and bool(visit.texts))
    if landline:
        _fail(landline)
    _remind(desk, besides=[visit for visit in (stopped, canceled) if visit])


class _Cast:
    """Who plays in a scene: once, by a number that nobody else has."""

    def __init__(self, desk: Desk, taken: Iterable[Visit]) -> None:
        numbers = Counter(visit.customer.phone for visit in desk.visits if visit.customer)
        taken_keys = {visit.key for visit in taken}
        self._left = [
            visit
            for visit in desk.visits
            if visit.key not in taken_keys
            and visit.customer
            and not visit.customer.is_company
            and visit.customer.phone
            and numbers[visit.customer.phone] == 1
        ]

    def pick(self, fits: Callable[[Visit], bool]) -> Visit | None:
        """Take the first who fits, None where nobody does."""
        for index, visit in enumerate(self._left):
            if fits(visit):
                return self._left.pop(index)
        return None


def _comes_in(desk: Desk, visit: Visit, least_days: int) -> bool:
    day = visit.starts_at.astimezone(desk.place.hours.zone).date()
    return visit.status is Status.SCHEDULED and day >= desk.place.work_day(least_days)


def _is_at_work(visit: Visit) -> bool:
    return visit.status is Status.IN_PROGRESS and visit.customer is not None and visit.customer.phone is not None


def _recently(desk: Desk, visit: Visit, minutes: int, latest: datetime) -> datetime:
    """Return an instant some minutes of opening hours ago, after everything that stands in the thread."""
    hours = desk.place.hours
    newest = max((text.at + threads.LEAST_GAP for text in visit.texts), default=visit.booked_at)
    return max(newest, hours.back(hours.last_open(latest), minutes))


def _zones(visit: Visit) -> tuple[str, ...]:
    assert visit.customer is not None
    assert visit.customer.phone is not None
    place_zone = visit.place.entry.timezone
    return candidate_zones(place_zone, visit.customer.timezone, time_zones(visit.customer.phone)).names


# --- one scene each --------------------------------------------------------------------------------


def _hold_for_the_morning(desk: Desk, away: list[Visit], latest: datetime) -> None:
    """Let the advisor have written to somebody for whom it is night."""
    for visit in away:
        at = _recently(desk, visit, 9, latest)
        until = next_opening(at, _zones(visit), FEDERAL)
        if until is None or until <= desk.place.now:
            continue
        body = Moment(visit, at).fill("Hi {name}, before you come in: is the key of the wheel locks in the glove box?")
        held = Text(Direction.OUT, body, at, visit.booked_by, status=MessageStatus.HELD)
        held.reason, held.due_at = Reason.QUIET_HOURS, until
        visit.texts.append(held)
        return


def _opt_out(
    desk: Desk, visit: Visit, word: str, minutes: int, latest: datetime, *, review: ReviewKind | None = None
) -> None:
    """Let a customer text a keyword, and the one answer that the law allows go out."""
    at = _recently(desk, visit, minutes, latest)
    said = threads.reply(word, at, is_unread=review is not None)
    shop = transliterate(visit.place.entry.name).text
    answer = Text(Direction.OUT, OPTED_OUT.format(shop=shop), at + timedelta(seconds=3), is_keyword_reply=True)
    visit.texts += [said, answer]
    visit.said.append(Said(said, ConsentMethod.STOP_KEYWORD, review))


def _ask_to_stop(desk: Desk, visit: Visit, latest: datetime) -> None:
    """Let a customer write what may mean the texts or the work."""
    at = _recently(desk, visit, 12, latest)
    said = threads.reply("Please stop the work, I need to talk to my wife first", at, is_unread=True)
    visit.texts.append(said)
    visit.said.append(Said(said, None, ReviewKind.OPT_OUT_OR_JOB))


def _propose(visit: Visit) -> None:
    """Let the rule that asks have proposed the text of the check-in, which nobody has sent yet."""
    assert visit.check_in_at is not None
    check_in_at = visit.check_in_at
    visit.texts = [text for text in visit.texts if text.at < check_in_at or visit.said]
    proposed = stories.by_itself(visit, Trigger.IN_PROGRESS, check_in_at + timedelta(seconds=3))
    proposed.status = MessageStatus.PROPOSED
    visit.texts.append(proposed)


def _fail(visit: Visit) -> None:
    """Let a text have gone to a number that takes none."""
    at = max(text.at for text in visit.texts) + timedelta(minutes=20)
    at = min(at, visit.place.hours.at(at.astimezone(visit.place.hours.zone).date(), visit.place.hours.closes))
    body = Moment(visit, at).fill("Hi {name}, could you bring the service booklet of your {car} along? Thank you!")
    failed = Text(Direction.OUT, body, at, visit.booked_by, status=MessageStatus.FAILED)
    failed.error_code, failed.reason = LANDLINE, Reason.PROVIDER_REFUSED
    visit.texts.append(failed)


def _remind(desk: Desk, *, besides: list[Visit]) -> None:
    """Write the reminders of the coming day: those of the past were delivered, the others wait for their time."""
    now = desk.place.now
    for visit in desk.visits:
        is_to_come = visit.status is Status.SCHEDULED and now < visit.starts_at <= now + LOOKAHEAD
        if not is_to_come or visit in besides or visit.customer is None or visit.customer.phone is None:
            continue
        due = reminder_at(Trigger.REMINDER_24H, visit.starts_at, desk.place.hours.zone)
        made_at = max(_next_turn(visit.starts_at - LOOKAHEAD), visit.booked_at + TURN)
        if visit.updated_at >= due or made_at > now or made_at >= due:
            continue
        leaves_at = next_opening(due, _zones(visit), FEDERAL) or due
        text = stories.by_itself(visit, Trigger.REMINDER_24H, leaves_at + SENT_WITHIN)
        if leaves_at + SENT_WITHIN >= now:
            text.at, text.status = made_at, MessageStatus.HELD
            text.reason, text.due_at = Reason.REQUESTED_LATER, max(leaves_at, now + timedelta(minutes=1))
        visit.texts.append(text)
        _confirm(visit, text, now)


def _confirm(visit: Visit, reminder: Text, now: datetime) -> None:
    """Let some confirm, if they have not before."""
    random = stream("confirm", *visit.key)
    at = shortly_after(random, reminder.at, 2, 40)
    has = any(text.direction is Direction.IN and reads_as_confirmation(text.body) for text in visit.texts)
    if reminder.status is MessageStatus.DELIVERED and not has and at < now and random.random() < 0.6:  # noqa: PLR2004
        visit.texts.append(threads.reply(random.choice(sayings.BOOKED_REPLIES[:4]), at))


def _next_turn(instant: datetime) -> datetime:
    turns = -(-instant.timestamp() // TURN.total_seconds())
    return datetime.fromtimestamp(turns * TURN.total_seconds(), instant.tzinfo)
