"""Photos: /api/items/…/photos to begin an upload, /api/photos/… for its chunks, its end, and what is kept."""

import threading
from typing import Any
from uuid import UUID

from flask import Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from backend.accounts.guards import current_actor, current_principal, feature, now, public, requires
from backend.accounts.permissions import Permission
from backend.core.db import in_transaction, reading
from backend.core.edits import IF_MATCH
from backend.core.errors import NotFoundError
from backend.core.http import Blueprint, json_response, read_body, version_from_if_match
from backend.photos import commands, queries, rules, schemas
from backend.photos.providers import Store, open_store
from backend.photos.queries import PhotoView
from backend.settings import Settings

blueprint = Blueprint("photos", __name__, url_prefix="/api", description="Photos of inspections")

# A decoder's memory is the photo's, not the request's: so many at a time in one process, the others wait.
_DECODERS = threading.BoundedSemaphore(2)
# Whatever a browser takes the file for: it runs nothing, and opened by itself it is a download.
_FILE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Content-Disposition": 'attachment; filename="photo.jpg"',
}
_CHUNK = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_JPEG = {"responses": {"200": {"description": "The photo.", "content": {"image/jpeg": {}}}}}


@blueprint.post("/items/<uuid:item_id>/photos")
@requires(Permission.INSPECTION_FILL)
@feature("inspections")
@blueprint.arguments(schemas.PhotoBegin)
@blueprint.response(200, schemas.ReceivedSchema)
@blueprint.alt_response(
    409,
    description="The id stands for another photo (`photo_id_taken`), was deleted (`photo_deleted`), or the point has enough.",
)
@blueprint.alt_response(429, description="This person has begun to upload too much in this hour.")
def begin_upload(body: dict[str, Any], item_id: UUID) -> PhotoView:
    """Announce a photo; announced again, it tells from where to go on."""
    return in_transaction(
        lambda session: commands.begin(
            session,
            item_id,
            photo_id=body["id"],
            byte_count=body["byte_count"],
            content_hash=body["content_hash"],
            actor=current_actor(),
            location_ids=current_principal().location_ids,
            now=now(),
        )
    )


@blueprint.put("/photos/<uuid:photo_id>/chunks/<int:start>")
@requires(Permission.INSPECTION_FILL)
@feature("inspections")
@blueprint.doc(**_CHUNK)
@blueprint.response(200, schemas.ReceivedSchema)
@blueprint.alt_response(413, description="More than 256 KiB.")
@blueprint.alt_response(422, description="No chunk of this length starts there.")
def put_chunk(photo_id: UUID, start: int) -> PhotoView:
    """Take 256 KiB of a photo, at the end what is left; the same chunk again changes nothing."""
    content = _read_chunk()
    return in_transaction(
        lambda session: commands.put_chunk(
            session, photo_id, start, content, location_ids=current_principal().location_ids, now=now()
        )
    )


@blueprint.post("/photos/<uuid:photo_id>/finish")
@requires(Permission.INSPECTION_FILL)
@feature("inspections")
@blueprint.response(200, schemas.PhotoSchema)
@blueprint.alt_response(409, description="Bytes are missing (`upload_incomplete`); go on from `received`.")
@blueprint.alt_response(
    422,
    description="No photo that we keep (`photo_refused`, in words), or not what was announced (`upload_broken`): begin again.",
)
@blueprint.alt_response(507, description="There is no room for photos.")
def finish_upload(photo_id: UUID) -> Response:
    """Check what has arrived, write it anew and keep that; said again it tells what is kept."""
    location_ids = current_principal().location_ids
    with reading() as session:
        photo = queries.get_photo(session, photo_id, location_ids)
        told = queries.view(session, photo)
        storage_key = photo.storage_key
        data = queries.read_bytes(session, photo_id) if told.stored_at is None else b""
    if told.stored_at is not None:
        return json_response(queries.shown(told, now()))
    if told.received < told.byte_count:
        raise rules.UploadIncompleteError("The photo is not here whole yet.", received=told.received)
    if not rules.is_announced(data, told.content_hash):
        in_transaction(lambda session: commands.forget_chunks(session, photo_id, location_ids=location_ids))
        raise rules.UploadBrokenError("The photo arrived damaged. It is sent again.", received=0)
    try:
        with _DECODERS:
            picture = rules.reencode(data)
    except rules.PhotoRefusedError:
        in_transaction(
            lambda session: commands.refuse(
                session, photo_id, actor=current_actor(), location_ids=location_ids, now=now()
            )
        )
        raise
    # No transaction is open meanwhile: two who finish at once write the same bytes under the same names.
    for size, content in picture.files.items():
        _store().put(rules.file_name(storage_key, size), content)
    try:
        kept = in_transaction(
            lambda session: commands.keep(
                session, photo_id, picture, actor=current_actor(), location_ids=location_ids, now=now()
            )
        )
    except NotFoundError:
        _remove_files_of_deleted(photo_id, storage_key)
        raise
    return json_response(queries.shown(kept, now()))


