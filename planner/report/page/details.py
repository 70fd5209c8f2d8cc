"""Chapters on the buy plan, the allocation, and what was considered and not bought."""

from __future__ import annotations

from typing import Final

import numpy as np

from planner.plan.actions import HELD, PLACED
from planner.report.lines import shown_lines
from planner.report.page.bars import gaps
from planner.report.page.chart import Chart
from planner.report.page.run import Chapter, Run
from planner.report.page.says import buys_say, prices_say, work_says
from planner.report.page.sheet import sheet
from planner.report.page.timelines import bubbles
from planner.words import number, printable

MOST_ROWS_DRAWN: Final = 24


def buy_plan(run: Run) -> Chapter:
    """Return the chapter on every line: when how much is ordered."""
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
        ],
        folded=True,
        heads={
            "line_id": "line",
            "in_service_period": "in service",
            "leaves_period": "until",
            "cause_1": "first cause",
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
                heads={"unit_price_usd": "unit price USD", "total_usd": "total USD"},
            ),
        )
    held_chips = new[new["action"].isin(HELD)].groupby("chip")["chips"].sum()
    says = buys_say({str(chip): float(many) for chip, many in held_chips.items()})
    return Chapter("buy", "Buy plan", says=says, charts=tuple(charts), sheets=tuple(sheets))


def allocation(run: Run) -> Chapter:
    """Return the chapter on who works on what."""
    work = run["allocation"]
    if work.empty:
        return Chapter("allocation", "Allocation", says=work_says({}))
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
        ],
        folded=True,
    )
    sums = run.figures.split.set_index("name")["chip_hours"]
    says = work_says({str(name): float(hours) for name, hours in sums.items() if hours > 0})
    return Chapter("allocation", "Allocation", says=says, sheets=(table, fleet, *rest))


def not_bought(run: Run) -> tuple[Chapter, ...]:
    """Return the chapter on what was considered, with the price at which it would come in; none
    where everything is bought."""
    prices = run["prices"]
    if prices.empty:
        return ()
    charts = tuple(_nearest(run))
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
            "break_even": "certainly out above",
            "cut_pct": "cut needed at least %",
            "blocked_by": "kept out by",
        },
    )
    return (
        Chapter(
            "prices",
            "Considered and not bought",
            says=prices_say(run),
            charts=charts,
            sheets=(table,),
        ),
    )


def _nearest(run: Run) -> list[Chart]:
    """The price cuts at which the nearest offers come in, as they were solved again."""
    near = run.resolved.break_evens if run.resolved is not None else ()
    items = [
        (
            f"{printable(one.offer)} at {printable(one.site)}, {one.order_period}",
            100.0 * one.cut,
            f"{number(one.break_even)} instead of {number(one.price)}"
            if one.break_even > 0
            else "not even for free",
        )
        for one in near
    ]
    if not items:
        return []
    note = "each where it comes closest, by solving the whole plan again"
    return [gaps("How much cheaper each offer would have to be to come in", items, note)]
