"""A second, independent statement of ``planner/model/README.md``: plain loops, dicts and PuLP, for
tiny cases.

It shares nothing with ``planner.model``: both read the resolved ``Case`` and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.case.case import Case
from tests.oracle.capacity import bound_power, bound_time, make_capacity, pay_sites
from tests.oracle.commitments import commit
from tests.oracle.contracts import rent_sites
from tests.oracle.facts import Facts
from tests.oracle.lots import hold, make_lots, pay_lots
from tests.oracle.opening import open_power
from tests.oracle.orders import place_orders
from tests.oracle.policy import (
    keep_stable,
    limit_cash,
    limit_measures,
    limit_offers,
    limit_supply,
    survive,
)
from tests.oracle.program import Program
from tests.oracle.racks import whole_racks
from tests.oracle.ramps import limit_growth
from tests.oracle.steps import price_steps
from tests.oracle.tokens import Calls
from tests.oracle.training import choices, chosen_by, train
from tests.oracle.work import make_use, serve

__all__ = ["solve_gross", "solve_oracle"]


Counts = Mapping[tuple[Any, ...], float]


def state(
    case: Case, given: Counts | None = None, chosen: Mapping[str, Mapping[str, str]] | None = None
) -> Program:
    """Return the problem of a case, with its whole numbers as they are ``given``, and the places of
    runs as they are ``chosen``."""
    facts, program = Facts(case), Program(given=given)
    facts.chosen = chosen_by(facts, program) if chosen is None else chosen
    lots = make_lots(facts, program)
    hold(facts, program, lots)
    whole_racks(facts, program, lots)
    pay_lots(facts, program, lots)
    capacity = make_capacity(facts, program, lots)
    commit(facts, program, capacity)
    work = make_use(facts, program, capacity)
    train(facts, program, capacity, work)
    calls = Calls(facts, program)
    serve(facts, program, capacity, work, calls)
    bound_time(facts, program, capacity)
    bound_power(facts, program, capacity)
    open_power(facts, program, capacity)
    pay_sites(facts, program, capacity)
    rent_sites(facts, program, capacity)
    limit_offers(facts, program, lots)
    place_orders(facts, program, lots)
    price_steps(facts, program, lots)
    limit_supply(facts, program, lots, capacity)
    limit_growth(facts, program, lots)
    limit_cash(facts, program)
    limit_measures(facts, program, lots, capacity)
    survive(facts, program, capacity, work, calls)
    keep_stable(facts, program, lots, capacity)
    return program


def solve_gross(case: Case, given: Counts | None = None) -> tuple[str, float, float]:
    """Return the status, the lowest cost and the sum of the absolute costs of that plan (USD; NaN
    unless optimal); whole numbers as they are ``given``, or the best there are."""
    if given is not None:
        return state(case, given).solve()
    found = [state(case, None, chosen).solve() for chosen in choices(Facts(case))]
    best = [one for one in found if one[0] == "optimal"]
    if best and not any(one[0] == "unbounded" for one in found):
        return min(best, key=lambda one: one[1])
    return next((one for one in found if one[0] == "unbounded"), found[0])


def solve_oracle(case: Case) -> tuple[str, float]:
    """Return the status and the lowest cost (USD; NaN unless optimal) of a case."""
    status, objective, _ = solve_gross(case)
    return status, objective
