"""The planner against a second, independent statement of the model, and against another solver, on
random cases."""

from __future__ import annotations

from collections import Counter
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings

from planner.case import CaseError, read_case
from planner.lp.highs import solve
from planner.lp.pulp import solve_with_pulp
from planner.model import formulate, hubs
from tests.oracle import solve_gross
from tests.properties.drawn import FEW, MANY, SEVERAL, SOME, read, written
from tests.properties.features import features
from tests.strategies import cases

FAMILIES = {
    "backup_time",
    "batch",
    "budget",
    "cancellation",
    "change",
    "fabric",
    "chip_time",
    "liquid_power",
    "milestone",
    "milestone_flow",
    "offer_limit",
    "online",
    "peak_draw",
    "policy",
    "pool",
    "power",
    "powering",
    "precedence",
    "progress",
    "project_limit",
    "queue",
    "rental_limit",
    "research",
    "research_flow",
    "research_multiple",
    "research_share",
    "retire",
    "run_floor",
    "run_limit",
    "site_loss",
    "supply",
}


RARE = {"progress"}
"""Of a run that keeps chips and builds on another: in one case of about a hundred."""


def agree(case: Any) -> None:
    """Status and objective of the planner, of the oracle and of CBC; objectives relative to the
    gross cost."""
    program = formulate(case).program
    ours = solve(program)
    status, objective, gross = solve_gross(case)
    assert ours.status == status
    other = solve_with_pulp(program, "PULP_CBC_CMD")
    # CBC says `infeasible` where presolve finds it so, and nothing finer
    assert (other.status == "optimal") == (status == "optimal")
    if status == "optimal":
        assert abs(ours.objective - objective) <= 1e-7 * max(gross, 1.0)
        ledger = float(
            np.abs(program.cost * program.money_scale * (ours.x / program.column_scale)).sum()
        )
        assert abs(other.objective - ours.objective) <= 1e-7 * max(ledger, gross, 1.0)


@given(cases())
@FEW
def test_oracle_agrees(drawn: Any) -> None:
    agree(read(*drawn))


@pytest.mark.slow
@given(cases())
@settings(SOME, max_examples=25)
def test_oracle_agrees_on_some(drawn: Any) -> None:
    agree(read(*drawn))


@pytest.mark.full
@given(cases())
@MANY
def test_oracle_agrees_on_many(drawn: Any) -> None:
    agree(read(*drawn))


@pytest.mark.full
def test_random_cases_have_everything() -> None:
    """Every family of rows and every optional feature appears in some case, and few are refused."""
    families: Counter[str] = Counter()
    found: Counter[str] = Counter()
    outcome: Counter[str] = Counter()

    @given(cases())
    @SOME
    def draw(drawn: Any) -> None:
        with written(*drawn) as folder:
            try:
                case = read_case(folder)
            except CaseError:
                outcome["refused"] += 1
                return
        outcome["read"] += 1
        with patch.object(hubs, "WORTHWHILE", 0.0):  # such small cases have few of them otherwise
            families.update(
                {block.name for block in formulate(case).program.row_blocks if block.count}
            )
        found.update(features(*drawn))

    draw()
    assert outcome["refused"] < 0.2 * sum(outcome.values()), outcome
    assert FAMILIES - RARE <= set(families) <= FAMILIES
    assert not features({}, {}, every=True) - set(found)


@pytest.mark.full
def test_most_random_cases_can_be_met() -> None:
    """Some cases must be impossible, most must not: both statuses are compared above."""
    outcome: Counter[str] = Counter()

    @given(cases())
    @SEVERAL
    def draw(drawn: Any) -> None:
        outcome[solve(formulate(read(*drawn)).program).status] += 1

    draw()
    assert outcome["optimal"] > 0.7 * sum(outcome.values()), outcome
    assert outcome["infeasible"] > 0
