"""Conflicts of small programs, by pencil."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from planner.lp.builder import ProgramBuilder
from planner.lp.conflict import (
    LOWER,
    UPPER,
    Bools,
    Parts,
    Trial,
    find_conflict,
    infeasibility,
    proof_of_infeasibility,
)
from planner.lp.effort import Effort
from planner.lp.elastic import Slacks, elastic
from planner.lp.highs import LiveModel, solve
from planner.lp.program import Program
from planner.lp.solution import Solution


def kitchen(
    flour: float = 8.0, eggs: float = 30.0, bread: float = 10.0, fixed: float = 0.0
) -> Program:
    """At least ``bread`` loaves of 1 kg flour each, ``fixed`` cakes of 0.5 kg and 2 eggs, from
    limited flour and eggs; money in millions."""
    builder = ProgramBuilder(axes={"good": np.array(["bread", "cake"], dtype=object)})
    goods = builder.columns(
        "make", {"good": [0, 1]}, [0.0, fixed], [100.0, fixed or 100.0], scale=[10.0, 1.0]
    )
    stock = builder.rows("stock", {"item": [0, 1]}, -np.inf, [flour, eggs], scale=[2.0, 1.0])
    wanted = builder.rows("wanted", {"good": [0]}, [bread], np.inf)
    builder.entries(
        [stock[0], stock[0], stock[1], wanted[0]],
        [goods[0], goods[1], goods[1], goods[0]],
        [1.0, 0.5, 2.0, 1.0],
    )
    builder.cost(goods, [1e6, 2e6])
    return builder.build()


def irreducible(program: Program, parts: Parts, among: Bools | None = None) -> Bools:
    """Limits of a conflict; none where there is none."""
    found = find_conflict(Trial(program, parts), among)
    return np.zeros(parts.count, dtype=bool) if found is None else found.parts


PARTS = Parts(
    4,
    np.array([0, 1, 2]),
    np.array([0, 1, 2]),
    np.array([UPPER, UPPER, LOWER]),
    np.array([3]),
    np.array([1]),
)
"""Flour, eggs, the bread that is wanted, the cakes that are ordered."""


def test_only_what_conflicts_is_named() -> None:
    assert irreducible(kitchen(), PARTS).tolist() == [True, False, True, False]


def test_a_fixed_column_is_a_limit_too() -> None:
    assert irreducible(kitchen(flour=12.0, fixed=6.0), PARTS).tolist() == [True, False, True, True]
    assert irreducible(kitchen(flour=12.0, eggs=11.0, bread=1.0, fixed=6.0), PARTS).tolist() == [
        False,
        True,
        False,
        True,
    ]


def test_what_can_be_made_conflicts_with_nothing() -> None:
    assert not irreducible(kitchen(flour=10.0), PARTS).any()
    assert proof_of_infeasibility(kitchen(flour=10.0)) is None


def test_parts_that_may_not_be_named_are_left_out() -> None:
    assert not irreducible(kitchen(), PARTS, np.array([False, True, True, True])).any()


@pytest.mark.parametrize(
    "proven", [np.array([True, True, True, True]), np.array([True, True, True, False])]
)
def test_multipliers_that_are_missing_or_need_too_much_are_done_without(
    monkeypatch: pytest.MonkeyPatch, proven: Bools
) -> None:
    monkeypatch.setattr(Trial, "proof", lambda trial: (proven & trial.kept, None))
    assert irreducible(kitchen(), PARTS).tolist() == [True, False, True, False]


def test_multipliers_name_the_limits_that_conflict() -> None:
    trial = Trial(kitchen(), PARTS)
    assert trial.infeasible(np.ones(4, dtype=bool))
    needed, proof = trial.proof()
    assert needed.tolist() == [True, False, True, False]
    assert proof is not None
    assert infeasibility(kitchen(), proof) == pytest.approx(2.0 / 18.0)


def test_a_search_whose_effort_is_spent_says_that_more_may_be_named_than_is_needed() -> None:
    found = find_conflict(Trial(kitchen(), PARTS, Effort(0.0)))
    assert found is not None
    assert found.parts[[0, 2]].all()
    assert not found.minimal


def test_the_first_limits_are_told_before_any_is_left_out() -> None:
    told: list[Bools] = []
    found = find_conflict(Trial(kitchen(), PARTS), None, told.append)
    assert found is not None
    assert len(told) == 1
    assert told[0][found.parts].all()


@pytest.mark.parametrize(
    ("lead", "solves"),
    [
        ([-1.0, 0.0, 1.0], 2),  # each kilogram of flour short is a loaf short: only the filter
        ([1.0, 0.0, -1.0], 3),  # the wrong way round it proves nothing, and one solve more is asked
        ([0.0, 0.0, 0.0], 3),
        ([-1.0, 5.0, 0.0], 3),
    ],
)
def test_multipliers_from_elsewhere_are_a_conflict_only_where_they_prove_one(
    lead: list[float], solves: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    infeasible = Trial.infeasible

    def counted(trial: Trial, keep: Bools) -> bool:
        asked.append(keep.copy())
        return infeasible(trial, keep)

    monkeypatch.setattr(Trial, "infeasible", counted)
    found = find_conflict(Trial(kitchen(), PARTS), lead=np.array(lead))
    assert found is not None
    assert found.parts.tolist() == [True, False, True, False]
    assert found.minimal
    assert len(asked) == solves
    # where there is an answer, no multipliers make a conflict
    assert find_conflict(Trial(kitchen(flour=20.0), PARTS), lead=np.array(lead)) is None


def test_the_proof_is_the_sum_that_contradicts_itself() -> None:
    """One kg of flour against one loaf: 10 wanted - 8 there = 2 of 18."""
    proof = proof_of_infeasibility(kitchen())
    assert proof is not None
    assert proof[0] < 0 < proof[2]
    assert proof[0] == pytest.approx(-proof[2])
    assert infeasibility(kitchen(), proof) == pytest.approx(2.0 / 18.0)
    assert infeasibility(kitchen(), np.array([-1.0, 0.0, 1.0])) == pytest.approx(2.0 / 18.0)
    assert infeasibility(kitchen(flour=10.0), proof) <= 1e-12


def test_a_proof_that_leans_on_a_bound_that_is_not_there_proves_nothing() -> None:
    """Bread has no bound but what flour allows: without that it has none."""
    program = kitchen(flour=np.inf)
    open_ = dataclasses.replace(program, column_upper=np.full(2, np.inf))
    assert infeasibility(open_, np.array([-1.0, 0.0, 2.0])) == -np.inf
    short = dataclasses.replace(kitchen(), column_upper=np.full(2, np.inf))
    assert infeasibility(short, np.array([-1.0, 0.0, 2.0])) == pytest.approx(1 / 9)


def slacks(price: tuple[float, float]) -> Slacks:
    """Flour that can be bought, bread that can be left out."""
    return Slacks(
        np.array([0, 1]),
        np.array([0, 2]),
        np.array([-1.0, 1.0]),
        np.array(price),
        np.array([np.inf, 10.0]),
        np.array([1.0, 5.0]),
    )


@pytest.mark.parametrize(("price", "amounts"), [((1.0, 2.0), (2.0, 0.0)), ((3.0, 2.0), (0.0, 2.0))])
def test_the_cheaper_limit_gives_the_least(
    price: tuple[float, float], amounts: tuple[float, float]
) -> None:
    solution = solve(elastic(kitchen(), slacks(price)))
    assert solution.status == "optimal"
    assert solution.x[2:] == pytest.approx(amounts)
    assert solution.objective == pytest.approx(2.0 * min(price))


@pytest.mark.parametrize("failures", [1, 2])
def test_a_solver_that_gets_stuck_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    """From no basis, and then by interior point."""
    solve_model, left = LiveModel.solve, [failures]

    def stuck(model: LiveModel, **asked: Any) -> Solution:
        found = solve_model(model, **asked)
        left[0] -= 1
        return dataclasses.replace(found, status="error") if left[0] >= 0 else found

    monkeypatch.setattr(LiveModel, "solve", stuck)
    assert Trial(kitchen(), PARTS).infeasible(np.ones(PARTS.count, dtype=bool))
    assert left[0] < 0


def test_a_solver_that_stays_stuck_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    solve_model = LiveModel.solve
    monkeypatch.setattr(
        LiveModel,
        "solve",
        lambda model, **asked: dataclasses.replace(solve_model(model, **asked), status="error"),
    )
    with pytest.raises(RuntimeError, match="cannot tell whether limits conflict"):
        Trial(kitchen(), PARTS).infeasible(np.ones(PARTS.count, dtype=bool))
