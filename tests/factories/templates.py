"""Templates for tests."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.consent.rules import Purpose
from backend.core.ids import new_id
from backend.templates.models import MessageTemplate
from backend.templates.rules import TemplateCategory, TemplateChannel

CREATED_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


def make_template(session: Session, **overrides: Any) -> MessageTemplate:
    """Make a text of every location that says the vehicle is ready, version 1, without audit rows."""
    values: dict[str, Any] = {
        "name": "Ready",
        "category": TemplateCategory.STATUS,
        "channel": TemplateChannel.SMS,
        "purpose": Purpose.INFORMATIONAL,
        "body": "{shop_name}: your {vehicle|car} is ready.",
        "created_at": CREATED_AT,
        "updated_at": CREATED_AT,
    }
    template = MessageTemplate(id=new_id(), **{**values, **overrides})
    session.add(template)
    session.flush()
    return template
