"""Tablets repeat themselves, and several at once: one photo, whatever they do."""

import threading
from collections import Counter

import sqlalchemy as sa

from backend.audit.models import AuditLog
from backend.photos.models import InspectionPhoto, PhotoChunk
from backend.photos.rules import CHUNK_BYTES, MOST_PER_ITEM
from tests.factories.photos import hash_of, jpeg, make_photo

LARGE = jpeg(1600, 1200, quality=99)


def at_once(app, token, calls, times=1):
    """Run every call `(method, path, options)` in a thread of its own, all at the same moment; return the answers."""
    calls = calls * times
    gate = threading.Barrier(len(calls))
    answers = []

    def run(method, path, options):
        client = app.test_client()
        gate.wait()
        answers.append(client.open(path, method=method, headers={"Authorization": f"Bearer {token}"}, **options))

    threads = [threading.Thread(target=run, args=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_everything_said_four_times_at_once_is_one_photo(app, session, upload):
    photo = upload(LARGE)
    session.commit()
    token = photo.client.token
    body = {"id": str(photo.id), "byteCount": len(LARGE), "contentHash": hash_of(LARGE)}

    begun = at_once(app, token, [("POST", f"/api/items/{photo.item_id}/photos", {"json": body})], times=4)
    assert {answer.status_code for answer in begun} == {200}
    assert {answer.get_json()["received"] for answer in begun} == {0}

    chunks = [
        ("PUT", f"{photo.path}/chunks/{start}", {"data": LARGE[start : start + CHUNK_BYTES]})
        for start in range(0, len(LARGE), CHUNK_BYTES)
    ]
    sent = at_once(app, token, chunks, times=4)
    assert Counter(answer.status_code for answer in sent) == {200: 4 * len(chunks)}

    finished = at_once(app, token, [("POST", f"{photo.path}/finish", {})], times=4)
    assert {answer.status_code for answer in finished} == {200}
    assert len({answer.get_json()["storedAt"] for answer in finished}) == 1

    assert session.scalar(sa.select(sa.func.count()).select_from(InspectionPhoto)) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(PhotoChunk)) == 0
    assert session.scalar(sa.select(sa.func.count()).where(AuditLog.action == "photo.stored")) == 1


def test_of_many_devices_at_once_the_point_takes_no_more_than_it_should(app, session, upload, item):
    for _ in range(MOST_PER_ITEM - 1):
        make_photo(session, item)
    session.commit()
    photos = [upload(LARGE) for _ in range(4)]
    calls = [
        (
            "POST",
            f"/api/items/{item.id}/photos",
            {"json": {"id": str(one.id), "byteCount": len(LARGE), "contentHash": hash_of(LARGE)}},
        )
        for one in photos
    ]

    answers = at_once(app, photos[0].client.token, calls)

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 3}


def test_chunks_that_come_late_leave_nothing_behind(app, session, upload):
    photo = upload(LARGE)
    photo.begin()
    for start in range(0, len(LARGE), CHUNK_BYTES):
        photo.put(start)
    late = [("PUT", f"{photo.path}/chunks/0", {"data": LARGE[:CHUNK_BYTES]})] * 6
    finish = [("POST", f"{photo.path}/finish", {})] * 2

    answers = at_once(app, photo.client.token, late + finish)

    assert {answer.status_code for answer in answers} == {200}
    assert session.scalar(sa.select(sa.func.count()).select_from(PhotoChunk)) == 0


def test_deleting_and_finishing_at_once_leaves_one_answer(app, session, upload):
    photo = upload(LARGE)
    photo.begin()
    for start in range(0, len(LARGE), CHUNK_BYTES):
        photo.put(start)

    answers = at_once(app, photo.client.token, [("DELETE", photo.path, {}), ("POST", f"{photo.path}/finish", {})])

    assert {answer.status_code for answer in answers} <= {200, 204, 404, 409}
    assert session.scalars(sa.select(InspectionPhoto.deleted_at)).one() is not None
    assert session.scalar(sa.select(sa.func.count()).select_from(PhotoChunk)) == 0
