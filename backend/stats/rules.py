"""The formulas of the figures: what each counts, in words, in what unit, and since which version that is so.

A figure's number is computed from its rows and from nothing else, so the rows add up to it. Whoever changes what
a formula counts gives it the next version.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from backend.core.errors import RuleViolationError

MAXIMUM_DAYS = 366


class Unit(StrEnum):
    """What a figure's number counts; all are whole numbers. A share is in hundredths of a percent, a mean in tenths.

    An hourly rate is in cents, of cents by seconds.
    """

    COUNT = "count"
    CENTS = "cents"
    CENTS_PER_HOUR = "cents_per_hour"
    SECONDS = "seconds"
    MINUTES = "minutes"
    SHARE = "share"
    MEAN = "mean"


# What one is of units that are finer than what they count.
_FINENESS = {Unit.SHARE: 10_000, Unit.MEAN: 10, Unit.CENTS_PER_HOUR: 3600}


@dataclass(frozen=True, slots=True)
class Formula:
    """A figure. A quotient has its rows' `value` above the line and their `weight` below it; others add up `value`.

    `unit` is the figure's, `row_unit` that of its rows' values and `weight_unit` that of their weights. `compares`:
    whether the same figure of the days before says something; how things stand at this moment has no past.
    """

    key: str
    words: str
    unit: Unit
    row_unit: Unit
    weight_unit: Unit | None = None
    version: int = 1
    is_money: bool = False
    compares: bool = True

    @property
    def is_quotient(self) -> bool:
        """True for averages and shares."""
        return self.weight_unit is not None

    def compute(self, value: int, weight: int | None) -> int | None:
        """Return the figure of its rows' sums, halves rounded away from zero; None where there is nothing to divide by."""
        if not self.is_quotient:
            return value
        if not weight:
            return None
        above = value * _FINENESS.get(self.unit, 1)
        below = weight
        if below < 0:
            above, below = -above, -below
        half = (2 * abs(above) + below) // (2 * below)
        return half if above >= 0 else -half


_STAND = "How things stand now, of the jobs planned for these days and the cars still here from earlier ones: "

