import errno
import os
from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
import time_machine
from PIL import Image

from backend.audit.models import AuditLog
from backend.core.clock import utc_now
from backend.core.ids import new_id
from backend.photos import rules
from backend.photos.models import InspectionPhoto, PhotoChunk
from backend.photos.rules import CHUNK_BYTES, MOST_PER_ITEM
from tests.factories.appointments import make_appointment
from tests.factories.photos import exif, jpeg, make_item, make_photo
from tests.factories.shop import make_location

ARROW = {"kind": "arrow", "x1": 0.1, "y1": 0.2, "x2": 0.5, "y2": 0.75}
CIRCLE = {"kind": "circle", "x1": 0, "y1": 0, "x2": 1, "y2": 1}
# Three chunks.
LARGE = jpeg(1600, 1200, quality=99)


def test_a_photo_goes_up_in_chunks_and_is_shown_in_two_sizes(session, upload, client, item):
    assert 2 * CHUNK_BYTES < len(LARGE) < 3 * CHUNK_BYTES
    photo = upload(LARGE)

    assert photo.begin().get_json() == {"id": str(photo.id), "received": 0, "storedAt": None}
    for start in range(0, len(LARGE), CHUNK_BYTES):
        assert photo.put(start).get_json()["received"] == min(start + CHUNK_BYTES, len(LARGE))
    kept = photo.finish()

    assert kept.status_code == 200, kept.text
    shown = kept.get_json()
    assert (shown["width"], shown["height"], shown["received"], shown["version"]) == (1600, 1200, len(LARGE), 1)
    for name, size in (("url", (1600, 1200)), ("thumbnailUrl", (320, 240))):
        file = client.get(shown[name])
        assert file.status_code == 200
        assert Image.open(BytesIO(file.data)).size == size
        assert file.headers["Content-Type"] == "image/jpeg"
        assert file.headers["X-Content-Type-Options"] == "nosniff"
        assert file.headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
        assert file.headers["Content-Disposition"].startswith("attachment")
        assert file.headers["Cache-Control"].startswith("private, max-age=")
    assert session.scalars(sa.select(PhotoChunk)).all() == []
    (told,) = session.scalars(sa.select(AuditLog).where(AuditLog.action == "photo.stored"))
    assert (told.entity_id, told.actor_name) == (photo.id, "Tech of the test")
    assert told.changes == {"itemId": [None, str(item.id)], "contentHash": [None, shown["contentHash"]]}


def test_what_was_said_before_gets_the_same_answer_and_changes_nothing(session, upload):
    photo = upload(LARGE)
    first = photo.begin().get_json()
    assert photo.begin().get_json() == first
    photo.put(0)
    assert photo.put(0).get_json()["received"] == CHUNK_BYTES
    assert photo.begin().get_json()["received"] == CHUNK_BYTES
    kept = photo.send().get_json()

    assert photo.finish().get_json() == kept
    assert photo.begin().get_json() == {"id": kept["id"], "received": len(LARGE), "storedAt": kept["storedAt"]}
    assert photo.put(0).get_json()["received"] == len(LARGE)
    assert session.scalar(sa.select(sa.func.count()).select_from(PhotoChunk)) == 0
    assert session.scalar(sa.select(sa.func.count()).where(AuditLog.action == "photo.stored")) == 1


def test_an_upload_goes_on_where_it_was_cut_off_on_another_device_too(upload, as_role):
    photo = upload(LARGE)
    photo.begin()
    photo.put(0)
    early = photo.finish()
    assert (early.status_code, early.get_json()["code"], early.get_json()["received"]) == (
        409,
        "upload_incomplete",
        CHUNK_BYTES,
    )

    photo.client = as_role("Advisor")
    state = photo.client.get(photo.path).get_json()
    assert (state["received"], state["storedAt"], state["url"]) == (CHUNK_BYTES, None, None)
    for start in range(state["received"], len(LARGE), CHUNK_BYTES):
        photo.put(start)
    assert photo.finish().status_code == 200


def test_bytes_that_are_not_those_announced_are_forgotten_and_may_come_again(session, upload):
    photo = upload(LARGE)
    photo.begin()
    photo.put(0, bytes(CHUNK_BYTES))
    for start in (CHUNK_BYTES, 2 * CHUNK_BYTES):
        photo.put(start)

    broken = photo.finish()
    assert (broken.status_code, broken.get_json()["code"]) == (422, "upload_broken")
    assert photo.client.get(photo.path).get_json()["received"] == 0

    assert photo.send().status_code == 200


