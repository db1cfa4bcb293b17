"""What can be done with customers, also by two people at once."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from backend.appointments.models import Appointment
from backend.appointments.rules import Status
from backend.audit.models import AuditLog
from backend.core.db import StaleVersionError
from backend.core.edits import EditConflictError
from backend.core.errors import RuleViolationError
from backend.customers import commands
from backend.customers.models import Customer
from backend.messages.models import Message
from backend.outbox.models import OutboxEvent
from backend.vehicles.models import Vehicle
from backend.vehicles.rules import CustomerGoneError, OpenAppointmentsError
from tests.customers.conftest import OLIVIA, SAM, as_work
from tests.factories.appointments import make_appointment
from tests.factories.customers import CREATED_AT, make_customer
from tests.factories.messages import make_message
from tests.factories.shop import make_location
from tests.factories.vehicles import make_vehicle

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)


def _change(session, customer, patch, *, version=None, actor=SAM):
    commands.change_customer(session, customer.id, patch, version=version, actor=actor, now=NOW)


def _events(session):
    return list(session.scalars(sa.select(OutboxEvent.event).order_by(OutboxEvent.id)))


def test_a_customer_is_put_on_file_with_audit_and_event(session, audit_of):
    values = {"name": "  José   Núñez ", "company": None, "phone": "+17185550123", "email": "Jose@Example.com"}

    customer_id = commands.create_customer(session, values, actor=SAM, now=NOW)

    customer = session.get_one(Customer, customer_id)
    assert (customer.name, customer.name_key, customer.email) == ("José Núñez", "jose nunez", "jose@example.com")
    assert (customer.version, customer.created_at) == (1, NOW)
    changes = {"name": [None, "José Núñez"], "phone": [None, "+17185550123"], "email": [None, "jose@example.com"]}
    assert audit_of(customer) == [("customer.created", 1, changes)]
    assert _events(session) == ["customer.created"]


def test_a_change_counts_the_version_up_and_says_from_what_to_what(session, audit_of):
    rosa = make_customer(session, phone="+17185550123")

    _change(session, rosa, {"name": "Rosa Delgado-Reyes", "phone": None}, version=1)

    assert (rosa.name, rosa.name_key, rosa.phone) == ("Rosa Delgado-Reyes", "rosa delgado reyes", None)
    assert (rosa.version, rosa.updated_at) == (2, NOW)
    changes = {"name": ["Rosa Delgado", "Rosa Delgado-Reyes"], "phone": ["+17185550123", None]}
    assert audit_of(rosa) == [("customer.changed", 2, changes)]


def test_a_company_is_found_by_its_name_after_the_change(session):
    rosa = make_customer(session)

    _change(session, rosa, {"company": "Harbor Bakery"})

    assert rosa.name_key == "rosa delgado harbor bakery"


@pytest.mark.parametrize("patch", [{}, {"name": "Rosa Delgado"}, {"name": " Rosa  Delgado "}])
def test_a_change_of_nothing_leaves_no_trace(session, audit_of, patch):
    rosa = make_customer(session)

    _change(session, rosa, patch, version=1)

    assert rosa.version == 1
    assert audit_of(rosa) == []
    assert _events(session) == []


def test_a_new_name_reaches_the_cards_of_the_board(session):
    rosa = make_customer(session)
    card = make_appointment(session, make_location(session), customer_id=rosa.id)

    _change(session, rosa, {"name": "Rosa Reyes"})

    session.refresh(card)
    assert card.customer_name == "Rosa Reyes"


def test_two_people_who_edit_different_fields_are_both_kept(session):
    rosa = make_customer(session)
    _change(session, rosa, {"phone": "+17185550123"}, version=1, actor=OLIVIA)

    _change(session, rosa, {"notes": "Calls after five"}, version=1)

    assert (rosa.phone, rosa.notes, rosa.version) == ("+17185550123", "Calls after five", 3)


def test_two_people_who_edit_one_field_conflict_and_nothing_of_the_second_is_written(session, audit_of):
    rosa = make_customer(session, notes="old")
    _change(session, rosa, {"notes": "theirs"}, version=1, actor=OLIVIA)

    with pytest.raises(EditConflictError) as refusal:
        _change(session, rosa, {"notes": "mine", "phone": "+17185550123"}, version=1)

    (conflict,) = refusal.value.context["conflicts"]
    assert conflict == {
        "field": "notes",
        "yours": "mine",
        "theirs": "theirs",
        "base": "old",
        "changedBy": "Olivia Park",
        "changedAt": NOW,
    }
    assert refusal.value.context["customer"]["notes"] == "theirs"
    assert refusal.value.context["customer"]["version"] == 2
    session.refresh(rosa)
    assert (rosa.notes, rosa.phone, rosa.version) == ("theirs", None, 2)
    assert len(audit_of(rosa)) == 1


def test_a_version_from_the_future_is_refused(session):
    rosa = make_customer(session)

    with pytest.raises(StaleVersionError):
        _change(session, rosa, {"notes": "x"}, version=7)

    assert rosa.notes is None


def test_two_editors_at_one_moment_keep_both_fields(session, race, audit_of):
    rosa = make_customer(session)
    session.commit()

    for number in range(8):
        version = session.scalar(sa.select(Customer.version).where(Customer.id == rosa.id))
        session.commit()
        results = race(
            as_work(commands.change_customer, rosa.id, {"notes": f"n{number}"}, version=version, actor=SAM, now=NOW),
            as_work(
                commands.change_customer, rosa.id, {"company": f"c{number}"}, version=version, actor=OLIVIA, now=NOW
            ),
        )
        assert results == [None, None]

    session.refresh(rosa)
    assert (rosa.notes, rosa.company, rosa.version) == ("n7", "c7", 17)
    assert len(audit_of(rosa)) == 16


def test_two_editors_of_one_field_at_one_moment_one_wins_and_one_is_told(session, race):
    rosa = make_customer(session)
    session.commit()

    results = race(
        as_work(commands.change_customer, rosa.id, {"notes": "a"}, version=1, actor=SAM, now=NOW),
        as_work(commands.change_customer, rosa.id, {"notes": "b"}, version=1, actor=OLIVIA, now=NOW),
    )

    session.refresh(rosa)
    (refusal,) = [result for result in results if result is not None]
    winner, loser = ("a", "b") if results[0] is None else ("b", "a")
    assert isinstance(refusal, EditConflictError)
    (conflict,) = refusal.context["conflicts"]
    assert (conflict["yours"], conflict["theirs"], conflict["base"]) == (loser, winner, None)
    assert (rosa.notes, rosa.version) == (winner, 2)


# --- deleting -----------------------------------------------------------------------------------------


def test_a_deleted_customer_is_gone_and_visits_stay(session, audit_of):
    rosa = make_customer(session)
    visit = make_appointment(session, make_location(session), customer_id=rosa.id, status=Status.COMPLETED)

    commands.delete_customer(session, rosa.id, actor=SAM, now=NOW)

    assert (rosa.deleted_at, rosa.version) == (NOW, 2)
    assert audit_of(rosa) == [("customer.deleted", 2, {})]
    assert visit.customer_id == rosa.id
    with pytest.raises(CustomerGoneError):
        commands.delete_customer(session, rosa.id, actor=SAM, now=NOW)


@pytest.mark.parametrize("status", [Status.SCHEDULED, Status.IN_PROGRESS, Status.READY])
def test_a_customer_with_an_open_appointment_is_not_deleted(session, audit_of, status):
    rosa = make_customer(session)
    visit = make_appointment(session, make_location(session), customer_id=rosa.id, status=status)

    with pytest.raises(OpenAppointmentsError) as refusal:
        commands.delete_customer(session, rosa.id, actor=SAM, now=NOW)

    assert refusal.value.context["appointments"] == [{"id": visit.id, "number": visit.number}]
    assert f"#{visit.number}" in refusal.value.message
    assert rosa.deleted_at is None
    assert audit_of(rosa) == []


def test_a_customer_who_changed_meanwhile_is_not_deleted_unseen(session):
    rosa = make_customer(session, version=3)

    with pytest.raises(StaleVersionError):
        commands.delete_customer(session, rosa.id, version=2, actor=SAM, now=NOW)

    assert rosa.deleted_at is None


# --- merging ------------------------------------------------------------------------------------------


@pytest.fixture
def pair(session):
    """Make Rosa and her second entry, who has a car, two visits and a text; return both."""
    location = make_location(session)
    rosa = make_customer(session, name="Rosa Delgado", phone="+17185550123", notes="Regular")
    second = make_customer(session, name="Rose Delgato", phone="+17185550999", email="rosa@example.com")
    car = make_vehicle(session, second, plate="KPX-912")
    make_vehicle(session, second, deleted_at=CREATED_AT)
    make_appointment(session, location, customer_id=second.id, vehicle_id=car.id, status=Status.COMPLETED)
    visit = make_appointment(session, location, customer_id=second.id, starts_at=NOW, ends_at=NOW + timedelta(hours=1))
    make_message(session, visit, customer_id=second.id)
    session.commit()
    return rosa, second


def _owners(session, table):
    return set(session.scalars(sa.select(table.customer_id)))


def test_a_merge_moves_everything_to_the_survivor(session, pair, audit_of):
    rosa, second = pair

    commands.merge_customers(session, rosa.id, second.id, {"phone": "take"}, actor=SAM, now=NOW)

    assert [_owners(session, table) for table in (Vehicle, Appointment, Message)] == [{rosa.id}] * 3
    assert set(session.scalars(sa.select(Appointment.customer_name))) == {"Rosa Delgado"}
    # Kept by default, taken by choice, filled where empty.
    assert (rosa.name, rosa.phone, rosa.email, rosa.notes) == (
        "Rosa Delgado",
        "+17185550999",
        "rosa@example.com",
        "Regular",
    )
    assert (second.deleted_at, second.merged_into_id, second.version) == (NOW, rosa.id, 2)
    ((action, version, changes),) = audit_of(rosa)
    assert (action, version) == ("customer.merged", 2)
    assert changes == {
        "phone": ["+17185550123", "+17185550999"],
        "email": [None, "rosa@example.com"],
        "merged": [None, str(second.id)],
        "moved": [None, {"vehicles": 2, "appointments": 2, "messages": 1, "conversations": 0}],
    }
    ((action, version, changes),) = audit_of(second)
    assert (action, version) == ("customer.merged", 2)
    assert changes["mergedInto"] == [None, str(rosa.id)]
    assert {table: len(ids) for table, ids in changes["moved"][0].items()} == {
        "vehicles": 2,
        "appointments": 2,
        "messages": 1,
        "conversations": 0,
    }
    car = session.scalars(sa.select(Vehicle).where(Vehicle.plate == "KPX-912")).one()
    assert audit_of(car) == [("vehicle.changed", 2, {"customerId": [str(second.id), str(rosa.id)]})]


def test_a_merge_that_takes_the_name_renames_all_cards(session, pair):
    rosa, second = pair
    old = make_appointment(session, make_location(session), customer_id=rosa.id)

    commands.merge_customers(session, rosa.id, second.id, {"name": "take", "email": "keep"}, actor=SAM, now=NOW)

    session.refresh(old)
    assert (rosa.name, rosa.name_key, rosa.email) == ("Rose Delgato", "rose delgato", None)
    assert set(session.scalars(sa.select(Appointment.customer_name))) == {"Rose Delgato"}


def test_who_was_merged_is_not_found_but_the_survivor_is_named(session, pair):
    rosa, second = pair
    commands.merge_customers(session, rosa.id, second.id, {}, actor=SAM, now=NOW)

    with pytest.raises(CustomerGoneError) as refusal:
        _change(session, second, {"notes": "late"})

    assert refusal.value.context == {"merged_into": rosa.id}


def test_a_customer_is_not_merged_with_itself(session):
    rosa = make_customer(session)

    with pytest.raises(RuleViolationError) as refusal:
        commands.merge_customers(session, rosa.id, rosa.id, {}, actor=SAM, now=NOW)

    assert refusal.value.context["errors"] == {"duplicateId": ["Choose two different customers."]}
    assert rosa.deleted_at is None


def test_two_merges_crosswise_at_one_moment_leave_exactly_one(session, race, pair):
    rosa, second = pair

    results = race(
        as_work(commands.merge_customers, rosa.id, second.id, {}, actor=SAM, now=NOW),
        as_work(commands.merge_customers, second.id, rosa.id, {}, actor=OLIVIA, now=NOW),
    )

    session.expire_all()
    (alive,) = session.scalars(sa.select(Customer).where(Customer.deleted_at.is_(None)))
    (refusal,) = [result for result in results if result is not None]
    assert isinstance(refusal, CustomerGoneError)
    assert refusal.context == {"merged_into": alive.id}
    assert [_owners(session, table) for table in (Vehicle, Appointment, Message)] == [{alive.id}] * 3
    assert session.scalar(sa.select(sa.func.count()).where(AuditLog.action == "customer.merged")) == 2


def test_two_merges_of_one_duplicate_at_one_moment_move_it_once(session, race, pair):
    rosa, second = pair
    other = make_customer(session, name="Rosa D.")
    session.commit()

    results = race(
        as_work(commands.merge_customers, rosa.id, second.id, {}, actor=SAM, now=NOW),
        as_work(commands.merge_customers, other.id, second.id, {}, actor=OLIVIA, now=NOW),
    )

    session.expire_all()
    survivor_id = session.get_one(Customer, second.id).merged_into_id
    assert [isinstance(result, CustomerGoneError) for result in results].count(True) == 1
    assert survivor_id == (rosa.id if results[0] is None else other.id)
    assert [_owners(session, table) for table in (Vehicle, Appointment, Message)] == [{survivor_id}] * 3


def test_an_edit_and_a_merge_at_one_moment_never_lose_the_edit_unsaid(session, race, pair):
    rosa, second = pair

    merged, edited = race(
        as_work(commands.merge_customers, rosa.id, second.id, {}, actor=SAM, now=NOW),
        as_work(commands.change_customer, second.id, {"company": "Delgado & Co"}, version=1, actor=OLIVIA, now=NOW),
    )

    session.expire_all()
    assert merged is None
    if edited is None:
        assert rosa.company == "Delgado & Co"
    else:
        assert isinstance(edited, CustomerGoneError)
        assert rosa.company is None


def test_every_table_that_points_at_customers_is_moved_by_a_merge(session):
    pointing = session.execute(
        sa.text(
            "SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND confrelid = 'customers'::regclass"
        )
    ).scalars()

    # Vehicles move one by one with their audit rows; customers point at who took them over.
    assert set(pointing) - {"customers", "vehicles"} == set(commands.MOVED_TABLES)
