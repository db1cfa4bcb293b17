"""What the audit log says about an entity."""

from datetime import UTC, datetime, timedelta

from backend.audit import commands, queries
from backend.core.actor import Actor, ActorKind
from backend.core.edits import FieldChange
from backend.core.events import EventType
from backend.core.ids import new_id

AT = datetime(2026, 11, 20, 15, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)


def test_changes_after_a_version_are_told_by_field_several_as_one(session):
    entity_id, other_id = new_id(), new_id()
    sam, olivia = Actor(ActorKind.USER, new_id(), "Sam"), Actor(ActorKind.USER, new_id(), "Olivia")
    for entity, version, actor, at, changes in [
        (entity_id, 2, sam, AT, {"color": ("red", "blue")}),
        (entity_id, 3, sam, AT, {"name": ("a", "b"), "plate": (None, "X1")}),
        (entity_id, 4, olivia, LATER, {"name": ("b", "c")}),
        (other_id, 9, sam, AT, {"name": ("x", "y")}),
    ]:
        commands.record(
            session,
            EventType.CUSTOMER_CHANGED,
            entity="customer",
            entity_id=entity,
            actor=actor,
            at=at,
            changes=changes,
            version=version,
        )
    session.flush()

    assert queries.fields_changed_since(session, entity_id, 2) == {
        "name": FieldChange("a", "c", "Olivia", LATER),
        "plate": FieldChange(None, "X1", "Sam", AT),
    }
    assert queries.fields_changed_since(session, entity_id, 4) == {}
    assert queries.fields_changed_since(session, entity_id, 2, besides=sam.id) == {
        "name": FieldChange("b", "c", "Olivia", LATER)
    }
