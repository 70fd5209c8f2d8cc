"""``--set`` a second time: what an override of overrides.txt changes, cells and rows."""

from __future__ import annotations

import fnmatch
import re
from typing import Any, Final

from planner.audit.resolution.reading import Row, lengthen
from planner.audit.resolution.settings import resolve_settings
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
_COLUMN: Final = re.compile("[A-Za-z_][A-Za-z_0-9]* *=")
"""How the cells of a row begin, and no number."""


def apply(settings: dict[str, Any], tables: dict[str, list[Row]], overrides: list[str]) -> None:
    """Change settings and tables, in place, as overrides say; rows of the tables that they touch
    become long.

    Args:
        settings: settings as nested texts.
        tables: rows by table.
        overrides: ``table.key[.key...][.column]``, then ``=``, ``*=`` or ``+=`` and a value;
            ``case.setting`` likewise; a key in double quotes is one name; ``+=`` cells adds rows,
            ``-=`` takes rows out.
    """
    for text in overrides:
        parts, sign, given = _split(text.strip())
        if parts[0] == "case":
            _setting(settings, parts[1:], sign, given)
        elif sign == "-" or (sign == "+" and _COLUMN.match(given)):
            rows = lengthen(tables.get(parts[0], []), TABLE[parts[0]])
            change = _without if sign == "-" else _with
            tables[parts[0]] = change(settings, rows, parts, given)
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
    given = text[end + 1 :].strip()
    if text[end - 1] == "-" and (not given or _COLUMN.match(given)):
        sign = "-"
    parts[-1] = parts[-1].removesuffix(sign)
    if sign == "*" and not parts[-1] and not named[-1]:
        parts[-1], sign = "*", ""  # `power.*.=2`: the star was a name, and the sign is =
    return (
        [part if name else part.strip() for part, name in zip(parts, named, strict=True)],
        sign,
        given,
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


def _said(given: str) -> dict[str, tuple[str, bool]]:
    """Return the cells that an override names: column -> text, and whether it stands in quotes."""
    pieces, inside = [""], False
    for mark in given:
        inside ^= mark == '"'
        if mark == "," and not inside:
            pieces.append("")
        else:
            pieces[-1] += mark
    found = {}
    for piece in pieces if given else []:
        name, _, text = piece.partition("=")
        text = text.strip()
        whole = text.startswith('"') and text.endswith('"')
        whole = whole and '"' not in text[1:-1].replace('""', "")
        found[name.strip()] = (text[1:-1].replace('""', '"') if whole else text, whole)
    return found


def _without(settings: dict[str, Any], rows: list[Row], parts: list[str], given: str) -> list[Row]:
    """Return the rows of a table that an override does not take out."""
    keys = dict(zip(TABLE[parts[0]].key, parts[1:], strict=False))
    return [
        row
        for row in rows
        if not all(fnmatch.fnmatchcase(row.cells.get(key, ""), part) for key, part in keys.items())
        or not all(
            row.cells.get(name, "") == text
            if exact
            else fnmatch.fnmatchcase(row.cells.get(name, ""), text)
            for name, (text, exact) in _said(given).items()
        )
    ]


def _with(settings: dict[str, Any], rows: list[Row], parts: list[str], given: str) -> list[Row]:
    """Return the rows of a table and those that an override adds: new ones, or copies."""
    table, said = TABLE[parts[0]], _said(given)
    like, cells = said.pop("like", None), {name: text for name, (text, _) in said.items()}
    # what stands in quotes is a pattern of exactly one name: take its brackets off again
    keys = {
        key: re.sub(r"\[(.)\]", r"\1", part)
        for key, part in zip(table.key, parts[1:], strict=False)
    }
    if like is not None:
        raw = re.search(r"like *= *((?:\"(?:[^\"]|\"\")*\"|[^,\"])*)", given)
        assert raw is not None
        wanted = dict(zip(table.key, _split(f"{parts[0]}.{raw[1].strip()}=")[0][1:], strict=False))
        made = [
            row.cells | keys | cells
            for row in rows
            if all(fnmatch.fnmatchcase(row.cells.get(key, ""), w) for key, w in wanted.items())
        ]
    else:
        stars = [key for key, part in keys.items() if part == "*"]
        labels = _periods(settings) if stars else [""]
        made = [keys | dict.fromkeys(stars, label) | cells for label in labels]
    columns = set().union(*(row.cells for row in rows)) | set().union(*made)
    blank = dict.fromkeys(sorted(columns), "")
    last = max((row.number for row in rows), default=1)
    file = rows[0].file if rows else table.path
    return [Row(row.file, row.number, blank | row.cells) for row in rows] + [
        Row(file, last + number, blank | cells) for number, cells in enumerate(made, start=1)
    ]


def _periods(settings: dict[str, Any]) -> list[str]:
    """Return the labels of the periods of the plan."""
    clock = resolve_settings(settings)[1]
    return [clock.label(t) for t in range(clock.count)]
