"""Reading: from tables of text to typed tables, wide or long, with every problem located."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd

from planner.case.blanks import blank_bits, header_bits
from planner.case.convert import typed
from planner.case.declare import Table
from planner.case.numbering import again, numbered
from planner.case.origin import HEADER, ROW_OF
from planner.case.periods import Calendar
from planner.case.problems import Place, Problem, error
from planner.case.tables import READ
from planner.case.text import CAP, TextTable
from planner.case.wide import readable, widen


def read_table(text: TextTable, calendar: Calendar) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Return a typed table: every declared column, long form, sorted by key, with ``_file``,
    ``_row``, ``_blank`` and ``_written`` (see ``blanks``).

    Args:
        text: the table as written.
        calendar: the plan's calendar.

    Returns:
        The frame, one row per entry of its key (None where a cell is wrong), and problems.
    """
    table = READ[text.name]
    long, problems = widen(text, calendar.frequency)
    if long is None:  # what stands in its other columns is told at once
        part = readable(text)
        for column in table.columns if part is not None else ():
            if part is not None and column.name in part.columns:
                problems += typed(part, column, calendar)[1]
        return None, problems
    if table.other_columns:
        long = _only_orders(long)
    columns: dict[str, Any] = {}
    for column in table.columns:
        columns[column.name], found = typed(long, column, calendar)
        problems += found
    row = np.asarray(long.row, dtype=np.int64)
    key = list(table.key) or (["offer", "site", "order_period"] if table.other_columns else [])
    if problems and (not key or any(columns[name] is None for name in key)):
        return None, problems
    if key:
        entry, first = numbered([columns[name] for name in key], sort=True)
        twice = again(first, len(entry))
        for i in twice[:CAP]:
            what = " ".join(
                calendar.label(columns[name][i])
                if table.column(name).type == "period"
                else str(columns[name][i])
                for name in key
            ).strip()
            problems.append(
                error(
                    "duplicate-key",
                    Place(long.file, int(row[i]), "; ".join(key)),
                    what,
                    f"stands in row {int(row[first[entry[i]]])} as well",
                    "keep one of the rows",
                )
            )
        if problems:
            return None, problems
        order = np.argsort(entry, kind="stable")
    else:
        lines = list(
            zip(*(map(str, columns[column.name]) for column in table.columns), strict=True)
        )
        order = np.array(sorted(range(len(lines)), key=lines.__getitem__), dtype=np.int64)
    frame = pd.DataFrame(
        {name: values[order] for name, values in columns.items()}
        | {"_file": long.file, "_row": row[order], "_blank": blank_bits(long, table)[order]}
        | {"_written": np.full(len(row), header_bits(long, table), dtype=np.int64)}
        | {
            f"{ROW_OF}{name}": np.where(rows > 0, rows, row)[order]
            for name, rows in long.cell_rows.items()
        }
        | ({} if long.at is None else {HEADER: long.at[order]})
    )
    return frame, []


def _only_orders(text: TextTable) -> TextTable:
    """Keep the order lines of a buy plan: what was kept, rented, retired, moved or cancelled is not
    compared."""
    n = len(text.row)
    action, status = (
        text.columns.get(name, np.full(n, "", dtype=object)) for name in ("action", "status")
    )
    kept = ~np.isin(action, ["rent", "retire", "relocate", "keep", "cancel"]) & ~np.isin(
        status, ["existing", "committed"]
    )
    columns = {name: cells[kept] for name, cells in text.columns.items()}
    return dataclasses.replace(text, columns=columns, row=text.row[kept], entry=None)


def empty_table(table: Table) -> pd.DataFrame:
    """Return an absent table: all columns, no rows, the types it would have."""
    kinds = {"number": "float64", "instant": "float64", "yes_no": "bool"}
    types = {
        column.name: (
            "float64"
            if column.type in ("integer", "period")
            and not column.required
            and column.default is None
            else "int64"
            if column.type in ("integer", "period")
            else kinds.get(column.type, "object")
        )
        for column in table.columns
    }
    return pd.DataFrame(
        {
            name: np.empty(0, dtype=kind)
            for name, kind in (
                types | {"_file": "object", "_row": "int64", "_blank": "int64", "_written": "int64"}
            ).items()
        }
    )
