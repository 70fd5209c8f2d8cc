"""Ramps: what is counted in a period against what was in the one before."""

from __future__ import annotations

from typing import Any

import pulp

from tests.oracle.facts import Facts
from tests.oracle.lots import Lot, held_at
from tests.oracle.policy import new
from tests.oracle.program import Program


def limit_growth(facts: Facts, program: Program, lots: list[Lot]) -> None:
    for row in facts.rows["growth"]:
        before: Any = row["before"]
        for t in facts.periods:
            now = count(facts, lots, row, t)
            program.require(now <= (1 + row["max_growth"]) * before + row["seed"])
            before = now


def count(facts: Facts, lots: list[Lot], row: dict[str, Any], t: int) -> Any:
    def named(chip: str, site: str, group: str) -> bool:
        names = {
            "vendor": facts.chips[chip]["vendor"],
            "chip": chip,
            "site": site,
            "supply_group": group,
        }
        return bool(names[row["scope"]] == row["member"])

    if row["counts"] == "held":
        return pulp.lpSum(
            held_at(facts, lots, chip, site, t)
            for chip in facts.chips
            for site in facts.sites
            if named(chip, site, "")
        )
    found = []
    for lot in lots:
        group = facts.offers[lot.name]["supply_group"] if new(lot) else lot.group
        if lot.kind == "fleet" or not named(lot.chip, lot.site, group):
            continue
        if row["counts"] == "arriving" and lot.born is None and lot.a == t:
            found.append(lot.order)
        if row["counts"] == "ordered" and new(lot) and lot.o == t:
            found.append(lot.order)
    return pulp.lpSum(found)
