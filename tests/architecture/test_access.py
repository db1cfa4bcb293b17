"""Every route says who may call it, and every role gets exactly what the one matrix says."""

from uuid import UUID

import pytest

from backend.accounts.permissions import ON_TABLET, PERMISSION_MATRIX, Permission, Role, may
from backend.accounts.queries import OWN
from backend.wiring import BLUEPRINTS
from tests.factories.inspections import make_inspected
from tests.factories.shop import make_location
from tests.stats.conftest import make_technician

NOBODYS_ID = UUID("01900000-0000-7000-8000-000000000000")


def _routes(app):
    """List (rule, method, view's declared access) of every route."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, getattr(app.view_functions[rule.endpoint], "access", None)


def test_every_route_declares_who_may_call_it(app):
    undeclared = [f"{method} {rule.rule}" for rule, method, access in _routes(app) if access is None]

    assert undeclared == []


def test_every_declared_permission_exists(app):
    known = {permission.value for permission in Permission} | {"public", "signed-in"}

    assert {access for _, _, access in _routes(app)} <= known


def test_the_matrix_knows_every_permission_and_they_are_in_order():
    assert list(PERMISSION_MATRIX) == list(Permission)
    assert [p.value for p in Permission] == sorted(p.value for p in Permission)
    assert all(PERMISSION_MATRIX.values()), "a permission that nobody has is dead"
    assert all(permission.description for permission in Permission)


def test_the_matrix_is_the_product_pages():
    """The product page's table, line by line: Owner, Advisor, Tech, Accountant."""
    expected = {
        Permission.BOARD_VIEW: "OAT",
        Permission.APPOINTMENT_MOVE: "OAT",
        Permission.APPOINTMENT_COMPLETE: "OA",
        Permission.APPOINTMENT_EDIT: "OA",
        Permission.CUSTOMER_EDIT: "OA",
        Permission.SERVICE_EDIT: "OA",
        Permission.MESSAGE_SEND: "OA",
        Permission.MESSAGE_VIEW: "OAT",
        Permission.MESSAGE_OVERRIDE_QUIET_HOURS: "O",
        Permission.INSPECTION_FILL: "OAT",
        Permission.PAYMENT_RECORD: "OAC",
        Permission.PAYMENT_VOID: "OC",
        Permission.REPORT_VIEW: "OAC",
        Permission.AUDIT_VIEW: "OC",
        Permission.USER_MANAGE: "O",
        Permission.SETTINGS_MANAGE: "O",
        Permission.CATALOG_MANAGE: "OA",
        Permission.MONEY_VIEW: "OAC",
    }
    letters = {Role.OWNER: "O", Role.ADVISOR: "A", Role.TECH: "T", Role.ACCOUNTANT: "C"}

    for permission, roles in expected.items():
        assert "".join(letter for role, letter in letters.items() if may(role, permission)) == roles, permission


@pytest.fixture
def people(as_role):
    return {role: as_role(role) for role in Role}


def test_every_route_answers_every_role_as_the_matrix_says(app, client, people):
    wrong = []
    for rule, method, access in _routes(app):
        if access in {"public", None} or rule.rule in {"/api/auth/logout", "/api/tablet/lock", "/api/events"}:
            continue
        path = rule.rule
        for argument in rule.arguments:
            converter = rule._converters[argument].__class__.__name__
            value = str(NOBODYS_ID) if converter == "UUIDConverter" else "1HGCM82633A004352"
            path = path.replace(f"<uuid:{argument}>", value).replace(f"<{argument}>", value)
            path = path.replace(f"<string:{argument}>", value).replace(f"<int:{argument}>", "1")
        # A body that is no object is refused after the guard and before anything happens.
        body = {} if method == "GET" else {"data": "[]", "content_type": "application/json"}
        if client.open(path, method=method, **body).status_code != 401:
            wrong.append((method, path, "nobody"))
        for role, person in people.items():
            status = person.open(path, method=method, **body).status_code
            allowed = access == "signed-in" or may(role, Permission(access))
            hot_and_refused_in_statement = status == 422 and not allowed
            if hot_and_refused_in_statement and method == "PATCH" and path.endswith("/move"):
                # The guard of this route is inside its statement, which a bad body never reaches.
                place = {"status": "SCHEDULED", "position": 1}
                status = person.open(path, method=method, json=place).status_code
            if (status == 403) is allowed or status >= 500:
                wrong.append((method, path, role.value, status, access))
    assert wrong == []


