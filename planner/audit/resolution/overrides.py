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
}
"""The figure that an override means where it names no column."""


def apply(settings: dict[str, Any], tables: dict[str, list[Row]], overrides: list[str]) -> None:
    """Change settings and tables, in place, as overrides say; rows of the tables that they touch
    become long.

    Args:
        settings: settings as nested texts.
        tables: rows by table.
        overrides: ``table.key[.key...][.column]``, then ``=``, ``*=`` or ``+=`` and a value;
            ``case.setting`` likewise.
    """
    for text in overrides:
        target, _, given = text.partition("=")
        sign = target[-1:] if target[-1:] in ("*", "+") else ""
        target, given = target.removesuffix(sign).strip() if sign else target.strip(), given.strip()
        if sign == "*" and target.endswith(
            "."
        ):  # `power.*.=2`: the star was a name, and the sign is =
            target, sign = f"{target}*", ""
        parts = target.split(".")
        if parts[0] == "case":
            _setting(settings, parts[1:], sign, given)
        else:
            tables[parts[0]] = _cells(parts[0], tables[parts[0]], parts[1:], sign, given)


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
