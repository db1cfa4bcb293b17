"""Files that want something else than to be a photo: refused in words, in bounded memory, and nothing of them is kept."""

import json
import subprocess
import sys
from io import BytesIO

import pytest
import sqlalchemy as sa
from PIL import Image

from backend.photos import queries, rules
from backend.photos.models import InspectionPhoto, PhotoChunk
from backend.photos.rules import PhotoRefusedError, Size
from tests.factories.photos import jpeg
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
        assert photo.client.get(photo.path).status_code == 404
    assert session.scalars(sa.select(InspectionPhoto.stored_at)).all() == [None] * 3
    # It takes no room: not in the database, and not of the point's photos.
    assert session.scalar(sa.select(sa.func.count()).select_from(PhotoChunk)) == 0
    assert queries.count_photos(session, photo.item_id) == 0


# The kernel's own count of a process, which can be begun anew; what was imported and what the parent had is not in it.
MEASURE = """
import json, sys, time
from pathlib import Path
from backend.photos import rules

def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024

def measure(folder):
    Path("/proc/self/clear_refs").write_text("5")
    before, started, refused = peak(), time.perf_counter(), 0
    for path in sorted(Path(sys.argv[1], folder).iterdir()):
        try:
            rules.reencode(path.read_bytes())
        except rules.PhotoRefusedError:
            refused += 1
    return {"mb": peak() - before, "seconds": time.perf_counter() - started, "refused": refused}

measure("small")
print(json.dumps({folder: measure(folder) for folder in ("hostile", "small", "largest")}))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's count of a process's memory")
def test_memory_is_bounded_for_what_is_refused_and_for_the_largest_that_is_kept(tmp_path):
    largest = Image.effect_noise((4000, 4000), 30).convert("RGB")
    files = {
        "small": [jpeg(1600, 1200)],
        "hostile": [data for data, _ in hostile.FILES.values()],
        "largest": [saved(largest), saved(largest, progressive=True, subsampling=0)],
    }
    for folder, contents in files.items():
        (tmp_path / folder).mkdir()
        for number, data in enumerate(contents):
            (tmp_path / folder / f"{number:02}.jpg").write_bytes(data)

    ran = subprocess.run(
        [sys.executable, "-c", MEASURE, tmp_path], cwd=ROOT, capture_output=True, check=True, text=True
    )

    measured = json.loads(ran.stdout)
    assert {folder: one["refused"] for folder, one in measured.items()} == {
        "hostile": len(hostile.FILES),
        "small": 0,
        "largest": 0,
    }
    assert measured["hostile"]["mb"] < 30, measured
    assert measured["largest"]["mb"] < MOST_MEMORY_MB, measured
    assert measured["hostile"]["seconds"] < 5, measured


def saved(picture: Image.Image, **options: object) -> bytes:
    file = BytesIO()
    picture.save(file, "JPEG", quality=60, **options)
    assert file.tell() < rules.MAXIMUM_BYTES
    return file.getvalue()


def test_both_files_are_written_by_us(upload, client):
    shown = upload(hostile.PHOTO).send().get_json()

    kept = client.get(shown["url"]).data
    assert kept == rules.reencode(hostile.PHOTO).files[Size.LARGE]
    assert kept != hostile.PHOTO
