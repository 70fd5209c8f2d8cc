"""Missing never means zero: every figure of a case blanked in turn is refused where it is needed,
and else not read as 0."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from planner.case import Case, read_case
from planner.case.declare import Column
from planner.case.problems import CaseError, Problem
from planner.case.tables import TABLE, TABLES
from tests.fuzz.mutant import load
from tests.helpers import GOOD, changed, write_case

NUMBERS = ("number", "integer")


def figures(table: str) -> list[tuple[int, Column]]:
    """One filled figure of every column of a table of the good case, with its row."""
    found = []
    for column in TABLE[table].columns:
        rows = [
            i
            for i, row in enumerate(GOOD[table])
            if column.type in NUMBERS and (row.get(column.name) or "") not in ("", "0")
        ]
        found += [(rows[0], column)] if rows else []
    return found


def outcome(folder: Path) -> Case | tuple[Problem, ...]:
    try:
        return read_case(folder)
    except CaseError as error:
        return error.problems


def contents(case: Case, table: str) -> pd.DataFrame:
    return case[table].drop(columns=["_file", "_row"])


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    "table", [table.name for table in TABLES if table.name in GOOD and figures(table.name)]
)
def test_a_blank_figure_is_refused_or_is_not_zero(tmp_path: Path, table: str) -> None:
    for number, (row, column) in enumerate(figures(table)):
        blank = outcome(
            write_case(tmp_path / f"blank{number}", changed((table, row, column.name, "")))
        )
        if isinstance(blank, tuple):
            if column.required:
                assert [(p.file, p.row, p.column, p.code) for p in blank] == [
                    (TABLE[table].path, row + 2, column.name, "missing-value")
                ]
            continue
        assert not column.required, f"{table}.{column.name} is required and was read blank"
        zero = outcome(
            write_case(tmp_path / f"zero{number}", changed((table, row, column.name, "0")))
        )
        if isinstance(zero, Case) and contents(blank, table).equals(contents(zero, table)):
            assert column.default == 0, (
                f"{table}.{column.name}: blank was read as 0, which its declaration does not say"
            )


def wide_cells() -> list[tuple[str, str, int, int]]:
    """Case, file, row and column of every figure in a wide table of power and demand of the shipped
    small cases."""
    cells = []
    for base in ("inputs/quickstart", "inputs/gov-cloud", "inputs/power-bound"):
        made = load(base)
        for name in ("power.csv", "demand.csv"):
            rows = made.rows(name)
            needed = [
                i
                for i in range(1, len(rows))
                if not {"liquid_mw", "input_mtok", "cached_mtok"} & set(rows[i])
                and rows[i][len(rows[0]) // 2]
            ]
            cells += [(base, name, i, len(rows[0]) // 2) for i in {needed[0], needed[-1]}]
    return cells


@pytest.mark.parametrize(("base", "name", "row", "column"), wide_cells())
def test_a_blank_figure_of_a_wide_table_is_refused(
    tmp_path: Path, base: str, name: str, row: int, column: int
) -> None:
    made = load(base)
    rows: list[list[Any]] = made.rows(name)
    period, rows[row][column] = rows[0][column], ""
    made.set_rows(name, rows)
    with pytest.raises(CaseError) as caught:
        read_case(made.write(tmp_path / "case"))
    assert any(
        problem.file == name
        and problem.row is not None
        and period in f"{problem.column} {problem.need}"
        for problem in caught.value.problems
    ), caught.value.format()


@pytest.mark.parametrize("cell", ["1e-400", "-1e-400", "5e-324", "0." + "0" * 400 + "1"])
def test_a_number_too_small_to_be_held_is_not_zero(tmp_path: Path, cell: str) -> None:
    with pytest.raises(CaseError) as caught:
        read_case(write_case(tmp_path, changed(("chips", 0, "kw_idle", cell))))
    (problem,) = caught.value.problems
    assert (problem.file, problem.row) == ("chips.csv", 2)
