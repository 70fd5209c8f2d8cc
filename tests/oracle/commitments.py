"""Commitments in USD an hour: what they cover of what is rented, and what they cost."""

from __future__ import annotations

from typing import Any

import pulp

from tests.oracle.capacity import Capacity
from tests.oracle.facts import Facts, blank, filled
from tests.oracle.program import Program


def commit(facts: Facts, program: Program, capacity: Capacity) -> None:
    covers: dict[tuple[str, int, str], list[Any]] = {}
    made = {row["commitment"]: _orders(facts, program, row) for row in facts.rows["commitments"]}
    for row in facts.rows["commitments"]:
        orders = made[row["commitment"]]
        for t in facts.periods:
            force = [v for o, v in orders.items() if o <= t < o + row["term_periods"]]
            if not blank(row["max_usd_per_hour"]):
                counted = list(force) if blank(row["signed"]) else []
                counted += [
                    v
                    for other in facts.rows["commitments"]
                    if other["counts_in"] == row["commitment"]
                    for o, v in made[other["commitment"]].items()
                    if o <= t < o + other["term_periods"]
                ]
                program.require(pulp.lpSum(counted) <= row["max_usd_per_hour"])
            for v in force:
                ahead = row["upfront_share"] * facts.hours[t]
                program.pay("commitments", "opex", t, facts.mid(t), -ahead, v)
            for k in facts.slices:
                hours, taken = facts.hours[t] * facts.share[k], []
                for name, offer in facts.offers.items():
                    if row["offers"] != ("*",) and name not in row["offers"]:
                        continue
                    rents = [key for key in capacity.rented if (key[0], *key[2:]) == (name, t, k)]
                    if offer["kind"] != "on_demand" or not rents:
                        continue
                    own = facts.prices.get((name, t), {}).get("usd_per_chip_hour", float("nan"))
                    price = filled(own, offer["usd_per_chip_hour"])
                    cover = program.variable("cover")
                    covers.setdefault((name, t, k), []).append(cover)
                    taken.append(price * (1 - row["discount"]) * cover)
                    off = -price * row["discount"] * hours
                    program.pay("commitments", "opex", t, facts.mid(t), off, cover, offer["chip"])
                unused = program.variable("unused")
                program.require(pulp.lpSum(taken) + unused == pulp.lpSum(force))
                program.pay("commitments", "opex", t, facts.mid(t), hours, unused)
    for (name, t, k), columns in covers.items():
        rented = [v for (f, _, u, j), v in capacity.rented.items() if (f, u, j) == (name, t, k)]
        program.require(pulp.lpSum(columns) <= pulp.lpSum(rented))


def _orders(facts: Facts, program: Program, row: dict[str, Any]) -> dict[int, Any]:
    """USD an hour by the period in which they come into force, with what is paid ahead."""
    if not blank(row["signed"]):
        amount = row["usd_per_hour"]
        orders = {int(row["signed"]): program.variable("commit", amount, amount)}
    else:
        window = range(int(row["first_order"]), int(row["last_order"]) + 1)
        orders = {o: program.variable("commit") for o in window}
    for o, v in orders.items():
        end = o + int(row["term_periods"])
        inside = sum(facts.hours[t] for t in facts.periods if o <= t < end)
        beyond = max(end - max(o, facts.T), 0) * 8760 / facts.ppy
        share = row["upfront_share"]
        if blank(row["signed"]):
            usd = share * (inside + beyond)
            program.pay("commitments_ahead", "opex", o, facts.start(o), usd, v)
        if facts.settings.residual != "none":
            program.pay("residual", "none", facts.T, facts.start(facts.T), -share * beyond, v)
    return orders
