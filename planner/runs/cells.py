"""Cells: the tables of a plan as CSV text and back, by their declarations.

Written: UTF-8, LF, comma, header first, a blank cell for what is missing.  Chips to 6 decimals, USD
amounts to the cent, every other number (prices, rates, MW, FLOP) to 12 significant digits.  Text is
kept as it is, also where it begins with ``= + - @``: a CSV is data, and what changed it would break
the keys.  Equal tables give equal bytes.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.case.declare import Column, Table
from planner.plan.formats import (
    FORMAT_VERSION,
    earlier_columns,
    later_columns,
    stated_columns,
)
from planner.plan.tables import PLAN_TABLES

WRITTEN: Final = {table.name: table for table in PLAN_TABLES}
"""Every table that a run may write, by name."""


def number_style(column: Column) -> str:
    """Return how a number column is written: ``chips`` (6 decimals), ``money`` (2 decimals) or
    ``digits`` (12 significant).

    Money is an amount in USD.  A price in USD per something, or the price of a single unit, keeps
    its digits: a cent is too coarse for a chip-hour or a million tokens.
    """
    if column.unit == "chips":
        return "chips"
    if column.unit == "USD" and column.name.endswith("usd") and "price" not in column.name:
        return "money"
    return "digits"


def number_cells(
    values: NDArray[np.float64], style: str, what: str = "number"
) -> NDArray[np.object_]:
    """Return numbers, (n,), as text in one of the styles of :func:`number_style`, (n,); NaN becomes
    a blank.

    Raises:
        ValueError: naming ``what`` where a number is infinite, which no table may hold (blank =
            without end).
    """
    codes, uniques = pd.factorize(
        values
    )  # NaN gets code -1; each distinct number is formatted once
    if np.isinf(uniques).any():
        raise ValueError(f"{what} holds an infinite number")
    if style == "digits":
        cells = (
            np.strings.mod("%.12g", uniques.astype(np.float64)).astype(object)
            if len(uniques)
            else np.array([], dtype=object)
        )
    else:
        decimals = 6 if style == "chips" else 2
        fixed = (
            np.strings.mod(f"%.{decimals}f", uniques.astype(np.float64))
            if len(uniques)
            else np.array([], dtype="<U1")
        )
        cells = (
            np.strings.rstrip(np.strings.rstrip(fixed, "0"), ".") if style == "chips" else fixed
        ).astype(object)
    cells[np.isin(cells, ("-0", "-0.00"))] = "0" if style != "money" else "0.00"
    return np.append(cells, "")[codes]


def column_cells(column: Column, series: pd.Series[Any], what: str) -> NDArray[np.object_]:
    """Return one column as text cells, (rows,); raises ``ValueError`` naming ``what`` for a value
    that its type cannot hold."""
    if column.type in ("number", "integer"):
        return number_cells(
            series.to_numpy(dtype=np.float64, na_value=np.nan), number_style(column), what
        )
    missing = series.isna().to_numpy(dtype=bool)
    if column.type == "yes_no":
        cells = np.where(series.to_numpy(dtype=object) == True, "yes", "no").astype(object)  # noqa: E712
    else:
        cells = series.to_numpy(dtype=object).copy()
        kinds = set(map(type, cells[~missing].tolist()))
        if kinds - {str, np.str_}:
            raise ValueError(
                f"{what} must hold text, not "
                f"{', '.join(sorted(kind.__name__ for kind in kinds - {str}))}"
            )
    cells[missing] = ""
    return cells


def text_frame(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table of the plan as text cells, its declared columns in their declared order.

    Raises:
        ValueError: naming the table and the columns where these are not exactly the declared ones,
            or a cell of the wrong type.
    """
    names = [column.name for column in table.columns]
    if set(names) != set(frame.columns):
        lacks, more = (
            sorted(set(names) - set(frame.columns)),
            sorted(set(frame.columns) - set(names)),
        )
        raise ValueError(f"table {table.name} of the plan lacks {lacks} and has undeclared {more}")
    spare = stated_columns(table)
    names = [name for name in names if name not in spare or frame[name].notna().any()]
    return pd.DataFrame(
        {
            c.name: column_cells(c, frame[c.name], f"{table.name}.{c.name}")
            for c in table.columns
            if c.name in names
        },
        columns=names,
    )


