"""Photos of inspection points, and the chunks of those that are on their way."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Model, id_column


class InspectionPhoto(Model):
    """A photo of a point. The client makes its id; the bytes come in chunks and are kept only once re-encoded.

    Until `stored_at` it is an upload of `byte_count` bytes. `storage_key` is the random name of its files in the photo
    store; `content_hash` is the SHA-256 of what the device sent, by which a repeated upload is known.
    A deleted one stays as its id, so that no device brings it back; `files_removed_at` says when its files went.
    `annotations` are arrows and circles in fractions of the picture: [{kind, x1, y1, x2, y2}].
    """

    __tablename__ = "inspection_photos"

    id: Mapped[UUID] = id_column()
    item_id: Mapped[UUID] = mapped_column(sa.ForeignKey("inspection_items.id"))
    byte_count: Mapped[int]
    content_hash: Mapped[str]
    storage_key: Mapped[str]
    width: Mapped[int | None]
    height: Mapped[int | None]
    annotations: Mapped[list[dict[str, Any]] | None] = mapped_column(postgresql.JSONB)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("users.id"))
    stored_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    files_removed_at: Mapped[datetime | None]

    __table_args__ = (
        sa.Index(None, "item_id"),
        # what a person has begun in the last hour
        sa.Index(None, "created_by", "created_at"),
        sa.CheckConstraint("byte_count BETWEEN 1 AND 10485760", name="size_is_at_most_10_mib"),
        sa.CheckConstraint("content_hash ~ '^[0-9a-f]{64}$'", name="hash_is_sha256"),
        sa.CheckConstraint(
            "(stored_at IS NULL) = (width IS NULL) AND (stored_at IS NULL) = (height IS NULL)",
            name="stored_has_its_size",
        ),
        sa.CheckConstraint("files_removed_at IS NULL OR deleted_at IS NOT NULL", name="files_of_what_is_deleted_go"),
    )


class PhotoChunk(Model):
    """A part of an upload that is under way: bytes from `start`, at most 256 KiB; gone when the photo is stored."""

    __tablename__ = "photo_chunks"

    photo_id: Mapped[UUID] = mapped_column(sa.ForeignKey("inspection_photos.id"), primary_key=True)
    start: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]
    received_at: Mapped[datetime]

    __table_args__ = (
        sa.CheckConstraint("start >= 0 AND octet_length(content) BETWEEN 1 AND 262144", name="chunk_is_small"),
    )
