"""A shop's random past: visits in every status, invoices made and taken back, work declined and taken up again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from backend.accounts.models import User, UserLocation
from backend.accounts.permissions import Role
from backend.appointments.models import Appointment
from backend.appointments.rules import Status
from backend.audit import commands as audit
from backend.core.actor import SYSTEM
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.estimates.models import Estimate
from backend.inspections.rules import ChecklistStatus
from backend.invoices.models import Invoice, InvoiceReversal, InvoiceVersion
from backend.services.rules import Approval
from backend.shop.models import Location
from backend.stats import commands
from tests.factories.appointments import make_appointment
from tests.factories.inspections import make_checklist, make_photo
from tests.factories.services import make_job
from tests.factories.shop import make_location

FIRST = date(2026, 3, 1)
DAYS = 40


def make_technician(session: Session, location: Location, name: str) -> User:
    """Make an active technician of a location, employed for long."""
    long_ago = datetime(2025, 1, 1, tzinfo=UTC)
    user = User(
        id=new_id(),
        email=f"{new_id()}@keytag.test",
        name=name,
        role=Role.TECH,
        password_hash="none",
        created_at=long_ago,
        updated_at=long_ago,
        password_changed_at=long_ago,
    )
    session.add(user)
    session.flush()
    session.add(UserLocation(user_id=user.id, location_id=location.id))
    session.flush()
    return user


def make_invoice(
    session: Session, appointment: Appointment, number: int, *, issued_on: date, net_cents: int, tax_cents: int = 0
) -> InvoiceVersion:
    """Make a visit's invoice with its first version."""
    at = datetime.combine(issued_on, datetime.min.time(), tzinfo=UTC)
    invoice = Invoice(
        id=new_id(),
        location_id=appointment.location_id,
        number=number,
        appointment_id=appointment.id,
        created_at=at,
    )
    session.add(invoice)
    session.flush()
    return add_version(session, invoice, 1, issued_on=issued_on, net_cents=net_cents, tax_cents=tax_cents)


def add_version(
    session: Session, invoice: Invoice, version_no: int, *, issued_on: date, net_cents: int, tax_cents: int = 0
) -> InvoiceVersion:
    """Add a version to an invoice: half of it labor, at $60 an hour."""
    version = InvoiceVersion(
        id=new_id(),
        invoice_id=invoice.id,
        version_no=version_no,
        document={},
        document_hash="0" * 64,
        labor_net_cents=net_cents // 2,
        parts_net_cents=net_cents - net_cents // 2,
        fees_net_cents=0,
        tax_cents=tax_cents,
        total_cents=net_cents + tax_cents,
        labor_seconds=net_cents // 2 * 3600 // 6000,
        issued_on=issued_on,
        issued_at=datetime.combine(issued_on, datetime.min.time(), tzinfo=UTC),
    )
    session.add(version)
    session.flush()
    return version


def reverse(session: Session, version: InvoiceVersion, on: date) -> None:
    """Take a version back."""
    at = datetime.combine(on, datetime.min.time(), tzinfo=UTC)
    session.add(InvoiceReversal(version_id=version.id, reversed_on=on, reversed_at=at, reason="Wrong part"))
    session.flush()


def log_status(session: Session, appointment: Appointment, before: Status | None, after: Status, at: datetime) -> None:
    """Write the audit row of a change of status."""
    audit.record(
        session,
        EventType.APPOINTMENT_STATUS_CHANGED,
        entity="appointment",
        entity_id=appointment.id,
        actor=SYSTEM,
        at=at,
        changes={"status": (before, after)},
        location_id=appointment.location_id,
    )


@dataclass
class Past:
    """A history: its places, its technicians, its visits."""

    places: list[Location]
    technicians: list[User]
    visits: list[Appointment] = field(default_factory=list)


_STEPS = {
    Status.SCHEDULED: (),
    Status.IN_PROGRESS: (Status.IN_PROGRESS,),
    Status.READY: (Status.IN_PROGRESS, Status.READY),
    Status.COMPLETED: (Status.IN_PROGRESS, Status.READY, Status.COMPLETED),
    Status.NO_SHOW: (Status.NO_SHOW,),
    Status.CANCELED: (Status.CANCELED,),
}


