"""Files that want something else than to be a photo: refused in words, in bounded memory, and nothing of them is kept."""

import json
import subprocess
import sys
from io import BytesIO

import pytest
import sqlalchemy as sa
from PIL import Image

from backend.photos import rules
from backend.photos.models import InspectionPhoto
from backend.photos.rules import PhotoRefusedError, Size
from tests.photos import hostile
from tests.photos.test_rules import PLAIN, markers
from tools.paths import ROOT

# What a decoder may take for the largest photo that is let in, above a process that has decoded a small one.
MOST_MEMORY_MB = 180
PLACES = (b"GPS", b"Exif", b"40.71", b"40,42", b"New York", b"Telephone")


@pytest.mark.parametrize("name", hostile.FILES)
def test_a_hostile_file_is_refused_in_words(name):
    data, words = hostile.FILES[name]

    with pytest.raises(PhotoRefusedError, match=words) as refused:
        rules.reencode(data)

    assert refused.value.message.endswith("Take the photo again.")


def test_there_are_thirty_of_them():
    assert len(hostile.FILES) >= 30


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("name", hostile.TELLING)
def test_what_is_kept_tells_nothing_but_the_picture(name):
    picture = rules.reencode(hostile.TELLING[name])

    for kept in picture.files.values():
        assert markers(kept) == PLAIN
        assert [place for place in PLACES if place in kept] == []
        assert dict(Image.open(BytesIO(kept)).getexif()) == {}


def test_the_server_says_why_and_keeps_no_file(session, upload, environment, client):
    for name in ("HTML named .jpg", "a JPEG of 65,500 by 65,500 points", "a JPEG with a ZIP behind it"):
        data, words = hostile.FILES[name]
        photo = upload(data)

        refused = photo.send()

        assert (refused.status_code, refused.get_json()["code"]) == (422, "photo_refused")
        assert words in refused.get_json()["detail"]
        assert photo.client.get(photo.path).get_json()["url"] is None
    assert session.scalars(sa.select(InspectionPhoto.stored_at)).all() == [None] * 3


MEASURE = """
import json, resource, sys, time
from PIL import Image
from backend.photos import rules
from tests.factories.photos import jpeg
from tests.photos import hostile
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
largest = [open(path, "rb").read() for path in sys.argv[1:]]
rules.reencode(jpeg(1600, 1200))
before, started = peak(), time.perf_counter()
for data, _ in hostile.FILES.values():
    try:
        rules.reencode(data)
    except rules.PhotoRefusedError:
        pass
refused, took = peak(), time.perf_counter() - started
started = time.perf_counter()
for data in largest:
    rules.reencode(data)
print(json.dumps({"before": before, "refused": refused, "largest": peak(), "s": took, "largest_s": time.perf_counter() - started}))
"""


def test_memory_is_bounded_for_what_is_refused_and_for_the_largest_that_is_kept(tmp_path):
    paths = []
    for name, options in (("plain", {}), ("progressive", {"progressive": True, "subsampling": 0})):
        paths.append(tmp_path / f"{name}.jpg")
        Image.effect_noise((4000, 4000), 30).convert("RGB").save(paths[-1], "JPEG", quality=60, **options)
        assert paths[-1].stat().st_size < rules.MAXIMUM_BYTES

    ran = subprocess.run([sys.executable, "-c", MEASURE, *paths], cwd=ROOT, capture_output=True, check=True, text=True)

    measured = json.loads(ran.stdout)
    assert measured["refused"] - measured["before"] < 20, measured
    assert measured["largest"] - measured["before"] < MOST_MEMORY_MB, measured
    assert measured["s"] < 5, measured


def test_both_files_are_written_by_us(upload, client):
    shown = upload(hostile.PHOTO).send().get_json()

    kept = client.get(shown["url"]).data
    assert kept == rules.reencode(hostile.PHOTO).files[Size.LARGE]
    assert kept != hostile.PHOTO
