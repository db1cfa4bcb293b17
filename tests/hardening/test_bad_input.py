"""What is wrong is refused in words, and nothing of it is kept: every operation of docs/openapi.json, field by field.

The operations, fields and parameters come from the description, so a new route is attacked without a line here. Afterwards
the whole database must be what it was before: as many rows in each table, and none written since.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import jwt
import pytest
import sqlalchemy as sa

from backend.accounts.permissions import Role
from backend.app import create_app
from backend.clocks.models import WorkTimer
from backend.consent.models import ConsentReview
from backend.consent.rules import ReviewKind
from backend.core import db, live
from backend.core.actor import Actor, ActorKind
from backend.core.clock import utc_now
from backend.core.db import Model
from backend.core.ids import new_id
from backend.findings.models import Finding
from backend.inbox.models import Conversation, ConversationState
from backend.links import commands as links
from backend.links.rules import Purpose
from backend.payments.models import Payment
from backend.services.models import AppointmentService
from backend.settings import load_settings
from tests.conftest import PASSWORD, SECRET_KEY, Client
from tests.factories.appointments import make_appointment
from tests.factories.catalog import make_catalog_job, make_rates
from tests.factories.customers import make_customer
from tests.factories.inspections import make_checklist, make_inspection_template
from tests.factories.invoices import make_invoice
from tests.factories.messages import make_message
from tests.factories.photos import make_photo
from tests.factories.services import make_job
from tests.factories.shop import make_bay, make_location
from tests.factories.templates import make_template
from tests.factories.vehicles import make_vehicle
from tools.paths import ROOT

DOCUMENT = json.loads((ROOT / "docs" / "openapi.json").read_bytes())
METHODS = ("get", "post", "put", "patch", "delete")
VIN = "1HGCM82633A004352"
# Longer than any text that a field takes.
OVERSIZE = "x" * 20_001
# Spring in New York: 2:30 does not exist. Autumn: 1:30 comes twice.
GAP, TWICE = "2026-03-08T02:30:00", "2026-11-01T01:30:00"
# JSON that Python can't write, or would write differently.
RAW = {
    "1e400": b"1e400",
    "minus 1e400": b"-1e400",
    "huge integer": b"9" * 5000,
    "not a number": b"NaN",
    "infinity": b"Infinity",
    "lone surrogate": b'"\\ud800"',
    "cut surrogate pair": b'"\\ude00\\ud83d"',
    "nested 500 deep": b"[" * 500 + b"]" * 500,
    "nested 100,000 deep": b"[" * 100_000 + b"]" * 100_000,
    "invalid UTF-8": b'"\xff\xfe"',
    "raw control character": b'"a\x00b"',
}


def _resolve(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return _resolve(DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    if "anyOf" in schema:
        return _resolve(schema["anyOf"][0])
    return schema


def _kind(schema: dict[str, Any]) -> str:
    kinds = schema.get("type", "string")
    return kinds if isinstance(kinds, str) else next(kind for kind in kinds if kind != "null")


def _takes_null(schema: dict[str, Any]) -> bool:
    return "null" in schema.get("type", ()) or any(option.get("type") == "null" for option in schema.get("anyOf", ()))


@dataclass(frozen=True)
class Operation:
    """One method of one path, as it is described."""

    method: str
    path: str
    described: dict[str, Any]

    @property
    def parameters(self) -> list[dict[str, Any]]:
        """Its parameters, those of the path's item included."""
        return [*DOCUMENT["paths"][self.path].get("parameters", ()), *self.described.get("parameters", ())]

    @property
    def query(self) -> list[dict[str, Any]]:
        """Its query parameters."""
        return [parameter for parameter in self.parameters if parameter["in"] == "query"]

    @property
    def body(self) -> dict[str, Any] | None:
        """The schema of its JSON body, None where it takes none; what a provider's form may hold, tests/webhooks tries."""
        body = self.described.get("requestBody", {}).get("content", {}).get("application/json")
        return None if body is None else _resolve(body["schema"])

    @property
    def needs_body(self) -> bool:
        """Whether a body must be sent."""
        return bool(self.described.get("requestBody", {}).get("required"))

    def takes_header(self, name: str) -> bool:
        """Whether it understands a header."""
        return any(parameter["in"] == "header" and parameter["name"] == name for parameter in self.parameters)


OPERATIONS = [
    Operation(method.upper(), path, item[method])
    for path, item in DOCUMENT["paths"].items()
    for method in METHODS
    if method in item
]


# Each way to be wrong, and the operations that it fits.
ATTACKS: list[tuple[Callable[[Operation], Any], Callable[[Operation, "Shop"], None]]] = []


