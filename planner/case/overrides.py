"""Overrides: ``--set supply.b200.2027Q2*=0.5`` changes an input for one run without editing a file.

``*`` as a key part means all; blank cells among them stay blank where a value is scaled.  Keys
stand in the order of the table's key; where the column is left out it is the one in ``COLUMN``.
``case.discount_rate=0.1`` changes a setting.  Rows are added and taken out in ``override_rows``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from planner.case.cells import number_of, unmistakable
from planner.case.override_rows import change_rows, find_rows, numbered_rows
from planner.case.problems import Place, Problem, error, suggest
from planner.case.settings.declared import LISTS, RUN, SETTINGS
from planner.case.spelling import FILE, Override, split_override
from planner.case.tables import TABLE
from planner.case.text import TextTable

COLUMN: Final = {
    "power": "mw",
    "supply": "max_chips",
    "demand": "output_mtok",
    "energy": "usd_per_mwh",
    "profiles": "load",
    "gains": "gain",
    "budgets": "usd_max",
    "resale": "share_of_price",
    "survival": "share_alive",
    "maintenance": "usd_per_chip_year",
    "fleet": "chips",
    "orders": "chips",
    "milestones": "flop",
    "power_projects": "mw_max",
    "power_orders": "mw",
}
"""The column an override changes when it names none."""


def apply_overrides(
    tree: Any, tables: dict[str, TextTable], overrides: Sequence[str]
) -> tuple[Any, dict[str, TextTable], list[Problem]]:
    """Return settings and tables with the overrides applied, before anything is converted.

    Args:
        tree: settings as nested values.
        tables: tables of text.
        overrides: as given on the command line.

    Returns:
        Changed settings and tables, and a problem for every override that is wrong or matches
        nothing.
    """
    problems: list[Problem] = []
    tables = dict(tables)
    if isinstance(tree, dict):
        tree = {
            key: dict(value) if isinstance(value, dict) else value for key, value in tree.items()
        }
    for text in overrides:
        split = split_override(text.strip())
        if split is None:
            problems.append(_misspelled(text))
            continue
        parts, sign, value = split
        override = Override(text, tuple(parts), sign, value)
        name = override.table
        if name == "case":
            problems += _set_setting(tree, override)
        elif name in TABLE and override.of_rows:
            table, found = change_rows(tables, tree, override)
            problems += found
            if table is not None:
                tables[name] = table
        elif name in TABLE:
            problems += _set_cells(tables, override)
        else:
            fix = suggest(name, [*TABLE, "case"]) or "begin with a table's name or `case`"
            problems.append(override.wrong(f"{name} is not a table", fix))
    return tree, tables, problems


def _misspelled(text: str) -> Problem:
    """Return the problem of a text that has no form of an override."""
    fix = (
        "for instance supply.b200.2027Q2*=0.5 or case.discount_rate=0.1; a name with "
        '. * ? [ ] = + in double quotes, as in demand."gpt-4.1".2027Q1*=2'
    )
    if "-=" in text:
        fix = "to subtract, write += and a negative number; -= takes rows out, as in limits.cap-="
    return error("override", Place(FILE), text, "must read table.key.column=value", fix)


def _changed(old: str, sign: str, value: str, *, commas: bool = False) -> tuple[str, str]:
    """Return the new cell and an empty string, or what is wrong; ``commas`` as for ``number_of``,
    which no value of an override is suspected of."""
    if sign == "=":
        return (unmistakable(value) if commas else value), ""
    before, need = number_of(old, commas=commas)
    if need:
        return (
            "",
            f"cannot change {old!r}, which {need}"
            if old
            else "cannot change a blank cell: set it with =",
        )
    change, need = number_of(value)
    if need:
        return "", f"{value!r} {need}"
    after = repr(before * change if sign == "*=" else before + change)
    return (unmistakable(after) if commas else after), ""


def _set_setting(tree: Any, override: Override) -> list[Problem]:
    """Change a setting."""
    path = [part.text for part in override.parts[1:]]
    if override.sign == "-=":
        need, fix = "takes out rows, and a setting has none", "set it with ="
        return [override.wrong(need, fix)]
    if not isinstance(tree, dict) or not path:
        need, fix = "needs a setting after `case.`", "for instance case.discount_rate=0.1"
        return [override.wrong(need, fix)]
    group, names = tree, [column.name for column in SETTINGS]
    if path[0] == "run" and len(path) == 2:
        group, names = tree.setdefault("run", {}), [column.name for column in RUN]
    name = path[-1]
    if len(path) > 2 or name not in names or name in LISTS or not isinstance(group, dict):
        need = f"{'.'.join(path)} is not a setting that can be set"
        return [override.wrong(need, suggest(name, names) or f"settings are {', '.join(names)}")]
    changed, need = _changed(str(group.get(name, "") or ""), override.sign, override.value)
    if need:
        return [override.wrong(need, "give a plain number")]
    if name in ("periods", "end"):  # one or the other
        group.pop("end" if name == "periods" else "periods", None)
    group[name] = changed
    return []


def _set_cells(tables: dict[str, TextTable], override: Override) -> list[Problem]:
    """Change cells of a table."""
    name, sign = override.table, override.sign
    table = TABLE[name]
    if name not in tables:
        fix = f"add rows to it, as in {name}.NAME+=column=text, or add the table first"
        return [override.wrong(f"the case has no {table.path}", fix)]
    long = numbered_rows(tables[name])
    if isinstance(long, list):
        return long
    columns = [column.name for column in table.columns]
    wanted = override.parts[1:]
    column = COLUMN.get(name, "")
    last = wanted[-1].text if wanted and not wanted[-1].exact else ""
    if last in columns and last not in table.key:
        column, wanted = last, wanted[:-1]
    if not column or len(wanted) > len(table.key):
        values = ", ".join(c for c in columns if c not in table.key)
        need = (
            f"names {len(wanted)} keys and {column or 'no column'}; {name} has the keys "
            f"{', '.join(table.key) or 'none'}"
        )
        fix = f"end with a column: {values}; a name with a dot in it stands in double quotes"
        if sign == "+=":
            fix = f"{fix}; a row is added with its cells: {name}.NAME+=column=text, column=text"
        return [override.wrong(need, fix)]
    hit, problems = find_rows(long, override, wanted)
    if problems:
        return problems
    if not hit.any():
        fix = "correct the keys, or use * for all"
        return [override.wrong(f"matches no row of {table.path}", fix)]
    # a column that the file leaves out is blank in every row
    cells = long.columns.get(column, np.full(len(long.row), "", dtype=object)).copy()
    filled = hit & (cells != "") if sign != "=" else hit
    # a blank cell among many means something of its own and has nothing to scale
    for i in np.flatnonzero(filled if filled.any() else hit):
        cells[i], need = _changed(str(cells[i]), sign, override.value, commas=long.commas)
        if need:
            need = f"{need} ({table.path} row {long.row_of(int(i), column)})"
            return [override.wrong(need, "name rows with numbers, or set them with =")]
    tables[name] = dataclasses.replace(long, columns=long.columns | {column: cells})
    return []
