"""Customers for tests."""

from datetime import UTC, datetime
from typing import Any, cast

import factory
from factory.alchemy import SQLAlchemyModelFactory
from sqlalchemy.orm import Session

from backend.core.ids import new_id
from backend.customers.models import Customer
from backend.customers.rules import name_key

CREATED_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


class _CustomerFactory(SQLAlchemyModelFactory):
    class Meta:
        model = Customer
        sqlalchemy_session_persistence = "flush"

    id = factory.LazyFunction(new_id)
    name = "Rosa Delgado"
    company = None
    name_key = factory.LazyAttribute(lambda made: name_key(made.name, made.company))
    version = 1
    created_at = CREATED_AT
    updated_at = factory.SelfAttribute("created_at")


def make_customer(session: Session, **overrides: Any) -> Customer:
    """Make a customer with a name and nothing else, version 1, without audit rows."""
    _CustomerFactory._meta.sqlalchemy_session = session  # type: ignore[attr-defined]
    return cast("Customer", _CustomerFactory(**overrides))
