"""Causes of power projects: whose chips take the power that is built."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.case.columns import numbers, texts
from planner.plan.answer import Answer, Ints


def power_causes(
    answer: Answer, lines: pd.DataFrame, builds: Ints, causes: pd.DataFrame, names: np.ndarray
) -> pd.DataFrame:
    """Return the causes of power projects: the worth of their MW in every period, split like the
    chips that take the site's power; of their liquid-cooled share too, split like the liquid-cooled
    chips.

    Args:
        answer: the answer.
        lines: coded lines of ``all_lines``.
        builds: positions of the lines that build power, (n,).
        causes: shares of ``place_causes``.
        names: names behind the cause codes.

    Returns:
        Columns line, name, usd (NPV), time (MW-periods).
    """
    f = answer.formulation
    index, capacity = f.index, f.capacity
    frames = [
        pd.DataFrame(
            {
                "line": np.empty(0, np.int64),
                "name": np.empty(0, object),
                "usd": np.empty(0),
                "time": np.empty(0),
            }
        )
    ]
    liquid = texts(f.case["chips"], "cooling") == "liquid"
    chip = capacity.chip[capacity.powered_place]
    kw = answer.x[capacity.powered] * index.kw_peak[chip]
    liquid_share = np.concatenate(
        [numbers(f.case[name], "liquid_share") for name in ("power_projects", "power_orders")]
    )
    known = np.concatenate([index.axes["project"], texts(f.signed, "name")])
    share = liquid_share[pd.Index(known).get_indexer(pd.Index(lines["offer"].to_numpy()[builds]))]
    arrives = lines["arrives"].to_numpy(dtype=np.int64)[builds]
    site = lines["site"].to_numpy(dtype=np.int64)[builds]
    mw = lines["mw"].to_numpy(dtype=np.float64)[builds]
    which, period = np.nonzero(np.arange(index.T)[None, :] >= arrives[:, None])
    for block, taken, part in (
        ("power", kw, np.ones(len(builds))),
        ("liquid_power", kw * liquid[chip], share),
    ):
        labels = answer.row_labels(block)
        if labels.empty or not len(builds):
            continue
        worth = np.zeros((len(index.pue), index.T))
        worth[labels["site"].to_numpy(), labels["period"].to_numpy()] = np.maximum(
            answer.worth(block), 0.0
        )
        powered = pd.DataFrame({"place": capacity.powered_place, "kw": taken})
        shares = powered.merge(causes, on="place")
        shares["site"] = capacity.site[shares["place"]]
        shares["period"] = capacity.period[shares["place"]]
        shares["kw"] *= shares["share"]
        shares = shares.groupby(["site", "period", "cause"], as_index=False)[["kw"]].sum()
        total = shares.groupby(["site", "period"])["kw"].transform("sum")
        shares["share"] = shares["kw"] / total.where(total > 0, 1.0)
        pieces = pd.DataFrame(
            {
                "line": builds[which],
                "site": site[which],
                "period": period,
                "usd": (mw * part)[which] * worth[site[which], period],
                "time": mw[which] if block == "power" else 0.0,
            }
        ).merge(shares[["site", "period", "cause", "share"]], on=["site", "period"])
        frames.append(
            pd.DataFrame(
                {
                    "line": pieces["line"],
                    "name": names[pieces["cause"].to_numpy(dtype=np.int64)],
                    "usd": pieces["usd"] * pieces["share"],
                    "time": pieces["time"] * pieces["share"],
                }
            )
        )
    return pd.concat(frames, ignore_index=True).astype({"line": np.int64})
