"""Replicas: chips that serve a model together, whole ones below ten."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.audit.allocation import Allocation
from planner.audit.facts import Facts, column, text
from planner.audit.holdings import Capacity
from planner.audit.verdict import Check, at_most

MANY = 10
"""Replicas from which on any number of chips may serve."""


def check_replicas(facts: Facts, allocation: Allocation, capacity: Capacity) -> list[Check]:
    """Return the check that chips at work, with those that are spare in a replica of theirs, find
    time; none where nothing is served by replicas.

    Args:
        facts: the inputs.
        allocation: allocation.csv.
        capacity: chips that can work.
    """
    table, rows = facts.case["workloads"], facts.case["throughput"]
    size = column(rows, "chips_per_replica")
    if not facts.case.settings.whole or not (size > 1).any():
        return []
    a, K = allocation, facts.K
    served = (a.work >= 0) & (text(table, "kind")[np.maximum(a.work, 0)] != "research")
    mine = np.flatnonzero(served)
    keys = pd.MultiIndex.from_frame(rows[["model", "tier", "chip"]])
    at = keys.get_indexer(
        pd.MultiIndex.from_arrays(
            [
                text(table, "model")[a.work[mine]],
                text(table, "tier")[a.work[mine]],
                np.asarray(facts.chip, dtype=object)[a.chip[mine]],
            ]
        )
    )
    frame = pd.DataFrame(
        {
            "w": a.work[mine],
            "c": a.chip[mine],
            "s": a.site[mine],
            "t": a.period[mine],
            "k": a.slice[mine],
            "size": np.append(size, 1.0)[at],
            "chips": a.chips[mine],
        }
    )
    taken = frame.groupby(["w", "c", "s", "t", "k", "size"], as_index=False)["chips"].sum()
    n, chips = (taken[name].to_numpy(np.float64) for name in ("size", "chips"))
    # a hair above a whole number of replicas is what the solver leaves
    whole = np.ceil((chips - facts.few) / n) * n
    spare = np.where((n > 1) & (chips < MANY * n), np.maximum(whole - chips, 0.0), 0.0)
    busy = np.zeros_like(capacity.rented)
    np.add.at(busy, (a.chip, a.site, a.period, a.slice), a.chips)
    place = tuple(taken[name].to_numpy(np.int64) for name in ("c", "s", "t", "k"))
    np.add.at(busy, place, spare)
    S, T = len(facts.site), facts.T

    def where(i: int) -> str:
        return (
            f"allocation.csv, {facts.chip[i // (S * T * K)]} at {facts.site[i // (T * K) % S]}, "
            f"{facts.label(i // K % T)}, {facts.slice[i % K]}, chips in whole replicas"
        )

    return [
        at_most(
            "chip_time.replicas",
            busy,
            capacity.usable,
            where,
            unit="chips",
            floor=facts.few * (1.0 + len(table)),
        )
    ]
