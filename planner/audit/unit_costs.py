"""Unit costs: who pays for what, by costs.csv and allocation.csv alone; against unit_costs.csv."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.audit.duals import Duals
from planner.audit.facts import Facts, Floats, Ints, column, or_zero, text, whole
from planner.audit.lots import FLEET, Lots
from planner.audit.rates import Demand
from planner.audit.recomputed import Recomputed
from planner.audit.residual import level_share, priced_life
from planner.audit.tolerance import Slack
from planner.audit.verdict import Check, Describe, agree, blank_too, require
from planner.audit.worths import demand_duals, run_duals

_PENALTIES: Final = ("short", "late", "over", "change")
_SPLIT: Final = ("training", "research", "inference", "idle", "penalties", "existing fleet")


@dataclass(frozen=True, slots=True)
class _Shared:
    """Costs and hours by work (workloads, then milestones), (W + M,), and what no work carries."""

    cost: Floats
    hours: Floats
    volume: Floats
    discounted: Floats
    idle: float
    penalties: float
    opening: float
    total: float


def opening_value(facts: Facts, lots: Lots) -> Floats:
    """Return what the fleet is worth when the plan starts, by chip, USD, (C,): of its price, with
    interest since, the annuity share not yet used up."""
    v = np.flatnonzero(lots.origin == FLEET)
    age, life = -lots.born[v] / facts.ppy, priced_life(facts, lots)[v] / facts.ppy
    interest = (1.0 + facts.rate) ** (-lots.paid[v] / facts.ppy)
    share = lots.deposit[v]
    price = lots.price[v] * (share * interest + (1.0 - share) * (1.0 + facts.rate) ** age)
    left = 1.0 - level_share(facts.rate, np.minimum(age, life), life)
    worth = price * left * lots.chips[v]
    return np.bincount(lots.chip[v], weights=worth, minlength=len(facts.chip)).astype(np.float64)


def _summed(group: Ints, weights: Floats, n: int) -> Floats:
    """Return weights summed by group, (n,)."""
    return np.bincount(group, weights=weights, minlength=n).astype(np.float64)


def _split(cost: Floats, group: Ints, weight: Floats, work: Ints, n: int) -> tuple[Floats, float]:
    """Return each group's cost shared over works by weight, (n,), and what no work pays."""
    total = np.bincount(group, weights=weight, minlength=len(cost))
    share = np.divide(weight, total[group], out=np.zeros_like(weight), where=total[group] > 0)
    paid = np.bincount(work, weights=share * cost[group], minlength=n)
    return paid.astype(np.float64), float(cost[total <= 0].sum())


def _shared(found: Recomputed) -> _Shared:
    """Share out the costs: a chip's by discounted hours, a site's by these times their power, what
    tokens cost in a period by what is paid for them."""
    facts, lots, allocation, called = found.facts, found.lots, found.allocation, found.called
    table, costs = found.tables["allocation"], found.tables["costs"]
    W, n = len(facts.workload), len(facts.workload) + len(facts.milestone)
    chip, site = facts.codes("chip", costs["chip"]), facts.codes("site", costs["site"])
    usd, penalty = column(costs, "discounted_usd"), np.isin(text(costs, "term"), _PENALTIES)
    of_chip = ~penalty & (chip >= 0)
    of_site = ~penalty & (chip < 0) & (site >= 0)
    opening = opening_value(facts, lots)
    by_chip = _summed(chip[of_chip], usd[of_chip], len(facts.chip))
    by_site = _summed(site[of_site], usd[of_site], len(facts.site))
    tokens = text(costs, "term") == "tokens"
    nowhere = float(usd[~penalty & ~tokens & (chip < 0) & (site < 0)].sum())
    for_tokens = _summed(whole(costs, "period")[tokens], usd[tokens], facts.T)
    a = allocation
    work = np.where(a.work >= 0, a.work, W + a.run)
    hours, mid = a.chips * a.hours, facts.mid[a.period]
    done = or_zero(column(table, "mtok")[a.row]) + or_zero(column(table, "flop")[a.row])
    first, idle = _split(by_chip + opening, a.chip, hours * mid, work, n)
    second, empty = _split(by_site, a.site, hours * mid * facts.kw_peak[a.chip], work, n)
    third, missed = _split(for_tokens, called.period, called.usd, called.work, n)
    bought = _summed(called.work, called.mtok, n)
    later = _summed(called.work, called.mtok * facts.mid[called.period], n)

    return _Shared(
        first + second + third,
        _summed(work, hours, n),
        _summed(work, done, n) + bought,
        _summed(work, done * mid, n) + later,
        idle + empty + missed + nowhere,
        float(usd[penalty].sum()),
        float(opening.sum()),
        float(usd.sum() + opening.sum()),
    )


def _marginal(facts: Facts, demand: Demand, duals: Duals, flop: Floats) -> Floats:
    """Return discounted dual value over discounted volume, USD per Mtok or FLOP, (W + M,)."""
    weight = (demand.work * facts.mid).sum(axis=1)
    worth = (or_zero(demand_duals(facts, demand, duals)) * demand.work).sum(axis=1)
    none = np.isin(demand.kind, ["share", "multiple"]) | (weight <= 0)
    by_work = np.where(none, np.nan, worth / np.where(none, 1.0, weight))
    volume = flop @ facts.mid
    runs = np.divide(
        run_duals(facts, duals) * flop.sum(axis=1),
        volume,
        out=np.full(len(volume), np.nan),
        where=volume > 0,
    )
    return np.concatenate([by_work, runs])


