"""Find customers by whatever somebody remembers of them or their cars, or list them all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.customers.queries import LAST_VISIT, VEHICLE_COUNT
from backend.search import rules
from backend.vehicles.rules import plate_pattern

# Shown of each customer.
VEHICLES_IN_LIST = 3
# What each reading of a search text may bring in; who needs more narrows the search.
MOST_HITS = 200
# With so many exact answers nobody looks for typing errors.
ENOUGH_HITS = 20
_LABEL = "keytag_vehicle_label(v.year, v.make, v.model)"


@dataclass(frozen=True, slots=True)
class VehicleSummary:
    """A vehicle in a list of customers."""

    id: UUID
    label: str | None
    plate: str | None
    vin: str | None


@dataclass(frozen=True, slots=True)
class CustomerSummary:
    """A customer in a list; `matched_on` says which reading of the search text found them."""

    id: UUID
    name: str
    company: str | None
    phone: str | None
    email: str | None
    vehicle_count: int
    last_visit_at: datetime | None
    vehicles: tuple[VehicleSummary, ...]
    matched_on: str | None


@dataclass(frozen=True, slots=True)
class SearchCursor:
    """The last customer of a page: score (0 in the list of all), name key and id."""

    score: int
    name_key: str
    id: UUID


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """A page of customers and, when there are more, where the next begins."""

    items: tuple[CustomerSummary, ...]
    next: SearchCursor | None


# Each reading of the text is one scan of one index with a bound on what it brings. Scores order
# the readings: a whole number or plate says more than a part of one, a name more than a resemblance.
_BY_PHONE = """
    (SELECT id, CASE WHEN phone IN (:phone_whole, :phone_national) THEN 1000
                     WHEN phone LIKE :phone_tail THEN 950 ELSE 800 END, 'phone'
       FROM customers WHERE phone LIKE :phone_part AND deleted_at IS NULL
      ORDER BY 2 DESC, name_key, id LIMIT :most)
"""
# A range instead of LIKE: it uses the index also in a prepared statement.
_BY_EMAIL = """
    (SELECT id, CASE WHEN email = :email THEN 1000 ELSE 860 END, 'email'
       FROM customers WHERE email ~>=~ :email AND email ~<~ :email_end AND deleted_at IS NULL
      ORDER BY 2 DESC, name_key, id LIMIT :most)
"""
_BY_PLATE = """
    (SELECT customer_id, CASE WHEN plate_key = :plate THEN 1000 WHEN starts_with(plate_key, :plate) THEN 900 ELSE 850 END, 'plate'
       FROM vehicles WHERE plate_key LIKE :plate_part AND deleted_at IS NULL AND customer_id IS NOT NULL
      ORDER BY 2 DESC, plate_key, id LIMIT :most)
"""
_BY_VIN = """
    (SELECT customer_id, CASE WHEN vin = :vin THEN 1000 ELSE 930 END, 'vin'
       FROM vehicles WHERE vin LIKE :vin_tail AND deleted_at IS NULL AND customer_id IS NOT NULL
      ORDER BY 2 DESC, vin, id LIMIT :most)
"""
_BY_NAME = """
    (SELECT id, CASE WHEN name_key = :name THEN 990 WHEN starts_with(name_key, :name) THEN 940 ELSE 870 END, 'name'
       FROM customers WHERE {words} AND deleted_at IS NULL
      ORDER BY 2 DESC, name_key, id LIMIT :most)
"""
# The condition needs no row, so PostgreSQL asks it once and skips the function when it fails.
_BY_LIKENESS = """
    UNION ALL
    SELECT id, (likeness * 500)::int, 'name'
      FROM keytag_similar_customers(:similar, CAST(:swapped AS text[]), :most)
     WHERE (SELECT count(*) FROM direct) < :enough
"""
_SUMMARY = f"""
    SELECT page.score, page.matched_on, c.name_key, c.id, c.name, c.company, c.phone, c.email,
           {VEHICLE_COUNT} AS vehicle_count, {LAST_VISIT} AS last_visit_at,
           (SELECT coalesce(json_agg(json_build_object('id', s.id, 'label', s.label, 'plate', s.plate, 'vin', s.vin)
                                     ORDER BY s.is_hit DESC, s.id DESC), '[]')
              FROM (SELECT v.id, {_LABEL} AS label, v.plate, v.vin, {{is_hit}} AS is_hit
                      FROM vehicles v WHERE v.customer_id = c.id AND v.deleted_at IS NULL
                     ORDER BY is_hit DESC, v.id DESC LIMIT {VEHICLES_IN_LIST}) s) AS vehicles
