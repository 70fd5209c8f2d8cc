"""A second, independent statement of ``planner/model/README.md``: plain loops, dicts and PuLP, for
tiny cases.

It shares nothing with ``planner.model``: both read the resolved ``Case`` and nothing else.
"""

from __future__ import annotations

from planner.case.case import Case
from tests.oracle.capacity import bound_power, bound_time, make_capacity, pay_sites
from tests.oracle.facts import Facts
from tests.oracle.lots import hold, make_lots, pay_lots
from tests.oracle.opening import open_power
from tests.oracle.policy import (
    keep_stable,
    limit_cash,
    limit_measures,
    limit_offers,
    limit_supply,
    survive,
)
from tests.oracle.program import Program
from tests.oracle.training import choices, train
from tests.oracle.work import make_use, serve

__all__ = ["solve_gross", "solve_oracle"]


def solve_gross(case: Case) -> tuple[str, float, float]:
    """Return the status, the lowest cost and the sum of the absolute costs of that plan (USD; NaN
    unless optimal): of runs that must choose a place, the best of all choices."""
    found = [solve_chosen(case, chosen) for chosen in choices(Facts(case))]
    best = [one for one in found if one[0] == "optimal"]
    if best and not any(one[0] == "unbounded" for one in found):
        return min(best, key=lambda one: one[1])
    return next((one for one in found if one[0] == "unbounded"), found[0])


def solve_chosen(case: Case, chosen: dict[str, dict[str, str]]) -> tuple[str, float, float]:
    """Return the same with the places of some runs chosen."""
    facts, program = Facts(case), Program()
    facts.chosen = chosen
    lots = make_lots(facts, program)
    hold(facts, program, lots)
    pay_lots(facts, program, lots)
    capacity = make_capacity(facts, program, lots)
    work = make_use(facts, program, capacity)
    train(facts, program, capacity, work)
    serve(facts, program, capacity, work)
    bound_time(facts, program, capacity)
    bound_power(facts, program, capacity)
    open_power(facts, program, capacity)
    pay_sites(facts, program, capacity)
    limit_offers(facts, program, lots)
    limit_supply(facts, program, lots, capacity)
    limit_cash(facts, program)
    limit_measures(facts, program, lots, capacity)
    survive(facts, program, capacity, work)
    keep_stable(facts, program, lots, capacity)
    return program.solve()


def solve_oracle(case: Case) -> tuple[str, float]:
    """Return the status and the lowest cost (USD; NaN unless optimal) of a case."""
    status, objective, _ = solve_gross(case)
    return status, objective
