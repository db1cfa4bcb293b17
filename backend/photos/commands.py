"""What can be done with photos: begin an upload, take its chunks, keep what was made of it, draw on it, delete it."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.appointments import commands as appointments
from backend.audit import commands as audit
from backend.audit import queries as audit_queries
from backend.core import edits
from backend.core.actor import Actor
from backend.core.events import EventType
from backend.core.ids import new_id
from backend.photos import queries, rules
from backend.photos.models import InspectionPhoto, PhotoChunk
from backend.photos.queries import Lock, PhotoView
from backend.photos.rules import Picture

HOUR = timedelta(hours=1)


class HeldPoint(Protocol):
    """A point whose inspection nobody else changes until the transaction ends."""

    def check_may_lose_photo(self) -> None:
        """Refuse to take a stored photo from it.

        Raises:
            ConflictError: the customer saw it.
        """

    def lost_photo(self) -> None:
        """Let the inspection follow: one that is not complete any more is open again."""


class _FreePoint:
    """A point that nobody was asked about."""

    def check_may_lose_photo(self) -> None:
        pass

    def lost_photo(self) -> None:
        pass


# Given the session, the point's id, who deletes, their locations, and when.
PointHolder = Callable[[Session, UUID, Actor, Collection[UUID], datetime], HeldPoint]


class _Registered:
    """Whom to ask before a point loses a photo; `wiring` says it."""

    hold_point: PointHolder = staticmethod(lambda *_who: _FreePoint())


def ask_before_deleting(holder: PointHolder) -> None:
    """Have `holder` hold a point's inspection before one of its photos is deleted."""
    _Registered.hold_point = staticmethod(holder)


def begin(
    session: Session,
    item_id: UUID,
    *,
    photo_id: UUID,
    byte_count: int,
    content_hash: str,
    actor: Actor,
    location_ids: Collection[UUID],
    now: datetime,
) -> PhotoView:
    """Announce a photo of a point; said again it is the same upload, as far as it has come.

    Raises:
        NotFoundError: no such point at these locations.
        PhotoIdTakenError: the id stands for another photo.
        PhotoDeletedError: it was deleted.
        TooManyPhotosError: the point has enough.
        UploadLimitError: the actor has begun to upload too much in this hour.
    """
    queries.get_place(session, item_id, location_ids)
    photo = session.get(InspectionPhoto, photo_id)
    if photo is None:
        if byte_count + queries.count_bytes(session, actor.id, now - HOUR) > rules.MOST_BYTES_PER_HOUR:
            raise rules.UploadLimitError(
                "That is a lot for one hour. The photos wait and are sent later.", retry_after=600
            )
        queries.hold_item(session, item_id)
        if queries.count_photos(session, item_id) >= rules.MOST_PER_ITEM:
            raise rules.TooManyPhotosError(
                f"This point has {rules.MOST_PER_ITEM} photos; delete one before you add another."
            )
        session.execute(
            insert(InspectionPhoto)
            .values(
                id=photo_id,
                item_id=item_id,
                byte_count=byte_count,
                content_hash=content_hash,
                storage_key=rules.new_storage_key(),
                created_at=now,
                created_by=actor.id,
            )
            # Somebody says it at the same moment.
            .on_conflict_do_nothing(index_elements=[InspectionPhoto.id])
        )
        photo = session.get_one(InspectionPhoto, photo_id)
    if (photo.item_id, photo.byte_count, photo.content_hash) != (item_id, byte_count, content_hash):
        raise rules.PhotoIdTakenError("This id stands for another photo. Use a new id for a new photo.")
    if photo.deleted_at is not None:
        raise rules.PhotoDeletedError("This photo was deleted.")
    return queries.view(session, photo)


def put_chunk(
    session: Session, photo_id: UUID, start: int, content: bytes, *, location_ids: Collection[UUID], now: datetime
) -> PhotoView:
    """Take a part of an upload; one that is here already, or of a photo that is stored, changes nothing.

    Raises:
        NotFoundError: no such photo at these locations.
        RuleViolationError: the part is not one of the grid.
    """
    # Shared: chunks come side by side, but none after the photo has been stored.
    photo = queries.get_photo(session, photo_id, location_ids, Lock.SHARED)
    rules.check_chunk(photo.byte_count, start, len(content))
    if photo.stored_at is None:
        session.execute(
            insert(PhotoChunk)
            .values(photo_id=photo_id, start=start, content=content, received_at=now)
            .on_conflict_do_nothing()
        )
    return queries.view(session, photo)


def forget_chunks(session: Session, photo_id: UUID, *, location_ids: Collection[UUID]) -> None:
    """Let an upload begin again: what arrived is not what was announced."""
    photo = queries.get_photo(session, photo_id, location_ids, Lock.ALONE)
    if photo.stored_at is None:
        _drop_chunks(session, photo_id)


def refuse(session: Session, photo_id: UUID, *, actor: Actor, location_ids: Collection[UUID], now: datetime) -> None:
    """Let go of an upload that is no photo; it takes no room of its point any more."""
    photo = session.get(InspectionPhoto, photo_id, with_for_update=True)
    if photo is not None and photo.stored_at is None and photo.deleted_at is None:
        _let_go(session, photo, actor=actor, location_ids=location_ids, now=now)


