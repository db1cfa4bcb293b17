"""Photos for tests: JPEG files as cameras write them, and points of inspections that take them."""

import hashlib
import random
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image
from sqlalchemy.orm import Session

from backend.appointments.models import Appointment
from backend.core.clock import utc_now
from backend.core.ids import new_id
from backend.inspections.models import InspectionChecklist, InspectionItem
from backend.photos import rules
from backend.photos.models import InspectionPhoto


def make_item(session: Session, appointment: Appointment, **overrides: Any) -> InspectionItem:
    """Make an inspection of one point, "Front brake pads", and return the point."""
    now = utc_now()
    checklist = InspectionChecklist(
        id=new_id(), appointment_id=appointment.id, title="Multi-point inspection", created_at=now, updated_at=now
    )
    session.add(checklist)
    session.flush()
    item = InspectionItem(**{"id": new_id(), "checklist_id": checklist.id, "label": "Front brake pads", **overrides})
    session.add(item)
    session.flush()
    return item


def make_photo(session: Session, item: InspectionItem, **overrides: Any) -> InspectionPhoto:
    """Make the row of a stored photo; its files are not there."""
    now = utc_now()
    photo = InspectionPhoto(
        **{
            "id": new_id(),
            "item_id": item.id,
            "byte_count": 1000,
            "content_hash": "ab" * 32,
            "storage_key": rules.new_storage_key(),
            "width": 1600,
            "height": 1200,
            "created_at": now,
            "stored_at": now,
            **overrides,
        }
    )
    session.add(photo)
    session.flush()
    return photo


def jpeg(width: int = 640, height: int = 480, *, quality: int = 75, **options: Any) -> bytes:
    """Return a JPEG file: a red block left above on a noisy ground, so that turning and cutting show."""
    small = Image.frombytes("RGB", (64, 48), random.Random(width).randbytes(64 * 48 * 3))
    picture = small.resize((width, height), Image.Resampling.BILINEAR)
    picture.paste((220, 20, 20), (0, 0, width // 4, height // 4))
    file = BytesIO()
    picture.save(file, "JPEG", quality=quality, **options)
    return file.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    """Return what a telephone writes beside a picture: how it was held, where and when, and by which device."""
    told = Image.Exif()
    told[ExifTags.Base.Orientation] = orientation
    told[ExifTags.Base.Make] = "Telephone"
    told[ExifTags.Base.DateTime] = "2026:11:20 10:00:00"
    place = told.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", (40.0, 42.0, 46.0)
    place[ExifTags.GPS.GPSLongitudeRef], place[ExifTags.GPS.GPSLongitude] = "W", (74.0, 0.0, 21.0)
    return told


def hash_of(data: bytes) -> str:
    """Return the SHA-256 that a device announces."""
    return hashlib.sha256(data).hexdigest()
