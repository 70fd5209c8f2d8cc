"""The reference of the inputs, made from their declarations: ``inputs/README.md`` and
``inputs/case.schema.json``.

``python -m planner.case.reference`` rewrites the two files; a test keeps them in step with the
declarations.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import yaml

from planner.case.declare import Column, Table
from planner.case.settings.declared import LISTS, REVEAL, RISK, RUN, SETTINGS
from planner.case.settings.schema import settings_schema
from planner.case.tables import ACTUALS, FUTURES, TABLES

INPUTS: Final = Path(__file__).resolve().parents[2] / "inputs"
"""The shipped cases of this checkout."""

_HOW: Final = Path(__file__).with_name("inputs.md")
"""What the page begins with."""
_FUTURES: Final = Path(__file__).with_name("futures.md")
"""What the section of the scenarios begins with."""
_ACTUALS: Final = Path(__file__).with_name("actuals.md")
"""What the section of the actuals begins with."""


def _type(column: Column) -> str:
    """Return how a cell is written: its type, range and allowed values."""
    kinds = {
        "name": "name",
        "names": "names",
        "text": "text",
        "number": "number",
        "integer": "whole number",
        "yes_no": "yes or no",
        "period": "period",
        "instant": "period or date",
        "date": "date (2027-05-15)",
    }
    text = (
        ", ".join(f"`{value}`" for value in column.allowed)
        if column.type == "choice"
        else kinds[column.type]
    )
    if column.refers:
        text += f" of `{column.refers}`"
    low, high = ("" if bound is None else f"{bound:.12g}" for bound in (column.low, column.high))
    if low and high:
        return f"{text}, {'above ' if column.above else ''}{low} to {high}"
    if low:
        return f"{text}, {'above' if column.above else 'at least'} {low}"
    return f"{text}, at most {high}" if high else text


def _blank(column: Column) -> str:
    """Return what a blank cell means, and whether it is told beside filled neighbours."""
    if column.required:
        return "**required**"
    told = {"error": "; an error beside figures", "warning": "; warned beside others"}
    return _meant(column) + told.get(column.beside, "")


def _meant(column: Column) -> str:
    """Return what a blank cell of an optional column means."""
    if column.default is None:
        return "see right" if "blank" in column.help or "Blank" in column.help else "not given"
    if isinstance(column.default, bool):
        return "yes" if column.default else "no"
    return (
        f"{column.default:g}"
        if isinstance(column.default, float | int)
        else (f"`{column.default}`" if column.default else "not given")
    )


def _cells(*cells: str) -> str:
    """Return one row of a Markdown table."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _table(table: Table) -> list[str]:
    """Return the section of one table."""
    facts = [
        f"Key: {', '.join(f'`{name}`' for name in table.key)}." if table.key else "",
        "May be wide." if table.wide else "",
    ]
    facts.append("**Required.**" if table.required else f"If the file is absent: {table.absent}.")
    lines = [f"### `{table.path}`", "", table.help, " ".join(fact for fact in facts if fact), ""]
    lines += [_cells("column", "unit", "type", "blank", "meaning"), _cells(*["---"] * 5)]
    lines += [
        _cells(f"`{column.name}`", column.unit, _type(column), _blank(column), column.help)
        for column in table.columns
    ]
    if table.other_columns:
        lines += ["", "Further columns are ignored."]
    return [*lines, ""]


def _settings(columns: tuple[Column, ...], prefix: str = "") -> list[str]:
    """Return the rows of the settings table; those of lists and of ``run`` stand below
    them."""
    lines = []
    for column in columns:
        name = f"{prefix}{column.name}"
        kind = "list" if name in LISTS else _type(column)
        lines.append(_cells(f"`{name}`", column.unit, kind, _blank(column), column.help))
        if name in LISTS:
            lines += _settings(LISTS[name], f"{name}[].")
    return lines


def case_schema() -> str:
    """Return the JSON Schema of ``case.yaml`` as text, for completion and checks in an editor."""
    return (
        json.dumps(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", **settings_schema()},
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    )


def shipped_cases(folder: Path = INPUTS) -> list[tuple[str, str]]:
    """Return the name and description of every case folder in ``folder``, by name."""
    found = []
    for path in sorted(folder.glob("*/case.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        description = content.get("description", "") if isinstance(content, dict) else ""
        found.append((path.parent.name, " ".join(str(description).split())))
    return found


def inputs_readme() -> str:
    """Return the text of ``inputs/README.md``: how files are read, every setting, every table and
    column, the shipped cases."""
    lines = [_HOW.read_text(encoding="utf-8"), "## `case.yaml`", ""]
    lines += [
        "`case.schema.json` beside this page is its JSON Schema; with a first line",
        "`# yaml-language-server: $schema=../case.schema.json` an editor completes and checks it.",
        "",
    ]
    lines += [
        _cells("setting", "unit", "type", "left out", "meaning"),
        _cells(*["---"] * 5),
        *_settings(SETTINGS),
    ]
    lines += [*_settings(RUN, "run."), *_settings((REVEAL,)), *_settings(RISK, "risk.")]
    lines += ["", "## Tables", ""]
    for table in TABLES:
        lines += _table(table)
    lines += ["## Scenarios", "", _FUTURES.read_text(encoding="utf-8")]
    for table in FUTURES.values():
        lines += _table(table)
    lines += ["## Actuals", "", _ACTUALS.read_text(encoding="utf-8")]
    for table in ACTUALS.values():
        lines += _table(table)
    lines += ["## Cases here", ""]
    lines += [f"- [`{name}`]({name}/): {description}" for name, description in shipped_cases()]
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    """Rewrite ``inputs/README.md`` and ``inputs/case.schema.json``."""
    (INPUTS / "README.md").write_text(inputs_readme(), encoding="utf-8")
    (INPUTS / "case.schema.json").write_text(case_schema(), encoding="utf-8")


if __name__ == "__main__":
    main()
