"""What grows around a visit's times: the thread, the checks and the money."""

from datetime import datetime, timedelta
from random import Random

from backend.appointments.rules import Status
from backend.demo import checks, jobs, sayings, threads
from backend.demo.calendar import clock_time
from backend.demo.randomness import stream
from backend.demo.sayings import Moment, Saying
from backend.demo.shop import Colleague, Place
from backend.demo.threads import Text
from backend.demo.visits import Visit, shortly_after
from backend.messages.rules import Channel, Direction, MessageStatus, Reason
from backend.notices.commands import PREPARED as PREPARED_RULES
from backend.notices.rules import Trigger
from backend.payments.models import PaymentKind, PaymentMethod
from backend.templates.commands import PREPARED
from backend.templates.rules import render, say_day, say_time
from backend.vehicles.rules import vehicle_label

PERSON_METHODS = (PaymentMethod.CARD, PaymentMethod.CASH, PaymentMethod.CHECK, PaymentMethod.OTHER)
PERSON_METHOD_WEIGHTS = (78, 13, 7, 2)
# A little after eight: two texts that were held keep their distance.
FIRST_TEXT_MINUTE = clock_time(8, 5)
LARGE_JOB_CENTS = 500_00
DEPOSIT_SHARE_PERCENT = 40
# A card is offered as security for a slip of the finger; the till is closed later that day.
CORRECTION_DELAY = timedelta(minutes=3)
# Twilio's code for a telephone that is off or out of reach.
UNREACHABLE = "30003"


# --- texts ------------------------------------------------------------------------------------


def _in_daytime(visit: Visit, at: datetime) -> datetime:
    """Hold what the shop would text before eight in the morning until then."""
    hours = visit.place.hours
    return max(at, hours.at(at.astimezone(hours.zone).date(), FIRST_TEXT_MINUTE))


def write_thread(
    random: Random, visit: Visit, latest: datetime, *, has_unread: bool = False, is_chatty: bool = True
) -> None:
    """Write what was texted until `latest`; an unread thread ends with the customer's question."""
    if visit.customer is None or visit.customer.phone is None:
        return
    advisor, ready_at, left_at = visit.booked_by, visit.ready_at, visit.check_out_at
    booked_at = _in_daytime(visit, visit.booked_at + timedelta(minutes=1))
    texts = [by_itself(visit, Trigger.BOOKED, booked_at)]
    if random.random() < 0.7:  # noqa: PLR2004  shares of threads, here and below
        texts.append(threads.reply(random.choice(sayings.BOOKED_REPLIES), shortly_after(random, booked_at, 2, 50)))
    if is_chatty:
        texts += _talk_at_work(random, visit, ready_at)
    if ready_at is not None:
        told_at = _in_daytime(visit, ready_at + timedelta(minutes=1))
        if left_at is None or told_at < left_at:
            texts += _talk(random, visit, sayings.READY, told_at, advisor)
        replied_at = shortly_after(random, told_at, 2, 8)
        if left_at is not None and replied_at < left_at:
            texts += _talk(random, visit, sayings.READY_REPLIES, replied_at, direction=Direction.IN)
    if left_at is not None and is_chatty:
        thanks_at = left_at + timedelta(minutes=15)
        texts += _talk(random, visit, sayings.THANKS, thanks_at, advisor)
        if random.random() < 0.3:  # noqa: PLR2004
            thanked_at = shortly_after(random, thanks_at, 3, 60)
            texts.append(threads.reply(random.choice(sayings.THANKS_REPLIES), thanked_at))
    # After closing nobody at the shop texts, and what has not happened yet is not written.
    texts = [text for text in texts if text.at <= latest]
    if has_unread:
        texts += _question(random, visit, texts, latest)
    threads.settle(texts, latest)
    visit.texts = texts


def by_itself(visit: Visit, trigger: Trigger, at: datetime) -> Text:
    """Return the text that the shop's rule sends, from the template of that trigger."""
    name, _ = PREPARED_RULES[trigger]
    body = next(template.body for template in PREPARED if template.name == name)
    zone, car = visit.place.hours.zone, visit.vehicle
    values: dict[str, str | None] = {
        "shop_name": visit.place.entry.name,
        "appointment_day": say_day(visit.starts_at, zone),
        "appointment_time": say_time(visit.starts_at, zone),
        "vehicle": vehicle_label(car.year, car.model.make, car.model.model) if car else None,
        "tech_first_name": visit.tech.name.split()[0] if visit.tech else None,
    }
    return Text(Direction.OUT, render(body, values), at, trigger=trigger, template=name)


