"""The server dies in the middle of an upload; the device goes on where it was."""

import http.client
import json
import os
import signal
from io import BytesIO
from urllib.parse import urlsplit

from PIL import Image

from backend.photos.rules import CHUNK_BYTES
from tests.factories.photos import hash_of, jpeg

LARGE = jpeg(1600, 1200, quality=99)


def send(server, method, path, token, body=b"", **headers):
    """Send one request over the wire; return its status and what came back."""
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    try:
        connection.request(method, path, body, {"Authorization": f"Bearer {token}", **headers})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_a_server_killed_mid_upload_loses_no_chunk_and_doubles_nothing(session, start_server, upload):
    photo = upload(LARGE)
    session.commit()
    token = photo.client.token
    server = start_server(grace=0)
    begin = json.dumps({"id": str(photo.id), "byteCount": len(LARGE), "contentHash": hash_of(LARGE)}).encode()

    def begun(server):
        path = f"/api/items/{photo.item_id}/photos"
        status, body = send(server, "POST", path, token, begin, **{"Content-Type": "application/json"})
        assert status == 200, body
        return json.loads(body)["received"]

    assert begun(server) == 0
    assert send(server, "PUT", f"{photo.path}/chunks/0", token, LARGE[:CHUNK_BYTES])[0] == 200
    # Half of the second chunk is on its way when the processes die.
    address = urlsplit(server.url)
    half = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    half.putrequest("PUT", f"{photo.path}/chunks/{CHUNK_BYTES}")
    half.putheader("Authorization", f"Bearer {token}")
    half.putheader("Content-Length", str(CHUNK_BYTES))
    half.endheaders()
    half.send(LARGE[CHUNK_BYTES : CHUNK_BYTES + CHUNK_BYTES // 2])
    os.killpg(server.child.pid, signal.SIGKILL)
    half.close()
    server.child.stop(1)

    again = start_server(port=address.port)

    assert begun(again) == CHUNK_BYTES
    for start in range(CHUNK_BYTES, len(LARGE), CHUNK_BYTES):
        assert send(again, "PUT", f"{photo.path}/chunks/{start}", token, LARGE[start : start + CHUNK_BYTES])[0] == 200
    status, body = send(again, "POST", f"{photo.path}/finish", token)
    assert status == 200, body
    status, file = send(again, "GET", json.loads(body)["url"], token)
    assert (status, Image.open(BytesIO(file)).size) == (200, (1600, 1200))
    # 200 MB are refused by their announcement; nobody reads them.
    status, body = send(again, "PUT", f"{photo.path}/chunks/0", token, **{"Content-Length": str(200 * 1024 * 1024)})
    assert (status, json.loads(body)["code"]) == (413, "too_large")
