from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.core.clock import utc_now
from backend.photos import tasks
from backend.photos.models import InspectionPhoto
from backend.photos.providers import Folder
from backend.photos.rules import Size, file_name
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
    assert set(session.scalars(sa.select(InspectionPhoto.id))) == {kept.id, recent.id}
    with pytest.raises(Exception, match="not there"):
        store.get(name)
    tidy()
