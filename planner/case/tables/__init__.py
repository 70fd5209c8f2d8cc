"""Every input table, declared once, as data, by what it is about.

From these declarations come the reader, the validation, the reference in ``inputs/README.md``, the
JSON Schema of ``case.yaml`` and the template that ``planner init`` writes.  Nothing else in the
planner knows what a column is called, which unit it has or what a blank cell means.
"""

from __future__ import annotations

from typing import Final

from planner.case.declare import Table
from planner.case.tables import (
    actuals,
    ages,
    chips,
    commitments,
    fleet,
    futures,
    last_plan,
    milestones,
    offers,
    past,
    policy,
    projects,
    sites,
    steps,
    throughput,
    tokens,
    workloads,
)

TABLES: Final[tuple[Table, ...]] = (
    *chips.TABLES,
    *sites.TABLES,
    *offers.TABLES,
    *steps.TABLES,
    *fleet.TABLES,
    *projects.TABLES,
    *workloads.TABLES,
    *throughput.TABLES,
    *tokens.TABLES,
    *commitments.TABLES,
    *milestones.TABLES,
    *policy.TABLES,
    *ages.TABLES,
    *last_plan.TABLES,
    *past.TABLES,
)
"""In the order of the reference, which is that of their problems."""

TABLE: Final = {table.name: table for table in TABLES}
"""Table declarations by name."""

ACTUALS: Final = {table.name: table for table in actuals.ACTUALS}
"""Tables that are no part of a case: what really happened, by name."""

FUTURES: Final = {table.name: table for table in futures.FUTURES}
"""Tables of the futures of a case, which belong to no single one, by name."""

READ: Final = {**TABLE, **ACTUALS, **FUTURES}
"""Every table that is read as the tables of a case are, by name."""
