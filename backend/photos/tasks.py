"""Tidying: files of photos that nobody may see any more."""

import logging
import time
from uuid import UUID

from backend.core.clock import RUN_SECONDS, utc_now
from backend.core.db import in_transaction, reading
from backend.photos import commands, queries
from backend.photos.providers import Store, open_store
from backend.photos.rules import Size, StoreUnavailableError, file_name
from backend.settings import Settings

log = logging.getLogger(__name__)

BATCH = 200


class _Process:
    """What this process was told by its environment; set once where it starts."""

    settings: Settings | None = None


def configure(settings: Settings | None) -> None:
    """Set up this process; without it no file is removed."""
    _Process.settings = settings


def tidy() -> None:
    """Remove the files of deleted photos and given-up uploads; what fails, or there is no time for, stays for the next time."""
    if _Process.settings is None:
        return
    deadline = time.monotonic() + RUN_SECONDS
    store = open_store(_Process.settings)
    with reading() as session:
        photo_ids = queries.list_discarded(session, utc_now(), BATCH)
    for photo_id in photo_ids:
        if time.monotonic() > deadline:
            return
        _remove(store, photo_id)


def _remove(store: Store, photo_id: UUID) -> None:
    discarded = in_transaction(lambda session: commands.discard(session, photo_id, utc_now()))
    if discarded is None:
        return
    row_id, storage_key = discarded
    try:
        for size in Size:
            store.remove(file_name(storage_key, size))
    except StoreUnavailableError:
        log.warning("photo_files_not_removed", extra={"photo_id": str(row_id)})
        return
    in_transaction(lambda session: commands.note_removed(session, row_id, utc_now()))
