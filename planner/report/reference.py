"""outputs/README.md, generated from the declarations of the plan's tables: ``python -m
planner.report.reference > outputs/README.md``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from planner.audit.checked_by import DUALS, HELD, INPUTS, TABLES, By
from planner.audit.columns import COLUMNS
from planner.case.declare import Table
from planner.diagnosis.tables import DIAGNOSIS_TABLES
from planner.plan.tables import PLAN_TABLES

HEAD: Final = Path(__file__).with_name("outputs.md")
"""What the page begins with."""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace(">", "&gt;")


_SHORT: Final = {INPUTS: "inputs", TABLES: "tables", DUALS: "duals", HELD: "conditions"}


def _checked(by: By) -> str:
    """Return how a column is checked, and what of it is not seen."""
    return _SHORT[by.how] + (f"; not {_cell(by.but)}" if by.but else "")


def _table(table: Table) -> list[str]:
    key = f" Key: {', '.join(f'`{name}`' for name in table.key)}." if table.key else ""
    said = {
        c.name: c.help + (f" One of: {', '.join(c.allowed)}." if c.allowed else "")
        for c in table.columns
    }
    checked = COLUMNS.get(table.name)
    rows = [
        f"| `{c.name}` | {_cell(c.unit)} | {_cell(said[c.name])} |"
        + (f" {_checked(checked[c.name])} |" if checked else "")
        for c in table.columns
    ]
    return [
        f"## `{table.path}`",
        "",
        f"{_cell(table.help)}{key}",
        "",
        "| column | unit | what it is |" + (" checked |" if checked else ""),
        "|---|---|---|" + ("---|" if checked else ""),
        *rows,
        "",
    ]


def reference() -> str:
    """Return the text of outputs/README.md."""
    tables = PLAN_TABLES
    files = "\n".join(
        f"| [`{table.path}`](#{table.name}csv) | {_cell(table.help)} |" for table in tables
    )
    lines = [HEAD.read_text(encoding="utf-8").replace("{files}", files)]
    for table in (*tables, *DIAGNOSIS_TABLES):
        lines += _table(table)
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    print(reference(), end="")
