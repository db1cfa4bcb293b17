"""The database commits and its answer is lost: who asks again with the same key has paid once."""

import itertools
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from backend.core import db
from tests.payments.conftest import key, make_visit

POSTS, THREADS, VISITS = 1000, 8, 20
# One commit in five.
CUT_EACH = 5
TRIES = 20
# A simple query: its letter, its length, and the word.
COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"


class CuttingProxy:
    """Stands before PostgreSQL, and cuts the line when every fifth COMMIT has been done and before anybody hears of it."""

    def __init__(self, host: str, port: int) -> None:
        """Listen on a port of its own, and lead to `host`, a folder with PostgreSQL's socket or a name."""
        self._upstream = (host, port)
        self._commits = itertools.count(1)
        self.cut = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = self._connect()
                is_cutting = threading.Event()
                for pump in (self._forward, self._back):
                    threading.Thread(target=pump, args=(client, server, is_cutting), daemon=True).start()

    def _connect(self) -> socket.socket:
        host, port = self._upstream
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{host}/.s.PGSQL.{port}")
        return server

    def _forward(self, client: socket.socket, server: socket.socket, is_cutting: threading.Event) -> None:
        with suppress(OSError):
            while said := client.recv(65_536):
                if COMMIT in said and next(self._commits) % CUT_EACH == 0:
                    is_cutting.set()
                server.sendall(said)
        _hang_up(client, server)

    def _back(self, client: socket.socket, server: socket.socket, is_cutting: threading.Event) -> None:
        with suppress(OSError):
            while said := server.recv(65_536):
                if is_cutting.is_set():
                    # It is done: this is PostgreSQL saying so.
                    self.cut += 1
                    break
                client.sendall(said)
        _hang_up(client, server)


def _hang_up(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@contextmanager
def through_a_cutting_proxy(database_url: str) -> Iterator[CuttingProxy]:
    """Let sessions of this process reach the database by a proxy that cuts."""
    url = make_url(database_url)
    host = url.query.get("host", url.host)
    assert isinstance(host, str)
    proxy = CuttingProxy(host, url.port or int(str(url.query.get("port", 5432))))
    query = {name: value for name, value in url.query.items() if name not in {"host", "port"}}
    through = url.set(host="127.0.0.1", port=proxy.port, query=query).render_as_string(hide_password=False)
    before = db.SessionFactory.kw["bind"]
    engine = db.create_engine(through, pool_size=2 * THREADS, application_name="keytag-cut")
    db.bind(engine)
    try:
        yield proxy
    finally:
        db.bind(before)
        engine.dispose()
        proxy.close()


def test_a_thousand_payments_with_every_fifth_answer_lost_are_a_thousand(
    app, session, location, as_role, books, database_url
):
    visits = [make_visit(session, location, 1_000_00) for _ in range(VISITS)]
    advisor = as_role("Advisor")
    session.commit()
    work = [(visits[number % VISITS].id, 100 + number % 7, key()) for number in range(POSTS)]
    entered: list[str] = []
    refused: Counter[int] = Counter()

    def run(share):
        client = app.test_client()
        for visit_id, cents, headers in share:
            for _ in range(TRIES):
                answer = client.post(
                    f"/api/appointments/{visit_id}/payments",
                    json={"amountCents": cents, "method": "card"},
                    headers={**headers, "Authorization": f"Bearer {advisor.token}"},
                )
                if answer.status_code == 201:
                    entered.append(answer.get_json()["id"])
                    break
                refused[answer.status_code] += 1

    with through_a_cutting_proxy(database_url) as proxy:
        threads = [threading.Thread(target=run, args=(work[start::THREADS],)) for start in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert proxy.cut >= POSTS // CUT_EACH
    assert set(refused) == {503}
    # What every caller was told in the end is there, once.
    assert len(entered) == len(set(entered)) == POSTS
    assert session.scalar(sa.text("SELECT count(*) FROM payments")) == POSTS
    assert sum(books()) == sum(cents for _, cents, _ in work)
