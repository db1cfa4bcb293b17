"""Thirty files that want something else than to be a photo; each with words of the sentence that refuses it."""

import struct
import zipfile
import zlib
from io import BytesIO

from PIL import Image

from tests.factories.photos import exif, jpeg

SCRIPT = b"<script>fetch('/api/me')</script>"
PHOTO = jpeg(320, 240)
NO_JPEG, STRANGE, CUT, MORE, DAMAGED, LARGE = (
    "not a JPEG photo",
    "do not write JPEG files of this kind",
    "cut off",
    "more than a photo",
    "damaged",
    "million are the most",
)


def segment(marker: int, content: bytes) -> bytes:
    """Return a JPEG segment."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def with_segment(marker: int, content: bytes) -> bytes:
    """Return a good photo with one more segment at its beginning."""
    return PHOTO[:2] + segment(marker, content) + PHOTO[2:]


def with_frame(marker: int = 0xC0, *, bits: int = 8, width: int = 320, height: int = 240) -> bytes:
    """Return a photo whose frame tells something else than what is in it."""
    at = PHOTO.index(b"\xff\xc0")
    frame = bytes([0xFF, marker]) + PHOTO[at + 2 : at + 4] + struct.pack(">BHH", bits, height, width)
    return PHOTO[:at] + frame + PHOTO[at + 9 :]


def png(width: int, height: int) -> bytes:
    """Return a PNG whose head tells a size; its few bytes unpack to ten million."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(10_000_000)))
        + chunk(b"IEND", b"")
    )


def webp(width: int, height: int) -> bytes:
    """Return a WebP whose canvas a decoder would make before anybody asks for its size."""
    canvas = b"\x02\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", len(canvas)) + canvas
    return b"RIFF" + struct.pack("<I", len(body)) + body


def archive() -> bytes:
    """Return a ZIP archive."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("../../evil.html", SCRIPT)
    return file.getvalue()


def saved(kind: str, mode: str = "RGB") -> bytes:
    """Return a good picture of another format."""
    file = BytesIO()
    Image.new(mode, (64, 64)).save(file, kind)
    return file.getvalue()


def scans(count: int) -> bytes:
    """Return a progressive photo of the largest size, with one scan again and again: a decoder would take hours."""
    file = BytesIO()
    Image.new("L", (4000, 4000)).save(file, "JPEG", progressive=True)
    data = file.getvalue()
    at = data.rindex(b"\xff\xda")
    return data[:at] + data[at:-2] * count + data[-2:]


FILES: dict[str, tuple[bytes, str]] = {
    "an SVG with a script": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', NO_JPEG),
    "HTML named .jpg": (b"<!doctype html><html>" + SCRIPT, NO_JPEG),
    "HTML behind a JPEG's first bytes": (b"\xff\xd8\xff<html>" + SCRIPT, STRANGE),
    "a PNG": (saved("PNG"), NO_JPEG),
    "a PNG of 50,000 by 50,000 points": (png(50_000, 50_000), NO_JPEG),
    "a WebP of 16,383 by 16,383 points": (webp(16_383, 16_383), NO_JPEG),
    "a GIF": (saved("GIF", "P"), NO_JPEG),
    "a TIFF": (saved("TIFF"), NO_JPEG),
    "a HEIC": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", NO_JPEG),
    "a PDF": (b"%PDF-1.7\n1 0 obj<</JS (app.alert)>>endobj", NO_JPEG),
    "a ZIP": (archive(), NO_JPEG),
    "a program": (b"\x7fELF\x02\x01\x01" + bytes(64), NO_JPEG),
    "only a JPEG's beginning": (b"\xff\xd8\xff", CUT),
    "beginning and end": (b"\xff\xd8\xff\xd9", DAMAGED),
    "a JPEG of 65,500 by 65,500 points": (with_frame(width=65_500, height=65_500), LARGE),
    "a JPEG a little too large": (with_frame(width=4001, height=4000), LARGE),
    "a JPEG without height": (with_frame(height=0), DAMAGED),
    "two frames, the second one huge": (
        PHOTO[: PHOTO.index(b"\xff\xc4")]
        + segment(0xC0, b"\x08\xff\xdc\xff\xdc\x01\x01\x11\0")
        + PHOTO[PHOTO.index(b"\xff\xc4") :],
        LARGE,
    ),
    "a JPEG cut off in its picture": (PHOTO[: len(PHOTO) // 2], CUT),
    "a JPEG cut off in its head": (PHOTO[:100], CUT),
    "a segment longer than the file": (PHOTO[:2] + b"\xff\xe1\xff\xff" + PHOTO[2:], CUT),
    "a segment of no length": (PHOTO[:2] + b"\xff\xe1\0\0" + PHOTO[2:], CUT),
    "a JPEG with a ZIP behind it": (PHOTO + archive(), MORE),
    "a JPEG with HTML behind it": (PHOTO + SCRIPT, MORE),
    "a JPEG with another behind it": (PHOTO + PHOTO, MORE),
    "a JPEG with HTML in its comment": (with_segment(0xFE, b"*/<!DOCTYPE html>" + SCRIPT), MORE),
    "a JPEG with PHP in its Exif": (with_segment(0xE1, b"Exif\0\0<?php system($_GET[0]); ?>"), MORE),
    "a JPEG that is a PDF too": (with_segment(0xFE, b"%PDF-1.4\n1 0 obj"), MORE),
    "a JPEG in print colors": (saved("JPEG", "CMYK"), STRANGE),
    "a lossless JPEG": (with_frame(0xC3), STRANGE),
    "a JPEG in arithmetic coding": (with_frame(0xC9), STRANGE),
    "a JPEG of twelve bits": (with_frame(bits=12), STRANGE),
    "a JPEG of ten thousand scans": (scans(10_000), DAMAGED),
    "a JPEG of a million segments": (PHOTO[:2] + segment(0xFE, b"") * 1_000_000 + PHOTO[2:], DAMAGED),
    "a JPEG that is mostly filling": (PHOTO[:2] + b"\xff" * 5_000_000, CUT),
    "a JPEG without tables": (b"\xff\xd8" + PHOTO[PHOTO.index(b"\xff\xc0") :], DAMAGED),
}

# Photos that are kept, cleaned of what they tell besides: where, when, by whom.
XMP = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><exif:GPSLatitude>40,42.8N</exif:GPSLatitude></x:xmpmeta>"
TELLING: dict[str, bytes] = {
    "Exif with a place": jpeg(exif=exif()),
    "Exif with a place, held upside down": jpeg(exif=exif(3)),
    "a place in XMP": with_segment(0xE1, XMP),
    "a place in IPTC": with_segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0f\x1c\x02\x5a\0\x08New York"),
    "a place in the comment": jpeg(comment=b"GPS 40.7128 N 74.0060 W"),
    "Exif that is broken, with a place": with_segment(
        0xE1, b"Exif\0\0MM\0*\0\0\0\x08\xff\xff GPSLatitude 40.7128" + bytes(99)
    ),
    "Exif that points at itself": with_segment(
        0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x08\0\0\0\x08"
    ),
    "a name of a camera in a maker's segment": with_segment(0xEB, b"GPSLatitude=40.7128"),
}
