"""The API's description is the API's: as committed, complete, and the frontend's types are made from it."""

import orjson
import pytest
from flask import jsonify

from backend.accounts.guards import feature, signed_in
from backend.app import create_app
from backend.core import db, live
from backend.settings import FLAG_VARIABLES, load_settings
from tools import frontend, openapi

METHODS = {"get", "post", "put", "patch", "delete"}
# Pages and probes: they take nothing that could be wrong, and need nobody.
CANNOT_REFUSE = {"/healthz", "/version", "/api/public/app"}
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def committed():
    return orjson.loads(openapi.DOCUMENT.read_bytes())


def _operations(document):
    for path, item in document["paths"].items():
        for method in METHODS & set(item):
            yield path, method, item[method]


def _resolved(document, response):
    name = response.get("$ref", "").removeprefix("#/components/responses/")
    return document["components"]["responses"][name] if name else response


def test_the_committed_description_is_the_generated_one():
    assert openapi.DOCUMENT.read_bytes() == openapi.document(), "run ./keytag types"


def test_the_frontends_types_are_made_from_it():
    frontend.ensure_packages()

    assert openapi.TYPES.read_text() == openapi.types(), "run ./keytag types"


def test_it_describes_every_route(app, committed):
    described = {(path, method) for path, method, _ in _operations(committed)}
    served = {
        (described_path(rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.endpoint.startswith(("interface", "customer_page"))
    }

    assert described == served


def described_path(rule: str) -> str:
    """Return a rule as the description writes it: `<uuid:user_id>` is `{user_id}`."""
    parts = rule.replace("<", "{").replace(">", "}").split("/")
    return "/".join("{" + part.split(":")[1] if ":" in part else part for part in parts)


def test_every_operation_has_a_summary_a_permission_and_an_error(committed):
    poor = []
    for path, method, operation in _operations(committed):
        errors = [status for status in operation["responses"] if int(status) >= 400]
        lacks = [
            word
            for word, has in (
                ("summary", operation.get("summary", "").strip().endswith(".")),
                ("x-permission", operation.get("x-permission")),
                ("error", errors or path in CANNOT_REFUSE),
                ("success", any(int(status) < 400 for status in operation["responses"])),
            )
            if not has
        ]
        if lacks:
            poor.append((method, path, lacks))
    assert poor == []


def test_every_error_is_a_problem_document(committed):
    other = [
        (method, path, status)
        for path, method, operation in _operations(committed)
        for status, response in operation["responses"].items()
        if int(status) >= 400
        and list(_resolved(committed, response).get("content", {})) != [PROBLEM]
        # Probes tell their state in a form of their own.
        and (path, status) != ("/readyz", "503")
    ]

    assert other == []


def test_who_must_sign_in_is_told_so(committed):
    for path, method, operation in _operations(committed):
        is_public = operation["x-permission"] == "public"
        assert (operation.get("security") == []) is is_public, (method, path)
        assert is_public or "401" in operation["responses"], (method, path)
        assert operation["x-permission"] in {"public", "signed-in"} or "403" in operation["responses"], (method, path)


# --- feature flags ----------------------------------------------------------------------------


@pytest.fixture
def switched(app, environment):
    """Return `switched(flag, value)`: an application with one flag set, beside the usual one."""
    bound, url = db.SessionFactory.kw["bind"], environment["REDIS_URL"]

    def make(flag: str, value: str):
        return create_app(load_settings({**environment, flag: value}))

    yield make
    db.bind(bound)
    live.configure(url, 200)


def _routes_of_features(app):
    for rule in app.url_map.iter_rules():
        name = getattr(app.view_functions[rule.endpoint], "feature", None)
        if name is not None:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield name, rule, method


def test_every_route_of_a_feature_names_a_flag_that_exists(app):
    assert {name for name, _, _ in _routes_of_features(app)} <= set(FLAG_VARIABLES.values())


@pytest.mark.parametrize("part", ["clocks", "findings", "inspections", "tech"])
def test_all_that_a_tablet_does_is_one_feature(app, part):
    views = {name: view for name, view in app.view_functions.items() if name.startswith(f"{part}.")}
    assert views
    assert {name for name, view in views.items() if getattr(view, "feature", None) != "inspections"} == set()


@pytest.mark.parametrize("flag", FLAG_VARIABLES)
def test_a_feature_that_is_off_answers_403_on_each_of_its_routes(switched, as_role, flag):
    owner = as_role("Owner")
    name = FLAG_VARIABLES[flag]
    off = switched(flag, "off")
    # A route of the feature in any case, so that the promise is tested before the feature's own come.
    off.add_url_rule("/api/probe", view_func=signed_in(feature(name)(lambda: jsonify("on"))))
    headers = {"Authorization": f"Bearer {owner.token}"}

    for _, rule, method in [route for route in _routes_of_features(off) if route[0] == name]:
        path = rule.rule
        for argument in rule.arguments:
            path = path.replace(f"<uuid:{argument}>", "01900000-0000-7000-8000-000000000000")
            path = path.replace(f"<int:{argument}>", "1")
        answer = off.test_client().open(path, method=method, json={}, headers=headers)
        assert (answer.status_code, answer.get_json()["code"]) == (403, "feature_off"), (method, path)
        assert answer.get_json()["feature"] == name

    me = off.test_client().get("/api/me", headers=headers).get_json()
    assert [shown for shown, is_on in me["flags"].items() if not is_on] == [flag_on_the_wire(name)]


def flag_on_the_wire(name: str) -> str:
    """Return a flag's name on the wire: `brand_theming` is `brandTheming`."""
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


@pytest.mark.parametrize("flag", FLAG_VARIABLES)
def test_a_feature_that_is_on_is_let_through(switched, as_role, flag):
    owner = as_role("Owner")
    on = switched(flag, "on")
    on.add_url_rule("/api/probe", view_func=signed_in(feature(FLAG_VARIABLES[flag])(lambda: jsonify("on"))))

    answer = on.test_client().get("/api/probe", headers={"Authorization": f"Bearer {owner.token}"})

    assert (answer.status_code, answer.get_json()) == (200, "on")
