"""What can be seen of links: by their token or a browser's secret, never by whom they are for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.core.errors import NotFoundError
from backend.core.phone import spoken
from backend.links.models import LinkVisit, SignedLink
from backend.links.rules import LinkEndedError, LinkUnknownError, Purpose, has_ended, hash_secret, hash_token, is_token
from backend.shop.models import Location


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link as its holder and the shop may know it; instants in UTC."""

    id: UUID
    purpose: Purpose
    location_id: UUID
    appointment_id: UUID
    subject_id: UUID | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    opened_at: datetime | None
    failed_step_ups: int
    has_phone: bool


@dataclass(frozen=True, slots=True)
class VisitView:
    """A browser at a link: `id` is None until it did something; `is_known` once it gave the last four digits."""

    link: LinkView
    id: UUID | None
    is_known: bool


_COLUMNS = (
    *(getattr(SignedLink, name) for name in LinkView.__dataclass_fields__ if name != "has_phone"),
    SignedLink.phone.is_not(None).label("has_phone"),
)


def find_by_token(session: Session, token: str) -> LinkView | None:
    """Return the link of a token, over or not; None for one that was never given out."""
    if not is_token(token):
        return None
    hashes = {hash_token(token, purpose): purpose for purpose in Purpose}
    row = session.execute(
        sa.select(*_COLUMNS, SignedLink.token_hash).where(SignedLink.token_hash.in_(list(hashes)))
    ).first()
    if row is None or hashes[row.token_hash] != row.purpose:
        return None
    return LinkView(*row[:-1])


def get_open(session: Session, link_id: UUID, purpose: Purpose, now: datetime) -> LinkView:
    """Return a link that still lets its holder do something.

    Raises:
        LinkUnknownError: no such link, or it is for something else.
        LinkEndedError: it expired or was taken back; the shop to call comes along.
    """
    row = session.execute(
        sa.select(*_COLUMNS).where(SignedLink.id == link_id, SignedLink.purpose == purpose.value)
    ).first()
    if row is None:
        raise LinkUnknownError("This link has ended. Call the shop.", shop=find_shop(session, None))
    link = LinkView(*row)
    if has_ended(link.expires_at, link.revoked_at, now):
        shop = find_shop(session, link.location_id)
        raise LinkEndedError(_ended(shop), shop=shop)
    return link


def find_visit(session: Session, link: LinkView, secret: str) -> VisitView:
    """Return a browser at a link, whether or not it did anything there yet."""
    row = session.execute(
        sa.select(LinkVisit.id, LinkVisit.stepped_up_at).where(
            LinkVisit.link_id == link.id, LinkVisit.secret_hash == hash_secret(secret)
        )
    ).first()
    return VisitView(link, row and row.id, row is not None and row.stepped_up_at is not None)


def find_shop(session: Session, location_id: UUID | None) -> dict[str, Any] | None:
    """Return whom to call: a location's name and phone; without one, the only location's there is."""
    which = sa.true() if location_id is None else Location.id == location_id
    rows = session.execute(sa.select(Location.name, Location.phone).where(which).limit(2)).all()
    if len(rows) != 1:
        return None
    name, phone = rows[0]
    return {"name": name, "phone": phone, "spokenPhone": spoken(phone) if phone else None}


def list_links(session: Session, appointment_id: UUID) -> list[LinkView]:
    """List a visit's links, the newest first."""
    rows = session.execute(
        sa.select(*_COLUMNS).where(SignedLink.appointment_id == appointment_id).order_by(SignedLink.id.desc())
    )
    return [LinkView(*row) for row in rows]


def get_for_update(session: Session, link_id: UUID, location_ids: Iterable[UUID] | None = None) -> SignedLink:
    """Lock and return a link, of one of these locations where they are given.

    Raises:
        NotFoundError: none such.
    """
    here = sa.true() if location_ids is None else SignedLink.location_id.in_(tuple(location_ids))
    found = session.scalars(sa.select(SignedLink).where(SignedLink.id == link_id, here).with_for_update()).one_or_none()
    if found is None:
        raise NotFoundError("There is no such link.")
    return found


def _ended(shop: dict[str, Any] | None) -> str:
    if shop is None or shop["spokenPhone"] is None:
        return "This link has ended. Call the shop."
    return f"This link has ended. Call {shop['name']} at {shop['spokenPhone']}."
