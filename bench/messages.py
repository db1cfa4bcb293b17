"""What a text costs to accept, and how soon a worker has it."""

from collections.abc import Callable, Sequence

from bench import measure
from bench.measure import Target
from bench.report import Goal, Row, share_of, value
from bench.stage import Stage
from bench.traffic import PROCESSES, Cycle, Load, Script, ask, get, spread

PER_SECOND, SECONDS, BURST = 20, 15, 200
CONNECTIONS = 8
# What a slice may ask: more than it ever gets to.
OF_A_SLICE = 400
ACCEPTED = "accepted_at IS NULL AND direction = 'out' AND status IN ('queued', 'sending')"
DRAIN_SECONDS = 30.0


def latencies(stage: Stage, load: Load) -> list[Row]:
    """Send 20 texts a second for some seconds, then 200 at once."""
    with stage.senders():
        # The workers are there when the first text has been sent.
        stage.post(load, 4)
        stage.wait_until(ACCEPTED, DRAIN_SECONDS)
        paced = stage.post(load, PER_SECOND * SECONDS, per_second=PER_SECOND)
        stage.wait_until(ACCEPTED, DRAIN_SECONDS)
        steady = _claims(stage, PER_SECOND * SECONDS)
        burst = stage.post(load, BURST)
        drained = stage.wait_until(ACCEPTED, DRAIN_SECONDS)
        at_once = _claims(stage, BURST)
    return [
        value("texts, 20 a second: accepted, 95 % within", paced.percentile(0.95), "ms", Goal("≤", 200), is_noisy=True),
        value("texts, 20 a second: claimed, half within", _percentile(steady, 0.5), "ms"),
        value(
            "texts, 20 a second: claimed, 95 % within", _percentile(steady, 0.95), "ms", Goal("≤", 50), is_noisy=True
        ),
        value("200 texts at once: accepted, 95 % within", burst.percentile(0.95), "ms"),
        value(
            "200 texts at once: claimed, all within", _percentile(at_once, 1.0), "ms", Goal("≤", 1000), is_noisy=True
        ),
        value("200 texts at once: with the provider after the last", drained * 1000, "ms"),
    ]


def _claims(stage: Stage, count: int) -> list[float]:
    """Return, for the newest texts, the ms from when their request began to be worked on to the claim: accepting is part of it."""
    rows = stage.connection.execute(
        "SELECT extract(epoch FROM claimed_at - created_at) * 1000 FROM "
        "(SELECT * FROM messages WHERE direction = 'out' ORDER BY id DESC LIMIT %s) newest",
        [count],
    ).fetchall()
    return sorted(float(row[0]) for row in rows if row[0] is not None)


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def costs(stage: Stage, load: Load, postgres_pid: int, *, rounds: int, seconds: float) -> list[Row]:
    """Compare accepting a text, its row, caps, consent and kick included, with constant bytes of the answer's size."""
    numbers = iter(range(1_000_000))

    def texts() -> Sequence[Script]:
        asked = [stage.text(next(numbers)) for _ in range(OF_A_SLICE)]
        return [
            Cycle([asked[at::CONNECTIONS] for at in range(first, CONNECTIONS, PROCESSES)]) for first in range(PROCESSES)
        ]

    size = len(ask(stage.port, stage.text(next(numbers))).body)
    constant = spread([get(f"/api/__const/{size}", stage.headers)], CONNECTIONS)
    asked: dict[str, Sequence[Script] | Callable[[], Sequence[Script]]] = {"constant": constant, "text": texts}
    series = measure.compare(
        load,
        [Target(name, stage.port, stage.web_pid, scripts) for name, scripts in asked.items()],
        postgres_pid,
        rounds=rounds,
        seconds=seconds,
    )
    best = {name: found.best() for name, found in series.items()}
    return [
        share_of("text accepted, of its ceiling", best["text"].cpu_ms, best["constant"].cpu_ms, Goal("≥", 0.08)),
        value("text: PostgreSQL's part", best["text"].database_ms, "CPU ms"),
        value("text: best rate", best["text"].per_second, "per second"),
    ]
