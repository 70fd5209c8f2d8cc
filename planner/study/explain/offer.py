"""Why not that offer: the price at which it would come in, confirmed by solving a hair below and a
hair above it, and what else would do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from planner.report.section import Section
from planner.runs.read import RunError, read_run_table
from planner.study.explain.break_even import HAIR, amount_there, at_price, exact_break_even
from planner.study.explain.faster import MOST_FASTER, faster
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
                outcome, asked = at_price(live, best, price)
                outcomes.append(outcome)
                amounts.append(amount_there(decisions(live, asked), best))
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
        factor = faster(live, str(best["chip"]), best)
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
