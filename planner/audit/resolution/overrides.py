"""``--set`` a second time: which cells an override of overrides.txt changes, and to what."""

from __future__ import annotations

import fnmatch
from typing import Any, Final

from planner.audit.resolution.reading import Row, lengthen
from planner.audit.resolution.values import number
from planner.case.tables import TABLE

_FIGURE: Final = {
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
"""The figure that an override means where it names no column."""


def apply(settings: dict[str, Any], tables: dict[str, list[Row]], overrides: list[str]) -> None:
    """Change settings and tables, in place, as overrides say; rows of the tables that they touch
    become long.

    Args:
        settings: settings as nested texts.
        tables: rows by table.
        overrides: ``table.key[.key...][.column]``, then ``=``, ``*=`` or ``+=`` and a value;
            ``case.setting`` likewise; a key in double quotes is one name.
    """
    for text in overrides:
        parts, sign, given = _split(text.strip())
        if parts[0] == "case":
            _setting(settings, parts[1:], sign, given)
        else:
            tables[parts[0]] = _cells(parts[0], tables[parts[0]], parts[1:], sign, given)


def _split(text: str) -> tuple[list[str], str, str]:
    """Return the parts of a target, a sign other than ``=``, and the value; a part in double quotes
    is one name, which a pattern is made of that means nothing else."""
    parts, named, inside, end = [""], [False], False, 0
    for at, mark in enumerate(text):
        end = at
        if mark == '"' and (inside or named[-1] or not parts[-1]):
            parts[-1] += '"' if named[-1] and not inside else ""
            inside, named[-1] = not inside, True
        elif inside:
            parts[-1] += f"[{mark}]" if mark in "*?[" else mark
        elif mark == ".":
            parts, named = [*parts, ""], [*named, False]
        elif mark == "=":
            break
        else:
            parts[-1] += mark
    sign = text[end - 1] if text[end - 1] in "*+" else ""
    parts[-1] = parts[-1].removesuffix(sign)
    if sign == "*" and not parts[-1] and not named[-1]:
        parts[-1], sign = "*", ""  # `power.*.=2`: the star was a name, and the sign is =
    return (
        [part if name else part.strip() for part, name in zip(parts, named, strict=True)],
        (sign),
        text[end + 1 :].strip(),
    )


def _changed(old: str, sign: str, given: str) -> str:
    """Return a cell after an override."""
    if sign == "*":
        return repr(number(old) * number(given))
    return repr(number(old) + number(given)) if sign == "+" else given


def _setting(settings: dict[str, Any], path: list[str], sign: str, given: str) -> None:
    """Change a setting; ``periods`` and ``end`` take each other's place."""
    group = settings
    if path[0] == "run":
        group = settings["run"] = settings.get("run") or {}
    name = path[-1]
    if name in ("periods", "end"):
        group.pop("end" if name == "periods" else "periods", None)
    group[name] = _changed(str(group.get(name) or ""), sign, given)


def _cells(name: str, rows: list[Row], path: list[str], sign: str, given: str) -> list[Row]:
    """Return the rows of a table with the cells changed that an override names; what is blank is
    not scaled."""
    table = TABLE[name]
    columns = [column.name for column in table.columns if column.name not in table.key]
    figure = path.pop() if path and path[-1] in columns else _FIGURE.get(name, "")
    rows = lengthen(rows, table)
    present = [key for key in table.key if rows and key in rows[0].cells]
    changed = []
    for row in rows:
        cell = row.cells.get(figure, "")
        hit = all(
            fnmatch.fnmatchcase(row.cells[key], part)
            for key, part in zip(present, path, strict=False)
        )
        if hit and (cell or not sign):
            cells = row.cells | {figure: _changed(cell, sign, given)}
            changed.append(Row(row.file, row.number, cells))
        else:
            changed.append(row)
    return changed
