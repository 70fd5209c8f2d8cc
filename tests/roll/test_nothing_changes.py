"""Nothing changed, nothing changes: a plan rolled without a surprise costs what it did.

``cost of the passed periods + (1+r)^(-k/ppy) x optimum of the rolled case = optimum``, on random
cases that draw every feature of the model and leave every kind of state behind.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from planner.case import CaseError
from planner.case.columns import texts
from planner.plan.answer import Answer
from planner.roll.money import passed_usd
from planner.roll.state import State, state_of
from tests.helpers import write_case
from tests.properties.drawn import FEW, settings
from tests.properties.features import features
from tests.roll.nextcase import solved, write_next
from tests.strategies import cases

CLOSE = 1e-9

STATES = (
    "fleet of the plan's own",
    "moved chips",
    "moved chips on their way",
    "order in flight",
    "order half paid",
    "contract running",
    "contract not begun",
    "lease at an own site",
    "power ordered, not there",
    "power there",
    "milestone in progress",
    "milestone finished",
    "research as a multiple",
    "batch window open",
    "budget used",
    "spend used",
    "carbon used",
)
"""What a plan can leave behind; each must be left by some case."""


def states_of(answer: Answer, state: State) -> set[str]:
    """Return which of ``STATES`` a plan leaves."""
    case, lots, by = answer.formulation.case, state.lots, state.by
    own = lots[lots["table"] == ""]
    came, moved = own["arrives"] < by, own["in_service"] < own["arrives"]
    contract = own["kind"].isin(["reserved", "reserved_1y", "reserved_3y", "capacity_block"])
    flop = case["milestones"]["flop"].to_numpy()
    measure = texts(case["limits"], "measure")
    used = (state.limits["used_total"] > 0).to_numpy()
    found = {
        "fleet of the plan's own": came.any(),
        "moved chips": (came & moved).any(),
        "moved chips on their way": (~came & moved).any(),
        "order in flight": (~came & ~moved).any(),
        "order half paid": (~came & (own["paid_share"] > 0) & (own["paid_share"] < 1)).any(),
        "contract running": (came & contract).any(),
        "contract not begun": (~came & contract).any(),
        "lease at an own site": (own["kind"] == "lease").any(),
        "power ordered, not there": (state.projects["arrives"] >= by).any(),
        "power there": (state.projects["arrives"] < by).any(),
        "milestone in progress": ((state.milestones > 0) & (state.milestones < flop)).any(),
        "milestone finished": (state.milestones >= flop * (1 - CLOSE)).any(),
        "research as a multiple": (state.research > 0).any(),
        "batch window open": (state.served > 0).any(),
        "budget used": (state.budgets > 0).any(),
        "spend used": (used & (measure == "spend")).any(),
        "carbon used": (used & (measure == "carbon")).any(),
    }
    assert set(found) == set(STATES)
    return {name for name, there in found.items() if there}


def freer(answer: Answer, state: State) -> bool:
    """Return whether the next plan may do what this one could not: cancel, now, an order that is
    still in flight, move chips that were bought and are fleet now, or train a run without loss
    because only one chip and site is left for it."""
    case, lots = answer.formulation.case, state.lots
    may = answer.formulation.milestones.may
    pairs_before, pairs_after = (
        some.any(axis=3).sum(axis=(1, 2)) for some in (may, may[..., state.by :])
    )
    if ((pairs_before > 1) & (pairs_after == 1)).any():
        return True
    still = lots[(lots["table"] == "orders") & (lots["arrives"] >= state.by)]
    fee = case["orders"]["cancel_fee_share"].to_numpy()
    if (~np.isnan(fee[still["row"].to_numpy(dtype=np.int64)])).any():
        return True
    offers = case["offers"]
    moves = offers[texts(offers, "kind") == "relocate"]
    mine = lots[(lots["table"] != "fleet") & (lots["arrives"] < state.by)]
    pairs = set(zip(mine["chip"], mine["site"], strict=True))
    return bool(pairs & set(zip(moves["chip"], moves["from_site"], strict=True)))


def changes_ahead(answer: Answer, by: int) -> float:
    """Return the charges for changing the last plan that lie ahead, discounted: the plan that is
    rolled is the last plan of the next, which changes nothing of it."""
    ledger = answer.formulation.ledger
    mine = ledger.of(("change",)) & (ledger.period >= by)
    return float((ledger.nominal * ledger.factor * answer.x[ledger.column])[mine].sum())


def check(folder: Path, seen: Counter[str]) -> None:
    """Roll a case by every number of periods, and by two as twice by one: whichever of several
    equally cheap plans the middle one is, the passed periods and the rest cost what all did."""
    answer, solution = solved(folder)
    for by in range(1, answer.formulation.case.calendar.count):
        seen.update(states_of(answer, state_of(answer, by)))
        target = folder.with_name(f"{folder.name}-{by}")
        later, rest = rolled(folder, answer, by, target)
        compare(answer, by, solution.objective, rest)
        if by == 1 and later.formulation.case.calendar.count > 1:
            _, twice = rolled(target, later, 1, folder.with_name(f"{folder.name}-1-1"))
            compare(later, 1, rest, twice)
            seen["twice"] += 1


def rolled(folder: Path, answer: Answer, by: int, target: Path) -> tuple[Answer, float]:
    """Return the answer of the case that comes after another, and its cost."""
    write_next(folder, answer, by, target)
    later, solution = solved(target)
    return later, solution.objective


def compare(answer: Answer, by: int, objective: float, rest: float) -> None:
    """Assert that the passed periods and the discounted rest cost what the plan did, or less where
    the rest is freer."""
    case = answer.formulation.case
    factor = (1 + case.settings.discount_rate) ** (-by / case.calendar.ppy)
    total = passed_usd(answer, by) + factor * rest + changes_ahead(answer, by)
    if freer(answer, state_of(answer, by)):
        assert total <= objective + CLOSE * abs(objective)
    else:
        assert total == pytest.approx(objective, rel=CLOSE), by


def run(base: Path, seen: Counter[str], examples: settings) -> Counter[str]:
    """Check random cases; return how often each feature was there."""
    drawn: Counter[str] = Counter()

    @given(cases())
    @examples
    def each(case: tuple[dict, dict]) -> None:  # type: ignore[type-arg]
        drawn["tried"] += 1
        number = drawn["tried"]
        folder = base / str(number)
        write_case(folder, *case)
        try:
            check(folder, seen)
        except (CaseError, AssertionError) as reason:
            if isinstance(reason, CaseError) and not (base / f"{number}-1").exists():
                drawn["refused"] += 1
                return
            if "nfeasible" in str(reason) and not (base / f"{number}-1").exists():
                drawn["refused"] += 1
                return
            raise
        drawn["cases"] += 1
        drawn.update(features(*case))

    each()
    return drawn


@pytest.mark.slow
def test_random_cases(tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    drawn = run(tmp_path, seen, settings(FEW, max_examples=12))
    assert drawn["cases"] > 6


@pytest.mark.full
def test_every_feature(tmp_path: Path) -> None:
    """At least 300 cases, which draw every feature and leave every state."""
    seen: Counter[str] = Counter()
    drawn = run(tmp_path, seen, settings(FEW, max_examples=450))
    assert drawn["cases"] >= 300
    assert not features({}, {}, every=True) - set(drawn), "features that no case had"
    assert not set(STATES) - set(seen), "states that no plan left"
