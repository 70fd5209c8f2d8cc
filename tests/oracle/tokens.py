"""Tokens bought from providers: what may be called, what it costs, and the least and most of it."""

from __future__ import annotations

from typing import Any

import pulp

from tests.oracle.facts import Facts, blank, filled
from tests.oracle.program import Program

PARTS = ("output", "input", "cached")


class Calls:
    """Variables by offer, workload, period and slice ("" for batch work)."""

    def __init__(self, facts: Facts, program: Program) -> None:
        self.of: dict[tuple[str, str, int, str], Any] = {}
        self.spent: dict[tuple[str, int], list[Any]] = {}
        for offer in facts.rows["token_offers"]:
            for name, row in facts.workloads.items():
                for t in facts.periods:
                    usd = price(facts, offer, name, t) if may(facts, offer, row, t) else None
                    if usd is None:
                        continue
                    for k in facts.slices if row["kind"] == "online" else [""]:
                        one = program.variable("called")
                        self.of[offer["token_offer"], name, t, k] = one
                        program.pay("tokens", "opex", t, facts.mid(t), usd, one)
                        self.spent.setdefault((offer["token_offer"], t), []).append(usd * one)
            for t in facts.periods:
                self._bound(facts, program, offer, t)

    def _bound(self, facts: Facts, program: Program, offer: dict[str, Any], t: int) -> None:
        name = offer["token_offer"]
        if not blank(offer["max_mtok"]):
            mine = [one for (o, _, u, _), one in self.of.items() if (o, u) == (name, t)]
            program.require(pulp.lpSum(mine) <= offer["max_mtok"])
        if filled(offer["min_usd"], 0) > 0 and offer["first_period"] <= t <= offer["last_period"]:
            missed = program.variable("missed")
            total = pulp.lpSum(self.spent.get((name, t), []))
            program.require(total + missed >= offer["min_usd"])
            program.pay("tokens", "opex", t, facts.mid(t), offer["missed_usd_per_usd"], missed)

    def served(self, workload: str, t: int, slices: list[str]) -> Any:
        """Million work tokens that are called for a workload in a period."""
        return pulp.lpSum(
            one
            for (_, w, u, k), one in self.of.items()
            if (w, u) == (workload, t) and (k == "" or k in slices)
        )


def may(facts: Facts, offer: dict[str, Any], row: dict[str, Any], t: int) -> bool:
    """Whether an offer may serve a workload in a period."""
    if row["kind"] == "research" or not row["may_leave_house"]:
        return False
    if not offer["first_period"] <= t <= offer["last_period"]:
        return False
    for column, value in (("workloads", "workload"), ("models", "model"), ("tiers", "tier")):
        if offer[column] != ("*",) and row[value] not in offer[column]:
            return False
    if row["regions"] != ("*",) and (
        offer["regions"] == ("*",) or any(r not in row["regions"] for r in offer["regions"])
    ):
        return False
    for rule in facts.rows["rules"]:
        names_chips = rule["chip"] or rule["vendor"] or rule["site"] or rule["milestone"]
        if names_chips or not rule["from"] <= t <= rule["to"]:
            continue
        if rule["workload"] not in ("", row["workload"]):
            continue
        touches = [
            rule[cell] == "" or offer[column] == ("*",) or rule[cell] in offer[column]
            for cell, column in (("region", "regions"), ("country", "countries"))
        ]
        if all(touches):
            return False
    return True


def price(facts: Facts, offer: dict[str, Any], workload: str, t: int) -> float | None:
    """USD for a million work tokens with what goes with them; None where there are none."""
    rows = facts.rows["token_prices"]
    row = next(
        (r for r in rows if (r["token_offer"], r["period"]) == (offer["token_offer"], t)), {}
    )
    usd = {
        part: filled(row.get(f"usd_per_mtok_{part}", float("nan")), offer[f"usd_per_mtok_{part}"])
        for part in PARTS
    }
    usd["cached"] = filled(usd["cached"], usd["input"])
    window = facts.window_of(workload, t)
    mix = {part: sum(facts.demand[workload, u][f"{part}_mtok"] for u in window) for part in PARTS}
    work = mix[facts.work_token(workload).removesuffix("_mtok")]
    if work <= 0:
        return None
    return sum(mix[part] * usd[part] for part in PARTS if mix[part] > 0) / work
