"""outputs/README.md, generated from the declarations of the plan's tables: ``python -m planner.report.reference > outputs/README.md``."""

from __future__ import annotations

from planner.case.declare import Table
from planner.plan.diagnosis.tables import DIAGNOSIS_TABLES
from planner.plan.tables import PLAN_TABLES

HEAD = """\
# What a run writes

*Generated from `planner/plan/tables.py` by `python -m planner.report.reference`; a test keeps it in step.*

`planner run CASE` writes one new folder, `outputs/<case>/<first period>-<UTC time>-<hash of the inputs>/`, and never touches
an older one. It is written beside, flushed to the disk, audited and then renamed into place: a crash, a full disk or Ctrl-C at
any moment leaves the whole run or none. Run folders are not committed.

| file | what it is |
|---|---|
| `report.html` | the review page: one file that needs nothing else, with everything below drawn and in tables |
| `plan.xlsx` | the workbook: the same tables with totals and charts |
| `summary.md` | what to read first: cost, what to decide now, what is tight, the proof |
| `plan.json` | status, objective, bound, gap, totals, the audit's checks, overrides, list of files |
{files}
| `inputs/` | the case as it was read; `inputs/overrides.txt` has the `--set` of the command line, one per line |
| `case.effective.yaml` | the settings with every default written out; which tables were there |
| `solution.npz` | the solver's primal and dual values, in the program's order, from which `planner verify` proves the bound again, and the basis from which `planner explain` and `planner sweep` go on |
| `manifest.json` | SHA-256 of every file but itself and run.log; versions, solver, options, timings |
| `run.log` | phases and messages with their times |
| `approval.json` | who approved it when, written later by `planner approve` |

The same inputs and versions give the same bytes in every file but `manifest.json` and `run.log`, which hold the times.

`planner report RUN --vs OTHER` and `--explain` write a page of their own beside the run's folder; `outputs/index.html` lists all runs.

A case that has no plan (exit code 4) has a folder too: `report.html` and `summary.md` tell what conflicts and the ways out,
[`conflict.csv`](#conflictcsv), [`repairs.csv`](#repairscsv) and `diagnosis.json` hold them, and `solution.npz` the multipliers of the
rows that no plan can meet, which `planner verify` checks again. None of the plan's tables is there.

## How the tables are written

UTF-8, comma, LF, header first, a blank cell for what is missing or does not apply: a blank is never a zero. Chips have up to 6
decimals, USD amounts two, all other numbers 12 significant digits. Money is nominal unless a column says NPV or discounted. A
period is written as in the inputs (`2027Q1`, `2027-03`, `2027`). Text is kept exactly as the inputs have it, also where it
begins with `=`, `+`, `-` or `@`: import the CSV as text, rather than opening it with a double click, if you do not know where the
inputs come from.
"""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace(">", "&gt;")


def _table(table: Table) -> list[str]:
    key = f" Key: {', '.join(f'`{name}`' for name in table.key)}." if table.key else ""
    said = {c.name: c.help + (f" One of: {', '.join(c.allowed)}." if c.allowed else "") for c in table.columns}
    rows = [f"| `{c.name}` | {_cell(c.unit)} | {_cell(said[c.name])} |" for c in table.columns]
    return [f"## `{table.path}`", "", f"{_cell(table.help)}{key}", "", "| column | unit | what it is |", "|---|---|---|", *rows, ""]


def reference() -> str:
    """Return the text of outputs/README.md."""
    tables = PLAN_TABLES
    files = "\n".join(f"| [`{table.path}`](#{table.name}csv) | {_cell(table.help)} |" for table in tables)
    lines = [HEAD.format(files=files)]
    for table in (*tables, *DIAGNOSIS_TABLES):
        lines += _table(table)
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    print(reference(), end="")