def keep(
    session: Session,
    photo_id: UUID,
    picture: Picture,
    *,
    actor: Actor,
    location_ids: Collection[UUID],
    now: datetime,
) -> PhotoView:
    """Say that a photo's files are in the store; of two who say so the second changes nothing.

    Raises:
        NotFoundError: it was deleted meanwhile.
    """
    photo = queries.get_photo(session, photo_id, location_ids, Lock.ALONE)
    if photo.stored_at is None:
        photo.stored_at, photo.width, photo.height = now, picture.width, picture.height
        _drop_chunks(session, photo_id)
        changes = {"itemId": (None, photo.item_id), "contentHash": (None, photo.content_hash)}
        _tell(session, EventType.PHOTO_STORED, photo, changes, actor=actor, location_ids=location_ids, now=now)
    return queries.view(session, photo)


def annotate(
    session: Session,
    photo_id: UUID,
    annotations: list[dict[str, Any]],
    *,
    version: int | None,
    actor: Actor,
    location_ids: Collection[UUID],
    now: datetime,
) -> PhotoView:
    """Replace what is drawn on a photo, given the version that was seen; None is whatever is there.

    Raises:
        NotFoundError: no such photo at these locations.
        EditConflictError: somebody drew something else meanwhile.
    """
    photo = queries.get_photo(session, photo_id, location_ids, Lock.ALONE)
    current = {"annotations": photo.annotations or []}
    overtaken = audit_queries.fields_overtaken(session, photo_id, present=photo.version, seen=version)
    edit = edits.split(current, {"annotations": annotations}, overtaken)
    if edit.conflicts:
        raise edits.conflict_error(edit, photo={"version": photo.version})
    if edit.applies:
        photo.annotations = annotations
        photo.version += 1
        changes = {"annotations": (current["annotations"], annotations)}
        _tell(session, EventType.PHOTO_CHANGED, photo, changes, actor=actor, location_ids=location_ids, now=now)
    return queries.view(session, photo)


def delete(
    session: Session,
    photo_id: UUID,
    *,
    version: int | None,
    actor: Actor,
    location_ids: Collection[UUID],
    now: datetime,
) -> None:
    """Delete a photo, or give an upload up; its files go with the next tidying.

    Raises:
        NotFoundError: no such photo at these locations.
        StaleVersionError: somebody drew on it since version `version`.
        ConflictError: its inspection's report went to the customer.
    """
    # The inspection first, as where it is submitted: it counts photos.
    item_id = queries.get_photo(session, photo_id, location_ids).item_id
    point = _Registered.hold_point(session, item_id, actor, location_ids, now)
    photo = queries.get_photo(session, photo_id, location_ids, Lock.ALONE)
    edits.require_version(photo.version, version)
    if photo.stored_at is not None:
        point.check_may_lose_photo()
    _let_go(session, photo, actor=actor, location_ids=location_ids, now=now)
    point.lost_photo()


def _let_go(
    session: Session, photo: InspectionPhoto, *, actor: Actor, location_ids: Collection[UUID], now: datetime
) -> None:
    photo.deleted_at = now
    _drop_chunks(session, photo.id)
    changes = {"itemId": (photo.item_id, None), "contentHash": (photo.content_hash, None)}
    _tell(session, EventType.PHOTO_DELETED, photo, changes, actor=actor, location_ids=location_ids, now=now)


def discard(session: Session, photo_id: UUID, now: datetime) -> tuple[UUID, str] | None:
    """Make ready for the removal of its files what `queries.list_discarded` named; return its id now, and their name.

    An upload that was given up gets another id, so that its device may begin anew. None where it is not to go any more.
    """
    photo = queries.find_discarded_for_update(session, photo_id, now)
    if photo is None:
        return None
    _drop_chunks(session, photo_id)
    if photo.deleted_at is None:
        photo.id, photo.deleted_at = new_id(), now
        session.flush()
    return photo.id, photo.storage_key


def note_removed(session: Session, photo_id: UUID, now: datetime) -> None:
    """Note that a deleted photo's files are gone; its row stays, so that no device brings it back."""
    session.execute(sa.update(InspectionPhoto).where(InspectionPhoto.id == photo_id).values(files_removed_at=now))


def _drop_chunks(session: Session, photo_id: UUID) -> None:
    session.execute(sa.delete(PhotoChunk).where(PhotoChunk.photo_id == photo_id))


def _tell(
    session: Session,
    event: EventType,
    photo: InspectionPhoto,
    changes: edits.Changes,
    *,
    actor: Actor,
    location_ids: Collection[UUID],
    now: datetime,
) -> None:
    """Write it into the audit log and tell open screens."""
    place = queries.get_place(session, photo.item_id, location_ids)
    audit.record(
        session,
        event,
        entity="photo",
        entity_id=photo.id,
        actor=actor,
        at=now,
        changes=changes,
        location_id=place.location_id,
        version=photo.version,
    )
    session.flush()
    appointments.announce(session, place.appointment_id)
