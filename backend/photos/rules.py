"""What a photo may be, how it is written anew, and the addresses that show it.

Only JPEG comes in: that is what every browser's canvas makes. Whatever arrives is walked marker by marker before anything
decodes it, and what is kept has been encoded here, so that nothing of the sender's bytes survives: no Exif, no place, no
comment, nothing behind the picture's end.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from uuid import UUID

from PIL import Image

from backend.core.errors import (
    ConflictError,
    DomainError,
    NotFoundError,
    RuleViolationError,
    TooManyRequestsError,
    UnavailableError,
)

MAXIMUM_BYTES = 10 * 1024 * 1024
CHUNK_BYTES = 256 * 1024
# More than cameras make by default; a decoder needs at most six bytes for each.
MOST_PIXELS = 16_000_000
# A progressive picture has about ten; each costs a pass over the whole of it.
MOST_SCANS = 32
MOST_SEGMENTS = 1000
MOST_PER_ITEM = 24
# What one person begins to upload within an hour: some four thousand photos as tablets make them. Uploads lie in the database.
MOST_BYTES_PER_HOUR = 2 * 1024**3
EDGE, QUALITY = 1600, 80
SMALL_EDGE, SMALL_QUALITY = 320, 70
# An address is the same for half an hour, so that browsers keep what they loaded, and ends half an hour later.
ADDRESS_STEP_SECONDS = 1800


class PhotoRefusedError(RuleViolationError):
    """422: what was uploaded is no photo that we keep."""

    code = "photo_refused"


class ChunkTooLargeError(DomainError):
    """413: more than CHUNK_BYTES at once."""

    code = "too_large"
    status = 413


class UploadBrokenError(RuleViolationError):
    """422: what arrived is not what the device announced; it is forgotten, begin again."""

    code = "upload_broken"


class UploadIncompleteError(ConflictError):
    """409: bytes are missing; go on from `received`."""

    code = "upload_incomplete"


class PhotoIdTakenError(ConflictError):
    """409: the id stands for another photo."""

    code = "photo_id_taken"


class PhotoDeletedError(ConflictError):
    """409: somebody deleted this photo."""

    code = "photo_deleted"


class TooManyPhotosError(ConflictError):
    """409: the point has as many photos as it takes."""

    code = "too_many_photos"


class UploadLimitError(TooManyRequestsError):
    """429: this person has begun so many uploads in this hour."""

    code = "too_many_uploads"


class AddressEndedError(NotFoundError):
    """404: the address of a photo was altered or has ended."""

    code = "photo_address_ended"


class StoreUnavailableError(UnavailableError):
    """503: where photos are kept does not answer."""

    code = "photo_store_unavailable"


class StoreFullError(DomainError):
    """507: there is no room for photos."""

    code = "photo_store_full"
    status = 507


class Size(StrEnum):
    """The two files of a photo."""

    LARGE = "large"
    SMALL = "small"


class Mark(StrEnum):
    """What can be drawn on a photo."""

    ARROW = "arrow"
    CIRCLE = "circle"


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo as it is kept: written by us, upright, at most EDGE pixels long."""

    files: Mapping[Size, bytes]
    width: int
    height: int


# --- uploads ----------------------------------------------------------------------------------


def check_chunk(byte_count: int, start: int, length: int) -> None:
    """Refuse a chunk that is not one of the grid: all but the last have CHUNK_BYTES.

    Raises:
        RuleViolationError: and says where chunks begin.
    """
    if start % CHUNK_BYTES or start >= byte_count or length != min(CHUNK_BYTES, byte_count - start):
        raise RuleViolationError(
            f"Send a photo in chunks of {CHUNK_BYTES} bytes, the last one shorter; each starts at a multiple of that.",
            errors={"start": ["Not where a chunk of this length starts."]},
        )


def received(byte_count: int, starts: Iterable[int]) -> int:
    """Return how many bytes from the beginning are there without a gap."""
    end = 0
    for start in sorted(starts):
        if start != end:
            break
        end = min(start + CHUNK_BYTES, byte_count)
    return end


def is_announced(data: bytes, content_hash: str) -> bool:
    """Tell whether these are the bytes that the device announced."""
    return hashlib.sha256(data).hexdigest() == content_hash


# --- names and addresses ----------------------------------------------------------------------


def new_storage_key() -> str:
    """Draw the name under which a photo's files are kept; nothing of the sender's is in it."""
    return secrets.token_hex(16)


def file_name(storage_key: str, size: Size) -> str:
    """Return the name of one of a photo's files."""
    return f"{storage_key}-{size}.jpg"


