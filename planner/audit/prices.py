"""Prices: what was not bought, its price, and the price at which it would be; against prices.csv.

A column at zero with reduced cost ``d`` enters once its price falls by ``d / g``, ``g`` being what
one USD of its price costs over its life.  Price, ``g`` and, where an order is held to its end,
``d`` too are put together again from the inputs and the dual values.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from planner.audit.duals import Duals
from planner.audit.facts import Facts, Floats, column, text
from planner.audit.recomputed import Recomputed
from planner.audit.reduced import check_reduced
from planner.audit.tight import tight_limits
from planner.audit.unbought import nothing_unbought, offers_unbought, open_orders, projects_unbuilt
from planner.audit.verdict import Check, Describe, agree, require, showing


def check_prices(found: Recomputed, duals: Duals | None) -> list[Check]:
    """Return the checks of prices.csv, row by row.

    Args:
        found: the plan, recomputed.
        duals: dual values by name; None where the run has none.
    """
    facts, written, buy = found.facts, found.tables["prices"], found.tables["buy_plan"]
    grid = open_orders(found)
    parts = [part for part in (offers_unbought(facts, grid), projects_unbuilt(facts)) if len(part)]
    frame = pd.concat(parts, ignore_index=True) if parts else nothing_unbought()
    frame = frame.reindex(columns=list(dict.fromkeys((*frame.columns, "grid"))))  # projects alone
    # a retirement names the offer of the chips that leave: it takes nothing of it
    placed = (buy["status"] == "new") & (buy["action"] != "retire")
    taken = buy[placed][["offer", "site", "order_period"]].assign(taken=True)
    taken = taken.drop_duplicates(["offer", "site", "order_period"])
    both = written.merge(frame, on=["offer", "site", "order_period"], how="outer", indicator=True)
    both = both.merge(taken, on=["offer", "site", "order_period"], how="left")
    stands, own = both["_merge"] != "right_only", both["_merge"] != "left_only"
    bought = both["taken"].eq(True)
    right = (stands & own & ~bought) | (~stands & bought)
    kept = both[stands & own].reset_index(drop=True)

    def described(name: str) -> Describe:
        return lambda i: (
            f"prices.csv, {kept['offer'][i]} at {kept['site'][i]}, "
            f"{facts.label(kept['order_period'][i])}, {name}"
        )

    checks = [
        require(
            "prices.rows",
            right.to_numpy(),
            lambda i: (
                f"prices.csv: {both['offer'][i]} at {both['site'][i]} in "
                f"{facts.label(both['order_period'][i])} "
                f"{'stands there' if stands[i] else 'is missing'}"
            ),
            "one row for every order, rental and project that could be placed and is not",
        )
    ]
    for name in ("chip", "kind", "price_field"):
        same = text(kept, name) == text(kept, f"own_{name}")
        checks.append(
            require(
                f"prices.{name}",
                same,
                showing(described(name), kept[name]),
                "that of the offer",
            )
        )
    price, even, cut = (column(kept, name) for name in ("price", "break_even", "cut_pct"))
    checks += [
        agree("prices.price", price, column(kept, "own_price"), described("price"), unit="USD"),
        *_follow(kept, price, even, cut, described),
        *_blocked(facts, duals, kept, described),
    ]
    return checks + (
        check_reduced(found, duals, grid, kept, described) if duals is not None else []
    )


def _follow(
    kept: pd.DataFrame, price: Floats, even: Floats, cut: Floats, described: Any
) -> list[Check]:
    """Return the checks that break-even, cut and reduced cost say the same."""
    fall, weight = price - even, column(kept, "weight")
    has = ~np.isnan(weight) & (weight > 0)
    reduced = column(kept, "reduced_cost_usd")
    # the figures have 12 digits and the reduced cost a cent
    floor = 0.011 + 1e-9 * np.abs(price) * np.nan_to_num(np.abs(weight))
    share = np.where(price > 0, 100.0 * fall / np.where(price > 0, price, 1.0), np.nan)
    told = np.isnan(share)
    return [
        require(
            "prices.side",
            ~(fall < -1e-9 * np.abs(price)) & ~(reduced < 0),
            lambda i: f"{described('break_even')(i)}: {even[i]:.10g} at a price of {price[i]:.10g}",
            "a break-even not above the price, and a reduced cost not below 0",
        ),
        agree(
            "prices.cut_pct",
            np.where(told, 0.0, cut),
            np.where(told, 0.0, share),
            described("cut_pct"),
            unit="%",
            floor=1e-7,
        ),
        agree(
            "prices.break_even",
            np.where(has, fall * weight, 0.0),
            np.where(has, reduced, 0.0),
            lambda i: f"{described('break_even')(i)}: its distance from the price, as reduced cost",
            unit="USD",
            floor=floor,
        ),
    ]


def _blocked(facts: Facts, duals: Duals | None, kept: pd.DataFrame, described: Any) -> list[Check]:
    """Return the check that what is named as keeping an order out is a limit with a worth."""
    if duals is None:
        return []
    names = tight_limits(facts, duals)
    told = text(kept, "blocked_by")
    fixed = (
        "frozen to the last plan, or a maximum of 0",
        "whole racks and choices as they are",
    )
    good = np.array(
        [
            cell in ("", *fixed) or all(part in names for part in str(cell).split("; "))
            for cell in told
        ],
        dtype=bool,
    )
    return [
        require(
            "prices.blocked_by",
            good,
            lambda i: f"{described('blocked_by')(i)}: {told[i]!r}",
            "limits that are worth something in this plan; blank = price",
        )
    ]
