"""planner/model/LIMITS.md, generated from the declarations of the limits: ``python -m
planner.report.limits_page > planner/model/LIMITS.md``."""

from __future__ import annotations

from planner.limits import BALANCES, LIMITS
from planner.limits.limit import Worth

HEAD = """\
# Every limit, and every balance

*Generated from `planner/limits` by `python -m planner.report.limits_page`; a test keeps it in
step.*

A block of rows of the program is either a limit or a balance. A plan with any other row is not
called proven, and neither is one with a limit of the case that no check of the audit holds.

| rows | what it says | stated by | `--relax` | checks of the audit | gives by | asked by |
|---|---|---|---|---|---|---|
"""

WORTHS = """
## What one more unit is worth

A worth is the saving of one more unit at the optimum. `period`: in money of the period; `start`:
discounted to the start of the plan.

| rows | where | per | money of the |
|---|---|---|---|
"""

REST = """
## Balances

| rows | what it says |
|---|---|
"""


def _worth(worth: Worth | str) -> str:
    if isinstance(worth, str):
        return f"{worth} | | "
    return f"`{worth.table}.csv`, `{worth.column}` | {worth.unit} | {worth.money}"


def limits_page() -> str:
    """Return the text of planner/model/LIMITS.md."""
    limits = [
        f"| `{limit.rows}` by {', '.join(limit.key)} | {limit.says} | "
        f"{', '.join(f'`{table}.{column}`' for table, column in limit.stated)} | {limit.family} | "
        f"{', '.join(f'`{name}`' for name in limit.audit)} | {limit.gives} | "
        f"`{limit.question}` |"
        for limit in LIMITS
    ]
    worths = [f"| `{limit.rows}` | {_worth(limit.worth)} |" for limit in LIMITS]
    balances = [f"| `{name}` | {says} |" for name, says in BALANCES.items()]
    return (
        (HEAD + "\n".join(limits) + "\n" + WORTHS + "\n".join(worths) + "\n" + REST)
        + "\n".join(balances)
        + "\n"
    )


if __name__ == "__main__":
    print(limits_page(), end="")
