"""Problems as lines: errors first, one kind together and capped, nothing that acts on a
terminal."""

from __future__ import annotations

from planner.case.problems import Problem
from planner.report.problems import as_data, count, problem_lines


def problem(
    row: int, *, severity: str = "error", file: str = "sites.csv", value: str = "x"
) -> Problem:
    return Problem("bad-value", severity, file, row, "pue", value, "needs a number", "write 1.2")  # type: ignore[arg-type]


def test_errors_come_before_warnings() -> None:
    assert problem_lines([problem(3, severity="warning"), problem(2)]) == [
        "error  sites.csv:2 pue: 'x' - needs a number; write 1.2",
        "warning  sites.csv:3 pue: 'x' - needs a number; write 1.2",
    ]


def test_one_kind_is_capped_and_the_others_are_not() -> None:
    lines = problem_lines(
        [*(problem(row) for row in range(2, 9)), problem(2, file="chips.csv")], most=2
    )
    assert lines == [
        "error  sites.csv:2 pue: 'x' - needs a number; write 1.2",
        "error  sites.csv:3 pue: 'x' - needs a number; write 1.2",
        "error  sites.csv pue: 5 more problems of this kind",
        "error  chips.csv:2 pue: 'x' - needs a number; write 1.2",
    ]


def test_a_hostile_cell_does_nothing() -> None:
    (line,) = problem_lines([problem(2, file="a\x1b[31m\n.csv", value="\x1b[2J\u202e")])
    assert line.isprintable()


def test_count() -> None:
    assert count([]) == "no problems"
    assert count([problem(2)]) == "1 error in 1 file"
    assert (
        count([problem(2), problem(3), problem(4, severity="warning", file="chips.csv")])
        == "2 errors, 1 warning in 2 files"
    )


def test_as_data_has_every_field() -> None:
    assert as_data([problem(2)]) == [
        {
            "code": "bad-value",
            "severity": "error",
            "file": "sites.csv",
            "row": 2,
            "column": "pue",
            "value": "x",
            "need": "needs a number",
            "fix": "write 1.2",
        }
    ]
