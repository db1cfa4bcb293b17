"""Rules of notices for tests."""

from typing import Any

from sqlalchemy.orm import Session

from backend.core.ids import new_id
from backend.notices.models import NoticeRule
from backend.notices.rules import Loudness, Trigger
from backend.shop.models import Location
from backend.templates.models import MessageTemplate
from tests.factories.templates import CREATED_AT, make_template


def make_rule(
    session: Session, location: Location, trigger: Trigger, loudness: Loudness = Loudness.LOUD, **overrides: Any
) -> MessageTemplate:
    """Make a location's rule with a template of its own, by name of the trigger; return the template."""
    template = make_template(session, name=f"{location.name} {trigger}", location_id=location.id, **overrides)
    session.add(
        NoticeRule(
            id=new_id(),
            location_id=location.id,
            trigger=trigger,
            loudness=loudness,
            template_id=template.id,
            version=1,
            updated_at=CREATED_AT,
        )
    )
    session.flush()
    return template
