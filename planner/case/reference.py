"""The reference of the inputs, made from their declarations: ``inputs/README.md`` and ``inputs/case.schema.json``.

``python -m planner.case.reference`` rewrites the two files; a test keeps them in step with the declarations.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from planner.case.settings import settings_schema
from planner.case.tables import TABLES, Column, Table

INPUTS: Final = Path(__file__).resolve().parents[2] / "inputs"
"""The shipped cases of this checkout."""

_HOW: Final = """\
# What goes in

A **case** is a folder: one `case.yaml` and the tables below as CSV files. `planner check FOLDER` reads and checks it, `planner run FOLDER`
plans it, `planner init FOLDER` writes a complete small one to start from. This page is generated from the declarations that the reader itself uses
(`python -m planner.case.reference`), so what it says is what is read.

## How files are read

- **Every problem at once**, each with file, row as a spreadsheet shows it, column, value, what is allowed and what to do. Errors stop a run
  (exit code 3); warnings do not, unless `--strict`.
- **Missing is never zero.** A blank cell means what the column says below. Where nothing is said, a blank is an error.
- **Unknown columns, tables and settings are errors**, with suggestions. The order of rows and columns means nothing.
- **Workbook.** The same tables may be sheets of one `.xlsx` in the folder (sheet name = table name).
- **Text.** UTF-8, with or without byte order mark. The separator is that of the header line. Region `NA` stays `NA`.
- **Numbers** are plain: `0.1`, not `10%`; `5000000`, not `$5M`. Thousands separators are accepted where they cannot be mistaken (`1,234.5`).
- **Yes or no**: `yes` or `no`. **Several names** are separated by `;`, and `*` means all where the column says so.
- **Nothing is executed** and no path leads out of the folder.

## Periods

The plan starts at `start` and has `periods` periods of one `frequency`. A period is written `2027Q1` (also `2027-Q1`, `Q1 2027`, `27Q1`;
`FY27Q1` by the fiscal year), `2027-03` for months, `2027` for years. Periods before the plan are allowed where the past is meant (fleet).
A date such as `2027-05-15` is allowed for milestones only. A fiscal year is named by the calendar year in which it ends.

## Wide tables

Tables with `period` in their key may carry periods as columns, as planners keep them. These two say the same:

```
site,period,mw            site,2027Q1,2027Q2
iowa,2027Q1,40            iowa,40,45
iowa,2027Q2,45
```

With more than one figure per row and period, a column `measure` says which one a wide row gives; see `planner init`.
"""


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
    text = ", ".join(f"`{value}`" for value in column.allowed) if column.type == "choice" else kinds[column.type]
    if column.refers:
        text += f" of `{column.refers}`"
    low, high = ("" if bound is None else f"{bound:g}" for bound in (column.low, column.high))
    if low and high:
        return f"{text}, {'above ' if column.above else ''}{low} to {high}"
    if low:
        return f"{text}, {'above' if column.above else 'at least'} {low}"
    return f"{text}, at most {high}" if high else text


def _blank(column: Column) -> str:
    """Return what a blank cell means."""
    if column.required:
        return "**required**"
    if column.default is None:
        return "see right" if "blank" in column.help or "Blank" in column.help else "not given"
    if isinstance(column.default, bool):
        return "yes" if column.default else "no"
    return f"{column.default:g}" if isinstance(column.default, float | int) else (f"`{column.default}`" if column.default else "not given")


def _cells(*cells: str) -> str:
    """Return one row of a Markdown table."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _table(table: Table) -> list[str]:
    """Return the section of one table."""
    facts = [f"Key: {', '.join(f'`{name}`' for name in table.key)}." if table.key else "", "May be wide." if table.wide else ""]
    facts.append("**Required.**" if table.required else f"If the file is absent: {table.absent}.")
    lines = [f"### `{table.path}`", "", table.help, " ".join(fact for fact in facts if fact), ""]
    lines += [_cells("column", "unit", "type", "blank", "meaning"), _cells("---", "---", "---", "---", "---")]
    lines += [_cells(f"`{column.name}`", column.unit, _type(column), _blank(column), column.help) for column in table.columns]
    if table.other_columns:
        lines += ["", "Further columns are ignored."]
    return [*lines, ""]


def _resolve(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema with a reference to a definition, or an optional of one, replaced by it."""
    if "$ref" in schema:
        return {**root["$defs"][str(schema["$ref"]).rsplit("/", 1)[1]], **{key: value for key, value in schema.items() if key != "$ref"}}
    for option in schema.get("anyOf", ()):
        if "$ref" in option:
            return {**_resolve(option, root), **{key: value for key, value in schema.items() if key != "anyOf"}}
    return schema


def _kind(schema: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    """Return how a setting is written: type, range and allowed values."""
    schema = _resolve(schema, root)
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if "anyOf" in schema:
        return " or ".join(_kind(option, root) for option in schema["anyOf"] if option.get("type") != "null")
    if schema.get("type") == "array":
        return "list"
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true` or `false`", "object": "group"}
    text = words.get(str(schema.get("type", "")), "value")
    for key, word in (("exclusiveMinimum", "above"), ("minimum", "at least"), ("maximum", "at most"), ("exclusiveMaximum", "below")):
        if key in schema:
            text += f", {word} {schema[key]:g}"
    return text


def _settings(schema: Mapping[str, Any], root: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Return the rows of the settings table; groups are listed with their own settings below them."""
    rows = []
    for name, declared in schema.get("properties", {}).items():
        resolved = _resolve(declared, root)
        default = declared.get("default", resolved.get("default"))
        required = name in schema.get("required", ())
        inner = _resolve(resolved.get("items", {}), root) if resolved.get("type") == "array" else resolved
        group = "properties" in inner
        shown = (
            ""
            if group or isinstance(default, dict | list) or default in (None, "")
            else f"`{json.dumps(default) if isinstance(default, bool) else default}`"
        )
        rows.append(
            _cells(
                f"`{prefix}{name}`",
                _kind(declared, root),
                "**required**" if required else shown or "not given",
                str(declared.get("description", resolved.get("description", ""))),
            )
        )
        if group:
            rows += _settings(inner, root, f"{prefix}{name}{'[]' if resolved.get('type') == 'array' else ''}.")
    return rows


def case_schema() -> str:
    """Return the JSON Schema of ``case.yaml`` as text, for completion and checks in an editor."""
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **settings_schema()}, indent=2, ensure_ascii=False) + "\n"


def shipped_cases(folder: Path = INPUTS) -> list[tuple[str, str]]:
    """Return the name and description of every case folder in ``folder``, by name."""
    found = []
    for path in sorted(folder.glob("*/case.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        description = content.get("description", "") if isinstance(content, dict) else ""
        found.append((path.parent.name, " ".join(str(description).split())))
    return found


def inputs_readme() -> str:
    """Return the text of ``inputs/README.md``: how files are read, every setting, every table and column, the shipped cases."""
    schema = settings_schema()
    lines = [
        _HOW,
        "## `case.yaml`",
        "",
        "`case.schema.json` beside this page is its JSON Schema; with a first line",
        "`# yaml-language-server: $schema=../case.schema.json` an editor completes and checks it.",
        "",
    ]
    lines += [_cells("setting", "type", "default", "meaning"), _cells("---", "---", "---", "---"), *_settings(schema, schema), "", "## Tables", ""]
    for table in TABLES:
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
