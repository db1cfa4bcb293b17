from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image

from backend.core.errors import RuleViolationError
from backend.core.ids import new_id
from backend.photos import rules
from backend.photos.rules import CHUNK_BYTES, Size
from tests.factories.photos import exif, jpeg

NOW = datetime(2026, 11, 20, 15, 10, tzinfo=UTC)
# What a picture is made of, and nothing else: JFIF's head, tables, frame, scan.
PLAIN = {0xE0, 0xDB, 0xC0, 0xC4, 0xDA}


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def markers(data: bytes) -> set[int]:
    """List the markers of a JPEG's segments."""
    found, at = set(), 2
    while data[at + 1] != 0xDA:
        found.add(data[at + 1])
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return found | {0xDA}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_upright_however_the_camera_was_held(orientation):
    upright = opened(jpeg(640, 480))
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    held = upright.transpose(turns[orientation]) if orientation in turns else upright
    file = BytesIO()
    held.save(file, "JPEG", quality=90, exif=exif(orientation))

    picture = rules.reencode(file.getvalue())

    assert (picture.width, picture.height) == (640, 480)
    red, _, blue = opened(picture.files[Size.LARGE]).getpixel((20, 20))
    assert (red > 190, blue < 90) == (True, True)


@pytest.mark.parametrize(
    ("width", "height", "large", "small"),
    [
        (4000, 3000, (1600, 1200), (320, 240)),
        (3000, 4000, (1200, 1600), (240, 320)),
        (1600, 1200, (1600, 1200), (320, 240)),
        (200, 100, (200, 100), (200, 100)),
        (16000, 20, (1600, 2), (320, 1)),
        (1, 1, (1, 1), (1, 1)),
    ],
)
def test_both_files_fit_their_size_and_small_photos_do_not_grow(width, height, large, small):
    picture = rules.reencode(jpeg(width, height))

    assert (picture.width, picture.height) == large
    assert opened(picture.files[Size.LARGE]).size == large
    assert opened(picture.files[Size.SMALL]).size == small


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_progressive_and_gray_photos_are_kept_as_plain_color(mode):
    file = BytesIO()
    opened(jpeg()).convert(mode).save(file, "JPEG", progressive=True)

    kept = rules.reencode(file.getvalue()).files[Size.LARGE]

    assert opened(kept).mode == "RGB"
    assert markers(kept) == PLAIN


@pytest.mark.parametrize(
    ("start", "length"), [(1, 10), (CHUNK_BYTES, 99), (0, 100), (0, CHUNK_BYTES - 1), (2 * CHUNK_BYTES, 1), (0, 0)]
)
def test_a_chunk_off_the_grid_is_refused(start, length):
    with pytest.raises(RuleViolationError, match="multiple"):
        rules.check_chunk(CHUNK_BYTES + 100, start, length)


def test_what_is_received_ends_at_the_first_gap():
    size = 2 * CHUNK_BYTES + 7

    assert rules.received(size, []) == 0
    assert rules.received(size, [CHUNK_BYTES]) == 0
    assert rules.received(size, [2 * CHUNK_BYTES, 0]) == CHUNK_BYTES
    assert rules.received(size, [CHUNK_BYTES, 2 * CHUNK_BYTES, 0]) == size


def test_an_address_stays_the_same_for_half_an_hour_and_ends_within_an_hour():
    photo_id = new_id()
    text = rules.address_text(photo_id, Size.SMALL, NOW)

    assert rules.address_text(photo_id, Size.SMALL, NOW + timedelta(minutes=19)) == text
    assert rules.address_text(photo_id, Size.SMALL, NOW + timedelta(minutes=20)) != text
    assert rules.read_address(text, NOW) == (photo_id, Size.SMALL, 50 * 60)
    assert rules.read_address(text, NOW + timedelta(minutes=50)) is None
    for broken in ("", "x", f"{photo_id}.small.1", text + "0" * 12, text.replace("small", "huge")):
        assert rules.read_address(broken, NOW) is None, broken
