"""Passed periods go, and the new end repeats the last one, in tables of either form."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from planner.case.periods import Calendar
from planner.case.text import SettingsText, TextTable
from planner.roll.edits import span
from planner.roll.periods import Move, periods_edit, window_after, windows_beyond
from planner.roll.used import budgets_edit
from planner.roll.written import written

CALENDAR = Calendar("quarter", 2027 * 4, 4, 1)


def table(name: str, header: str, *rows: str) -> TextTable:
    cells = np.array([row.split(",") for row in rows], dtype=object)
    columns = {column: cells[:, at] for at, column in enumerate(header.split(","))}
    return TextTable(name, f"{name}.csv", columns, np.arange(2, 2 + len(rows)))


def test_a_row_per_period() -> None:
    text = table(
        "power",
        "site,period,mw,note",
        "iowa,2027Q1,10,",
        "iowa,2027Q4,12,as filed",
        "ohio,2027Q4,5,",
        "ohio,2028Q1,7,",
        "iowa,2026Q4,9,",
    )
    draft = periods_edit(text, Move(CALENDAR, 1, 1), {})
    assert set(draft.dropped) == {2, 6}
    # ohio states the new period itself
    assert [dict(row) for row, _ in draft.added] == [
        {
            "site": "iowa",
            "period": "2028Q1",
            "mw": "12",
            "note": "as filed; rolled: 2028Q1 copied from 2027Q4",
        }
    ]
    assert not periods_edit(text, Move(CALENDAR, 1, 0), {}).added


def test_periods_as_headers() -> None:
    text = table(
        "demand",
        "workload,measure,note,2027Q1,2027Q2,2027Q3,2027Q4",
        "chat,output_mtok,rolled: 2027Q4 copied from 2027Q3,1,2,3,4",
        "chat,input_mtok,,5,6,7,",
    )
    draft = periods_edit(text, Move(CALENDAR, 2, 2), {})
    edit = draft.edit()
    assert edit.dropped_columns == {"2027Q1", "2027Q2"}
    assert [(c.name, c.after) for c in edit.added_columns] == [
        ("2028Q1", "2027Q4"),
        ("2028Q2", "2028Q1"),
    ]
    assert dict(edit.cells) == {
        (2, "2028Q1"): "4",
        (2, "2028Q2"): "4",
        (2, "note"): "rolled: 2028Q1 to 2028Q2 copied from 2027Q4",
    }


def test_open_windows_keep_what_was_asked() -> None:
    """Batch work of which a window is open keeps the demand of its passed periods."""
    text = table("demand", "workload,2027Q1,2027Q2,2027Q3,2027Q4", "chat,1,2,3,4", "night,5,6,7,8")
    draft = periods_edit(text, Move(CALENDAR, 1, 0), {"night": 0})
    assert draft.cells == {(2, "2027Q1"): ""} and not draft.dropped_columns
    rows = table("demand", "workload,period,output_mtok", "chat,2027Q1,1", "night,2027Q1,5")
    assert set(periods_edit(rows, Move(CALENDAR, 1, 0), {"night": 0}).dropped) == {2}
    # what an earlier window asked goes
    assert set(periods_edit(rows, Move(CALENDAR, 1, 0), {"night": 1}).dropped) == {2, 3}


def test_windows_of_budgets() -> None:
    move = Move(Calendar("quarter", 2027 * 4 + 1, 6, 4), 1, 2)  # 2027Q2 to 2028Q3, years from April
    assert window_after("", move) == {"begun": True, "over": False}
    assert window_after("2027Q2", move) == {"begun": True, "over": True}
    assert window_after("FY2028", move) == {"begun": True, "over": False}
    assert window_after("FY2027", move) == {"begun": False, "over": True}
    assert window_after("2027Q3", move) == {"begun": False, "over": False}
    assert windows_beyond("2028Q3", move) == ["2028Q4", "2029Q1"]
    assert windows_beyond("2028Q2", move) == windows_beyond("FY2029", move) == []
    year = Move(Calendar("quarter", 2027 * 4, 4, 1), 1, 1)
    assert windows_beyond("FY2027", year) == ["FY2028"]


def test_the_end_is_moved_where_it_is_stated() -> None:
    """``end`` where case.yaml has it, else ``periods``; a description may say what it likes."""
    move = Move(CALENDAR, 1, 0)
    text = "name: x\ndescription: |\n  at the\n  end: of it\nstart: 2027Q1\n"
    for more, expected in (
        ("periods: 4\n", {"start": "2027Q2", "periods": "3"}),
        ("end: 2027Q4\n", {"start": "2027Q2", "end": "2027Q4"}),
    ):
        assert span(SettingsText(text + more), move) == expected


def test_rows_that_moved_are_found_by_their_key() -> None:
    """A budget that the user raised, a row lower, keeps its new figure: it is repeated at the new
    end and gets what is used; one that is gone gets nothing."""
    header = "period,category,usd_max"
    then = table("budgets", header, "FY2027,capex,100", "FY2027,opex,50")
    now = table("budgets", header, "FY2027,all,500", "FY2027,capex,120")
    frame = pd.DataFrame({"_row": [2, 3], "period": ["FY2027", "FY2027"]})
    found = written(frame, then, now)
    assert found.rows == [3, None]
    case: Any = {"budgets": frame}
    draft = budgets_edit(case, found, np.array([7.0, 9.0]), Move(CALENDAR, 1, 1))
    assert draft.cells == {(3, "used_usd"): "7"}
    assert [(row["period"], row["category"], row["usd_max"]) for row, _ in draft.added] == [
        ("FY2028", "capex", "120")
    ]