@pytest.fixture
def make_past(session) -> Callable[[int], Past]:
    """Return a maker of histories by seed, each with two places of different zones."""

    def make(seed: int, visits: int = 90) -> Past:
        random = Random(seed)
        places = [
            make_location(session, timezone="America/New_York"),
            make_location(session, timezone="America/Phoenix"),
        ]
        technicians = [make_technician(session, place, f"Tech {n}") for n in range(2) for place in places]
        past = Past(places, technicians)
        taken: dict[Any, int] = {}
        for number in range(visits):
            index = random.randrange(2)
            place = places[index]
            tech = random.choice([None, *technicians[index::2]])
            day = FIRST + timedelta(days=random.randrange(DAYS))
            hour = taken[tech, day] = taken.get((tech, day), 7) + 1
            past.visits.append(_visit(session, random, place, tech, day, hour, number))
        declined = [_decline(session, random, visit) for visit in random.sample(past.visits, visits // 4)]
        for job in random.sample(declined, len(declined) // 2):
            approval = random.choice([Approval.APPROVED, Approval.PENDING])
            make_job(session, random.choice(past.visits), revived_from_id=job.id, approval=approval)
        for visit in random.sample(past.visits, visits // 2):
            _inspect(session, random, visit)
        for visit in random.sample(past.visits, visits // 3):
            _show(session, random, visit)
        session.flush()
        commands.fill_spans(session, [visit.id for visit in past.visits])
        return past

    return make


def _visit(session, random, place, tech, day, hour, number) -> Appointment:
    zone = ZoneInfo(place.timezone)
    starts = datetime(day.year, day.month, day.day, min(hour, 22), tzinfo=zone).astimezone(UTC)
    status = random.choice([*Status, Status.COMPLETED, Status.COMPLETED])
    came = status in {Status.IN_PROGRESS, Status.READY, Status.COMPLETED}
    left = starts + random.choice([timedelta(hours=3), timedelta(days=2), timedelta(hours=30)])
    total = random.randrange(0, 90_000)
    visit = make_appointment(
        session,
        place,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=random.choice([30, 45, 60])),
        status=status,
        tech_id=tech.id if tech else None,
        check_in_at=starts if came else None,
        check_out_at=left if status is Status.COMPLETED else None,
        total_cents=total,
        paid_cents=random.choice([0, total, total // 3, total + 500]),
        deleted_at=starts if random.random() < 0.05 else None,
    )
    log_status(session, visit, None, Status.SCHEDULED, starts - timedelta(days=random.randrange(1, 9)))
    steps = _STEPS[status]
    for at, (before, after) in enumerate(zip([Status.SCHEDULED, *steps], steps, strict=False)):
        log_status(session, visit, before, after, starts + (left - starts) * at / 3 + timedelta(milliseconds=number))
    if status is Status.COMPLETED and random.random() < 0.8:
        version = make_invoice(session, visit, number + 1, issued_on=day, net_cents=random.randrange(1, 70_000))
        if random.random() < 0.3:
            reverse(session, version, day + timedelta(days=random.randrange(4)))
            if random.random() < 0.7:
                invoice = session.get(Invoice, version.invoice_id)
                add_version(
                    session, invoice, 2, issued_on=day + timedelta(days=5), net_cents=random.randrange(1, 70_000)
                )
    return visit


def _inspect(session, random, visit):
    """Inspect a car: perhaps submitted, perhaps sent, with some photos of which not all have arrived."""
    submitted = visit.starts_at + timedelta(hours=random.randrange(-3, 30)) if random.random() < 0.8 else None
    _, items = make_checklist(
        session,
        visit,
        status=ChecklistStatus.OPEN if submitted is None else ChecklistStatus.SUBMITTED,
        started_at=None
        if random.random() < 0.1 or submitted is None
        else submitted - timedelta(minutes=random.randrange(90)),
        submitted_at=submitted,
        sent_at=submitted if random.random() < 0.6 else None,
        deleted_at=visit.starts_at if random.random() < 0.1 else None,
    )
    for _ in range(random.randrange(4)):
        make_photo(session, random.choice(items), stored_at=visit.starts_at if random.random() < 0.8 else None)


def _show(session, random, visit):
    """Show a visit's estimate, perhaps a second time; its work may wait, be approved or be added later."""
    at = visit.starts_at + timedelta(hours=random.randrange(-3, 30))
    for version_no in range(1, random.choice([2, 3])):
        make_estimate(session, visit, version_no, at + timedelta(days=version_no))
    for _ in range(random.randrange(3)):
        make_job(
            session,
            visit,
            approval=random.choice([Approval.APPROVED, Approval.PENDING]),
            lines=[{"unit_price_cents": random.randrange(0, 9000), "quantity": 2}] * random.randrange(1, 3),
        )


def make_estimate(session: Session, appointment: Appointment, version_no: int, at: datetime) -> Estimate:
    """Make a version of a visit's estimate, shown at an instant."""
    estimate = Estimate(
        location_id=appointment.location_id,
        appointment_id=appointment.id,
        version_no=version_no,
        document={},
        document_hash="0" * 64,
        total_cents=0,
        link_cap_cents=0,
        created_at=at,
    )
    session.add(estimate)
    session.flush()
    return estimate


def _decline(session, random, visit):
    job = make_job(session, visit, approval=Approval.DECLINED, decline_reason="Not now")
    job.decided_at = visit.starts_at + timedelta(hours=random.randrange(-3, 30))
    return job
