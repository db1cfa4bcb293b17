import os
import subprocess
import sys

from bench import measure
from bench.measure import Sample, Series
from bench.traffic import Answer, Cycle, Once, Outcome, Persistent, spread


def _sample(cpu_ms, per_second=100.0):
    return Sample(cpu_ms / 2, cpu_ms / 2, per_second)


def test_targets_are_visited_there_and_back():
    assert measure.abba(3, 2) == [0, 1, 2, 2, 1, 0] * 2


def test_the_cheaper_half_is_kept_the_larger_one_of_an_odd_number():
    samples = [_sample(cost) for cost in (5, 1, 4, 2, 3)]
    assert [sample.cpu_ms for sample in measure.best_half(samples)] == [1, 2, 3]


def test_a_series_is_the_mean_of_its_better_half_and_its_best_rate():
    series = Series([_sample(1.0, 50), _sample(3.0, 10), _sample(2.0, 40), _sample(9.0, 90)])
    best = series.best()
    assert best.cpu_ms == 1.5
    assert best.per_second == 90


def test_cpu_time_counts_descendants_and_only_grows():
    before = measure.cpu_ms(os.getpid())
    with subprocess.Popen(
        [sys.executable, "-c", "sum(range(3_000_000)); print('done', flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert child.pid in measure.tree(os.getpid())
        assert measure.cpu_ms(os.getpid()) >= before + measure.cpu_ms(child.pid) > before
        child.communicate(b"\n")


def test_requests_are_dealt_to_every_connection_the_same_way_each_time():
    requests = [bytes([number]) for number in range(10)]
    first, second = spread(requests, 4), spread(requests, 4)
    assert [cycle.requests for cycle in first] == [cycle.requests for cycle in second]
    assert sum(cycle.connections for cycle in first) == 4
    assert sorted(request for cycle in first for hand in cycle.requests for request in hand) == requests


def test_a_cycle_repeats_and_a_list_ends():
    cycle, once = Cycle([[b"a", b"b"]]), Once([[b"a", b"b"]])
    assert [cycle.next(0, None) for _ in range(3)] == [b"a", b"b", b"a"]
    assert [once.next(0, None) for _ in range(3)] == [b"a", b"b", None]


def test_who_is_told_to_come_back_asks_the_same_again():
    script = Persistent([[b"a", b"b"]])
    assert script.next(0, None) == b"a"
    assert script.next(0, Answer(503, b"", b"")) == b"a"
    assert script.next(0, Answer(201, b"", b"")) == b"b"
    assert script.next(0, Answer(409, b"", b"")) is None


def test_outcomes_of_two_processes_add_up():
    first, second = Outcome(seconds=[0.001, 0.003], wall=1.0), Outcome(seconds=[0.002], wall=2.0)
    first.statuses[200] = 2
    second.statuses[409] = 1
    first.add(second)
    assert (first.count, first.good, first.wall) == (3, 2, 2.0)
    assert first.percentile(0.5) == 2.0
