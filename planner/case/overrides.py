"""Overrides: ``--set supply.b200.2027Q2*=0.5`` changes an input for one run without editing a file.

``table.key[.key...][.column]`` and ``=``, ``*=`` or ``+=`` a value; ``*`` as a key part means all;
blank cells among them stay blank where a value is scaled.  Keys stand in the order of the table's
key; where the column is left out it is the one in ``COLUMN``.  ``case.discount_rate=0.1`` changes a
setting.
"""

from __future__ import annotations

import dataclasses
import fnmatch
import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from planner.case.cells import number_of
from planner.case.files import TextTable
from planner.case.problems import Problem, error, suggest
from planner.case.read import widen
from planner.case.settings import RUN, SETTINGS
from planner.case.tables import TABLE

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
}
"""The column an override changes when it names none."""

_FORM: Final = re.compile(r"(?P<target>[^=]+?)(?P<sign>\*=|\+=|=)(?P<value>.*)", re.DOTALL)


def _wrong(text: str, need: str, fix: str) -> Problem:
    return error("override", FILE, None, "", text, need, fix)


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
        match = _FORM.fullmatch(text.strip())
        if not match:
            problems.append(
                _wrong(
                    text,
                    "must read table.key.column=value",
                    "for instance supply.b200.2027Q2*=0.5 or case.discount_rate=0.1",
                )
            )
            continue
        target, sign, value = match["target"].strip(), match["sign"], match["value"].strip()
        if sign == "*=" and target.endswith(
            "."
        ):  # `supply.market.*=10` sets all, it scales nothing
            target, sign = target + "*", "="
        parts = target.split(".")
        if parts[0] == "case":
            problems += _set_setting(tree, parts[1:], sign, value, text)
        elif parts[0] in TABLE:
            problems += _set_cells(tables, parts, sign, value, text)
        else:
            problems.append(
                _wrong(
                    text,
                    f"{parts[0]} is not a table",
                    suggest(parts[0], [*TABLE, "case"]) or "begin with a table's name or `case`",
                )
            )
    return tree, tables, problems


def _changed(old: str, sign: str, value: str) -> tuple[str, str]:
    """Return the new cell and an empty string, or what is wrong."""
    if sign == "=":
        return value, ""
    before, need = number_of(old)
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
    return repr(before * change if sign == "*=" else before + change), ""


def _set_setting(tree: Any, path: list[str], sign: str, value: str, text: str) -> list[Problem]:
    if not isinstance(tree, dict) or not path:
        return [
            _wrong(text, "needs a setting after `case.`", "for instance case.discount_rate=0.1")
        ]
    group, names = tree, [column.name for column in SETTINGS]
    if path[0] == "run" and len(path) == 2:
        group, names = tree.setdefault("run", {}), [column.name for column in RUN]
    name = path[-1]
    if len(path) > 2 or name not in names or name == "slices" or not isinstance(group, dict):
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
    tables: dict[str, TextTable], parts: list[str], sign: str, value: str, text: str
) -> list[Problem]:
    name = parts[0]
    table = TABLE[name]
    if name not in tables:
        return [_wrong(text, f"the case has no {table.path}", "add the table first")]
    long, problems = widen(tables[name])
    if long is None:
        return problems
    columns = [column.name for column in table.columns]
    wanted = parts[1:]
    column = COLUMN.get(name, "")
    if wanted and wanted[-1] in columns and wanted[-1] not in table.key:
        column, wanted = wanted[-1], wanted[:-1]
    keys = [key for key in table.key if key in long.columns]
    if not column or len(wanted) > len(keys):
        values = ", ".join(c for c in columns if c not in table.key)
        return [
            _wrong(
                text,
                f"names {len(wanted)} keys and {column or 'no column'}; {name} has the keys "
                f"{', '.join(table.key) or 'none'}",
                f"end with a column: {values}",
            )
        ]
    if column not in long.columns:
        long = dataclasses.replace(
            long, columns=long.columns | {column: np.full(len(long.row), "", dtype=object)}
        )
    hit = np.ones(len(long.row), dtype=bool)
    for key, pattern in zip(keys, wanted, strict=False):
        distinct, back = np.unique(long.columns[key].astype(str), return_inverse=True)
        matched = np.array([fnmatch.fnmatchcase(entry, pattern) for entry in distinct], dtype=bool)
        if len(distinct) and not matched.any():
            hint = suggest(pattern, [str(entry) for entry in distinct])
            return [
                _wrong(
                    text,
                    f"{pattern} is no {key} in {table.path}",
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
        cells[i], need = _changed(str(cells[i]), sign, value)
        if need:
            return [
                _wrong(
                    text,
                    f"{need} ({table.path} row {int(long.row[i])})",
                    "name rows with numbers, or set them with =",
                )
            ]
    tables[name] = dataclasses.replace(long, columns=long.columns | {column: cells})
    return []
