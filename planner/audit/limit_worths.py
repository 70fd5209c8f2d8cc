"""Worths of limits: what one more unit of power, supply, budget or policy is written to save."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from planner.audit.duals import NOISE, Duals
from planner.audit.facts import Facts, Floats, column, or_zero, text, whole
from planner.audit.policies import LEAST, SIDES
from planner.audit.verdict import Check, Describe, agree, require, showing
from planner.audit.window import window
from planner.audit.worth_rules import USD_FLOOR, blank_or, holds_around, no_room


def check_power_worths(
    facts: Facts, duals: Duals, usd: float, written: pd.DataFrame
) -> list[Check]:
    """Return the checks of the worths of power.csv, in the money of each period, with their ranges.

    Args:
        facts: the inputs.
        duals: dual values by name.
        usd: what the bound leaves open, USD.
        written: power.csv.
    """
    s, t = facts.codes("site", written["site"]), whole(written, "period")
    good = (s >= 0) & (t >= 0) & (t < facts.T)
    written, s, t = written[good].reset_index(drop=True), s[good], t[good]
    shape = (len(facts.site), facts.T)

    def described(name: str) -> Describe:
        return lambda i: f"power.csv, {facts.site[s[i]]}, {facts.label(t[i])}, {name}"

    checks = []
    worths = {}
    # where headroom keeps all of a limit free, more of it is worth nothing
    usable = or_zero(column(facts.case["sites"], "headroom"))[s] < 1.0
    for block, name in (("power", "worth_usd_per_mw"), ("liquid_power", "liquid_worth_usd_per_mw")):
        dual, there = duals.table(block, shape, "site", "period")
        npv = np.where(np.abs(dual) < NOISE, 0.0, -dual)
        worths[name] = np.where(there, npv, np.nan)[s, t] * usable
        own = worths[name] / facts.mid[t]
        checks += [
            blank_or(f"power.{name}", column(written, name), own, described(name), "USD"),
            require(
                f"power.{name}.sign",
                ~(own < -USD_FLOOR),
                showing(described(name), own),
                "not below 0",
            ),
        ]
    worth, liquid = worths["worth_usd_per_mw"], worths["liquid_worth_usd_per_mw"]
    free = column(written, "free_mw")
    kept = or_zero(column(facts.case["sites"], "headroom"))[s]
    cool = column(written, "liquid_limit_mw") * (1.0 - kept) - column(written, "liquid_used_mw")
    low, high = column(written, "worth_from_mw"), column(written, "worth_to_mw")
    at, priced = column(written, "limit_mw"), np.nan_to_num(worth)
    return [
        *checks,
        no_room("power.worth_room", free, worth, usd, described("worth_usd_per_mw")),
        no_room("power.liquid_worth_room", cool, liquid, usd, described("liquid_worth_usd_per_mw")),
        holds_around("power.worth_range", low, high, at, priced, described("worth_from_mw")),
    ]


def check_supply_worths(
    facts: Facts, duals: Duals, usd: float, written: pd.DataFrame
) -> list[Check]:
    """Return the checks of worths and costs of allocations in supply.csv, with their ranges."""
    rows = duals["supply"]
    keys = pd.MultiIndex.from_arrays([text(written, "supply_group"), whole(written, "period")])
    worth, cost = np.zeros(len(written)), np.zeros(len(written))
    if len(rows):
        clean = np.where(np.abs(rows["usd"]) < NOISE, 0.0, -rows["usd"])
        sums = pd.DataFrame({"worth": np.maximum(clean, 0.0), "cost": np.maximum(-clean, 0.0)})
        sums = sums.groupby([rows["supply_group_name"], rows["period"]]).sum().reindex(keys)
        worth, cost = or_zero(column(sums, "worth")), or_zero(column(sums, "cost"))
    low, high = column(written, "worth_from_chips"), column(written, "worth_to_chips")
    most, least = column(written, "max_chips"), or_zero(column(written, "min_chips"))
    used = column(written, "used")

    def described(name: str) -> Describe:
        return lambda i: (
            f"supply.csv, {written['supply_group'][i]}, {facts.label(written['period'][i])}, {name}"
        )

    # a group limited in every slice has one worth in all of them and a range in each: what binds
    at = np.where(worth > 0.0, most, np.where(cost > 0.0, least, most))
    mixed = (worth > 0.0) & (cost > 0.0)
    ranged = np.where(mixed, 0.0, worth + cost)
    return [
        agree(
            "supply.worth",
            column(written, "worth_usd_per_chip"),
            worth,
            described("worth_usd_per_chip"),
            unit="USD",
            floor=USD_FLOOR,
        ),
        agree(
            "supply.minimum_costs",
            column(written, "minimum_costs_usd_per_chip"),
            cost,
            described("minimum_costs_usd_per_chip"),
            unit="USD",
            floor=USD_FLOOR,
        ),
        no_room("supply.worth_room", most - used, worth, usd, described("worth_usd_per_chip")),
        holds_around("supply.worth_range", low, high, at, ranged, described("worth_from_chips")),
    ]


def check_budget_worths(
    facts: Facts, duals: Duals, usd: float, written: pd.DataFrame
) -> list[Check]:
    """Return the checks of what one more USD of each budget saves, with its range."""
    table, rows = facts.case["budgets"], duals["budget"]
    worth = np.full(len(table), np.nan)
    if len(rows):
        clean = np.where(np.abs(rows["usd"]) < NOISE, 0.0, -rows["usd"])
        worth[whole(rows, "budget")] = clean
    stated = pd.DataFrame(
        {
            "period": text(table, "period"),
            "category": text(table, "category"),
            "own": worth,
            "price": column(table, "over_usd_per_usd") * _last_mid(facts, text(table, "period")),
        }
    ).drop_duplicates(["period", "category"])
    both = written.merge(stated, on=["period", "category"], how="left")
    own, over = column(both, "own"), or_zero(column(both, "over_usd"))

    def described(name: str) -> Describe:
        return lambda i: f"budget.csv, {both['period'][i]}, {both['category'][i]}, {name}"

    free, price = column(both, "free_usd"), column(both, "price")
    low, high = column(both, "worth_from_usd"), column(both, "worth_to_usd")
    at = column(both, "limit_usd")
    paid_for = (over > 1.0 + 1e-6 * np.abs(or_zero(at))) & ~np.isnan(price)
    name = "worth_usd_per_usd"
    return [
        blank_or("budget.worth", column(both, name), own, described(name), "USD"),
        no_room("budget.worth_room", free, own, usd, described(name)),
        holds_around(
            "budget.worth_range", low, high, at, or_zero(own), described("worth_from_usd")
        ),
        agree(
            "budget.worth_over",
            np.where(paid_for, own, 0.0),
            np.where(paid_for, price, 0.0),
            lambda i: f"{described(name)(i)}, where going over is paid for",
            unit="USD",
            floor=USD_FLOOR,
        ),
    ]


def _last_mid(facts: Facts, windows: Any) -> Floats:
    """Return the discount factor in the middle of the last period of each window, (n,)."""
    found = np.zeros(len(windows))
    for i, name in enumerate(windows):  # budgets and policies are few
        inside = np.flatnonzero(window(facts, name))
        found[i] = facts.mid[inside[-1]] if len(inside) else np.nan
    return found


def check_policy_worths(
    facts: Facts, duals: Duals, usd: float, written: pd.DataFrame
) -> list[Check]:
    """Return the checks of what one more unit of room in each policy saves."""
    rows, table = duals["policy"], facts.case["limits"]
    if not len(rows):
        return [require("limits.worth", len(written) == 0, lambda i: "limits.csv", "no rows")]
    number, last = whole(rows, "limit"), whole(rows, "period")
    summed = np.isin(text(table, "measure")[number], ["spend", "carbon"])
    labels = np.array([facts.label(t) for t in last], dtype=object)
    own = pd.DataFrame(
        {
            "limit": text(table, "limit")[number],
            "period": np.where(summed, text(table, "period")[number], labels),
            "side": np.array(SIDES, dtype=object)[whole(rows, "side")],
            "own": np.abs(rows["usd"].to_numpy(dtype=np.float64)),
            "price": column(table, "over_usd_per_unit")[number] * facts.mid[last],
        }
    )
    both = written.merge(own, on=["limit", "period", "side"], how="left")
    name, sign = "worth_usd_per_unit", np.where(both["side"].isin(LEAST), -1.0, 1.0)
    worth, price, over = column(both, "own"), column(both, "price"), or_zero(column(both, "over"))
    room = sign * (column(both, "bound") - column(both, "value")) + over

    def described(i: int) -> str:
        return f"limits.csv, {both['limit'][i]}, {both['period'][i]}, {both['side'][i]}, {name}"

    least = 1e-6 * np.maximum(np.abs(column(both, "bound")), column(both, "total")) + 1e-6
    paid_for = (over > least) & ~np.isnan(price)
    return [
        agree("limits.worth", column(both, name), worth, described, unit="USD", floor=USD_FLOOR),
        no_room("limits.worth_room", room - least, worth, usd, described),
        agree(
            "limits.worth_over",
            np.where(paid_for, worth, 0.0),
            np.where(paid_for, price, 0.0),
            lambda i: f"{described(i)}, where going over is paid for",
            unit="USD",
            floor=USD_FLOOR,
        ),
    ]
