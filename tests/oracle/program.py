"""The PuLP problem under construction, and the ledger of what is paid."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulp

MONEY = 1e3
"""USD per unit of the objective."""
MANY = 1e4
"""Chips that no tiny case comes near."""


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
    moves: dict[tuple[str, int], list[Any]] = field(default_factory=dict)
    """Chips that a relocation takes away in a period, by offer."""
    given: Mapping[tuple[Any, ...], float] | None = None
    """Whole numbers that are chosen already, by key; None: they are to be found."""
    counts: dict[tuple[Any, ...], float | None] = field(default_factory=dict)
    """The most of every whole number that is to be chosen, by key; None where there is none."""

    def variable(self, name: str, low: float | None = 0.0, up: float | None = None) -> Any:
        return pulp.LpVariable(f"{name}_{next(self.counter)}", low, up)

    def count(self, key: tuple[Any, ...], up: float | None = 1.0, low: float = 0.0) -> Any:
        """A whole number as it is given, or to be found."""
        self.counts[key] = up
        if self.given is not None:
            amount = float(self.given[key])
            return self.variable(str(key[0]), amount, amount)
        name = f"{key[0]}_{next(self.counter)}"
        return pulp.LpVariable(name, low, up, "Integer")

    def only_if(self, amount: Any, switch: Any, most: float | None = None) -> None:
        """At most ``most`` (anything, for None) where a count of 0 or 1 is 1, nothing where it is
        0."""
        self.require(amount <= (MANY if most is None else most) * switch)

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
