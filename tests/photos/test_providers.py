import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend.core.errors import NotFoundError
from backend.photos import providers
from backend.photos.providers import Bucket, Folder
from backend.photos.rules import StoreFullError, StoreUnavailableError
from backend.settings import load_settings
from tests.factories.photos import jpeg
from tests.photos import fake_s3

NAME = "0123456789abcdef0123456789abcdef-large.jpg"


@pytest.fixture
def s3():
    with fake_s3.running() as fake:
        yield fake


@pytest.fixture
def bucket_settings(environment, s3):
    return {
        **environment,
        "PHOTO_BUCKET": fake_s3.BUCKET,
        "PHOTO_BUCKET_REGION": fake_s3.REGION,
        "PHOTO_BUCKET_KEY_ID": fake_s3.KEY_ID,
        "PHOTO_BUCKET_SECRET": fake_s3.SECRET,
        "PHOTO_BUCKET_URL": s3.url,
    }


@pytest.fixture
def bucket(bucket_settings):
    return Bucket(load_settings(bucket_settings))


@pytest.fixture(params=["folder", "bucket"])
def store(request, tmp_path):
    return Folder(tmp_path / "photos") if request.param == "folder" else request.getfixturevalue("bucket")


def test_what_is_put_is_got_until_it_is_removed(store):
    with pytest.raises(NotFoundError):
        store.get(NAME)
    store.put(NAME, b"first")
    store.put(NAME, jpeg())
    assert store.get(NAME) == jpeg()
    store.remove(NAME)
    store.remove(NAME)
    with pytest.raises(NotFoundError):
        store.get(NAME)


def test_a_folder_that_is_full_says_so_and_leaves_nothing_half(tmp_path, monkeypatch):
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(StoreFullError, match="no room"):
        Folder(tmp_path).put(NAME, b"x")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_file_is_on_the_disk_with_its_name(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(Path(f"/proc/self/fd/{descriptor}").readlink()))

    Folder(tmp_path).put(NAME, b"one")

    written, *folders = synced
    assert written.parent == tmp_path / NAME[:2]
    assert folders == [tmp_path / NAME[:2], tmp_path]


def test_what_a_killed_process_had_written_goes_with_its_file(tmp_path, monkeypatch):
    store, other = Folder(tmp_path), NAME.replace("89", "ff")
    with monkeypatch.context() as killed:
        # Killed before the file had its name: nobody cleans up.
        killed.setattr(Path, "replace", lambda *_: None)
        store.put(NAME, b"one")
    store.put(other, b"two")
    assert len(list((tmp_path / NAME[:2]).iterdir())) == 2

    store.remove(NAME)

    assert [file.name for file in (tmp_path / NAME[:2]).iterdir()] == [other]


def test_a_folder_that_can_not_be_reached_is_unavailable(tmp_path):
    (tmp_path / "photos").write_text("no folder")

    with pytest.raises(StoreUnavailableError):
        Folder(tmp_path / "photos").put(NAME, b"x")


@pytest.mark.parametrize("mood", [500, 503, 403, "reset", "hang"])
def test_a_bucket_in_trouble_is_unavailable_whatever_is_asked(bucket, s3, mood, monkeypatch):
    monkeypatch.setattr(providers, "READ_SECONDS", 0.2)
    s3.mood = mood

    for call in (lambda: bucket.put(NAME, b"x"), lambda: bucket.get(NAME), lambda: bucket.remove(NAME)):
        with pytest.raises(StoreUnavailableError) as refused:
            call()
        assert refused.value.context["retry_after"] > 0


def test_a_bucket_away_is_unavailable_and_a_wrong_key_reads_nothing(bucket_settings, s3):
    Bucket(load_settings(bucket_settings)).put(NAME, b"x")
    stranger = Bucket(load_settings({**bucket_settings, "PHOTO_BUCKET_SECRET": "guessed"}))
    with pytest.raises(StoreUnavailableError):
        stranger.get(NAME)
    away = Bucket(load_settings({**bucket_settings, "PHOTO_BUCKET_URL": "http://127.0.0.1:9"}))
    with pytest.raises(StoreUnavailableError):
        away.get(NAME)


def test_requests_are_signed_as_in_amazons_own_examples():
    """From "Authenticating Requests: Using the Authorization Header" of the S3 manual: GET and PUT of an object."""
    known = {
        "key_id": "AKIAIOSFODNN7EXAMPLE",
        "secret": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "region": "us-east-1",
        "now": datetime(2013, 5, 24, tzinfo=UTC),
    }
    host = {"Host": "examplebucket.s3.amazonaws.com"}

    got = providers.sign("GET", "/test.txt", {**host, "Range": "bytes=0-9"}, b"", **known)
    put = providers.sign(
        "PUT",
        "/test%24file.text",
        {**host, "Date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"},
        b"Welcome to Amazon S3.",
        **known,
    )

    assert got["Authorization"].endswith("=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    assert put["Authorization"].endswith("=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")


def test_a_photo_is_kept_in_the_bucket_and_shown_from_it(app, bucket_settings, s3, upload, client, monkeypatch):
    monkeypatch.setitem(app.config, "KEYTAG_SETTINGS", load_settings(bucket_settings))
    shown = upload(jpeg()).send()

    assert shown.status_code == 200, shown.text
    assert len(s3.objects) == 2
    assert all(path.startswith(f"/{fake_s3.BUCKET}/") for path in s3.objects)
    assert client.get(shown.get_json()["url"]).data in s3.objects.values()
    s3.mood = 503
    away = client.get(shown.get_json()["thumbnailUrl"])
    assert (away.status_code, away.get_json()["code"]) == (503, "photo_store_unavailable")
    assert away.headers["Retry-After"]
