"""Every input table, declared once, as data, by what it is about.

From these declarations come the reader, the validation, the reference in ``inputs/README.md``, the
JSON Schema of ``case.yaml`` and the template that ``planner init`` writes.  Nothing else in the
planner knows what a column is called, which unit it has or what a blank cell means.
"""

from __future__ import annotations

from typing import Final

from planner.case.declare import Table
from planner.case.tables import (
    ages,
    chips,
    fleet,
    last_plan,
    milestones,
    offers,
    policy,
    projects,
    sites,
    throughput,
    workloads,
)

TABLES: Final[tuple[Table, ...]] = (
    *chips.TABLES,
    *sites.TABLES,
    *offers.TABLES,
    *fleet.TABLES,
    *projects.TABLES,
    *workloads.TABLES,
    *throughput.TABLES,
    *milestones.TABLES,
    *policy.TABLES,
    *ages.TABLES,
    *last_plan.TABLES,
)
"""In the order of the reference, which is that of their problems."""

TABLE: Final = {table.name: table for table in TABLES}
"""Table declarations by name."""
