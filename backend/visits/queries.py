"""The appointments of a customer or vehicle at all locations, newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.core.errors import NotFoundError
from backend.vehicles.queries import customer_gone


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment in a history; the cents are None for those who may not see money."""

    appointment_id: UUID
    number: int
    location_id: UUID
    location_name: str
    timezone: str
    status: str
    start: datetime
    customer_id: UUID | None
    customer_name: str | None
    vehicle_id: UUID | None
    vehicle: str | None
    plate: str | None
    title: str | None
    services_summary: str | None
    total_cents: int | None
    paid_cents: int | None


@dataclass(frozen=True, slots=True)
class VisitCursor:
    """The last visit of a page."""

    start: datetime
    appointment_id: UUID


_VISITS = """
    SELECT visit.*
      FROM {owner_table} owner
      LEFT JOIN LATERAL (
           SELECT a.id AS appointment_id, a.number, a.location_id, l.name AS location_name, l.timezone, a.status,
                  a.starts_at AS start, a.customer_id, a.customer_name, a.vehicle_id, a.vehicle_label AS vehicle,
                  a.plate, a.title, a.services_summary, {money}
             FROM appointments a JOIN locations l ON l.id = a.location_id
            WHERE a.{owner_column} = owner.id AND a.deleted_at IS NULL {older}
            ORDER BY a.starts_at DESC, a.id DESC
            LIMIT :limit
      ) visit ON true
     WHERE owner.id = :owner_id AND owner.deleted_at IS NULL
     ORDER BY visit.start DESC, visit.appointment_id DESC
"""


def _visits(
    session: Session, owner: tuple[str, str, UUID], *, after: VisitCursor | None, limit: int, with_money: bool
) -> list[Visit] | None:
    """Read a page of visits, None when the owner is not there; one statement for both."""
    table, column, owner_id = owner
    money = "a.total_cents, a.paid_cents" if with_money else "NULL::bigint AS total_cents, NULL::bigint AS paid_cents"
    values: dict[str, Any] = {"owner_id": owner_id, "limit": limit}
    older = ""
    if after is not None:
        older = "AND (a.starts_at, a.id) < (:start, :appointment_id)"
        values |= {"start": after.start, "appointment_id": after.appointment_id}
    statement = _VISITS.format(owner_table=table, owner_column=column, money=money, older=older)
    rows = session.execute(sa.text(statement), values).all()
    if not rows:
        return None
    return [Visit(**row._asdict()) for row in rows if row.appointment_id is not None]


def list_visits_of_customer(
    session: Session, customer_id: UUID, *, after: VisitCursor | None, limit: int, with_money: bool
) -> list[Visit]:
    """List a customer's visits at all locations, newest first.

    Raises:
        CustomerGoneError: no such customer, deleted, or merged.
    """
    owner = ("customers", "customer_id", customer_id)
    visits = _visits(session, owner, after=after, limit=limit, with_money=with_money)
    if visits is None:
        raise customer_gone(session, customer_id)
    return visits


def list_visits_of_vehicle(
    session: Session, vehicle_id: UUID, *, after: VisitCursor | None, limit: int, with_money: bool
) -> list[Visit]:
    """List a vehicle's visits at all locations and with all its owners, newest first.

    Raises:
        NotFoundError: no such vehicle, or deleted.
    """
    owner = ("vehicles", "vehicle_id", vehicle_id)
    visits = _visits(session, owner, after=after, limit=limit, with_money=with_money)
    if visits is None:
        raise NotFoundError("There is no such vehicle.")
    return visits
