"""Power projects: the MW that are built, as lines of the plan."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import Texts, numbers, texts
from planner.plan.answer import CHIP_TOLERANCE, Answer, Floats, Ints, summed


def _project_ends(answer: Answer) -> Ints:
    """Return the end of every column ``build``: its life after it arrives, but not inside the plan,
    in which what is built stays."""
    f = answer.formulation
    row, arrives = (f.build[name].to_numpy(dtype=np.int64) for name in ("row", "arrives"))
    life = np.floor(numbers(f.case["power_projects"], "life_years")[row] * f.index.ppy + 0.5)
    ends = np.minimum(arrives + life, f.case.calendar.last)
    return np.asarray(np.maximum(ends, f.index.T), dtype=np.int64)


def _paid(answer: Answer) -> tuple[Floats, Floats]:
    """Return what every column pays for power, USD: nominal and discounted, (columns,) each."""
    ledger = answer.formulation.ledger
    mine = ledger.of(("power_projects",))
    column, nominal = ledger.column[mine], ledger.nominal[mine] * answer.x[ledger.column[mine]]
    n = len(answer.x)
    return summed(column, nominal, n), summed(column, nominal * ledger.factor[mine], n)


def signed_lines(answer: Answer) -> pd.DataFrame:
    """Return the lines of power projects ordered before the plan, with codes: existing where their
    MW are in service when it starts, committed otherwise."""
    f = answer.formulation
    table, signed = f.case["power_orders"], f.signed
    arrives, column = (signed[name].to_numpy(dtype=np.int64) for name in ("arrives", "column"))
    mw = answer.x[column]
    at = np.flatnonzero((numbers(table, "mw") > 0) & (arrives < f.index.T))
    site, came = signed["site"].to_numpy(dtype=np.int64)[at], arrives[at]
    life = np.floor(numbers(table, "life_years")[at] * f.index.ppy + 0.5)
    ends = np.maximum(np.minimum(came + life, f.case.calendar.last), f.index.T)
    names = texts(signed, "name")[at]
    nominal, discounted = _paid(answer)
    return pd.DataFrame(
        {
            "line_id": names + "@" + f.index.axes["site"][site],
            "offer": names,
            "order_period": -(10**6),
            "site": site,
            "from_site": -1,
            "status": np.where(came < 0, "existing", "committed").astype(object),
            "action": "build_power",
            "chip": -1,
            "kind": "power",
            "arrives": came,
            "leaves": ends.astype(np.int64),
            "chips": np.nan,
            "mw": mw[at],
            "usd_per_chip": numbers(table, "usd_per_mw")[at],
            "usd_per_chip_hour": np.nan,
            "total_usd": nominal[column[at]],
            "npv_usd": discounted[column[at]],
            "lot": -1,
            "column": column[at],
            "cancellable": False,
        }
    )


def build_ids(answer: Answer) -> Texts:
    """Return the line of every order of power that the plan may place, in the order of ``build``:
    project, site and period, (n,)."""
    axes, build = answer.formulation.index.axes, answer.formulation.build
    row, site, period = (build[name].to_numpy(dtype=np.int64) for name in ("row", "site", "period"))
    ids: Texts = axes["project"][row] + "@" + axes["site"][site] + "@" + axes["period"][period]
    return ids


def build_lines(answer: Answer) -> pd.DataFrame:
    """Return the lines of power projects with MW in them, with codes."""
    f = answer.formulation
    axes, build = f.index.axes, f.build
    column = build["column"].to_numpy(dtype=np.int64)
    nominal, discounted = _paid(answer)
    paid, worth = nominal[column], discounted[column]
    mw = answer.x[column]
    at = np.flatnonzero(mw > CHIP_TOLERANCE)
    row, period, site = (
        build[name].to_numpy(dtype=np.int64)[at] for name in ("row", "period", "site")
    )
    return pd.DataFrame(
        {
            "line_id": build_ids(answer)[at],
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
