"""What has passed: orders of the last plan that stand in no table, and figures by period that end
before the plan does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from planner.case.checks.findings import Cells, rows
from planner.case.checks.offers import open_periods
from planner.case.columns import Bools, codes, numbers, texts, whole
from planner.case.problems import Problem
from planner.case.tables import TABLE

if TYPE_CHECKING:
    from planner.case.case import Case

EVERY = 3
"""So many periods in a row with a gain of their own are gains by period, which should not end."""


def orders_lost(case: Case) -> list[Problem]:
    """What the last plan ordered before this plan begins is held, on its way or over: where it is
    forgotten, it is bought again."""
    plan = case["last_plan"]
    if plan.empty:
        return []
    period = numbers(plan, "order_period")
    power = numbers(plan, "mw") > 0
    asked = (period < 0) & ((numbers(plan, "chips") > 0) | power)
    lost = asked & ~np.where(power, _built(case, plan), _held(case, plan))
    return rows(
        Cells(case, "last_plan", "order_period", lost),
        "order-lost",
        "was ordered before the plan begins ({start}), and neither fleet.csv, orders.csv nor "
        "power_orders.csv has {offer} at {site}: what is forgotten is planned to be bought again",
        "enter it as it was executed (`ordered` {order_period}), remove the line if it was not "
        "ordered, or roll the case with planner roll",
        severity="warning",
        start=case.calendar.labels[0],
    )


def _held(case: Case, plan: pd.DataFrame) -> Bools:
    """Return which lines of the last plan stand in fleet or orders, by chip, site and when it was
    ordered or came, or ran out before the plan begins, (n,).

    A line of an offer that the case has no more is found by its site and period alone.
    """
    offers = case["offers"]
    row = codes(texts(offers, "offer"), texts(plan, "offer"))
    known, period = row >= 0, whole(plan, "order_period")
    nothing = np.zeros(len(plan), dtype=np.int64)
    lead = np.where(known, whole(offers, "lead_periods")[row], 0) if len(offers) else nothing
    term = np.where(known, whole(offers, "term_periods")[row], 0) if len(offers) else nothing
    held = [
        case["fleet"][["chip", "site", "ordered", "in_service"]],
        case["orders"][["chip", "site", "ordered", "arrives"]].set_axis(
            ["chip", "site", "ordered", "in_service"], axis=1
        ),
    ]
    lots = pd.concat(held, ignore_index=True)
    chip = np.where(known, texts(offers, "chip")[row], "") if len(offers) else texts(plan, "site")
    found = known & (period + lead + term <= 0)
    for name, when in (("ordered", period), ("in_service", period + lead)):
        there = pd.MultiIndex.from_frame(lots[["chip", "site", name]])
        found |= known & pd.MultiIndex.from_arrays([chip, texts(plan, "site"), when]).isin(there)
        there = pd.MultiIndex.from_frame(lots[["site", name]])
        found |= ~known & pd.MultiIndex.from_arrays([texts(plan, "site"), when]).isin(there)
    return found


def _built(case: Case, plan: pd.DataFrame) -> Bools:
    """Return which lines of the last plan are power projects that power_orders.csv has, (n,)."""
    if "power_orders" not in TABLE:
        return np.ones(len(plan), dtype=bool)
    table = case["power_orders"]
    there = pd.MultiIndex.from_arrays([texts(table, "site"), whole(table, "ordered")])
    mine = pd.MultiIndex.from_arrays([texts(plan, "site"), whole(plan, "order_period")])
    return np.asarray(plan["offer"].isin(table["project"]) | mine.isin(there), dtype=bool)


def gains_end(case: Case) -> list[Problem]:
    """Gains by period go on to the end of the plan: the last one holds on where they do not."""
    gains, T = case["gains"], case.calendar.count
    if gains.empty:
        return []
    frame = gains[["model", "chip", "period", "gain"]].reset_index(names="row")
    frame = frame.sort_values(["model", "chip", "period"], kind="stable")
    by = frame.groupby(["model", "chip"], sort=False)
    last = by.tail(1)
    before = by["period"].shift(EVERY - 1).loc[last.index]
    steady = (last["period"] - before == EVERY - 1).to_numpy() & (last["period"] < T - 1).to_numpy()
    ended = np.zeros(len(gains), dtype=bool)
    ended[last["row"].to_numpy()[steady]] = True
    return rows(
        Cells(case, "gains", "period", ended),
        "table-ends",
        "is the last gain of {model} on {chip}, and the plan goes on to {end}: {gain} holds on",
        "write the gains of the later periods too, or accept it in case.yaml",
        severity="warning",
        end=case.calendar.labels[-1],
    )


def prices_passed(case: Case) -> list[Problem]:
    """An offer (a site) with prices by period has some inside the plan: where all have passed, the
    one of offers.csv (sites.csv) takes over."""
    problems = []
    offers, sites = case["offers"], case["sites"]
    open_ = open_periods(case).any(axis=1)
    for table, key, home, asked, columns in (
        ("offer_prices", "offer", offers, open_, ("usd_per_chip", "usd_per_chip_hour")),
        (
            "energy",
            "site",
            sites,
            texts(sites, "kind") != "cloud",
            ("usd_per_mwh", "kg_co2_per_mwh", "usd_per_kw_month_demand"),
        ),
    ):
        frame = case[table]
        period, names = whole(frame, "period"), texts(home, key)
        of = codes(names, texts(frame, key))
        for column in columns:
            given = ~np.isnan(numbers(frame, column)) & (of >= 0)
            inside = np.zeros(len(names), dtype=bool)
            inside[of[given & (period >= 0) & (period < case.calendar.count)]] = True
            instead = numbers(home, column)
            takes = asked & ~inside & ~np.isnan(instead)
            passed = given & (period < 0)
            passed[passed] = takes[of[passed]]
            newest = np.zeros(len(frame), dtype=bool)
            if passed.any():  # one row of each: the last that has passed
                at = np.flatnonzero(passed)
                order = at[np.lexsort((period[at], of[at]))]
                newest[order[np.append(of[order][1:] != of[order][:-1], True)]] = True
            problems += rows(
                Cells(case, table, column, newest),
                "table-ends",
                f"is the last figure of {{{key}}}, before the plan begins ({{start}}): instead "
                "{_instead} holds in every period",
                "write the figures of the plan's periods, or accept it in case.yaml",
                severity="warning",
                start=case.calendar.labels[0],
                _instead=instead[of] if len(names) else instead,
            )
    return problems
