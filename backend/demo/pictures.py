"""Photos of the demo shop: drawn, as nobody's car is, and kept as the photo store keeps what tablets send."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from uuid import UUID

from PIL import Image, ImageDraw, ImageFilter

from backend.demo.randomness import stream
from backend.photos.providers import Store
from backend.photos.rules import Size, file_name, reencode

_SIZE = (1200, 900)
_FLOOR, _STEEL, _DARK, _RUST, _RUBBER = (58, 60, 64), (150, 152, 156), (34, 34, 36), (142, 84, 48), (44, 44, 46)


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn photo: the JPEG as a tablet would send it, and what the store keeps of it."""

    source: bytes
    files: dict[Size, bytes]
    size: tuple[int, int]

    @property
    def digest(self) -> str:
        """The SHA-256 of what was sent."""
        return hashlib.sha256(self.source).hexdigest()


@lru_cache(maxsize=8)
def of(section: str) -> Picture:
    """Return the photo that stands for a section's points."""
    image = Image.new("RGB", _SIZE, _FLOOR)
    draw = ImageDraw.Draw(image)
    {"Brakes": _brake, "Tires": _tire}.get(section, _underbody)(draw)
    noise = stream("picture", section)
    for _ in range(2500):
        x, y, shade = noise.randrange(_SIZE[0]), noise.randrange(_SIZE[1]), noise.randrange(20, 90)
        draw.ellipse((x, y, x + 3, y + 2), fill=(shade, shade, shade))
    out = BytesIO()
    image.filter(ImageFilter.GaussianBlur(1.2)).save(out, "JPEG", quality=85)
    kept = reencode(out.getvalue())
    return Picture(out.getvalue(), dict(kept.files), (kept.width, kept.height))


def _brake(draw: ImageDraw.ImageDraw) -> None:
    """Draw a rusty rotor with a worn pad in its caliper."""
    draw.ellipse((160, 60, 960, 860), fill=_RUST)
    draw.ellipse((200, 100, 920, 820), fill=_STEEL)
    for ring in range(0, 150, 12):
        draw.ellipse((230 + ring, 130 + ring, 890 - ring, 790 - ring), outline=(120, 122, 128), width=2)
    draw.ellipse((420, 320, 700, 600), fill=_RUST)
    draw.rounded_rectangle((480, 240, 760, 620), 40, fill=_DARK)
    draw.rectangle((500, 380, 740, 396), fill=(196, 160, 90))
    draw.rectangle((500, 396, 740, 470), fill=(96, 98, 102))


def _tire(draw: ImageDraw.ImageDraw) -> None:
    """Draw a worn tread with its blocks."""
    draw.rectangle((120, 0, 1080, 900), fill=_RUBBER)
    for row in range(-1, 12):
        for column in range(5):
            left, top = 150 + column * 185, row * 84 + (42 if column % 2 else 0)
            draw.rounded_rectangle(
                (left, top, left + 150, top + 66), 8, fill=(66, 66, 68), outline=(28, 28, 30), width=3
            )


def _underbody(draw: ImageDraw.ImageDraw) -> None:
    """Draw something made of steel with a wet stain below it."""
    draw.rounded_rectangle((140, 160, 1060, 520), 50, fill=_STEEL)
    for place in range(200, 1040, 140):
        draw.ellipse((place, 190, place + 40, 230), fill=_DARK)
    draw.polygon([(520, 520), (660, 520), (700, 820), (480, 840)], fill=(40, 32, 22))
    draw.ellipse((440, 760, 740, 880), fill=(30, 24, 18))


def storage_key(item_id: UUID) -> str:
    """Return the name of an item's photo in the store; the same at each making of the shop."""
    return hashlib.sha256(item_id.bytes).hexdigest()[:32]


def keep(store: Store, photos: Iterable[tuple[str, str]]) -> None:
    """Put photos into the store, each given as (name, section)."""
    for key, section in photos:
        for size, content in of(section).files.items():
            store.put(file_name(key, size), content)