def _remove_files_of_deleted(photo_id: UUID, storage_key: str) -> None:
    """Remove what was written while the photo was deleted: the tidying may have been there before."""
    with reading() as session:
        if not queries.is_deleted(session, photo_id):
            return
    for size in rules.Size:
        _store().remove(rules.file_name(storage_key, size))


@blueprint.get("/photos/<uuid:photo_id>")
@requires(Permission.INSPECTION_FILL)
@feature("inspections")
@blueprint.response(200, schemas.PhotoSchema)
def show_photo(photo_id: UUID) -> Response:
    """Show a photo, or how far its upload has come."""
    with reading() as session:
        photo = queries.get_photo(session, photo_id, current_principal().location_ids)
        return json_response(queries.shown(queries.view(session, photo), now()))


@blueprint.patch("/photos/<uuid:photo_id>")
@requires(Permission.INSPECTION_FILL)
@feature("inspections")
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.arguments(schemas.PhotoChange)
@blueprint.response(200, schemas.PhotoSchema)
@blueprint.alt_response(409, description="Somebody drew something else meanwhile; `conflicts` has both.")
def annotate_photo(body: dict[str, Any], photo_id: UUID) -> Response:
    """Replace what is drawn on a photo."""
    said = body.get("version")
    version = version_from_if_match() if said is None else said
    changed = in_transaction(
        lambda session: commands.annotate(
            session,
            photo_id,
            body["annotations"],
            version=version,
            actor=current_actor(),
            location_ids=current_principal().location_ids,
            now=now(),
        )
    )
    return json_response(queries.shown(changed, now()))


@blueprint.delete("/photos/<uuid:photo_id>")
@requires(Permission.INSPECTION_FILL)
@feature("inspections")
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.response(204)
@blueprint.alt_response(409, description="The customer got the report with it.")
def delete_photo(photo_id: UUID) -> None:
    """Delete a photo, or give its upload up."""
    version = version_from_if_match()
    in_transaction(
        lambda session: commands.delete(
            session,
            photo_id,
            version=version,
            actor=current_actor(),
            location_ids=current_principal().location_ids,
            now=now(),
        )
    )


@blueprint.get("/photos/files/<string:signed>")
@public
@feature("inspections")
@blueprint.doc(**_JPEG)
def show_file(signed: str) -> Response:
    """Show a file to whoever has its signed address, until that ends."""
    with reading() as session:
        name, seconds = queries.find_file(session, signed, now())
    response = Response(_store().get(name), content_type="image/jpeg", headers=_FILE_HEADERS)
    response.headers["Cache-Control"] = f"private, max-age={seconds}, immutable"
    return response


def _store() -> Store:
    settings: Settings = current_app.config["KEYTAG_SETTINGS"]
    return open_store(settings)


def _read_chunk() -> bytes:
    """Return the request's body.

    Raises:
        ChunkTooLargeError: more than a chunk.
        BadRequest: the client stopped in the middle.
    """
    try:
        # A body of unknown length may be as long as it likes; what is read of it is one byte more than fits.
        return read_body(request, rules.CHUNK_BYTES + 1)
    except RequestEntityTooLarge as error:
        raise rules.ChunkTooLargeError("A chunk has at most 256 KiB.") from error
