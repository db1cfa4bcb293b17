"""`./keytag bench faults`: texts through the real web server, workers and dispatcher while everything fails.

Workers are killed at named points, the provider loses answers, refuses, hangs and drops connections; its own record of
what it took says whether anything went twice or not at all. A kill is told in the worker's log, and so is whatever is
tried with the same text next.
"""

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.report import Goal, Row, value
from bench.stage import Stage
from bench.traffic import Load

TEXTS = 3000
KILLED_SHARE, LOST_SHARE = 0.3, 0.1
# The lease is the product's own. Looking for ten minutes before a text goes out once more would only make the run longer:
# the simulator shows at once what it took.
REHEARSAL = f"resend=70 kill=:{KILLED_SHARE}"
# Waited for on a machine that has other work; a quiet one needs the half.
PATIENCE_SECONDS = 540.0
# So many receipts never come: what they would have told must be found by asking.
RECEIPTS_LOST = 0.7
# What the provider does for some seconds each, over and over, beside losing answers; hangs are longer than we wait.
MOODS: tuple[dict[str, object], ...] = (
    {"answer": "lose_response", "share": LOST_SHARE},
    {"answer": "lose_response", "share": LOST_SHARE},
    {"answer": "429", "share": 0.3, "retryAfter": 2},
    {"answer": "lose_response", "share": LOST_SHARE},
    {"answer": "500", "share": 0.1},
    {"answer": "reset", "share": 0.1},
    {"answer": "hang", "share": 1.0, "times": 1, "seconds": 15},
    {"answer": "reset_after_accept", "share": LOST_SHARE},
)
MOOD_SECONDS = 1.5
# Whose end is known, or who waits for a person who can see them.
FAILED = ("failed", "unknown", "undelivered", "suppressed")
UNDECIDED = "direction = 'out' AND status IN ('queued', 'held', 'sending') AND accepted_at IS NULL"


@dataclass(frozen=True)
class Findings:
    """What came of a run."""

    accepted: int
    calls: int
    duplicates: int
    silent_losses: int
    unknown: int
    failed: int
    undecided: int
    kills: Counter[str]
    seconds_to_next: list[float] = field(repr=False)
    seconds: float

    def percentile(self, share: float) -> float:
        """Return a percentile of the seconds from a kill to the next attempt at the same text."""
        ordered = sorted(self.seconds_to_next)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0

    def rows(self) -> list[Row]:
        """Return the table."""
        return [
            value("faults: texts accepted over HTTP", self.accepted, "texts"),
            value("faults: workers killed", sum(self.kills.values()), "kills"),
            *(value(f"faults: of these {point}", count, "kills") for point, count in sorted(self.kills.items())),
            value("faults: calls that the provider took", self.calls, "calls"),
            value("faults: texts that it took twice", self.duplicates, "texts", Goal("=", 0)),
            value("faults: texts lost with nobody told", self.silent_losses, "texts", Goal("=", 0)),
            value("faults: texts still undecided", self.undecided, "texts", Goal("=", 0)),
            value("faults: shown as unknown", self.unknown, "texts"),
            value("faults: shown as failed", self.failed, "texts"),
            value("faults: from a kill to the next attempt, half within", self.percentile(0.5), "s"),
            value("faults: from a kill to the next attempt, all within", self.percentile(1.0), "s", Goal("≤", 70)),
            value("faults: the whole run", self.seconds, "s"),
        ]


def rehearse(
    stage: Stage,
    load: Load,
    *,
    count: int = TEXTS,
    rehearsal: str = REHEARSAL,
    moods: Sequence[dict[str, object]] = MOODS,
    patience: float = PATIENCE_SECONDS,
) -> Findings:
    """Send `count` texts while everything fails, wait until each is decided, and count."""
    started = time.monotonic()
    environment = {
        "KEYTAG_ENV": "test",
        "KEYTAG_LOG_LEVEL": "INFO",
        "KEYTAG_REHEARSAL": rehearsal,
    }
    with stage.senders(**environment):
        with _in_changing_moods(stage, moods):
            outcome = stage.post(load, count)
            stage.wait_until(UNDECIDED + " AND first_claimed_at IS NULL", patience / 2)
        stage.wait_until(UNDECIDED, patience)
    taken = Counter(_message_of(call) for call in stage.simulator.ask("/control/calls")["calls"])
    statuses = dict(
        stage.connection.execute("SELECT id::text, status FROM messages WHERE direction = 'out'").fetchall()
    )
    # What is still undecided is counted by itself.
    told = {key for key, status in statuses.items() if status in (*FAILED, "queued", "held", "sending")}
    notes = list(_notes(stage))
    kept = "SELECT id::text, extract(epoch FROM accepted_at)::float8 FROM messages WHERE accepted_at IS NOT NULL"
    return Findings(
        accepted=outcome.statuses[201],
        calls=sum(taken.values()),
        duplicates=sum(1 for times in taken.values() if times > 1),
        silent_losses=outcome.statuses[201] - len({*taken, *told} & set(statuses)),
        unknown=stage.count("status = 'unknown'"),
        failed=stage.count("status = 'failed'"),
        undecided=stage.count(UNDECIDED),
        kills=Counter(str(note["at"]) for note in notes if note["step"] == "killed"),
        seconds_to_next=_pauses(notes, dict(stage.connection.execute(kept).fetchall())),
        seconds=time.monotonic() - started,
    )


@contextmanager
def _in_changing_moods(stage: Stage, moods: Sequence[dict[str, object]]) -> Iterator[None]:
    """Let the provider go through its moods meanwhile, and be well again afterwards."""
    over = threading.Event()

    def change() -> None:
        at = 0
        while not over.is_set():
            stage.simulator.tell("/control/mode", **{"times": None, "lost": RECEIPTS_LOST, **moods[at % len(moods)]})
            at += 1
            over.wait(MOOD_SECONDS)

    changing = threading.Thread(target=change, daemon=True)
    changing.start()
    try:
        yield
    finally:
        over.set()
        changing.join()
        stage.simulator.tell("/control/mode", answer="ok", share=1.0, times=None, lost=0.0)


def _message_of(call: dict[str, str]) -> str:
    found = re.search(r"[?&]message=([0-9a-f-]{36})", call["statusCallback"] or "")
    return found[1] if found else ""


def _notes(stage: Stage) -> Iterator[dict[str, object]]:
    """Read what the senders told of the rehearsal, in the order in which it happened."""
    lines = [
        line for name in ("worker", "dispatcher") for line in stage.log(name).read_text(errors="replace").splitlines()
    ]
    notes = [json.loads(line) for line in lines if '"rehearsal"' in line]
    yield from sorted(notes, key=lambda note: float(note["moment"]))


def _pauses(notes: Sequence[dict[str, object]], accepted: Mapping[str, float]) -> list[float]:
    """Return how long after each kill the same text was tried, or looked for, again, or a receipt told where it is.

    A second kill counts as a try, and begins a wait of its own. What nobody took in hand after its kill is undecided.
    """
    killed: dict[str, float] = {}
    pauses = []
    for note in notes:
        key, moment = str(note["message_id"]), float(str(note["moment"]))
        if key in killed:
            began = killed.pop(key)
            told = accepted.get(key, moment)
            pauses.append((told if began < told < moment else moment) - began)
        if note["step"] == "killed":
            killed[key] = moment
    told_after = [accepted[key] - began for key, began in killed.items() if accepted.get(key, began) > began]
    return pauses + told_after
