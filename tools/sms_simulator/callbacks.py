"""Signed requests to the shop's webhook: what became of a text, and texts from customers."""

import base64
import hashlib
import heapq
import hmac
import http.client
import itertools
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import urlencode, urlsplit

from tools.sms_simulator.provider import Provider, Text

CALLERS = 16
# As Twilio does: connect 5 s, read 15 s, and one more try; see docs/running.md about asking for more.
TIMEOUT_SECONDS = 15.0
TRIES = 3
PAUSE_SECONDS = 1.0


def signature(token: str, url: str, form: Mapping[str, str]) -> str:
    """Sign a request as Twilio does: HMAC-SHA1 over the address and the sorted names and values, in base 64."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


class Callbacks:
    """The requests that are still to be made, and the threads that make them."""

    def __init__(self, provider: Provider, webhook: str | None) -> None:
        """Start the clock; `webhook` is where texts from customers are told."""
        self._provider = provider
        self.webhook = webhook
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._order = itertools.count()
        self._wake = threading.Condition()
        self._callers = ThreadPoolExecutor(CALLERS, thread_name_prefix="callback")
        self._ending = False
        threading.Thread(target=self._run, name="callbacks", daemon=True).start()

    def follow(self, text: Text) -> None:
        """Let a text go its course, telling the shop of each step."""
        mood = self._provider.moods.now
        course = self._provider.course()
        codes = dict(course)
        statuses = self._provider.moods.shuffled([status for status, _ in course])
        # What the phone shows follows the true course, whatever the shop is told when.
        for place, (status, code) in enumerate(course, 1):
            self._later(place * mood.pause, partial(self._provider.advance, text.sid, status, code))
        for place, status in enumerate(statuses, 1):
            if not self._provider.moods.is_lost():
                wait = place * mood.pause / max(1, mood.repeat)
                self._later(wait, partial(self.tell, text, status, codes[status]))

    def tell(self, text: Text, status: str, code: int | None) -> int | None:
        """Tell the shop a text's status; return the HTTP status of its answer, None for no answer."""
        if text.status_callback is None:
            return None
        form = {
            "SmsSid": text.sid,
            "SmsStatus": status,
            "MessageStatus": status,
            "To": text.customer,
            "MessageSid": text.sid,
            "AccountSid": self._provider.account_sid,
            "From": text.shop,
            "ApiVersion": "2010-04-01",
        }
        if text.service_sid:
            form["MessagingServiceSid"] = text.service_sid
        if code is not None:
            form["ErrorCode"] = str(code)
        return self._post(text.status_callback, form)

    def bring(self, text: Text) -> int | None:
        """Bring the shop a customer's text; return the HTTP status of its answer, None for no answer."""
        if self.webhook is None:
            return None
        form = {
            "SmsMessageSid": text.sid,
            "NumMedia": str(text.pictures),
            "SmsSid": text.sid,
            "SmsStatus": "received",
            "Body": text.body,
            "To": text.shop,
            "NumSegments": "1",
            "MessageSid": text.sid,
            "AccountSid": self._provider.account_sid,
            "From": text.customer,
            "ApiVersion": "2010-04-01",
        }
        for number in range(text.pictures):
            form[f"MediaUrl{number}"] = (
                f"https://api.twilio.com/2010-04-01/Accounts/{self._provider.account_sid}/{number}"
            )
            form[f"MediaContentType{number}"] = "image/jpeg"
        return self._post(self.webhook, form)

    def close(self) -> None:
        """Make no more requests."""
        with self._wake:
            self._ending = True
            self._wake.notify()
        self._callers.shutdown(wait=False, cancel_futures=True)

    def _post(self, url: str, form: Mapping[str, str]) -> int | None:
        for is_last in (*(False,) * (TRIES - 1), True):
            status = _send(url, form, signature(self._provider.token, url, form))
            if (status is not None and status < 500) or is_last or self._ending:
                return status
            time.sleep(PAUSE_SECONDS)
        return None

    def _later(self, seconds: float, work: Callable[[], object]) -> None:
        with self._wake:
            heapq.heappush(self._due, (time.monotonic() + seconds, next(self._order), work))
            self._wake.notify()

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._ending and (not self._due or self._due[0][0] > time.monotonic()):
                    self._wake.wait(max(0.0, self._due[0][0] - time.monotonic()) if self._due else None)
                if self._ending:
                    return
                _, _, work = heapq.heappop(self._due)
            try:
                self._callers.submit(work)
            except RuntimeError:
                return


def _send(url: str, form: Mapping[str, str], signed: str) -> int | None:
    """Send one request past any proxy; None when nobody answered."""
    address = urlsplit(url)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(address.netloc, timeout=TIMEOUT_SECONDS)
    try:
        connection.request(
            "POST",
            f"{address.path}?{address.query}" if address.query else address.path,
            urlencode(form),
            {
                "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
                "X-Twilio-Signature": signed,
                "User-Agent": "TwilioProxy/1.1",
            },
        )
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return None
    else:
        return answer.status
    finally:
        connection.close()
