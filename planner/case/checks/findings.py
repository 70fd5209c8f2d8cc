"""Problems found in a case: from a mask over the rows of a table to located sentences."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from planner.case.cells import plain
from planner.case.columns import Bools, Ints, Texts, texts
from planner.case.origin import header_of, row_of, rows_of
from planner.case.problems import Place, Problem, error, filled
from planner.case.tables import READ

if TYPE_CHECKING:
    from planner.case.case import Case

Severity = Literal["error", "warning"]

CAP: Final = 1000
"""Rows that one rule reports one by one; the last of them says how many more there are."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one column of a table, and which of them break a rule."""

    case: Case
    table: str
    column: str
    broken: Bools
    """By row of the table, (n,)."""

    def place(self, i: int) -> Place:
        """Return where the cell of row ``i`` of the table stands in the files."""
        frame = self.case[self.table]
        file = str(texts(frame, "_file")[i])
        return Place(file, row_of(frame, i, self.column), header_of(frame, i, self.column))


@dataclass(frozen=True, slots=True)
class Missing:
    """Periods that a table has no figure for, by what its rows are about."""

    case: Case
    table: str
    column: str
    """The column to look at."""
    names: Texts
    """What the rows are about, by the first column of the table's key, (n,)."""
    periods: Bools
    """Periods without a row, (n, T)."""


def _cell(case: Case, table: str, column: str, value: object) -> str:
    """Return a cell of a table as text; periods by their label, instants by the period they lie
    in."""
    kinds = {declared.name: declared.type for declared in READ[table].columns}
    if (
        kinds.get(column) == "period"
        and isinstance(value, (int, float, np.integer, np.floating))
        and not np.isnan(float(value))
    ):
        return str(case.calendar.label(int(value)))
    return plain(value)


def rows(
    cells: Cells,
    code: str,
    need: str,
    fix: str,
    /,
    *,
    severity: Severity = "error",
    value: Sequence[Any] | Texts | None = None,
    **words: Any,
) -> list[Problem]:
    """Return one problem per cell that breaks a rule, at most ``CAP``.

    Args:
        cells: the cells and which of them break it.
        code: stable code of the rule.
        need: what is allowed, as the rest of a sentence about the cell (`must be ...`, `needs
            ...`); ``{name}`` stands for the row's cell of that column or for one of ``words``.
        fix: what to do, with the same stand-ins.
        severity: error or warning.
        value: what to show as the value, one per row of the table; None = the cell.
        words: arrays of further stand-ins, one entry per row of the table, or one value for all
            rows.

    Returns:
        The problems, in the order of the files' rows.
    """
    case, table, frame = cells.case, cells.table, cells.case[cells.table]
    found = np.flatnonzero(cells.broken)
    if not len(found):
        return []
    found = found[np.argsort(rows_of(frame, cells.column)[found], kind="stable")]
    problems = []
    for i in found[:CAP]:
        row = {name: _cell(case, table, name, frame[name].iat[i]) for name in frame.columns}
        row |= {
            name: plain(word[i]) if isinstance(word, (np.ndarray, list)) else plain(word)
            for name, word in words.items()
        }
        shown = row[cells.column] if value is None else plain(value[i])
        problems.append(
            Problem(
                code, severity, *cells.place(int(i)), shown, filled(need, row), filled(fix, row)
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


def first_of(cells: Cells, code: str, need: str, fix: str, *, value: str = "") -> Problem:
    """Return one warning for all cells that break a rule, at the first of them as the file has
    them."""
    found = np.flatnonzero(cells.broken)
    row = rows_of(cells.case[cells.table], cells.column)
    place = cells.place(int(found[np.argmin(row[found])]))
    return Problem(code, "warning", *place, value, need, fix, len(found))


def gaps(case: Case, missing: Bools) -> tuple[Texts, Ints]:
    """Return, per row of ``missing`` (n, T), the label of the first period that is missing and how
    many are, (n,), (n,)."""
    labels = np.array(case.calendar.labels, dtype=object)
    return labels[missing.argmax(axis=1)], missing.sum(axis=1).astype(np.int64)


def absent(missing: Missing, code: str, need: str, fix: str) -> list[Problem]:
    """Return one problem per name with periods missing from a table, at the first row of that name
    where it has one.

    Args:
        missing: what the table lacks.
        code: stable code of the rule.
        need: what is allowed, with ``{name}``, ``{first}`` (label), ``{count}`` and ``{periods}``
            (of the plan).
        fix: what to do, with the same stand-ins.
    """
    case, names = missing.case, missing.names
    declared, frame = READ[missing.table], case[missing.table]
    found = np.flatnonzero(missing.periods.any(axis=1))
    if not len(found):
        return []
    first, count = gaps(case, missing.periods)
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
        place = Place(str(file), None if row is None else int(row), missing.column)
        # a missing row is named by what it would be about, a missing figure is a blank cell
        value = str(names[i]) if declared.wide else ""
        problems.append(error(code, place, value, filled(need, words), filled(fix, words)))
    return more(problems, len(found))
