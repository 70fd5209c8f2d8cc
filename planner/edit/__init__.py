"""Edits of a user's own tables: some cells, rows and columns change, everything else stays as it
was written.

    from planner.edit import Edit, NewColumn, NewRow, edit_case, replace_files

    edit = Edit(
        cells={(4, "chips"): "120", (4, "done_flop"): "1e25"},  # (row, header) -> text
        added_rows=(NewRow({"chip": "b200", "site": "iowa", "chips": "64"}, after=4),),
        dropped_rows=frozenset({2, 3}),
        added_columns=(NewColumn("done_flop", after="flop"),),  # a period where the table is wide
        dropped_columns=frozenset({"2027Q1"}),
    )
    edited = edit_case(Path("inputs/mine"), {"fleet": edit}, {"start": "2027Q2", "end": None})
    edited.files    # {"fleet.csv": b"...", "case.yaml": b"..."}: nothing is written yet
    edited.changes  # every cell, row and column: file, row before and after, column, old, new
    replace_files(Path("inputs/mine"), edited.files)  # all or none; or write them elsewhere

Rows are those that a spreadsheet shows before the edit (``planner.case.origin.row_of``), columns
the headers as they are written (``header_of``).  Of a CSV file the separator, quotes, line ends,
byte order mark, blank rows and order stay; of case.yaml the remarks; of a workbook formats, charts,
notes and formulas.  In a sheet a dropped row or column is cleared and keeps its place, and a new
row stands at the end, so that formulas which point at other cells stay right.
"""

from planner.edit.case import Edited, edit_case
from planner.edit.change import Change, Edit, EditError, NewColumn, NewRow
from planner.edit.files import finish, replace_files

__all__ = [
    "Change",
    "Edit",
    "EditError",
    "Edited",
    "NewColumn",
    "NewRow",
    "edit_case",
    "finish",
    "replace_files",
]
