"""The written files of a run, read with suspicion: every fault becomes a failed check, never an
exception."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.audit.verdict import Check, failure
from planner.case.case import Case
from planner.case.declare import Column
from planner.plan.formats import FORMAT_VERSION, later_columns, stated_columns
from planner.plan.tables import PLAN_TABLE

NO_PERIOD: Final = -(10**6)
"""Stands for a blank period."""

AUDITED: Final = (
    "buy_plan",
    "orders",
    "vintages",
    "allocation",
    "rentals",
    "fleet",
    "power",
    "supply",
    "budget",
    "limits",
    "milestones",
    "demand_coverage",
    "costs",
)
"""Tables that the audit recomputes; the others (prices, causes, ...) state opinions of the optimum,
not the plan."""

_NAMED: Final = {
    "chip": ("chips", "chip"),
    "site": ("sites", "site"),
    "from_site": ("sites", "site"),
    "lost_site": ("sites", "site"),
}
"""Columns whose names an input table must know."""


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal; raises ``OSError`` where it cannot be read."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def read_json(folder: Path, name: str) -> tuple[Mapping[str, Any] | None, Check]:
    """Return a JSON document of the run (None where it cannot be read) and the check that it
    could."""
    limit = "a JSON document whose top is an object"
    try:
        value = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        return None, failure(f"files.{name}", f"{name} cannot be read: {error}", limit)
    if not isinstance(value, dict):
        return None, failure(
            f"files.{name}", f"{name} holds a {type(value).__name__}, not an object", limit
        )
    return value, Check(f"files.{name}", True, 0.0, "read", limit)


def empty_rows(name: str) -> pd.DataFrame:
    """Return a table of the run without rows, its columns typed as ``read_table`` has them."""
    kinds = {"number": np.float64, "period": np.int64}
    return pd.DataFrame(
        {
            column.name: np.zeros(0, dtype=kinds.get(column.type, object))
            for column in PLAN_TABLE[name].columns
        }
    )


def read_table(
    folder: Path, name: str, case: Case, version: int = FORMAT_VERSION
) -> tuple[pd.DataFrame | None, Check]:
    """Read one CSV table of the run.

    Args:
        folder: the run folder.
        name: name of a table of ``PLAN_TABLES``.
        case: the case, for periods and names.
        version: format that the run says it was written in; columns that came later are blank.

    Returns:
        The table (None where it is damaged) with ``number`` columns as float64, NaN where blank,
        ``period`` columns as int64, ``NO_PERIOD`` where blank, and text elsewhere; and the check
        that tells what is wrong with it.
    """
    table = PLAN_TABLE[name]
    limit = f"a UTF-8 CSV file with the {len(table.columns)} columns that outputs/README.md lists"
    title = f"files.{table.path}"

    def bad(where: str) -> tuple[None, Check]:
        return None, failure(title, f"{table.path}{where}", limit)

    try:
        frame = pd.read_csv(
            folder / table.path,
            dtype=object,
            keep_default_na=False,
            na_filter=False,
            encoding="utf-8",
            low_memory=False,
        )
    except (
        OSError,
        ValueError,
        MemoryError,
    ) as error:  # UnicodeDecodeError and pandas' parser errors are ValueErrors
        return bad(f" cannot be read: {error}")
    if len(frame) and not isinstance(frame.index, pd.RangeIndex):
        # pandas takes the first cells of rows that are longer than the header for names of rows
        return bad(": its rows have more cells than its header")
    later = later_columns(table, version) | stated_columns(table)
    frame = frame.assign(**{name: "" for name in later if name not in frame.columns})
    missing = [column.name for column in table.columns if column.name not in frame.columns]
    if missing:
        return bad(
            f" has no column {missing[0]}"
            + (f" (nor {len(missing) - 1} others)" if len(missing) > 1 else "")
        )
    short = np.flatnonzero(frame.isna().to_numpy().any(axis=1))
    if len(short):
        return bad(f", row {short[0] + 2}: too few cells")
    result: dict[str, Any] = {}
    for column in table.columns:
        text = frame[column.name].to_numpy(dtype=object)
        value, row, need = _convert(text, column, case)
        if row is not None:
            return bad(f", row {row + 2}, column {column.name}: {text[row]!r} {need}")
        result[column.name] = value
    clean = pd.DataFrame(result)
    if table.key:
        twice = clean.duplicated(list(table.key), keep="first").to_numpy()
        if twice.any():
            row = int(np.flatnonzero(twice)[0])
            key = ", ".join(str(frame[column].iloc[row]) for column in table.key)
            return bad(f", row {row + 2}: the key {key} stands there twice")
    return clean, Check(title, True, 0.0, f"{len(clean)} rows", limit)


def _convert(text: NDArray[np.object_], column: Column, case: Case) -> tuple[Any, int | None, str]:
    """Return a column converted, and the first row that is wrong with what it should be."""
    if column.type == "number":
        value = np.asarray(pd.to_numeric(text, errors="coerce"), dtype=np.float64)
        return value, _first(~np.isfinite(value) & (text != "")), "is not a number"
    if column.type == "period":
        code, labels = pd.factorize(text)
        period_of = np.full(len(labels), NO_PERIOD, dtype=np.int64)
        for i, label in enumerate(labels):  # a loop over the few labels, not over rows
            try:
                period_of[i] = NO_PERIOD if label == "" else int(case.calendar.parse(label))
            except ValueError:
                return None, _first(code == i), "is not a period"
        return period_of[code], None, ""
    if column.name in _NAMED:
        table, key = _NAMED[column.name]
        # rows without a chip or site of their own leave it blank; power has no chip type
        return (
            text,
            _first(~np.isin(text, [*case[table][key], "", *(["power"] if key == "chip" else [])])),
            f"is not in {table}.csv",
        )
    if column.name == "slice":
        blank = [""] if column.type == "text" else []  # what is not about one leaves it blank
        return (
            text,
            _first(~np.isin(text, [*(s.name for s in case.settings.slices), *blank])),
            "is not a slice of case.yaml",
        )
    if column.allowed:
        return (
            text,
            _first(~np.isin(text, [*column.allowed, ""])),
            f"is none of {', '.join(column.allowed)}",
        )
    return text, None, ""


def _first(wrong: Any) -> int | None:
    """Return the position of the first True, or None."""
    at = np.flatnonzero(wrong)
    return int(at[0]) if len(at) else None
