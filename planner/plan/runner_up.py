"""Runner-up: the cheapest alternative not taken that could do what a line is there for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.plan.actions import PLACED
from planner.plan.answer import Answer, Floats


def runner_up(
    answer: Answer, lines: pd.DataFrame, causes: pd.DataFrame, prices: pd.DataFrame
) -> tuple[np.ndarray, Floats]:
    """Return the alternative with the smallest cut that could do each line's first cause, in
    service within a year of the line.

    Args:
        answer: the answer.
        lines: coded lines of ``all_lines``.
        causes: the table of their causes, the largest of a line first.
        prices: coded rows of ``price_table``.

    Returns:
        Its name (offer@site@order period, blank: none) and the price cut that it needs in %, NaN
        where there is none, (n,) each.
    """
    f = answer.formulation
    axes, index = f.index.axes, f.index
    name, gap = np.full(len(lines), "", dtype=object), np.full(len(lines), np.nan)
    first = (
        causes.groupby("line_id")["cause"].first().reindex(lines["line_id"]).to_numpy(dtype=object)
    )
    wanted = lines["action"].isin(PLACED).to_numpy() & (lines["status"] == "new").to_numpy()
    options = prices[
        (prices["chip"] >= 0) & np.isfinite(prices["cut_pct"]) & (prices["blocked_by"] == "")
    ]
    if options.empty:
        return name, gap
    o_chip, o_site, o_time = (
        options[column].to_numpy(dtype=np.int64) for column in ("chip", "site", "arrives")
    )
    cut = options["cut_pct"].to_numpy()
    ids = (
        options["offer"]
        + "@"
        + axes["site"][o_site]
        + "@"
        + axes["period"][options["order_period"].to_numpy(dtype=np.int64)]
    ).to_numpy(dtype=object)
    works = {f"workload:{w}": i for i, w in enumerate(axes["workload"])} | {
        f"site_loss:{w}": i for i, w in enumerate(axes["workload"])
    }
    runs = {f"milestone:{m}": i for i, m in enumerate(axes["milestone"])}
    # a loop over distinct causes; alternatives of each are ranked once, by arrays
    for cause in sorted({c for c in first[wanted] if isinstance(c, str)}):
        if cause in works:
            can = f.work.eligible[works[cause], o_chip, o_site, o_time]
        elif cause in runs:
            can = f.milestones.may[runs[cause], o_chip, o_site, o_time]
        else:
            continue
        pick = np.flatnonzero(can)
        if not len(pick):
            continue
        pick = pick[np.argsort(cut[pick], kind="stable")]
        best = np.full(index.T, -1, dtype=np.int64)
        near = np.abs(o_time[pick][None, :] - np.arange(index.T)[:, None]) <= index.ppy
        some = near.any(axis=1)
        best[some] = pick[near[some].argmax(axis=1)]
        mine = np.flatnonzero(wanted & (first == cause))
        at = best[np.clip(lines["arrives"].to_numpy(dtype=np.int64)[mine], 0, index.T - 1)]
        name[mine[at >= 0]], gap[mine[at >= 0]] = ids[at[at >= 0]], cut[at[at >= 0]]
    return name, gap
