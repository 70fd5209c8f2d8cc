"""Whole lots: what rounding the plan to whole lots makes of orders and rentals."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.audit.facts import Facts, Floats, column, or_zero, text, whole
from planner.audit.lots import NEW, Lots


def in_lots(lots: Lots, buy: pd.DataFrame) -> Floats:
    """Return the chips of every lot with new orders rounded to whole lots as buy_plan.csv rounds
    them, (L,)."""
    rounded = pd.Series(column(buy, "chips_rounded"), index=text(buy, "line_id"))
    whole_lots = rounded[~rounded.index.duplicated()].reindex(lots.line).to_numpy(dtype=np.float64)
    return np.where((lots.origin == NEW) & np.isfinite(whole_lots), whole_lots, lots.chips)


def lots_rented(facts: Facts, buy: pd.DataFrame) -> Floats:
    """Return chips that rounding to whole lots adds to what is rented, by offer and period over all
    sites, (O, T): in every slice, for a rental is handed over as one quantity."""
    rents = buy[(buy["action"] == "rent") & (buy["status"] == "new")]
    row, period = facts.codes("offer", rents["offer"]), whole(rents, "order_period")
    good = (row >= 0) & (period >= 0) & (period < facts.T)
    more = np.zeros((len(facts.offer), facts.T))
    step = or_zero(column(rents, "chips_rounded") - column(rents, "chips"))
    np.add.at(more, (row[good], period[good]), step[good])
    return more
