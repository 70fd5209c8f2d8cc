"""Buying or renting: the plan without one or the other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from planner.plan.actions import PLACED
from planner.runs.read import read_run_table
from planner.study.explain.outcome import Explanation, try_without
from planner.study.explain.whatif import told_outcomes, told_plan
from planner.study.live import Live
from planner.words import number, plural


def explain_rent(live: Live, folder: Path, words: Sequence[str]) -> Explanation:
    """Return whether to buy or rent: the plan without rentals, without any contract, without
    purchases."""
    f = live.formulation
    kinds = f.case["offers"]["kind"].to_numpy(dtype=object)
    lot_kind = np.where(
        f.lots.origin == 2,
        kinds[np.where(f.lots.origin == 2, f.lots.row, 0)] if len(kinds) else "",
        "",
    )
    reserved = f.holding.order[
        np.isin(lot_kind, ["reserved", "reserved_1y", "reserved_3y", "capacity_block"])
    ]
    bought, leased = f.holding.order[lot_kind == "purchase"], f.holding.order[lot_kind == "lease"]
    tried = (
        ("nothing is rented by the hour", f.capacity.rented),
        ("nothing is reserved", reserved),
        ("nothing is rented or reserved", np.concatenate([f.capacity.rented, reserved])),
        ("nothing is bought", bought),
        ("nothing is leased", leased),
    )
    outcomes = [try_without(live, what, columns)[0] for what, columns in tried if len(columns)]
    buy = read_run_table(folder, "buy_plan")
    new = buy[(buy["status"] == "new") & buy["action"].isin(PLACED)]
    shares = new.groupby("action")["total_usd"].sum()
    facts = [
        (
            str(action),
            f"{number(float(usd))} USD in {plural(int((new['action'] == action).sum()), 'line')}",
        )
        for action, usd in shares.items()
    ]
    headline = (
        "; ".join(f"if {o.what}, {told_plan(o)}" for o in outcomes)
        or "nothing can be bought or rented"
    )
    return told_outcomes("rent", outcomes, None, f"{headline[0].upper()}{headline[1:]}.", facts)
