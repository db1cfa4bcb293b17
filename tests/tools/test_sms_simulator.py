"""The SMS simulator from outside: it speaks the provider's API to the provider's own client, and fails when told to."""

import http.client
import queue
import re
import smtplib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from requests.exceptions import ConnectionError as BrokenConnectionError
from requests.exceptions import ReadTimeout
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from tests.conftest import SIMULATOR_TOKEN
from tools.paths import FRONTEND
from tools.sms_simulator import provider as simulated
from tools.sms_simulator.moods import Moods
from tools.sms_simulator.process import NUMBER, SimulatorServer

CUSTOMER = "+17185550142"


class Shop:
    """Where the provider's requests arrive, with what it answers."""

    def __init__(self) -> None:
        self.heard: queue.Queue[tuple[str, dict[str, str], str]] = queue.Queue()
        self.answers = 204
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = dict(parse_qsl(body, keep_blank_values=True))
                shop.heard.put((self.path, form, self.headers["X-Twilio-Signature"]))
                self.send_response(shop.answers)
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def next(self) -> tuple[str, dict[str, str]]:
        """Return the next request's address and form, once its signature is checked by the provider's own code."""
        path, form, signature = self.heard.get(timeout=20)
        url = self.url.replace("/webhook", path)
        assert RequestValidator(SIMULATOR_TOKEN).validate(url, form, signature)
        return path, form

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    yield shop
    shop.close()


@pytest.fixture
def client(simulator: SimulatorServer) -> Client:
    return _client(simulator, SIMULATOR_TOKEN)


def _client(simulator: SimulatorServer, token: str) -> Client:
    class Http(TwilioHttpClient):
        def request(self, method, url, *args, **kwargs):
            return super().request(method, url.replace("https://api.twilio.com", simulator.url), *args, **kwargs)

    return Client(simulator.account_sid, token, http_client=Http(timeout=2))


def test_a_text_is_taken_and_its_course_is_told_in_signed_requests(
    simulator: SimulatorServer, client: Client, shop: Shop
) -> None:
    simulator.tell("/control/mode", pause=0)

    sent = client.messages.create(
        to=CUSTOMER, from_=NUMBER, body="Ready", status_callback=f"{shop.url}?message=7&attempt=1", validity_period=900
    )

    assert sent.status == "queued"
    told = [shop.next() for _ in range(3)]
    assert {urlsplit(path).query for path, _ in told} == {"message=7&attempt=1"}
    assert {form["MessageSid"] for _, form in told} == {sent.sid}
    assert sorted(form["MessageStatus"] for _, form in told) == ["delivered", "sending", "sent"]
    [call] = simulator.ask("/control/calls")["calls"]
    assert (call["to"], call["body"], call["validityPeriod"]) == (CUSTOMER, "Ready", 900)
    assert client.messages(sent.sid).fetch().sid == sent.sid


def test_a_receipt_tells_why_a_text_did_not_arrive(simulator: SimulatorServer, client: Client, shop: Shop) -> None:
    simulator.tell("/control/mode", pause=0, outcome="failed", errorCode=30006)

    client.messages.create(to=CUSTOMER, from_=NUMBER, body="Ready", status_callback=shop.url)

    _, form = shop.next()
    assert (form["MessageStatus"], form["ErrorCode"]) == ("failed", "30006")


def test_receipts_come_shuffled_and_repeated_when_told(simulator: SimulatorServer, client: Client, shop: Shop) -> None:
    simulator.tell("/control/mode", pause=0, repeat=3, isShuffled=True, seed=7)

    client.messages.create(to=CUSTOMER, from_=NUMBER, body="Ready", status_callback=shop.url)

    told = sorted(shop.next()[1]["MessageStatus"] for _ in range(9))
    assert told == ["delivered"] * 3 + ["sending"] * 3 + ["sent"] * 3


@pytest.mark.parametrize(("answer", "status", "code"), [("429", 429, 20429), ("500", 500, 20500), ("503", 503, 20503)])
def test_it_fails_in_the_providers_words(
    simulator: SimulatorServer, client: Client, answer: str, status: int, code: int
) -> None:
    simulator.tell("/control/mode", answer=answer, times=1, retryAfter=3)

    with pytest.raises(TwilioRestException) as failed:
        client.messages.create(to=CUSTOMER, from_=NUMBER, body="Ready")

    assert (failed.value.status, failed.value.code) == (status, code)
    assert simulator.ask("/control/calls")["calls"] == []
    client.messages.create(to=CUSTOMER, from_=NUMBER, body="Ready")
    assert len(simulator.ask("/control/calls")["calls"]) == 1


