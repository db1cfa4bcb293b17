"""What can be done with vehicles, also by two people at once."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from backend.appointments.rules import Status
from backend.core.edits import EditConflictError
from backend.core.errors import DomainError, RuleViolationError
from backend.outbox.models import OutboxEvent
from backend.vehicles import commands, queries
from backend.vehicles.models import Vehicle, VinInUseError
from backend.vehicles.rules import CustomerGoneError, InvalidVinError, OpenAppointmentsError
from tests.customers.conftest import OLIVIA, SAM, as_work
from tests.factories.appointments import make_appointment
from tests.factories.customers import CREATED_AT, make_customer
from tests.factories.shop import make_location
from tests.factories.vehicles import make_vehicle

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
VIN = "1HGCM82633A004352"


def _events(session):
    return list(session.scalars(sa.select(OutboxEvent.event).order_by(OutboxEvent.id)))


def _create(session, **values):
    return session.get_one(Vehicle, commands.create_vehicle(session, values, actor=SAM, now=NOW))


def test_a_vehicle_is_put_on_file_tidied(session, audit_of):
    rosa = make_customer(session)

    car = _create(
        session, customer_id=rosa.id, year=2003, make=" Honda ", plate="kpx-912", plate_state="ny", vin=VIN.lower()
    )

    assert (car.make, car.plate, car.plate_key, car.plate_state, car.vin) == ("Honda", "KPX-912", "KPX912", "NY", VIN)
    ((action, version, changes),) = audit_of(car)
    assert (action, version) == ("vehicle.created", 1)
    assert changes["customerId"] == [None, str(rosa.id)]
    assert changes["plateState"] == [None, "NY"]
    assert _events(session) == ["vehicle.created"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        pytest.param({}, "plate", id="nothing"),
        pytest.param({"vin": "1HGCM82633A004353"}, "vin", id="check digit"),
        pytest.param({"vin": "SHORT"}, "vin", id="short VIN"),
        pytest.param({"year": 2050}, "year", id="future"),
        pytest.param({"year": -(10**12)}, "year", id="huge"),
    ],
)
def test_a_vehicle_that_cannot_be_is_refused(session, values, field):
    with pytest.raises(RuleViolationError) as refusal:
        commands.create_vehicle(session, values, actor=SAM, now=NOW)

    assert list(refusal.value.context["errors"]) == [field]
    assert session.scalar(sa.select(sa.func.count()).select_from(Vehicle)) == 0


def test_a_vehicle_gets_no_owner_who_is_gone(session):
    rosa = make_customer(session)
    gone = make_customer(session, deleted_at=CREATED_AT, merged_into_id=rosa.id)

    with pytest.raises(CustomerGoneError) as refusal:
        commands.create_vehicle(session, {"customer_id": gone.id, "plate": "X1"}, actor=SAM, now=NOW)

    assert refusal.value.context == {"merged_into": rosa.id}


def test_a_second_vehicle_with_a_vin_is_refused_and_the_first_named(session):
    first = make_vehicle(session, make_customer(session), vin=VIN)

    with pytest.raises(VinInUseError) as refusal:
        commands.create_vehicle(session, {"vin": VIN}, actor=SAM, now=NOW)

    assert refusal.value.context["vehicle"]["id"] == first.id
    assert refusal.value.context["vehicle"]["customerName"] == "Rosa Delgado"


def test_two_people_who_enter_one_vin_at_one_moment_get_one_vehicle(session, race):
    session.commit()

    results = race(
        *(as_work(commands.create_vehicle, {"vin": VIN}, actor=SAM, now=NOW) for _ in range(3)),
    )

    assert [isinstance(result, VinInUseError) for result in results].count(True) == 2
    assert session.scalar(sa.select(sa.func.count()).select_from(Vehicle)) == 1


def test_the_vin_of_a_deleted_vehicle_is_free_again(session):
    make_vehicle(session, vin=VIN, deleted_at=CREATED_AT)

    assert _create(session, vin=VIN).vin == VIN


def test_a_vehicle_changes_owners_and_its_visits_stay(session, audit_of):
    rosa, john = make_customer(session), make_customer(session, name="John Smith")
    car = make_vehicle(session, rosa)
    visit = make_appointment(
        session, make_location(session), customer_id=rosa.id, vehicle_id=car.id, status=Status.COMPLETED
    )

    commands.change_vehicle(session, car.id, {"customer_id": john.id}, version=1, actor=SAM, now=NOW)

    assert (car.customer_id, car.version, visit.customer_id) == (john.id, 2, rosa.id)
    assert audit_of(car) == [("vehicle.changed", 2, {"customerId": [str(rosa.id), str(john.id)]})]


def test_two_people_who_edit_one_plate_conflict_and_other_fields_do_not(session):
    car = make_vehicle(session, plate="OLD 1")
    commands.change_vehicle(session, car.id, {"plate": "NEW 1"}, version=1, actor=OLIVIA, now=NOW)

    commands.change_vehicle(session, car.id, {"mileage": 90_000}, version=1, actor=SAM, now=NOW)
    with pytest.raises(EditConflictError) as refusal:
        commands.change_vehicle(session, car.id, {"plate": "MINE 1"}, version=1, actor=SAM, now=NOW)

    (conflict,) = refusal.value.context["conflicts"]
    assert (conflict["field"], conflict["base"], conflict["theirs"]) == ("plate", "OLD 1", "NEW 1")
    assert (car.plate, car.plate_key, car.mileage, car.version) == ("NEW 1", "NEW1", 90_000, 3)


def test_a_vehicle_with_an_open_appointment_is_not_deleted(session):
    car = make_vehicle(session)
    make_appointment(session, make_location(session), vehicle_id=car.id)

    with pytest.raises(OpenAppointmentsError):
        commands.delete_vehicle(session, car.id, actor=SAM, now=NOW)

    assert car.deleted_at is None


def test_a_deleted_vehicle_is_gone(session, audit_of):
    car = make_vehicle(session)

    commands.delete_vehicle(session, car.id, version=1, actor=SAM, now=NOW)

    assert audit_of(car) == [("vehicle.deleted", 2, {})]
    with pytest.raises(DomainError) as refusal:
        queries.get_vehicle(session, car.id)
    assert refusal.value.status == 404


def test_a_wrong_vin_in_a_change_changes_nothing(session):
    car = make_vehicle(session, vin=VIN)

    with pytest.raises(InvalidVinError):
        commands.change_vehicle(
            session, car.id, {"vin": "1HGCM82633A0O4352", "color": "red"}, version=1, actor=SAM, now=NOW
        )

    assert (car.vin, car.color, car.version) == (VIN, None, 1)
