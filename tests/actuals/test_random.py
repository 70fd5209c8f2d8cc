"""Plan against actual on random cases: lines cost what costs.csv says, and what is told otherwise
is split exactly."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies

from planner.actuals import read_actuals
from planner.actuals.bought import line_variances
from planner.actuals.compare import compare, view
from planner.actuals.planned import Planned, planned_of
from planner.actuals.split import PARTS
from planner.actuals.template import write_template
from planner.case import CaseError
from planner.pipeline import run
from tests.actuals.test_planned import BOUGHT
from tests.properties.drawn import FEW, written
from tests.strategies import cases


@pytest.mark.slow
@settings(FEW, max_examples=3)
@given(cases(), strategies.integers(1, 3), strategies.integers(0, 2**31))
def test_a_few_random_cases(drawn: Any, by: int, seed: int) -> None:
    rolled(drawn, by, seed)


@pytest.mark.full
@settings(FEW, max_examples=60)
@given(cases(), strategies.integers(1, 3), strategies.integers(0, 2**31))
def test_random_cases(drawn: Any, by: int, seed: int) -> None:
    rolled(drawn, by, seed)


def rolled(drawn: Any, by: int, seed: int) -> None:
    """Plan a case, tell actuals of it, and lay them beside the plan."""
    tables, said = drawn
    with written(tables, said) as folder, tempfile.TemporaryDirectory() as name:
        try:
            result = run(folder, out=Path(name) / "out")
        except CaseError:
            return
        if result.plan is None or result.folder is None or result.status != "optimal":
            return
        check(result.folder, Path(name) / "told", by, np.random.default_rng(seed))


def check(found: Path, told: Path, by: int, rng: np.random.Generator) -> None:
    try:
        _check(found, told, by, rng)
    except CaseError as error:
        raise AssertionError(error.format()) from None


def _check(found: Path, told: Path, by: int, rng: np.random.Generator) -> None:
    by = min(by, len(planned_of(found, 1).case.calendar.labels))
    planned = planned_of(found, by)
    write_template(found, told, by)
    as_planned = compare(planned, read_actuals(told, found, by)).ledger
    assert as_planned[list(PARTS)].abs().to_numpy().max(initial=0.0) < 0.006
    lines_cost(planned, line_variances(planned, read_actuals(told, found, by)))
    if not (told / "orders.csv").is_file():
        return
    changed(told / "orders.csv", rng)
    ledger = compare(planned, read_actuals(told, found, by)).ledger
    cents = {
        name: np.round(ledger[name] * 100).astype(np.int64) for name in ledger if "usd" in name
    }
    whole = cents["actual_usd"] - cents["planned_usd"]
    assert (whole == sum(cents[name] for name in PARTS)).all()
    # every variance once: by line and by term it is the same money
    assert abs(view(ledger, "line")["variance_usd"].sum() - whole.sum() / 100) < 0.01
    planned_cash = planned.costs["nominal_usd"].sum()
    assert abs(ledger["planned_usd"].sum() - planned_cash) < 0.01 * (len(ledger) + 1)


def lines_cost(planned: Planned, ledger: pd.DataFrame) -> None:
    """Lines of the plan cost what costs.csv says, term by term and period by period."""
    lines = ledger.groupby(["term", "period"])["planned_usd"].sum()
    costs = planned.costs.groupby(["term", "period"])["nominal_usd"].sum()
    for key in {*lines.index, *costs.index}:
        one, other = lines.get(key, 0.0), costs.get(key, 0.0)
        slack = 1e-6 * abs(other) + 0.05
        if key[0] in ("contracts", "power_projects"):  # of the fleet and what stands no line tells
            assert one <= other + slack, (key, one, other)
        elif key[0] in BOUGHT:
            assert abs(one - other) <= slack, (key, one, other)


def changed(path: Path, rng: np.random.Generator) -> None:
    """Tell every line otherwise than planned."""
    frame = pd.read_csv(path, dtype=object, keep_default_na=False)
    power = frame["note"].str.contains(" MW")
    amount = rng.integers(0, 40, len(frame)).astype(str)
    frame["chips"] = np.where(power, "", amount)
    frame["mw"] = np.where(power, amount, "")
    frame.to_csv(path, index=False)