def _attack(fits: Callable[[Operation], Any]) -> Callable[[Any], Any]:
    def listed(attack: Any) -> Any:
        ATTACKS.append((fits, attack))
        return attack

    return listed


# --- a shop to attack -------------------------------------------------------------------------


class Shop:
    """An Owner at work in a shop with something of everything; attacks on it are counted."""

    def __init__(self, client: Client, ids: dict[str, str], session: Any) -> None:
        self.client = client
        self.ids = ids
        self._session = session
        self.faults: list[Any] = []
        self.attacks = 0
        self.attacked_by = ""

    def path(self, operation: Operation) -> str:
        """Return an operation's path with ids that exist."""
        path = operation.path
        for name, value in {**self.ids, "vin": VIN, "start": "0"}.items():
            path = path.replace("{" + name + "}", value)
        return path

    def example(self, name: str, schema: dict[str, Any]) -> Any:
        """Return a valid value of a field."""
        schema = _resolve(schema)
        if name in self.ids:
            return self.ids[name]
        if "enum" in schema:
            return schema["enum"][0]
        match _kind(schema), schema.get("format"):
            case "object", _:
                wanted = schema.get("required") or list(schema.get("properties", ()))[:1]
                return {key: self.example(key, schema["properties"][key]) for key in wanted}
            case "array", _:
                return [self.ids["locationId"]] if name == "locationIds" else []
            case "string", "date-time":
                return "2026-11-20T15:00:00Z" if name != "end" else "2026-11-20T16:00:00Z"
            case "string", "date":
                return "2026-11-20"
            case "string", "uuid":
                return str(uuid4())
            case "string", "phone":
                return "+17185550123"
            case "string", "email" | "email-or-empty":
                return "ada@keytag.test"
            case "boolean", _:
                return True
            case (("integer" | "number"), _):
                return schema.get("minimum", 1)
        return VIN if name == "vin" else "Text of the test"

    def valid_body(self, operation: Operation) -> dict[str, Any]:
        """Return a body that lacks nothing."""
        schema = operation.body
        assert schema is not None
        body = {name: self.example(name, schema["properties"][name]) for name in schema.get("required", ())}
        if operation.path.startswith("/api/appointments") and "locationId" in schema["properties"]:
            body["locationId"] = self.ids["locationId"]
        for paths, more in self.beyond_the_schema().items():
            if any(operation.path.endswith(path) for path in paths.split()):
                body |= more
        return body

    def beyond_the_schema(self) -> dict[str, dict[str, Any]]:
        """Return what some bodies need that no schema says, by the ends of their paths."""
        return {
            "/api/appointments": {"customer": {"name": "Ada Park"}},
            "/move": {"afterId": None},
            "/api/vehicles": {"make": "Honda"},
            "/messages /messages/preview": {"body": "Your car is ready."},
            "/snooze": {"until": (utc_now() + timedelta(days=1)).isoformat()},
            "/api/catalog/jobs": {"lines": [{"kind": "fee", "name": "Fee", "taxClass": "fees", "unitPriceCents": 1}]},
            "/api/inspection-templates": {"points": [{"label": "Front brake pads"}]},
            "/jobs/order": {"jobIds": [self.ids["job_id"]]},
            "/discount": {"amountCents": 0},
            "/photos": {"contentHash": "0" * 64},
            "/api/notice-rules": {"templateId": self.ids["template_id"]},
        }

    def fingerprint(self) -> dict[str, Any]:
        """Return, for each table, how many rows it has and the newest transaction that wrote one of them."""
        self._session.rollback()
        tables = " UNION ALL ".join(
            f"SELECT '{table}', count(*), coalesce(max(xmin::text::bigint), 0) FROM {table}"
            for table in Model.metadata.tables
        )
        return {row[0]: tuple(row[1:]) for row in self._session.execute(sa.text(tables))}

    def attack(
        self,
        operation: Operation,
        what: str,
        *,
        allowed: set[int],
        path: str | None = None,
        field: str = "",
        **request: Any,
    ) -> None:
        """Send an attack; note what is not right with its answer."""
        self.attacks += 1
        answer = self.client.open(path or self.path(operation), method=operation.method, **request)
        wrong = [] if answer.status_code in allowed else [f"status {answer.status_code}, not {sorted(allowed)}"]
        if answer.status_code >= 400:
            wrong += _faults_of(answer, field if answer.status_code == 422 else "")
        if wrong:
            self.faults.append((self.attacked_by, what, wrong, answer.text[:300]))


