"""Paired devices."""

from sqlalchemy.orm import Session

from backend.accounts.models import User
from backend.core.clock import utc_now
from backend.core.ids import new_id
from backend.devices import rules
from backend.devices.models import Device
from backend.devices.rules import DeviceKind
from backend.shop.models import Location


def make_tablet(session: Session, location: Location, *, created_by: User, name: str = "Bay tablet") -> str:
    """Make a paired tablet and return the token that its cookie holds."""
    token = rules.new_token()
    session.add(
        Device(
            id=new_id(),
            location_id=location.id,
            kind=DeviceKind.TABLET,
            name=name,
            token_hash=rules.secret_hash(token),
            paired_at=utc_now(),
            created_at=utc_now(),
            created_by=created_by.id,
        )
    )
    session.flush()
    return token
