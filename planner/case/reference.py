"""The reference of the inputs, made from their declarations: ``inputs/README.md`` and ``inputs/case.schema.json``.

``python -m planner.case.reference`` rewrites the two files; a test keeps them in step with the declarations.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import yaml

from planner.case.declare import Column, Table
from planner.case.settings import RUN, SETTINGS, SLICE, settings_schema
from planner.case.tables import TABLES

INPUTS: Final = Path(__file__).resolve().parents[2] / "inputs"
"""The shipped cases of this checkout."""

_HOW: Final = """\
# What goes in

A **case** is a folder: one `case.yaml` and the tables below as CSV files. `planner check FOLDER` reads and checks it, `planner run FOLDER`
plans it, `planner init FOLDER` writes a complete small one to start from. This page is generated from the declarations that the reader
itself uses (`python -m planner.case.reference`).

## How files are read

- **Every problem at once**, each with file, row as a spreadsheet shows it, column, value, what is allowed and what to do. Errors stop a run
  (exit code 3); warnings do not, unless `--strict`. First the cells are read; the rules across tables follow once every cell is readable.
- **Missing is never zero.** A blank cell means what its column says below, and a blank in a required column is an error.
- **Unknown columns, tables and settings are errors**, with suggestions. Files whose name begins with `notes` are left alone.
- **The order of rows and columns means nothing.** Blank rows are skipped and still counted.
- **Workbook.** The tables may be sheets of a `case.xlsx` in the folder (sheet name = table name), or the whole case may be one workbook:
  `planner run case.xlsx`, with a sheet `case` of two columns, setting and value (`slices` as `peak=0.25; rest=0.75`).
- **Text.** UTF-8, with or without byte order mark. The separator (`,`, `;` or tab) is that of the header line. Region `NA` stays `NA`.
- **Numbers** are plain: `0.1`, not `10%`; `5000000`, not `$5M`. Commas are accepted where they can only be thousands (`1,234.5`, `1,234,567`).
- **Yes or no**: `yes` or `no`. **Several names** are separated by `;`; `*` alone means all.
- **Limits.** A table has at most 2,000,000 rows, 50,000,000 cells and 500 MB; `case.yaml` 1 MB; a workbook 100 MB, 500 MB unpacked, and
  20,000,000 cells in a sheet up to its last row and column. Names have at most 200 characters, texts 10,000, whole numbers at most 1e9.
  Figures far above anything there is (1e10 chips, 1e9 MW, 1e15 USD, 1e12 USD of anything) are errors: they are a wrong unit or stand for
  "no limit", which a blank cell says.
- **Nothing is executed**, no formula is calculated, and no path leads out of the folder.

## Periods

The plan begins with `start` and has `periods` periods of one `frequency`. A quarter is written `2027Q1` (also `2027-Q1`, `Q1 2027`, `27Q1`,
and `FY27Q1` for a quarter of the fiscal year), a month `2027-03`, a year `2027`. A spreadsheet's `Jan-27` is an error that shows the right
form. Periods before the plan are allowed where the past is meant (fleet). Milestones may also give dates (`2027-05-15`).

## Wide tables

A table with `period` in its key may carry periods as columns, as planners keep them. These say the same:

```
site,period,mw            site,2027Q1,2027Q2
iowa,2027Q1,40            iowa,40,45
iowa,2027Q2,45
```

A blank cell of a wide table is no row. Where a table has several figures per period, a column `measure` names the one that a row holds;
without it the cells are the one required figure (MW in `power.csv`), and a table without a required figure needs it:

```
workload,measure,2027Q1,2027Q2
chat,output_mtok,900000,1100000
chat,input_mtok,2700000,3300000
```
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
    low, high = ("" if bound is None else f"{bound:.12g}" for bound in (column.low, column.high))
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
    lines += [_cells("column", "unit", "type", "blank", "meaning"), _cells(*["---"] * 5)]
    lines += [_cells(f"`{column.name}`", column.unit, _type(column), _blank(column), column.help) for column in table.columns]
    if table.other_columns:
        lines += ["", "Further columns are ignored."]
    return [*lines, ""]


def _settings(columns: tuple[Column, ...], prefix: str = "") -> list[str]:
    """Return the rows of the settings table; the settings of ``slices`` and ``run`` stand below them."""
    lines = []
    for column in columns:
        name = f"{prefix}{column.name}"
        kind = "list" if name == "slices" else _type(column)
        lines.append(_cells(f"`{name}`", column.unit, kind, _blank(column), column.help))
        if name == "slices":
            lines += _settings(SLICE, "slices[].")
    return lines


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
    lines = [_HOW, "## `case.yaml`", ""]
    lines += [
        "`case.schema.json` beside this page is its JSON Schema; with a first line",
        "`# yaml-language-server: $schema=../case.schema.json` an editor completes and checks it.",
        "",
    ]
    lines += [_cells("setting", "unit", "type", "left out", "meaning"), _cells(*["---"] * 5), *_settings(SETTINGS)]
    lines += [*_settings(RUN, "run."), "", "## Tables", ""]
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