"""  # noqa: S608  constants only


def search_customers(
    session: Session, text: str, *, now: datetime, limit: int, after: SearchCursor | None = None
) -> CustomerPage:
    """Find customers by name with typing errors, any part of a phone number, plate, VIN tail or start of the email.

    One statement; best first. Each reading of the text brings at most 200 customers.
    """
    terms = rules.search_terms(text)
    readings, values = _readings(terms)
    if not readings:
        return CustomerPage((), None)
    values |= {"most": MOST_HITS, "enough": ENOUGH_HITS, "now": now, "limit": limit + 1}
    further = ""
    if after is not None:
        further = "AND (-best.score, c.name_key, c.id) > (:after_score, :after_name_key, :after_id)"
        values |= {"after_score": -after.score, "after_name_key": after.name_key, "after_id": after.id}
    statement = f"""
        WITH direct (id, score, matched_on) AS MATERIALIZED ({" UNION ALL ".join(readings)}),
        best AS (
            SELECT id, max(score) AS score, (array_agg(matched_on ORDER BY score DESC, matched_on))[1] AS matched_on
              FROM (SELECT id, score, matched_on FROM direct {_BY_LIKENESS if terms.similar else ""}) hit
             GROUP BY id
        ),
        page AS MATERIALIZED (
            SELECT best.*
              FROM best JOIN customers c ON c.id = best.id
             WHERE c.deleted_at IS NULL {further}
             ORDER BY best.score DESC, c.name_key, c.id
             LIMIT :limit
        )
        {_SUMMARY.format(is_hit=_is_hit(terms))}
          FROM page JOIN customers c ON c.id = page.id
         ORDER BY page.score DESC, c.name_key, c.id
    """  # noqa: S608  constants only, values are bound
    return _page(session.execute(sa.text(statement), values).all(), limit)


def _readings(terms: rules.SearchTerms) -> tuple[list[str], dict[str, Any]]:
    """Return the branches of the search that the text can mean, and their values."""
    readings: list[str] = []
    values: dict[str, Any] = {}
    if terms.phone is not None:
        readings.append(_BY_PHONE)
        values |= {"phone_whole": f"+{terms.phone}", "phone_national": f"+1{terms.phone}"}
        values |= {"phone_tail": f"%{terms.phone}", "phone_part": f"%{terms.phone}%"}
    if terms.email is not None:
        readings.append(_BY_EMAIL)
        values |= {"email": terms.email, "email_end": terms.email[:-1] + chr(ord(terms.email[-1]) + 1)}
    if terms.plate is not None:
        readings.append(_BY_PLATE)
        values |= {"plate": terms.plate, "plate_part": plate_pattern(terms.plate)}
    if terms.vin is not None:
        readings.append(_BY_VIN)
        values |= {"vin": terms.vin, "vin_tail": f"%{terms.vin}"}
    if terms.name is not None:
        words = []
        for place, word in enumerate(terms.words):
            words.append(f"(name_key LIKE :begins_{place} OR name_key LIKE :has_{place})")
            values |= {f"begins_{place}": f"{word}%", f"has_{place}": f"% {word}%"}
        readings.append(_BY_NAME.format(words=" AND ".join(words)))
        values["name"] = terms.name
    if terms.similar is not None:
        values |= {"similar": terms.similar, "swapped": list(terms.swapped)}
    return readings, values


def _is_hit(terms: rules.SearchTerms) -> str:
    """Return the condition that puts the vehicle that was searched for first."""
    conditions = []
    if terms.plate is not None:
        conditions.append("v.plate_key LIKE :plate_part")
    if terms.vin is not None:
        conditions.append("v.vin LIKE :vin_tail")
    return f"coalesce({' OR '.join(conditions)}, false)" if conditions else "false"


def list_customers(session: Session, *, now: datetime, limit: int, after: SearchCursor | None = None) -> CustomerPage:
    """List all customers by name."""
    further = ""
    values: dict[str, Any] = {"now": now, "limit": limit + 1}
    if after is not None:
        further = "AND name_key ~>=~ :after_name_key AND (name_key ~>~ :after_name_key OR id > :after_id)"
        values |= {"after_name_key": after.name_key, "after_id": after.id}
    # The operators of text_pattern_ops: the same order whatever the database's collation.
    statement = f"""
        WITH page AS MATERIALIZED (
            SELECT id, 0 AS score, NULL::text AS matched_on FROM customers
             WHERE deleted_at IS NULL {further}
             ORDER BY name_key USING ~<~, id LIMIT :limit
        )
        {_SUMMARY.format(is_hit="false")}
          FROM page JOIN customers c ON c.id = page.id
         ORDER BY c.name_key USING ~<~, c.id
    """  # noqa: S608  constants only, values are bound
    return _page(session.execute(sa.text(statement), values).all(), limit)


def _page(rows: Sequence[sa.Row[*tuple[Any, ...]]], limit: int) -> CustomerPage:
    items = tuple(
        CustomerSummary(
            id=row.id,
            name=row.name,
            company=row.company,
            phone=row.phone,
            email=row.email,
            vehicle_count=row.vehicle_count,
            last_visit_at=row.last_visit_at,
            vehicles=tuple(
                VehicleSummary(UUID(vehicle["id"]), vehicle["label"], vehicle["plate"], vehicle["vin"])
                for vehicle in row.vehicles
            ),
            matched_on=row.matched_on,
        )
        for row in rows[:limit]
    )
    more = (
        SearchCursor(rows[limit - 1].score, rows[limit - 1].name_key, rows[limit - 1].id) if len(rows) > limit else None
    )
    return CustomerPage(items, more)
