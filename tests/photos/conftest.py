"""A point of an inspection, and somebody who uploads photos of it as a tablet does."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from backend.core.ids import new_id
from backend.photos.rules import CHUNK_BYTES
from tests.conftest import Client
from tests.factories.appointments import make_appointment
from tests.factories.photos import hash_of, make_item
from tests.factories.shop import make_location


@pytest.fixture
def location(session):
    return make_location(session)


@pytest.fixture
def item(session, location):
    return make_item(session, make_appointment(session, location))


@pytest.fixture
def tech(item, as_role):
    return as_role("Tech")


@dataclass
class Upload:
    """A photo on its way from a device."""

    client: Client
    item_id: UUID
    data: bytes
    id: UUID

    def begin(self, **overrides: Any):
        body = {"id": str(self.id), "byteCount": len(self.data), "contentHash": hash_of(self.data), **overrides}
        return self.client.post(f"/api/items/{self.item_id}/photos", json=body)

    def put(self, start: int, content: bytes | None = None):
        content = self.data[start : start + CHUNK_BYTES] if content is None else content
        return self.client.put(f"{self.path}/chunks/{start}", data=content, content_type="application/octet-stream")

    def finish(self):
        return self.client.post(f"{self.path}/finish")

    def send(self):
        """Do it all and return the last answer; the first refusal ends it."""
        answer = self.begin()
        starts = iter(range(0, len(self.data), CHUNK_BYTES))
        while answer.status_code == 200 and (start := next(starts, None)) is not None:
            answer = self.put(start)
        return self.finish() if answer.status_code == 200 else answer

    @property
    def path(self) -> str:
        return f"/api/photos/{self.id}"


@pytest.fixture
def upload(tech, item):
    """Return `upload(data, client=…, item=…)`: a photo that the technician is going to send."""

    def make(data: bytes, *, client=tech, item_id=item.id) -> Upload:
        return Upload(client, item_id, data, new_id())

    return make
