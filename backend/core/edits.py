"""Two people editing one thing: what of a late edit still applies, and what clashes.

An editor names the version it saw. Fields that nobody touched since are taken; a field that
somebody set to another value in the meantime is a conflict, told with both values, who and when.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from typing import Any

from backend.core.db import StaleVersionError
from backend.core.errors import ConflictError

# What a change made of each field, by wire name: the value before and the value after.
Changes = Mapping[str, tuple[Any, Any]]
# How the header with the version that an editor read stands in the OpenAPI document.
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "schema": {"type": "string"},
    "description": "The version you read, in quotes; `version` in the body says the same.",
}


class EditConflictError(ConflictError):
    """409: somebody else changed the same field since the editor read it; nothing was changed."""

    code = "edit_conflict"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What others made of a field since a version: from `before`, as JSON holds it, to `after`, and who was last."""

    before: Any
    after: Any
    changed_by: str | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field with two wishes; `field` is its name on the wire, `base` the value that both started from."""

    field: str
    yours: Any
    theirs: Any
    base: Any
    changed_by: str | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Edit:
    """What a patch changes (by attribute name), and where it clashes."""

    applies: dict[str, Any]
    conflicts: tuple[Conflict, ...]


def split(current: Mapping[str, Any], patch: Mapping[str, Any], changed: Mapping[str, FieldChange]) -> Edit:
    """Split `patch` into what applies and what conflicts.

    `current` and `patch` have attribute names and Python values, `changed` has wire names:
    it is `audit.queries.fields_changed_since` the editor's version, empty for an editor that
    named none. A wish that is true already neither applies nor conflicts; neither does a
    field conflict that others changed and changed back.
    """
    applies: dict[str, Any] = {}
    conflicts: list[Conflict] = []
    for attribute, wish in patch.items():
        present = current[attribute]
        if wish == present:
            continue
        other = changed.get(wire_name(attribute))
        if other is None or other.before == other.after:
            applies[attribute] = wish
        else:
            conflicts.append(
                Conflict(wire_name(attribute), wish, present, other.before, other.changed_by, other.changed_at)
            )
    return Edit(applies, tuple(conflicts))


def conflict_error(edit: Edit, **present: Any) -> EditConflictError:
    """Build the refusal; `present` is the thing as it stands now, for example `customer=...`."""
    fields_named = ", ".join(conflict.field for conflict in edit.conflicts)
    names = sorted({conflict.changed_by for conflict in edit.conflicts if conflict.changed_by})
    who = " and ".join(names) or "Somebody else"
    return EditConflictError(
        f"{who} changed this while you were editing: {fields_named}. Choose which value to keep.",
        conflicts=[wire(conflict) for conflict in edit.conflicts],
        **{name: wire(value) for name, value in present.items()},
    )


def first_values(fields: Mapping[str, Any]) -> Changes:
    """Return what somebody filled in of something new, as the audit log tells it."""
    return {wire_name(field): (None, value) for field, value in fields.items() if value is not None}


def apply(row: Any, values: Mapping[str, Any], now: datetime) -> dict[str, tuple[Any, Any]]:
    """Write `values` into a row with a version, count the version up, and return what changed."""
    changes = {wire_name(field): (getattr(row, field), value) for field, value in values.items()}
    for field, value in values.items():
        setattr(row, field, value)
    row.version += 1
    row.updated_at = now
    return changes


def require_version(present: int, seen: int | None) -> None:
    """Refuse to delete what somebody saw otherwise; None is whatever is there.

    Raises:
        StaleVersionError: it changed since version `seen`.
    """
    if seen is not None and seen != present:
        raise StaleVersionError(
            "Somebody changed this since you opened it. Look again before you delete it.", version=present
        )


def wire_name(attribute: str) -> str:
    """Return an attribute's name on the wire: `plate_state` is `plateState`."""
    head, *tail = attribute.split("_")
    return head + "".join(part.capitalize() for part in tail)


def wire(value: Any) -> Any:
    """Return dataclasses, also inside lists, as dictionaries with wire names; other values as they are."""
    if is_dataclass(value) and not isinstance(value, type):
        return {wire_name(field.name): wire(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, list | tuple):
        return [wire(item) for item in value]
    return value