def write_table(table: Table, frame: pd.DataFrame, path: Path) -> None:
    """Write one table of the plan as CSV; raises ``ValueError`` as :func:`text_frame` does,
    ``OSError`` where it cannot be written."""
    text = text_frame(table, frame).to_csv(index=False, lineterminator="\n")
    path.write_bytes(text.encode("utf-8"))


def read_table(table: Table, path: Path, version: int = FORMAT_VERSION) -> pd.DataFrame:
    """Read one table of a plan back: number columns as float64 (blank = NaN), all others as text
    (blank = "").

    Args:
        table: its declaration.
        path: the file.
        version: the format it was written in; columns that this has not yet are blank.

    Raises:
        ValueError: where the file is not that table, naming the row and column; ``OSError`` where
            it cannot be read.
    """
    later, gone = later_columns(table, version), earlier_columns(table, version)
    if len(later) == len(table.columns) and not path.exists():  # a table that came later
        return _blank(table, 0, [column.name for column in table.columns])
    try:
        frame = pd.read_csv(
            path,
            dtype=object,
            keep_default_na=False,
            na_filter=False,
            encoding="utf-8",
            lineterminator="\n",
            low_memory=False,
            index_col=False,
            header=None,
        )
    except MemoryError:
        raise ValueError("is not a CSV table") from None
    header = frame.iloc[0].tolist() if len(frame) else []
    names = [column.name for column in table.columns]
    later |= stated_columns(table) - set(header)
    if set(header) - gone != set(names) - later or len(set(header)) != len(header):
        raise ValueError(
            f"does not have the columns of {table.name}: "
            f"{', '.join(name for name in names if name not in later)}"
        )
    rows = frame.iloc[1:].reset_index(drop=True)
    rows.columns = pd.Index(header)
    found: dict[str, Any] = {
        column.name: _read_column(column, rows[column.name])
        for column in table.columns
        if column.name not in later
    }
    blank = _blank(table, len(rows), sorted(later))
    found |= {name: blank[name] for name in sorted(later)}
    result = pd.DataFrame(found, columns=names)
    if table.key and not later & set(table.key):
        twice = result.duplicated(list(table.key)).to_numpy()
        if twice.any():
            row = int(np.flatnonzero(twice)[0])
            key = ", ".join(str(result[name].iloc[row]) for name in table.key)
            raise ValueError(f"row {row + 2}: {key} stands there twice")
    return result


_PERIOD: Final = re.compile(r"\d{4}(Q[1-4]|-(0[1-9]|1[0-2]))?|")
"""A period as the planner writes it, or a blank."""


def _read_column(column: Column, cells: pd.Series[Any]) -> Any:
    """Return one column of a written table, typed; raises ``ValueError`` with the row that is
    wrong."""
    codes, distinct = pd.factorize(cells.to_numpy(dtype=object), use_na_sentinel=False)
    wrong = np.array([not isinstance(text, str) for text in distinct], dtype=bool)
    need, values = "has too few cells", distinct
    if not wrong.any() and column.type in ("number", "integer"):
        need = "is not a number"
        values = np.asarray(pd.to_numeric(distinct, errors="coerce"), dtype=np.float64)
        wrong = ~np.isfinite(values) & (distinct != "")
    elif not wrong.any() and column.type == "period":
        need = "is not a period"
        wrong = np.array([not _PERIOD.fullmatch(text) for text in distinct], dtype=bool)
    elif not wrong.any() and column.allowed:
        need = f"is none of {', '.join(column.allowed)}"
        wrong = ~np.isin(distinct.astype(str), [*column.allowed, ""])
    if wrong.any():
        row = int(np.flatnonzero(wrong[codes])[0])
        text = distinct[codes[row]]
        told = f"{text[:60]!r} {need}" if isinstance(text, str) else need
        raise ValueError(f"row {row + 2}, column {column.name}: {told}")
    if column.type in ("number", "integer"):
        return np.asarray(values, dtype=np.float64)[codes]
    return np.asarray(values, dtype=object)[codes]


def _blank(table: Table, count: int, names: list[str]) -> pd.DataFrame:
    """Return blank columns of a table."""
    numbers = {column.name for column in table.columns if column.type in ("number", "integer")}
    return pd.DataFrame(
        {
            name: np.full(count, np.nan) if name in numbers else np.full(count, "", dtype=object)
            for name in names
        }
    )
