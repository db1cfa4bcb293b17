"""No request that docs/openapi.json describes, or forbids, ends in a 5xx or in an answer it does not describe.

Schemathesis makes the requests: valid ones, and ones broken on purpose. Most of the ids it invents are replaced by ids
that exist, so that requests get behind the first look-up. KEYTAG_SCHEMATHESIS_EXAMPLES says how many to try per
operation; the usual few are for every build, 400 take about ten minutes.
"""

import json
import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import hypothesis
import pytest
import schemathesis
import schemathesis.checks
from hypothesis import strategies as st
from schemathesis.specs.openapi import checks as openapi_checks

from backend.accounts.permissions import Role
from backend.core.ids import new_id
from tests.conftest import PASSWORD
from tests.factories.appointments import make_appointment
from tests.factories.customers import make_customer
from tests.factories.shop import make_bay, make_location
from tests.factories.vehicles import make_vehicle
from tools.paths import ROOT

EXAMPLES = int(os.environ.get("KEYTAG_SCHEMATHESIS_EXAMPLES", "8"))
# As long as a stream of live events lives; tests/live reads it.
ENDLESS = "/api/events"

# What the product calls valid where a JSON schema can only say "text".
schemathesis.openapi.format(
    "date-time",
    st.datetimes(datetime(2026, 11, 1), datetime(2026, 12, 1)).map(lambda moment: f"{moment:%Y-%m-%dT%H:%M:00}Z"),
)
schemathesis.openapi.format("date", st.dates(date(2026, 11, 1), date(2026, 12, 1)).map(str))
schemathesis.openapi.format("email-or-empty", st.integers(1, 10**6).map(lambda number: f"person-{number}@keytag.test"))
schemathesis.openapi.format("phone", st.integers(2_000_000, 9_999_999).map(lambda number: f"+1718{number}"))

SCHEMA = schemathesis.openapi.from_path(
    ROOT / "docs" / "openapi.json",
    config=schemathesis.Config.from_dict(
        {
            "generation": {"mode": "all", "with-security-parameters": False},
            "phases": {"coverage": {"unexpected-methods": ["put", "post", "patch", "delete", "trace"]}},
        }
    ),
).exclude(path=ENDLESS)

CHECKS = [
    schemathesis.checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.negative_data_rejection,
    openapi_checks.unsupported_method,
]


@dataclass
class Shop:
    """Ids that exist, by the name under which requests call them."""

    ids: dict[str, list[UUID]] = field(default_factory=dict)
    turn: int = 0

    def point(self, name: str, value: Any) -> Any:
        """Return an existing id instead of `value`, another one at each turn; every eighth stays."""
        self.turn += 1
        existing = self.ids.get(name)
        return str(existing[self.turn % len(existing)]) if existing and self.turn % 8 else value


@pytest.fixture
def owner(session, make_user, owner_client):
    """Return an Owner's client in a shop with something of everything."""
    places = [make_location(session), make_location(session, timezone="America/Phoenix")]
    bays = [make_bay(session, places[0]) for _ in range(2)]
    people = [make_customer(session, name=name) for name in ("Rosa Delgado", "Rosa Delgado", "Ada Park")]
    cars = [make_vehicle(session, person) for person in people]
    techs = [make_user(Role.TECH) for _ in range(2)]
    jobs = [
        make_appointment(
            session,
            places[0],
            vehicle_id=cars[number % 3].id,
            customer_id=people[number % 3].id,
            starts_at=datetime(2026, 11, 20, 13, tzinfo=UTC) + timedelta(hours=number),
            status=status,
            tech_id=techs[number % 2].id,
            deleted_at=datetime(2026, 11, 21, tzinfo=UTC) if status == "NO_SHOW" else None,
        )
        for number, status in enumerate(("SCHEDULED", "IN_PROGRESS", "READY", "COMPLETED", "CANCELED", "NO_SHOW"))
    ]
    ids = {
        "locationId": places,
        "bayId": bays,
        "customerId": people,
        "customer_id": people,
        "duplicateId": people,
        "vehicleId": cars,
        "vehicle_id": cars,
        "techId": techs,
        "user_id": techs,
        "appointmentId": jobs,
        "appointment_id": jobs,
        "afterId": jobs,
    }
    client = owner_client()
    client.open = _as_written(client.open)
    client.shop = Shop({name: [row.id for row in rows] for name, rows in ids.items()})
    return client


def _as_written(send: Any) -> Any:
    """Return `send` with bodies by Python's own JSON writer: ours refuses the numbers that are to be tried."""

    def open_as_written(**request: Any) -> Any:
        if "json" in request:
            request["data"] = json.dumps(request.pop("json")).encode()
        return send(**request)

    return open_as_written


def _replace(shop: Shop, values: Any) -> None:
    """Point the ids in a request at rows; other values stay as they were made."""
    if isinstance(values, dict):
        for name, value in values.items():
            if isinstance(value, dict):
                _replace(shop, value)
            elif isinstance(value, str) and name in shop.ids:
                values[name] = shop.point(name, value)
            elif name == "locationIds" and isinstance(value, list) and value:
                values[name] = [shop.point("locationId", item) if isinstance(item, str) else item for item in value]


def _make_sense(shop: Shop, case: schemathesis.Case) -> None:
    """Repair what a schema can't say and what would have nearly every valid request refused."""
    for values in (case.path_parameters, case.query, case.body):
        _replace(shop, values)
    if shop.turn % 8:
        case.query.pop("cursor", None)
    if "If-Match" in case.headers:
        case.headers["If-Match"] = f'"{shop.turn % 3 + 1}"'
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(new_id())
    if isinstance(case.body, dict):
        _make_sense_of_appointment(shop, case.path, case.body)
        _make_sense_of_values(shop, case.body)


def _make_sense_of_appointment(shop: Shop, path: str, body: dict[str, Any]) -> None:
    if path.endswith("/move") and ("position" in body) == ("afterId" in body):
        body.pop("position", None)
        body.setdefault("afterId", None)
    if path in {"/api/appointments", "/api/appointments/preview"}:
        body["locationId"] = body.get("locationId") or str(shop.ids["locationId"][0])
        # Both would be refused; each has its turn.
        for both in (("customer", "customerId"), ("vehicle", "vehicleId")):
            if body.get(both[0]) and body.get(both[1]):
                body.pop(both[shop.turn % 2])
    if body.get("start") and body.get("end"):
        body["end"] = f"2027-{body['start'][5:]}" if body["start"] == body["end"] else max(body["start"], body["end"])
        body["start"] = min(body["start"], body["end"])


def _make_sense_of_values(shop: Shop, body: dict[str, Any]) -> None:
    if "version" in body:
        body["version"] = 1
    if "currentPassword" in body:
        body["currentPassword"] = PASSWORD
    if "newPassword" in body:
        body["newPassword"] = PASSWORD
    if body.get("vin"):
        body["vin"] = "1HGCM82633A004352" if shop.turn % 8 == 0 else None


@SCHEMA.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="KEYTAG_SCHEMATHESIS_EXAMPLES" not in os.environ,
    database=None,
    # Each example is a request; rows stay between them, which is the point.
    suppress_health_check=list(hypothesis.HealthCheck),
)
@pytest.mark.timeout(60 if EXAMPLES < 50 else 1800)
def test_every_operation_answers_as_described(case, app, owner):
    if case.meta is None or case.meta.generation.mode.is_positive:
        _make_sense(owner.shop, case)

    # Without the network nobody unpacks bodies.
    response = case.call(app=app, session=owner, headers={"Accept-Encoding": "identity"})

    case.validate_response(response, checks=CHECKS)
