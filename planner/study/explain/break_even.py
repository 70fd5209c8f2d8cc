"""Break-even: the price at which one line comes in, by solving again."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.lp.solution import total
from planner.model import formulate
from planner.study.explain.line import line_columns
from planner.study.explain.outcome import CENT, Outcome
from planner.study.live import Asked, Live, with_more, with_rows, with_tables
from planner.words import number

HAIR: Final = 1e-3
"""Relative distance from a break-even price at which it is confirmed."""

MOST_TANGENTS: Final = 30

FREE: Final = 1e-6
"""Share of its price that counts as "for free"."""


def _priced(case: Case, row: Any, price: float) -> Case:
    """The case with another price of an offer in one order period."""
    if row["price_field"] == "usd_per_mw":
        return with_rows(
            case,
            "power_projects",
            (case["power_projects"]["project"] == row["offer"]).to_numpy(),
            usd_per_mw=price,
        )
    period = case.calendar.parse(str(row["order_period"]))
    table = case["offer_prices"]
    here = ((table["offer"] == row["offer"]) & (table["period"] == period)).to_numpy()
    if here.any():
        return with_rows(case, "offer_prices", here, **{str(row["price_field"]): price})
    cells = {"offer": row["offer"], "period": period, str(row["price_field"]): price}
    return with_tables(case, {"offer_prices": with_more(table, [cells])})


def price_slopes(live: Live, rows: Sequence[Any]) -> list[np.ndarray]:
    """Return by how much the cost of every column of the program rises per USD of the price of
    each line, others as they are, (columns,) each: cost is linear in prices.

    Args:
        live: the run, reopened.
        rows: rows of prices.csv, each of another offer or project.
    """
    f, dearer = live.formulation, live.case
    for row in rows:
        dearer = _priced(dearer, row, 2.0 * float(row["price"]))
    rise = formulate(dearer).program.cost - f.program.cost
    found = []
    for row in rows:
        slope, columns = np.zeros(len(rise)), columns_of(live, row)
        slope[columns] = rise[columns] / float(row["price"])
        found.append(slope)
    return found


def at_price(
    live: Live, row: Any, price: float, slope: np.ndarray | None = None
) -> tuple[Outcome, Asked]:
    """Return the plan with another price of this one line, other sites of the offer at theirs: only
    the costs of its columns change.

    Args:
        live: the run, reopened.
        row: row of prices.csv.
        price: the price, in the unit of its ``price_field``.
        slope: of ``price_slopes``, where it is known.
    """
    f = live.formulation
    if slope is None:
        (slope,) = price_slopes(live, [row])
    cost = f.program.cost + slope * (price - float(row["price"]))
    asked = live.ask_program(
        dataclasses.replace(f, program=dataclasses.replace(f.program, cost=cost))
    )
    return Outcome(
        f"it cost {number(price, 6)}",
        asked.status,
        asked.objective,
        asked.objective - live.solution.objective,
    ), asked


def amount_there(found: pd.Series[float], row: Any) -> float:
    """Return the chips (MW) of an offer at one site in one period in an answer."""
    line = f"{row['offer']}@{row['site']}@{row['order_period']}"
    return float(found[[key for key in found.index if key.endswith(f" {line}")]].sum())


def exact_break_even(live: Live, row: Any, slope: np.ndarray | None = None) -> float:
    """Return the highest price of one line at which the plan gets cheaper by buying it; 0 or less:
    not even for free.

    prices.csv states ``price - reduced cost / weight``: above it nothing is bought, which is
    certain, but where the plan is degenerate the true break-even lies lower.  The optimal cost
    ``V(p)`` is concave in the price, so from any price at which the line is bought the tangent
    meets today's cost at or below the break-even; following tangents up ends at it after a few
    solves (Newton's method on a concave, piecewise linear function).

    Args:
        live: the run, reopened.
        row: row of prices.csv.
        slope: of ``price_slopes``, where it is known.

    Returns:
        The break-even price, in the unit of its ``price_field``.
    """
    today, cent = live.solution.objective, max(CENT, 1e-11 * abs(live.solution.objective))
    if slope is None:
        (slope,) = price_slopes(live, [row])
    stated = float(row["break_even"])
    price = stated * (1.0 - HAIR)
    base = live.formulation.program
    for attempt in range(MOST_TANGENTS):
        outcome, asked = at_price(live, row, price, slope)
        if outcome.status != "optimal":
            return price
        saved = today - outcome.objective
        if attempt == 0:
            if saved > cent:
                return stated
            price = FREE * float(row["price"])
            continue
        if saved <= cent:
            return 0.0 if attempt == 1 else price
        spent = (
            total(asked.formulation.program.cost - base.cost, asked.solution.x / base.column_scale)
            * base.money_scale
        )
        tangent = spent / (price - float(row["price"]))
        price, before = price + saved / tangent, price
        if abs(price - before) <= 1e-9 * abs(price):
            break
    return price


def columns_of(live: Live, row: Any) -> np.ndarray:
    """Return the columns that carry the price of a row of prices.csv: the order, what is held of
    it, or what is rented; positions, (n,)."""
    f = live.formulation
    action = {"power": "build_power", "on_demand": "rent", "spot": "rent"}.get(
        str(row["kind"]), "buy"
    )
    line = f"{row['offer']}@{row['site']}@{row['order_period']}"
    columns = line_columns(
        live,
        pd.Series(
            {
                "action": action,
                "offer": row["offer"],
                "site": row["site"],
                "order_period": row["order_period"],
                "line_id": line,
            }
        ),
    )
    if action != "buy":
        return columns
    lot = np.flatnonzero(f.holding.order == columns[0])
    return np.unique(np.append(f.holding.column[f.holding.lot == lot[0]], columns))
