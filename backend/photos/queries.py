"""Photos of points, uploads that are on their way, and the addresses that show a file."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.appointments.models import Appointment
from backend.core import signatures
from backend.core.edits import wire
from backend.core.errors import NotFoundError
from backend.photos import rules
from backend.photos.models import InspectionPhoto, PhotoChunk
from backend.photos.rules import Size

PURPOSE = "photo"
ADDRESS = "/api/photos/files/"
# An upload that nobody went on with for so long is given up; a tablet may lie in a drawer over the holidays.
ABANDONED_AFTER = timedelta(days=30)

# Inspections stand above photos on the map, so their tables are named here and not imported.
_ITEMS = sa.table("inspection_items", sa.column("id", sa.Uuid), sa.column("checklist_id", sa.Uuid))
_CHECKLISTS = sa.table(
    "inspection_checklists",
    sa.column("id", sa.Uuid),
    sa.column("appointment_id", sa.Uuid),
    sa.column("deleted_at", sa.DateTime(timezone=True)),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a point belongs."""

    appointment_id: UUID
    location_id: UUID


@dataclass(frozen=True, slots=True)
class PhotoView:
    """A photo, or an upload of which `received` bytes are here."""

    id: UUID
    item_id: UUID
    byte_count: int
    content_hash: str
    received: int
    width: int | None
    height: int | None
    annotations: list[dict[str, Any]]
    version: int
    created_at: datetime
    stored_at: datetime | None


def get_place(session: Session, item_id: UUID, location_ids: Collection[UUID]) -> Place:
    """Return where a point belongs.

    Raises:
        NotFoundError: no such point, or not at these locations.
    """
    row = session.execute(_places().where(_ITEMS.c.id == item_id, Appointment.location_id.in_(location_ids))).first()
    if row is None:
        raise NotFoundError("There is no such point of an inspection.")
    return Place(row.id, row.location_id)


def _places() -> sa.Select[UUID, UUID]:
    return (
        sa.select(Appointment.id, Appointment.location_id)
        .select_from(_ITEMS)
        .join(_CHECKLISTS, _CHECKLISTS.c.id == _ITEMS.c.checklist_id)
        .join(Appointment, Appointment.id == _CHECKLISTS.c.appointment_id)
        .where(_CHECKLISTS.c.deleted_at.is_(None), Appointment.deleted_at.is_(None))
    )


class Lock(Enum):
    """How a photo's row is held until the transaction ends."""

    SHARED = "shared"  # beside others who hold it so
    ALONE = "alone"


def get_photo(
    session: Session, photo_id: UUID, location_ids: Collection[UUID], lock: Lock | None = None
) -> InspectionPhoto:
    """Return a photo or upload.

    Raises:
        NotFoundError: none such, deleted, or not at these locations.
    """
    statement = sa.select(InspectionPhoto).where(
        InspectionPhoto.id == photo_id,
        InspectionPhoto.deleted_at.is_(None),
        _places().where(_ITEMS.c.id == InspectionPhoto.item_id, Appointment.location_id.in_(location_ids)).exists(),
    )
    if lock is not None:
        statement = statement.with_for_update(of=InspectionPhoto, read=lock is Lock.SHARED)
    photo = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if photo is None:
        raise NotFoundError("There is no such photo.")
    return photo


def view(session: Session, photo: InspectionPhoto) -> PhotoView:
    """Return a photo as it is told, with how much of it is here."""
    starts: Iterable[int] = ()
    if photo.stored_at is None:
        starts = session.scalars(sa.select(PhotoChunk.start).where(PhotoChunk.photo_id == photo.id))
    return _view(photo, starts)


def _view(photo: InspectionPhoto, starts: Iterable[int]) -> PhotoView:
    return PhotoView(
        id=photo.id,
        item_id=photo.item_id,
        byte_count=photo.byte_count,
        content_hash=photo.content_hash,
        received=photo.byte_count if photo.stored_at else rules.received(photo.byte_count, starts),
        width=photo.width,
        height=photo.height,
        annotations=photo.annotations or [],
        version=photo.version,
        created_at=photo.created_at,
        stored_at=photo.stored_at,
    )


def read_bytes(session: Session, photo_id: UUID) -> bytes:
    """Return what has arrived of an upload, in order."""
    chunks = session.scalars(
        sa.select(PhotoChunk.content).where(PhotoChunk.photo_id == photo_id).order_by(PhotoChunk.start)
    )
    return b"".join(chunks)


