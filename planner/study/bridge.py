"""The bridge: by how much each group of inputs changed the cost between two runs.

For groups ``N`` and the cost ``v(S)`` of the case that has the groups ``S`` of the second run and
all others of the first, a group's share is the average over all orders of swapping the groups of
what its own swap changes (Shapley 1953)::

    share(g) = mean over orders of [v(before g + g) - v(before g)]
    sum over g of share(g) = v(N) - v(none)
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import factorial
from pathlib import Path
from typing import Final

import numpy as np

from planner.case.problems import CaseError
from planner.machines.executor import executor, nothing
from planner.machines.serial import Serial
from planner.machines.where import HERE, Where
from planner.runs.basis import read_basis
from planner.runs.inputs import read_inputs
from planner.study.asking import Difference, difference, variants_of
from planner.study.groups import Source, changed_groups, mixed

EXACT: Final = 6
"""Up to this many changed groups all orders count (at most 64 solves); beyond, a sample of them."""
ORDERS: Final = 12
SEED: Final = 20270101
WHOLE: Final = "whole things: racks, least orders and choices"
"""The step of what wholeness costs more or less; all others are differences of divisible plans."""
Value = Callable[[frozenset[str]], float | None]


@dataclass(frozen=True, slots=True)
class Bridge:
    """Groups of inputs and what each changed, in cents that sum exactly to the change of cost."""

    before_cents: int
    after_cents: int
    steps: tuple[tuple[str, int], ...]
    note: str
    solves: int

    @property
    def steps_usd(self) -> tuple[tuple[str, float], ...]:
        """The steps in USD."""
        return tuple((name, cents / 100.0) for name, cents in self.steps)

    def wholly(self, before_usd: float, after_usd: float) -> Bridge:
        """Return the bridge between the plans of whole things themselves: its own steps, which are
        of divisible plans and so exact, and what wholeness changed."""
        before, after = round(before_usd * 100), round(after_usd * 100)
        change = after - before - (self.after_cents - self.before_cents)
        more = ((WHOLE, change),) if change else ()
        return replace(self, before_cents=before, after_cents=after, steps=(*self.steps, *more))


def find_bridge(
    folder: Path,
    sources: tuple[Source, Source],
    costs_usd: tuple[float, float],
    where: Where = HERE,
) -> Bridge:
    """Return the bridge between two runs.

    Args:
        folder: the first run; every mixture is solved from where it stands.
        sources: inputs of the first run and of the second.
        costs_usd: cost of the first plan and of the second.
        where: where the mixtures are solved; left out: in this process.

    Returns:
        One step per group that changed; groups that cannot be told apart, because a mixture of them
        is no good case or has no plan, are one step together.
    """
    first, second = sources
    before_usd, after_usd = costs_usd
    groups = [frozenset({group}) for group in changed_groups(first, second)]
    cache: dict[frozenset[str], float | None] = {
        frozenset(): before_usd,
        frozenset().union(*groups): after_usd,
    }
    base = read_inputs(folder)
    job, solves = variants_of(base, read_basis(folder)), 0
    with executor(where.threads or 1, where.cluster) as machines:

        def solve(wanted: Iterable[frozenset[str]]) -> None:
            nonlocal solves
            asked: list[frozenset[str]] = []

            def questions() -> Iterator[Difference]:
                for taken in wanted:
                    try:
                        case = mixed(first, second, taken)
                    except CaseError:
                        cache[taken] = None
                    else:
                        asked.append(taken)
                        yield difference(case, base)

            for at, result in machines.each(job, questions(), nothing):
                cache[asked[at]] = result.objective if result.status == "optimal" else None
                solves += 1

        def value(taken: frozenset[str]) -> float | None:
            if taken not in cache:
                solve([taken])
            return cache[taken]

        if not isinstance(machines, Serial):  # all at once; one by one it may end early
            solve(
                [
                    taken
                    for taken in mixtures(_chains(groups, EXACT, ORDERS)[0])
                    if taken not in cache
                ]
            )
        groups, shares, sampled = attribute(groups, value)
    cents = exact_cents(
        [shares[group] for group in groups], round(after_usd * 100) - round(before_usd * 100)
    )
    order = [" + ".join(sorted(group)) for group in groups]
    notes = [
        f"{name} cannot be told apart: no plan, or no good case, has one without the other"
        for name in order
        if " + " in name
    ]
    if sampled:
        notes.append(f"mean over {sampled} orders of swapping the groups (seed {SEED})")
    return Bridge(
        round(before_usd * 100),
        round(after_usd * 100),
        tuple(zip(order, cents, strict=True)),
        "; ".join(notes),
        solves,
    )


def attribute(
    groups: Sequence[frozenset[str]], value: Value, exact: int = EXACT, orders: int = ORDERS
) -> tuple[list[frozenset[str]], dict[frozenset[str], float], int]:
    """Return groups (joined where a mixture has no value), the share of each, and how many orders
    were sampled (0: all).

    Args:
        groups: what changed, each a set of names.
        value: cost of taking a union of groups; None where there is none.
        exact: up to this many groups all orders count.
        orders: orders that are sampled beyond; one and its reverse by two.
    """
    joined = list(groups)
    while True:
        chains, weights, sampled = _chains(joined, exact, orders)
        wrong = next((taken for taken in mixtures(chains) if value(taken) is None), None)
        if wrong is None:
            break
        joined = _join(joined, wrong, value)
    shares = dict.fromkeys(joined, 0.0)
    for (before, group), weight in zip(chains, weights, strict=True):
        low, high = value(frozenset().union(*before)), value(frozenset().union(*before, group))
        assert low is not None and high is not None
        shares[group] += weight * (high - low)
    return joined, shares, sampled


def mixtures(
    chains: Iterable[tuple[tuple[frozenset[str], ...], frozenset[str]]],
) -> list[frozenset[str]]:
    """Return the mixtures whose values a set of chains needs, each once."""
    return [
        *dict.fromkeys(
            frozenset().union(*before, *now) for before, group in chains for now in ((), (group,))
        )
    ]


def _chains(
    groups: Sequence[frozenset[str]], exact: int, many: int
) -> tuple[list[tuple[tuple[frozenset[str], ...], frozenset[str]]], list[float], int]:
    """Every (groups swapped before, group swapped now) with its weight."""
    n = len(groups)
    if n <= exact:
        chains, weights = [], []
        for group in groups:
            others = [other for other in groups if other != group]
            for size in range(n):
                for before in itertools.combinations(others, size):
                    chains.append((before, group))
                    weights.append(factorial(size) * factorial(n - size - 1) / factorial(n))
        return chains, weights, 0
    random = np.random.default_rng(SEED)
    orders = [random.permutation(n).tolist() for _ in range(many // 2)]
    orders += [
        order[::-1] for order in orders
    ]  # each order and its reverse: first and last effects both count
    chains = [
        (tuple(groups[i] for i in order[:at]), groups[order[at]])
        for order in orders
        for at in range(n)
    ]
    return chains, [1.0 / len(orders)] * len(chains), len(orders)


def _join(
    groups: list[frozenset[str]], wrong: frozenset[str], value: Value
) -> list[frozenset[str]]:
    """Join two groups so that a mixture without a value does not come up again."""
    inside, outside = [g for g in groups if g <= wrong], [g for g in groups if not g & wrong]
    for other in outside:
        if value(wrong | other) is not None:
            for group in inside:
                if value(wrong - group) is not None:
                    return [g for g in groups if g not in (group, other)] + [group | other]
    return [frozenset().union(*groups)]


def exact_cents(shares: Sequence[float], total: int) -> list[int]:
    """Whole cents that sum to the total: rounded down, then the largest remainders rounded up."""
    exact = np.array(shares) * 100.0
    exact += (total - exact.sum()) / max(len(exact), 1)
    low = np.floor(exact).astype(np.int64)
    rest = int(total - low.sum())
    for i in np.argsort(low - exact, kind="stable")[:rest].tolist():
        low[i] += 1
    return [int(value) for value in low]
