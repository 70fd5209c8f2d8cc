"""Worths of work and chips: what one more of each is written to save or cost."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.audit.duals import Duals
from planner.audit.facts import Facts, Floats, column, or_zero, whole
from planner.audit.rates import Demand
from planner.audit.verdict import Check, agree, at_most, blank_too
from planner.audit.worth_rules import USD_FLOOR, no_room


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
        no_room("fleet.worth_room", column(written, "stranded") - 1e-4, npv, usd, described),
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
    # stated at the last period of a window, it holds in all of it
    found[batch] = np.take_along_axis(found[batch], demand.last()[batch], axis=1)
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
    shown, true = blank_too(column(written, name), own)
    return [
        agree(
            "coverage.marginal",
            shown,
            true,
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
