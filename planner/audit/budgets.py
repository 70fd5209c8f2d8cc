"""Budgets: what is paid of each, soft excesses and what those cost; against budget.csv."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from planner.audit.book import Book
from planner.audit.facts import Facts, Floats, column, or_zero, text
from planner.audit.terms import OVER
from planner.audit.tolerance import WRITTEN, Slack
from planner.audit.verdict import Check, Describe, agree, at_most, require
from planner.audit.window import told_window, window


def _cash(facts: Facts, entries: pd.DataFrame) -> dict[str, tuple[Floats, Floats]]:
    """Return nominal cash by category and period (T,), with how far rounding can move it."""
    result: dict[str, tuple[Floats, Floats]] = {}
    for category in ("capex", "opex", "all"):
        mine = entries[
            (entries["period"] < facts.T)
            & (
                entries["category"].isin(["capex", "opex"])
                if category == "all"
                else entries["category"] == category
            )
        ]
        at = mine["period"].to_numpy(dtype=np.int64)
        result[category] = (
            np.asarray(
                np.bincount(at, weights=column(mine, "usd"), minlength=facts.T), dtype=np.float64
            ),
            np.asarray(
                np.bincount(
                    at,
                    weights=column(mine, "doubt") + 1e-7 * np.abs(column(mine, "usd")),
                    minlength=facts.T,
                ),
                dtype=np.float64,
            ),
        )
    return result


def check_budgets(facts: Facts, book: Book, written: pd.DataFrame) -> list[Check]:
    """Return the checks of budgets and budget.csv; the penalties of soft budgets are added to the
    book."""
    table, cash = facts.case["budgets"], _cash(facts, book.table())
    names, categories = text(table, "period"), text(table, "category")
    most, price = column(table, "usd_max"), column(table, "over_usd_per_usd")
    covers = [window(facts, name) for name in names]  # few budgets; each sums its periods
    used = column(table, "used_usd")
    paid = used + np.array(
        [cash[category][0][mask].sum() for category, mask in zip(categories, covers, strict=True)]
    )
    doubt = np.array(
        [cash[category][1][mask].sum() for category, mask in zip(categories, covers, strict=True)]
    )
    soft = ~np.isnan(price)
    floor = doubt + 0.01
    excess = np.maximum(paid - most, 0.0)
    excess = np.where(excess > floor + 1e-6 * most, excess, 0.0)
    last = np.array(
        [np.flatnonzero(mask)[-1] if mask.any() else 0 for mask in covers], dtype=np.int64
    )
    book.add(
        OVER,
        last[soft],
        (excess * price)[soft],
        ((floor + 1e-6 * most) * price)[soft] / WRITTEN,
    )
    hard = np.flatnonzero(~soft)

    limits = pd.DataFrame(
        {
            "period": names,
            "category": categories,
            "most": most,
            "over": excess,
            "used": used,
            "free": price == 0.0,
        }
    )
    return [
        at_most(
            "budgets.limit",
            paid[hard],
            most[hard],
            lambda i: f"inputs/budgets.csv: {names[hard[i]]} {categories[hard[i]]}, paid",
            unit="USD",
            floor=floor[hard],
        ),
        *_compare(facts, cash, limits, written),
    ]


def _compare(
    facts: Facts,
    cash: Mapping[str, tuple[Floats, Floats]],
    limits: pd.DataFrame,
    written: pd.DataFrame,
) -> list[Check]:
    """Return the checks of budget.csv: rows for periods and for the windows of budgets.

    Args:
        facts: the inputs.
        cash: cash by category, and how far rounding can move it, USD, (T,) each.
        limits: the budgets: period, category, most, over, used before the plan, and whether going
            over is free.
        written: budget.csv.
    """
    unique = pd.unique(written["period"])
    masks = {name: told_window(facts, name) for name in unique}
    known = (
        np.array([masks[name] is not None for name in written["period"]], dtype=bool)
        & written["category"].isin(list(cash)).to_numpy()
    )
    rows = np.flatnonzero(known)
    kept = written.iloc[rows].reset_index(drop=True)
    sums = {
        (name, category): (cash[category][0][mask].sum(), cash[category][1][mask].sum())
        for name, mask in masks.items()
        if mask is not None
        for category in cash
    }
    truth = np.array(
        [sums[key] for key in zip(kept["period"], kept["category"], strict=True)]
    ).reshape(len(kept), 2)
    merged = kept.merge(limits, on=["period", "category"], how="left")
    lacking = limits.merge(
        kept[["period", "category", "paid_usd"]], on=["period", "category"], how="left"
    )
    lacking = lacking[lacking["paid_usd"].isna()].reset_index(drop=True)

    def described(name: str) -> Describe:
        return lambda i: f"budget.csv, {kept['period'][i]}, {kept['category'][i]}, {name}"

    # an excess that costs nothing may be stated larger than it is
    over = or_zero(column(merged, "over"))
    over = np.where(merged["free"].eq(True), np.fmax(column(kept, "over_usd"), over), over)
    truth[:, 0] += or_zero(column(merged, "used"))
    told = np.abs(or_zero(column(merged, "used")) - or_zero(column(kept, "used_usd")))
    same = np.isnan(column(merged, "most")) == np.isnan(column(merged, "limit_usd"))
    same &= np.isnan(column(merged, "most")) | (
        np.abs(or_zero(column(merged, "most")) - or_zero(column(merged, "limit_usd")))
        <= 0.01 + 1e-9 * or_zero(column(merged, "most"))
    )
    same &= told <= 0.01 + 1e-9 * or_zero(column(merged, "used"))
    return [
        require(
            "budget.rows",
            known,
            lambda i: f"budget.csv, row {i + 2}: {written['period'][i]}, {written['category'][i]}",
            "periods or fiscal years of the plan, capex, opex or all",
        )
        if not len(lacking)
        else require(
            "budget.rows",
            [False],
            lambda i: f"budget.csv has no row for {lacking['period'][0]} {lacking['category'][0]}",
            "one row for every budget",
        ),
        require(
            "budget.limit_usd",
            same,
            lambda i: (
                f"{described('limit_usd')(i)}: written {kept['limit_usd'][i]}, in the inputs "
                f"{merged['most'][i]} (used_usd: {kept['used_usd'][i]}, {merged['used'][i]})"
            ),
            "the budget of the inputs; blank where there is none",
        ),
        agree(
            "budget.paid_usd",
            column(kept, "paid_usd"),
            truth[:, 0],
            described("paid_usd"),
            unit="USD",
            floor=0.03 + truth[:, 1],
        ),
        agree(
            "budget.over_usd",
            or_zero(column(kept, "over_usd")),
            over,
            described("over_usd"),
            unit="USD",
            floor=Slack(0.03 + truth[:, 1], size=or_zero(column(merged, "most"))),
        ),
    ]
