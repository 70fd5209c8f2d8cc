"""Profit and loss: pnl.csv from costs.csv and books.csv alone, and its cash against budget.csv."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from planner.audit.facts import Bools, Facts, Floats, column, text, whole
from planner.audit.recomputed import Recomputed
from planner.audit.tolerance import CENT, Slack
from planner.audit.verdict import Check, Describe, agree, require

PENALTIES: Final = ("short", "late", "over", "change")


def _by_period(facts: Facts, frame: pd.DataFrame, name: str, which: Bools) -> Floats:
    """Return a column of chosen rows summed by period, (T+1,)."""
    period = whole(frame, "period")
    good = (period >= 0) & (period <= facts.T)
    weights = np.where(which, column(frame, name), 0.0)[good]
    return np.bincount(period[good], weights=weights, minlength=facts.T + 1).astype(np.float64)


def own_pnl(facts: Facts, costs: pd.DataFrame, books: pd.DataFrame) -> dict[str, Floats]:
    """Return the columns of pnl.csv, (T+1,) each, from the two tables."""
    term, category = text(costs, "term"), text(costs, "category")
    contracts = text(books, "asset") == "contracts"

    def cost(which: Bools, name: str = "nominal_usd") -> Floats:
        return _by_period(facts, costs, name, which)

    def book(name: str, which: Bools) -> Floats:
        return _by_period(facts, books, name, which)

    every = np.ones(len(books), bool)
    running = cost((category == "opex") & (term != "prepaid"))
    depreciation, amortisation = (
        book("depreciation_usd", ~contracts),
        book("depreciation_usd", contracts),
    )
    write_off, paid = book("write_off_usd", every), book("paid_usd", every)
    fees = cost((category == "capex") & (term == "cancellation"))
    sale = -cost(term == "resale")
    by_books = running + depreciation + amortisation + write_off + fees - sale
    cash = by_books - depreciation - amortisation - write_off + sale + paid
    penalties = cost(np.isin(term, PENALTIES), "discounted_usd")
    residual = cost(term == "residual", "discounted_usd")
    in_cash = category != "none"
    discounted = cost(in_cash | (term == "resale"), "discounted_usd")
    assets = book("closing_usd", every)
    assets[-1] = assets[-2]
    return {
        "running_usd": running,
        "depreciation_usd": depreciation,
        "amortisation_usd": amortisation,
        "write_off_usd": write_off,
        "fees_usd": fees,
        "sale_usd": sale,
        "cost_usd": by_books,
        "paid_usd": paid,
        "cash_usd": cash,
        "net_cash_usd": cash - sale,
        "discounting_usd": discounted - (cash - sale),
        "penalties_usd": penalties,
        "residual_usd": residual,
        "objective_usd": discounted + penalties + residual,
        "assets_usd": assets,
    }


def check_pnl(found: Recomputed) -> list[Check]:
    """Return the checks of pnl.csv: every column from costs.csv and books.csv, cash against
    budget.csv.

    Args:
        found: the plan, recomputed.
    """
    facts, written = found.facts, found.tables["pnl"]
    own = own_pnl(facts, found.tables["costs"], found.tables["books"])
    period = whole(written, "period")
    right = np.array_equal(period, np.arange(facts.T + 1))
    rows = require(
        "pnl.rows",
        [right],
        lambda i: f"pnl.csv: {len(written)} rows",
        "a row for every period of the plan and one for what falls at its end, in their order",
    )
    if not right:
        return [rows]
    cash = found.tables["budget"]
    cash = cash[text(cash, "category") == "all"]
    when = facts.case.calendar
    known = {when.label(t): t for t in range(facts.T)}
    mine = cash[cash["period"].isin(known).to_numpy()]
    at = np.array([known[label] for label in mine["period"]], dtype=np.int64)
    # paid before the plan is a part of what a budget counts, and no cash of the plan
    before = np.nan_to_num(column(mine, "used_usd"))
    many = 0.01 * (2.0 + len(found.tables["costs"]) / max(facts.T, 1))

    def place(name: str) -> Describe:
        return lambda i: f"pnl.csv, {facts.label(i)}, {name}"

    return [
        rows,
        *(
            agree(
                f"pnl.{name}",
                column(written, name),
                figures,
                place(name),
                unit="USD",
                floor=Slack(CENT, relative=1e-11),
            )
            for name, figures in own.items()
        ),
        agree(
            "pnl.budget",
            column(written, "cash_usd")[at],
            column(mine, "paid_usd") - before,
            lambda i: f"pnl.csv, {facts.label(at[i])}, cash_usd against budget.csv",
            unit="USD",
            floor=Slack(many, relative=1e-9),
        ),
    ]
