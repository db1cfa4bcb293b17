"""CPU per request of the server and of PostgreSQL, target after target and back again, the quieter half kept."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.traffic import Load, Script
from tools.console import Failure

_TICK_MS = 10.0


@dataclass(frozen=True)
class Target:
    """Something to ask again and again: where, what, and whose CPU time it costs."""

    name: str
    port: int
    web_pid: int
    # A function of them where each slice needs its own, as for requests that can be made once.
    scripts: Sequence[Script] | Callable[[], Sequence[Script]]


@dataclass(frozen=True)
class Sample:
    """One slice of load on a target: CPU ms per request, and requests per second."""

    web_ms: float
    database_ms: float
    per_second: float

    @property
    def cpu_ms(self) -> float:
        """CPU ms per request, both trees together."""
        return self.web_ms + self.database_ms


@dataclass
class Series:
    """The slices of a target."""

    samples: list[Sample] = field(default_factory=list)

    def best(self) -> Sample:
        """Return the mean of the better half by CPU; the requests per second are the best of all."""
        kept = best_half(self.samples)
        return Sample(
            sum(sample.web_ms for sample in kept) / len(kept),
            sum(sample.database_ms for sample in kept) / len(kept),
            max(sample.per_second for sample in self.samples),
        )


def best_half(samples: Sequence[Sample]) -> list[Sample]:
    """Return the cheaper half: other work on the machine only ever adds to the cost of a request."""
    ordered = sorted(samples, key=lambda sample: sample.cpu_ms)
    return ordered[: (len(ordered) + 1) // 2]


def abba(count: int, rounds: int) -> list[int]:
    """Return the order of `count` targets over `rounds` there-and-backs: a drift of the machine hits all alike."""
    there = list(range(count))
    return [*there, *reversed(there)] * rounds


def compare(
    load: Load, targets: Sequence[Target], postgres_pid: int, *, rounds: int, seconds: float, warm_seconds: float = 0.2
) -> dict[str, Series]:
    """Measure the targets in ABBA order.

    Raises:
        Failure: a target answered with anything but success; a refused request says nothing about cost.
    """
    series = {target.name: Series() for target in targets}
    for target in targets:
        _slice(load, target, postgres_pid, warm_seconds)
    for index in abba(len(targets), rounds):
        target = targets[index]
        series[target.name].samples.append(_slice(load, target, postgres_pid, seconds))
    return series


def _slice(load: Load, target: Target, postgres_pid: int, seconds: float) -> Sample:
    scripts = target.scripts() if callable(target.scripts) else target.scripts
    before = cpu_ms(target.web_pid), cpu_ms(postgres_pid)
    outcome = load.run(target.port, scripts, seconds)
    # The servers have answered; what they still tidy up belongs to these requests too.
    time.sleep(0.01)
    web, database = cpu_ms(target.web_pid) - before[0], cpu_ms(postgres_pid) - before[1]
    if outcome.failures or outcome.good < outcome.count or not outcome.count:
        raise Failure(f"{target.name}: answers {dict(outcome.statuses)} {outcome.failures[:3]}")
    return Sample(web / outcome.count, database / outcome.count, outcome.count / outcome.wall)


def cpu_ms(root: int) -> float:
    """Return the CPU time that a process and all its descendants have used so far, in ms."""
    return sum(_process_ms(pid) for pid in tree(root))


def tree(root: int) -> list[int]:
    """Return a process and its descendants."""
    found, at = [root], 0
    while at < len(found):
        for task in _tasks(found[at]):
            try:
                found.extend(int(child) for child in (task / "children").read_text().split())
            except OSError:
                continue
        at += 1
    return found


def _tasks(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []


def _process_ms(pid: int) -> float:
    """Sum the process's threads by the scheduler's clock (ns); where it is not kept, by ticks of 10 ms."""
    total = 0.0
    for task in _tasks(pid):
        try:
            total += int((task / "schedstat").read_text().split()[0]) / 1e6
        except (OSError, IndexError):
            return _ticks_ms(pid)
    return total


def _ticks_ms(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) * _TICK_MS


def check_platform() -> None:
    """Refuse to start where CPU time can't be read.

    Raises:
        Failure: there is no /proc.
    """
    if not Path("/proc/self/task").is_dir():
        raise Failure("./keytag bench reads CPU times from /proc, which only Linux has.")
