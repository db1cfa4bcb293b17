"""It was committed and the answer is lost: who asks again with the same key has paid once."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from backend.core import db
from tests.payments.conftest import key, make_visit

POSTS, THREADS, VISITS = 1000, 8, 20
# One in five.
CUT_EACH = 5
TRIES = 20
# What a proxy counts: a payment that is asked for, and PostgreSQL's simple query of that length.
POST, COMMIT = b"POST /api/appointments/", b"Q\x00\x00\x00\x0bCOMMIT\x00"


class CuttingProxy:
    """Stands before a server and cuts the line when every fifth request has been answered, before anybody hears of it."""

    def __init__(self, upstream: tuple[str, int] | str, counted: bytes) -> None:
        """Listen on a port of its own and lead to a host and port, or a socket's path; `counted` marks a request."""
        self._upstream = upstream
        self._counted = counted
        self._lock = threading.Lock()
        self._requests = 0
        self.cut = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        _hang_up(self._listener)

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = self._connect()
                is_cutting = threading.Event()
                for pump in (self._forward, self._back):
                    threading.Thread(target=pump, args=(client, server, is_cutting), daemon=True).start()

    def _connect(self) -> socket.socket:
        if isinstance(self._upstream, tuple):
            return socket.create_connection(self._upstream)
        server = socket.socket(socket.AF_UNIX)
        server.connect(self._upstream)
        return server

    def _forward(self, client: socket.socket, server: socket.socket, is_cutting: threading.Event) -> None:
        with suppress(OSError):
            while said := client.recv(65_536):
                if self._counted in said:
                    with self._lock:
                        self._requests += 1
                        if self._requests % CUT_EACH == 0:
                            is_cutting.set()
                server.sendall(said)
        _hang_up(client, server)

    def _back(self, client: socket.socket, server: socket.socket, is_cutting: threading.Event) -> None:
        with suppress(OSError):
            while said := server.recv(65_536):
                if is_cutting.is_set():
                    # It is done: this is the server saying so.
                    with self._lock:
                        self.cut += 1
                    break
                client.sendall(said)
        _hang_up(client, server)


def _hang_up(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


def test_a_thousand_payments_with_every_fifth_answer_lost_are_a_thousand(
    live_server, session, location, as_role, books
):
    visits = [make_visit(session, location, 1_000_00) for _ in range(VISITS)]
    advisor = as_role("Advisor")
    session.commit()
    address = urlsplit(live_server.url)
    proxy = CuttingProxy((address.hostname, address.port), POST)
    work = [(visits[number % VISITS].id, 100 + number % 7, key()) for number in range(POSTS)]
    entered: list[str] = []
    refused: list[int] = []

    def run(share):
        connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=30)
        for visit_id, cents, headers in share:
            body = json.dumps({"amountCents": cents, "method": "card"})
            sent = {**headers, "Authorization": f"Bearer {advisor.token}", "Content-Type": "application/json"}
            for _ in range(TRIES):
                try:
                    connection.request("POST", f"/api/appointments/{visit_id}/payments", body, sent)
                    answer = connection.getresponse()
                    said = answer.read()
                except (OSError, http.client.HTTPException):
                    connection.close()
                    continue
                if answer.status == 201:
                    entered.append(json.loads(said)["id"])
                else:
                    refused.append(answer.status)
                break
        connection.close()

    threads = [threading.Thread(target=run, args=(work[start::THREADS],)) for start in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    proxy.close()

    assert refused == []
    assert proxy.cut >= POSTS // CUT_EACH
    # What every caller was told in the end is there, once.
    assert len(entered) == len(set(entered)) == POSTS
    assert session.scalar(sa.text("SELECT count(*) FROM payments")) == POSTS
    assert sum(books()) == sum(cents for _, cents, _ in work)


@contextmanager
def _through(proxy: CuttingProxy, database_url: str) -> Iterator[None]:
    """Let sessions of this process reach the database by a proxy."""
    url = make_url(database_url)
    query = {name: value for name, value in url.query.items() if name not in {"host", "port"}}
    through = url.set(host="127.0.0.1", port=proxy.port, query=query).render_as_string(hide_password=False)
    before = db.SessionFactory.kw["bind"]
    engine = db.create_engine(through, pool_size=2, application_name="keytag-cut")
    db.bind(engine)
    try:
        yield
    finally:
        db.bind(before)
        engine.dispose()
        proxy.close()


def test_a_commit_whose_answer_the_database_could_not_give_is_done_once(
    app, session, visit, as_role, books, database_url
):
    advisor = as_role("Advisor")
    session.commit()
    url = make_url(database_url)
    host, port = str(url.query.get("host", url.host)), url.port or int(str(url.query.get("port", 5432)))
    proxy = CuttingProxy(f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, port), COMMIT)
    client = app.test_client()
    tries = 0
    with _through(proxy, database_url):
        for headers in [key() for _ in range(50)]:
            for _ in range(TRIES):
                tries += 1
                answer = client.post(
                    f"/api/appointments/{visit.id}/payments",
                    json={"amountCents": 100, "method": "card"},
                    headers={**headers, "Authorization": f"Bearer {advisor.token}"},
                )
                if answer.status_code == 201:
                    break
                assert "look whether it is there" in answer.get_json()["detail"]

    # A line that was cut may have been another reader's.
    assert 10 <= tries - 50 <= proxy.cut
    assert books() == [50_00]
