"""Melting: a table with periods as headers becomes one row per period, and every cell keeps the row
and the header it came from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.case.columns import Bools, Ints, Texts
from planner.case.declare import Table
from planner.case.numbering import again, numbered
from planner.case.problems import Place, Problem, error, suggest
from planner.case.tables import READ
from planner.case.text import CAP, TextTable


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells below periods, row by row: m = rows times periods, or some of them."""

    beside: dict[str, Texts]
    """What stands beside each, its period included, (m,) each."""
    measure: Texts
    """The value column it belongs to, (m,)."""
    row: Ints
    """The row it stands in, (m,)."""
    value: Texts
    """What stands in it, (m,)."""

    def only(self, mask: Bools) -> _Cells:
        """Return those of a mask, (m,)."""
        return _Cells(
            {name: column[mask] for name, column in self.beside.items()},
            self.measure[mask],
            self.row[mask],
            self.value[mask],
        )


def values_of(table: Table) -> tuple[str, ...]:
    """Return the value columns of a table with periods as headers: its numbers outside the key."""
    return tuple(
        column.name
        for column in table.columns
        if column.type == "number" and column.name not in table.key
    )


def melt(
    text: TextTable, table: Table, periods: list[str]
) -> tuple[TextTable | None, list[Problem]]:
    """Turn a table with periods as headers into one row per period.

    A table with one value column holds it in the cells; one with several says in a column
    ``measure`` which each row holds.

    Args:
        text: the table as written.
        table: its declaration.
        periods: the headers that are periods.

    Returns:
        The long table (None where it cannot be made), and problems.
    """
    others = [name for name in text.columns if name not in (*periods, "measure")]
    measure, problems = _measures(text, table)
    problems = problems or _clash(text, table, others)
    if problems:
        return None, problems
    every = _spread(text, periods, others, measure)
    filled = every.value != ""
    problems = _unfilled(text, table, every, filled.reshape(len(text.row), len(periods)))
    if problems:
        return None, problems
    key = [name for name in table.key if name in every.beside]
    number = numbered([every.beside[name] for name in key], sort=False)[0]
    cells = every.only(filled)
    # one row per key; a key that two rows of the same measure share is a duplicate
    entry, first = numbered([cells.beside[name] for name in key], sort=False)
    twice = again(numbered([entry, cells.measure], sort=False)[1], len(entry))
    if len(twice):
        return None, [_twice(text, cells, key, i) for i in twice[:CAP]]
    # the entry of every cell, blank ones included; -1 where all of a key are blank
    of = np.full(len(filled), -1, dtype=np.int64)
    of[number[filled]] = entry
    of = of[number]
    columns = {name: cells.beside[name][first] for name in key}
    for name in others:
        if name not in key:
            columns[name], found = _agreed(text, name, every, of, len(first))
            problems += found
    if problems:
        return None, problems
    cell_rows = {}
    for name in dict.fromkeys(measure):
        part = cells.measure == name
        column = np.full(len(first), "", dtype=object)
        column[entry[part]] = cells.value[part]
        columns[str(name)] = column
        part = (every.measure == name) & (of >= 0)
        cell_rows[str(name)] = rows = np.zeros(len(first), dtype=np.int64)
        rows[of[part]] = every.row[part]
    return (
        TextTable(
            text.name,
            text.file,
            columns,
            cells.row[first],
            at=columns["period"],
            cell_rows=cell_rows,
            commas=text.commas,
        ),
        [],
    )


def _required(table: Table) -> list[str]:
    """Return the value columns that must be filled."""
    return [name for name in values_of(table) if table.column(name).required]


def _measures(text: TextTable, table: Table) -> tuple[Texts, list[Problem]]:
    """Return which value column each row holds, (n,), and why that cannot be said."""
    values, required = values_of(table), _required(table)
    if "measure" in text.columns:
        measure = text.columns["measure"]
        return measure, [
            error(
                "not-allowed",
                Place(text.file, int(text.row[i]), "measure"),
                str(measure[i]),
                f"must be one of {', '.join(values)}",
                suggest(str(measure[i]), values) or "name the value column this row holds",
            )
            for i in np.flatnonzero(~np.isin(measure, values))[:CAP]
        ]
    if len(required) == 1 or len(values) == 1:
        return np.full(len(text.row), (required or list(values))[0], dtype=object), []
    which = ", ".join(values)
    need = f"is needed where periods are headers: it says which of {which} a row holds"
    fix = "add the column, or write one row per period"
    told = error("missing-column", Place(text.file, 1, "measure"), "", need, fix)
    return np.empty(0, dtype=object), [told]


