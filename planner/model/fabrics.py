"""Network fabrics: how many chips one fabric of a site has ports for.

::

    sum over the fabric's chips of powered[c, s, t] <= max_chips                    row ``fabric``

Chips that are held without power need no port.  The dual is the worth of one more port in a period
(USD per chip, discounted).
"""

from __future__ import annotations

import numpy as np

from planner.case.columns import numbers, texts
from planner.model.capacity import Capacity
from planner.model.draft import Draft
from planner.model.holding import CHIPS
from planner.model.index import members


def add_fabrics(draft: Draft, capacity: Capacity) -> None:
    """Add the rows ``fabric``, one per fabric and period.

    Args:
        draft: the program being written.
        capacity: the powered chips by place.
    """
    builder, case, index = draft.builder, draft.case, draft.index
    table = case["fabrics"]
    F, T = len(table), index.T
    site = index.code("site", texts(table, "site"))
    of = members(index.axes["chip"], texts(table, "chips"))  # (F, C)
    fabric, period = np.divmod(np.arange(F * T), T)
    rows = builder.rows(
        "fabric",
        {"fabric": fabric, "period": period},
        -np.inf,
        numbers(table, "max_chips")[fabric],
        scale=CHIPS,
    )
    place = capacity.powered_place
    at = capacity.site[place][None, :] == site[:, None]  # (F, powered)
    which, column = np.nonzero(at & of[:, capacity.chip[place]])
    builder.entries(rows[which * T + capacity.period[place[column]]], capacity.powered[column], 1.0)
