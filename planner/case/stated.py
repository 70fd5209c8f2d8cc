"""Whole things that a case states: from any of them on its plan is one of whole things, unless
case.yaml says ``whole: no``.

What counts is listed here and nowhere else; the help of the setting is made of the list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from planner.case.columns import flags, numbers, texts


@dataclass(frozen=True, slots=True)
class Stated:
    """A column, and which of its entries state something that comes whole."""

    table: str
    column: str
    above: float | None = None
    """A figure above this; None: any entry."""
    single: str = ""
    """Column of yes or no: where it is yes, and the entry names several of which one is chosen."""

    @property
    def words(self) -> str:
        """What is stated, as the help of the setting lists it."""
        name = f"`{self.table}.{self.column}`"
        if self.single:
            return f"several `{self.column}` of a milestone with `{self.single}`"
        return name if self.above is None else f"{name} above {self.above:g}"

    def rows(self, tables: Mapping[str, pd.DataFrame]) -> np.ndarray:
        """Return which rows of the complete tables state it, (rows,)."""
        table = tables[self.table]
        if self.single:
            several = np.array([len(names) > 1 for names in texts(table, self.column)], bool)
            return several & flags(table, self.single)
        if self.above is None:
            entries = table[self.column]
            return np.asarray(entries.notna() & (entries.astype(str) != ""), dtype=bool)
        return np.asarray(numbers(table, self.column) > self.above, dtype=bool)


STATED: Final = (
    Stated("chips", "lot_size", 1),
    Stated("offers", "lot_size", 1),
    Stated("fleet", "lot_size", 1),
    Stated("orders", "lot_size", 1),
    Stated("offers", "min_order", 0),
    Stated("offers", "max_orders"),
    Stated("offers", "usd_per_order", 0),
    Stated("offer_steps", "usd_per_chip"),
    Stated("power_projects", "lot_mw", 0.001),
    Stated("power_projects", "usd_to_open", 0),
    Stated("power_projects", "after"),
    Stated("sites", "usd_to_open", 0),
    Stated("site_contracts", "extend_by"),
    Stated("milestones", "sites", single="single_site"),
    Stated("milestones", "chips", single="single_chip"),
    Stated("throughput", "chips_per_replica", 1),
)
"""Everything that comes whole; ``sites.opens`` alone leaves nothing to choose."""


def states_whole(tables: Mapping[str, pd.DataFrame]) -> bool:
    """Return whether any whole thing is stated.

    Args:
        tables: the complete tables of a case.
    """
    return any(bool(stated.rows(tables).any()) for stated in STATED)
