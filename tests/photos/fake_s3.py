"""A bucket of the tests: what S3 does of GET, PUT and DELETE, over real HTTP, with moods."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from backend.photos import providers

KEY_ID, SECRET, REGION, BUCKET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "eu-central-1", "photos"
_SIGNED = re.compile(r"AWS4-HMAC-SHA256 Credential=(\S+?)/\S+,SignedHeaders=(\S+),Signature=[0-9a-f]{64}")


class FakeS3:
    """Objects by path; `mood` is a status that everything gets, "hang" or "reset"."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.mood: int | str | None = None
        self.url = ""

    def answer(self, request: BaseHTTPRequestHandler) -> tuple[int, bytes]:
        content = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        if self.mood == "hang":
            time.sleep(1)
        if isinstance(self.mood, int):
            return self.mood, b"<Error/>"
        if not _is_signed(request, content):
            return 403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>"
        if request.command == "PUT":
            self.objects[request.path] = content
            return 200, b""
        if request.command == "DELETE":
            self.objects.pop(request.path, None)
            return 204, b""
        found = self.objects.get(request.path)
        return (404, b"<Error><Code>NoSuchKey</Code></Error>") if found is None else (200, found)


def _is_signed(request: BaseHTTPRequestHandler, content: bytes) -> bool:
    """Sign again what came; that we sign as Amazon does, its own examples show in test_providers."""
    said = request.headers.get("Authorization", "")
    found = _SIGNED.fullmatch(said)
    if found is None or found[1] != KEY_ID:
        return False
    moment = datetime.strptime(request.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    ours = {"x-amz-content-sha256", "x-amz-date"}
    headers = {name: request.headers[name] for name in found[2].split(";") if name not in ours}
    signed = providers.sign(
        request.command, request.path, headers, content, key_id=KEY_ID, secret=SECRET, region=REGION, now=moment
    )
    return signed["Authorization"] == said


@contextmanager
def running() -> Iterator[FakeS3]:
    """Run one on a free port of this machine."""
    fake = FakeS3()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            if fake.mood == "reset":
                self.connection.close()
                return
            status, body = fake.answer(self)
            self.send_response(status)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_DELETE = _answer  # noqa: N815  the server looks for these names

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Who hangs up in the middle is what the tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
