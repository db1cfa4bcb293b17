from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.core.clock import utc_now
from backend.core.db import reading, transaction
from backend.core.errors import NotFoundError
from backend.photos import commands, queries, rules, tasks
from backend.photos.models import InspectionPhoto, PhotoChunk
from backend.photos.providers import Folder
from backend.photos.rules import Size, StoreUnavailableError, file_name
from backend.settings import load_settings
from tests.factories.photos import jpeg, make_photo


@pytest.fixture
def tidy(environment):
    tasks.configure(load_settings(environment))
    yield tasks.tidy
    tasks.configure(None)


def test_files_of_deleted_photos_and_given_up_uploads_go(session, upload, environment, item, tidy):
    store = Folder(load_settings(environment).photo_folder)
    kept, gone = upload(jpeg()), upload(jpeg())
    kept.send()
    gone.send()
    long_ago = utc_now() - timedelta(days=31)
    unsent = {"width": None, "height": None, "stored_at": None}
    make_photo(session, item, created_at=long_ago, **unsent)
    recent = make_photo(session, item, **unsent)
    gone.client.delete(gone.path)
    name = file_name(session.get_one(InspectionPhoto, gone.id).storage_key, Size.LARGE)
    assert store.get(name)
    session.commit()

    tidy()

    session.expire_all()
    alive = sa.select(InspectionPhoto.id).where(InspectionPhoto.deleted_at.is_(None))
    assert set(session.scalars(alive)) == {kept.id, recent.id}
    with pytest.raises(Exception, match="not there"):
        store.get(name)
    tidy()


def test_a_deleted_photo_stays_deleted_whatever_a_tablet_says_again(session, upload, tidy):
    photo = upload(jpeg())
    photo.send()
    photo.client.delete(photo.path)
    session.commit()

    tidy()

    assert photo.begin().get_json()["code"] == "photo_deleted"
    assert photo.finish().status_code == 404


def test_an_upload_that_was_given_up_may_begin_anew(session, upload, item, tidy):
    photo = upload(jpeg())
    photo.begin()
    photo.put(0)
    long_ago = utc_now() - timedelta(days=31)
    session.execute(sa.update(InspectionPhoto).values(created_at=long_ago))
    session.commit()
    tidy()
    assert photo.begin().get_json()["received"] == len(photo.data), "its last chunk came just now"
    session.execute(sa.update(PhotoChunk).values(received_at=long_ago))
    session.commit()

    tidy()

    assert photo.begin().get_json()["received"] == 0
    assert photo.send().status_code == 200


def test_who_went_on_meanwhile_keeps_the_photo(session, upload):
    photo = upload(jpeg())
    photo.begin()
    session.execute(sa.update(InspectionPhoto).values(created_at=utc_now() - timedelta(days=31)))
    session.commit()
    with reading() as work:
        assert queries.list_discarded(work, utc_now(), 10) == [photo.id]
    assert photo.send().status_code == 200

    with transaction() as work:
        assert commands.discard(work, photo.id, utc_now()) is None


def test_one_whose_files_can_not_be_removed_holds_up_no_other(session, upload, tidy, monkeypatch):
    photos = [upload(jpeg()) for _ in range(3)]
    for photo in photos:
        photo.send()
        photo.client.delete(photo.path)
    stuck = session.get_one(InspectionPhoto, photos[0].id).storage_key
    session.commit()
    remove = Folder.remove

    def away(store, name):
        if name.startswith(stuck):
            raise StoreUnavailableError("Away.")
        remove(store, name)

    monkeypatch.setattr(Folder, "remove", away)
    tidy()

    session.expire_all()
    left = sa.select(InspectionPhoto.id).where(InspectionPhoto.files_removed_at.is_(None))
    assert session.scalars(left).all() == [photos[0].id]


def test_a_photo_that_is_deleted_while_it_is_written_leaves_no_file(session, upload, environment, tidy, monkeypatch):
    photo = upload(jpeg())
    photo.begin()
    photo.put(0)
    reencode = rules.reencode

    def slowly(data):
        photo.client.delete(photo.path)
        tidy()
        return reencode(data)

    monkeypatch.setattr(rules, "reencode", slowly)

    assert photo.finish().status_code == 404
    store = Folder(load_settings(environment).photo_folder)
    session.expire_all()
    for size in Size:
        with pytest.raises(NotFoundError):
            store.get(file_name(session.get_one(InspectionPhoto, photo.id).storage_key, size))
