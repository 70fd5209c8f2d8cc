"""Workbooks read as people have them: kinds of cells, merges spread, errors and formulas without a
stored value told apart, what is hidden."""

from __future__ import annotations

import datetime
import warnings
from pathlib import Path
from typing import Any, Final

from planner.case.cells import plain
from planner.case.problems import Place, Problem, error
from planner.case.workbook import why_unfit
from planner.intake.cell import BLANK, Cell, Sheet

MOST_CELLS: Final = 2_000_000
"""Cells of a sheet: what people fill in, and the longest price lists; more is a database."""
_GENERAL: Final = ("", "General")


def read_xlsx(path: Path) -> tuple[list[Sheet], list[Problem]]:
    """Return the sheets of a workbook (.xlsx, .xlsm); nothing in it is evaluated.

    Args:
        path: the file.

    Returns:
        Sheets in their order, and why it cannot be read.
    """
    import openpyxl

    problem = why_unfit(path, path.name)
    if problem is not None:
        return [], [problem]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that are not read: charts, validations
            shown = openpyxl.load_workbook(path, data_only=True)
            written = openpyxl.load_workbook(path, data_only=False)
    except (KeyboardInterrupt, MemoryError):
        raise
    except Exception as reason:  # a damaged file raises any of a dozen kinds
        need = f"cannot be read as a workbook: {reason}"
        return [], [error("unreadable", Place(path.name), "", need, "save it again as .xlsx")]
    sheets, problems = [], []
    for name in shown.sheetnames:
        if not hasattr(shown[name], "iter_rows"):
            continue  # a sheet that is one chart
        if shown[name].max_row * shown[name].max_column > MOST_CELLS:
            value = f"{shown[name].max_row:,} rows x {shown[name].max_column:,} columns"
            need = f"must have at most {MOST_CELLS:,} cells"
            fix = "delete the empty rows and columns, or export it as CSV"
            problems.append(error("too-large", Place(f"{path.name}[{name}]"), value, need, fix))
            continue
        sheets.append(_sheet(path.name, name, shown[name], written[name]))
    return sheets, problems


def _sheet(file: str, name: str, shown: Any, written: Any) -> Sheet:
    rows = [
        [_cell(value, formula) for value, formula in zip(values, formulas, strict=False)]
        for values, formulas in zip(shown.iter_rows(), written.iter_rows(), strict=False)
    ]
    for merged in shown.merged_cells.ranges:
        top, left = merged.min_row - 1, merged.min_col - 1
        first = rows[top][left]
        if first.kind == "blank":
            continue
        copy = Cell(first.kind, first.text, first.value, first.day, first.format, spread=True)
        for row in range(top, min(merged.max_row, len(rows))):
            for column in range(left, min(merged.max_col, len(rows[row]))):
                if (row, column) != (top, left):
                    rows[row][column] = copy
    hidden_rows = {n - 1 for n, d in shown.row_dimensions.items() if d.hidden}
    hidden_columns = {
        column - 1
        for d in shown.column_dimensions.values()
        if d.hidden and d.min
        for column in range(d.min, d.max + 1)
    }
    return Sheet(
        file,
        name,
        rows,
        frozenset(hidden_rows),
        frozenset(hidden_columns),
        shown.sheet_state != "visible",
    )


def _cell(shown: Any, written: Any) -> Cell:
    """Return a cell of the two readings of a workbook: with values and with formulas."""
    value, formula = shown.value, written.value
    if value is None and (formula is None or written.data_type != "f"):
        return BLANK
    bold = bool(shown.font is not None and shown.font.b)
    style = "" if shown.number_format in _GENERAL else str(shown.number_format)
    if value is None:
        return Cell("uncalculated", str(getattr(formula, "text", formula)), bold=bold)
    if shown.data_type == "e":
        return Cell("error", str(value))
    if isinstance(value, bool):
        return Cell("text", "yes" if value else "no", bold=bold)
    if isinstance(value, datetime.datetime):
        return Cell("date", value.date().isoformat(), day=value.date(), format=style, bold=bold)
    if isinstance(value, datetime.date):
        return Cell("date", value.isoformat(), day=value, format=style, bold=bold)
    if isinstance(value, int | float):
        return Cell("number", plain(value), float(value), format=style, bold=bold)
    text = str(value).strip()
    return Cell("text", text, bold=bold) if text else BLANK
