"""Cases whose limits ask for more than their work does, against the oracle, which has no bound that
the case does not state: same status, same cost, proven."""

from __future__ import annotations

import dataclasses
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from planner.case import CaseError, read_case
from planner.case.case import Case
from planner.lp.certificate import certificate_faults, certify
from planner.model import formulate
from planner.report.progress import Progress
from planner.solving import Options, solve_program
from tests.helpers import write_case
from tests.oracle import solve_gross
from tests.properties.strained import strained

SEEDS = 470
"""So many draws make at least 400 cases that the reader takes."""
PORTION = 47


def drawn(seed: int, folder: Path) -> Case | None:
    """The case of a seed; None where the reader refuses it."""
    try:
        return read_case(write_case(folder / str(seed), *strained(seed)))
    except CaseError:
        return None


def agree(case: Case) -> str:
    """Hold a case's answer against the oracle's; return the status of both."""
    program = formulate(case).program
    ours = solve_program(program, case, Options(), Progress()).solution
    status, objective, gross = solve_gross(case)
    assert ours.status == status
    if status == "optimal":
        assert abs(ours.objective - objective) <= 1e-7 * max(gross, 1.0)
        assert certificate_faults(certify(program, ours), 1e-6) == []
    return status


def never(case: Case) -> Case:
    """The case with one more limit, which never binds."""
    limit = {"limit": "never", "scope": "all", "member": "", "measure": "chips", "max": 1e12}
    table = case["limits"]
    row = {column: limit.get(column, float("nan")) for column in table.columns}
    row |= {"period": "", "note": "", "used": 0.0, "used_total": 0.0}
    more = pd.concat([table, pd.DataFrame([row])], ignore_index=True)
    return dataclasses.replace(case, tables={**case.tables, "limits": more})


@pytest.mark.slow
def test_a_few_agree(tmp_path: Path) -> None:
    found = [case for seed in range(16) if (case := drawn(seed, tmp_path)) is not None]
    told = Counter(agree(case) for case in found)
    assert len(found) >= 12 and told["optimal"] >= 8 and told["infeasible"] >= 1, told


@pytest.mark.slow
def test_a_limit_that_never_binds_changes_nothing(tmp_path: Path) -> None:
    for seed in range(8):
        case = drawn(seed, tmp_path)
        if case is None:
            continue
        one, other = (
            solve_program(formulate(c).program, c, Options(), Progress()).solution
            for c in (case, never(case))
        )
        assert one.status == other.status
        if one.status == "optimal":
            assert other.objective == pytest.approx(one.objective, rel=1e-9)


@pytest.mark.parametrize(
    "first",
    [pytest.param(first, marks=pytest.mark.full) for first in range(0, SEEDS, PORTION)],
)
def test_all_agree(first: int, tmp_path: Path) -> None:
    cases = (drawn(seed, tmp_path) for seed in range(first, first + PORTION))
    told = Counter(agree(case) for case in cases if case is not None)
    assert told.total() >= 0.85 * PORTION, told