def check_unit_costs(found: Recomputed, duals: Duals | None) -> list[Check]:
    """Return the checks of unit_costs.csv: units, volumes, full and marginal cost, and the split.

    Args:
        found: the plan, recomputed.
        duals: dual values by name; None where the run has none.
    """
    facts, demand, tables, flop = found.facts, found.demand, found.tables, found.training.flop
    written = tables["unit_costs"]
    s = _shared(found)
    W, M = len(facts.workload), len(facts.milestone)
    research = np.isin(demand.kind, ["research", "share", "multiple"])
    counted = np.concatenate([research, np.ones(M, bool)])
    unit = np.where(counted, 1e21, 1.0)
    names = np.concatenate([facts.workload.to_numpy(), facts.milestone.to_numpy(), _SPLIT])
    kinds = np.repeat(np.array(["workload", "milestone", "split"], dtype=object), [W, M, 6])
    group = np.concatenate([np.where(research, 1, 2), np.zeros(M)]).astype(np.int64)
    other = [s.idle, s.penalties, -s.opening]
    split = np.concatenate([np.bincount(group, weights=s.cost, minlength=3)[:3], other])
    hours = np.concatenate([np.bincount(group, weights=s.hours, minlength=3)[:3], np.zeros(3)])
    cost, hours = np.concatenate([s.cost, split]), np.concatenate([s.hours, hours])
    some = s.discounted > 0
    loaded = np.where(some, s.cost * unit / np.where(some, s.discounted, 1.0), np.nan)
    blank = np.full(6, np.nan)
    truth = pd.DataFrame(
        {
            "kind": kinds,
            "name": names,
            "unit_own": np.concatenate([np.where(counted, "1e21 FLOP", "Mtok"), [""] * 6]),
            "volume_own": np.concatenate([s.volume / unit, blank]),
            "loaded_own": np.concatenate([loaded, blank]),
            "cost_own": cost,
            "cost_share_own": 100.0 * cost / s.total if s.total else np.nan,
            "hours_own": hours,
            "hours_share_own": 100.0 * hours / s.hours.sum() if s.hours.sum() else np.nan,
        }
    )
    if duals is not None:
        marginal = _marginal(facts, demand, duals, flop) * unit
        truth["marginal_own"] = np.concatenate([marginal, blank])
    both = written.merge(truth, on=["kind", "name"], how="outer", indicator=True)
    matched = (both["_merge"] == "both").to_numpy()
    kept = both[matched].reset_index(drop=True)
    return [
        require(
            "unit_costs.rows",
            matched,
            lambda i: f"unit_costs.csv: {both['kind'][i]} {both['name'][i]}",
            "one row for every workload, milestone and part of the split, and no other",
        ),
        require(
            "unit_costs.unit",
            text(kept, "unit") == text(kept, "unit_own"),
            lambda i: f"unit_costs.csv, {kept['name'][i]}, unit: {kept['unit'][i]}",
            "Mtok for inference, 1e21 FLOP for research and training",
        ),
        *_compare(facts, kept, len(tables["costs"]), s),
    ]


def _compare(facts: Facts, kept: pd.DataFrame, rows: int, s: _Shared) -> list[Check]:
    """Return the checks of the figures, each with what rounding of cents and chips carries on."""
    cents = 0.01 * (1.0 + rows)
    per_unit = np.maximum(or_zero(column(kept, "volume_own")), 1e-30) / max(facts.mid.max(), 1e-30)

    def described(name: str) -> Describe:
        return lambda i: f"unit_costs.csv, {kept['kind'][i]} {kept['name'][i]}, {name}"

    few = facts.hours.sum() * facts.few
    size = abs(s.total) + s.opening
    plan: list[tuple[str, str, NDArray[np.float64] | float]] = [
        ("volume", "volume_own", 1e-9),
        ("loaded_usd", "loaded_own", cents / per_unit),
        ("cost_usd", "cost_own", cents),
        # what is paid and what is earned may cancel: then a cent of the total moves large shares
        (
            "cost_share_pct",
            "cost_share_own",
            (100.0 + np.abs(or_zero(column(kept, "cost_share_own"))))
            * cents
            / max(abs(s.total), cents),
        ),
        ("chip_hours", "hours_own", few),
        ("chip_hours_share_pct", "hours_share_own", 100.0 * few / max(float(s.hours.sum()), few)),
    ]
    if "marginal_own" in kept:
        plan.append(("marginal_usd", "marginal_own", 1e-6))
    checks = []
    for name, own, floor in plan:
        told = column(kept, own)
        if name == "cost_share_pct" and abs(s.total) <= cents:
            told = column(kept, name)  # all of it is less than the cents of costs.csv can tell
        written, truth = blank_too(column(kept, name), told)
        checks.append(
            agree(
                f"unit_costs.{name}",
                written,
                truth,
                described(name),
                unit="units",
                floor=Slack(floor, size=1e-6 * size if name == "cost_usd" else 0.0),
            )
        )
    split = kept["kind"].eq("split").to_numpy()
    objective = float(s.total - s.opening)
    checks.append(
        agree(
            "unit_costs.split",
            float(column(kept, "cost_usd")[split].sum()),
            objective,
            lambda i: "unit_costs.csv, cost_usd of the split in all, against costs.csv",
            unit="USD",
            floor=cents,
        )
    )
    return checks