def _faults_of(answer: Any, field: str) -> list[str]:
    """Say what a refusal lacks: each is a problem document that tells people what to do."""
    if answer.content_type != "application/problem+json":
        return [f"it is {answer.content_type}"]
    problem = answer.get_json()
    wrong = []
    if problem["status"] != answer.status_code or problem["type"] != f"/problems/{problem['code']}":
        wrong.append("its status or type")
    if len(problem["detail"]) < 10 or problem["detail"].rstrip()[-1] not in ".!?":
        wrong.append("no sentence in detail")
    if not problem["requestId"] or problem["requestId"] != answer.headers["X-Request-Id"]:
        wrong.append("no request id")
    if field and not any(field in name for name in problem.get("errors", ())):
        wrong.append(f"{field} is not named")
    if any(not message for messages in problem.get("errors", {}).values() for message in messages):
        wrong.append("an empty message")
    return wrong


# What these attacks don't know yet: a page of the customer's has a session of its own, a day of the books is no id, and
# some refusals come before the one that is looked for. Their own tests attack them.
UNKNOWN = (
    *("/api/portal/", "/c/{token}", "/api/books/days/", "/api/books/journal", "/dashboard/stats/{key}/rows"),
    *(
        "/approvals",
        "/audit/checks/",
        "/estimates/{version_no}",
        "/links/{link_id}/revoke",
        "/api/devices/{device_id}/",
    ),
)


@pytest.fixture
def shop(session, make_user, owner_client) -> Iterator[Shop]:
    place = make_location(session)
    bay = make_bay(session, place)
    customer, duplicate = make_customer(session, name="Rosa Delgado"), make_customer(session, name="Rosa Delgada")
    vehicle = make_vehicle(session, customer)
    tech = make_user(Role.TECH)
    job = make_appointment(session, place, vehicle_id=vehicle.id, customer_id=customer.id, version=3)
    neighbour = make_appointment(session, place, starts_at=job.starts_at + timedelta(hours=2))
    text = make_message(session, job, customer_id=customer.id)
    about = {"location_id": place.id, "phone": text.phone}
    conversation = Conversation(
        id=new_id(),
        **about,
        state=ConversationState.OPEN,
        last_message_at=text.created_at,
        preview=text.body,
        created_at=text.created_at,
        updated_at=text.created_at,
    )
    review = ConsentReview(
        id=new_id(),
        **about,
        kind=ReviewKind.OPT_OUT_OR_JOB,
        message_id=text.id,
        opened_at=text.created_at,
        due_at=text.created_at + timedelta(days=14),
    )
    session.add_all([conversation, review])
    make_rates(session, place)
    work = make_job(session, job)
    line = session.scalars(sa.select(AppointmentService).where(AppointmentService.job_id == work.id)).one()
    payment = Payment(
        location_id=place.id,
        appointment_id=job.id,
        kind="payment",
        method="cash",
        amount_cents=5_00,
        currency="USD",
        accounting_on=utc_now().date(),
        created_at=utc_now(),
    )
    invoice = make_invoice(session, job)
    timer = WorkTimer(id=new_id(), user_id=tech.id, appointment_id=job.id, started_at=utc_now() - timedelta(hours=1))
    session.add(timer)
    checklist, (item, _) = make_checklist(session, job, status="submitted", submitted_at=utc_now())
    finding = Finding(
        vehicle_id=vehicle.id,
        location_id=place.id,
        label=item.label,
        severity="fail",
        opened_item_id=item.id,
        latest_item_id=item.id,
        opened_at=utc_now(),
        seen_at=utc_now(),
    )
    session.add(finding)
    session.add_all([conversation, review, payment])
    session.flush()
    link_id, _ = links.create_link(
        session,
        purpose=Purpose.INVOICE,
        appointment_id=job.id,
        location_id=place.id,
        actor=Actor(ActorKind.SYSTEM, name="test"),
        now=utc_now(),
    )
    rows = {
        "message_id": text,
        "conversation_id": conversation,
        "payment_id": payment,
        "invoice_id": invoice,
        "review_id": review,
        "template_id": make_template(session),
        "catalog_id": make_catalog_job(session),
        "job_id": work,
        "checklist_id": checklist,
        "item_id": item,
        "photo_id": make_photo(session, item),
        "finding_id": finding,
        "inspection_template_id": make_inspection_template(session),
        "line_id": line,
        "timer_id": timer,
        "locationId": place,
        "location_id": place,
        "bayId": bay,
        "customerId": customer,
        "customer_id": customer,
        "duplicateId": duplicate,
        "vehicleId": vehicle,
        "vehicle_id": vehicle,
        "techId": tech,
        "user_id": tech,
        "appointmentId": job,
        "appointment_id": job,
        "afterId": neighbour,
    }
    shop = Shop(owner_client(), {"link_id": str(link_id), **{name: str(row.id) for name, row in rows.items()}}, session)
    # Its sign-in is the last thing that may be written.
    before = shop.fingerprint()
    yield shop
    assert shop.faults == []
    assert shop.attacks > 0
    assert shop.fingerprint() == before, "something of it was kept"