def _talk(
    random: Random,
    visit: Visit,
    options: tuple[Saying, ...],
    at: datetime,
    by: Colleague | None = None,
    *,
    direction: Direction = Direction.OUT,
) -> list[Text]:
    """Return a text that fits that time, none where none does."""
    moment = Moment(visit, at)
    saying = sayings.say(random, options, moment)
    if saying is None:
        return []
    body = moment.fill(saying.words)
    return [threads.reply(body, at) if direction is Direction.IN else Text(direction, body, at, by)]


def _talk_at_work(random: Random, visit: Visit, ready_at: datetime | None) -> list[Text]:
    """Return what is said from the check-in until the car is ready."""
    if visit.check_in_at is None:
        return []
    advisor = visit.booked_by
    told_at = _in_daytime(visit, shortly_after(random, visit.check_in_at, 1, 4))
    texts = _talk(random, visit, sayings.CHECKED_IN, told_at, advisor)
    if texts and random.random() < 0.5:  # noqa: PLR2004
        replied_at = shortly_after(random, told_at, 2, 12)
        texts += _talk(random, visit, sayings.CHECKED_IN_REPLIES, replied_at, direction=Direction.IN)
    found_at = shortly_after(random, told_at, 15, 40)
    # Nothing is found on a car that nobody has looked at yet.
    if visit.status is not Status.SCHEDULED and random.random() < 0.4:  # noqa: PLR2004
        moment = Moment(visit, found_at)
        finding = sayings.say(random, sayings.FINDINGS, moment)
        if finding is not None:
            texts.append(Text(Direction.OUT, moment.fill(finding.words), found_at, advisor))
            texts.append(threads.reply(random.choice(finding.answers), shortly_after(random, found_at, 1, 9)))
    return [text for text in texts if ready_at is None or text.at < ready_at]


def _question(random: Random, visit: Visit, before: list[Text], latest: datetime) -> list[Text]:
    """Return the newest text of the thread, which nobody has read yet."""
    options: tuple[Saying, ...]
    if visit.ready_at is not None:
        options = sayings.READY_REPLIES
    elif visit.check_in_at is not None:
        options = sayings.CHECKED_IN_REPLIES
    else:
        options = sayings.QUESTIONS
    newest = max((text.at + threads.LEAST_GAP for text in before), default=visit.booked_at)
    hours = visit.place.hours
    asked_at = hours.back(hours.last_open(latest), random.randint(1, 25))
    texts = _talk(random, visit, options, max(newest, asked_at), direction=Direction.IN)
    for text in texts:
        text.is_unread = True
    return texts


def mark_failed(visit: Visit) -> None:
    """Let the newest text of the shop not have arrived."""
    newest = max(
        (text for text in visit.texts if text.direction is Direction.OUT), key=lambda text: text.at, default=None
    )
    if newest is not None:
        newest.status, newest.error_code, newest.reason = (
            MessageStatus.UNDELIVERED,
            UNREACHABLE,
            Reason.PROVIDER_REFUSED,
        )


def send_invoice(visit: Visit) -> None:
    """Email the invoice when the car was given back."""
    if visit.customer is not None and visit.customer.email is not None and visit.check_out_at is not None:
        body = f"Your invoice for {visit.title or 'your visit'}: {threads.dollars(visit.total_cents)}. Thank you for your business."
        sent_at = visit.check_out_at + timedelta(minutes=2)
        subject = f"Your invoice from {visit.place.entry.name}"
        visit.texts.append(Text(Direction.OUT, body, sent_at, None, Channel.EMAIL, subject=subject))
        visit.texts.sort(key=lambda text: text.at)


# --- checks -----------------------------------------------------------------------------------


def inspect(random: Random, visit: Visit, *, share_done: float = 1.0) -> None:
    """Add the inspections that the visit's technician has filled in."""
    if visit.tech is None or visit.check_in_at is None:
        return
    at = visit.check_in_at + timedelta(minutes=4)
    visit.checks.append(checks.multi_point(random, at, visit.tech, share_done=share_done))
    if visit.check_out_at is not None:
        visit.checks.append(checks.pick_up(max(at, visit.check_out_at - timedelta(minutes=20)), visit.tech))


# --- money ------------------------------------------------------------------------------------