def address_text(photo_id: UUID, size: Size, now: datetime) -> str:
    """Return what is signed of an address: which file, until when."""
    expires = (int(now.timestamp()) // ADDRESS_STEP_SECONDS + 2) * ADDRESS_STEP_SECONDS
    return f"{photo_id.hex}.{size}.{expires}"


_ADDRESS = re.compile(r"([0-9a-f]{32})\.(large|small)\.([0-9]{1,12})")


def read_address(text: str, now: datetime) -> tuple[UUID, Size, int] | None:
    """Return which file an address shows and for how many seconds more; None once it has ended."""
    found = _ADDRESS.fullmatch(text)
    left = 0 if found is None else int(found[3]) - int(now.timestamp())
    return None if found is None or left <= 0 else (UUID(hex=found[1]), Size(found[2]), left)


# --- pictures ---------------------------------------------------------------------------------

_END, _SCAN = 0xD9, 0xDA
# Baseline, extended and progressive, Huffman-coded: what cameras and browsers write.
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
# Other kinds of frames (lossless, hierarchical, arithmetic coding), and markers that nobody writes there.
_STRANGE = frozenset({*range(0xC0), 0xC3, *range(0xC5, 0xC8), *range(0xC9, 0xD9), 0xDC, 0xDE, 0xDF})
_MARKER = re.compile(rb"\xff+([^\xff])", re.DOTALL)
# Inside a scan: what is neither a stuffed byte nor a restart is the next marker.
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
# What other programs would take the file for.
_PROGRAM = re.compile(rb"(?i)<(?:!doctype|html|head|body|script|svg|iframe|\?php)|%PDF-|PK\x03\x04|javascript:")
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112


def _refused(why: str) -> PhotoRefusedError:
    return PhotoRefusedError(f"{why} Take the photo again.", errors={"photo": [why]})


_BROKEN = "The photo is damaged."
_CUT = "The photo is cut off."
_MORE = "The file is more than a photo."
_ODD = "Cameras do not write JPEG files of this kind."


def inspect(data: bytes) -> tuple[int, int]:
    """Walk a JPEG's markers without decoding any of it, and return its width and height.

    Raises:
        PhotoRefusedError: it is none, is damaged, is too large, or is more than a picture.
    """
    if data[:3] != b"\xff\xd8\xff":
        raise _refused("This is not a JPEG photo.")
    sizes, scans = [], 0
    for marker, content in _segments(data):
        if marker in _FRAMES:
            sizes.append(_frame(content))
        if marker == _SCAN:
            scans += 1
    if len(sizes) != 1 or not 0 < scans <= MOST_SCANS:
        raise _refused(_BROKEN)
    return sizes[0]


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Give each segment's marker and content up to the picture's end, which is the file's."""
    marker, at = _marker(data, 2)
    for _ in range(MOST_SEGMENTS):
        if marker == _END:
            if at != len(data):
                raise _refused(_MORE)
            return
        end = _segment_end(data, marker, at)
        yield marker, data[at + 2 : end]
        if marker == _SCAN:
            following = _AFTER_SCAN.search(data, end)
            if following is None:
                raise _refused(_CUT)
            end = following.start()
        marker, at = _marker(data, end)
    raise _refused(_BROKEN)


def _segment_end(data: bytes, marker: int, at: int) -> int:
    """Return where the segment whose length stands at `at` ends, once nothing in it is for other programs."""
    if marker in _STRANGE:
        raise _refused(_ODD)
    end = at + int.from_bytes(data[at : at + 2])
    if end < at + 2 or end > len(data):
        raise _refused(_CUT)
    if _PROGRAM.search(data, at, end):
        raise _refused(_MORE)
    return end


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """Return the marker at `at`, before which any number of 0xFF may stand, and where what belongs to it begins."""
    found = _MARKER.match(data, at)
    if found is None:
        raise _refused(_BROKEN if data[at:].strip(b"\xff") else _CUT)
    return found[1][0], found.end()


def _frame(head: bytes) -> tuple[int, int]:
    """Return the size that a frame's head tells, once it is one that we decode."""
    if len(head) < 6 or head[0] != 8 or head[5] not in {1, 3}:  # noqa: PLR2004  the format's: bits, components
        raise _refused(_ODD)
    height, width = int.from_bytes(head[1:3]), int.from_bytes(head[3:5])
    if not width or not height:
        raise _refused(_BROKEN)
    if width * height > MOST_PIXELS:
        raise _refused(f"The photo has {width} by {height} points; {MOST_PIXELS // 1_000_000} million are the most.")
    return width, height


def reencode(data: bytes) -> Picture:
    """Decode a photo and write it anew, upright, in two sizes, with nothing but the picture.

    Raises:
        PhotoRefusedError: as `inspect`, or no decoder can read it.
    """
    inspect(data)
    try:
        picture = _decode(data)
    except Exception as error:  # a decoder that is fed on purpose with what breaks decoders raises anything
        raise _refused(_BROKEN) from error
    picture.thumbnail((EDGE, EDGE), Image.Resampling.LANCZOS)
    width, height = picture.size
    large = _encode(picture, QUALITY)
    picture.thumbnail((SMALL_EDGE, SMALL_EDGE), Image.Resampling.LANCZOS)
    return Picture({Size.LARGE: large, Size.SMALL: _encode(picture, SMALL_QUALITY)}, width, height)


def _decode(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data), formats=("JPEG",)) as photo:
        # The decoder itself leaves out points that would be scaled away.
        photo.draft("RGB", (EDGE, EDGE))
        turn = _TURNS.get(_orientation(photo))
        picture = photo.convert("RGB")
    picture.info = {}
    return picture if turn is None else picture.transpose(turn)


def _orientation(photo: Image.Image) -> int:
    """Return how the camera was held; upright where Exif makes no sense."""
    try:
        return int(photo.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001  as broken as its sender likes
        return 1


def _encode(picture: Image.Image, quality: int) -> bytes:
    file = BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return file.getvalue()