# --- bodies -----------------------------------------------------------------------------------

_WRONG_TYPES: dict[str, tuple[Any, ...]] = {
    "string": (1, True, 12.5, [], {}, ["a"]),
    "integer": ("1", "one", 1.5, True, [], {}, -1, 2**31, 2**63, 10**30),
    "number": ("1", True, [], {}),
    "boolean": ("yes", "true", 1, 0, [], {}),
    "array": ("a", 1, {}, [1], ["x"], [None], [[]]),
    "object": ("a", 1, [], [1], True),
}
_WRONG_FORMATS = {
    "uuid": ("x", "1", "00000000-0000-0000-0000-00000000000g", OVERSIZE, "' OR 1=1 --"),
    "date-time": (
        "yesterday",
        "2026-11-20",
        "2026-02-30T10:00:00Z",
        "2026-13-01T10:00:00Z",
        "2026-11-20T25:00:00Z",
        "2026-11-20T10:00:00+99:00",
        "0001-01-01T00:00:00Z",
        "1999-12-31T23:59:59Z",
        "9999-12-31T23:59:59Z",
        "10000-01-01T00:00:00Z",
        "2026-11-20T10:00:00Z\x00",
        OVERSIZE,
    ),
    "email": ("nobody", "a@", "a@b\x00.test", "é" * 300),
    "email-or-empty": ("nobody", "a@", "a\r\nb@c.test"),
    "phone": ("1", "call me", "+" + "1" * 39, "\uff11\uff12"),
}
_WRONG_TEXTS = ("a\x00b", "\x07", "a\x1b[31m", OVERSIZE)
# A password may hold anything but too much.
_FREE_TEXT = {"password", "currentPassword", "newPassword"}


def _wrong_values(name: str, schema: dict[str, Any]) -> Iterator[Any]:
    """Yield what a field must not take."""
    resolved = _resolve(schema)
    kind = _kind(resolved)
    yield from _WRONG_TYPES[kind]
    if not _takes_null(schema):
        yield None
    if "enum" in resolved:
        yield from ("LOST", "", resolved["enum"][0].swapcase())
    elif kind == "string":
        yield from _WRONG_FORMATS.get(resolved.get("format", ""), ())
        yield from (OVERSIZE,) if name in _FREE_TEXT else _WRONG_TEXTS
    if name == "locationIds":
        yield [str(uuid4())] * 501
        yield []


