import json

import pytest

from bench import report
from bench.report import Goal, Row


@pytest.mark.parametrize(
    ("goal", "measured", "holds"),
    [
        (Goal("≥", 0.4), 0.4, True),
        (Goal("≥", 0.4), 0.39, False),
        (Goal("≤", 130), 130, True),
        (Goal("≤", 130), 130.5, False),
        (Goal("=", 1), 1, True),
        (Goal("=", 1), 0, False),
    ],
)
def test_a_goal_holds_at_its_bound_and_not_beyond(goal, measured, holds):
    assert goal.holds(measured) is holds


def test_a_cost_twice_its_ceiling_reaches_half_of_it():
    row = report.share_of("board", 0.5, 0.25, Goal("≥", 0.4))
    assert (row.ratio, row.ok) == (0.5, True)


def test_a_cost_is_so_many_times_cheaper_than_another():
    row = report.times_cheaper("board against the ORM", 2.0, 15.0, Goal("≥", 8))
    assert (row.ratio, row.ok) == (7.5, False)


def test_growth_compares_the_large_with_the_small():
    row = report.growth("pages", 110, 100, "pages", Goal("≤", 1.15))
    assert (row.ratio, row.ok) == (1.1, True)


def test_a_row_without_a_goal_is_neither_met_nor_missed():
    rows = [report.value("rate", 1000, "per second"), report.value("ties", 1, "ties", Goal("=", 0))]
    assert rows[0].ok is None
    assert report.failures(rows) == [rows[1]]


@pytest.mark.parametrize(
    ("sign", "first", "second", "kept"),
    [("≥", 0.3, 0.35, 0.35), ("≥", 0.35, 0.3, 0.35), ("≤", 90, 80, 80), ("≤", 60, 55, 60)],
)
def test_of_two_measurements_the_better_counts_unless_the_first_is_good_already(sign, first, second, kept):
    goal = Goal(sign, 0.5 if sign == "≥" else 70)
    rows = [Row("x", number, "", goal=goal) for number in (first, second)]
    assert report.better(*rows).value == kept


def test_what_breaks_is_a_row_that_misses_and_the_reason_is_told(capsys):
    def measure() -> list[Row]:
        raise RuntimeError("no such button")

    (row,) = report.attempted("tablet", measure)

    assert (row.name, row.ok, row.is_noisy) == ("tablet: measured", False, True)
    assert "tablet: RuntimeError: no such button" in capsys.readouterr().out
    assert report.attempted("tablet", lambda: [row]) == [row]


def test_what_only_one_of_two_runs_could_measure_counts():
    (broken,) = report.attempted("tablet", lambda: [1 / 0])
    took = report.value("tablet: sent", 20, "s", Goal("≤", 30), is_noisy=True)
    assert report.best_of_two([broken], [took]) == [took]
    assert report.best_of_two([took], [broken]) == [took]
    assert report.best_of_two([broken], [broken]) == [broken]


def test_the_table_has_a_line_for_each_row_with_aligned_columns():
    text = report.table(
        [
            report.share_of("board, warm", 0.4791, 0.225, Goal("≥", 0.4)),
            report.value("ties", 2, "ties", Goal("=", 0)),
            report.value("rate", 12345.6, "per second"),
        ]
    )
    lines = text.split("\n")
    assert lines[0].split("|")[1].strip() == "name"
    assert [cell.strip() for cell in lines[2].split("|")[1:-1]] == [
        "board, warm",
        "0.479",
        "CPU ms",
        "0.225",
        "0.47",
        "≥ 0.4",
        "yes",
    ]
    assert [cell.strip() for cell in lines[3].split("|")[1:-1]] == ["ties", "2", "ties", "", "", "= 0", "NO"]
    assert lines[4].split("|")[2].strip() == "12,346"
    assert len({len(line) for line in lines}) == 1


def test_the_file_says_what_the_table_says(tmp_path):
    file = tmp_path / "last.json"
    report.write(file, [report.value("ties", 2, "ties", Goal("=", 0))], {"form": "quick"})
    kept = json.loads(file.read_text())
    assert kept["form"] == "quick"
    assert kept["rows"][0]["goal"] == {"sign": "=", "bound": 0}
    assert kept["rows"][0]["ok"] is False
