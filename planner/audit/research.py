"""Research by its floors: a share of the fleet's chip-time, a multiple of the milestones' FLOP."""

from __future__ import annotations

import numpy as np

from planner.audit.availability import available
from planner.audit.facts import column, load_may_pay, whole
from planner.audit.recomputed import Recomputed
from planner.audit.verdict import Check, Describe, agree, at_least, at_most


def check_research(found: Recomputed) -> list[Check]:
    """Return the checks of research as a share of the fleet's chip-time and as a multiple of the
    milestones' cumulative FLOP, and their rows of demand_coverage.csv."""
    facts, demand, allocation = found.facts, found.demand, found.allocation
    written = found.tables["demand_coverage"]
    W, T = len(facts.workload), facts.T
    table = facts.case["workloads"]
    time = np.zeros((W, T))
    use = allocation.work >= 0
    np.add.at(
        time,
        (allocation.work[use], allocation.period[use]),
        allocation.chips[use] * facts.share[allocation.slice[use]],
    )
    fleet = np.einsum("cstk,k,cst->t", available(facts), facts.share, found.capacity.powered)
    share, multiple = (
        np.flatnonzero(demand.kind == "share"),
        np.flatnonzero(demand.kind == "multiple"),
    )
    floor = column(table, "share_of_fleet")[share][:, None] * fleet
    runs = facts.case["milestones"]
    times, before = (
        column(table, name)[multiple] for name in ("multiple_of_milestones", "done_flop")
    )
    trained = column(runs, "done_flop").sum() + np.cumsum(found.training.flop.sum(axis=0))
    target = times[:, None] * trained
    done = before[:, None] + np.cumsum(found.served.done.sum(axis=2), axis=1)[multiple]
    use_m = use & np.isin(allocation.work, multiple)
    chip_flop = float((allocation.rate * 3600.0 * allocation.hours)[use_m].max(initial=0.0))
    need, got, unit = np.zeros((W, T)), np.zeros((W, T)), np.zeros(W)
    need[share], got[share], unit[share] = floor, time[share], 1.0
    need[multiple], got[multiple], unit[multiple] = target, done, chip_flop
    w, t = facts.codes("workload", written["workload"]), whole(written, "period")
    rows = np.flatnonzero((w >= 0) & (t >= 0) & (t < T))
    rows = rows[np.isin(w[rows], np.concatenate([share, multiple]))]
    w, t = w[rows], t[rows]

    def described(name: str) -> Describe:
        return lambda i: f"demand_coverage.csv, {facts.workload[w[i]]}, {facts.label(t[i])}, {name}"

    asked = np.concatenate([share, multiple])
    # where work never pays by itself, idle chips with free energy may go on: at no cost
    whole_run = runs["late_usd_per_period"].isna().to_numpy()
    must = np.where(whole_run, column(runs, "flop"), column(runs, "done_flop")).sum()
    ahead = np.maximum(before - times * must, 0.0)  # of what must be trained, before the plan
    beyond = (done[:, -1:] - target[:, -1:] - ahead[:, None]) * load_may_pay(facts)
    return [
        at_most(
            "research.beyond",
            # a multiple may run ahead, but in the end there is no more
            np.concatenate([time[share] - floor, beyond], axis=None),
            0.0,
            lambda i: (
                f"allocation.csv: more research of "
                f"{facts.workload[np.repeat(asked, [T] * len(share) + [1] * len(multiple))[i]]} "
                "than asked for"
            ),
            unit="chips or FLOP",
            floor=np.concatenate(
                [
                    1e-6 * floor + facts.few * facts.K * len(facts.site) * 10.0,
                    1e-6 * target[:, -1:] + chip_flop * facts.few * 10.0 * T,
                ],
                axis=None,
            ),
        ),
        agree(
            "research.demand",
            column(written, "demand")[rows],
            need[w, t],
            described("demand"),
            unit="chips or FLOP",
            floor=unit[w] * facts.few * 10.0,
        ),
        agree(
            "research.done",
            column(written, "served")[rows],
            got[w, t],
            described("served"),
            unit="chips or FLOP",
            floor=unit[w] * facts.few * 10.0,
        ),
        at_least(
            "research.share",
            time[share],
            floor,
            lambda i: (
                f"allocation.csv: {facts.workload[share[i // T]]} in {facts.label(i % T)}, chips "
                "on average"
            ),
            unit="chips",
            floor=facts.few,
        ),
        at_least(
            "research.multiple",
            done,
            target,
            lambda i: (
                f"allocation.csv: {facts.workload[multiple[i // T]]}, FLOP through "
                f"{facts.label(i % T)}"
            ),
            unit="FLOP",
            floor=chip_flop * facts.few,
        ),
    ]
