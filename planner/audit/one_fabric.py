"""One fabric: runs that stay on one site, or one chip type, of several that they may use."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from planner.audit.allocation import Allocation
from planner.audit.facts import Facts, column, flags, or_zero, text
from planner.audit.verdict import Check, at_most

KINDS: Final = ("run_site", "run_chip")
"""Kinds of whole.csv that are checked here."""


def check_one_fabric(facts: Facts, allocation: Allocation, counted: pd.DataFrame) -> list[Check]:
    """Return the checks that a run works at one site (on one chip type) only, where it must, and at
    the one that the plan says; none where nothing is whole.

    Args:
        facts: the inputs.
        allocation: allocation.csv.
        counted: whole.csv.
    """
    table = facts.case["milestones"]
    if not facts.case.whole or not len(table):
        return []
    mine = np.flatnonzero(allocation.run >= 0)
    checks = []
    for axis, names, at in (
        ("site", facts.site, allocation.site[mine]),
        ("chip", facts.chip, allocation.chip[mine]),
    ):
        chips = np.zeros((len(table), len(names)))
        np.maximum.at(chips, (allocation.run[mine], at), allocation.chips[mine])
        rows = counted[text(counted, "kind") == f"run_{axis}"]
        run = facts.codes("milestone", text(rows, "milestone"))
        place = facts.codes(axis, text(rows, axis))
        good = (run >= 0) & (place >= 0) & (or_zero(column(rows, "count")) > 0.5)
        chosen = np.zeros(chips.shape, dtype=bool)
        chosen[run[good], place[good]] = True
        # of a run without a choice the plan says nothing: where it works most is its place
        stated = np.arange(len(names)) == chips.argmax(axis=1)[:, None]
        known = np.asarray(chosen.any(axis=1))
        chosen = np.where(known[:, None], chosen, stated)
        single = np.flatnonzero(flags(table, f"single_{axis}"))
        beside = np.zeros(chips.shape)
        wrong = ~chosen | (chosen.sum(axis=1, keepdims=True) > 1)
        beside[single] = np.where(wrong, chips, 0.0)[single]

        def where(i: int, axis: str = axis, names: pd.Index = names) -> str:
            run, place = facts.milestone[i // len(names)], names[i % len(names)]
            return f"allocation.csv: milestone {run} beside its one {axis}, chips at {place}"

        checks.append(
            at_most(
                f"milestones.one_{axis}",
                beside,
                0.0,
                where,
                unit="chips",
                floor=facts.few,
            )
        )
    return checks
