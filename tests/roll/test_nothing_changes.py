"""Nothing changed, nothing changes: a plan rolled without a surprise costs what it did.

``cost of the passed periods + (1+r)^(-k/ppy) x optimum of the rolled case = optimum``, on random
cases that draw every feature of the model (``tests.properties.features`` names them one by one) and
leave every kind of state behind.  What remains of the plan is a best plan of the rolled case: with
all its orders fixed to it, that costs no more.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

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
from tests.properties.drawn_whole import KINDS
from tests.properties.features import features, whole_features
from tests.roll.nextcase import NoPlan, solved, write_next
from tests.strategies import cases

CLOSE = 1e-9
NOTHING = 1e-6
"""USD: what sums of millions that cancel are off."""
ALONE = tuple((kind,) for kind in KINDS)
PAIRS = tuple(itertools.combinations(KINDS, 2))
RARE = (("blocks",), ("orders",), ("blocks", "opening"))
"""What few random plans order."""
SOME_KINDS = (("racks", "orders"), ("steps", "blocks"), ("opening", "fabric"))

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
WHOLE_STATES = (
    "rack in service",
    "rack on order",
    "site opened",
    "project opened",
    "block of power ordered",
    "second of two projects ordered",
    "run at a site of its choice",
    "run on a chip of its choice",
    "orders of the plan counted",
    "orders of the year counted",
    "chips of the plan counted",
    "chips of the year counted",
    "chips at a price of steps",
)
"""The same of whole things."""


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


def whole_states_of(answer: Answer, state: State) -> set[str]:
    """Return which of ``WHOLE_STATES`` a plan leaves."""
    case, own, by = answer.formulation.case, state.lots[state.lots["table"] == ""], state.by
    chips, projects, offers = case["chips"], case["power_projects"], case["offers"]
    racks = own["chip"].isin(chips.loc[chips["lot_size"] > 1, "chip"])
    ordered = projects[projects["project"].isin(state.projects["project"])]
    yearly = texts(offers, "max_orders_per") == "fiscal_year"
    steps = case["offer_steps"]
    stepped = np.isin(texts(offers, "offer"), texts(steps, "offer"))
    stepped |= np.isin(texts(offers, "supply_group"), texts(steps, "supply_group")) & (
        texts(offers, "supply_group") != ""
    )
    of_year = np.isin(
        texts(offers, "offer"), texts(steps[texts(steps, "counts") == "fiscal_year"], "offer")
    )
    orders, counted = (state.before[name].to_numpy() > 0 for name in ("orders", "chips"))
    lots = answer.formulation.lots
    dear = set(lots.row[answer.formulation.steps["lot"].to_numpy(dtype=np.int64)].tolist())
    found = {
        "rack in service": (racks & (own["arrives"] < by)).any(),
        "rack on order": (racks & (own["arrives"] >= by)).any(),
        "site opened": state.sites.any(),
        "project opened": state.opened.any(),
        "block of power ordered": (ordered["lot_mw"] > 0.001).any(),
        "second of two projects ordered": (texts(ordered, "after") != "").any(),
        "run at a site of its choice": (texts(state.places, "sites") != "").any(),
        "run on a chip of its choice": (texts(state.places, "chips") != "").any(),
        "orders of the plan counted": (orders & ~yearly).any(),
        "orders of the year counted": (orders & yearly).any(),
        "chips of the plan counted": (counted & ~of_year).any(),
        "chips of the year counted": (counted & of_year).any(),
        "chips at a price of steps": bool(dear) and (counted & stepped).any(),
    }
    assert set(found) == set(WHOLE_STATES)
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
    equally cheap plans the middle one is, the passed periods and the rest cost what all did.

    Raises:
        CaseError: where the case is no good one.
        NoPlan: where it has no plan.
    """
    answer, solution = solved(folder)
    try:
        for by in range(1, answer.formulation.case.calendar.count):
            state = state_of(answer, by)
            seen.update(states_of(answer, state) | whole_states_of(answer, state))
            target = folder.with_name(f"{folder.name}-{by}")
            later, rest = rolled(folder, answer, by, target)
            compare(answer, by, solution.objective, rest)
            count = later.formulation.case.calendar.count
            if by == 1 and not later.formulation.case["last_plan"].empty:
                _, fixed = solved(target, (f"case.frozen_periods={count}",))
                compare(answer, by, solution.objective, fixed.objective)
                seen["the same plan"] += 1
            if by == 1 and count > 1:
                _, twice = rolled(target, later, 1, folder.with_name(f"{folder.name}-1-1"))
                compare(later, 1, rest, twice)
                seen["twice"] += 1
    except (CaseError, NoPlan) as reason:  # what was planned goes on
        raise AssertionError(f"{folder.name}: {reason}") from None


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
        assert total <= objective + max(CLOSE * abs(objective), NOTHING)
    else:
        assert total == pytest.approx(objective, rel=CLOSE, abs=NOTHING), by


def run(
    base: Path, seen: Counter[str], count: int, kinds: Sequence[tuple[str, ...]] = ((),)
) -> Counter[str]:
    """Check so many random cases of each of some kinds of whole things together; return how often
    each feature was there."""
    drawn: Counter[str] = Counter()

    def check_one(case: tuple[Any, Any]) -> None:
        drawn["tried"] += 1
        tables, said = case
        folder = base / str(drawn["tried"])
        write_case(folder, tables, said | {"run": {"whole_gap": CLOSE}})
        try:
            check(folder, seen)
        except (CaseError, NoPlan):
            drawn["refused"] += 1
            return
        drawn["cases"] += 1
        drawn.update(features(*case) | whole_features(tables))

    for together in kinds:

        @settings(FEW, max_examples=count)
        @given(cases(whole=together))
        def each(case: tuple[Any, Any]) -> None:
            check_one(case)

        each()
    return drawn


@pytest.mark.slow
def test_random_cases(tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    assert run(tmp_path, seen, 10)["cases"] > 5


@pytest.mark.full
def test_every_feature(tmp_path: Path) -> None:
    """At least 300 cases, which draw every feature and leave every state."""
    seen: Counter[str] = Counter()
    drawn = run(tmp_path, seen, 450)
    assert drawn["cases"] >= 300
    assert not features({}, {}, every=True) - set(drawn), "features that no case had"
    assert not set(STATES) - set(seen), "states that no plan left"


@pytest.mark.slow
def test_random_cases_of_whole_things(tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    assert run(tmp_path, seen, 1, SOME_KINDS)["cases"] >= 2


@pytest.mark.full
def test_every_whole_thing(tmp_path: Path) -> None:
    """At least 300 more, in which each kind is alone or with another."""
    seen: Counter[str] = Counter()
    drawn = run(tmp_path / "1", seen, 20, ALONE) + run(tmp_path / "2", seen, 12, PAIRS)
    drawn += run(tmp_path / "3", seen, 60, RARE)
    assert drawn["cases"] >= 300
    assert not whole_features({}, every=True) - set(drawn), "features that no case had"
    assert not set(WHOLE_STATES) - set(seen), "states that no plan left"
