"""Stability: what changed against the last plan, and the periods in which nothing may."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.audit.actions import BURST
from planner.audit.facts import Bools, Facts, column, or_zero, text, whole
from planner.audit.lots import NEW, Lots
from planner.audit.orderable import orderable
from planner.audit.verdict import Check, agree


def check_stability(facts: Facts, lots: Lots, buy: pd.DataFrame) -> list[Check]:
    """Return the check that orders (and power projects) of the frozen periods, and of lines that
    were changed or refused, are those of the last plan."""
    change, chosen = changes(facts, lots), decided(facts)
    frozen = facts.case.settings.frozen_periods
    if change is None or not (frozen or len(chosen)):
        return []
    held = change[change["fixed"]].reset_index(drop=True)
    checks = [
        agree(
            "stability.frozen",
            column(held, "ordered"),
            column(held, "last"),
            lambda i: (
                f"buy_plan.csv: {held['offer'][i]} at {held['site'][i]}, kept order of "
                f"{facts.label(held['period'][i])}, chips (against the last plan)"
            ),
            unit="chips",
            floor=facts.few,
        )
    ]
    projects = facts.case["power_projects"]
    if len(projects):
        shape = len(projects), facts.T
        last, mw = np.zeros(shape), np.zeros(shape)
        names = pd.Index(text(projects, "project"))
        for target, frame in (
            (last, facts.case["last_plan"]),
            (mw, buy[buy["action"] == "build_power"]),
        ):
            row, period = (
                names.get_indexer(pd.Index(text(frame, "offer"))),
                whole(frame, "order_period"),
            )
            good = (row >= 0) & (period >= 0) & (period < facts.T)
            np.add.at(target, (row[good], period[good]), or_zero(column(frame, "mw"))[good])
        fixed = fixed_projects(facts)
        at = np.argwhere(fixed)
        checks.append(
            agree(
                "stability.frozen_power",
                mw[fixed],
                last[fixed],
                lambda i: (
                    f"buy_plan.csv: project {names[at[i, 0]]}, kept order of "
                    f"{facts.label(at[i, 1])}, mw (against the last plan)"
                ),
                unit="MW",
            )
        )
    return checks


def fixed_projects(facts: Facts) -> Bools:
    """Return which orders of power projects are as the last plan has them, (projects, T)."""
    projects, chosen = facts.case["power_projects"], decided(facts)
    fixed = np.zeros((len(projects), facts.T), dtype=bool)
    if len(facts.case["last_plan"]):
        fixed[:, : facts.case.settings.frozen_periods] = True
    names = pd.Index(text(projects, "project"))
    row, period = names.get_indexer(pd.Index(text(chosen, "offer"))), whole(chosen, "order_period")
    good = (row >= 0) & (period >= 0) & (period < facts.T)
    fixed[row[good], period[good]] = True
    return fixed


def decided(facts: Facts) -> pd.DataFrame:
    """Return the lines of the last plan that were changed or refused when it was approved."""
    last = facts.case["last_plan"]
    return last[last["decision"].isin(["changed", "refused"])]


def changes(facts: Facts, lots: Lots) -> pd.DataFrame | None:
    """Return chips ordered and chips of the last plan, columns ordered and last, and whether the
    order is kept (fixed), for every order that this plan could place; None without a last plan."""
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
    chosen = decided(facts)
    keys = [text(chosen, "offer"), text(chosen, "site"), whole(chosen, "order_period")]
    own = pd.MultiIndex.from_frame(merged[["offer", "site", "period"]])
    merged["fixed"] = (merged["period"] < facts.case.settings.frozen_periods) | own.isin(
        pd.MultiIndex.from_arrays(keys)
    )
    return merged
