"""Tidying: files of photos that nobody may see any more."""

from backend.core.clock import utc_now
from backend.core.db import in_transaction, reading
from backend.photos import commands, queries
from backend.photos.providers import open_store
from backend.photos.rules import Size, file_name
from backend.settings import Settings

BATCH = 200


class _Process:
    """What this process was told by its environment; set once where it starts."""

    settings: Settings | None = None


def configure(settings: Settings | None) -> None:
    """Set up this process; without it no file is removed."""
    _Process.settings = settings


def tidy() -> None:
    """Remove the files of deleted photos and given-up uploads, then forget these; what fails stays for the next time."""
    if _Process.settings is None:
        return
    store = open_store(_Process.settings)
    with reading() as session:
        discarded = queries.list_discarded(session, utc_now(), BATCH)
    for photo_id, storage_key in discarded:
        for size in Size:
            store.remove(file_name(storage_key, size))
        in_transaction(lambda session, photo_id=photo_id: commands.forget(session, photo_id))  # type: ignore[misc]
