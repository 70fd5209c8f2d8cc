"""What is served: work done and left undone, against demand and demand_coverage.csv."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.audit.allocation import Allocation
from planner.audit.facts import Facts, Floats, column, or_zero, whole
from planner.audit.rates import Demand, serving_rate
from planner.audit.tokens import Called
from planner.audit.tolerance import CENT
from planner.audit.verdict import Check, Describe, agree, at_most, require


@dataclass(frozen=True, slots=True)
class Served:
    """What was done and missed: ``done`` by (W, T, K); ``short`` and its tolerance by (W, T)
    (batch: at the last period of the window)."""

    done: Floats
    short: Floats
    doubt: Floats
    due: Floats
    """Demand by (W, T), batch windows summed at their last period."""


def _slowest(facts: Facts, demand: Demand) -> Floats:
    """Return the work per second of the slowest chip that can do any of a workload's, (W, T); 0
    where none can."""
    shape = (len(facts.workload), len(facts.chip), facts.T)
    if not all(shape):
        return np.zeros((shape[0], shape[2]))
    rate, _ = serving_rate(facts, demand, *(axis.ravel() for axis in np.indices(shape)))
    least = np.where(rate > 0, rate, np.inf).reshape(shape).min(axis=1)
    return np.where(np.isfinite(least), least, 0.0)


def serve(
    facts: Facts,
    demand: Demand,
    allocation: Allocation,
    called: Called,
    table: pd.DataFrame,
) -> tuple[Served, list[Check]]:
    """Return work done and short, and the checks of demand against it and against
    demand_coverage.csv."""
    W, T, K = len(facts.workload), facts.T, facts.K
    use = allocation.work >= 0
    at = (allocation.work[use], allocation.period[use], allocation.slice[use])
    done, per_chip = np.zeros((W, T, K)), np.zeros((W, T, K))
    np.add.at(done, at, allocation.done[use])
    done += called.by_slice((W, T, K))
    np.maximum.at(per_chip, at, (allocation.rate * 3600.0 * allocation.hours)[use])
    # so little work that no row was written for it is within the floor of the slowest chip that may
    # do it
    per_chip = np.maximum(
        per_chip, _slowest(facts, demand)[:, :, None] * 3600.0 * facts.hours[:, None] * facts.share
    )
    need = demand.need * facts.share
    last = demand.last()
    rows = np.arange(W)[:, None]

    def pooled(amount: Floats) -> Floats:
        """Sum (W, T) over batch windows, at the last period of each."""
        total = np.zeros((W, T))
        np.add.at(total, (np.broadcast_to(rows, (W, T)), last), amount)
        return total

    online = demand.kind == "online"
    due, got = pooled(demand.work), pooled(done.sum(axis=2))
    # of a window that began before the plan: what is left of it
    begun = np.flatnonzero(demand.passed)
    left = (demand.past["work"] - demand.served)[begun]
    due[begun, last[begun, 0]] = np.maximum(due[begun, last[begun, 0]] + left, 0.0)
    missing = np.where(
        online[:, None], np.maximum(need - done, 0.0).sum(axis=2), np.maximum(due - got, 0.0)
    )
    missing[np.isin(demand.kind, ["share", "multiple"])] = 0.0
    # what an error of the floor in chips makes in work
    doubt = 1e-6 * due + pooled(per_chip.sum(axis=2)) * facts.few
    short = np.where(missing <= doubt, 0.0, missing)
    beyond = np.where(
        online[:, None], np.maximum(done - need, 0.0).sum(axis=2), np.maximum(got - due, 0.0)
    )
    beyond[np.isin(demand.kind, ["share", "multiple"])] = 0.0
    hard = (
        np.isnan(demand.short_price)[:, None]
        & np.isin(demand.kind, ["online", "batch", "research"])[:, None]
    )

    def place(i: int) -> str:
        return f"allocation.csv: {facts.workload[i // T]} in {facts.label(i % T)}, work left undone"

    checks = [
        at_most(
            "demand.served",
            np.where(hard, missing, 0.0),
            0.0,
            place,
            unit="Mtok or FLOP",
            floor=doubt,
        ),
        at_most(
            "demand.beyond",
            beyond,
            0.0,
            lambda i: (
                f"allocation.csv: {facts.workload[i // T]} in {facts.label(i % T)}, more work "
                "done than asked for"
            ),
            unit="Mtok or FLOP",
            floor=doubt,
        ),
    ]
    served = Served(done, np.where(np.isnan(demand.short_price)[:, None], 0.0, short), doubt, due)
    return served, checks + _coverage(facts, demand, served, missing, table)


def _coverage(
    facts: Facts, demand: Demand, served: Served, missing: Floats, table: pd.DataFrame
) -> list[Check]:
    """Return the checks of demand_coverage.csv for inference and for research by volume."""
    w, t = facts.codes("workload", table["workload"]), whole(table, "period")
    known = (w >= 0) & (t >= 0) & (t < facts.T)
    volume = np.isin(demand.kind, ["online", "batch", "research"])
    rows = np.flatnonzero(known & (volume[np.maximum(w, 0)] if len(volume) else False))
    w_r, t_r = w[rows], t[rows]
    shown = np.zeros(served.due.shape, bool)
    shown[w_r, t_r] = True
    lacking = np.argwhere((served.due > 0) & volume[:, None] & ~shown)

    def described(name: str) -> Describe:
        return lambda i: (
            f"demand_coverage.csv, {facts.workload[w_r[i]]}, {facts.label(t_r[i])}, {name}"
        )

    floor = served.doubt[w_r, t_r]
    price = or_zero(demand.short_price)[w_r]
    due, short = served.due[w_r, t_r], missing[w_r, t_r]
    # where being short costs nothing the plan may call short what it serves all the same
    free = demand.short_price[w_r] == 0.0
    short = np.where(free, np.clip(or_zero(column(table, "short")[rows]), short, due), short)
    return [
        require(
            "coverage.rows",
            known,
            lambda i: (
                f"demand_coverage.csv, row {i + 2}: {table['workload'][i]} in {facts.label(t[i])}"
            ),
            "workloads and periods of the plan",
        )
        if not len(lacking)
        else require(
            "coverage.rows",
            [False],
            lambda i: (
                f"demand_coverage.csv has no row for {facts.workload[lacking[0][0]]} in "
                f"{facts.label(lacking[0][1])}"
            ),
            "one row for every workload and period (batch window) with demand",
        ),
        agree(
            "coverage.demand",
            column(table, "demand")[rows],
            due,
            described("demand"),
            unit="units",
            floor=0.0,
        ),
        agree(
            "coverage.short",
            column(table, "short")[rows],
            short,
            described("short"),
            unit="units",
            floor=floor,
        ),
        agree(
            "coverage.served",
            column(table, "served")[rows],
            due - short,
            described("served"),
            unit="units",
            floor=floor,
        ),
        agree(
            "coverage.short_usd",
            column(table, "short_usd")[rows],
            short * price,
            described("short_usd"),
            unit="USD",
            floor=CENT + floor * price,
        ),
    ]
