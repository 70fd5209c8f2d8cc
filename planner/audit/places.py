"""Places: whose the value of a place's time is, from the dual values of time.

A place is a chip at a site in a period.  What a chip's time is worth in a slice belongs to the work
that it does in that slice.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.audit.duals import Duals
from planner.audit.facts import Facts, Floats, column, whole
from planner.audit.recomputed import Recomputed
from planner.audit.reserves import Places, reserve_worth
from planner.audit.tolerance import WRITTEN


def time_values(facts: Facts, duals: Duals) -> Floats:
    """Return what one more usable chip in a slice saves, discounted USD, (C, S, T, K)."""
    shape = (len(facts.chip), len(facts.site), facts.T, facts.K)
    dual, _ = duals.table("chip_time", shape, "chip", "site", "period", "slice")
    return np.maximum(-dual, 0.0)


def place_shares(found: Recomputed, duals: Duals) -> pd.DataFrame:
    """Return whose the value of a place's time is: columns c, s, t, cause, share (1 per place) and
    doubt, by how much the rounding of written chips may have moved that share.

    A place is a chip at a site in a period.  Where its time is worth nothing, it is that of what
    its chips do.
    """
    facts, a = found.facts, found.allocation
    value = time_values(facts, duals)[a.chip, a.site, a.period, a.slice]
    names = np.concatenate([facts.workload.to_numpy(), facts.milestone.to_numpy(), [""]])
    W = len(facts.workload)
    kind = np.where(a.run >= 0, "milestone:", "workload:").astype(object)
    parts = [
        pd.DataFrame(
            {
                "c": a.chip,
                "s": a.site,
                "t": a.period,
                "cause": kind + names[np.where(a.run >= 0, W + a.run, a.work)],
                "value": a.chips * value,
                "time": a.chips * facts.share[a.slice],
                "chip_value": value,
                "chip_time": facts.share[a.slice],
            }
        ),
        _backed_up(found, duals),
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[(rows["value"] > 0) | (rows["time"] > 0)]
    figures = ["value", "time", "chip_value", "chip_time"]
    rows = rows.groupby(["c", "s", "t", "cause"], as_index=False)[figures].sum()
    total = rows.groupby(["c", "s", "t"])[figures].transform("sum")
    priced = total["value"] > 0
    rows["share"] = np.where(
        priced,
        rows["value"] / total["value"].where(priced, 1.0),
        rows["time"] / total["time"].where(total["time"] > 0, 1.0),
    )
    moved = np.where(
        priced,
        total["chip_value"] / total["value"].where(priced, 1.0),
        total["chip_time"] / total["time"].where(total["time"] > 0, 1.0),
    )
    rows["doubt"] = np.minimum(WRITTEN * moved, 1.0)
    kept: pd.DataFrame = rows.loc[rows["share"] > 0, ["c", "s", "t", "cause", "share", "doubt"]]
    return kept


def _backed_up(found: Recomputed, duals: Duals) -> pd.DataFrame:
    """Return what standing in for a lost site is worth: rows of site_loss.csv at their dual."""
    facts = found.facts
    table = found.tables.get("site_loss")
    if table is None or not len(table) or not len(duals["backup_time"]):
        names = ["c", "s", "t", "cause", "value", "time", "chip_value", "chip_time"]
        return pd.DataFrame(columns=names)
    lost, c = facts.codes("site", table["lost_site"]), facts.codes("chip", table["chip"])
    s, t = facts.codes("site", table["site"]), whole(table, "period")
    k = facts.codes("slice", table["slice"])
    worth = reserve_worth(facts, found.demand, duals, lost, Places(c, s, t))
    each = worth[np.arange(len(k)), k]
    return pd.DataFrame(
        {
            "c": c,
            "s": s,
            "t": t,
            "cause": "site_loss:" + table["workload"],
            "value": column(table, "chips") * each,
            "time": np.zeros(len(table)),
            "chip_value": each,
            "chip_time": np.zeros(len(table)),
        }
    )
