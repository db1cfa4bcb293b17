"""Tell the shop: signed events, as often and in whatever order they come."""

import hmac
import http.client
import json
import threading
import time
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

TIMEOUT_SECONDS = 10.0
TRIES, PAUSE_SECONDS = 5, 0.3
EVENTS_KEPT = 500


class Events:
    """Makes events, remembers them, and sends them to one address."""

    def __init__(self, secret: str, webhook: str | None) -> None:
        """Sign with `secret`; `webhook` is where events go, None is nowhere."""
        self._secret = secret
        self.webhook = webhook
        self._kept: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()

    def forget(self) -> None:
        """Forget what happened."""
        with self._lock:
            self._kept.clear()

    def kept(self) -> list[dict[str, Any]]:
        """List what happened, the oldest first."""
        with self._lock:
            return list(self._kept.values())

    def happened(self, kind: str, subject: dict[str, Any], *, is_lost: bool = False) -> dict[str, Any]:
        """Make an event and tell the shop of it in the background, unless it is lost on the way."""
        identifier = f"evt_{uuid4().hex}"
        event = {
            "id": identifier,
            "object": "event",
            "type": kind,
            "created": int(time.time()),
            "data": {"object": dict(subject)},
        }
        with self._lock:
            self._kept[identifier] = event
            while len(self._kept) > EVENTS_KEPT:
                del self._kept[next(iter(self._kept))]
        if self.webhook is not None and not is_lost:
            threading.Thread(target=self._tell_until_heard, args=(event,), daemon=True).start()
        return event

    def send(self, identifier: str) -> int | None:
        """Tell the shop of an event once more; return the HTTP status of its answer."""
        with self._lock:
            event = self._kept[identifier]
        return self._tell(event)

    def _tell_until_heard(self, event: dict[str, Any]) -> None:
        for _ in range(TRIES):
            status = self._tell(event)
            if status is not None and status < 300:
                return
            time.sleep(PAUSE_SECONDS)

    def _tell(self, event: dict[str, Any]) -> int | None:
        if self.webhook is None:
            return None
        body = json.dumps(event).encode()
        now = int(time.time())
        signed = hmac.new(self._secret.encode(), f"{now}.".encode() + body, "sha256").hexdigest()
        address = urlsplit(self.webhook)
        kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        connection = kind(address.netloc, timeout=TIMEOUT_SECONDS)
        try:
            headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": f"t={now},v1={signed}"}
            connection.request("POST", address.path, body, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return None
        else:
            return answer.status
        finally:
            connection.close()
