"""The book: cost entries by term, period and place, as the audit recomputes them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from planner.audit.facts import Facts
from planner.audit.terms import Term
from planner.audit.tolerance import WRITTEN


@dataclass(slots=True)
class Book:
    """Cost entries in the order in which they are recomputed; the one thing here that grows."""

    facts: Facts
    rows: list[pd.DataFrame] = field(default_factory=list)

    def add(
        self,
        term: Term,
        period: ArrayLike,
        usd: ArrayLike,
        unit: ArrayLike,
        *,
        site: ArrayLike = -1,
        chip: ArrayLike = -1,
    ) -> None:
        """Add amounts of a term.

        Args:
            term: which.
            period: period in which each falls; T is the end of the plan.
            usd: nominal USD.
            unit: USD per chip (or MW) behind each amount: how far rounding of the decision can move
                it.
            site: site codes, -1 for none.
            chip: chip codes, -1 for none.
        """
        t, amount, per, s, c = (
            np.asarray(a).ravel() for a in np.broadcast_arrays(period, usd, unit, site, chip)
        )
        used = (amount != 0.0) | np.isnan(amount)
        if not used.any():
            return
        t, amount, per, s, c = (
            t[used].astype(np.int64),
            amount[used].astype(float),
            per[used].astype(float),
            s[used],
            c[used],
        )
        factor = (
            self.facts.mid[np.minimum(t, self.facts.T - 1)] if term.middle else self.facts.start[t]
        )
        self.rows.append(
            pd.DataFrame(
                {
                    "term": term.name,
                    "category": term.category,
                    "period": t,
                    "site": s,
                    "chip": c,
                    "usd": amount,
                    "npv": amount * factor,
                    "doubt": np.abs(per) * WRITTEN,
                }
            )
        )

    def table(self) -> pd.DataFrame:
        """Return all entries: term, category, period, site, chip, usd, npv, doubt."""
        if not self.rows:
            return pd.DataFrame(
                {
                    name: pd.Series(dtype=kind)
                    for name, kind in (
                        ("term", object),
                        ("category", object),
                        ("period", np.int64),
                        ("site", np.int64),
                        ("chip", np.int64),
                        ("usd", float),
                        ("npv", float),
                        ("doubt", float),
                    )
                }
            )
        return pd.concat(self.rows, ignore_index=True)
