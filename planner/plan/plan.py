"""The plan: the tables that are written, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True, slots=True)
class Plan:
    """A written plan: one frame per table of ``planner.plan.tables``, and the figures of
    ``plan.json``.

    ``tables`` also holds ``site_loss`` (the contingency allocation) where the case asks for
    resilience.
    """

    tables: Mapping[str, pd.DataFrame]
    summary: Mapping[str, Any]

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.tables[name]
