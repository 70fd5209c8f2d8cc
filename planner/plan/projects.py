"""Power projects: the MW that are built, as lines of the plan."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import numbers
from planner.plan.answer import CHIP_TOLERANCE, Answer, Ints


def _project_ends(answer: Answer) -> Ints:
    """Return the end of every column ``build``: its life after it arrives, but not inside the plan,
    in which what is built stays."""
    f = answer.formulation
    row, arrives = (f.build[name].to_numpy(dtype=np.int64) for name in ("row", "arrives"))
    life = np.floor(numbers(f.case["power_projects"], "life_years")[row] * f.index.ppy + 0.5)
    ends = np.minimum(arrives + life, f.case.calendar.last)
    return np.asarray(np.maximum(ends, f.index.T), dtype=np.int64)


def build_lines(answer: Answer) -> pd.DataFrame:
    """Return the lines of power projects with MW in them, with codes."""
    f = answer.formulation
    ledger, axes, build = f.ledger, f.index.axes, f.build
    column = build["column"].to_numpy(dtype=np.int64)
    mine = ledger.of(("power_projects",))
    nominal = ledger.nominal[mine] * answer.x[ledger.column[mine]]
    paid = np.bincount(ledger.column[mine], weights=nominal, minlength=len(answer.x))[column]
    worth = np.bincount(
        ledger.column[mine], weights=nominal * ledger.factor[mine], minlength=len(answer.x)
    )[column]
    mw = answer.x[column]
    at = np.flatnonzero(mw > CHIP_TOLERANCE)
    row, period, site = (
        build[name].to_numpy(dtype=np.int64)[at] for name in ("row", "period", "site")
    )
    return pd.DataFrame(
        {
            "line_id": axes["project"][row]
            + "@"
            + axes["site"][site]
            + "@"
            + axes["period"][period],
            "offer": axes["project"][row],
            "order_period": period,
            "site": site,
            "from_site": -1,
            "status": "new",
            "action": "build_power",
            "chip": -1,
            "kind": "power",
            "arrives": build["arrives"].to_numpy(dtype=np.int64)[at],
            "leaves": _project_ends(answer)[at],
            "chips": np.nan,
            "mw": mw[at],
            "usd_per_chip": numbers(f.case["power_projects"], "usd_per_mw")[row],
            "usd_per_chip_hour": np.nan,
            "total_usd": paid[at],
            "npv_usd": worth[at],
            "lot": -1,
            "column": column[at],
            "cancellable": False,
        }
    )
