"""What the OpenAPI document says beside the schemas: who may call an operation and how it can refuse.

Refusals are told from what an operation is, the same for all, so that the document can't forget one: a body can be
broken, an id can be unknown, a role can lack the permission. A route documents only the refusals that are its own.
"""

from typing import Any

from flask import Flask
from flask_smorest.spec.plugins import FlaskPlugin

from backend.core.http import PROBLEM_TYPE, ProblemSchema

# Status -> the response's name in `components` and when it comes.
REFUSALS = {
    400: ("Unreadable", "The request can't be read: the body is no JSON."),
    401: ("NotSignedIn", "Nobody is signed in, or the sign-in is over."),
    403: ("Forbidden", "The role may not do this, the feature is off, or the CSRF header is missing."),
    404: ("NotFound", "There is no such thing, or it is at a location where the person does not work."),
    409: ("Conflict", "The present state refuses it; the document says what it is and what to do."),
    413: ("TooLarge", "The body is larger than 1 MiB."),
    415: ("NotJson", "The body is of another type than application/json."),
    422: ("Invalid", "A field or parameter is unknown, missing, doubled or wrong; `errors` says which."),
    429: ("TooManyRequests", "Too many tries; Retry-After says how many seconds to wait."),
    503: ("Unavailable", "Something we depend on is away; Retry-After says how many seconds to wait."),
    507: ("NoRoom", "There is no room left for what was sent."),
}
_WITH_RETRY_AFTER = {429, 503}
_READS = {"get", "head", "options"}
_OPERATIONS = ("get", "post", "put", "patch", "delete")


def describe(app: Flask, spec: Any) -> None:
    """Write each operation's permission and refusals into `spec`, flask-smorest's document of `app`."""
    if "Problem" not in spec.components.schemas:
        spec.components.schema("Problem", schema=ProblemSchema)
    for status, (name, when) in REFUSALS.items():
        spec.components.response(name, _problem(when, status))
    # A name that flask-smorest writes by itself.
    spec.components.responses.pop("UNPROCESSABLE_ENTITY", None)
    paths = spec.to_dict()["paths"]
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        access = getattr(view, "access", None)
        path = paths.get(FlaskPlugin.flaskpath2openapi(rule.rule)) if access else None
        for method in _OPERATIONS:
            operation = (path or {}).get(method)
            if operation is not None and method.upper() in (rule.methods or ()):
                operation["x-permission"] = access
                if access == "public":
                    operation["security"] = []
                _add_refusals(operation, method, path or {}, has_feature=hasattr(view, "feature"))
                _forget_null(operation)


def _problem(when: str, status: int) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": when,
        "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in _WITH_RETRY_AFTER:
        response["headers"] = {
            "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
        }
    return response


def _add_refusals(operation: dict[str, Any], method: str, path: dict[str, Any], *, has_feature: bool) -> None:
    """Name every refusal that an operation can give; those that it documents itself get the problem document's form."""
    responses = operation["responses"]
    for status in _refusals(operation, method, path, has_feature=has_feature):
        responses.setdefault(str(status), {"$ref": f"#/components/responses/{REFUSALS[status][0]}"})
    for status, response in responses.items():
        name, when = REFUSALS.get(int(status), ("", ""))
        if name and "$ref" in response:
            response["$ref"] = f"#/components/responses/{name}"
        elif name and "content" not in response:
            response.update(_problem(response.get("description") or when, int(status)))


def _refusals(operation: dict[str, Any], method: str, path: dict[str, Any], *, has_feature: bool) -> set[int]:
    access = operation["x-permission"]
    parameters = [*path.get("parameters", ()), *operation.get("parameters", ())]
    places = {parameter["in"] for parameter in parameters if "in" in parameter}
    found = {503} if access != "public" else set()
    if access != "public":
        found.add(401)
        if access != "signed-in" or method not in _READS:
            found.add(403)
        if method not in _READS:
            found.add(409)
    if has_feature:
        found.add(403)
    if "requestBody" in operation:
        found |= {400, 413, 415, 422, 503} | ({404} if access != "public" else set())
    if places & {"query", "header"}:
        found.add(422)
    if "path" in places or any(parameter.get("name") == "locationId" for parameter in parameters):
        found.add(404)
    return found


def _forget_null(operation: dict[str, Any]) -> None:
    """Say of a query parameter with no default that it may be left out, rather than be null: no query can say that."""
    for parameter in operation.get("parameters", ()):
        schema = parameter.get("schema", {})
        if parameter.get("in") != "query" or "null" not in schema.get("type", ()):
            continue
        left = [kind for kind in schema["type"] if kind != "null"]
        schema["type"] = left[0] if len(left) == 1 else left
        if schema.get("default", 0) is None:
            del schema["default"]