def test_an_id_stands_for_one_photo(session, upload, item):
    photo = upload(LARGE)
    photo.begin()

    for other in ({"byteCount": len(LARGE) + 1}, {"contentHash": "0" * 64}):
        taken = photo.begin(**other)
        assert (taken.status_code, taken.get_json()["code"]) == (409, "photo_id_taken")
    photo.item_id = make_item(session, make_appointment(session, make_location(session))).id
    assert photo.begin().status_code == 404


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"byteCount": 0}, "at most 10 MiB"),
        ({"byteCount": 10 * 1024 * 1024 + 1}, "at most 10 MiB"),
        ({"byteCount": 200 * 1024 * 1024}, "at most 10 MiB"),
        ({"byteCount": "12"}, "Use a whole number"),
        ({"contentHash": "AB" * 32}, "64 hexadecimal digits"),
        ({"contentHash": "0" * 64 + "\n"}, "64 hexadecimal digits"),
        ({"name": "../../etc/passwd.jpg"}, "Take this out"),
    ],
)
def test_what_can_not_be_a_photo_is_refused_before_a_byte_of_it_came(upload, body, words):
    refused = upload(LARGE).begin(**body)

    assert refused.status_code == 422
    assert words in refused.text


def test_a_chunk_has_its_place_and_its_size(upload):
    photo = upload(LARGE)
    photo.begin()

    assert photo.put(1, b"x").status_code == 422
    assert photo.put(0, LARGE[:100]).status_code == 422
    assert photo.put(4 * CHUNK_BYTES, b"x").status_code == 422
    large = photo.put(0, bytes(CHUNK_BYTES + 1))
    assert large.status_code in {413, 422}
    huge = photo.client.put(f"{photo.path}/chunks/0", data=bytes(CHUNK_BYTES + 2))
    assert (huge.status_code, huge.get_json()["detail"]) == (413, "A chunk has at most 256 KiB.")


def test_who_works_elsewhere_or_may_not_fill_inspections_reaches_no_photo(session, upload, as_role, location):
    photo = upload(LARGE)
    photo.send()
    photo.client = as_role("Owner", locations=[make_location(session)])
    calls = {
        "begin": photo.begin,
        "put": lambda: photo.put(0),
        "finish": photo.finish,
        "get": lambda: photo.client.get(photo.path),
        "patch": lambda: photo.client.patch(photo.path, json={"annotations": []}),
        "delete": lambda: photo.client.delete(photo.path),
    }

    assert {name: call().status_code for name, call in calls.items()} == dict.fromkeys(calls, 404)
    photo.client = as_role("Accountant", locations=[location])
    assert {name: call().status_code for name, call in calls.items()} == dict.fromkeys(calls, 403)


def test_arrows_and_circles_are_drawn_and_two_who_draw_see_both(session, upload, as_role):
    photo = upload(LARGE)
    photo.send()
    drawn = photo.client.patch(photo.path, json={"annotations": [ARROW], "version": 1})
    assert (drawn.status_code, drawn.get_json()["annotations"], drawn.get_json()["version"]) == (200, [ARROW], 2)
    assert photo.client.patch(photo.path, json={"annotations": [ARROW], "version": 2}).get_json()["version"] == 2

    late = as_role("Advisor").patch(photo.path, json={"annotations": [CIRCLE], "version": 1})

    assert (late.status_code, late.get_json()["code"]) == (409, "edit_conflict")
    (conflict,) = late.get_json()["conflicts"]
    assert (conflict["field"], conflict["yours"], conflict["theirs"]) == ("annotations", [CIRCLE], [ARROW])
    assert conflict["changedBy"] == "Tech of the test"


@pytest.mark.parametrize(
    "wrong",
    [
        {**ARROW, "kind": "skull"},
        {**ARROW, "x1": 1.01},
        {**ARROW, "x1": -0.1},
        {**ARROW, "x1": "0.5"},
        {**ARROW, "x1": True},
        {**ARROW, "x1": None},
        {**ARROW, "text": "<script>"},
        {"kind": "circle"},
    ],
)
def test_what_is_no_drawing_is_refused(upload, wrong):
    photo = upload(LARGE)
    photo.begin()

    assert photo.client.patch(photo.path, json={"annotations": [wrong]}).status_code == 422
    assert photo.client.patch(photo.path, json={"annotations": [ARROW] * 21}).status_code == 422


