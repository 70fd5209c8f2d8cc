"""Why not that offer: the price at which it would come in, confirmed by solving a hair below and a
hair above it, and what else would do."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.case.case import Case
from planner.lp.solution import total
from planner.model import formulate
from planner.report.section import Section
from planner.runs.read import RunError, read_run_table
from planner.study.explain.line import line_columns
from planner.study.explain.outcome import (
    CENT,
    Explanation,
    Outcome,
    decisions,
    outcome_data,
    outcome_table,
    plain_row,
    rows_of,
    told,
    try_case,
)
from planner.study.live import Asked, Live, with_more, with_rows, with_tables
from planner.words import number, printable

HAIR: Final = 1e-3
"""Relative distance from a break-even price at which it is confirmed."""
MOST_FASTER: Final = 4.0
MOST_TANGENTS: Final = 30
FREE: Final = 1e-6
"""Share of its price that counts as "for free"."""


def explain_offer(live: Live, folder: Path, offer: str, period: str = "") -> Explanation:
    """Return why an offer (or power project) is not bought, or not in a period.

    Args:
        live: the run, reopened.
        folder: its folder.
        offer: name of the offer or project.
        period: label of an order period; blank: the period in which it comes closest.

    Returns:
        Its break-even prices by site and period, the closest one confirmed by two re-solves, and
        for chips how much faster they would have to be at today's price (by re-solves too).

    Raises:
        RunError: where there is no such offer, or it is not considered in that period.
    """
    names = sorted({*live.case["offers"]["offer"], *live.case["power_projects"]["project"]})
    if offer not in names:
        raise RunError(f"{printable(offer)} is no offer of the case; there are {', '.join(names)}")
    prices, buy = read_run_table(folder, "prices"), read_run_table(folder, "buy_plan")
    mine = prices[
        (prices["offer"] == offer) & ((prices["order_period"] == period) if period else True)
    ]
    taken = buy[
        (buy["offer"] == offer)
        & (buy["status"] == "new")
        & ((buy["order_period"] == period) if period else True)
    ]
    sections = [_taken(taken)] if len(taken) else []
    if mine.empty:
        if taken.empty:
            raise RunError(
                f"{offer} is not considered{f' in {period}' if period else ''}: it cannot be "
                "ordered then, or would arrive after the plan"
            )
        return Explanation(
            f"offer {offer}",
            f"{offer} is bought wherever it can be: {len(taken)} lines.",
            (),
            tuple(sections),
            {"offer": offer, "bought": taken["line_id"].tolist()},
        )
    order = mine.assign(_b=mine["blocked_by"] != "").sort_values(
        ["_b", "cut_pct", "order_period", "site"], kind="stable"
    )
    best: Any = order.iloc[0]
    sections.append(
        Section(
            f"Where {offer} is not bought",
            ("site", "ordered", "price", "break-even", "cut needed", "kept out by"),
            tuple(
                (
                    printable(r.site),
                    r.order_period,
                    number(r.price),
                    _price_or_never(r.break_even),
                    f"{number(r.cut_pct, 3)} %" if np.isfinite(r.cut_pct) else "",
                    printable(r.blocked_by) or "its price",
                )
                for r in rows_of(order.head(12))
            ),
            frozenset({2, 3, 4}),
            f"{best['price_field']}; {len(order) - 12} more in prices.csv"
            if len(order) > 12
            else str(best["price_field"]),
        )
    )
    where = f"{offer} at {best['site']} ordered in {best['order_period']}"
    facts: list[tuple[str, str]] = [
        ("closest", where),
        ("its price", f"{number(best['price'])} {best['price_field']}"),
    ]
    outcomes: list[Outcome] = []
    amounts: list[float] = []
    if best["blocked_by"]:
        headline = f"{where} would pay at its price, but is kept out by {best['blocked_by']}."
    elif not best["break_even"] > 0:
        headline = (
            f"{where} would not be bought even for free: nothing that it could do is worth "
            "its power and place."
        )
    else:
        exact = exact_break_even(live, best)
        cut = 100.0 * (1.0 - exact / best["price"])
        headline = (
            f"{where} comes in at {number(exact)} instead of {number(best['price'])} "
            f"({number(cut, 3)} % less)."
            if exact > 0
            else f"{where} would not be bought even for free."
        )
        if exact > 0:
            for price in ((1.0 - HAIR) * exact, (1.0 + HAIR) * exact):
                outcome, asked = _at_price(live, best, price)
                outcomes.append(outcome)
                amounts.append(_amount(decisions(live, asked), best))
            facts.append(
                (
                    "confirmed",
                    f"a hair below it the plan takes {number(amounts[0])} there and costs "
                    f"{told(outcomes[0])}; a hair above it takes {number(amounts[1])} and costs "
                    f"{told(outcomes[1])}",
                )
            )
            sections.append(outcome_table("Around its break-even price", outcomes))
    if best["chip"] and not best["blocked_by"]:
        factor = _faster(live, str(best["chip"]), best)
        facts.append(
            (
                "or faster",
                f"at its price, if {best['chip']} did {number(100.0 * (factor - 1.0), 3)} % more "
                "work per chip (by re-solves)"
                if factor
                else f"not at its price: no speed-up of {best['chip']} up to {MOST_FASTER:.0f} "
                "times brings it in (those you have get faster too)",
            )
        )
    data: dict[str, Any] = {
        "offer": offer,
        "closest": plain_row(best),
        "confirmed": outcome_data(outcomes),
        "chips_then": amounts,
        "considered": [plain_row(row) for _, row in order.iterrows()],
    }
    return Explanation(
        f"offer {offer}{f' {period}' if period else ''}",
        headline,
        tuple(facts),
        tuple(sections),
        data,
    )


def _price_or_never(value: float) -> str:
    return number(value) if value > 0 else "not even for free"


def _taken(taken: pd.DataFrame) -> Section:
    rows = tuple(
        (printable(r.line_id), r.action, number(r.mw if r.action == "build_power" else r.chips))
        for r in rows_of(taken.head(8))
    )
    return Section(
        "Where it is bought",
        ("line", "do", "chips or MW"),
        rows,
        frozenset({2}),
        f"{len(taken) - 8} more" if len(taken) > 8 else "",
    )


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


def _at_price(live: Live, row: Any, price: float) -> tuple[Outcome, Asked]:
    """The plan with another price of this one line, other sites of the offer at theirs: only the
    costs of its columns change."""
    f = live.formulation
    other = formulate(_priced(live.case, row, price)).program.cost
    columns = columns_of(live, row)
    cost = f.program.cost.copy()
    cost[columns] = other[columns]
    asked = live.ask_program(
        dataclasses.replace(f, program=dataclasses.replace(f.program, cost=cost))
    )
    return Outcome(
        f"it cost {number(price, 6)}",
        asked.status,
        asked.objective,
        asked.objective - live.solution.objective,
    ), asked


def _amount(found: pd.Series[float], row: Any) -> float:
    """Chips (MW) of an offer at one site in one period in an answer."""
    line = f"{row['offer']}@{row['site']}@{row['order_period']}"
    return float(found[[key for key in found.index if key.endswith(f" {line}")]].sum())


def exact_break_even(live: Live, row: Any) -> float:
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

    Returns:
        The break-even price, in the unit of its ``price_field``.
    """
    today, cent = live.solution.objective, max(CENT, 1e-11 * abs(live.solution.objective))
    stated = float(row["break_even"])
    price = stated * (1.0 - HAIR)
    base = live.formulation.program
    for attempt in range(MOST_TANGENTS):
        outcome, asked = _at_price(live, row, price)
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
        slope = spent / (price - float(row["price"]))
        price, before = price + saved / slope, price
        if abs(price - before) <= 1e-9 * abs(price):
            break
    return price


