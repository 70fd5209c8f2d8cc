"""Milestones: what is trained by when, and what is late."""

from __future__ import annotations

import math
from typing import Any

import pulp

from tests.oracle.capacity import Capacity
from tests.oracle.facts import Facts, blank, filled
from tests.oracle.program import Program
from tests.oracle.work import UNIT, Work


def inside(row: dict[str, Any], t: int) -> float:
    """Share of a period that lies in the window of a milestone."""
    return max(0.0, min(float(row["deadline"]), t + 1.0) - max(float(row["start"]), float(t)))


def whole(row: dict[str, Any], t: int) -> bool:
    return inside(row, t) >= 1 - 1e-12


def last_period(row: dict[str, Any]) -> int:
    return math.ceil(float(row["deadline"]) - 1e-12) - 1


def past(facts: Facts, name: str) -> float:
    """FLOP done before the plan, in units of ``UNIT``."""
    return float(facts.milestones[name]["done_flop"]) / UNIT


def train(facts: Facts, program: Program, capacity: Capacity, work: Work) -> None:
    flop: dict[str, dict[int, Any]] = {}
    for name, row in facts.milestones.items():
        flop[name] = run(facts, program, capacity, work, name, row)
    done = {
        name: {
            t: past(facts, name) + pulp.lpSum(part for u, part in parts.items() if u <= t)
            for t in range(-1, facts.T)
        }
        for name, parts in flop.items()
    }
    for name, row in facts.milestones.items():
        total, end = row["flop"] / UNIT, last_period(row)
        floored = row["min_chips"] > 0 and any(whole(row, t) for t in facts.periods)
        if not floored:  # never more than it takes
            program.require(done[name][facts.T - 1] <= total)
        elif row["after"]:  # chips that it must keep may idle: what counts is at most their work
            counts = {t: program.variable("counts") for t in flop[name]}
            for t, part in flop[name].items():
                program.require(counts[t] <= part)
            done[name] = {
                t: past(facts, name) + pulp.lpSum(part for u, part in counts.items() if u <= t)
                for t in range(-1, facts.T)
            }
        if blank(row["late_usd_per_period"]):
            if end >= 0:
                program.require(done[name][end] >= total)
        else:
            for t in range(max(end, 0), facts.T):
                late = program.variable("late")
                program.require(done[name][t] + late >= total)
                program.pay(
                    "late", "none", t, facts.mid(t), row["late_usd_per_period"] / total, late
                )
    for name, row in facts.milestones.items():
        total = row["flop"] / UNIT
        for before in row["after"]:
            wanted = facts.milestones[before]["flop"] / UNIT
            for t in flop[name]:
                program.require(done[name][t] * (1 / total) <= done[before][t - 1] * (1 / wanted))


def run(
    facts: Facts, program: Program, capacity: Capacity, work: Work, name: str, row: dict[str, Any]
) -> dict[int, Any]:
    """Columns of a milestone; returns its FLOP by period, in units of ``UNIT``."""
    soft, end = not blank(row["late_usd_per_period"]), last_period(row)
    share = {
        t: inside(row, t) if t <= end else 1.0
        for t in facts.periods
        if inside(row, t) > 0 or (soft and t > end)
    }
    pairs = usable(facts, name, row)
    used = {pair for some in pairs.values() for pair in some}
    chosen = facts.chosen.get(name, {})
    pairs = {
        t: [(c, s) for c, s in some if chosen.get("site", s) == s and chosen.get("chip", c) == c]
        for t, some in pairs.items()
    }
    flop: dict[int, Any] = {}
    for t, part in share.items():
        flop[t] = pulp.LpAffineExpression()
        for slices in [[k] for k in facts.slices] if row["interruptible"] else [facts.slices]:
            columns = []
            for chip, site in pairs[t]:
                facts_of = facts.training[row["class"], chip]
                split = row["split_efficiency"] if together(row, used, chip, site) > 1 else 1.0
                rate = facts.flop_rate(row["class"], chip)
                assert rate is not None
                per_chip = (
                    rate
                    * split
                    * 3600
                    * facts.hours[t]
                    * part
                    * sum(facts.share[k] for k in slices)
                )
                tiers = [(1.0, None)]
                if not blank(facts_of["chips_at_full_efficiency"]):
                    tiers = [
                        (1.0, facts_of["chips_at_full_efficiency"]),
                        (facts_of["efficiency_beyond"], None),
                    ]
                for efficiency, most in tiers:
                    column = program.variable("train", 0, most)
                    columns.append(column)
                    flop[t] += per_chip * efficiency / UNIT * column
                    work.milestone_flop.setdefault(t, []).append((per_chip * efficiency, column))
                    for k in slices:
                        capacity.work(
                            chip,
                            site,
                            t,
                            k,
                            column,
                            filled(facts_of["kw_active"], facts.chips[chip]["kw_peak"]),
                        )
            if not blank(row["max_chips"]):
                program.require(pulp.lpSum(columns) <= row["max_chips"])
            if row["min_chips"] > 0 and whole(row, t):
                program.require(pulp.lpSum(columns) >= row["min_chips"])
    return flop


def together(row: dict[str, Any], used: set[tuple[str, str]], chip: str, site: str) -> int:
    """Over how many pairs of chip and site a run may spread that works on one of them."""
    return sum(
        (s == site or not row["single_site"]) and (c == chip or not row["single_chip"])
        for c, s in used
    )


def usable(facts: Facts, name: str, row: dict[str, Any]) -> dict[int, list[tuple[str, str]]]:
    """Pairs of chip and site that a run may use, by period."""
    soft, end = not blank(row["late_usd_per_period"]), last_period(row)
    return {
        t: [
            (c, s)
            for c in row["chips"]
            for s in row["sites"]
            if (row["class"], c) in facts.training and not facts.forbidden(c, s, t, milestone=name)
        ]
        for t in facts.periods
        if inside(row, t) > 0 or (soft and t > end)
    }


def options(facts: Facts) -> dict[tuple[str, str], list[str]]:
    """Sites, and chip types, that a run has to choose one of: by milestone and axis."""
    found: dict[tuple[str, str], list[str]] = {}
    if not facts.settings.whole:
        return found
    for name, row in facts.milestones.items():
        used = {pair for some in usable(facts, name, row).values() for pair in some}
        for axis, single, names in (
            ("site", row["single_site"], sorted({s for _, s in used})),
            ("chip", row["single_chip"], sorted({c for c, _ in used})),
        ):
            if single and len(names) > 1:
                found[name, axis] = names
    return found


def choices(facts: Facts) -> list[dict[str, dict[str, str]]]:
    """Every way to choose the one site, and the one chip type, of every run that has a choice."""
    found: list[dict[str, dict[str, str]]] = [{}]
    for (name, axis), names in options(facts).items():
        found = [
            one | {name: one.get(name, {}) | {axis: place}} for one in found for place in names
        ]
    return found


def chosen_by(facts: Facts, program: Program) -> dict[str, dict[str, str]]:
    """The places of runs by the whole numbers that are given: which of them, in order."""
    found: dict[str, dict[str, str]] = {}
    for (name, axis), names in options(facts).items():
        key = (f"run_{axis}", name)
        program.counts[key] = len(names) - 1
        at = 0 if program.given is None else int(program.given[key])
        found.setdefault(name, {})[axis] = names[at]
    return found
