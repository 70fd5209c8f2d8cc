"""The PuLP problem under construction, and the ledger of what is paid."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

import pulp

MONEY = 1e3
"""USD per unit of the objective."""


@dataclass
class Payment:
    """``usd`` (nominal, per unit of the variable) in period ``t``, times ``discount``."""

    term: str
    category: str
    t: int
    discount: float
    usd: float
    variable: Any
    chip: str = ""
    site: str = ""


@dataclass
class Program:
    problem: Any = field(default_factory=lambda: pulp.LpProblem("oracle", pulp.LpMinimize))
    payments: list[Payment] = field(default_factory=list)
    counter: Any = field(default_factory=itertools.count)

    def variable(self, name: str, low: float | None = 0.0, up: float | None = None) -> Any:
        return pulp.LpVariable(f"{name}_{next(self.counter)}", low, up)

    def count(self, name: str, up: float | None = None, whole: bool = True) -> Any:
        """A whole number, or what of one a relaxation has."""
        kind = pulp.LpInteger if whole else pulp.LpContinuous
        return pulp.LpVariable(f"{name}_{next(self.counter)}", 0.0, up, kind)

    def require(self, constraint: Any) -> None:
        """Add a constraint; one that came out without variables gets one that is zero."""
        if len(constraint) == 0:
            constraint += self.variable("zero", 0, 0)
        self.problem += constraint

    def pay(
        self,
        term: str,
        category: str,
        t: int,
        discount: float,
        usd: float,
        variable: Any,
        chip: str = "",
        site: str = "",
    ) -> None:
        if usd:
            self.payments.append(Payment(term, category, t, discount, usd, variable, chip, site))

    def nominal(self, wanted: Any) -> Any:
        """Sum of the nominal payments that a predicate wants."""
        return pulp.lpSum(p.usd * p.variable for p in self.payments if wanted(p))

    def solve(self) -> tuple[str, float, float]:
        """Status, objective and gross cost (sum of the absolute costs), USD."""
        self.problem += pulp.lpSum(p.discount * p.usd / MONEY * p.variable for p in self.payments)
        self.problem.solve(pulp.HiGHS(msg=False, gapRel=1e-9))
        if pulp.LpStatus[self.problem.status] != "Optimal":
            # nothing here has a bound that the case does not state: what has an answer but no
            # cheapest one is unbounded
            self.problem.setObjective(pulp.LpAffineExpression())
            self.problem.solve(pulp.HiGHS(msg=False, gapRel=1e-9))
            there = pulp.LpStatus[self.problem.status]
            told = {"Optimal": "unbounded", "Infeasible": "infeasible"}.get(there, there)
            return told, float("nan"), float("nan")
        costs = [p.discount * p.usd * (p.variable.value() or 0.0) for p in self.payments]
        return "optimal", sum(costs), sum(abs(cost) for cost in costs)
