"""Rows that ``--set`` adds and takes out, so that a policy, an offer or a site that is not there
can be tried.

``limits.cap+=scope=vendor, member=Nvidia, measure=spend, max_share=0.5`` adds a row; with ``like=``
it is a copy of one that is there; ``*`` for its period means every period of the plan.
``limits.cap-=`` takes out all rows that it names, ``rules-=chip=h100`` those whose cells are so.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from planner.case.columns import Bools, Ints, Texts
from planner.case.declare import Table
from planner.case.periods import Calendar, absolute_period
from planner.case.problems import Problem, suggest
from planner.case.settings.read import read_settings
from planner.case.spelling import (
    Override,
    Part,
    Said,
    quote_name,
    split_cells,
    split_override,
)
from planner.case.tables import TABLE
from planner.case.text import TextTable
from planner.case.wide import widen

LIKE: Final = "like"
"""Where a column would be named: the row that one is a copy of."""
_PATTERN: Final = frozenset("*?[]")
_EXAMPLE: Final = "limits.cap+=scope=all, measure=carbon, max=1000"


def change_rows(
    tables: dict[str, TextTable], tree: Any, override: Override
) -> tuple[TextTable | None, list[Problem]]:
    """Return a table with rows added or taken out.

    Args:
        tables: the tables of the case as text, by name.
        tree: its settings as nested values, for ``*`` in place of a period.
        override: what adds or takes out.

    Returns:
        The table in long form (None where the override is wrong), and problems.
    """
    table = TABLE[override.table]
    written = tables.get(table.name)
    if written is None and override.sign == "-=":
        return None, [override.wrong(f"the case has no {table.path}", "leave it out")]
    long = _empty(table) if written is None else numbered_rows(written)
    if isinstance(long, list):
        return None, long
    said = split_cells(override.value) if override.value else []
    if said is None:
        need = "must name cells as column=text, separated by commas"
        fix = f"for instance {_EXAMPLE}; a text with a comma in it stands in double quotes"
        return None, [override.wrong(need, fix)]
    wrong = _unknown(table, override, said)
    if wrong:
        return None, wrong
    work = _added if override.sign == "+=" else _taken_out
    return work(long, tree, override, said)


def numbered_rows(written: TextTable) -> TextTable | list[Problem]:
    """Return the long form of a table, its rows numbered, or why it has none."""
    if written.entry is not None:
        return written
    long, problems = widen(written)
    if long is None:
        return problems
    return dataclasses.replace(long, entry=np.arange(len(long.row), dtype=np.int64))


def _empty(table: Table) -> TextTable:
    """Return a table that the case does not have yet."""
    none = np.empty(0, dtype=np.int64)
    columns: dict[str, Texts] = {name: np.empty(0, dtype=object) for name in table.key}
    return TextTable(table.name, table.path, columns, none, entry=none.copy())


def _unknown(table: Table, override: Override, said: Sequence[Said]) -> list[Problem]:
    """Return what is wrong with the columns that an override names: unknown, twice, keys given
    already, or more keys than there are."""
    columns = [column.name for column in table.columns]
    keys = override.parts[1:]
    if len(keys) > len(table.key):
        last = keys[-1].text
        has = f"{table.name} has the keys {', '.join(table.key) or 'none'}"
        fix = f"name cells behind the sign, as in {_EXAMPLE}"
        need = f"{last} is no key" if last in columns else f"names {len(keys)} keys"
        return [override.wrong(f"{need}: {has}", fix)]
    seen: set[str] = set(table.key[: len(keys)])
    for one in said:
        if one.column == LIKE and override.sign == "+=":
            continue
        if one.column not in columns:
            fix = suggest(one.column, columns) or f"the columns are {', '.join(columns)}"
            return [override.wrong(f"{one.column} is not a column of {table.name}", fix)]
        if one.column in seen:
            return [override.wrong(f"names {one.column} twice", "name it once")]
        seen.add(one.column)
    return []


def _taken_out(
    long: TextTable, tree: Any, override: Override, said: Sequence[Said]
) -> tuple[TextTable | None, list[Problem]]:
    """Return a table without the rows that an override names."""
    hit, problems = find_rows(long, override, override.parts[1:])
    if problems:
        return None, problems
    blank = np.full(len(long.row), "", dtype=object)
    for one in said:
        hit &= _matching(one.part, long.columns.get(one.column, blank))
    if not hit.any():
        fix = "correct the keys and cells, or use * for all"
        return None, [override.wrong(f"matches no row of {TABLE[long.name].path}", fix)]
    return _picked(long, np.flatnonzero(~hit)), []


def _matching(part: Part, cells: Texts) -> Bools:
    """Return in which cells a part stands, (n,)."""
    distinct, back = np.unique(cells.astype(str), return_inverse=True)
    return part.matches([str(entry) for entry in distinct])[back]


def find_rows(
    long: TextTable, override: Override, wanted: Sequence[Part]
) -> tuple[Bools, list[Problem]]:
    """Return which rows of a table have keys that match, (n,); keys left out at the end match.

    Args:
        long: the table, one row per period.
        override: what asks, for its message.
        wanted: the keys, in the table's order.
    """
    table = TABLE[long.name]
    hit = np.ones(len(long.row), dtype=bool)
    # a key that the file leaves out is blank in every row, that of lots among them
    blank = np.full(len(long.row), "", dtype=object)
    for key, pattern in zip(table.key, wanted, strict=False):
        cells = long.columns.get(key, blank)
        matched = _matching(pattern, cells)
        if len(cells) and not matched.any():
            names = [quote_name(str(entry)) for entry in np.unique(cells.astype(str))]
            hint = suggest(pattern.text, names) or "correct the name, or use * for all"
            if override.sign == "=" and pattern.text[-1:] == "-" and not pattern.exact:
                hint = "to subtract, write += and a negative number"
            need = f"{pattern.text} is no {key} in {table.path}"
            return hit, [override.wrong(need, hint)]
        hit &= matched
    return hit, []


def _added(
    long: TextTable, tree: Any, override: Override, said: Sequence[Said]
) -> tuple[TextTable | None, list[Problem]]:
    """Return a table with the rows that an override adds."""
    table, keys = TABLE[long.name], override.parts[1:]
    like = next((one for one in said if one.column == LIKE), None)
    cells = {one.column: one.part.text for one in said if one is not like}
    named = {key: [part.text] for key, part in zip(table.key, keys, strict=False)}
    for key, part in zip(table.key, keys, strict=False):
        every = part == Part("*") and table.column(key).type == "period" and like is None
        if every:
            labels, problems = _periods(tree, override)
            if problems:
                return None, problems
            named[key] = labels
        elif not part.exact and not _PATTERN.isdisjoint(part.text):
            star = " (only * for a period, which means every period of the plan)"
            need = f"{part.text} is a pattern, and a row that is added has names{star}"
            return None, [override.wrong(need, "write the name, in double quotes if it has marks")]
    if like is None:
        count = max(map(len, named.values()), default=1)
        columns = {
            name: np.array(texts * (count // len(texts)), dtype=object)
            for name, texts in named.items()
        }
        at = np.full(count, -1, dtype=np.int64)
    else:
        at, problems = _copied(long, override, like.raw)
        if problems:
            return None, problems
        columns = {name: np.full(len(at), texts[0], dtype=object) for name, texts in named.items()}
    columns |= {name: np.full(len(at), text, dtype=object) for name, text in cells.items()}
    return with_rows(long, at, columns), []


def _periods(tree: Any, override: Override) -> tuple[list[str], list[Problem]]:
    """Return the labels of every period of the plan."""
    settings, problems = read_settings(tree, {})
    if settings is None:
        return [], [override.wrong("needs the periods of the plan", str(problems[0]))]
    start = absolute_period(settings.start, settings.frequency, settings.fiscal_year_start)
    calendar = Calendar(settings.frequency, start, settings.periods, settings.fiscal_year_start)  # type: ignore[arg-type]
    return list(calendar.labels), []


def _copied(long: TextTable, override: Override, raw: str) -> tuple[Ints, list[Problem]]:
    """Return the rows that new ones are copies of."""
    none = np.empty(0, dtype=np.int64)
    split = split_override(f"{long.name}.{raw}=")
    wanted = split[0][1:] if split is not None and split[1] == "=" else []
    asked = len(override.parts) - 1
    if not wanted or len(wanted) != asked:
        need = f"must name {asked} keys behind like=, as before the sign"
        return none, [override.wrong(need, f"for instance {long.name}.new+=like=old")]
    hit, problems = find_rows(long, override, wanted)
    if not problems and not hit.any():
        need = f"like={raw} matches no row of {TABLE[long.name].path}"
        problems = [override.wrong(need, "correct the keys")]
    return np.flatnonzero(hit), problems


def with_rows(long: TextTable, at: Ints, columns: dict[str, Texts]) -> TextTable:
    """Return a table with rows below its last: copies of those ``at``, -1 for none, with the cells
    of ``columns``, (rows,) each."""
    n, more = len(long.row), len(at)
    copies = at >= 0
    result = {}
    for name in dict.fromkeys([*long.columns, *columns]):
        old = long.columns.get(name, np.full(n, "", dtype=object))
        new = np.full(more, "", dtype=object)
        new[copies] = old[at[copies]]
        result[name] = np.concatenate([old, columns.get(name, new)])
    last = int(long.row.max(initial=1)) + 1
    nowhere = np.zeros(more, dtype=np.int64)
    assert long.entry is not None
    return dataclasses.replace(
        long,
        columns=result,
        row=np.concatenate([long.row, last + np.arange(more, dtype=np.int64)]),
        at=None if long.at is None else np.concatenate([long.at, result["period"][n:]]),
        cell_rows={name: np.concatenate([rows, nowhere]) for name, rows in long.cell_rows.items()},
        entry=np.concatenate([long.entry, np.full(more, -1, dtype=np.int64)]),
    )


def _picked(long: TextTable, keep: Ints) -> TextTable:
    """Return a table with some of its rows."""
    assert long.entry is not None
    return dataclasses.replace(
        long,
        columns={name: cells[keep] for name, cells in long.columns.items()},
        row=long.row[keep],
        at=None if long.at is None else long.at[keep],
        cell_rows={name: rows[keep] for name, rows in long.cell_rows.items()},
        entry=long.entry[keep],
    )


def tell_added(problems: Sequence[Problem], tables: Sequence[TextTable]) -> list[Problem]:
    """Return problems of which those of rows that ``--set`` has added say so: a file has no such
    row."""
    added = {(text.file, row) for text in tables for row in text.added}
    return [
        dataclasses.replace(problem, need=f"(a row added by --set) {problem.need}")
        if (problem.file, problem.row) in added
        else problem
        for problem in problems
    ]
