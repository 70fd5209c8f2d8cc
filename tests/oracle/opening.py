"""What is whole of power: blocks of projects, projects one after another, projects and sites that
open once."""

from __future__ import annotations

import math
from typing import Any

import pulp

from tests.oracle.capacity import Capacity
from tests.oracle.facts import Facts, blank
from tests.oracle.program import Program


def as_decided(facts: Facts) -> set[tuple[str, int]]:
    """Projects and periods whose orders are as the last plan has them."""
    if not facts.rows["last_plan"]:
        return set()
    frozen = range(facts.settings.frozen_periods)
    names = [row["project"] for row in facts.rows["power_projects"]]
    return {(name, t) for name in names for t in frozen} | {
        (row["offer"], int(row["order_period"]))
        for row in facts.rows["last_plan"]
        if row["decision"] in ("changed", "refused") and row["offer"] in names
    }


def open_power(facts: Facts, program: Program, capacity: Capacity) -> None:
    projects = {row["project"]: row for row in facts.rows["power_projects"]}
    for name, row in projects.items():
        open_project(facts, program, capacity, name)
        if facts.settings.whole and row["lot_mw"] > 0.001:
            for (project, o), mw in capacity.build.items():
                if project == name and (name, o) not in as_decided(facts):
                    most = math.floor(row["mw_max"] / row["lot_mw"] + 1e-9)
                    blocks = program.count(("blocks", name, o), most)
                    program.require(mw == row["lot_mw"] * blocks)
        if facts.settings.whole and row["after"]:
            come_after(facts, program, capacity, name, projects[row["after"]])
    for site, row in facts.sites.items():
        for t in range(min(first_open(row), facts.T)):
            for chip in facts.chips:
                program.require(capacity.powered[chip, site, t] <= 0)
        if row["usd_to_open"] > 0:
            open_site(facts, program, capacity, site)


def opening(facts: Facts, program: Program, key: tuple[Any, ...]) -> Any:
    """0 or 1, or what a relaxation has of it."""
    return program.count(key) if facts.settings.whole else program.variable("opens", 0.0, 1.0)


def first_open(row: dict[str, Any]) -> int:
    """The first period in which a site can be open."""
    return 0 if blank(row["opens"]) else max(int(row["opens"]), 0)


def ordered(capacity: Capacity, name: str, t: int) -> pulp.LpAffineExpression:
    """MW of a project ordered by the plan through a period."""
    return pulp.lpSum(
        mw for (project, o), mw in capacity.build.items() if project == name and o <= t
    )


def open_project(facts: Facts, program: Program, capacity: Capacity, name: str) -> None:
    row = next(row for row in facts.rows["power_projects"] if row["project"] == name)
    if not row["usd_to_open"] or any(other["project"] == name for other, _ in capacity.signed):
        return
    opened = []
    for o in facts.periods:
        if (name, o) not in capacity.build:
            continue
        opened.append(opening(facts, program, ("project_opening", name, o)))
        program.require(ordered(capacity, name, o) <= row["mw_max"] * pulp.lpSum(opened))
        usd = row["usd_to_open"]
        program.pay("power_projects", "capex", o, facts.start(o), usd, opened[-1], "", row["site"])


def come_after(
    facts: Facts, program: Program, capacity: Capacity, name: str, first: dict[str, object]
) -> None:
    """A project may be ordered once all of another's MW are."""
    last = str(first["project"])
    most = next(row["mw_max"] for row in facts.rows["power_projects"] if row["project"] == name)
    before = pulp.lpSum(mw for row, mw in capacity.signed if row["project"] == last)
    for t in facts.periods:
        if (name, t) not in capacity.build or (name, t) in as_decided(facts):
            continue
        full = program.count(("project_full", last, name, t))
        program.require(before + ordered(capacity, last, t) >= first["mw_max"] * full)
        program.require(capacity.build[name, t] <= most * full)


def open_site(facts: Facts, program: Program, capacity: Capacity, site: str) -> None:
    row = facts.sites[site]
    factor = (row["pue"] if row["power_basis"] == "utility" else 1.0) / 1000
    opened = []
    for t in range(first_open(row), facts.T):
        opened.append(opening(facts, program, ("site_opening", site, t)))
        most = facts.power[site, t]["mw"]
        for project in facts.rows["power_projects"]:
            if project["site"] == site and (project["first_order"] + project["lead_periods"] <= t):
                most += project["mw_max"]
        for project, mw in capacity.signed:
            if project["site"] == site and project["arrives"] <= t:
                most += mw.upBound
        program.require(
            pulp.lpSum(
                factor * facts.chips[c]["kw_peak"] * capacity.powered[c, site, t]
                for c in facts.chips
            )
            <= (1 - row["headroom"]) * most * pulp.lpSum(opened)
        )
        program.pay(
            "power_projects", "capex", t, facts.start(t), row["usd_to_open"], opened[-1], "", site
        )