@pytest.mark.parametrize(
    ("answer", "error", "taken"),
    [
        ("reset", BrokenConnectionError, 0),
        ("reset_after_accept", BrokenConnectionError, 1),
        ("lose_response", BrokenConnectionError, 1),
        ("hang", ReadTimeout, 1),
        ("invalid_json", ValueError, 1),
    ],
)
def test_what_the_caller_can_not_know_is_on_record(
    simulator: SimulatorServer, client: Client, answer: str, error: type[Exception], taken: int
) -> None:
    simulator.tell("/control/mode", answer=answer, times=1, seconds=10)

    with pytest.raises(error):
        client.messages.create(to=CUSTOMER, from_=NUMBER, body="Ready")

    assert len(simulator.ask("/control/calls")["calls"]) == taken


def test_a_share_of_the_requests_fails_and_the_same_seed_fails_the_same(
    simulator: SimulatorServer, client: Client
) -> None:
    def failures() -> list[int]:
        simulator.tell("/control/mode", answer="500", share=0.4, seed=3, pause=0)
        failed = []
        for number in range(20):
            try:
                client.messages.create(to=CUSTOMER, from_=NUMBER, body=str(number))
            except TwilioRestException:
                failed.append(number)
        return failed

    first = failures()
    assert 3 <= len(first) <= 13
    assert failures() == first


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"to": "12345", "from_": NUMBER, "body": "x"}, 21211),
        ({"to": CUSTOMER, "from_": NUMBER, "body": "x" * 1601}, 21617),
        ({"to": CUSTOMER, "from_": NUMBER}, 21602),
    ],
)
def test_it_refuses_what_the_provider_refuses(client: Client, values: dict[str, str], code: int) -> None:
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(**values)

    assert (refused.value.status, refused.value.code) == (400, code)


def test_a_wrong_token_is_refused(simulator: SimulatorServer) -> None:
    with pytest.raises(TwilioRestException) as refused:
        _client(simulator, "wrong").messages.create(to=CUSTOMER, from_=NUMBER, body="x")

    assert refused.value.status == 401


def test_the_list_is_filtered_and_in_pages(simulator: SimulatorServer, client: Client) -> None:
    for number in range(5):
        client.messages.create(to=CUSTOMER, from_=NUMBER, body=str(number))
    client.messages.create(to="+17185550199", from_=NUMBER, body="somebody else")
    simulator.tell("/control/inbound", **{"from": CUSTOMER, "body": "to the shop"})
    yesterday = datetime.now(UTC) - timedelta(days=1)

    listed = client.messages.list(to=CUSTOMER, from_=NUMBER, date_sent_after=yesterday, page_size=2)

    assert [message.body for message in listed] == ["4", "3", "2", "1", "0"]
    assert [message.body for message in client.messages.list(to=NUMBER, page_size=2)] == ["to the shop"]
    assert client.messages.list(to=CUSTOMER, date_sent_before=yesterday) == []


def test_a_customers_text_is_brought_to_the_shop(simulator: SimulatorServer, shop: Shop) -> None:
    simulator.tell("/control/webhook", url=shop.url)

    said = simulator.tell("/control/inbound", **{"from": CUSTOMER, "body": "Is it ready? 🚗", "pictures": 1})

    _, form = shop.next()
    assert said["answered"] == 204
    assert (form["From"], form["To"], form["Body"], form["NumMedia"]) == (CUSTOMER, NUMBER, "Is it ready? 🚗", "1")
    assert form["AccountSid"] == simulator.account_sid


def test_a_lost_text_is_found_by_asking_alone(simulator: SimulatorServer, client: Client, shop: Shop) -> None:
    simulator.tell("/control/webhook", url=shop.url)

    simulator.tell("/control/inbound", **{"from": CUSTOMER, "body": "STOP", "isLost": True})

    assert [message.body for message in client.messages.list(to=NUMBER)] == ["STOP"]
    assert shop.heard.empty()


def test_keywords_are_answered_by_the_provider_only_when_it_is_told_to(
    simulator: SimulatorServer, client: Client
) -> None:
    assert simulator.tell("/control/inbound", **{"from": CUSTOMER, "body": "STOP"})["reply"] is None
    client.messages.create(to=CUSTOMER, from_=NUMBER, body="still let through")
    simulator.tell("/control/mode", answersKeywords=True)

    stopped = simulator.tell("/control/inbound", **{"from": CUSTOMER, "body": " stop "})

    assert stopped["reply"]["body"].startswith("You have successfully been unsubscribed.")
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to=CUSTOMER, from_=NUMBER, body="no more")
    assert (refused.value.status, refused.value.code) == (400, 21610)
    simulator.tell("/control/inbound", **{"from": CUSTOMER, "body": "START"})
    client.messages.create(to=CUSTOMER, from_=NUMBER, body="again")


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated, "TEXTS_KEPT", 3)
    kept = simulated.Provider("AC", "token", NUMBER, Moods())

    for number in range(5):
        kept.accept({"To": CUSTOMER, "From": NUMBER, "Body": str(number)})

    assert [text.body for text in kept.threads()[CUSTOMER]] == ["2", "3", "4"]
    assert kept.call_count == 5