def _address(rule, ids):
    """Fill a rule's arguments: ids by their names, all else with nobody's."""
    path = rule.rule
    for argument in rule.arguments:
        converter = rule._converters[argument].__class__.__name__
        value = ids.get(argument, NOBODYS_ID) if converter == "UUIDConverter" else "1"
        path = path.replace(f"<uuid:{argument}>", str(value))
        path = path.replace(f"<{argument}>", str(value)).replace(f"<string:{argument}>", str(value))
        path = path.replace(f"<int:{argument}>", str(value))
    return path


def _is_on_tablet(app, rule, access):
    view = app.view_functions[rule.endpoint]
    return getattr(view, "on_tablet", False) or (access in {one.value for one in ON_TABLET} and hasattr(view, "own"))


def _named(rule):
    return {name for name in rule.arguments if rule._converters[name].__class__.__name__ == "UUIDConverter"}


@pytest.fixture
def anothers(session):
    """Return ids of another technician's job, its inspection, and all that belongs to it."""
    location = make_location(session)
    other = make_technician(session, location, "Otto Other")
    return location, make_inspected(session, location, other)


@pytest.mark.parametrize("role", [Role.TECH, Role.OWNER])
def test_a_pin_opens_own_jobs_and_inspections_and_nothing_else(app, session, on_tablet, anothers, role):
    """Whatever the role: the walk goes over every route there is, with another's job in each address that takes one."""
    location, ids = anothers
    tablet = on_tablet(location, role)
    assert set(ids) == set(OWN), "an address that names more than tests know of"
    wrong = []
    for rule, method, access in _routes(app):
        if access in {"public", None} or rule.rule in {"/api/auth/logout", "/api/tablet/lock"}:
            continue
        path = _address(rule, ids)
        body = {} if method == "GET" else {"data": "[]", "content_type": "application/json"}
        answer = tablet.open(path, method=method, **body)
        code = (answer.get_json(silent=True) or {}).get("code")
        if not _is_on_tablet(app, rule, access):
            # The guard of a hot route is inside its statement, which a bad body never reaches.
            if answer.status_code == 422 and path.endswith("/move"):
                answer = tablet.open(path, method=method, json={"status": "SCHEDULED", "position": 1})
                code = answer.get_json()["code"]
            # Which of the two is said first depends on where a route asks.
            if answer.status_code != 403 or code not in {"forbidden", "tablet_limited"}:
                wrong.append((method, path, answer.status_code, code))
        elif _named(rule) and app.view_functions[rule.endpoint].own and answer.status_code != 404:
            wrong.append((method, path, answer.status_code, "another's"))
        elif not _named(rule) and answer.status_code in {401, 403}:
            wrong.append((method, path, answer.status_code, code))
    assert wrong == []


def test_what_is_ones_own_opens(app, session, on_tablet):
    location = make_location(session)
    tablet = on_tablet(location)
    ids = make_inspected(session, location, tablet.user)
    wrong = []
    for rule, method, access in _routes(app):
        if not _is_on_tablet(app, rule, access) or not _named(rule) or not _named(rule) <= set(OWN):
            continue
        path = _address(rule, ids)
        body = {} if method == "GET" else {"data": "[]", "content_type": "application/json"}
        answer = tablet.open(path, method=method, **body)
        if method != "DELETE" and answer.status_code in {401, 403, 404}:
            wrong.append((method, path, answer.status_code, answer.get_json()["detail"]))
    assert wrong == []


def test_every_blueprint_is_registered_once():
    names = [blueprint.name for blueprint in BLUEPRINTS]

    assert len(names) == len(set(names))
