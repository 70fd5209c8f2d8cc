"""Worths: what one more unit of a limit, of work or of a chip is written to be worth.

Each must follow from the dual values of the proven bound, in the unit and money of its column; and,
whatever these say, a limit with room is worth nothing, an excess that is paid for is worth its
price, and a range holds around the limit as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from planner.audit.duals import NOISE, Duals
from planner.audit.facts import Facts, Floats, Ints, column, or_zero, text, whole
from planner.audit.limits import window
from planner.audit.rates import Demand
from planner.audit.verdict import Check, Describe, agree, at_most, require, showing

USD_FLOOR = 1e-6
"""A price of 12 significant digits may be off by this much where it is a difference of others."""


def allowance(plan: Mapping[str, Any]) -> float:
    """Return the USD by which room times worth may differ from 0: what the bound leaves open."""
    objective, bound = (float(plan.get(name) or 0.0) for name in ("objective_usd", "bound_usd"))
    return max(objective - bound, 0.0) + 1e-9 * abs(objective) + 1.0


def _blank_or(name: str, written: Floats, truth: Floats, where: Describe, unit: str) -> Check:
    """Return the check that figures equal the true ones, and are blank where there is none."""
    both = np.isnan(written) & np.isnan(truth)
    found, own = np.where(both, 0.0, written), np.where(both, 0.0, truth)
    return agree(name, found, own, where, unit=unit, floor=USD_FLOOR)


def _range(
    name: str, low: Floats, high: Floats, at: Floats, worth: Floats, where: Describe
) -> Check:
    """Return the check that a range holds around the limit as it is, and only a worth has one."""
    slack = 1e-6 * np.abs(or_zero(at)) + 1e-6
    holds = (np.isnan(low) | (low <= at + slack)) & (np.isnan(high) | (high >= at - slack))
    alone = np.isnan(low) & np.isnan(high)
    return require(
        name,
        np.where(worth != 0.0, holds, alone),
        lambda i: f"{where(i)}: from {low[i]:.10g} to {high[i]:.10g}, the limit is {at[i]:.10g}",
        "a range around the limit as it is; blank where there is no worth",
    )


def _no_room(name: str, room: Floats, worth: Floats, usd: float, where: Describe) -> Check:
    """Return the check of complementary slackness: what a limit's room is worth is nothing."""
    return at_most(
        name,
        np.nan_to_num(np.maximum(room, 0.0) * worth),
        0.0,
        lambda i: f"{where(i)}: room of {room[i]:.10g} at a worth of {worth[i]:.10g} USD",
        unit="USD",
        floor=usd,
    )


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
            _blank_or(f"power.{name}", column(written, name), own, described(name), "USD"),
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
        _no_room("power.worth_room", free, worth, usd, described("worth_usd_per_mw")),
        _no_room(
            "power.liquid_worth_room", cool, liquid, usd, described("liquid_worth_usd_per_mw")
        ),
        _range("power.worth_range", low, high, at, priced, described("worth_from_mw")),
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
        _no_room("supply.worth_room", most - used, worth, usd, described("worth_usd_per_chip")),
        _range("supply.worth_range", low, high, at, ranged, described("worth_from_chips")),
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
        _blank_or("budget.worth", column(both, name), own, described(name), "USD"),
        _no_room("budget.worth_room", free, own, usd, described(name)),
        _range("budget.worth_range", low, high, at, or_zero(own), described("worth_from_usd")),
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


_SIDES = ("min_share", "max_share", "max")


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
            "side": np.array(_SIDES, dtype=object)[whole(rows, "side")],
            "own": np.abs(rows["usd"].to_numpy(dtype=np.float64)),
            "price": column(table, "over_usd_per_unit")[number] * facts.mid[last],
        }
    )
    both = written.merge(own, on=["limit", "period", "side"], how="left")
    name, sign = "worth_usd_per_unit", np.where(both["side"] == "min_share", -1.0, 1.0)
    worth, price, over = column(both, "own"), column(both, "price"), or_zero(column(both, "over"))
    room = sign * (column(both, "bound") - column(both, "value")) + over

    def described(i: int) -> str:
        return f"limits.csv, {both['limit'][i]}, {both['period'][i]}, {both['side'][i]}, {name}"

    least = 1e-6 * np.maximum(np.abs(column(both, "bound")), column(both, "total")) + 1e-6
    paid_for = (over > least) & ~np.isnan(price)
    return [
        agree("limits.worth", column(both, name), worth, described, unit="USD", floor=USD_FLOOR),
        _no_room("limits.worth_room", room - least, worth, usd, described),
        agree(
            "limits.worth_over",
            np.where(paid_for, worth, 0.0),
            np.where(paid_for, price, 0.0),
            lambda i: f"{described(i)}, where going over is paid for",
            unit="USD",
            floor=USD_FLOOR,
        ),
    ]


