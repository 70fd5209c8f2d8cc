"""Ramps: how fast chips ordered, arriving or held may grow, and growth.csv."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.audit.facts import Bools, Facts, Floats, column, text, whole
from planner.audit.holdings import Capacity
from planner.audit.lots import COMMITTED, NEW, Lots
from planner.audit.verdict import Check, Describe, agree, at_most, require


def check_ramps(facts: Facts, lots: Lots, capacity: Capacity, written: pd.DataFrame) -> list[Check]:
    """Return the checks of every ramp, and of what growth.csv says of it.

    Args:
        facts: the case.
        lots: the lots.
        capacity: chips held by chip, site and period.
        written: growth.csv of the run.
    """
    table, T = facts.case["growth"].reset_index(drop=True), facts.T
    names = pd.Index(table["ramp"])
    seed, growth = column(table, "seed"), column(table, "max_growth")
    ramps = zip(*(text(table, name) for name in ("counts", "scope", "member")), strict=True)
    count = np.stack([_count(facts, lots, capacity, *ramp) for ramp in ramps])  # they are few
    earlier = np.concatenate([column(table, "before")[:, None], count[:, :-1]], axis=1)
    allowed = (1.0 + growth[:, None]) * earlier
    used = count - allowed
    # a solver's answer may be off by a little of both periods
    floor = facts.few * (2.0 + growth)[:, None] + 1e-9 * (np.abs(count) + allowed)

    ramp, period = names.get_indexer(pd.Index(text(written, "ramp"))), whole(written, "period")
    known = (ramp >= 0) & (period >= 0) & (period < T)
    seen = np.zeros(used.shape, dtype=np.int64)
    np.add.at(seen, (ramp[known], period[known]), 1)
    checks = [
        at_most(
            "growth.kept",
            used,
            np.broadcast_to(seed[:, None], used.shape),
            lambda i: (
                f"buy_plan.csv: chips of ramp {names[i // T]} in {facts.label(i % T)} beyond "
                f"{1.0 + growth[i // T]:.10g} times {earlier.ravel()[i]:.10g} before"
            ),
            unit="chips",
            floor=floor,
        ),
        require(
            "growth.rows",
            np.concatenate([known, (seen == 1).ravel()]),
            lambda i: f"growth.csv: entry {i} is unknown, missing or there twice",
            "one row for every ramp of the inputs and period of the plan",
        ),
    ]
    if not known.all():
        return checks

    def described(name: str) -> Describe:
        return lambda i: f"growth.csv, row {i + 2}, {name}"

    for name, value in (
        ("seed", seed[ramp]),
        ("used", used[ramp, period]),
        ("free", seed[ramp] - used[ramp, period]),
    ):
        checks.append(
            agree(
                f"growth.{name}",
                column(written, name),
                value,
                described(name),
                unit="chips",
                floor=floor[ramp, period],
            )
        )
    return checks


def _count(
    facts: Facts, lots: Lots, capacity: Capacity, counts: str, scope: str, member: str
) -> Floats:
    """Return the chips that a ramp counts in every period, (T,)."""
    case = facts.case
    types: Bools = np.ones(len(facts.chip), bool)
    sites: Bools = np.ones(len(facts.site), bool)
    if scope in ("vendor", "chip"):
        types = text(case["chips"], scope) == member
    if scope == "site":
        sites = text(case["sites"], "site") == member
    if counts == "held":
        return np.asarray(capacity.held[np.ix_(types, sites)].sum(axis=(0, 1)), dtype=np.float64)
    mine = types[lots.chip] & sites[lots.site]
    new, flying = lots.origin == NEW, lots.origin == COMMITTED
    if scope == "supply_group":
        group = np.full(len(lots), "", dtype=object)
        group[new] = text(case["offers"], "supply_group")[lots.row[new]]
        group[flying] = text(case["orders"], "supply_group")[lots.row[flying]]
        mine &= group == member
    when = np.where(new, lots.ordered, -1)
    if counts == "arriving":
        moves = np.zeros(len(lots), bool)  # chips that only change their place are not new
        orders = case["orders"]
        moves[flying] = (whole(orders, "in_service") < whole(orders, "arrives"))[lots.row[flying]]
        when = np.where((new | flying) & ~moves, lots.first, -1)
    mine &= (when >= 0) & (when < facts.T)
    chips = np.zeros(facts.T)
    np.add.at(chips, when[mine], lots.chips[mine])
    return chips