def test_a_deleted_photo_is_gone_at_once_whoever_has_its_address(session, upload, client):
    photo = upload(LARGE)
    shown = photo.send().get_json()
    assert photo.client.delete(photo.path, headers={"If-Match": '"2"'}).status_code == 409
    assert photo.client.delete(photo.path, headers={"If-Match": '"1"'}).status_code == 204

    assert client.get(shown["url"]).get_json()["code"] == "photo_address_ended"
    assert photo.client.get(photo.path).status_code == 404
    assert photo.begin().get_json()["code"] == "photo_deleted"
    assert photo.client.delete(photo.path).status_code == 404
    assert session.scalar(sa.select(sa.func.count()).where(AuditLog.action == "photo.deleted")) == 1


def test_an_address_ends_and_only_ours_show_anything(upload, client):
    url = upload(jpeg()).send().get_json()["url"]
    head, size, expires, signature = url.rsplit(".", 3)

    for other in (
        f"{head}.small.{expires}.{signature}",
        f"{head}.{size}.{int(expires) + 1}.{signature}",
        f"{head}.{size}.{expires}.{signature[:-1]}",
        f"{head}.{size}.{expires}",
        "/api/photos/files/x",
        "/api/photos/files/..%2f..%2fetc%2fpasswd",
        "/api/photos/files/é",
    ):
        assert client.get(other).status_code == 404, other
    assert client.get(url).status_code == 200
    with time_machine.travel(utc_now() + timedelta(hours=1), tick=False):
        assert client.get(url).get_json()["code"] == "photo_address_ended"


def test_a_point_takes_so_many_photos(session, upload, item):
    for _ in range(MOST_PER_ITEM - 1):
        make_photo(session, item)
    last = upload(LARGE)
    assert last.begin().status_code == 200
    assert last.begin().status_code == 200

    assert upload(LARGE).begin().get_json()["code"] == "too_many_photos"


def test_one_person_begins_so_much_in_an_hour(session, upload, as_role, item, monkeypatch):
    monkeypatch.setattr(rules, "MOST_BYTES_PER_HOUR", len(LARGE) + 10)
    first = upload(LARGE)
    assert first.begin().status_code == 200

    refused = upload(LARGE).begin()

    assert (refused.status_code, refused.get_json()["code"]) == (429, "too_many_uploads")
    assert int(refused.headers["Retry-After"]) > 0
    assert first.begin().status_code == 200, "what has begun goes on"
    assert upload(LARGE, client=as_role("Tech")).begin().status_code == 200
    session.execute(sa.update(InspectionPhoto).values(created_at=utc_now() - timedelta(minutes=61)))
    session.commit()
    assert upload(LARGE).begin().status_code == 200


def test_nothing_of_where_it_was_taken_is_kept(session, upload, client):
    data = jpeg(1600, 1200, exif=exif(orientation=6), comment=b"40.7128 N 74.0060 W")
    assert 0x8825 in Image.open(BytesIO(data)).getexif()

    shown = upload(data).send().get_json()

    assert (shown["width"], shown["height"]) == (1200, 1600)
    for url in (shown["url"], shown["thumbnailUrl"]):
        kept = Image.open(BytesIO(client.get(url).data))
        assert dict(kept.getexif()) == {}
        assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_without_room_the_photo_waits_and_is_kept_once_there_is_some(session, upload, monkeypatch):
    photo = upload(LARGE)
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", _no_space)
        refused = photo.send()
    assert (refused.status_code, refused.get_json()["code"]) == (507, "photo_store_full")
    assert photo.client.get(photo.path).get_json()["received"] == len(LARGE)

    assert photo.finish().status_code == 200


def _no_space(_descriptor: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_photos_of_no_point_or_of_a_deleted_visit_are_not_found(session, upload, item):
    photo = upload(LARGE)
    photo.item_id = new_id()
    assert photo.begin().status_code == 404
    photo.item_id = item.id
    photo.begin()
    session.execute(sa.text("UPDATE appointments SET deleted_at = now()"))
    session.execute(sa.text("UPDATE inspection_checklists SET deleted_at = now()"))

    assert photo.put(0).status_code == 404
    assert session.scalars(sa.select(InspectionPhoto.stored_at)).all() == [None]
