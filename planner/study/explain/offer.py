"""Why not that offer: the price at which it would come in, confirmed by solving a hair below and a
hair above it, and what else would do."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from planner.report.section import Section
from planner.runs.read import RunError, read_run_table
from planner.study.explain.break_even import HAIR, amount_there, at_price, exact_break_even
from planner.study.explain.faster import MOST_FASTER, faster
from planner.study.explain.nothing import no_such
from planner.study.explain.outcome import (
    Explanation,
    Outcome,
    decisions,
    outcome_data,
    outcome_table,
    plain_row,
    rows_of,
    told,
)
from planner.study.live import Live
from planner.words import number, printable

MOST_SHOWN: Final = 12
"""Rows of prices.csv that are told; the rest is counted."""


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
        raise no_such(f"offer {printable(offer)} in the case", "offers", names)
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
    sections.append(_not_taken(offer, order))
    where = f"{offer} at {best['site']} ordered in {best['order_period']}"
    facts: list[tuple[str, str]] = [
        ("closest", where),
        ("its price", f"{number(best['price'])} {best['price_field']}"),
    ]
    around: list[tuple[Outcome, float]] = []
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
            around = _around(live, best, exact)
            facts.append(("confirmed", _confirmed(around)))
            sections.append(
                outcome_table("Around its break-even price", [outcome for outcome, _ in around])
            )
    if best["chip"] and not best["blocked_by"]:
        facts.append(("or faster", _or_faster(live, best)))
    data: dict[str, Any] = {
        "offer": offer,
        "closest": plain_row(best),
        "confirmed": outcome_data([outcome for outcome, _ in around]),
        "chips_then": [amount for _, amount in around],
        "considered": [plain_row(row) for _, row in order.iterrows()],
    }
    return Explanation(
        f"offer {offer}{f' {period}' if period else ''}",
        headline,
        tuple(facts),
        tuple(sections),
        data,
    )


def _not_taken(offer: str, order: pd.DataFrame) -> Section:
    """Where an offer is not bought, the closest first, of rows of prices.csv."""
    price_field = str(order["price_field"].iloc[0])
    return Section(
        f"Where {offer} is not bought",
        ("site", "ordered", "price", "certainly out above", "cut needed, at least", "kept out by"),
        tuple(
            (
                printable(r.site),
                r.order_period,
                number(r.price),
                _price_or_never(r.break_even),
                f"{number(r.cut_pct, 3)} %" if np.isfinite(r.cut_pct) else "",
                printable(r.blocked_by) or "its price",
            )
            for r in rows_of(order.head(MOST_SHOWN))
        ),
        frozenset({2, 3, 4}),
        f"{price_field}; {len(order) - MOST_SHOWN} more in prices.csv"
        if len(order) > MOST_SHOWN
        else price_field,
    )


def _around(live: Live, best: Any, exact: float) -> list[tuple[Outcome, float]]:
    """The plan a hair below a break-even price and a hair above it, with the chips (MW) of the line
    in each."""
    found = []
    for price in ((1.0 - HAIR) * exact, (1.0 + HAIR) * exact):
        outcome, asked = at_price(live, best, price)
        found.append((outcome, amount_there(decisions(live, asked), best)))
    return found


def _confirmed(around: list[tuple[Outcome, float]]) -> str:
    (below, taken), (above, still) = around
    return (
        f"a hair below it the plan takes {number(taken)} there and costs {told(below)}; a hair "
        f"above it takes {number(still)} and costs {told(above)}"
    )


def _or_faster(live: Live, best: Any) -> str:
    """How much more the offer's chip would have to do to come in at its price, in words."""
    factor = faster(live, str(best["chip"]), best)
    if factor:
        return (
            f"at its price, if {best['chip']} did {number(100.0 * (factor - 1.0), 3)} % more "
            "work per chip (by re-solves)"
        )
    return (
        f"not at its price: no speed-up of {best['chip']} up to {MOST_FASTER:.0f} times brings it "
        "in (those you have get faster too)"
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
