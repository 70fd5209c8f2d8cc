"""Replicas: chips that serve a model together, whole ones below ten."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from planner.audit.allocation import Allocation
from planner.audit.facts import Facts, column, text, whole
from planner.audit.holdings import Capacity
from planner.audit.verdict import Check, at_most

MANY: Final = 10
"""Replicas from which on any number of chips may serve."""
KINDS: Final = ("replicas", "many")
"""Kinds of whole.csv that are checked here."""


def check_replicas(
    facts: Facts, allocation: Allocation, capacity: Capacity, counted: pd.DataFrame
) -> list[Check]:
    """Return the checks that chips at work, with those that are spare in a replica of theirs, find
    time, and that there are as many replicas as whole.csv says; none where nothing is served by
    replicas.

    Args:
        facts: the inputs.
        allocation: allocation.csv.
        capacity: chips that can work.
        counted: whole.csv.
    """
    table, rows = facts.case["workloads"], facts.case["throughput"]
    size = column(rows, "chips_per_replica")
    if not facts.case.whole or not (size > 1).any():
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
    taken = frame.groupby(["w", "c", "s", "t", "k", "size"])["chips"].sum().reset_index()
    n, chips = (taken[name].to_numpy(np.float64) for name in ("size", "chips"))
    # a hair above a whole number of replicas is what the solver leaves
    full = np.ceil((chips - facts.few) / n) * n
    spare = np.where((n > 1) & (chips < MANY * n), np.maximum(full - chips, 0.0), 0.0)
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

    found = [_counted(facts, counted, kind) for kind in KINDS]
    key = pd.MultiIndex.from_frame(taken[["w", "c", "s", "t", "k"]])
    count, many = (series.reindex(key).fillna(0.0).to_numpy(dtype=np.float64) for series in found)
    room = np.where((many > 0) & (count >= MANY), np.inf, count * n)
    return [
        at_most(
            "whole.replicas",
            np.where(n > 1, chips, 0.0),
            room,
            lambda i: (
                f"allocation.csv, {facts.workload[taken['w'][i]]} on {facts.chip[taken['c'][i]]} "
                f"at {facts.site[taken['s'][i]]} in {facts.label(taken['t'][i])}, chips in the "
                "replicas of whole.csv"
            ),
            unit="chips",
            floor=facts.few,
        ),
        at_most(
            "chip_time.replicas",
            busy,
            capacity.usable,
            where,
            unit="chips",
            floor=facts.few * (1.0 + len(table)),
        ),
    ]


def _counted(facts: Facts, counted: pd.DataFrame, kind: str) -> pd.Series[float]:
    """Return the counts of a kind of whole.csv, by codes of workload, chip, site, period and
    slice."""
    rows = counted[text(counted, "kind") == kind]
    codes = [
        facts.codes("workload", text(rows, "workload")),
        facts.codes("chip", text(rows, "chip")),
        facts.codes("site", text(rows, "site")),
        whole(rows, "period"),
        facts.codes("slice", text(rows, "slice")),
    ]
    frame = pd.Series(column(rows, "count"), index=pd.MultiIndex.from_arrays(codes))
    return frame.groupby(level=[0, 1, 2, 3, 4]).sum()