FORMULAS = {
    formula.key: formula
    for formula in (
        Formula(
            "jobsToday",
            "Jobs planned for these days, one for each that is not canceled.",
            Unit.COUNT,
            Unit.COUNT,
        ),
        Formula(
            "carsOnPremises",
            "Cars that were checked in and not checked out, whatever day they were planned for.",
            Unit.COUNT,
            Unit.COUNT,
            compares=False,
        ),
        Formula("scheduled", _STAND + "those that are Scheduled.", Unit.COUNT, Unit.COUNT, compares=False),
        Formula("inProgress", _STAND + "those that are In progress.", Unit.COUNT, Unit.COUNT, compares=False),
        Formula("ready", _STAND + "those that are Ready.", Unit.COUNT, Unit.COUNT, compares=False),
        Formula(
            "completed",
            "Completed jobs whose car left on these days; one that left before its day counts on its day.",
            Unit.COUNT,
            Unit.COUNT,
        ),
        Formula("noShow", "Jobs planned for these days whose customer did not come.", Unit.COUNT, Unit.COUNT),
        Formula(
            "unpaidTotal",
            "What is still to be paid for the Ready and Completed jobs planned for these days: total less payments, "
            'tax included. What was paid too much is not set against it. The board\'s "to collect" also counts cars that are still '
            "here from earlier days; what is owed on invoices of any day is in the books, under Open invoices.",
            Unit.CENTS,
            Unit.CENTS,
            is_money=True,
            compares=False,
        ),
        Formula(
            "revenue",
            "Invoices posted on these days, after discounts and before tax, less the invoices reversed on these days.",
            Unit.CENTS,
            Unit.CENTS,
            is_money=True,
        ),
        Formula(
            "averageRepairOrder",
            "Revenue of these days divided by their car count.",
            Unit.CENTS,
            Unit.CENTS,
            Unit.COUNT,
            is_money=True,
        ),
        Formula(
            "laborRate",
            "Labor on the invoices posted on these days, after discounts and before tax, divided by the hours sold on them, less "
            "both of the invoices reversed on these days. Labor at a flat price counts with the hours it is sold as.",
            Unit.CENTS_PER_HOUR,
            Unit.CENTS,
            Unit.SECONDS,
            is_money=True,
        ),
        Formula(
            "margin",
            "Revenue of these days less what its lines cost, divided by that revenue. A line's cost is what is entered with it, parts "
            "and labor alike, as it stands now; a line without one counts as if it cost nothing, so the real margin is lower: "
            "“Lines without a cost” lists where.",
            Unit.SHARE,
            Unit.CENTS,
            Unit.CENTS,
            is_money=True,
        ),
        Formula(
            "uncostedLines",
            "Lines of parts and labor on the invoices posted on these days that have no cost, less those of invoices reversed on "
            "these days.",
            Unit.COUNT,
            Unit.COUNT,
            is_money=True,
        ),
        Formula(
            "carCount",
            "Visits invoiced on these days, less those whose invoice was reversed on these days.",
            Unit.COUNT,
            Unit.COUNT,
        ),
        *(
            Formula(
                key,
                f"Time that cars which left completed on these days had spent {status}, all their stays together, "
                "divided by how many of them were in it.",
                Unit.SECONDS,
                Unit.SECONDS,
                Unit.COUNT,
            )
            for key, status in (
                ("cycleScheduled", "Scheduled"),
                ("cycleInProgress", "In progress"),
                ("cycleReady", "Ready"),
            )
        ),
        Formula(
            "techHours",
            "Planned time of each technician's jobs, at most a day's opening hours a job, divided by the opening hours of "
            "the days on which the shop had work, for each active technician and whoever else had jobs.",
            Unit.SHARE,
            Unit.MINUTES,
            Unit.MINUTES,
        ),
        Formula(
            "closeRatio",
            "Work of the visits whose first estimate was shown on these days, at its price now, after discounts and before tax: what "
            "is approved, divided by all that was offered. What was shown and waits for an answer counts as offered; of "
            "alternatives the chosen one counts.",
            Unit.SHARE,
            Unit.CENTS,
            Unit.CENTS,
            is_money=True,
        ),
        Formula(
            "recovery",
            "Jobs declined on these days that a later visit took up and the customer approved, divided by all jobs "
            "declined on these days.",
            Unit.SHARE,
            Unit.COUNT,
            Unit.COUNT,
        ),
        Formula(
            "inspectionsSent",
            "Visits of these days whose inspection report was sent to the customer, divided by all visits of these days "
            "whose car came and that an inspection is for: a template in use fits, or one was begun.",
            Unit.SHARE,
            Unit.COUNT,
            Unit.COUNT,
            version=2,
        ),
        Formula(
            "inspectionPhotos",
            "Photos of the inspections submitted on these days, divided by how many inspections that are.",
            Unit.MEAN,
            Unit.COUNT,
            Unit.COUNT,
        ),
        Formula(
            "inspectionTime",
            "Time from the start of the inspections submitted on these days to their submission, divided by how many "
            "inspections that are.",
            Unit.SECONDS,
            Unit.SECONDS,
            Unit.COUNT,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Span:
    """Whose numbers, of which local days, both included; `tech_id` None is everybody."""

    location_id: UUID
    first_day: date
    last_day: date
    tech_id: UUID | None = None

    def before(self) -> "Span":
        """Return as many days just before."""
        days = (self.last_day - self.first_day).days + 1
        return Span(
            self.location_id, self.first_day - timedelta(days=days), self.first_day - timedelta(days=1), self.tech_id
        )

    def moved(self, by: timedelta) -> "Span":
        """Return the days that stand so much later."""
        return Span(self.location_id, self.first_day + by, self.last_day + by, self.tech_id)


def days_ahead(today: date, relative_to: date | None) -> timedelta:
    """Return how many days a location is ahead of the day that somebody counted theirs from; none where they named fixed days.

    Raises:
        RuleViolationError: that is nowhere today.
    """
    ahead = timedelta(0) if relative_to is None else today - relative_to
    # Clocks of the earth are at most 26 hours apart, and a page may have been opened before midnight.
    if abs(ahead) > timedelta(days=3):
        raise RuleViolationError(
            "The days are counted from another day than today.", errors={"relativeTo": ["Must be today."]}
        )
    return ahead


def check_range(first_day: date | None, last_day: date | None) -> None:
    """Refuse days that run backwards or reach over a year.

    Raises:
        RuleViolationError: naming the field.
    """
    if last_day is None:
        return
    if first_day is None:
        raise RuleViolationError("Give the first day too.", errors={"from": ["Needed with `to`."]})
    if last_day < first_day:
        raise RuleViolationError("The last day is before the first.", errors={"to": ["Must not be before `from`."]})
    if last_day - first_day > timedelta(days=MAXIMUM_DAYS - 1):
        raise RuleViolationError(
            f"Ask for at most {MAXIMUM_DAYS} days.", errors={"to": [f"At most {MAXIMUM_DAYS} days from `from`."]}
        )


# --- what is stuck, and what to do about it ---------------------------------------------------

# A car that nobody promised for a time is late when it has stood in one status for so long.
LONGEST_STAY = timedelta(hours=24)


class NextAction(StrEnum):
    """What moves a car on."""

    ASSIGN = "assign"
    ANSWER = "answer"
    GET_APPROVAL = "get_approval"
    PROMISE_AGAIN = "promise_again"
    COLLECT = "collect"
    CALL_FOR_PICKUP = "call_for_pickup"
    FINISH = "finish"


def next_action(
    *,
    status: str,
    has_technician: bool,
    unread: int,
    estimate_state: str | None,
    balance_cents: int,
    late_since: datetime,
    now: datetime,
) -> NextAction:
    """Say what moves a car on that is here: first what others wait for, then what is late."""
    if unread or estimate_state == "question":
        return NextAction.ANSWER
    if status == "READY":
        return NextAction.COLLECT if balance_cents > 0 else NextAction.CALL_FOR_PICKUP
    if estimate_state in {"sent", "opened", "changed"}:
        return NextAction.GET_APPROVAL
    if not has_technician:
        return NextAction.ASSIGN
    return NextAction.PROMISE_AGAIN if late_since < now else NextAction.FINISH
