"""Sheets: tables of the page that sort, filter and download, cut to what a page can hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.plan.tables import PLAN_TABLE
from planner.report.section import Section
from planner.words import number, printable

MOST_ROWS: Final = 300
"""Rows of a table on the page; the CSV beside it has them all."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: header (name, what it is, whether numbers), rows of (shown, sort value)."""

    name: str
    title: str
    header: tuple[tuple[str, str, bool], ...]
    rows: tuple[tuple[tuple[str, str], ...], ...]
    note: str
    folded: bool = False


def sheet(
    name: str,
    title: str,
    frame: pd.DataFrame,
    columns: Sequence[str],
    *,
    folded: bool = False,
    heads: dict[str, str] | None = None,
) -> Sheet:
    """Return some columns of a plan's table as a sheet.

    Args:
        name: the table's declared name, also that of its CSV.
        title: what it shows.
        frame: its rows, in the order in which they are shown.
        columns: columns to show.
        folded: whether it is closed until somebody opens it.
        heads: other words for the header of a column.

    Returns:
        The sheet; what does not fit is said in its note.
    """
    declared = (
        {column.name: column for column in PLAN_TABLE[name].columns} if name in PLAN_TABLE else {}
    )
    shown = frame.head(MOST_ROWS)
    cells = []
    header = []
    for column in columns:
        values = shown[column]
        numeric = values.dtype.kind in "fiu"
        help_ = declared[column].help if column in declared else ""
        unit = declared[column].unit if column in declared else ""
        header.append(
            (
                (heads or {}).get(column, column.replace("_", " ")),
                f"{help_} [{unit}]" if unit else help_,
                numeric,
            )
        )
        cells.append(
            _numbers(values) if numeric else [(printable(value), "") for value in values.tolist()]
        )
    rows = tuple(zip(*cells, strict=True)) if cells and len(shown) else ()
    cut = (
        f"The first {MOST_ROWS:,} of {len(frame):,} rows; all of them are in "
        f"{PLAN_TABLE[name].path if name in PLAN_TABLE else name + '.csv'} beside this page."
        if len(frame) > MOST_ROWS
        else ""
    )
    return Sheet(name, title, tuple(header), rows, cut, folded)


def _numbers(values: pd.Series[Any]) -> list[tuple[str, str]]:
    array = values.to_numpy(dtype=np.float64)
    return [
        (number(value), f"{value:.12g}") if np.isfinite(value) else ("", "")
        for value in array.tolist()
    ]


def plain(name: str, section: Section, *, folded: bool = False) -> Sheet:
    """Return a sheet of texts that are ready to be shown.

    Args:
        name: the table's declared name, or another for its place on the page.
        section: the texts.
        folded: whether it is closed until somebody opens it.
    """
    return Sheet(
        name,
        section.title,
        tuple((head, "", at in section.right) for at, head in enumerate(section.header)),
        tuple(tuple((cell, "") for cell in row) for row in section.rows),
        section.note,
        folded,
    )
