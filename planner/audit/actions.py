"""Actions: what lines of the plan do, and which kinds of offers and statuses have them."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from planner.audit.facts import column, text
from planner.audit.verdict import Check, require

ORDERING: Final = ("buy", "lease", "reserve")
"""Actions of lines that order chips to be held."""

ORDERED: Final = (*ORDERING, "rent", "build_power")
"""Actions of lines that are ordered in lots."""

HOLDING: Final = ("keep", *ORDERING, "relocate")
"""Actions of lines that hold chips."""

BURST: Final = ("on_demand", "spot")
"""Kinds of offers that are rented by the hour."""

KINDS: Final = {
    "buy": ("purchase",),
    "lease": ("lease",),
    "reserve": ("reserved", "reserved_1y", "reserved_3y", "capacity_block"),
    "rent": BURST,
    "relocate": ("relocate",),
}

OF_KIND: Final = {kind: action for action, kinds in KINDS.items() for kind in kinds}
"""What the line of an order in flight says is done, by the order's kind."""

STATUS: Final = {
    "existing": ("keep", "build_power"),
    "committed": ("keep", *ORDERING, "build_power", "cancel"),
    "new": (*ORDERED, "retire", "relocate"),
}


def check_status(buy: pd.DataFrame) -> Check:
    """Return the check that every line does what its status can do: nothing stands in the plan that
    no other check looks at."""
    fits = np.isin(
        np.char.add(text(buy, "status").astype(str), text(buy, "action").astype(str)),
        [status + action for status, actions in STATUS.items() for action in actions],
    )
    amount = np.where(text(buy, "action") == "build_power", column(buy, "mw"), column(buy, "chips"))
    return require(
        "buy_plan.status",
        fits & (amount >= 0),
        lambda i: (
            f"buy_plan.csv, line {buy['line_id'][i]}: status {buy['status'][i]}, action "
            f"{buy['action'][i]}, amount {amount[i]:.10g}"
        ),
        "an action that the status can have, on an amount not below 0",
    )
