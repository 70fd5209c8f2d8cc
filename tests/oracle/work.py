"""Inference and research: what is served, by which chips, and what is short."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pulp

from tests.oracle.capacity import Capacity
from tests.oracle.facts import Facts, blank, filled
from tests.oracle.program import Program
from tests.oracle.tokens import Calls

UNIT = 1e21
"""FLOP per unit of the rows that count FLOP."""


@dataclass
class Work:
    use: dict[tuple[str, str, str, int, str], Any] = field(default_factory=dict)
    """By workload, chip, site, period and slice."""
    milestone_flop: dict[int, list[tuple[float, Any]]] = field(default_factory=dict)
    """FLOP per unit and column, by period, of all milestones."""


def may_work(facts: Facts, workload: str, chip: str, site: str, t: int) -> bool:
    row = facts.workloads[workload]
    known = (
        (row["model"], chip) in facts.training
        if row["kind"] == "research"
        else (row["model"], row["tier"], chip) in facts.throughput
    )
    return known and site in row["sites"] and not facts.forbidden(chip, site, t, workload=workload)


def make_use(facts: Facts, program: Program, capacity: Capacity) -> Work:
    work = Work()
    for name, row in facts.workloads.items():
        for chip in facts.chips:
            for site in facts.sites:
                for t in facts.periods:
                    if not may_work(facts, name, chip, site, t):
                        continue
                    if row["kind"] != "research" and facts.rate(name, chip, t) is None:
                        continue  # no tokens, no work
                    row_of = (
                        facts.training[row["model"], chip]
                        if row["kind"] == "research"
                        else facts.throughput[row["model"], row["tier"], chip]
                    )
                    active = filled(row_of["kw_active"], facts.chips[chip]["kw_peak"])
                    for k in facts.slices:
                        work.use[name, chip, site, t, k] = program.variable("use")
                        use = work.use[name, chip, site, t, k]
                        capacity.work(chip, site, t, k, use, active)
                        if facts.settings.whole and row_of.get("chips_per_replica", 1) > 1:
                            spare = program.variable("spare")
                            capacity.work(chip, site, t, k, spare, facts.chips[chip]["kw_idle"])
                            size, key = row_of["chips_per_replica"], (name, chip, site, t, k)
                            in_replicas(program, use + spare, size, key)
    return work


def in_replicas(program: Program, taken: Any, size: float, key: tuple[Any, ...]) -> None:
    """Up to nine whole replicas, or ten and whatever is beyond them."""
    count, beyond = program.count(("replicas", *key), 10), program.variable("beyond")
    ten = program.count(("ten", *key))
    program.require(count >= 10 * ten)
    program.only_if(beyond, ten)
    program.require(taken == size * count + beyond)


def served(facts: Facts, work: Work, workload: str, t: int, slices: list[str]) -> Any:
    """Million work tokens served in a period."""
    cap = facts.workloads[workload]["utilisation_cap"]
    terms = []
    for (w, chip, _, u, k), use in work.use.items():
        if (w, u) == (workload, t) and k in slices:
            rate = facts.rate(workload, chip, t)
            if rate is not None:
                terms.append(rate * cap * 3600 * facts.hours[t] * facts.share[k] * use)
    return pulp.lpSum(terms)


def asked(facts: Facts, program: Program, done: Any, wanted: float, usd: float, t: int) -> None:
    """What is done is what is wanted, never more, or what is missing has its price."""
    if wanted > 0 and not blank(usd):
        short = program.variable("short")
        program.pay("short", "none", t, facts.mid(t), usd, short)
        done = done + short
    program.require(done == wanted)


def serve(facts: Facts, program: Program, capacity: Capacity, work: Work, calls: Calls) -> None:
    for name, row in facts.workloads.items():
        if row["kind"] == "research":
            research(facts, program, capacity, work, name, row)
            continue
        token, price = facts.work_token(name), row["short_usd_per_mtok"]
        if row["kind"] == "online":
            for t in facts.periods:
                for k in facts.slices:
                    wanted = (
                        facts.demand[name, t][token]
                        * facts.share[k]
                        * facts.load.get((row["profile"], k), 1.0)
                    )
                    done = served(facts, work, name, t, [k]) + calls.served(name, t, [k])
                    asked(facts, program, done, wanted, price, t)
        else:
            for block in {tuple(facts.block(name, t)) for t in facts.periods}:
                window = facts.window_of(name, block[0])
                wanted = sum(facts.demand[name, t][token] for t in window)
                if window[0] < 0:
                    wanted = max(wanted - row["served_mtok"], 0.0)
                total = pulp.lpSum(
                    served(facts, work, name, t, facts.slices) + calls.served(name, t, facts.slices)
                    for t in block
                )
                asked(facts, program, total, wanted, price, block[-1])


def research(
    facts: Facts, program: Program, capacity: Capacity, work: Work, name: str, row: dict[str, Any]
) -> None:
    by_share, by_multiple = (
        not blank(row["share_of_fleet"]),
        not blank(row["multiple_of_milestones"]),
    )
    done: dict[int, Any] = {t: pulp.LpAffineExpression() for t in facts.periods}
    for t in facts.periods:
        for (w, chip, _, u, k), use in work.use.items():
            if (w, u) == (name, t):
                rate = facts.flop_rate(row["model"], chip)
                assert rate is not None
                done[t] += (
                    rate
                    / UNIT
                    * row["utilisation_cap"]
                    * 3600
                    * facts.hours[t]
                    * facts.share[k]
                    * use
                )
        if by_share:
            busy = pulp.lpSum(
                facts.share[k] * use
                for (w, _, _, u, k), use in work.use.items()
                if (w, u) == (name, t)
            )
            fleet = pulp.lpSum(
                facts.share[k] * facts.works(c, s, u, k) * powered
                for (c, s, u), powered in capacity.powered.items()
                if u == t
                for k in facts.slices
            )
            program.require(busy == row["share_of_fleet"] * fleet)
        elif by_multiple:
            trained = pulp.lpSum(
                rate / UNIT * column
                for u, terms in work.milestone_flop.items()
                if u <= t
                for rate, column in terms
            )
            runs, times = facts.milestones.values(), row["multiple_of_milestones"]
            before = row["done_flop"] / UNIT
            trained += sum(run["done_flop"] for run in runs) / UNIT
            so_far = pulp.lpSum(done[u] for u in range(t + 1)) + before
            program.require(so_far >= times * trained)
            if t == facts.T - 1:  # no more than that, or than was done already
                least = sum(
                    run["flop" if blank(run["late_usd_per_period"]) else "done_flop"]
                    for run in runs
                )
                ahead = max(before - times * least / UNIT, 0.0)
                program.require(so_far <= times * trained + ahead)
        else:
            wanted = facts.demand[name, t]["flop"] / UNIT
            asked(facts, program, done[t], wanted, row["short_usd_per_1e21_flop"], t)
