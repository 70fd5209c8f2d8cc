"""Chip-time: whose work the value of a place's chip-time belongs to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.plan.answer import Answer, Ints


def place_causes(answer: Answer) -> pd.DataFrame:
    """Return the share of every cause in the value of a place's chip-time: columns place, cause,
    share (summing to 1 per place).

    Cause codes number workloads, milestones, then the site-loss contingency of each workload.
    """
    f = answer.formulation
    index, capacity, serving, training = f.index, f.capacity, answer.serving, f.training
    W, M = len(index.axes["workload"]), len(index.axes["milestone"])
    value = np.maximum(answer.worth("chip_time"), 0.0)[
        time_rows(answer, capacity.chip_time)
    ]  # (P, K)
    steady = training.slice < 0
    run_value = np.where(
        steady,
        value[training.place].sum(axis=1),
        value[training.place, np.maximum(training.slice, 0)],
    )
    run_hours = np.where(steady, 1.0, index.share[np.maximum(training.slice, 0)])
    place: list[NDArray[np.integer[Any]]] = [serving["place"].to_numpy(), training.place]
    cause: list[NDArray[np.integer[Any]]] = [serving["work"].to_numpy(), W + training.milestone]
    chips = [serving["chips"].to_numpy(), answer.x[training.column]]
    worth = [value[serving["place"], serving["slice"]], run_value]
    hours = [index.share[serving["slice"]], run_hours]
    backup = answer.backup
    place.append(backup["place"].to_numpy())
    cause.append(W + M + backup["work"].to_numpy())
    chips.append(backup["chips"].to_numpy())
    worth.append(np.maximum(-answer.dual[f.backup.time[backup["reserve"], backup["slice"]]], 0.0))
    hours.append(np.zeros(len(backup)))
    frame = pd.DataFrame(
        {
            "place": np.concatenate(place),
            "cause": np.concatenate(cause),
            "chips": np.concatenate(chips),
        }
    )
    frame["value"] = frame["chips"] * np.concatenate(worth)
    frame["time"] = frame["chips"] * np.concatenate(hours)
    frame = (
        frame[frame["chips"] > 0]
        .groupby(["place", "cause"], as_index=False)[["value", "time"]]
        .sum()
    )
    total = frame.groupby("place")[["value", "time"]].transform("sum")
    # where time is free, what the chips do still says what they are there for
    share = np.where(
        total["value"] > 0,
        frame["value"] / total["value"].where(total["value"] > 0, 1.0),
        frame["time"] / total["time"].where(total["time"] > 0, 1.0),
    )
    frame["share"] = share
    return frame.loc[frame["share"] > 0, ["place", "cause", "share"]].reset_index(drop=True)


def time_rows(answer: Answer, rows: Ints) -> Ints:
    """Return the positions of row ids, (P, K), in their block ``chip_time``, (P, K)."""
    return np.asarray(rows - answer.rows["chip_time"].start, dtype=np.int64)


def cause_names(answer: Answer) -> np.ndarray:
    """Return the names behind the cause codes: workloads, milestones, then contingencies,
    (2 W + M,)."""
    axes = answer.formulation.index.axes
    return np.array(
        [f"workload:{w}" for w in axes["workload"]]
        + [f"milestone:{m}" for m in axes["milestone"]]
        + [f"site_loss:{w}" for w in axes["workload"]],
        dtype=object,
    )