def check_chip_worths(facts: Facts, duals: Duals, usd: float, written: pd.DataFrame) -> list[Check]:
    """Return the checks of what one more chip held in a period saves, in that period's money."""
    c, s = facts.codes("chip", written["chip"]), facts.codes("site", written["site"])
    t, name = whole(written, "period"), "worth_usd_per_chip_period"
    good = (c >= 0) & (s >= 0) & (t >= 0) & (t < facts.T)
    written, c, s, t = written[good].reset_index(drop=True), c[good], s[good], t[good]
    npv = powering_worth(facts, duals)[c, s, t]

    def described(i: int) -> str:
        return f"fleet.csv, {facts.chip[c[i]]} at {facts.site[s[i]]}, {facts.label(t[i])}, {name}"

    return [
        agree(
            "fleet.worth",
            column(written, name),
            npv / facts.mid[t],
            described,
            unit="USD",
            floor=USD_FLOOR,
        ),
        _no_room("fleet.worth_room", column(written, "stranded") - 1e-4, npv, usd, described),
    ]


def powering_worth(facts: Facts, duals: Duals) -> Floats:
    """Return what one more chip held saves, discounted USD, (C, S, T)."""
    shape = (len(facts.chip), len(facts.site), facts.T)
    dual, _ = duals.table("powering", shape, "chip", "site", "period")
    return np.maximum(-dual, 0.0)


def demand_duals(facts: Facts, demand: Demand, duals: Duals) -> Floats:
    """Return discounted USD of one more unit of each workload, (W, T); NaN where it asks for none.

    Of online work a unit is spread over the slices as the demand is; of batch work it may be done
    in any period of its window.
    """
    shape = (len(facts.workload), facts.T)
    found = np.full(shape, np.nan)
    for block in ("online", "batch", "research", "research_share", "research_multiple"):
        rows = duals[block]
        if not len(rows):
            continue
        w, t, usd = whole(rows, "workload"), whole(rows, "period"), column(rows, "usd")
        if block == "online":
            k = whole(rows, "slice")
            usd = usd * facts.share[k] * demand.load[w, k]
        sums, there = np.zeros(shape), np.zeros(shape, bool)
        np.add.at(sums, (w, t), usd)
        there[w, t] = True
        found[there] = sums[there]
    batch = np.flatnonzero(demand.kind == "batch")
    return _over_windows(found, demand.window, batch)


def _over_windows(found: Floats, length: Ints, batch: Ints) -> Floats:
    """Return figures of batch work, stated at the last period of a window, in all its periods."""
    T = found.shape[1]
    every = length[batch][:, None]
    last = np.minimum((np.arange(T)[None, :] // every + 1) * every, T) - 1
    found[batch] = np.take_along_axis(found[batch], last, axis=1)
    return found


def check_work_worths(
    facts: Facts, demand: Demand, duals: Duals, written: pd.DataFrame
) -> list[Check]:
    """Return the checks of the marginal cost of work by period, in that period's money."""
    w, t = facts.codes("workload", written["workload"]), whole(written, "period")
    good = (w >= 0) & (t >= 0) & (t < facts.T)
    written, w, t = written[good].reset_index(drop=True), w[good], t[good]
    name = "marginal_usd_per_unit"
    own = demand_duals(facts, demand, duals)[w, t] / facts.mid[t]
    price = demand.short_price[w]
    price = np.where(demand.kind[w] == "online", price * _load(facts, demand)[w], price)

    def described(i: int) -> str:
        return f"demand_coverage.csv, {facts.workload[w[i]]}, {facts.label(t[i])}, {name}"

    # a fleet that works more than the share asks for makes research free, never dearer
    capped = np.isin(demand.kind[w], ["online", "batch", "research"])
    short = (column(written, "short") > 0) & np.isin(demand.kind[w], ["batch", "research"])
    paid_for = short & (price > 0)
    tiny = np.where(np.isin(demand.kind[w], ["research", "multiple"]), 1e-30, USD_FLOOR)
    both = np.isnan(column(written, name)) & np.isnan(own)
    return [
        agree(
            "coverage.marginal",
            np.where(both, 0.0, column(written, name)),
            np.where(both, 0.0, own),
            described,
            unit="USD",
            floor=tiny,
        ),
        at_most(
            "coverage.marginal_price",
            or_zero(own),
            np.where(capped, price, np.nan),
            lambda i: f"{described(i)}, against the price of not serving",
            unit="USD",
            floor=tiny,
        ),
        agree(
            "coverage.marginal_short",
            np.where(paid_for, own, 0.0),
            np.where(paid_for, price, 0.0),
            lambda i: f"{described(i)}, where it is not all served",
            unit="USD",
            floor=tiny,
        ),
    ]


def _load(facts: Facts, demand: Demand) -> Floats:
    """Return the load of each workload, weighted over the slices, (W,): 1 where its mean is 1."""
    return np.asarray(demand.load @ facts.share, dtype=np.float64)


def check_run_worths(facts: Facts, duals: Duals, written: pd.DataFrame) -> list[Check]:
    """Return the check of what 1e21 more FLOP of every milestone cost."""
    m, name = facts.codes("milestone", written["milestone"]), "marginal_usd_per_1e21_flop"
    rows = np.flatnonzero(m >= 0)
    return [
        agree(
            "milestones.marginal",
            column(written, name)[rows],
            run_duals(facts, duals)[m[rows]] * 1e21,
            lambda i: f"milestones.csv, {facts.milestone[m[rows[i]]]}, {name}",
            unit="USD",
            floor=USD_FLOOR,
        )
    ]


def run_duals(facts: Facts, duals: Duals) -> Floats:
    """Return discounted USD of one more FLOP of every milestone, (M,)."""
    return duals.table("milestone", (len(facts.milestone),), "milestone")[0]