def list_photos(session: Session, item_ids: Collection[UUID], now: datetime) -> dict[UUID, list[dict[str, Any]]]:
    """Return the stored photos of each of these points, oldest first, as they are shown; points without one are left out."""
    found: dict[UUID, list[dict[str, Any]]] = {}
    statement = (
        sa.select(InspectionPhoto)
        .where(
            InspectionPhoto.item_id.in_(item_ids),
            InspectionPhoto.stored_at.is_not(None),
            InspectionPhoto.deleted_at.is_(None),
        )
        .order_by(InspectionPhoto.created_at, InspectionPhoto.id)
    )
    for photo in session.scalars(statement):
        found.setdefault(photo.item_id, []).append(shown(_view(photo, ()), now))
    return found


def shown(photo: PhotoView, now: datetime) -> dict[str, Any]:
    """Return a photo for the wire, with the addresses of its two files once they are there."""
    is_stored = photo.stored_at is not None
    return {
        **wire(photo),
        "url": address(photo.id, Size.LARGE, now) if is_stored else None,
        "thumbnailUrl": address(photo.id, Size.SMALL, now) if is_stored else None,
    }


def address(photo_id: UUID, size: Size, now: datetime) -> str:
    """Return where a file is shown to whoever knows this address, for half an hour to an hour."""
    return ADDRESS + signatures.sign(PURPOSE, rules.address_text(photo_id, size, now))


def find_file(session: Session, signed: str, now: datetime) -> tuple[str, int]:
    """Return the name of the file that an address shows, and the seconds for which it does so.

    Raises:
        AddressEndedError: the address is not ours, has ended, or its photo was deleted.
    """
    text = signatures.read(PURPOSE, signed)
    told = None if text is None else rules.read_address(text, now)
    if told is not None:
        photo_id, size, left = told
        storage_key = session.scalar(
            sa.select(InspectionPhoto.storage_key).where(
                InspectionPhoto.id == photo_id,
                InspectionPhoto.stored_at.is_not(None),
                InspectionPhoto.deleted_at.is_(None),
            )
        )
        if storage_key is not None:
            return rules.file_name(storage_key, size), left
    raise rules.AddressEndedError("This address of a photo has ended. Open the page again.")


def count_photos(session: Session, item_id: UUID) -> int:
    """Return how many photos and uploads a point has."""
    statement = sa.select(sa.func.count()).where(
        InspectionPhoto.item_id == item_id, InspectionPhoto.deleted_at.is_(None)
    )
    return session.scalar(statement) or 0


def count_bytes(session: Session, user_id: UUID | None, since: datetime) -> int:
    """Return how many bytes a person has announced since then, kept or not."""
    statement = sa.select(sa.func.coalesce(sa.func.sum(InspectionPhoto.byte_count), 0)).where(
        InspectionPhoto.created_by == user_id, InspectionPhoto.created_at > since
    )
    return int(session.scalar(statement) or 0)


def hold_item(session: Session, item_id: UUID) -> None:
    """Take turns with whoever else counts this point's photos."""
    session.execute(sa.select(_ITEMS.c.id).where(_ITEMS.c.id == item_id).with_for_update(key_share=True))


def list_discarded(session: Session, now: datetime, limit: int) -> list[UUID]:
    """List photos that were deleted and uploads that were given up, whose files may still be there."""
    # At random: one whose files can't be removed must not stand before the others each time.
    return list(
        session.scalars(sa.select(InspectionPhoto.id).where(_discarded(now)).order_by(sa.func.random()).limit(limit))
    )


def find_discarded_for_update(session: Session, photo_id: UUID, now: datetime) -> InspectionPhoto | None:
    """Lock and return one that `list_discarded` named; None where somebody went on with it meanwhile."""
    return session.scalars(
        sa.select(InspectionPhoto)
        .where(InspectionPhoto.id == photo_id, _discarded(now))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _discarded(now: datetime) -> sa.ColumnElement[bool]:
    long_ago = now - ABANDONED_AFTER
    went_on = sa.exists().where(PhotoChunk.photo_id == InspectionPhoto.id, PhotoChunk.received_at >= long_ago)
    return sa.or_(
        sa.and_(InspectionPhoto.deleted_at.is_not(None), InspectionPhoto.files_removed_at.is_(None)),
        sa.and_(
            InspectionPhoto.stored_at.is_(None),
            InspectionPhoto.deleted_at.is_(None),
            InspectionPhoto.created_at < long_ago,
            ~went_on,
        ),
    )


def is_deleted(session: Session, photo_id: UUID) -> bool:
    """Tell whether a photo was deleted, or is no row any more."""
    row = session.execute(sa.select(InspectionPhoto.deleted_at).where(InspectionPhoto.id == photo_id)).first()
    return row is None or row.deleted_at is not None
