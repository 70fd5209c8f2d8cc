"""Projects: the power that is built or on its way at a later period."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import numbers, texts, whole
from planner.plan.answer import CHIP_TOLERANCE, Answer
from planner.plan.projects import build_ids

COLUMNS = (
    "line",
    "project",
    "site",
    "ordered",
    "arrives",
    "mw",
    "usd_per_mw",
    "paid_share",
    "usd_per_mw_period",
    "life_years",
    "liquid_share",
)


def power_orders(answer: Answer, by: int) -> pd.DataFrame:
    """Return the power that a plan orders before period ``by``: its line, and what the columns of
    power_orders.csv say of it (periods relative to the solved case); orders of earlier plans are
    not among them.

    Args:
        answer: the solved case.
        by: periods that have passed.

    Returns:
        One row per project and order period with MW in it.
    """
    f = answer.formulation
    build, projects = f.build, f.case["power_projects"]
    mw = answer.x[build["column"].to_numpy(dtype=np.int64)]
    mine = (build["period"].to_numpy(dtype=np.int64) < by) & (mw > CHIP_TOLERANCE)
    build, mw = build[mine], mw[mine]
    row = build["row"].to_numpy(dtype=np.int64)
    return pd.DataFrame(
        {
            "line": build_ids(answer)[mine],
            "project": texts(projects, "project")[row],
            "site": texts(projects, "site")[row],
            "ordered": whole(build, "period"),
            "arrives": whole(build, "arrives"),
            "mw": mw,
            "usd_per_mw": numbers(projects, "usd_per_mw")[row],
            "paid_share": numbers(projects, "deposit_share")[row],
            "usd_per_mw_period": numbers(projects, "usd_per_mw_period")[row],
            "life_years": numbers(projects, "life_years")[row],
            "liquid_share": numbers(projects, "liquid_share")[row],
        },
        columns=list(COLUMNS),
    )
