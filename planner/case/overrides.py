"""Overrides: ``--set supply.b200.2027Q2*=0.5`` changes an input for one run without editing a file.

``*`` as a key part means all; blank cells among them stay blank where a value is scaled.  Keys
stand in the order of the table's key; where the column is left out it is the one in ``COLUMN``.
``case.discount_rate=0.1`` changes a setting.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from planner.case.cells import number_of, unmistakable
from planner.case.problems import Place, Problem, error, suggest
from planner.case.settings.declared import LISTS, RUN, SETTINGS
from planner.case.spelling import Part, quote_name, split_override
from planner.case.tables import TABLE
from planner.case.text import TextTable
from planner.case.wide import widen

FILE: Final = "--set"
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


def _wrong(text: str, need: str, fix: str) -> Problem:
    return error("override", Place(FILE), text, need, fix)


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
            problems.append(
                _wrong(
                    text,
                    "must read table.key.column=value",
                    "for instance supply.b200.2027Q2*=0.5 or case.discount_rate=0.1; a name with "
                    '. * ? [ ] = + in double quotes, as in demand."gpt-4.1".2027Q1*=2',
                )
            )
            continue
        parts, sign, value = split
        name = parts[0].text
        if name == "case":
            problems += _set_setting(tree, [part.text for part in parts[1:]], sign, value, text)
        elif name in TABLE:
            problems += _set_cells(tables, parts, sign, value, text)
        else:
            problems.append(
                _wrong(
                    text,
                    f"{name} is not a table",
                    suggest(name, [*TABLE, "case"]) or "begin with a table's name or `case`",
                )
            )
    return tree, tables, problems


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


def _set_setting(tree: Any, path: list[str], sign: str, value: str, text: str) -> list[Problem]:
    if not isinstance(tree, dict) or not path:
        return [
            _wrong(text, "needs a setting after `case.`", "for instance case.discount_rate=0.1")
        ]
    group, names = tree, [column.name for column in SETTINGS]
    if path[0] == "run" and len(path) == 2:
        group, names = tree.setdefault("run", {}), [column.name for column in RUN]
    name = path[-1]
    if len(path) > 2 or name not in names or name in LISTS or not isinstance(group, dict):
        return [
            _wrong(
                text,
                f"{'.'.join(path)} is not a setting that can be set",
                suggest(name, names) or f"settings are {', '.join(names)}",
            )
        ]
    changed, need = _changed(str(group.get(name, "") or ""), sign, value)
    if need:
        return [_wrong(text, need, "give a plain number")]
    if name in ("periods", "end"):  # one or the other
        group.pop("end" if name == "periods" else "periods", None)
    group[name] = changed
    return []


def _set_cells(
    tables: dict[str, TextTable], parts: list[Part], sign: str, value: str, text: str
) -> list[Problem]:
    name = parts[0].text
    table = TABLE[name]
    if name not in tables:
        return [_wrong(text, f"the case has no {table.path}", "add the table first")]
    long, problems = widen(tables[name])
    if long is None:
        return problems
    columns = [column.name for column in table.columns]
    wanted = parts[1:]
    column = COLUMN.get(name, "")
    last = wanted[-1].text if wanted and not wanted[-1].exact else ""
    if last in columns and last not in table.key:
        column, wanted = last, wanted[:-1]
    if not column or len(wanted) > len(table.key):
        values = ", ".join(c for c in columns if c not in table.key)
        return [
            _wrong(
                text,
                f"names {len(wanted)} keys and {column or 'no column'}; {name} has the keys "
                f"{', '.join(table.key) or 'none'}",
                f"end with a column: {values}; a name with a dot in it stands in double quotes",
            )
        ]
    # a column that the file leaves out is blank in every row, a key of lots among them
    blank = np.full(len(long.row), "", dtype=object)
    if column not in long.columns:
        long = dataclasses.replace(long, columns=long.columns | {column: blank})
    hit = np.ones(len(long.row), dtype=bool)
    for key, pattern in zip(table.key, wanted, strict=False):
        cells = long.columns.get(key, blank)
        distinct, back = np.unique(cells.astype(str), return_inverse=True)
        matched = pattern.matches([str(entry) for entry in distinct])
        if len(distinct) and not matched.any():
            hint = suggest(pattern.text, [quote_name(str(entry)) for entry in distinct])
            return [
                _wrong(
                    text,
                    f"{pattern.text} is no {key} in {table.path}",
                    hint or "correct the name, or use * for all",
                )
            ]
        hit &= matched[back]
    if not hit.any():
        return [
            _wrong(text, f"matches no row of {table.path}", "correct the keys, or use * for all")
        ]
    cells = long.columns[column].copy()
    filled = hit & (cells != "") if sign != "=" else hit
    # a blank cell among many means something of its own and has nothing to scale
    for i in np.flatnonzero(filled if filled.any() else hit):
        cells[i], need = _changed(str(cells[i]), sign, value, commas=long.commas)
        if need:
            return [
                _wrong(
                    text,
                    f"{need} ({table.path} row {long.row_of(int(i), column)})",
                    "name rows with numbers, or set them with =",
                )
            ]
    tables[name] = dataclasses.replace(long, columns=long.columns | {column: cells})
    return []
