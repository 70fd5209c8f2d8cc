"""Chapters 8 to 10: the buy plan, the allocation, and what was considered and not bought."""

from __future__ import annotations

from typing import Final

import numpy as np

from planner.plan.actions import PLACED
from planner.report.lines import shown_lines
from planner.report.page.bars import gaps
from planner.report.page.run import Chapter, Run
from planner.report.page.sheet import sheet
from planner.report.page.timelines import bubbles
from planner.report.section import records
from planner.words import number, printable

MOST_ROWS_DRAWN: Final = 24


def buy_plan(run: Run) -> Chapter:
    """Return chapter 8: every line, when how much is ordered."""
    buy = run["buy_plan"]
    new = buy[(buy["status"] == "new") & buy["action"].isin(PLACED)]
    charts = []
    if len(new):
        amounts = run.by_period(
            new.assign(period=new["order_period"], what=new["chip"] + ", " + new["action"]),
            "what",
            "chips",
        )
        names = sorted(amounts, key=lambda name: -float(amounts[name].sum()))[:MOST_ROWS_DRAWN]
        names.sort()
        charts.append(
            bubbles(
                "When how much is ordered",
                run.periods,
                [printable(name) for name in names],
                np.array([amounts[name] for name in names]),
                "chips",
                note="area by chips; rentals: the most in any slice",
            )
        )
    lines = shown_lines(buy[buy["status"] == "new"])
    main = sheet(
        "buy_plan",
        "The buy plan",
        lines,
        [
            "line_id",
            "action",
            "chip",
            "site",
            "order_period",
            "in_service_period",
            "amount",
            "chips_rounded",
            "price",
            "total_usd",
            "cause_1",
            "cause_1_share_pct",
            "worth_usd_per_chip",
            "break_even_usd_per_chip",
            "binding_limits",
        ],
        heads={
            "line_id": "line",
            "order_period": "order",
            "in_service_period": "in service",
            "amount": "chips (MW)",
            "chips_rounded": "in whole lots",
            "price": "price USD",
            "total_usd": "total USD",
            "cause_1": "first cause",
            "cause_1_share_pct": "its share %",
            "worth_usd_per_chip": "worth USD",
            "break_even_usd_per_chip": "dearest price USD",
            "binding_limits": "limits it meets",
        },
    )
    there = buy[buy["status"] != "new"]
    held = sheet(
        "buy_plan",
        "What exists or is in flight",
        there,
        [
            "line_id",
            "status",
            "action",
            "chip",
            "site",
            "in_service_period",
            "leaves_period",
            "chips",
            "first_use",
            "cause_1",
            "worth_usd_per_chip",
        ],
        folded=True,
        heads={
            "line_id": "line",
            "in_service_period": "in service",
            "leaves_period": "until",
            "cause_1": "first cause",
            "worth_usd_per_chip": "worth USD",
        },
    )
    sheets = [part for part in (main, held) if part.rows]
    if len(run["orders"]):
        sheets.insert(
            1,
            sheet(
                "orders",
                "Hand-over to procurement",
                run["orders"],
                [
                    "order_by",
                    "what",
                    "vendor",
                    "quantity",
                    "site",
                    "needed_by",
                    "unit_price_usd",
                    "total_usd",
                ],
                folded=True,
                heads={"unit_price_usd": "unit price USD", "total_usd": "total USD"},
            ),
        )
    return Chapter("buy", "Buy plan", charts=tuple(charts), sheets=tuple(sheets))


def allocation(run: Run) -> Chapter:
    """Return chapter 9: who works on what."""
    work = run["allocation"]
    if work.empty:
        return Chapter("allocation", "Allocation", "Nothing is to be done.")
    keys = ["period", "site", "chip", "kind", "work"]
    hours = work.groupby(keys, as_index=False, sort=False)[
        ["chip_hours", "mtok", "flop", "mwh", "cost_usd"]
    ].sum(min_count=1)
    hours = (
        hours.assign(_at=run.at(hours["period"]))
        .sort_values(["_at", "chip_hours"], ascending=[True, False], kind="stable")
        .drop(columns="_at")
    )
    table = sheet(
        "allocation",
        "By period, site and chip, over the slices",
        hours,
        [*keys, "chip_hours", "mtok", "flop", "mwh", "cost_usd"],
        heads={"cost_usd": "energy above idle USD"},
        folded=len(hours) > 120,
    )
    rest = (
        [
            sheet(
                "rentals",
                "Rented by the hour",
                run["rentals"],
                [
                    "period",
                    "offer",
                    "chip",
                    "site",
                    "slice",
                    "chips",
                    "chip_hours",
                    "usd_per_chip_hour",
                    "usd",
                ],
                folded=True,
            )
        ]
        if len(run["rentals"])
        else []
    )
    fleet = sheet(
        "fleet",
        "Fleet by chip and site",
        run["fleet"],
        [
            "period",
            "chip",
            "site",
            "held",
            "powered",
            "stranded",
            "rented",
            "busy_chip_hours",
            "idle_chip_hours",
            "worth_usd_per_chip_period",
        ],
        folded=True,
        heads={"worth_usd_per_chip_period": "one more chip saves, USD"},
    )
    return Chapter("allocation", "Allocation", sheets=(table, fleet, *rest))


def not_bought(run: Run) -> Chapter:
    """Return chapter 10: what was considered, with the price at which it would come in."""
    prices = run["prices"]
    if prices.empty:
        return Chapter("prices", "Considered and not bought", "Everything that could be bought is.")
    open_ = prices[(prices["blocked_by"] == "") & np.isfinite(prices["cut_pct"])]
    best = open_.sort_values(["cut_pct", "offer"], kind="stable").drop_duplicates("offer")
    best = best[best["break_even"] > 0].head(20)
    items = [
        (
            f"{printable(r.offer)} at {printable(r.site)}, {r.order_period}",
            float(r.cut_pct),
            f"{number(r.break_even)} instead of {number(r.price)} {r.price_field}",
        )
        for r in records(best)
    ]
    charts = (
        (
            gaps(
                "How much cheaper each offer would have to be, where it comes closest",
                items,
                "at least: above that price it certainly stays out; the exact price by "
                "re-solving: planner explain RUN offer ...",
            ),
        )
        if items
        else ()
    )
    order = (
        prices.assign(_b=prices["blocked_by"] != "")
        .sort_values(["_b", "cut_pct", "offer", "order_period"], kind="stable")
        .drop(columns="_b")
    )
    table = sheet(
        "prices",
        "Every offer, site and period",
        order,
        [
            "offer",
            "site",
            "order_period",
            "chip",
            "kind",
            "price",
            "break_even",
            "cut_pct",
            "blocked_by",
        ],
        folded=True,
        heads={
            "order_period": "order",
            "break_even": "break-even",
            "cut_pct": "cut needed %",
            "blocked_by": "kept out by",
        },
    )
    return Chapter("prices", "Considered and not bought", charts=charts, sheets=(table,))
