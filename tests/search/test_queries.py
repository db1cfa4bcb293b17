"""Who is found, in which order, with how many statements."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.search import queries
from tests.factories.appointments import make_appointment
from tests.factories.customers import CREATED_AT, make_customer
from tests.factories.shop import make_location
from tests.factories.vehicles import make_vehicle

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)


def _names(session, text, **more):
    page = queries.search_customers(session, text, now=NOW, limit=20, **more)
    return [(found.name, found.matched_on) for found in page.items]


@pytest.fixture
def people(session):
    """Put a few people on file whose names, numbers and plates differ enough to tell them apart."""
    rosa = make_customer(session, name="Rosa Delgado", phone="+17185550123", email="rosa.delgado@example.com")
    john = make_customer(session, name="John Smith", phone="+16025550188", email="jsmith@example.com")
    make_customer(session, name="Seán O\u2019Brien", company="Harbor Bakery")
    make_customer(session, name="Жук Петров")
    make_customer(session, name="Elizabeth Williams", phone="+442079460123")
    make_vehicle(session, rosa, plate="KPX-912", vin="1HGCM82633A004352")
    make_vehicle(session, rosa, plate="OLD 1", model="Prius")
    make_vehicle(session, john, plate="7ABC123", vin="JHMCM56557C404453")
    make_vehicle(session, plate="NOBODY1")
    gone = make_customer(session, name="Rosa Deleted", phone="+17185550999", deleted_at=CREATED_AT)
    make_vehicle(session, gone, plate="GONE912")
    session.commit()


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("Rosa Delgado", [("Rosa Delgado", "name")], id="name"),
        pytest.param("delgado rosa", [("Rosa Delgado", "name")], id="name, other order"),
        pytest.param("ros del", [("Rosa Delgado", "name")], id="beginnings"),
        pytest.param("rsoa delgdo", [("Rosa Delgado", "name")], id="two errors"),
        pytest.param("smtih", [("John Smith", "name")], id="letters swapped"),
        pytest.param("smoth", [("John Smith", "name")], id="a wrong letter"),
        pytest.param("jon smit", [("John Smith", "name")], id="letters missing"),
        pytest.param("elisabeth wiliams", [("Elizabeth Williams", "name")], id="spelled another way"),
        pytest.param("sean obrien", [("Seán O\u2019Brien", "name")], id="without accent and apostrophe"),
        pytest.param("harbor", [("Seán O\u2019Brien", "name")], id="company"),
        pytest.param("петров", [("Жук Петров", "name")], id="another script"),
        pytest.param("(718) 555-0123", [("Rosa Delgado", "phone")], id="phone as people write it"),
        pytest.param("+1 718 555 0123", [("Rosa Delgado", "phone")], id="phone in full"),
        pytest.param("5550", [("John Smith", "phone"), ("Rosa Delgado", "phone")], id="inside a phone"),
        pytest.param("0123", [("Elizabeth Williams", "phone"), ("Rosa Delgado", "phone")], id="last four digits"),
        pytest.param("kpx912", [("Rosa Delgado", "plate")], id="plate without its dash"),
        pytest.param("kp x-912", [("Rosa Delgado", "plate")], id="plate with other dashes"),
        pytest.param("912", [("Rosa Delgado", "plate")], id="end of a plate"),
        pytest.param("7a", [("John Smith", "plate")], id="two characters of a plate"),
        pytest.param("004352", [("Rosa Delgado", "vin")], id="VIN tail"),
        pytest.param("jhmcm56557c404453", [("John Smith", "vin")], id="whole VIN"),
        pytest.param("jsmith@ex", [("John Smith", "email")], id="start of an email"),
        pytest.param("JSMITH@EXAMPLE.COM", [("John Smith", "email")], id="whole email, other case"),
        pytest.param("nobody1", [], id="a car without owner is no customer"),
        pytest.param("gone912", [], id="a deleted customer's plate"),
        pytest.param("zzzz", [], id="nothing"),
        pytest.param("%", [], id="a wild card stands for itself"),
        pytest.param("ro%a", [], id="a wild card inside"),
        pytest.param("\\' OR 1=1 --", [], id="an injection"),
    ],
)
def test_a_customer_is_found_by(session, text, found):
    assert _names(session, text) == found


@pytest.mark.usefixtures("people")
def test_the_car_that_was_searched_for_comes_first(session):
    (rosa,) = queries.search_customers(session, "KPX 912", now=NOW, limit=20).items

    assert [car.plate for car in rosa.vehicles] == ["KPX-912", "OLD 1"]
    assert [car.label for car in rosa.vehicles] == ["2019 Toyota Corolla", "2019 Toyota Prius"]
    assert rosa.vehicle_count == 2


def test_whole_answers_come_before_parts_and_parts_before_resemblances(session):
    for name in ("Mary Carter", "Carter", "Carterson Lee", "Ann Carder", "Bob Cartera"):
        make_customer(session, name=name)

    names = [name for name, _ in _names(session, "carter")]

    assert names == ["Carter", "Carterson Lee", "Bob Cartera", "Mary Carter", "Ann Carder"]


def test_pages_of_a_search_join_without_gap_or_overlap(session):
    for number in range(7):
        make_customer(session, name=f"Rosa Lee{number % 3}")

    found, after = [], None
    while True:
        page = queries.search_customers(session, "rosa", now=NOW, limit=2, after=after)
        found += [item.id for item in page.items]
        after = page.next
        if after is None:
            break

    whole = queries.search_customers(session, "rosa", now=NOW, limit=20)
    assert found == [item.id for item in whole.items]
    assert len(set(found)) == 7


def test_pages_of_all_customers_are_by_name(session):
    names = ["Émile", "adam", "Zoë", "Bert", "bert", "Ann"]
    for name in names:
        make_customer(session, name=name)
    make_customer(session, name="Aaron", deleted_at=CREATED_AT)

    found, after = [], None
    for _ in range(3):
        page = queries.list_customers(session, now=NOW, limit=2, after=after)
        found += [item.name for item in page.items]
        after = page.next

    assert found == ["adam", "Ann", "Bert", "bert", "Émile", "Zoë"]
    assert after is None


def test_a_list_says_how_many_cars_and_when_the_last_visit_was(session):
    location = make_location(session)
    rosa = make_customer(session)
    for _ in range(4):
        make_vehicle(session, rosa)
    make_vehicle(session, rosa, deleted_at=CREATED_AT)
    times = {"past": NOW - timedelta(days=9), "future": NOW + timedelta(days=9), "canceled": NOW - timedelta(days=1)}
    for kind, start in times.items():
        make_appointment(
            session,
            location,
            customer_id=rosa.id,
            starts_at=start,
            ends_at=start + timedelta(hours=1),
            status="CANCELED" if kind == "canceled" else "SCHEDULED",
        )

    (item,) = queries.list_customers(session, now=NOW, limit=5).items

    assert (item.vehicle_count, len(item.vehicles), item.last_visit_at) == (4, 3, times["past"])


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    "read",
    [
        pytest.param(lambda session: queries.search_customers(session, "rosa 912", now=NOW, limit=20), id="search"),
        pytest.param(lambda session: queries.list_customers(session, now=NOW, limit=20), id="list"),
    ],
)
def test_a_list_is_one_statement(session, statements, read):
    with statements() as sent:
        read(session)

    assert len(sent) == 1