def _fields(schema: dict[str, Any], prefix: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Yield each field of a body with its way from the top."""
    for name, field in schema.get("properties", {}).items():
        yield (*prefix, name), field
        resolved = _resolve(field)
        if _kind(resolved) == "object":
            yield from _fields(resolved, (*prefix, name))


def _put(body: dict[str, Any], way: tuple[str, ...], value: Any, shop: Shop, schema: dict[str, Any]) -> dict[str, Any]:
    """Return `body` with `value` at the end of `way`, the objects on the way being valid."""
    name, *rest = way
    if not rest:
        return {**body, name: value}
    inner = _resolve(schema["properties"][name])
    valid = shop.example(name, inner)
    return {**body, name: _put(valid, tuple(rest), value, shop, inner)}


@_attack(lambda operation: operation.body is not None)
def a_wrong_value_in_any_field_is_422_and_named(operation, shop):
    for way, field in _fields(operation.body):
        for value in _wrong_values(way[-1], field):
            body = _put(shop.valid_body(operation), way, value, shop, operation.body)
            data = json.dumps(body).encode()
            what = (".".join(way), value if len(str(value)) < 50 else f"{str(value)[:20]}… {len(str(value))} long")
            shop.attack(operation, what, allowed={422}, field=way[-1], data=data, content_type="application/json")


# What is wrong with the text of JSON is wrong in any place; these are read first and may be refused by the field.
_UP_TO_THE_FIELD = ("1e400", "huge integer", "lone surrogate")


@_attack(lambda operation: operation.body is not None)
def json_that_is_none_or_too_much_is_refused_in_any_field(operation, shop):
    marker = "0123456789abcdef"
    for number, (way, _field) in enumerate(_fields(operation.body)):
        template = json.dumps(_put(shop.valid_body(operation), way, marker, shop, operation.body)).encode()
        for what in RAW if number == 0 else _UP_TO_THE_FIELD:
            raw = RAW[what]
            data = template.replace(f'"{marker}"'.encode(), raw)
            shop.attack(
                operation, (".".join(way), what), allowed={400, 422}, data=data, content_type="application/json"
            )


@_attack(lambda operation: operation.body is not None)
def an_unknown_or_missing_field_is_422_and_named(operation, shop):
    valid = shop.valid_body(operation)
    for name in ("id", "isAdmin", "__proto__", "$where", "paidCents", "x" * 5000, "a\x00b", "naïve"):
        shop.attack(operation, name[:20], allowed={422}, field=name, json={**valid, name: 1})
    for name in operation.body.get("required", ()):
        rest = {key: value for key, value in valid.items() if key != name}
        shop.attack(operation, f"without {name}", allowed={422}, field=name, json=rest)
    for way, field in _fields(operation.body):
        resolved = _resolve(field)
        if _kind(resolved) == "object":
            inner = {**shop.example(way[-1], resolved), "extra": 1}
            body = _put(valid, way, inner, shop, operation.body)
            shop.attack(operation, ("extra", *way), allowed={422}, field="extra", json=body)


@_attack(lambda operation: operation.body is not None)
def a_body_that_is_no_json_object_is_refused(operation, shop):
    valid = json.dumps(shop.valid_body(operation)).encode()
    for data in (b"{", b'{"a":', b'{"a": 1,}', b"{'a': 1}", b"\xff\xfe", b"<a/>", b"a=1", valid[:-1], valid + b"x"):
        shop.attack(operation, data[:20], allowed={400}, data=data, content_type="application/json")
    for data in (b"[]", b"1", b'"x"', b"true", b"[{}]", b"null"):
        shop.attack(operation, data, allowed={422}, data=data, content_type="application/json")
    for what, raw in RAW.items():
        shop.attack(operation, what, allowed={400, 422}, data=raw, content_type="application/json")
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", ""):
        shop.attack(operation, kind, allowed={415}, data=valid, content_type=kind)
    packed = {"data": b"\x1f\x8b\x08\x00", "headers": {"Content-Encoding": "gzip"}, "content_type": "application/json"}
    shop.attack(operation, "gzip", allowed={400, 415}, **packed)
    if operation.needs_body and operation.body.get("required"):
        shop.attack(operation, "nothing", allowed={422}, data=b"", content_type="application/json")


@_attack(lambda operation: operation.body is not None)
def more_than_a_mebibyte_is_413(operation, shop):
    padding = {**shop.valid_body(operation), "title": "x" * (1024 * 1024)}
    shop.attack(operation, "1 MiB and more", allowed={413}, json=padding)
    blanks = b" " * (2 * 1024 * 1024) + b"{}"
    shop.attack(operation, "2 MiB of blanks", allowed={413}, data=blanks, content_type="application/json")


def test_a_local_time_that_the_clocks_skip_or_repeat_names_the_ones_that_exist(shop):
    create = next(one for one in OPERATIONS if (one.method, one.path) == ("POST", "/api/appointments"))
    change = next(
        one for one in OPERATIONS if (one.method, one.path) == ("PATCH", "/api/appointments/{appointment_id}")
    )
    preview = next(one for one in OPERATIONS if one.path == "/api/appointments/preview")
    for operation in (create, change, preview):
        for name, field in operation.body["properties"].items():
            if field.get("format") != "date-time":
                continue
            for wrong, code in ((GAP, "nonexistent_local_time"), (TWICE, "ambiguous_local_time")):
                body = shop.valid_body(operation) | {name: wrong}
                shop.attack(operation, (name, wrong), allowed={422}, field=name, json=body)
                problem = shop.client.open(shop.path(operation), method=operation.method, json=body).get_json()
                assert problem["code"] == code, (operation, name)
                assert len(problem["options"]) == 2


# --- queries ----------------------------------------------------------------------------------

_WRONG_IN_QUERY = {
    "uuid": ("x", "", "1", "%00", "null", "x" * 3000, "00000000-0000-0000-0000-00000000000g", "%ed%a0%80"),
    "date": ("today", "", "2026-02-30", "2026-11-20T00:00", "0001-01-01", "9999-12-31", "20261120", "%00", "-1"),
    "integer": ("0", "201", "-1", "1e3", "1.5", "one", "", "%00", "9" * 400),
    "boolean": ("maybe", "", "2", "%00"),
    "enum": ("", "LOST", "%00", "x" * 3000),
    "string": ("%00", "a%00b", "%1b", "x" * 3000),
}


@_attack(lambda operation: operation.query)
def a_wrong_doubled_or_unknown_parameter_is_422_and_named(operation, shop):
    for parameter in operation.query:
        schema, name = _resolve(parameter["schema"]), parameter["name"]
        kind = "enum" if "enum" in schema else _kind(schema)
        if kind == "array":
            kind = "enum"
        wrong = _WRONG_IN_QUERY.get(schema.get("format", kind), _WRONG_IN_QUERY.get(kind, ()))
        for value in wrong:
            # Too much for a page's limit, and elsewhere a number like any other.
            if value == "201" and schema.get("maximum", 0) > 201:
                continue
            path = f"{shop.path(operation)}?{name}={value}"
            shop.attack(operation, (name, value[:30]), allowed={422}, field=name, path=path)
        twice = quote(str(shop.example(name, schema)))
        path = f"{shop.path(operation)}?{name}={twice}&{name}={twice}"
        shop.attack(operation, (name, "twice"), allowed={422}, field=name, path=path)
    for name in ("since", "limit[]", "__proto__", "%00", "q%5B%24ne%5D"):
        shop.attack(operation, name, allowed={422}, path=f"{shop.path(operation)}?{name}=1")


@_attack(lambda operation: any(parameter["name"] == "cursor" for parameter in operation.query))
def a_cursor_of_another_list_is_422(operation, shop):
    import base64  # noqa: PLC0415

    def cursor(keys: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(keys).encode()).decode().rstrip("=")

    someone = str(uuid4())
    forged = [
        [],
        {},
        1,
        None,
        "x",
        [[], []],
        [None, None],
        [None, None, None],
        ["a"],
        ["a", "b"],
        ["a", "b", "c"],
        [["a"], ["b"], ["c"]],
        ["9" * 300, "a", someone],
        ["2026-11-20", "2026-11-20T00:00:00", someone],
        ["0001-01-01", "0001-01-01T00:00:00+23:59", "x"],
        ["a\x00b", someone, "\x00"],
        ["1e400", "a", someone, someone],
        [{"a": 1}, someone],
    ]
    for text in ["!!!", "é", "A", "====", *[cursor(keys) for keys in forged]]:
        path = f"{shop.path(operation)}?cursor={quote(text)}"
        shop.attack(operation, text, allowed={422}, field="cursor", path=path)


# --- ids, versions, keys ----------------------------------------------------------------------


@_attack(lambda operation: any(p["in"] == "path" and p["name"] != "vin" for p in operation.parameters))
def an_id_that_nothing_has_is_404(operation, shop):
    request: dict[str, Any] = {} if operation.body is None else {"json": shop.valid_body(operation)}
    if operation.takes_header("Idempotency-Key"):
        request["headers"] = {"Idempotency-Key": "one"}
    name = next(parameter["name"] for parameter in operation.parameters if parameter["in"] == "path")
    for wrong in (
        str(uuid4()),
        "00000000-0000-0000-0000-000000000000",
        "1",
        "null",
        "%00",
        "..%2f..%2fetc%2fpasswd",
        "x" * 4000,
        "%ff",
        "%ed%a0%80",
        "';--",
        shop.ids["bayId" if name == "location_id" else "locationId"],
    ):
        path = shop.path(Operation(operation.method, operation.path.replace("{" + name + "}", wrong), {}))
        shop.attack(operation, wrong[:40], allowed={404}, path=path, **request)


@_attack(lambda operation: operation.takes_header("If-Match"))
def if_match_that_is_no_version_is_422_and_a_stale_one_409(operation, shop):
    schema = operation.body
    request: dict[str, Any] = {} if schema is None else {"json": shop.valid_body(operation)}
    for wrong in ("x", '"x"', '"-1"', '"1", "2"', '"99999999999"', '""', "1e3", '"1.5"', "\xb2", '"\xb2"', "x" * 4000):
        headers = {"If-Match": wrong}
        shop.attack(operation, wrong[:20], allowed={422}, field="If-Match", headers=headers, **request)
    if schema is None or operation.path.endswith("/status"):
        shop.attack(operation, "stale", allowed={409}, headers={"If-Match": '"2000"'}, **request)


@_attack(lambda operation: operation.body is not None and "version" in operation.body["properties"])
def a_version_that_never_was_is_409(operation, shop):
    body = {**shop.valid_body(operation), "version": 2000}
    for name in ("name", "make", "title"):
        if name in operation.body["properties"]:
            body[name] = "Somebody else's idea"
    shop.attack(operation, "from the future", allowed={409}, json=body)


@_attack(lambda operation: operation.takes_header("Idempotency-Key"))
def an_idempotency_key_that_is_none_is_422(operation, shop):
    for wrong in ("", " ", "a b", "x" * 201, "\xe9", "a\tb"):
        headers = {"Idempotency-Key": wrong}
        request = {"json": shop.valid_body(operation), "headers": headers}
        shop.attack(operation, wrong[:20], allowed={422}, field="Idempotency-Key", **request)


# --- tokens -----------------------------------------------------------------------------------


def _forged(good: str, session_id: str) -> dict[str, str]:
    """Return Authorization headers that must open nothing."""
    claims = jwt.decode(good, options={"verify_signature": False})
    now = int(time.time())

    def signed(key: str = SECRET_KEY, algorithm: str = "HS256", **changes: Any) -> str:
        merged = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        return "Bearer " + jwt.encode(merged, key, algorithm=algorithm)

    head, body, signature = good.split(".")
    middle = len(body) // 2
    altered = body[:middle] + ("A" if body[middle] != "A" else "B") + body[middle + 1 :]
    last = "A" if signature[0] != "A" else "B"
    return {
        "nothing": "",
        "no scheme": good,
        "another scheme": f"Basic {good}",
        "no token": "Bearer ",
        "two tokens": f"Bearer {good} {good}",
        "no JWT": "Bearer x",
        "three dots": "Bearer ...",
        "not ASCII": "Bearer \xe9\xff",
        "long": "Bearer " + "x" * 7000,
        "one byte of the claims": f"Bearer {head}.{altered}.{signature}",
        "one byte of the signature": f"Bearer {head}.{body}.{last}{signature[1:]}",
        "no signature": f"Bearer {head}.{body}.",
        "algorithm none": "Bearer " + jwt.encode(claims, None, algorithm="none"),
        "another key": signed("another secret, just as long as the real one is"),
        "another algorithm": signed(SECRET_KEY * 2, "HS512"),
        "expired": signed(exp=now - 1, iat=now - 1000, nbf=now - 1000),
        "not yet valid": signed(nbf=now + 600),
        "another audience": signed(aud="another"),
        "no audience": signed(aud=None),
        "another issuer": signed(iss="another"),
        "no subject": signed(sub=None),
        "never expires": signed(exp=None),
        "a refresh token": signed(type="refresh", rid=str(uuid4())),
        "no session": signed(sid=None),
        "a session that never was": signed(sid=str(uuid4())),
        "a session that is no id": signed(sid="1 OR 1=1"),
        "a session that is a list": signed(sid=[session_id]),
        "a session that is a number": signed(sid=1),
        "a session that has a NUL": signed(sid="\x00"),
    }


@_attack(lambda operation: operation.described["x-permission"] != "public")
def a_forged_expired_or_foreign_token_is_401(operation, shop):
    good = shop.client.token
    tokens = _forged(good, jwt.decode(good, options={"verify_signature": False})["sid"])
    request: dict[str, Any] = {} if operation.body is None else {"json": shop.valid_body(operation)}
    shop.client.token = None
    for what, header in tokens.items():
        headers = {"Authorization": header} if header else {}
        shop.attack(operation, what, allowed={401}, headers=headers, **request)


def test_a_forged_refresh_cookie_is_401(shop):
    refresh = next(one for one in OPERATIONS if one.path == "/api/auth/refresh")
    good, shop.client.token = shop.client.token, None
    claims = jwt.decode(good, options={"verify_signature": False})
    for what, header in _forged(good, claims["sid"]).items():
        if what == "long":
            continue  # browsers keep no such cookie
        token = header.removeprefix("Bearer ").encode("ascii", "ignore").decode()
        shop.client.set_cookie("keytag_refresh", token, path="/api/auth")
        shop.attack(refresh, what, allowed={401}, headers={"X-CSRF-TOKEN": claims["csrf"]})


def test_cookies_without_the_csrf_header_change_nothing(shop):
    """A page of another site makes the browser send the cookies, and can't read what the header must say."""
    claims = jwt.decode(shop.client.token, options={"verify_signature": False})
    shop.client.token = None
    token = jwt.encode({**claims, "csrf": "the-right-one"}, SECRET_KEY, algorithm="HS256")
    shop.client.set_cookie("keytag_access", token)
    shop.client.set_cookie("csrf_access_token", "the-right-one")
    assert shop.client.get("/api/me").status_code == 200, "the cookie itself is good"
    for operation in OPERATIONS:
        if operation.method == "GET" or operation.described["x-permission"] == "public":
            continue
        if any(path in operation.path for path in UNKNOWN):
            continue
        request: dict[str, Any] = {} if operation.body is None else {"json": shop.valid_body(operation)}
        for header in ({}, {"X-CSRF-TOKEN": ""}, {"X-CSRF-TOKEN": "another"}, {"X-CSRF-TOKEN": "\xe9"}):
            shop.attack(operation, (operation.method, operation.path, header), allowed={403}, headers=header, **request)


# --- every operation ----------------------------------------------------------------------------


# One test for an operation: making the shop takes longer than an attack.
@pytest.mark.parametrize(
    "operation",
    [
        pytest.param(one, id=f"{one.method} {one.path}")
        for one in OPERATIONS
        if any(fits(one) for fits, _ in ATTACKS) and not any(path in one.path for path in UNKNOWN)
    ],
)
def test_what_is_wrong_is_refused_in_words_and_nothing_of_it_is_kept(operation, shop):
    token = shop.client.token
    for fits, attack in ATTACKS:
        if fits(operation):
            shop.attacked_by = attack.__name__
            attack(operation, shop)
            shop.client.token = token


# --- addresses --------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_an_address_of_the_api_that_is_none_is_404(shop, method):
    for path in ("/api", "/api/", "/api/nothing", "/api/users/x/y", "/api/%00", "/api/" + "x" * 5000, "/api/%ff"):
        shop.attack(Operation(method, path, {}), path[:30], allowed={404})


def test_an_odd_path_is_a_404_or_the_interface(shop):
    for path in (
        "/%00",
        "/assets/%00.js",
        "/" + "x" * 5000,
        "/assets/" + "x" * 300 + ".js",
        "/assets/../../../../etc/passwd.txt",
        "/%2e%2e/%2e%2e/etc/passwd.txt",
        "/..%2f..%2fbackend%2fsettings.py",
        "/%ed%a0%80.js",
        "/%0d%0aSet-Cookie:x",
    ):
        shop.attack(Operation("GET", path, {}), path[:40], allowed={404})


def test_the_wrong_method_is_405_and_says_which_are_right(shop):
    answers = {
        method: shop.client.open("/api/me", method=method) for method in ("PUT", "DELETE", "TRACE", "PROPFIND", "x")
    }

    assert {answer.status_code for answer in answers.values()} == {405}
    assert all("GET" in answer.headers["Allow"] for answer in answers.values())
    assert all(_faults_of(answer, "") == [] for answer in answers.values())
    shop.attacks += 1


# --- sign-in ----------------------------------------------------------------------------------


def test_another_address_in_the_headers_does_not_give_more_tries(client, as_role):
    """No proxy is trusted here, so whoever claims to be one is the caller."""
    user = as_role("Advisor").user
    statuses = []
    for number in range(8):
        spoofed = {
            "X-Forwarded-For": f"10.0.0.{number}",
            "X-Real-IP": f"10.0.0.{number}",
            "Forwarded": f"for=10.0.0.{number}",
        }
        body = {"email": user.email, "password": "a wrong guess"}
        statuses.append(client.post("/api/auth/login", json=body, headers=spoofed).status_code)

    assert statuses == [401] * 5 + [429] * 3


@pytest.fixture
def behind_a_proxy(app, environment) -> Iterator[Any]:
    """Return a client of the product as it runs behind one proxy."""
    bound = db.SessionFactory.kw["bind"]
    yield create_app(load_settings({**environment, "KEYTAG_TRUSTED_PROXIES": "1"})).test_client()
    db.bind(bound)
    live.configure(environment["REDIS_URL"], 200)


def test_behind_one_proxy_only_its_own_word_counts(behind_a_proxy, session, make_user):
    user = make_user(Role.ADVISOR)
    session.commit()
    body = {"email": user.email, "password": "a wrong guess"}
    statuses = []
    for number in range(8):
        headers = {"X-Forwarded-For": f"10.0.0.{number}, 192.0.2.7"}
        statuses.append(behind_a_proxy.post("/api/auth/login", json=body, headers=headers).status_code)

    assert statuses == [401] * 5 + [429] * 3


@pytest.mark.parametrize("address", ["unknown", "192.0.2.7:443", "fe80::1%eth0", "_hidden", "", "\xe9", "1" * 300])
def test_a_caller_without_a_plain_address_can_sign_in(behind_a_proxy, session, make_user, address):
    user = make_user(Role.ADVISOR)
    session.commit()

    answer = behind_a_proxy.post(
        "/api/auth/token", json={"email": user.email, "password": PASSWORD}, headers={"X-Forwarded-For": address}
    )

    assert answer.status_code == 200


def test_the_answer_does_not_tell_whether_somebody_exists(client, as_role):
    user = as_role("Advisor").user

    known = client.post("/api/auth/login", json={"email": user.email, "password": "a wrong guess"}).get_json()
    unknown = client.post(
        "/api/auth/login", json={"email": "nobody@keytag.test", "password": "a wrong guess"}
    ).get_json()

    assert {**known, "requestId": ""} == {**unknown, "requestId": ""}


def test_dates_at_the_edge_of_what_is_kept_work(session, as_role):
    """The bounds are there to keep arithmetic from overflowing, so just inside them all must go well."""
    place = make_location(session)
    owner = as_role("Owner")
    for day in ("2000-01-01", "2099-12-31"):
        body = {"locationId": str(place.id), "customer": {"name": "Ada"}, "start": f"{day}T12:00:00Z"}
        assert owner.post("/api/appointments", json=body).status_code == 201
        assert len(owner.get(f"/api/appointments?from={day}&to={day}").get_json()["items"]) == 1
        assert len(owner.get(f"/api/admin/appointments/board?from={day}&to={day}").get_json()["cards"]) == 1
