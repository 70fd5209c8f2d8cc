"""Stability: what changed against the last plan, and the periods in which nothing may."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.audit.actions import BURST
from planner.audit.facts import Facts, column, or_zero, text, whole
from planner.audit.lots import NEW, Lots
from planner.audit.orderable import orderable
from planner.audit.verdict import Check, agree


def check_stability(facts: Facts, lots: Lots, buy: pd.DataFrame) -> list[Check]:
    """Return the check that orders (and power projects) of the frozen periods are those of the last
    plan."""
    change = changes(facts, lots)
    frozen = facts.case.settings.frozen_periods
    if change is None or not frozen:
        return []
    held = change[change["period"] < frozen].reset_index(drop=True)
    checks = [
        agree(
            "stability.frozen",
            column(held, "ordered"),
            column(held, "last"),
            lambda i: (
                f"buy_plan.csv: {held['offer'][i]} at {held['site'][i]}, frozen period "
                f"{facts.label(held['period'][i])}, chips (against the last plan)"
            ),
            unit="chips",
            floor=facts.few,
        )
    ]
    projects = facts.case["power_projects"]
    if len(projects):
        last, mw = np.zeros((len(projects), frozen)), np.zeros((len(projects), frozen))
        names = pd.Index(text(projects, "project"))
        for target, frame in (
            (last, facts.case["last_plan"]),
            (mw, buy[buy["action"] == "build_power"]),
        ):
            row, period = (
                names.get_indexer(pd.Index(text(frame, "offer"))),
                whole(frame, "order_period"),
            )
            good = (row >= 0) & (period >= 0) & (period < frozen)
            np.add.at(target, (row[good], period[good]), or_zero(column(frame, "mw"))[good])
        checks.append(
            agree(
                "stability.frozen_power",
                mw,
                last,
                lambda i: (
                    f"buy_plan.csv: project {names[i // frozen]}, frozen period "
                    f"{facts.label(i % frozen)}, mw (against the last plan)"
                ),
                unit="MW",
            )
        )
    return checks


def changes(facts: Facts, lots: Lots) -> pd.DataFrame | None:
    """Return chips ordered and chips of the last plan, columns ordered and last, for every order
    that this plan could place; None without a last plan."""
    last = facts.case["last_plan"]
    if not len(last):
        return None
    grid = orderable(facts)
    grid = grid[~grid["kind"].isin([*BURST, "relocate"])].reset_index(drop=True)
    before = (
        last.groupby(["offer", "site", "order_period"], sort=True)["chips"]
        .sum()
        .rename("last")
        .reset_index()
    )
    new = np.flatnonzero(lots.origin == NEW)
    now = pd.DataFrame(
        {
            "offer": facts.offer[lots.row[new]],
            "site": facts.site[lots.site[new]],
            "period": lots.ordered[new],
            "ordered": lots.chips[new],
        }
    )
    now = now.groupby(["offer", "site", "period"], sort=True)["ordered"].sum().reset_index()
    merged = grid.merge(
        before,
        left_on=["offer", "site", "period"],
        right_on=["offer", "site", "order_period"],
        how="left",
    ).merge(now, on=["offer", "site", "period"], how="left")
    merged["last"], merged["ordered"] = (
        or_zero(column(merged, "last")),
        or_zero(column(merged, "ordered")),
    )
    return merged
