"""Power orders: MW of projects that were ordered before the plan.

A fixed column ``ordered_mw`` each, so that limits, budgets and cost table count it like any other::

    ordered_mw = mw                        in service from ``arrives`` to the end of the plan
    sum build + sum ordered_mw <= mw_max   of its project, row ``project_limit``

What is unpaid falls on arrival, the cost per period and the residual value are those of a project
that the plan orders.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import codes, numbers, texts, whole
from planner.model.draft import Draft
from planner.model.finance import Life, Price, discount, residual_share
from planner.model.index import Floats, Ints, power_order_names


def add_power_orders(draft: Draft) -> pd.DataFrame:
    """Add the columns ``ordered_mw`` and what is still paid for them.

    Args:
        draft: the program being written.

    Returns:
        One row per order: row (of power_orders.csv), name (of its line, without the site), project
        (code, -1 where power_projects.csv has none of that name), period (ordered) and arrives,
        both may be before the plan, column, site.
    """
    builder, ledger, case, index = draft.builder, draft.ledger, draft.case, draft.index
    table, T = case["power_orders"], index.T
    row = np.arange(len(table))
    site, arrives = index.code("site", texts(table, "site")), whole(table, "arrives")
    frame = pd.DataFrame(
        {
            "row": row,
            "name": np.array(power_order_names(case), dtype=object),
            "project": codes(index.axes["project"], texts(table, "project")),
            "period": whole(table, "ordered"),
            "arrives": arrives,
            "column": row,
            "site": site,
        }
    )
    if not len(table):
        return frame
    mw = numbers(table, "mw")
    column = builder.columns("ordered_mw", {"power_order": row}, mw, mw)
    price, share = numbers(table, "usd_per_mw"), numbers(table, "paid_share")
    due = np.flatnonzero((arrives >= 0) & (arrives < T))
    rest = price * (1.0 - share)
    ledger.add("power_projects", column[due], arrives[due], rest[due], site=site[due])
    which, serves = np.nonzero(np.arange(T)[None, :] >= arrives[:, None])
    fee = numbers(table, "usd_per_mw_period")[which]
    ledger.add("power_running", column[which], serves, fee, site=site[which])
    there = np.flatnonzero(arrives < T)
    credit = (price * _credit(draft, share, whole(table, "ordered"), arrives))[there]
    ledger.add("residual", column[there], T, -credit / index.start[T], site=site[there])
    return frame.assign(column=column)


def _credit(draft: Draft, share: Floats, ordered: Ints, arrives: Ints) -> Floats:
    """Return the residual value of a USD of each order's price, discounted, (n,): of a project
    ordered by the plan, :func:`planner.model.power.project_credit`."""
    case, index = draft.case, draft.index
    T, ppy, rate = index.T, index.ppy, index.rate
    paid = share * discount(rate, ordered / ppy) + (1.0 - share) * discount(rate, arrives / ppy)
    setting = "straight_line" if case.settings.residual == "table" else case.settings.residual
    life = Life((T - arrives) / ppy, numbers(case["power_orders"], "life_years"), T / ppy)
    return residual_share(setting, rate, life, Price(paid, 1.0, 0.0))