def decline_something(random: Random, visit: Visit) -> None:
    """Add a job that the customer did not want this time; it stays on the list without being charged."""
    present = {line.name for line in visit.lines}
    electric = visit.vehicle is not None and visit.vehicle.is_electric
    options = [job for job in jobs.ADD_ONS if job.name not in present and (job.fits_electric or not electric)]
    job = random.choice(options)
    offered = jobs.lines_of([job], visit.place.key)[:-1]
    reason = stream("declined", *visit.key).choice(jobs.DECLINE_REASONS)
    for line in offered:
        line.decline_reason = reason
    visit.lines[-1:-1] = offered


def settle_bill(random: Random, visit: Visit) -> None:
    """Let a customer who picked up the car pay: mostly all of it at once, sometimes otherwise."""
    at = visit.check_out_at
    if at is None:
        return
    total = visit.total_cents
    at -= timedelta(minutes=2)
    if visit.customer is not None and visit.customer.is_company:
        _pay_invoice(random, visit, at)
        return
    method = random.choices(PERSON_METHODS, PERSON_METHOD_WEIGHTS)[0]
    advisor = visit.booked_by
    case = random.random()
    if total >= LARGE_JOB_CENTS and case < 0.5:  # noqa: PLR2004  shares of bills, here and below
        pay_deposit(visit, advisor)
        visit.pay(total - sum(entry.amount_cents for entry in visit.ledger), at, advisor, method)
    elif case < 0.93:  # noqa: PLR2004
        visit.pay(total, at, advisor, method)
    elif case < 0.955:  # noqa: PLR2004
        split_payment(visit, at, advisor)
    elif case < 0.965:  # noqa: PLR2004
        # Entered under the wrong method, voided, entered again.
        visit.pay(total, at - 2 * CORRECTION_DELAY, advisor, PaymentMethod.CASH)
        visit.reverse(PaymentKind.VOID, at - CORRECTION_DELAY, visit.place.accountant, "Was a card payment")
        visit.pay(total, at, advisor, PaymentMethod.CARD)
    elif case < 0.98:  # noqa: PLR2004
        refund_double_charge(visit, at)
    else:
        # Half now; most bring the rest within a fortnight.
        visit.pay(total // 2, at, advisor, method, "Rest by the end of the month")
        later = _working_day_after(random, visit.place, at, 3, 14)
        if later is not None and random.random() < 0.6:  # noqa: PLR2004
            visit.pay(total - total // 2, later, visit.place.accountant, PaymentMethod.CHECK)


def pay_deposit(visit: Visit, by: Colleague) -> None:
    """Enter a deposit for parts, taken when the car was brought."""
    at = (visit.check_in_at or visit.booked_at) + timedelta(minutes=3)
    share = visit.total_cents * DEPOSIT_SHARE_PERCENT // 100
    visit.pay(share, at, by, PaymentMethod.CARD, "Deposit for parts", is_deposit=True)


def split_payment(visit: Visit, at: datetime, by: Colleague) -> None:
    """Pay a part in cash and the rest by card."""
    cash = min(100_00, visit.total_cents // 2)
    visit.pay(cash, at - timedelta(minutes=1), by, PaymentMethod.CASH)
    visit.pay(visit.total_cents - cash, at, by, PaymentMethod.CARD)


def refund_double_charge(visit: Visit, at: datetime) -> None:
    """Charge a job twice, and give that back."""
    extra = visit.lines[0].price_cents
    visit.pay(visit.total_cents, at - 2 * CORRECTION_DELAY, visit.booked_by)
    visit.pay(extra, at - CORRECTION_DELAY, visit.booked_by)
    visit.reverse(PaymentKind.REFUND, at, visit.place.accountant, f"{visit.lines[0].name} was charged twice")


def _pay_invoice(random: Random, visit: Visit, at: datetime) -> None:
    """Let a company pay by transfer or check within its thirty days, if they are over by now."""
    paid_at = _working_day_after(random, visit.place, at, 9, 34)
    if paid_at is not None:
        method = random.choice((PaymentMethod.ACH, PaymentMethod.ACH, PaymentMethod.CHECK))
        visit.pay(visit.total_cents, paid_at, visit.place.accountant, method, "Net 30 invoice")


def _working_day_after(random: Random, place: Place, at: datetime, least: int, most: int) -> datetime | None:
    """Return an instant in the morning `least` to `most` days later; None where that has not come yet."""
    day = at.astimezone(place.hours.zone).date() + timedelta(days=random.randint(least, most))
    while not place.hours.is_work_day(day):
        day += timedelta(days=1)
    minute = place.hours.opens + random.randint(30, 180)
    return place.hours.at(day, minute) if day < place.today else None
