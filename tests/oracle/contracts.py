"""Contracts of sites: what they give, what is owed for them, and whether they are extended."""

from __future__ import annotations

from typing import Any

import pulp

from tests.oracle.capacity import Capacity
from tests.oracle.facts import Facts, blank
from tests.oracle.opening import opening
from tests.oracle.program import Program


def rent_sites(facts: Facts, program: Program, capacity: Capacity) -> None:
    rows = facts.rows["site_contracts"]
    one = program.variable("owed", 1.0, 1.0)
    gives: dict[tuple[str, int], list[Any]] = {}
    for row in rows:
        for t in facts.periods:
            gives.setdefault((row["site"], t), [])
            if row["from"] <= t <= row["to"]:
                gives[row["site"], t].append(row["kw"] * one)
                owe(facts, program, row, t, row["usd_per_kw_month"], one)
        if blank(row["extend_by"]) or row["extend_by"] < 0:
            continue
        start = max(row["to"] + 1, 0)
        later = [t for t in facts.periods if start <= t <= row["to"] + row["extend_periods"]]
        if later:
            longer = opening(facts, program, ("extension", row["site"], start))
            for t in later:
                gives[row["site"], t].append(row["kw"] * longer)
                owe(facts, program, row, t, row["extend_usd_per_kw_month"], longer)
    for (site, t), kw in gives.items():
        powered = pulp.lpSum(
            facts.chips[chip]["kw_peak"] * capacity.powered[chip, site, t] for chip in facts.chips
        )
        program.require(powered <= pulp.lpSum(kw))


def owe(
    facts: Facts, program: Program, row: dict[str, Any], t: int, usd: float, times: Any
) -> None:
    rent = row["kw"] * usd * 12 / facts.ppy
    program.pay("space", "opex", t, facts.mid(t), rent, times, "", row["site"])
