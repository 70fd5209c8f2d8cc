"""Ways out of a case that is a workbook: sheet and cell are named, and the --set works as
printed."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from planner.case import read_case
from planner.diagnosis import diagnose
from planner.lp.highs import solve
from planner.model import formulate
from tests.diagnosis.conflicts import PLANTS, planted
from tests.findings.books import calculated, put


def write_book(path: Path, plant: str) -> Path:
    """Write a planted case as one workbook."""
    case = planted(6, plant)
    book = xlsxwriter.Workbook(str(path))
    settings = book.add_worksheet("case")
    for at, (key, value) in enumerate([("key", "value"), *case.settings.items()]):
        put(settings, at, 0, key)
        put(settings, at, 1, str(value))
    for name, rows in case.text().items():
        sheet = book.add_worksheet(name)
        for at, cells in enumerate([list(rows[0]), *(list(row.values()) for row in rows)]):
            for column, cell in enumerate(cells):
                put(sheet, at, column, cell)
    book.close()
    return calculated(path)


@pytest.mark.slow
@pytest.mark.parametrize("plant", ["power", "supply", "deadline", "demand", "budget", "cap"])
def test_the_first_way_out_of_a_workbook_works_as_printed(tmp_path: Path, plant: str) -> None:
    assert plant in PLANTS
    path = write_book(tmp_path / "case.xlsx", plant)
    case = read_case(path)
    diagnosis = diagnose(case, formulate(case).program)
    first = diagnosis.repairs[0]
    book = CalamineWorkbook.from_path(str(path))
    for change in first.changes:
        assert change.file == f"case.xlsx[{change.table}]"
        assert change.row is not None
        cells = book.get_sheet_by_name(change.table).to_python()
        cell = cells[change.row - 1][cells[0].index(change.header)]
        assert float(str(cell)) == pytest.approx(float(change.old)), change
        assert change.override
    printed = [change.override for change in first.changes]
    solution = solve(formulate(read_case(path, printed)).program)
    assert solution.status == "optimal"
    assert solution.objective == pytest.approx(first.cost_usd, rel=1e-6)
