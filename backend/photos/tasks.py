"""Tidying: files of photos that nobody may see any more."""

from backend.core.clock import utc_now
from backend.core.db import in_transaction, reading
from backend.photos import commands, queries
from backend.photos.providers import open_store
from backend.photos.rules import Size, file_name
from backend.settings import load_settings

BATCH = 200


def tidy() -> None:
    """Remove the files of deleted photos and given-up uploads, then forget these; what fails stays for the next time."""
    store = open_store(load_settings())
    with reading() as session:
        discarded = queries.list_discarded(session, utc_now(), BATCH)
    for photo_id, storage_key in discarded:
        for size in Size:
            store.remove(file_name(storage_key, size))
        in_transaction(lambda session, photo_id=photo_id: commands.forget(session, photo_id))  # type: ignore[misc]