def _clash(text: TextTable, table: Table, others: list[str]) -> list[Problem]:
    """Return the problem of a column that says by row what the headers say by period."""
    clash = [name for name in values_of(table) if name in others]
    if not clash and "period" not in others:
        return []
    place = Place(text.file, 1, clash[0] if clash else "period")
    need = "cannot stand beside periods as headers"
    fix = "write either one row per period or periods as headers"
    return [error("unknown-column", place, "", need, fix)]


def _spread(text: TextTable, periods: list[str], others: list[str], measure: Texts) -> _Cells:
    """Return the cells below periods, those of the first row first."""
    n, p = len(text.row), len(periods)
    beside = {name: np.repeat(text.columns[name], p) for name in others}
    beside["period"] = np.tile(np.array(periods, dtype=object), n)
    value = (
        np.stack([text.columns[name] for name in periods], axis=1).ravel()
        if n
        else np.empty(0, dtype=object)
    )
    return _Cells(beside, np.repeat(measure, p), np.repeat(text.row, p), value)


def _unfilled(text: TextTable, table: Table, every: _Cells, filled: Bools) -> list[Problem]:
    """Return the problems of cells that must be filled, and of other rows that are wholly blank, by
    which of the cells are filled, (n, p)."""
    required, p = _required(table), filled.shape[1]
    blank = ~filled.ravel() & np.isin(every.measure, required)
    problems = [
        error(
            "missing-value",
            Place(text.file, int(every.row[i]), str(every.beside["period"][i])),
            "",
            f"must be given: {table.column(str(every.measure[i])).help}",
            "fill the cell",
        )
        for i in np.flatnonzero(blank)[:CAP]
    ]
    wholly = ~filled.any(axis=1) & ~np.isin(every.measure[::p], required)
    for i in np.flatnonzero(wholly)[:CAP]:
        named = [str(cells[i * p]) for name, cells in every.beside.items() if name != "period"]
        need = f"has no figure in any period: {' '.join(named)}"
        place = Place(text.file, int(text.row[i]), str(every.measure[i * p]))
        problems.append(error("missing-value", place, "", need, "fill in the row, or remove it"))
    return problems


def _twice(text: TextTable, cells: _Cells, key: list[str], i: int) -> Problem:
    """Return the problem of a cell whose key another of the same measure has."""
    place = Place(text.file, int(cells.row[i]), str(cells.beside["period"][i]))
    named = " ".join(str(cells.beside[name][i]) for name in key if name != "period")
    need = f"{named} {cells.measure[i]} is given twice"
    return error("duplicate-key", place, "", need, "keep one of the rows")


def _agreed(
    text: TextTable, name: str, every: _Cells, of: Ints, count: int
) -> tuple[Texts, list[Problem]]:
    """Return a column beside the periods by entry, (count,): its rows, one per measure, may leave
    it blank but not say different things.

    Args:
        text: the table as written.
        name: the column.
        every: the cells below periods.
        of: the entry each belongs to, -1 for none, (m,).
        count: entries.
    """
    cells, row = every.beside[name], every.row
    filled = np.flatnonzero((cells != "") & (of >= 0))
    column = np.full(count, "", dtype=object)
    column[of[filled[::-1]]] = cells[filled[::-1]]  # the first of them stays
    other = filled[column[of[filled]] != cells[filled]]
    if name in ("note", "source", "as_of"):
        return column, []
    problems = []
    for at in other[np.unique(row[other], return_index=True)[1]][:CAP]:
        need = f"must be what the other rows of the same {'; '.join(READ[text.name].key[:1])} say"
        fix = "write the same in each, or leave all but one blank"
        place = Place(text.file, int(row[at]), name)
        problems.append(error("bad-value", place, str(cells[at]), need, fix))
    return column, problems
