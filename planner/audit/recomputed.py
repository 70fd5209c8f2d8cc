"""Recomputed: the plan as the audit put it together again, for checks that look at all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from planner.audit.allocation import Allocation
from planner.audit.commitments import Committed
from planner.audit.energy import Energy
from planner.audit.facts import Facts
from planner.audit.files import empty_rows
from planner.audit.holdings import Capacity
from planner.audit.lots import Lots
from planner.audit.projects import Projects
from planner.audit.rates import Demand
from planner.audit.served import Served
from planner.audit.tokens import Called
from planner.audit.training import Training


@dataclass(frozen=True, slots=True)
class Recomputed:
    """The inputs in numbers, the plan recomputed from them, and the written tables."""

    facts: Facts
    lots: Lots
    capacity: Capacity
    demand: Demand
    allocation: Allocation
    training: Training
    projects: Projects
    energy: Energy
    served: Served
    called: Called
    committed: Committed | None
    tables: Mapping[str, pd.DataFrame]
    """Tables of the run by name, as :func:`planner.audit.files.read_table` reads them."""
    plan: Mapping[str, Any]
    """plan.json."""

    @property
    def counts(self) -> pd.DataFrame:
        """Counts of whole things as they are written; none where everything is divisible."""
        return self.tables.get("whole", empty_rows("whole"))