def columns_of(live: Live, row: Any) -> np.ndarray:
    """Return the columns that carry the price of a row of prices.csv: the order, what is held of
    it, or what is rented."""
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


def _quicker(case: Case, chip: str, factor: float) -> Case:
    """The case in which a chip does more work of every kind."""
    rates = case["throughput"]
    mine = (rates["chip"] == chip).to_numpy()
    faster = {
        name: rates.loc[mine, name].to_numpy(dtype=np.float64) * factor
        for name in ("output_tok_per_s", "input_tok_per_s", "cached_tok_per_s")
    }
    trains = case["training"]
    here = (trains["chip"] == chip).to_numpy()
    return with_rows(
        with_rows(case, "throughput", mine, **faster),
        "training",
        here,
        mfu=trains.loc[here, "mfu"].to_numpy(dtype=np.float64) * factor,
    )


def _faster(live: Live, chip: str, row: Any) -> float | None:
    """Smallest factor on the chip's work at which this offer is bought in this period, to 1 %; None
    above MOST_FASTER."""

    def bought(factor: float) -> bool:
        outcome, asked = try_case(live, "", _quicker(live.case, chip, factor))
        if outcome.status != "optimal":
            return False
        found = decisions(live, asked)
        return bool(
            any(f"{row['offer']}@{row['site']}@{row['order_period']}" in key for key in found.index)
        )

    low, high = 1.0, 1.25
    while not bought(high):
        low, high = high, high * high if high < 2 else high * 2
        if high > MOST_FASTER:
            return None
    while high / low > 1.01:
        middle = (low * high) ** 0.5
        low, high = (low, middle) if bought(middle) else (middle, high)
    return high
