"""Problems found in a case: from a mask over the rows of a table to located sentences."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.case.origin import header_of, rows_of
from planner.case.problems import Problem
from planner.case.tables import TABLE

if TYPE_CHECKING:
    from planner.case.case import Case

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Texts = NDArray[np.object_]
Severity = Literal["error", "warning"]

_STAND_IN: Final = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
CAP: Final = 1000
"""Rows that one rule reports one by one; the last of them says how many more there are."""


def texts(frame: pd.DataFrame, column: str) -> Texts:
    """Return a text column as an object array, (n,)."""
    return frame[column].to_numpy(dtype=object)


def numbers(frame: pd.DataFrame, column: str) -> Floats:
    """Return a number, integer or period column as float64, (n,); NaN where it is blank without a
    default."""
    return frame[column].to_numpy(dtype=np.float64)


def whole(frame: pd.DataFrame, column: str) -> Ints:
    """Return a period or integer column that is always filled as int64, (n,)."""
    return frame[column].to_numpy(dtype=np.int64)


def flags(frame: pd.DataFrame, column: str) -> Bools:
    """Return a yes/no column, (n,)."""
    return frame[column].to_numpy(dtype=bool)


def codes(names: Collection[Any], wanted: Collection[Any]) -> Ints:
    """Return the position of every wanted name in ``names``, -1 where it is not there,
    (len(wanted),)."""
    position = {name: i for i, name in enumerate(names)}
    return np.fromiter(
        (position.get(name, -1) for name in wanted), dtype=np.int64, count=len(wanted)
    )


def keys(frame: pd.DataFrame, columns: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return the rows of a few columns as tuples, [n]."""
    return list(zip(*(texts(frame, column) for column in columns), strict=True))


def members(names: Texts, groups: Texts) -> Bools:
    """Return which of ``names`` each tuple of ``groups`` contains, (len(groups), len(names)); other
    names are left out."""
    table = np.zeros((len(groups), len(names)), dtype=bool)
    row, name = exploded(groups)
    at = codes(names, name)
    table[row[at >= 0], at[at >= 0]] = True
    return table


def exploded(groups: Texts) -> tuple[Ints, Texts]:
    """Return (position, name) for every name in every tuple of ``groups``."""
    sizes = np.fromiter(map(len, groups), dtype=np.int64, count=len(groups))
    flat = np.empty(int(sizes.sum()), dtype=object)
    flat[:] = [name for group in groups for name in group]
    return np.repeat(np.arange(len(groups)), sizes), flat


def plain(value: object) -> str:
    """Return a cell as a person writes it: 4000, 0.85, 3.79e+25, names joined by ``;``, nothing for
    a blank."""
    if isinstance(value, tuple):
        return "; ".join(str(name) for name in value)
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (float, int, np.floating, np.integer)):
        number = float(value)
        if np.isnan(number):
            return ""
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else f"{number:.6g}"
    return str(value)


def _cell(case: Case, table: str, column: str, value: object) -> str:
    """Return a cell of a table as text; periods by their label, instants by the period they lie
    in."""
    kinds = {declared.name: declared.type for declared in TABLE[table].columns}
    if (
        kinds.get(column) == "period"
        and isinstance(value, (int, float, np.integer, np.floating))
        and not np.isnan(float(value))
    ):
        return str(case.calendar.label(int(value)))
    return plain(value)


def filled(sentence: str, words: Mapping[str, object]) -> str:
    """Return a sentence with its stand-ins ``{name}`` replaced, each once: what stands in for them
    is text, and so is every other brace."""
    return _STAND_IN.sub(
        lambda found: str(words[found[1]]) if found[1] in words else found[0], sentence
    )


