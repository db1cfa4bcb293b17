"""Workers are killed at every named point while the provider fails: nothing goes twice, nothing is lost in silence."""

from collections.abc import Iterator

import psycopg
import pytest

from bench import faults, stage
from bench.env import Account, Server
from bench.traffic import Load

TEXTS = 32
QUICK = "lease=2 reconcile=0.5 resend=3 kick=1"


@pytest.fixture
def shop(live_server, start_server, environment, simulator, tmp_path, session) -> Iterator[stage.Stage]:
    """Fill the test's database with the bench's shop that texts, on a web server and processes of the test's own."""
    session.commit()
    address = environment["DATABASE_URL"].replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(address, autocommit=True) as connection:
        jobs = stage.fill(connection)
        server = Server("web", int(live_server.url.rpartition(":")[2]), live_server.child, environment)
        headers = server.sign_in(Account(stage.EMAIL, password=stage.PASSWORD)).headers(unsafe=True)
        settings = {**environment, "KEYTAG_PUBLIC_URL": live_server.url}
        simulator.tell("/control/mode", pause=0.2)
        yield stage.Stage(server.port, settings, simulator, connection, headers, jobs, tmp_path, server.child.pid)
        simulator.tell("/control/mode", answer="ok")


@pytest.mark.parametrize("failpoint", ["before_claim", "after_claim", "after_accept", "before_commit"])
def test_workers_killed_at(shop, failpoint):
    with Load() as load:
        found = faults.rehearse(
            shop,
            load,
            count=TEXTS // 2,
            rehearsal=f"{QUICK} kill={failpoint}:0.4",
            moods=[{"answer": "ok"}],
            patience=60,
        )

    assert found.accepted == TEXTS // 2
    assert found.kills[failpoint] > 0
    assert set(found.kills) == {failpoint}
    assert (found.duplicates, found.silent_losses, found.undecided) == (0, 0, 0)


def test_everything_at_once(shop):
    moods = [{**mood, "seconds": 1} for mood in faults.MOODS if mood["answer"] != "hang"]
    with Load() as load:
        found = faults.rehearse(shop, load, count=TEXTS, rehearsal=f"{QUICK} kill=:0.3", moods=moods, patience=60)

    assert found.accepted == TEXTS
    assert sum(found.kills.values()) > 0
    assert (found.duplicates, found.silent_losses, found.undecided) == (0, 0, 0)
    assert found.percentile(1.0) <= 70
