"""Who is on file twice, and who took over whom."""

from datetime import UTC, datetime

import pytest

from backend.customers import queries
from backend.vehicles.rules import CustomerGoneError
from tests.factories.customers import CREATED_AT, make_customer

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)


def test_duplicates_are_those_with_the_same_phone_or_email_or_a_similar_name(session):
    rosa = make_customer(session, name="Rosa Delgado", phone="+17185550123", email="rosa@example.com")
    for name, phone, email in [
        ("R. Delgado", "+17185550123", None),
        ("Rosa Delgado", "+17185550123", "rosa@example.com"),
        ("Office", None, "rosa@example.com"),
        ("Rosa Delgada", None, None),
        ("Rosa Martinez", None, None),
        ("John Smith", None, None),
    ]:
        make_customer(session, name=name, phone=phone, email=email)
    make_customer(session, name="Rosa Delgado", phone="+17185550123", deleted_at=CREATED_AT)

    found = queries.list_duplicates(session, rosa.id, now=NOW)

    assert [(item.name, item.matched_on) for item in found] == [
        ("Rosa Delgado", ("phone", "email", "name")),
        ("R. Delgado", ("phone", "name")),
        ("Office", ("email",)),
        ("Rosa Delgada", ("name",)),
    ]


def test_who_was_merged_twice_is_found_at_the_last_survivor(session):
    last = make_customer(session)
    middle = make_customer(session, deleted_at=CREATED_AT, merged_into_id=last.id)
    first = make_customer(session, deleted_at=CREATED_AT, merged_into_id=middle.id)

    with pytest.raises(CustomerGoneError) as refusal:
        queries.get_customer(session, first.id, NOW)

    assert refusal.value.context == {"merged_into": last.id}