def rows(
    case: Case,
    table: str,
    mask: Bools,
    column: str,
    code: str,
    need: str,
    fix: str,
    /,
    *,
    severity: Severity = "error",
    value: Sequence[Any] | Texts | None = None,
    **words: Any,
) -> list[Problem]:
    """Return one problem per row of a table where ``mask`` is set, at most ``CAP``.

    Args:
        case: the case.
        table: name of the table.
        mask: rows that break the rule, (n,).
        column: the column to look at.
        code: stable code of the rule.
        need: what is allowed, as the rest of a sentence about the cell (`must be ...`, `needs
            ...`); ``{name}`` stands for the row's cell of that column or for one of ``words``.
        fix: what to do, with the same stand-ins.
        severity: error or warning.
        value: what to show as the value, one per row of the table; None = the row's cell in
            ``column``.
        words: arrays of further stand-ins, one entry per row of the table, or one value for all
            rows.

    Returns:
        The problems, in the order of the files' rows.
    """
    frame = case[table]
    found = np.flatnonzero(mask)
    if not len(found):
        return []
    files, numbered = texts(frame, "_file"), rows_of(frame, column)
    found = found[np.argsort(numbered[found], kind="stable")]
    problems = []
    for i in found[:CAP]:
        cells = {name: _cell(case, table, name, frame[name].iat[i]) for name in frame.columns}
        cells |= {
            name: plain(word[i]) if isinstance(word, (np.ndarray, list)) else plain(word)
            for name, word in words.items()
        }
        shown = cells[column] if value is None else plain(value[i])
        problems.append(
            Problem(
                code,
                severity,
                str(files[i]),
                int(numbered[i]),
                header_of(frame, int(i), column),
                shown,
                filled(need, cells),
                filled(fix, cells),
            )
        )
    return more(problems, len(found))


def more(problems: list[Problem], count: int) -> list[Problem]:
    """Let the last problem say how many more there are."""
    if count > len(problems):
        last = problems[-1]
        fix = f"{last.fix} ({count - len(problems)} more rows have the same problem)"
        problems[-1] = dataclasses.replace(last, fix=fix, rows=count - len(problems) + 1)
    return problems


def about(
    table: str,
    column: str,
    code: str,
    need: str,
    fix: str,
    *,
    value: str = "",
    severity: Severity = "error",
) -> Problem:
    """Return a problem of a whole table (or of ``case.yaml``), which has no row."""
    return Problem(
        code,
        severity,
        TABLE[table].path if table in TABLE else table,
        None,
        column,
        value,
        need,
        fix,
    )


def first_of(
    case: Case,
    table: str,
    mask: Bools,
    column: str,
    code: str,
    need: str,
    fix: str,
    /,
    *,
    value: str = "",
    severity: Severity = "error",
) -> Problem:
    """Return one problem for all rows of a table where ``mask`` is set, at the first of them as the
    file has them."""
    found, row = np.flatnonzero(mask), rows_of(case[table], column)
    i = int(found[np.argmin(row[found])])
    return Problem(
        code,
        severity,
        str(texts(case[table], "_file")[i]),
        int(row[i]),
        header_of(case[table], i, column),
        value,
        need,
        fix,
        len(found),
    )


def gaps(case: Case, missing: Bools) -> tuple[Texts, Ints]:
    """Return, per row of ``missing`` (n, T), the label of the first period that is missing and how
    many are, (n,), (n,)."""
    labels = np.array(case.calendar.labels, dtype=object)
    return labels[missing.argmax(axis=1)], missing.sum(axis=1).astype(np.int64)


def absent(
    case: Case,
    table: str,
    column: str,
    code: str,
    names: Texts,
    missing: Bools,
    need: str,
    fix: str,
    *,
    severity: Severity = "error",
) -> list[Problem]:
    """Return one problem per name with periods missing from a table, at the first row of that name
    where it has one.

    Args:
        case: the case.
        table: the table that lacks rows or figures.
        column: its column to look at.
        code: stable code of the rule.
        names: what the rows are about, by the first column of the table's key, (n,).
        missing: periods without a row, (n, T).
        need: what is allowed, with ``{name}``, ``{first}`` (label), ``{count}`` and ``{periods}``
            (of the plan).
        fix: what to do, with the same stand-ins.
        severity: error or warning.
    """
    declared, frame = TABLE[table], case[table]
    found = np.flatnonzero(missing.any(axis=1))
    if not len(found):
        return []
    first, count = gaps(case, missing)
    listed = frame[["_file", "_row"]].groupby(texts(frame, declared.key[0])).first()
    problems = []
    for i in found[:CAP]:
        words = {
            "name": names[i],
            "first": first[i],
            "count": count[i],
            "periods": case.calendar.count,
        }
        file, row = listed.loc[names[i]] if names[i] in listed.index else (declared.path, None)
        value = (
            str(names[i]) if declared.wide else ""
        )  # a missing row is named by what it would be about, a missing figure is a blank cell
        problems.append(
            Problem(
                code,
                severity,
                str(file),
                None if row is None else int(row),
                column,
                value,
                filled(need, words),
                filled(fix, words),
            )
        )
    return more(problems, len(found))