def test_a_control_needs_json_so_that_no_other_page_can_use_it(simulator: SimulatorServer) -> None:
    address = urlsplit(simulator.url)

    connection = http.client.HTTPConnection(address.netloc, timeout=10)
    connection.request("POST", "/control/reset", "{}", {"Content-Type": "text/plain"})

    assert connection.getresponse().status == 415


def test_mail_ends_in_the_mailbox_or_is_refused(simulator: SimulatorServer) -> None:
    address = urlsplit(simulator.environment["SMTP_URL"])
    letter = b"Subject: Your car\r\nFrom: shop@keytag.test\r\nTo: ana@example.org\r\n\r\nIt is ready.\r\n.\r\n"

    with smtplib.SMTP(address.hostname or "", address.port or 0, timeout=10) as server:
        server.sendmail("shop@keytag.test", ["ana@example.org"], letter)
        simulator.tell("/control/mail", refusal="451 later")
        with pytest.raises(smtplib.SMTPDataError):
            server.sendmail("shop@keytag.test", ["ana@example.org"], letter)

        with pytest.raises(smtplib.SMTPDataError) as bare:
            server.sendmail("shop@keytag.test", ["ana@example.org"], letter.replace(b"\r\n", b"\n"))

    assert bare.value.smtp_code == 550
    [kept] = simulator.ask("/control/mail")["letters"]
    assert (kept["subject"], kept["recipients"]) == ("Your car", ["ana@example.org"])
    assert kept["text"].splitlines() == ["It is ready.", "."]


# --- the page -----------------------------------------------------------------------------------


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en-US", reduced_motion="reduce")
    context.set_default_timeout(10_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert complaints == []


def test_the_phone_shows_what_came_and_takes_an_answer(
    simulator: SimulatorServer, client: Client, shop: Shop, page: Page
) -> None:
    simulator.tell("/control/webhook", url=shop.url)
    simulator.tell("/control/mode", pause=0)
    page.goto(simulator.url)
    expect(page.get_by_text("No texts yet.")).to_be_visible()

    client.messages.create(to=CUSTOMER, from_=NUMBER, body="Your car is ready: https://keytag.test/c/abc-D_1.")
    texts = page.get_by_role("log", name="Texts")
    expect(texts.get_by_text("Your car is ready")).to_be_visible()
    expect(texts.get_by_role("link")).to_have_attribute("href", "https://keytag.test/c/abc-D_1")
    expect(texts.get_by_text("Delivered")).to_be_visible()
    # Where its area code is, whatever the machine's own clock says.
    expect(texts.get_by_text(re.compile(r"[AP]M E[SD]T"))).to_be_visible()
    page.get_by_label("Your text to the shop").fill("On my way")
    page.keyboard.press("Enter")
    expect(texts.get_by_text("On my way")).to_be_visible()
    page.get_by_role("button", name="please stop the work").click()
    expect(texts.get_by_text("please stop the work")).to_be_visible()

    assert [shop.next()[1]["Body"] for _ in range(2)] == ["On my way", "please stop the work"]


def test_somebody_new_writes_first_and_the_mood_is_changed_by_keyboard(
    simulator: SimulatorServer, shop: Shop, page: Page
) -> None:
    simulator.tell("/control/webhook", url=shop.url)
    page.goto(simulator.url)

    page.get_by_role("searchbox").fill("718 555 0177")
    page.keyboard.press("Enter")
    page.keyboard.type("Do you do brakes?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="(718) 555-0177")).to_be_visible()
    page.get_by_label("When the shop sends a text, it").focus()
    page.keyboard.press("s")
    page.get_by_label("When the shop sends a text, it").select_option("429")

    assert shop.next()[1]["From"] == "+17185550177"
    expect(page.get_by_text("(718) 555-0177").first).to_be_visible()
    page.wait_for_function("async () => (await (await fetch('/control/state')).json()).mode.answer === '429'")


@pytest.mark.parametrize("path", ["/", "/mailbox"])
def test_axe_finds_nothing(simulator: SimulatorServer, client: Client, page: Page, path: str) -> None:
    client.messages.create(to=CUSTOMER, from_=NUMBER, body="Your car is ready.")
    simulator.tell("/control/inbound", **{"from": CUSTOMER, "body": "Thanks"})
    page.goto(simulator.url + path)
    if path == "/":
        expect(page.get_by_role("log").get_by_text("Thanks")).to_be_visible()
    page.evaluate((FRONTEND / "node_modules" / "axe-core" / "axe.min.js").read_text())

    found = []
    for scheme, width in (("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 844})
        run = "async () => (await axe.run()).violations.map((found) => [found.id, found.nodes[0].html])"
        found += [(scheme, width, *violation) for violation in page.evaluate(run)]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{width} scrolls sideways"

    assert found == []
